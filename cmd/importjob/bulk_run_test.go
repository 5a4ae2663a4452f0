package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
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
		assert.Equal(t, "importjob: interrupted, but job import-X is still running; continue with importjob bulk --resume --dir "+dir, lastLine(withoutIDs(got.err)))
		_, line, _ := strings.Cut(lastLine(got.err), "continue with importjob ")

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

// With --stop-on-interrupt the job stops, and another job imports the rows that it did not read.
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
		assert.Regexp(t, `^importjob: interrupted, and job import-\w+ was asked to stop; continue with importjob bulk --resume --dir .*$`, lastLine(got.err))

		got = bulkAt(t.Context(), cognito, append(args, "--resume")...)
		assert.Equal(t, 0, got.status)
		assert.Contains(t, got.out, "Imported  30\nSkipped   0\nFailed    0\nRejected  0\nUnknown   0\nJobs      3\n")
		assert.Regexp(t, `\nPart 1: job import-\w+ Stopped: .* It did not read 10 rows: part 3 has them\.\n`, got.out)
		assert.Len(t, usernamesIn(t, cognito), 30)
	})
}

// A job that somebody stops ends the import, with a report of all that was done, until it is resumed.
func TestBulkJobIsStopped(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, &memory.Options{RowsPerSecond: 2}, nil)
		args := []string{csvFile(t, people(30)...), "--dir", newDir(t), "--part-rows=20"}
		time.AfterFunc(5*time.Second+time.Millisecond, func() {
			for job, err := range importjob.Jobs(t.Context(), cognito, "us-west-2_aaaaaaaaa") {
				require.NoError(t, err)
				_, err = cognito.Stop(t.Context(), job.Ref())
				assert.NoError(t, err)
			}
		})
		got := bulkAt(t.Context(), cognito, args...)
		assert.Equal(t, 1, got.status)
		assert.Contains(t, got.out, "Rows      30\nImported  10\nSkipped   0\nFailed    0\nRejected  0\nUnknown   20\nJobs      1 of 3\n")
		assert.Contains(t, withoutIDs(got.out), "\nPart 1: job import-X Stopped: ")
		assert.Contains(t, lastLine(got.err), "; resume to import the rest")
		got = bulkAt(t.Context(), cognito, append(args, "--resume")...)
		assert.Contains(t, got.out, "Imported  30\nSkipped   0\nFailed    0\nRejected  0\nUnknown   0\nJobs      3\n")
	})
}

func TestBulkInterruptedBeforeItBegins(t *testing.T) {
	awsEnvironment(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, got := range []result{
		commandWith(ctx, "", false, "bulk", "--backend=memory", testdata("users.csv"), "--dir", newDir(t)),
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
		got := commandWith(ctx, "", false, "bulk", "--backend=memory", file, "--dir", dir, "--part-rows=10", "--rows-per-second=2")
		assert.Equal(t, 1, got.status)
		assert.Equal(t, "importjob: interrupted: the pool in memory is gone with the command; begin again with another directory", lastLine(got.err))
		for range 2 {
			got = commandWith(t.Context(), "", false, "bulk", file, "--dir", dir, "--resume")
			assert.Equal(t, 2, got.status)
			assert.Contains(t, got.err, "importjob: part 2: DescribeUserImportJob us-west-2_aaaaaaaaa/import-")
			assert.Contains(t, got.err, ": a Cognito in memory forgets its jobs and users when it ends; begin again with another directory\n")
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
	again := serving(t, "--addr="+strings.TrimPrefix(s.url, "http://"))
	require.Equal(t, s.url, again.url)
	got = command(t, "bulk", "--resume", "--dir", dir)
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, ": a Cognito in memory forgets its jobs and users when it ends; begin again with another directory\n")
}

// The built command: killed while a job runs it goes on, and so it does after Ctrl-C.
func TestBulkBinaryIsKilledAndInterrupted(t *testing.T) {
	binary := build(t)
	awsEnvironment(t)
	s := serving(t, "--rows-per-second=1", "--control")
	args := []string{"bulk", "--backend=aws", "--endpoint-url=" + s.url, csvFile(t, people(300)...), "--dir", newDir(t), "--part-rows=150"}
	for _, signal := range []os.Signal{os.Kill, os.Interrupt} {
		errs := &lockedBuffer{}
		cmd := exec.Command(binary, args...)
		cmd.Stderr = errs
		require.NoError(t, cmd.Start())
		require.Eventually(t, func() bool { return strings.Contains(errs.String(), " InProgress") }, 30*time.Second, 5*time.Millisecond)
		require.NoError(t, cmd.Process.Signal(signal))
		_ = cmd.Wait()
		if signal == os.Interrupt {
			assert.Equal(t, 1, cmd.ProcessState.ExitCode())
			assert.Contains(t, lastLine(errs.String()), "importjob: interrupted, but job import-")
			status, answer := s.control("advance", url.Values{"by": {"10m"}})
			require.Equal(t, 200, status, answer)
		}
		args = append(slices.DeleteFunc(args, func(arg string) bool { return arg == "--resume" }), "--resume")
	}
	cmd := exec.Command(binary, args...)
	errs := &lockedBuffer{}
	cmd.Stderr = errs
	out, inProgress := bytes.Buffer{}, regexp.MustCompile(`part 2 of 2, job \S+ InProgress`)
	cmd.Stdout = &out
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return inProgress.MatchString(errs.String()) },
		30*time.Second, 5*time.Millisecond)
	_, _ = s.control("advance", url.Values{"by": {"10m"}})
	require.NoError(t, cmd.Wait(), errs)
	assert.Contains(t, out.String(), "Rows      300\nImported  300\n")
	_, answer := s.call("ListUserImportJobs", `{"UserPoolId":"us-west-2_aaaaaaaaa","MaxResults":60}`)
	assert.Equal(t, 2, strings.Count(answer, `"JobId"`), "a job for each part")
}
