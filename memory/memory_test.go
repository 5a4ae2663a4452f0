package memory_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

const poolID = "us-west-2_aaaaaaaaa"

// input is a job in the test's pool.
var input = importjob.CreateInput{
	JobName:               "MyImportJob",
	UserPoolID:            poolID,
	CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
}

// newPool returns an account with one pool that verifies e-mail addresses.
func newPool(t testing.TB, opts *memory.Options, change ...func(*importjob.Pool)) *memory.Cognito {
	t.Helper()
	c := memory.New(opts)
	pool := importjob.Pool{ID: poolID, Name: "pool", AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}
	for _, f := range change {
		f(&pool)
	}
	_, err := c.CreatePool(t.Context(), userpool.Pool{Pool: pool})
	require.NoError(t, err)
	return c
}

// csv writes a file with all columns of the classic schema.
func csv(t testing.TB, users ...importjob.Record) string {
	t.Helper()
	var b strings.Builder
	w := importjob.NewWriter(&b)
	require.NoError(t, w.Write(importjob.Pool{}.Header()))
	for _, u := range users {
		require.NoError(t, w.WriteRecord(u))
	}
	require.NoError(t, w.Flush())
	return b.String()
}

// verified is a user that imports.
func verified(name string) importjob.Record {
	return importjob.Record{"cognito:username": name, "email": name + "@example.com", "email_verified": "TRUE"}
}

// created makes a job and uploads a file to it.
func created(t testing.TB, c importjob.Client, file string) importjob.UserImportJob {
	t.Helper()
	job, err := c.Create(t.Context(), input)
	require.NoError(t, err)
	require.NoError(t, c.Upload(t.Context(), job, strings.NewReader(file), int64(len(file))))
	return job
}

// started starts it too.
func started(t testing.TB, c importjob.Client, file string) importjob.Ref {
	t.Helper()
	job := created(t, c, file)
	_, err := c.Start(t.Context(), job.Ref())
	require.NoError(t, err)
	return job.Ref()
}

func describe(t *testing.T, c importjob.Client, ref importjob.Ref) importjob.UserImportJob {
	t.Helper()
	job, err := c.Describe(t.Context(), ref)
	require.NoError(t, err)
	return job
}

func TestProgressIsAFunctionOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newPool(t, &memory.Options{PendingFor: 2 * time.Second, RowsPerSecond: 2})
		users := []importjob.Record{verified("a"), verified("b"), {"cognito:username": "bad"}, verified("a"), verified("c")}
		ref := started(t, c, csv(t, users...))
		start := backend.Date(time.Now())
		for _, want := range []struct {
			after                     time.Duration
			status                    importjob.Status
			imported, skipped, failed int64
			began                     time.Duration
		}{
			{0, "Pending", 0, 0, 0, 0},
			{1999, "Pending", 0, 0, 0, 0},
			{2000, "InProgress", 0, 0, 0, 2000},
			{2499, "InProgress", 0, 0, 0, 2000},
			{2500, "InProgress", 1, 0, 0, 2000},
			{3000, "InProgress", 2, 0, 0, 2000},
			{3500, "InProgress", 2, 0, 1, 2000},
			{4000, "InProgress", 2, 1, 1, 2000},
			{4500, "Succeeded", 3, 1, 1, 2000},
			{900000, "Succeeded", 3, 1, 1, 2000},
		} {
			time.Sleep(time.Until(start.Add(want.after * time.Millisecond)))
			job := describe(t, c, ref)
			require.Equal(t, want.status, job.Status, "after %d ms", want.after)
			require.Equal(t, [3]int64{want.imported, want.skipped, want.failed},
				[3]int64{job.ImportedUsers, job.SkippedUsers, job.FailedUsers}, "after %d ms", want.after)
			require.Equal(t, start.Add(want.began*time.Millisecond), job.StartDate)
			count, err := c.CountUsers(t.Context(), poolID)
			require.NoError(t, err)
			require.Equal(t, want.imported, count)
			rows, _, err := c.Results(t.Context(), ref, importjob.Page{})
			require.NoError(t, err)
			require.Len(t, rows, int(want.imported+want.skipped+want.failed))
		}
		require.Equal(t, start.Add(4500*time.Millisecond), describe(t, c, ref).CompletionDate)
	})
}

func TestStopHalfwayKeepsWhatWasImported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newPool(t, &memory.Options{RowsPerSecond: 10})
		var users []importjob.Record
		for _, name := range strings.Split("abcdefghijklmnopqrst", "") {
			users = append(users, verified(name))
		}
		ref := started(t, c, csv(t, users...))
		time.Sleep(750 * time.Millisecond)
		stopped, err := c.Stop(t.Context(), ref)
		require.NoError(t, err)
		require.Equal(t, importjob.StatusStopped, stopped.Status)
		require.Equal(t, int64(7), stopped.ImportedUsers)
		require.Equal(t, "The Import Job was stopped by the developer.", stopped.CompletionMessage)
		time.Sleep(time.Hour)
		require.Equal(t, stopped, describe(t, c, ref))

		var names string
		for user, err := range userpool.All(t.Context(), c, poolID) {
			require.NoError(t, err)
			names += user.Username
		}
		require.Equal(t, "abcdefg", names)
		_, err = c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: "h"})
		require.ErrorIs(t, err, userpool.ErrUserNotFound)

		// What was cut is not there for a second job either.
		ref = started(t, c, csv(t, users...))
		time.Sleep(time.Hour)
		job := describe(t, c, ref)
		require.Equal(t, [2]int64{13, 7}, [2]int64{job.ImportedUsers, job.SkippedUsers})
	})
}

func TestImport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newPool(t, nil)
		file := csv(t, verified("johndoe"), verified("janeroe"))
		job, err := importjob.Import(context.Background(), c, input, strings.NewReader(file), int64(len(file)), nil)
		require.NoError(t, err)
		require.Equal(t, importjob.StatusSucceeded, job.Status)
		require.Equal(t, int64(2), job.ImportedUsers)
		user, err := c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: "JohnDoe"})
		require.NoError(t, err)
		require.Equal(t, "johndoe", user.Username)
		require.Equal(t, "true", user.Attributes.Value("email_verified"))
	})
}
