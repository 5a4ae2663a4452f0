package memory_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
)

// A clock can go back, as that of a machine does when it is set. The fake goes on with the latest time that it has
// seen, so a job that has ended stays ended, and keeps its users.
func TestClockThatGoesBack(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := newPool(t, &memory.Options{Now: func() time.Time { return now }, PendingFor: time.Minute, RowsPerSecond: 1})
	ref := started(t, c, csv(t, verified("a"), verified("b")))
	now = now.Add(time.Hour)
	job := describe(t, c, ref)
	require.Equal(t, importjob.StatusSucceeded, job.Status)
	latest := now
	for range 3 {
		now = now.Add(-40 * time.Minute)
		assert.Equal(t, job, describe(t, c, ref))
		count, err := c.CountUsers(t.Context(), poolID)
		require.NoError(t, err)
		assert.Equal(t, int64(2), count)
		users, _, err := c.Users(t.Context(), poolID, importjob.Page{})
		require.NoError(t, err)
		assert.Len(t, users, 2)
		rows, _, err := c.Results(t.Context(), ref, importjob.Page{})
		require.NoError(t, err)
		assert.Len(t, rows, 2)
		second, err := c.Create(t.Context(), input)
		require.NoError(t, err)
		assert.Equal(t, latest, second.CreationDate)
	}
	now = latest.Add(time.Second)
	second, err := c.Create(t.Context(), input)
	require.NoError(t, err)
	assert.Equal(t, now, second.CreationDate, "it follows the clock again")
}
