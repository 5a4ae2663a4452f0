package main

import (
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// faulty is a Client of which some calls fail.
func faulty(client importjob.Client, faults ...backend.Fault) importjob.Client {
	return backend.Intercept(client, backend.Faults(backend.FaultOptions{Faults: faults}))
}

func TestBulkRefusedByTheService(t *testing.T) {
	awsEnvironment(t)
	for _, c := range []struct {
		fault backend.Fault
		want  string
	}{
		{backend.Fault{Op: importjob.OpPool, Err: importjob.ErrResourceNotFound}, `^importjob: DescribeUserPool us-west-2_aaaaaaaaa: ResourceNotFoundException`},
		{backend.Fault{Op: importjob.OpPool, Err: importjob.ErrAccessDenied}, `^importjob: DescribeUserPool us-west-2_aaaaaaaaa: AccessDeniedException`},
		{backend.Fault{Op: importjob.OpCreate, Err: importjob.ErrLimitExceeded, On: func(call int) bool { return call >= 2 && call < 11 }}, `^importjob: part 2: CreateUserImportJob .*: LimitExceededException.*; the pool has the maximum number of import jobs`},
		{backend.Fault{Op: importjob.OpCreate, Err: importjob.ErrNotAuthorized, On: backend.Nth(1)}, `^importjob: part 1: CreateUserImportJob .*; get the permission, then resume$`},
		{backend.Fault{Op: importjob.OpStart, Err: importjob.ErrAccessDenied, On: backend.Nth(1)}, `^importjob: part 1: StartUserImportJob us-west-2_aaaaaaaaa/import-X: AccessDeniedException.*; get the permission, then resume$`},
	} {
		synctest.Test(t, func(t *testing.T) {
			cognito := newPool(t, nil, nil)
			args := []string{csvFile(t, people(30)...), "--dir", newDir(t), "--part-rows=10"}
			got := bulkAt(t.Context(), faulty(cognito, c.fault), args...)
			assert.Equal(t, 1, got.status, c.want)
			assert.Empty(t, got.out)
			assert.Regexp(t, c.want, lastLine(withoutIDs(got.err)))
			got = bulkAt(t.Context(), cognito, append(args, "--resume")...)
			assert.Equal(t, 0, got.status, got.err)
			assert.Len(t, usernamesIn(t, cognito), 30)
		})
	}
}

func TestBulkIntoAPoolThatIsNotThere(t *testing.T) {
	awsEnvironment(t)
	dir := newDir(t)
	got := bulkAt(t.Context(), memory.New(nil), testdata("users.csv"), "--dir", dir)
	assert.Equal(t, 1, got.status)
	assert.Equal(t, "importjob: DescribeUserPool us-west-2_aaaaaaaaa: ResourceNotFoundException: User pool us-west-2_aaaaaaaaa does not exist.", lastLine(got.err))
	assert.NoDirExists(t, dir)
}

// What may be better a moment later is tried again, and nobody hears of it.
func TestBulkSurvivesTrouble(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, &memory.Options{RowsPerSecond: 10}, nil)
		client := faulty(cognito,
			backend.Fault{Op: importjob.OpPool, Err: importjob.ErrTooManyRequests, On: backend.First(4)},
			backend.Fault{Op: importjob.OpCreate, Lost: true, On: backend.First(5)},
			backend.Fault{Op: importjob.OpStart, Lost: true, On: backend.Nth(2)},
			backend.Fault{Op: importjob.OpDescribe, Err: importjob.ErrInternal, On: func(call int) bool { return call >= 3 && call < 12 }},
			backend.Fault{Op: importjob.OpResults, On: backend.First(3)})
		_, err := cognito.AddUser(t.Context(), "us-west-2_aaaaaaaaa", userpool.User{Username: "user3"})
		require.NoError(t, err)
		got := bulkAt(t.Context(), client, csvFile(t, people(30)...), "--dir", newDir(t), "--part-rows=10")
		assert.Equal(t, 1, got.status, got.err)
		assert.Contains(t, got.out, "Imported  29\nSkipped   1\n")
		assert.NotContains(t, got.err, "importjob:")
	})
}

func TestBulkNoAnswer(t *testing.T) {
	awsEnvironment(t)
	nobody := errors.New("connection refused")
	for calls, want := range map[int]string{
		0: "importjob: no response from https://cognito-idp.us-west-2.amazonaws.com: connection refused; check the network and the endpoint",
		9: "importjob: no response from https://cognito-idp.us-west-2.amazonaws.com: connection refused; check the network and the endpoint; --resume continues the import",
	} {
		synctest.Test(t, func(t *testing.T) {
			cognito := newPool(t, &memory.Options{RowsPerSecond: 1}, nil)
			there, seen := wire(cognito), 0
			rt := testkit.RoundTripper(func(r *http.Request) (*http.Response, error) {
				if seen++; seen > calls {
					return nil, nobody
				}
				return there.RoundTrip(r)
			})
			args := append([]string{"bulk", csvFile(t, people(30)...), "--dir", newDir(t), "--part-rows=10"}, atPool...)
			began := time.Now()
			got := atFake(t.Context(), rt, args...)
			assert.Equal(t, 2, got.status)
			assert.Equal(t, want, lastLine(got.err))
			assert.Greater(t, time.Since(began), 9*time.Minute, "at AWS it may come back")
			if calls > 0 {
				assert.Equal(t, 0, atFake(t.Context(), there, append(args, "--resume")...).status)
				assert.Len(t, usernamesIn(t, cognito), 30)
			}

			began = time.Now()
			got = atFake(t.Context(), testkit.RoundTripper(func(*http.Request) (*http.Response, error) { return nil, nobody }), "bulk",
				testdata("users.csv"), "--dir", newDir(t), "--endpoint-url=http://fake.invalid:9229")
			assert.Equal(t, "importjob: no response from http://fake.invalid:9229: connection refused; check the network and the endpoint", lastLine(got.err))
			assert.Less(t, time.Since(began), time.Minute, "somebody forgot to start it")
		})
	}
}

// One active job an account: whose end is waited for is said.
func TestBulkWaitsForAnotherJob(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, &memory.Options{RowsPerSecond: 1}, nil)
		other := startOther(t, cognito)
		got := bulkAt(t.Context(), cognito, csvFile(t, people(3)...), "--dir", newDir(t))
		assert.Equal(t, 0, got.status, got.err)
		assert.Contains(t, got.err, "waiting: part 1 of 1 waits for another job, "+other.JobID+" InProgress\n")
	})
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, nil, nil)
		client := faulty(cognito, backend.Fault{Op: importjob.OpStart, Err: importjob.ErrPreconditionNotMet, On: backend.First(20)})
		got := bulkAt(t.Context(), client, csvFile(t, people(3)...), "--dir", newDir(t))
		assert.Equal(t, 0, got.status, got.err)
		const want = "waiting: part 1 of 1 waits for Cognito to start its job: another job of the account may be active\n"
		assert.Contains(t, got.err, want)
		assert.Less(t, strings.Count(got.err, want), 11, "a line in ten seconds")
	})
}

// startOther starts a job of somebody else that takes 20 seconds.
func startOther(t *testing.T, cognito *memory.Cognito) importjob.UserImportJob {
	t.Helper()
	job, err := cognito.Create(t.Context(), importjob.CreateInput{
		JobName: "other", UserPoolID: "us-west-2_aaaaaaaaa", CloudWatchLogsRoleARN: "arn:aws:iam::222222222222:role/Logs"})
	require.NoError(t, err)
	text := classic + ends + "\n"
	for i := range 20 {
		text += fmt.Sprintf(",,,,,,,,,other%d@example.com,TRUE,,,,,,,,,,other%d\n", i, i)
	}
	require.NoError(t, cognito.Upload(t.Context(), job, strings.NewReader(text), int64(len(text))))
	job, err = cognito.Start(t.Context(), job.Ref())
	require.NoError(t, err)
	return job
}

// Two commands on one directory would import everybody twice.
func TestBulkKeepsASecondProcessOut(t *testing.T) {
	binary := build(t)
	awsEnvironment(t)
	cognito := newPool(t, nil, nil)
	there, dir := wire(cognito), newDir(t)
	seconds := 0
	rt := testkit.RoundTripper(func(r *http.Request) (*http.Response, error) {
		if seconds++; seconds == 1 || seconds == 4 {
			want := result{2, "", "importjob: " + dir + ": another import has the directory open: try again when it has ended\n"}
			assert.Equal(t, want, execute(exec.Command(binary, "bulk", testdata("users.csv"), "--dir", dir, "--resume")))
			assert.Equal(t, want, command(t, "bulk", "--backend=memory", "--retry", dir, "--dir", newDir(t)))
		}
		return there.RoundTrip(r)
	})
	got := atFake(t.Context(), rt, append([]string{"bulk", testdata("users.csv"), "--dir", dir}, atPool...)...)
	assert.Equal(t, 0, got.status, got.err)
	assert.Greater(t, seconds, 4)
	assert.Equal(t, 0, execute(exec.Command(binary, "bulk", testdata("users.csv"), "--dir", dir, "--resume")).status, "the lock is gone")
}
