package memory_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// numbered are users with numbers for names. Each fifth of them fails if asked for.
func numbered(n int, someFail bool) []importjob.Record {
	users := make([]importjob.Record, n)
	for i := range users {
		users[i] = verified(fmt.Sprintf("user%02d", i))
		if someFail && i%5 == 2 {
			users[i]["email_verified"] = "FALSE"
		}
	}
	return users
}

// find looks a user up. It is false when there is none.
func find(t *testing.T, c userpool.Directory, name string) (userpool.User, bool) {
	t.Helper()
	user, err := c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: name})
	if err != nil {
		require.ErrorIs(t, err, userpool.ErrUserNotFound)
	}
	return user, err == nil
}

// hasRead demands that the job has read a number of the rows, and that all ways to see it agree.
func hasRead(t *testing.T, c *memory.Cognito, ref importjob.Ref, rows []importjob.Record, n int) {
	t.Helper()
	var names []string
	for _, row := range rows[:n] {
		if row["email_verified"] == "TRUE" {
			names = append(names, row["cognito:username"])
		}
	}
	job := describe(t, c, ref)
	require.Equal(t, [3]int64{int64(len(names)), 0, int64(n - len(names))}, [3]int64{job.ImportedUsers, job.SkippedUsers, job.FailedUsers})
	results, next, err := c.Results(t.Context(), ref, importjob.Page{})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Len(t, results, n)
	var listed []string
	for user, err := range userpool.All(t.Context(), c, poolID) {
		require.NoError(t, err)
		listed = append(listed, user.Username)
	}
	require.Equal(t, names, listed)
	count, err := c.CountUsers(t.Context(), poolID)
	require.NoError(t, err)
	require.Equal(t, int64(len(names)), count)
	for i := max(0, n-2); i < min(len(rows), n+2); i++ { // on both sides of the border
		_, found := find(t, c, rows[i]["cognito:username"])
		require.Equal(t, i < n && rows[i]["email_verified"] == "TRUE", found, "user %d when %d rows have been read", i, n)
	}
}

// A stop keeps just the rows that had been read at that instant, and those that are read while it takes.
// Looks are made at whole milliseconds, since a clock has no others.
func TestStopAtTheBorderOfARow(t *testing.T) {
	const rows, milli = 40, time.Millisecond
	for _, perSecond := range []int{1, 3, 10, 1000} {
		for _, stoppingFor := range []time.Duration{0, milli, 700 * milli, 2 * time.Second} {
			for _, row := range []int{1, 4, 8} { // the last one that had been read; the third and the eighth fail
				ends := (time.Duration(row)*time.Second/time.Duration(perSecond) + milli - 1).Truncate(milli)
				for _, after := range []time.Duration{ends - milli, ends, ends + milli} {
					t.Run(fmt.Sprintf("%d a second, stopped within %v after %v", perSecond, stoppingFor, after), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							readIn := func(d time.Duration) int { return min(rows, int(d*time.Duration(perSecond)/time.Second)) }
							c := newPool(t, &memory.Options{RowsPerSecond: perSecond, StoppingFor: stoppingFor})
							users := numbered(rows, true)
							ref := started(t, c, csv(t, users...))
							began := time.Now()
							time.Sleep(after)
							job, err := c.Stop(t.Context(), ref)
							require.NoError(t, err)
							require.Equal(t, stoppingFor > 0, job.Status == importjob.StatusStopping)
							hasRead(t, c, ref, users, readIn(after))
							for _, later := range []time.Duration{stoppingFor - milli, stoppingFor, stoppingFor + milli, stoppingFor + 350*milli,
								stoppingFor + time.Second, 2*stoppingFor + time.Second, time.Hour} {
								time.Sleep(time.Until(began.Add(after + later)))
								hasRead(t, c, ref, users, readIn(after+max(0, min(later, stoppingFor))))
							}
							job = describe(t, c, ref)
							require.Equal(t, importjob.StatusStopped, job.Status)
							require.Equal(t, backend.Date(began.Add(after+stoppingFor)), job.CompletionDate)

							// The next job imports the others, and then everybody can be found.
							second := started(t, c, csv(t, numbered(rows, false)...))
							restarted := backend.Date(time.Now())
							time.Sleep(time.Hour)
							next := describe(t, c, second)
							require.Equal(t, [3]int64{rows - job.ImportedUsers, job.ImportedUsers, 0}, [3]int64{next.ImportedUsers, next.SkippedUsers, next.FailedUsers})
							for i, row := range users {
								user, found := find(t, c, row["cognito:username"])
								require.True(t, found, "user %d", i)
								wasRead := i < readIn(after+stoppingFor) && row["email_verified"] == "TRUE"
								require.Equal(t, wasRead, user.CreateDate.Before(restarted), "user %d", i)
							}
						})
					})
				}
			}
		}
	}
}

// A stop of a Pending job need not wait for rows that are being read.
func TestStopWhilePending(t *testing.T) {
	const pendingFor = 10 * time.Second
	for _, perSecond := range []int{0, 10} {
		for _, stoppingFor := range []time.Duration{0, 3 * time.Second, time.Hour} {
			for _, after := range []time.Duration{0, time.Second, pendingFor - time.Millisecond} {
				t.Run(fmt.Sprintf("%d a second, stopped within %v after %v", perSecond, stoppingFor, after), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						c := newPool(t, &memory.Options{PendingFor: pendingFor, RowsPerSecond: perSecond, StoppingFor: stoppingFor})
						users := numbered(20, false)
						ref := started(t, c, csv(t, users...))
						time.Sleep(after)
						stopped, err := c.Stop(t.Context(), ref)
						require.NoError(t, err)
						assert.Equal(t, importjob.StatusStopped, stopped.Status)
						assert.Equal(t, "The Import Job was stopped by the developer.", stopped.CompletionMessage)
						assert.Equal(t, backend.Date(time.Now()), stopped.CompletionDate)
						require.NoError(t, c.UpdatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{ID: poolID, AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}}), "the pool is idle")
						next := started(t, c, csv(t))
						for range 4 {
							hasRead(t, c, ref, users, 0)
							assert.Equal(t, stopped, describe(t, c, ref))
							time.Sleep(pendingFor / 2)
						}
						assert.Equal(t, importjob.StatusSucceeded, describe(t, c, next).Status)
						second := started(t, c, csv(t, users...))
						time.Sleep(time.Hour)
						assert.Equal(t, int64(len(users)), describe(t, c, second).ImportedUsers)
					})
				})
			}
		}
	}
}

// From the instant at which the first row is being read, it takes its time.
func TestStopWhenTheFirstRowBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newPool(t, &memory.Options{PendingFor: time.Second, RowsPerSecond: 1, StoppingFor: time.Second})
		users := numbered(20, false)
		ref := started(t, c, csv(t, users...))
		time.Sleep(time.Second)
		job, err := c.Stop(t.Context(), ref)
		require.NoError(t, err)
		assert.Equal(t, importjob.StatusStopping, job.Status)
		hasRead(t, c, ref, users, 0)
		time.Sleep(time.Second)
		assert.Equal(t, importjob.StatusStopped, describe(t, c, ref).Status)
		hasRead(t, c, ref, users, 1)
	})
}
