package memory_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
)

// A clock can go back: the clock of a machine does so when it is set. What was seen of a job stays: a job that has ended
// stays ended, and its users stay. The fake itself follows the clock.
func TestClockThatGoesBack(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := newPool(t, &memory.Options{Now: func() time.Time { return now }, PendingFor: time.Minute, RowsPerSecond: 1})
	ref := started(t, c, csv(t, verified("a"), verified("b")))
	now = now.Add(time.Hour)
	job := describe(t, c, ref)
	require.Equal(t, importjob.StatusSucceeded, job.Status)
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
		assert.Equal(t, now, second.CreationDate)
	}
}

// The same holds for a job that is not done: the rows that it was seen to read stay read.
func TestClockThatGoesBackWhileAJobRuns(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := newPool(t, &memory.Options{Now: func() time.Time { return now }, RowsPerSecond: 1})
	ref := started(t, c, csv(t, verified("a"), verified("b"), verified("c")))
	now = now.Add(2 * time.Second)
	job := describe(t, c, ref)
	require.Equal(t, int64(2), job.ImportedUsers)
	now = now.Add(-time.Minute)
	assert.Equal(t, job, describe(t, c, ref))
	users, _, err := c.Users(t.Context(), poolID, importjob.Page{})
	require.NoError(t, err)
	assert.Len(t, users, 2)
	_, err = c.Stop(t.Context(), ref)
	require.NoError(t, err)
	stopped := describe(t, c, ref)
	assert.Equal(t, importjob.StatusStopped, stopped.Status)
	assert.Equal(t, int64(2), stopped.ImportedUsers)
}

// Tests share a Cognito that was used before: time in a bubble is 26 years behind, and goes on there.
func TestBubbleAfterUseOutside(t *testing.T) {
	c := newPool(t, &memory.Options{PendingFor: time.Minute, RowsPerSecond: 1})
	before, err := c.Create(t.Context(), input)
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		file := csv(t, verified("a"))
		job, err := importjob.Import(t.Context(), c, input, strings.NewReader(file), int64(len(file)), nil)
		require.NoError(t, err)
		assert.Equal(t, importjob.StatusSucceeded, job.Status)
		assert.True(t, job.CreationDate.Before(before.CreationDate))
		assert.GreaterOrEqual(t, time.Since(start), time.Minute)
	})
}
