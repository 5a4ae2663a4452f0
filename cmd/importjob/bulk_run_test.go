package main

import (
	"bytes"
	"context"
	"encoding/json"
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
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
)

// bulkAt runs importjob bulk at AWS, where every request goes to the client.
func bulkAt(ctx context.Context, client importjob.Client, args ...string) result {
	return atFake(ctx, wire(client), append(append([]string{"bulk"}, args...), atPool...)...)
}

// lastLine is the last line of an output.
func lastLine(text string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	return lines[len(lines)-1]
}

// people are good rows for csvFile.
func people(n int) []string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("user%d@example.com,TRUE,user%d", i, i)
	}
	return rows
}

// Ctrl-C ends the command, not the job, and the line that it prints goes on with the import.
func TestBulkInterruptedAndResumed(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, &memory.Options{RowsPerSecond: 2}, nil)
		file, dir := csvFile(t, people(30)...), newDir(t)
		ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second+time.Millisecond)
		defer cancel()
		began := time.Now()
		got := bulkAt(ctx, cognito, file, "--dir", dir, "--part-rows=10")
		assert.Less(t, time.Since(began), 13*time.Second)
		assert.Equal(t, 1, got.status)
		assert.Empty(t, got.out)
		assert.Equal(t, "importjob: interrupted, but job import-X goes on by itself: go on with importjob bulk --backend=aws "+file+
			" --dir "+dir+" --part-rows=10 "+strings.Join(atPool, " ")+" --resume", lastLine(withoutIDs(got.err)))
		_, line, _ := strings.Cut(lastLine(got.err), "go on with importjob ")

		again := atFakeLine(t.Context(), cognito, line)
		assert.Equal(t, 0, again.status, again.err)
		assert.Contains(t, again.out, "Imported  30\n")
		assert.True(t, strings.HasPrefix(again.err, "importing: part "), "nothing is planned again: %s", again.err)
		assert.Len(t, usernamesIn(t, cognito), 30)
		assert.Len(t, jobsIn(t, cognito), 3, "no part was imported twice")
	})
}

// atFakeLine runs a command line that has nothing to quote.
func atFakeLine(ctx context.Context, client importjob.Client, line string) result {
	var out, errs bytes.Buffer
	status := run(ctx, strings.Fields(line), streams{out: &out, err: &errs, transport: wire(client), interruptible: context.WithCancel})
	return result{status, out.String(), errs.String()}
}

// Wherever it is interrupted, it ends with everybody in the pool once.
func TestBulkInterruptedAnywhere(t *testing.T) {
	awsEnvironment(t)
	file := csvFile(t, people(30)...)
	for _, flags := range [][]string{nil, {"--no-results"}} {
		for after := time.Duration(0); after < 22*time.Second; after += 1300 * time.Millisecond {
			synctest.Test(t, func(t *testing.T) {
				cognito := newPool(t, &memory.Options{RowsPerSecond: 2, PendingFor: time.Second}, nil)
				args := append([]string{file, "--dir", newDir(t), "--part-rows=10"}, flags...)
				ctx, cancel := context.WithTimeout(t.Context(), after)
				defer cancel()
				if got := bulkAt(ctx, cognito, args...); got.status == 0 {
					return
				}
				got := bulkAt(t.Context(), cognito, append(args, "--resume")...)
				assert.Equal(t, 0, got.status, "%v: %s", after, got.err)
				assert.Len(t, usernamesIn(t, cognito), 30)
				assert.Len(t, jobsIn(t, cognito), 3)
			})
		}
	}
}

// With --stop-on-interrupt the job stops. What it left out is unknown, and can be tried again.
func TestBulkStopOnInterrupt(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, &memory.Options{RowsPerSecond: 2}, nil)
		file, dir := csvFile(t, people(30)...), newDir(t)
		args := []string{file, "--dir", dir, "--part-rows=20", "--stop-on-interrupt"}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second+time.Millisecond)
		defer cancel()
		got := bulkAt(ctx, cognito, args...)
		assert.Equal(t, 1, got.status)
		assert.Regexp(t, `^importjob: interrupted, and job import-\w+ was told to stop: go on with importjob bulk .* --resume$`, lastLine(got.err))

		got = bulkAt(t.Context(), cognito, append(args, "--resume")...)
		assert.Equal(t, 1, got.status)
		assert.Contains(t, got.out, "Rows      30\nImported  10\nSkipped   0\nFailed    0\nRejected  0\nUnknown   20\nJobs      1 of 2\n")
		assert.Contains(t, withoutIDs(got.out), "\nPart 1: job import-X Stopped: ")
		assert.Contains(t, got.err, "resume to go on with the next part")

		got = bulkAt(t.Context(), cognito, append(args, "--resume")...)
		assert.Equal(t, 1, got.status)
		assert.Contains(t, got.out, "Imported  20\nSkipped   0\nFailed    0\nRejected  0\nUnknown   10\nJobs      2\n")
		got = bulkAt(t.Context(), cognito, "--retry", dir, "--dir", newDir(t), "--json")
		assert.Equal(t, 0, got.status)
		summary := bulk.Summary{}
		require.NoError(t, json.Unmarshal([]byte(got.out), &summary))
		assert.EqualValues(t, 10, summary.Imported)
		assert.Len(t, usernamesIn(t, cognito), 30)
	})
}

func TestBulkInterruptedBeforeItBegins(t *testing.T) {
	awsEnvironment(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, got := range []result{
		commandWith(ctx, "", false, "bulk", testdata("users.csv"), "--dir", newDir(t)),
		commandWith(ctx, "", false, "bulk", testdata("users.csv"), "--dir", newDir(t), "--dry-run"),
		bulkAt(ctx, newPool(t, nil, nil), testdata("users.csv"), "--dir", newDir(t)),
	} {
		assert.Equal(t, 1, got.status)
		assert.Empty(t, got.out)
		assert.Regexp(t, `^importjob: interrupted`, got.err)
		assert.Equal(t, 1, strings.Count(got.err, "\n"))
	}
}

// A pool in memory ends with the command, and a job in it too.
func TestBulkInMemoryCannotGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file, dir := csvFile(t, people(30)...), newDir(t)
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		got := commandWith(ctx, "", false, "bulk", file, "--dir", dir, "--part-rows=10", "--rows-per-second=2")
		assert.Equal(t, 1, got.status)
		assert.Equal(t, "importjob: interrupted: the pool in memory has ended with the command; begin again in another directory", lastLine(got.err))
		for range 2 {
			got = commandWith(t.Context(), "", false, "bulk", file, "--dir", dir, "--resume")
			assert.Equal(t, 2, got.status)
			assert.Contains(t, got.err, "importjob: part 2: DescribeUserImportJob us-west-2_aaaaaaaaa/import-")
			assert.Contains(t, got.err, ": a Cognito in memory forgets its jobs and users when it ends; begin again in another directory\n")
			assert.Equal(t, 1, strings.Count(got.err, "\n"))
		}
	})
}

// So it is with importjob serve.
func TestBulkAtAServerThatWasStartedAgain(t *testing.T) {
	awsEnvironment(t)
	dir := newDir(t)
	s := serving(t, "--rows-per-second=1", "--control")
	ctx, cancel := context.WithCancel(t.Context())
	got := result{}
	file := csvFile(t, people(30)...)
	args := func(url string) []string {
		return []string{"bulk", "--backend=aws", "--endpoint-url=" + url, file, "--dir", dir}
	}
	errs := &lockedBuffer{}
	ended := make(chan int)
	go func() {
		ended <- run(ctx, args(s.url), streams{out: &bytes.Buffer{}, err: errs, interruptible: context.WithCancel})
	}()
	require.Eventually(t, func() bool { return strings.Contains(errs.String(), " InProgress") }, 30*time.Second, 5*time.Millisecond)
	cancel()
	assert.Equal(t, 1, <-ended)
	_ = s.stop()
	got = command(t, append(args(serving(t).url), "--resume")...)
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, ": a Cognito in memory forgets its jobs and users when it ends; begin again in another directory\n")
}

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
		{backend.Fault{Op: importjob.OpPool, Code: importjob.ErrNotFound}, `^importjob: DescribeUserPool us-west-2_aaaaaaaaa: ResourceNotFoundException`},
		{backend.Fault{Op: importjob.OpPool, Code: importjob.ErrAccessDenied}, `^importjob: DescribeUserPool us-west-2_aaaaaaaaa: AccessDeniedException`},
		{backend.Fault{Op: importjob.OpCreate, Call: 2, Times: 9, Code: importjob.ErrLimitExceeded}, `^importjob: part 2: CreateUserImportJob .*: LimitExceededException.*; the pool holds its maximum of import jobs`},
		{backend.Fault{Op: importjob.OpCreate, Call: 1, Code: importjob.ErrNotAuthorized}, `^importjob: part 1: CreateUserImportJob .*; get the permission, then resume$`},
		{backend.Fault{Op: importjob.OpStart, Call: 1, Code: importjob.ErrAccessDenied}, `^importjob: part 1: StartUserImportJob us-west-2_aaaaaaaaa/import-X: AccessDeniedException.*; get the permission, then resume$`},
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
			backend.Fault{Op: importjob.OpPool, Call: 1, Times: 4, Code: importjob.ErrTooManyRequests},
			backend.Fault{Op: importjob.OpCreate, Call: 1, Times: 5, Lost: true},
			backend.Fault{Op: importjob.OpStart, Call: 2, Lost: true},
			backend.Fault{Op: importjob.OpDescribe, Call: 3, Times: 9, Code: importjob.ErrInternal},
			backend.Fault{Op: importjob.OpResults, Call: 1, Times: 3})
		_, err := cognito.AddUser(t.Context(), "us-west-2_aaaaaaaaa", importjob.PoolUser{Username: "user3"})
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
		0: "importjob: no answer from https://cognito-idp.us-west-2.amazonaws.com: connection refused",
		9: "importjob: no answer from https://cognito-idp.us-west-2.amazonaws.com: connection refused; --resume goes on from there",
	} {
		synctest.Test(t, func(t *testing.T) {
			cognito := newPool(t, &memory.Options{RowsPerSecond: 1}, nil)
			there, seen := wire(cognito), 0
			rt := roundTripper(func(r *http.Request) (*http.Response, error) {
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
			got = atFake(t.Context(), roundTripper(func(*http.Request) (*http.Response, error) { return nil, nobody }), "bulk",
				testdata("users.csv"), "--dir", newDir(t), "--endpoint-url=http://fake.invalid:9229")
			assert.Equal(t, "importjob: no answer from http://fake.invalid:9229: connection refused", lastLine(got.err))
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
		client := faulty(cognito, backend.Fault{Op: importjob.OpStart, Call: 1, Times: 20, Code: importjob.ErrPreconditionNotMet})
		got := bulkAt(t.Context(), client, csvFile(t, people(3)...), "--dir", newDir(t))
		assert.Equal(t, 0, got.status, got.err)
		const want = "waiting: part 1 of 1 waits for Cognito to start its job: another one of the account may be active\n"
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

// Lines are few: one in ten seconds, and one when something else than a number changes.
func TestBulkProgressLines(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, &memory.Options{RowsPerSecond: 10, PendingFor: 15 * time.Second}, nil)
		var errs timedLines
		args := append([]string{"bulk", "--backend=aws", testdata("users.csv"), "--dir", newDir(t), "--part-rows=600"}, atPool...)
		status := run(t.Context(), args, streams{out: &bytes.Buffer{}, err: &errs, transport: wire(cognito), interruptible: context.WithCancel})
		assert.Equal(t, 0, status)
		require.Greater(t, len(errs.lines), 12)
		require.Less(t, len(errs.lines), 26)
		for i, line := range errs.lines[1:] {
			same := line.head() == errs.lines[i].head()
			assert.False(t, same && line.at.Sub(errs.lines[i].at) < linesEvery, "%s%s", errs.lines[i].text, line.text)
		}
		text := errs.String()
		assert.Regexp(t, `importing: part 1 of 2, job import-\w+ Pending: 0 of 1000 rows\n`, text)
		assert.Regexp(t, `importing: part 2 of 2, job import-\w+ InProgress: \d+ of 1000 rows, \d rows/s, \d+s left\n`, text)
		assert.Regexp(t, `importing: part 1 of 2, job import-\w+ InProgress: \d+ of 1000 rows, \d rows/s, [1-9]m?\d*s? ?.*left\n`, text)
		assert.NotContains(t, text, "\r")
	})
}

// timedLines are lines and when they were printed.
type timedLines struct{ lines []timedLine }

type timedLine struct {
	at   time.Time
	text string
}

// head is what a line says besides its numbers.
func (l timedLine) head() string {
	_, rest, _ := strings.Cut(l.text, "job ")
	_, rest, _ = strings.Cut(rest, " ")
	status, _, _ := strings.Cut(rest, ":")
	phase, _, _ := strings.Cut(l.text, ",")
	return phase + status
}

func (l *timedLines) Write(p []byte) (int, error) {
	l.lines = append(l.lines, timedLine{time.Now(), string(p)})
	return len(p), nil
}

func (l *timedLines) String() string {
	text := ""
	for _, line := range l.lines {
		text += line.text
	}
	return text
}

// On a terminal there is a bar, which is gone at the end.
func TestBulkProgressBar(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, &memory.Options{RowsPerSecond: 10}, nil)
		startOther(t, cognito)
		var out, errs bytes.Buffer
		args := append([]string{"bulk", "--backend=aws", testdata("users.csv"), "--dir", newDir(t), "--part-rows=600"}, atPool...)
		status := run(t.Context(), args, streams{out: &out, err: &errs, terminal: true, transport: wire(cognito), interruptible: context.WithCancel})
		assert.Equal(t, 0, status)
		text := errs.String()
		assert.Contains(t, text, "Planning")
		assert.Regexp(t, `Part 1 of 2 waits for another job, import-\w+ InProgress`, text)
		assert.Regexp(t, `Part 2 of 2 InProgress, \d+ rows/s, \d+s left +[6-9]\d% \|█+ +\| \([6-9]\d\d/1000\)`, text)
		assert.NotContains(t, text, "\n")
		assert.True(t, strings.HasSuffix(text, "\x1b[2K\r"), "the bar is cleared: %q", text[max(0, len(text)-40):])
		assert.Contains(t, out.String(), "Imported  1000\n")
	})
}

func TestBulkProgressBarOfSmallFiles(t *testing.T) {
	for _, name := range []string{"broken-empty.csv", "header-only.csv", "broken-utf8.csv", "users.csv"} {
		for _, flag := range []string{"--dry-run", "--json"} {
			assert.NotPanics(t, func() {
				commandWith(t.Context(), "", true, "bulk", testdata(name), flag, "--dir", newDir(t))
			}, name)
		}
	}
}

// The rate is that of the rows this command has seen done, not of those that were done before.
func TestBulkPaceAfterResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newBulkProgress(&streams{err: &bytes.Buffer{}})
		at := func(phase bulk.Phase, rows, total int64) bulk.Progress {
			return bulk.Progress{Phase: phase, Rows: rows, Total: total, Part: 3, Parts: 4, Job: importjob.UserImportJob{JobID: "import-x", Status: importjob.StatusInProgress}}
		}
		p.show(at(bulk.Importing, 1_000_000, 2_000_000))
		time.Sleep(100 * time.Second)
		p.show(at(bulk.Waiting, 1_005_000, 2_000_000))
		p.show(at(bulk.Importing, 1_010_000, 2_000_000))
		assert.Equal(t, "importing: part 3 of 4, job import-x InProgress: 1010000 of 2000000 rows, 100 rows/s, 2h45m0s left", p.line(p.last))
		p.show(at(bulk.Reporting, 4096, 2_100_000))
		time.Sleep(2 * time.Second)
		p.show(at(bulk.Reporting, 8192, 2_100_000))
		assert.Equal(t, "reporting: 8192 of 2100000 rows, 2048 rows/s, 17m1s left", p.line(p.last))
	})
}

// Two commands on one directory would import everybody twice.
func TestBulkKeepsASecondProcessOut(t *testing.T) {
	binary := build(t)
	awsEnvironment(t)
	cognito := newPool(t, nil, nil)
	there, dir := wire(cognito), newDir(t)
	seconds := 0
	rt := roundTripper(func(r *http.Request) (*http.Response, error) {
		if seconds++; seconds == 1 || seconds == 4 {
			want := result{2, "", "importjob: " + dir + ": another process works in the directory\n"}
			assert.Equal(t, want, execute(exec.Command(binary, "bulk", testdata("users.csv"), "--dir", dir, "--resume")))
			assert.Equal(t, want, command(t, "bulk", "--retry", dir, "--dir", newDir(t)))
		}
		return there.RoundTrip(r)
	})
	got := atFake(t.Context(), rt, append([]string{"bulk", testdata("users.csv"), "--dir", dir}, atPool...)...)
	assert.Equal(t, 0, got.status, got.err)
	assert.Greater(t, seconds, 4)
	assert.Equal(t, 0, execute(exec.Command(binary, "bulk", testdata("users.csv"), "--dir", dir, "--resume")).status, "the lock is gone")
}
