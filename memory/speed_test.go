package memory_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
)

// A job keeps the speed that it was started with, and so do the dates of its users.
func TestSpeedIsThatOfTheStart(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c := newPool(t, &memory.Options{Now: func() time.Time { return now }, RowsPerSecond: 1})
	slow := started(t, c, csv(t, verified("a"), verified("b"), verified("c")))
	c.SetRowsPerSecond(0)
	now = now.Add(2 * time.Second)
	assert.EqualValues(t, 2, describe(t, c, slow).ImportedUsers)
	now = now.Add(time.Second)
	assert.Equal(t, importjob.StatusSucceeded, describe(t, c, slow).Status)
	user, _ := find(t, c, "b")
	assert.Equal(t, now.Add(-time.Second), user.CreateDate)

	fast := started(t, c, csv(t, verified("d")))
	assert.Equal(t, importjob.StatusSucceeded, describe(t, c, fast).Status)
}
