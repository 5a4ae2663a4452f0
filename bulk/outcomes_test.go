package bulk_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// logged is a Client whose result lines are what a function makes of them.
type logged struct {
	*memory.Cognito
	lines func([]importjob.RowResult) ([]importjob.RowResult, error)
}

func (l logged) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	rows, next, err := l.Cognito.Results(ctx, ref, page)
	if err == nil {
		rows, err = l.lines(rows)
	}
	return rows, next, backend.Wrap(importjob.OpResults, ref, err)
}

// TestResultLines imports ten users of whom two exist, with result lines of all kinds.
func TestResultLines(t *testing.T) {
	type lines = []importjob.RowResult
	all := bulk.Counts{Imported: 8, Skipped: 2}
	for name, c := range map[string]struct {
		lines        func(began time.Time, rows lines) (lines, error)
		opts         bulk.Options
		counts       bulk.Counts
		notToldApart int64
		note         string
		unknown      int // rows of the report
		took         time.Duration
	}{
		"all there": {func(_ time.Time, rows lines) (lines, error) { return rows, nil }, bulk.Options{}, all, 0, "", 0, 0},
		"late": {func(began time.Time, rows lines) (lines, error) {
			return rows[:min(len(rows), int(time.Since(began)/(3*time.Second)))], nil
		}, bulk.Options{}, all, 0, "", 0, 30 * time.Second},
		"not there yet": {func(began time.Time, rows lines) (lines, error) {
			if time.Since(began) < 20*time.Second {
				return nil, importjob.ErrResourceNotFound
			}
			return rows, nil
		}, bulk.Options{}, all, 0, "", 0, 20 * time.Second},
		"one line late": {func(began time.Time, rows lines) (lines, error) {
			if time.Since(began) < 20*time.Second {
				return rows[:9], nil
			}
			return rows, nil
		}, bulk.Options{}, all, 0, "", 0, 20 * time.Second},
		"imported ones lost": {func(_ time.Time, rows lines) (lines, error) { return append(rows[:1:1], rows[2:4]...), nil },
			bulk.Options{}, all, 0, "", 0, time.Minute},
		"both kinds lost": {func(_ time.Time, rows lines) (lines, error) { return rows[:2], nil },
			bulk.Options{LogPatience: -1}, all, 8, "of 8 rows without a result line, the job counts 6 imported, 2 skipped and 0 failed", 8, 0},
		"none to be had": {nil, bulk.Options{NoResults: true}, all, 10,
			"of 10 rows without a result line, the job counts 8 imported, 2 skipped and 0 failed", 10, 0},
		"not permitted": {func(time.Time, lines) (lines, error) { return nil, importjob.ErrAccessDenied }, bulk.Options{}, all, 10,
			"of 10 rows without a result line, the job counts 8 imported, 2 skipped and 0 failed; the result lines could not be read: GetLogEvents", 10, 0},
		"repeated and strange": {func(_ time.Time, rows lines) (lines, error) {
			return append(append(lines{{Reason: "what?"}, {Line: 99, Status: importjob.RowFailed}}, rows...), rows...), nil
		}, bulk.Options{}, all, 0, "2 result lines were not understood", 0, 0},
		"counted from the first user, in no order": {func(_ time.Time, rows lines) (lines, error) {
			for i := range rows {
				rows[i].Line--
			}
			slices.Reverse(rows)
			return rows, nil
		}, bulk.Options{}, all, 0, "", 0, 0},
		"counted from the first user, and late": {func(began time.Time, rows lines) (lines, error) {
			for i := range rows {
				rows[i].Line--
			}
			return rows[min(9, max(0, 9-int(time.Since(began)/(3*time.Second)))):], nil
		}, bulk.Options{}, all, 0, "", 0, 27 * time.Second},
		"with a line of the header": {func(began time.Time, rows lines) (lines, error) {
			if time.Since(began) < 20*time.Second { // it looks like the first user
				rows = rows[:5]
			}
			return append(lines{{Line: 1, Status: importjob.RowFailed, Reason: "a header"}}, rows...), nil
		}, bulk.Options{}, all, 0, "1 result line was not understood", 0, 20 * time.Second},
		"contradictory": {func(_ time.Time, rows lines) (lines, error) {
			for i := range rows[:9] {
				rows[i].Status = importjob.RowFailed
			}
			return rows[:9], nil
		}, bulk.Options{LogPatience: -1}, bulk.Counts{Failed: 9, Unknown: 1}, 0, "the result lines and the counters of the job contradict each other", 1, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := newCognito(t, memory.Options{})
			for _, name := range []string{"user3", "user4"} {
				_, err := m.AddUser(t.Context(), poolID, userpool.User{Username: name})
				require.NoError(t, err)
			}
			began, looks := time.Now(), 0
			client := logged{m, func(rows []importjob.RowResult) ([]importjob.RowResult, error) {
				looks++
				return c.lines(began, rows)
			}}
			dir := filepath.Join(t.TempDir(), "import")
			opts := c.opts
			opts.Wait = quick
			s, err := importQuickly(t.Context(), client, input(), sequence(good(10)...), dir, &opts)
			require.NoError(t, err, name)
			assert.Equal(t, c.counts, s.Counts, name)
			assert.Equal(t, c.notToldApart, s.NotToldApart, name)
			assert.Contains(t, s.Runs[0].Note, c.note, name)
			if c.note == "" {
				assert.Empty(t, s.Runs[0].Note, name)
			}
			assert.InDelta(t, c.took, time.Since(began), float64(6*time.Second), name)
			rows, _ := readReport(t, dir)
			unknown := 0
			for _, r := range rows {
				if r.Outcome == "unknown" {
					unknown++
					assert.NotEmpty(t, r.Reason)
				}
			}
			assert.Equal(t, c.unknown, unknown, name)
			if c.unknown == 0 {
				assert.Equal(t, "skipped", rows[2].Outcome, name)
				assert.Equal(t, "skipped", rows[3].Outcome, name)
			}
		})
	}
}

// TestAllImportedNeedsNoLog reads no result lines when the counters say it all.
func TestAllImportedNeedsNoLog(t *testing.T) {
	m := newCognito(t, memory.Options{})
	client := logged{m, func([]importjob.RowResult) ([]importjob.RowResult, error) {
		t.Error("a needless call")
		return nil, nil
	}}
	s, err := importQuickly(t.Context(), client, input(), sequence(good(10)...), filepath.Join(t.TempDir(), "import"), &bulk.Options{Wait: quick})
	require.NoError(t, err)
	assert.EqualValues(t, 10, s.Imported)
}

// TestAJobThatFails goes on when the job has an outcome for each row, and halts when it has read
// none.
func TestAJobThatFails(t *testing.T) {
	m := newCognito(t, memory.Options{})
	for _, u := range good(3) {
		_, err := m.AddUser(t.Context(), poolID, userpool.User{Username: u["cognito:username"]})
		require.NoError(t, err)
	}
	s, err := importQuickly(t.Context(), m, input(), sequence(good(7)...), filepath.Join(t.TempDir(), "import"), &bulk.Options{PartRows: 4, Wait: quick})
	require.NoError(t, err)
	assert.Equal(t, importjob.StatusFailed, s.Runs[0].Status, "too many were skipped")
	assert.Equal(t, importjob.MessageTooManyFailed, s.Runs[0].Message)
	assert.Equal(t, bulk.Counts{Imported: 4, Skipped: 3}, s.Counts)

	badRole := newCognito(t, memory.Options{})
	client := failing{badRole}
	dir := filepath.Join(t.TempDir(), "import")
	s, err = importQuickly(t.Context(), client, input(), sequence(good(7)...), dir, &bulk.Options{PartRows: 4, Wait: quick})
	assert.ErrorContains(t, err, "part 1: job us-west-2_aaaaaaaaa/")
	assert.ErrorContains(t, err, "the role cannot be assumed")
	var ended *importjob.JobError
	assert.ErrorAs(t, err, &ended)
	assert.Equal(t, bulk.Counts{Unknown: 7}, s.Counts)
	rows, _ := readReport(t, dir)
	assert.Equal(t, "the job ended Failed before it read these 4 rows", rows[0].Reason)
	assert.Equal(t, "the part was not run", rows[6].Reason)
	assert.Empty(t, rows[6].JobID)

	dir = filepath.Join(t.TempDir(), "import")
	_, err = importQuickly(t.Context(), client, input(), sequence(user("other")), dir, &bulk.Options{Wait: quick})
	assert.ErrorAs(t, err, &ended)
	rows, _ = readReport(t, dir)
	assert.Equal(t, "the job ended Failed before it read this row", rows[0].Reason)
}

// failing is a service whose jobs fail before they read a row.
type failing struct{ *memory.Cognito }

func (f failing) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	job, err := f.Cognito.Describe(ctx, ref)
	if job.Status.Done() {
		job.Status, job.CompletionMessage, job.ImportedUsers = importjob.StatusFailed, "the role cannot be assumed", 0
	}
	return job, err
}

func (f failing) Results(context.Context, importjob.Ref, importjob.Page) ([]importjob.RowResult, string, error) {
	return nil, "", nil
}

// generous is a service that counts more rows than there are.
type generous struct{ *memory.Cognito }

func (g generous) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	job, err := g.Cognito.Describe(ctx, ref)
	job.FailedUsers += 5
	return job, err
}

func TestCountersBeyondTheRows(t *testing.T) {
	for _, c := range []struct {
		opts bulk.Options
		want bulk.Counts
	}{{bulk.Options{NoResults: true}, bulk.Counts{Unknown: 10}}, {bulk.Options{LogPatience: -1}, bulk.Counts{Imported: 9, Skipped: 1}}} {
		c.opts.Wait = quick
		m := newCognito(t, memory.Options{})
		_, err := m.AddUser(t.Context(), poolID, userpool.User{Username: "user3"})
		require.NoError(t, err)
		s, err := importQuickly(t.Context(), generous{m}, input(), sequence(good(10)...), filepath.Join(t.TempDir(), "import"), &c.opts)
		require.NoError(t, err)
		assert.Equal(t, c.want, s.Counts, "the result lines hold, and without them nothing does")
	}
}
