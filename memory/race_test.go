package memory_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// noneBut tells of an error that is not one of these.
func noneBut(t *testing.T, err error, codes ...importjob.Code) bool {
	t.Helper()
	return err == nil || assert.True(t, slices.ContainsFunc(codes, func(c importjob.Code) bool { return errors.Is(err, c) }), "%v", err)
}

// Everything that reads or writes a pool, its jobs and its users happens at once, so that the race detector
// sees a lock that is missing. Time moves between two rounds: in each of them some rows of the active job
// have been read, and some have not. The first round of a job stops the job before it, if that has not ended.
func TestAllMethodsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const jobs, rounds, rows = 8, 3, 120
		c := newPool(t, &memory.Options{RowsPerSecond: 40})
		idle, err := c.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{Name: "idle", AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}})
		require.NoError(t, err)
		name := func(job, row int) string { return fmt.Sprintf("user-%d-%d", job, row) }
		var active importjob.Ref
		for job := range jobs {
			var users []importjob.Record
			for row := range rows {
				users = append(users, verified(name(job, row)), verified(name(job-1, row)))
			}
			next := created(t, c, csv(t, users...))
			for round := range rounds {
				var callers sync.WaitGroup
				each := func(n int, call func(i int)) {
					for range 2 {
						callers.Go(func() {
							for i := range n {
								call(i)
							}
						})
					}
				}
				if round == 0 {
					callers.Go(func() { // the others run meanwhile
						if job > 0 {
							_, err := c.Stop(t.Context(), active)
							noneBut(t, err, importjob.ErrPreconditionNotMet)
						}
						_, err := c.Start(t.Context(), next.Ref())
						noneBut(t, err)
					})
				}
				for _, pool := range []string{poolID, idle.ID} {
					each(rows, func(row int) {
						for _, job := range []int{job, max(job-1, 0)} {
							_, err := c.User(t.Context(), userpool.Ref{UserPoolID: pool, Username: name(job, row)})
							noneBut(t, err, userpool.ErrUserNotFound)
						}
					})
					each(20, func(i int) { // of the latest rows, which have not been read
						_, err := c.AddUser(t.Context(), pool, userpool.User{Username: name(job, rows-1-(round*20+i)%rows)})
						noneBut(t, err, userpool.ErrUsernameExists)
					})
					each(20, func(int) {
						_, err := c.CountUsers(t.Context(), pool)
						noneBut(t, err)
					})
					each(5, func(int) {
						for _, err := range userpool.All(t.Context(), c, pool) {
							noneBut(t, err)
						}
					})
					each(60, func(i int) {
						err := c.UpdatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{ID: pool, Name: fmt.Sprint("pool ", i), AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}})
						noneBut(t, err, userpool.ErrUserImportInProgress)
					})
					each(20, func(int) {
						_, err := c.Pool(t.Context(), pool)
						noneBut(t, err)
						for _, err := range importjob.Jobs(t.Context(), c, pool) {
							noneBut(t, err)
						}
					})
				}
				each(10, func(int) {
					p, err := c.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{Name: "short-lived"}})
					if noneBut(t, err) {
						noneBut(t, c.DeletePool(t.Context(), p.ID))
					}
				})
				each(20, func(int) {
					_, _, err := c.Pools(t.Context(), importjob.Page{})
					noneBut(t, err)
				})
				each(100, func(int) {
					for _, job := range []importjob.Ref{next.Ref(), cmp.Or(active, next.Ref())} {
						_, err := c.Describe(t.Context(), job)
						noneBut(t, err)
						_, _, err = c.Results(t.Context(), job, importjob.Page{MaxResults: 10})
						noneBut(t, err)
					}
				})
				each(3, func(int) {
					job, err := c.Create(t.Context(), input)
					if noneBut(t, err) && round > 0 { // or this job could be the active one
						noneBut(t, c.Upload(t.Context(), job, strings.NewReader("a\n"), 2))
						_, err = c.Start(t.Context(), job.Ref())
						assert.ErrorIs(t, err, importjob.ErrPreconditionNotMet)
					}
				})
				callers.Wait()
				time.Sleep(time.Second)
			}
			if active = next.Ref(); job%2 == 1 {
				time.Sleep(time.Hour) // it ends by itself
			}
		}
	})
}
