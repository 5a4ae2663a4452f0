package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
)

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
		_, text, _ = strings.Cut(text, "users.csv: Cognito's CSV dialect\n")
		assert.NotContains(t, text, "\n")
		assert.True(t, strings.HasSuffix(text, "\x1b[2K\r"), "the bar is cleared: %q", text[max(0, len(text)-40):])
		assert.Contains(t, out.String(), "Imported  1000\n")
	})
}

func TestBulkProgressBarOfSmallFiles(t *testing.T) {
	for _, name := range []string{"broken-empty.csv", "header-only.csv", "broken-utf8.csv", "users.csv"} {
		for _, flag := range []string{"--dry-run", "--json"} {
			assert.NotPanics(t, func() {
				commandWith(t.Context(), "", true, "bulk", "--backend=memory", testdata(name), flag, "--dir", newDir(t))
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
		p.show(at(bulk.PhaseImporting, 1_000_000, 2_000_000))
		time.Sleep(100 * time.Second)
		p.show(at(bulk.PhaseWaiting, 1_005_000, 2_000_000))
		p.show(at(bulk.PhaseImporting, 1_010_000, 2_000_000))
		assert.Equal(t, "importing: part 3 of 4, job import-x InProgress: 1010000 of 2000000 rows, 100 rows/s, 2h45m0s left", p.line(p.last))
		p.show(at(bulk.PhaseReporting, 4096, 2_100_000))
		time.Sleep(2 * time.Second)
		p.show(at(bulk.PhaseReporting, 8192, 2_100_000))
		assert.Equal(t, "reporting: 8192 of 2100000 rows, 2048 rows/s, 17m1s left", p.line(p.last))
	})
}

// While a second file is joined, no row was read, and the percentage moves.
func TestBulkProgressOfAJoin(t *testing.T) {
	p := newBulkProgress(&streams{err: &bytes.Buffer{}})
	for bytes, want := range map[int64]string{1: "planning: 0 rows", 50: "planning: 0 rows, 50 %"} {
		p.show(bulk.Progress{Phase: bulk.PhasePlanning, Bytes: 1, Size: 100})
		now := bulk.Progress{Phase: bulk.PhasePlanning, Bytes: bytes, Size: 100}
		p.show(now)
		assert.Equal(t, want, p.line(now))
		assert.Equal(t, strings.Replace(want, "planning: 0 rows", "Planning", 1), p.title(now))
	}
}
