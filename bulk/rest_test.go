package bulk_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// The tests in this file resume imports whose jobs were stopped. The rows that a stopped job did not read go into
// another part.

// stopAfter imports users until a moment, and stops the job of that moment.
func stopAfter(t *testing.T, m importjob.Client, source bulk.Source, dir string, opts bulk.Options, after time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), after)
	defer cancel()
	opts.StopOnCancel = true
	if _, err := importQuickly(ctx, m, input(), source, dir, &opts); err != nil { // it can be done before
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
}

// inOrder demands that the report has each row of the input once, in order.
func inOrder(t *testing.T, dir string, first int) []outcome {
	rows, _ := readReport(t, dir)
	for i, r := range rows {
		require.Equal(t, strconv.Itoa(first+i), r.SourceLine)
		require.Equal(t, "user"+strconv.Itoa(first+i), r.Username)
	}
	return rows
}

// TestRestOfAStoppedPart stops jobs at many moments: before they read a row, while they read, while they are stopping
// and go on with their rows, and a second time the job of the rest.
func TestRestOfAStoppedPart(t *testing.T) {
	for _, stopping := range []time.Duration{0, 4 * time.Second} {
		for after := 500 * time.Millisecond; after < 45*time.Second; after += 3700 * time.Millisecond {
			synctest.Test(t, func(t *testing.T) {
				m := newCognito(t, memory.Options{RowsPerSecond: 1, PendingFor: 2 * time.Second, StoppingFor: stopping})
				_, err := m.AddUser(t.Context(), poolID, userpool.User{Username: "user8"})
				require.NoError(t, err)
				dir := filepath.Join(t.TempDir(), "import")
				opts := bulk.Options{PartRows: 15, Wait: importjob.WaitOptions{MaxInterval: time.Second}}
				stopAfter(t, m, sequence(good(30)...), dir, opts, after)
				opts.Resume = true
				stopAfter(t, m, sequence(good(30)...), dir, opts, 6*time.Second)
				time.Sleep(time.Hour)
				s, err := importQuickly(t.Context(), m, input(), sequence(good(30)...), dir, &opts)
				require.NoError(t, err, after)
				assert.Equal(t, bulk.Counts{Imported: 29, Skipped: 1}, s.Counts, "%v: each row by one job", after)
				assert.Len(t, usernames(t, m), 30)
				inOrder(t, dir, 1)
				moved := 0
				for _, run := range s.Runs {
					if run.MovedTo > 0 {
						assert.Equal(t, run.MovedRows, s.Runs[run.MovedTo-1].Rows+s.Runs[run.MovedTo-1].MovedRows)
						assert.Equal(t, importjob.StatusStopped, run.Status)
						moved++
					}
				}
				assert.Len(t, s.Runs, 2+moved)
				again, err := importQuickly(t.Context(), m, input(), sequence(good(30)...), dir, &opts)
				require.NoError(t, err)
				assert.Equal(t, s, again)
			})
		}
	}
}

// TestRowsThatCannotBeToldApart stops a job some of whose result lines are not to be had. Nobody knows which rows it
// read, so they stay unknown.
func TestRowsThatCannotBeToldApart(t *testing.T) {
	for name, c := range map[string]struct {
		opts  bulk.Options
		lines func([]importjob.RowResult) ([]importjob.RowResult, error)
		want  bulk.Counts
	}{
		"no log": {bulk.Options{NoResults: true}, nil, bulk.Counts{Imported: 7, Unknown: 8}},
		"a line is missing": {bulk.Options{LogPatience: -1}, func(rows []importjob.RowResult) ([]importjob.RowResult, error) {
			return rows[:len(rows)-1], nil
		}, bulk.Counts{Imported: 7, Unknown: 8}},
		"no access": {bulk.Options{}, func([]importjob.RowResult) ([]importjob.RowResult, error) { return nil, importjob.ErrAccessDenied },
			bulk.Counts{Imported: 7, Unknown: 8}},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := newCognito(t, memory.Options{RowsPerSecond: 1})
			client := importjob.Client(m)
			if c.lines != nil {
				client = logged{m, c.lines}
			}
			dir := filepath.Join(t.TempDir(), "import")
			opts := c.opts
			opts.Wait.MaxInterval = time.Second
			stopAfter(t, client, sequence(good(15)...), dir, opts, 7*time.Second+time.Millisecond)
			opts.Resume = true
			s, err := importQuickly(t.Context(), client, input(), sequence(good(15)...), dir, &opts)
			require.NoError(t, err, name)
			assert.Equal(t, c.want, s.Counts, name)
			assert.Len(t, s.Runs, 1, name)
			assert.Contains(t, s.Runs[0].Note, "and it ended Stopped before it read 8", name)
		})
	}
	synctest.Test(t, func(t *testing.T) { // without a log, but the job has read nothing
		m := newCognito(t, memory.Options{RowsPerSecond: 1, PendingFor: time.Minute})
		dir := filepath.Join(t.TempDir(), "import")
		opts := bulk.Options{NoResults: true}
		stopAfter(t, m, sequence(good(15)...), dir, opts, 10*time.Second)
		opts.Resume = true
		s, err := importQuickly(t.Context(), m, input(), sequence(good(15)...), dir, &opts)
		require.NoError(t, err)
		assert.Equal(t, bulk.Counts{Imported: 15}, s.Counts)
		assert.Equal(t, 15, s.Runs[0].MovedRows)
		assert.Zero(t, s.Runs[0].Rows)
	})
}

// TestRetryOfARest retries an import with rejected rows and a part that was stopped.
func TestRetryOfARest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newCognito(t, memory.Options{RowsPerSecond: 1})
		users := good(20)
		for _, n := range []int{0, 11, 19} {
			users[n]["email"] = "none"
		}
		dir := filepath.Join(t.TempDir(), "import")
		opts := bulk.Options{Wait: importjob.WaitOptions{MaxInterval: time.Second}}
		stopAfter(t, m, sequence(users...), dir, opts, 7*time.Second)
		_, err := planQuickly(t.Context(), m, input(), bulk.Retry(dir, nil), filepath.Join(t.TempDir(), "retry"), nil)
		require.ErrorIs(t, err, bulk.ErrNotFinished)
		opts.Resume = true
		s, err := importQuickly(t.Context(), m, input(), sequence(users...), dir, &opts)
		require.NoError(t, err)
		assert.Equal(t, bulk.Counts{Imported: 17}, s.Counts)
		inOrder(t, dir, 1)
		var lines []string
		again := bulk.Retry(dir, &bulk.RetryOptions{Outcomes: []bulk.Outcome{bulk.OutcomeRejected, bulk.OutcomeImported},
			Edit: func(r bulk.RetryRow) (importjob.Record, error) {
				lines = append(lines, strconv.Itoa(r.SourceLine)+" "+r.Record["cognito:username"])
				return nil, nil
			}})
		_, err = planQuickly(t.Context(), m, input(), again, filepath.Join(t.TempDir(), "retry"), nil)
		require.NoError(t, err)
		var want []string
		for n := range 20 {
			want = append(want, fmt.Sprintf("%d user%d", n+1, n+1))
		}
		assert.Equal(t, strings.Join(want, "\n"), strings.Join(lines, "\n"))
	})
}

// TestKilledWhileTheRestIsMade stops a job, and has each step after that fail in turn.
func TestKilledWhileTheRestIsMade(t *testing.T) {
	total := 0
	for at := 0; at == 0 || at <= total; at++ {
		synctest.Test(t, func(t *testing.T) {
			m := newCognito(t, memory.Options{RowsPerSecond: 1})
			dir := filepath.Join(t.TempDir(), "import")
			opts := bulk.Options{PartRows: 8, Wait: importjob.WaitOptions{MaxInterval: time.Second}}
			stopAfter(t, m, sequence(good(10)...), dir, opts, 5*time.Second)
			opts.Resume = true
			n, failed := 0, ""
			hooks := bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}, Step: func(name string) error {
				if n++; n == at {
					failed = name
					return errDisk
				}
				return nil
			}}
			s, err := bulk.ImportWith(t.Context(), m, input(), sequence(good(10)...), dir, &opts, hooks)
			if at == 0 {
				require.NoError(t, err)
				total = n
				require.Greater(t, total, 40)
			} else {
				require.ErrorIs(t, err, errDisk, failed)
				s, err = importQuickly(t.Context(), m, input(), sequence(good(10)...), dir, &opts)
				require.NoError(t, err, failed)
			}
			require.Equal(t, bulk.Counts{Imported: 10}, s.Counts, failed)
			require.Len(t, s.Runs, 3)
			inOrder(t, dir, 1)
			require.Len(t, usernames(t, m), 10)
		})
	}
}
