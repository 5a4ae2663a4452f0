package bulk_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
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

// before does something before some calls of an operation.
func before(op importjob.Op, f func() error) backend.Interceptor {
	return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		if call.Op == op {
			if err := f(); err != nil {
				return err
			}
		}
		return next(ctx)
	}
}

// jobsOf returns how many jobs there are of each status.
func jobsOf(t *testing.T, c importjob.Client) map[importjob.Status]int {
	jobs := map[importjob.Status]int{}
	for job, err := range importjob.Jobs(t.Context(), c, poolID) {
		require.NoError(t, err)
		jobs[job.Status]++
	}
	return jobs
}

// TestURLExpires is so slow with the first upload that the URL expires.
func TestURLExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newCognito(t, memory.Options{})
		uploads := 0
		slow := backend.Intercept(m, before(importjob.OpUpload, func() error {
			if uploads++; uploads == 1 {
				time.Sleep(16 * time.Minute)
			}
			return nil
		}))
		s, err := importQuickly(t.Context(), slow, input(), sequence(good(3)...), filepath.Join(t.TempDir(), "import"), nil)
		require.NoError(t, err)
		assert.EqualValues(t, 3, s.Imported)
		assert.Equal(t, map[importjob.Status]int{importjob.StatusCreated: 1, importjob.StatusSucceeded: 1}, jobsOf(t, m))
	})
	synctest.Test(t, func(t *testing.T) {
		m := newCognito(t, memory.Options{})
		slow := backend.Intercept(m, before(importjob.OpUpload, func() error { time.Sleep(16 * time.Minute); return nil }))
		_, err := importQuickly(t.Context(), slow, input(), sequence(good(3)...), filepath.Join(t.TempDir(), "import"), nil)
		assert.ErrorIs(t, err, importjob.ErrURLExpired, "always")
		assert.Equal(t, map[importjob.Status]int{importjob.StatusCreated: 4}, jobsOf(t, m), "not without end")
	})
}

// TestResumeAfterALongTime ends an import at a call, and goes on when the URL, or the job, has
// expired.
func TestResumeAfterALongTime(t *testing.T) {
	for _, op := range []importjob.Op{importjob.OpUpload, importjob.OpStart} {
		for _, pause := range []time.Duration{time.Minute, 16 * time.Minute, 49 * time.Hour} {
			synctest.Test(t, func(t *testing.T) {
				m := newCognito(t, memory.Options{})
				dir := filepath.Join(t.TempDir(), "import")
				refuse := backend.Intercept(m, before(op, func() error { return importjob.ErrAccessDenied }))
				_, err := importQuickly(t.Context(), refuse, input(), sequence(good(3)...), dir, nil)
				require.ErrorIs(t, err, importjob.ErrAccessDenied)
				time.Sleep(pause)
				s, err := importQuickly(t.Context(), m, input(), sequence(good(3)...), dir, resume)
				require.NoError(t, err)
				assert.EqualValues(t, 3, s.Imported)
				jobs := jobsOf(t, m)
				assert.Equal(t, 1, jobs[importjob.StatusSucceeded])
				created := len(jobs) > 1 // a second one
				assert.Equal(t, pause > 24*time.Hour || pause > 15*time.Minute && op == importjob.OpUpload, created, "%s, %s", op, pause)
			})
		}
	}
}

// stale is a service that does not list jobs at first.
type stale struct {
	*memory.Cognito
	until *time.Time
}

func (s stale) List(ctx context.Context, id string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	if time.Now().Before(*s.until) {
		return nil, "", nil
	}
	return s.Cognito.List(ctx, id, page)
}

// TestTwoJobsOfAPart loses the answer to Create while the list does not have the job yet, ends
// before Start, and goes on when the list has both.
func TestTwoJobsOfAPart(t *testing.T) {
	for _, uploaded := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			m := newCognito(t, memory.Options{})
			until := time.Now().Add(time.Minute)
			lost := backend.Faults(backend.FaultOptions{Faults: []backend.Fault{{Op: importjob.OpCreate, Lost: true, On: backend.Nth(1)}}})
			ends := importjob.OpUpload
			if uploaded {
				ends = importjob.OpStart
			}
			refuse := before(ends, func() error { return importjob.ErrAccessDenied })
			dir := filepath.Join(t.TempDir(), "import")
			_, err := importQuickly(t.Context(), backend.Intercept(stale{m, &until}, lost, refuse), input(), sequence(good(3)...), dir, nil)
			require.ErrorIs(t, err, importjob.ErrAccessDenied)
			require.Equal(t, map[importjob.Status]int{importjob.StatusCreated: 2}, jobsOf(t, m))
			time.Sleep(2 * time.Minute)
			uploads := 0
			count := before(importjob.OpUpload, func() error { uploads++; return nil })
			s, err := importQuickly(t.Context(), backend.Intercept(m, count), input(), sequence(good(3)...), dir, resume)
			require.NoError(t, err)
			assert.EqualValues(t, 3, s.Imported)
			assert.Equal(t, map[importjob.Status]int{importjob.StatusCreated: 1, importjob.StatusSucceeded: 1}, jobsOf(t, m))
			if uploaded {
				assert.Zero(t, uploads, "the one that has the file is taken")
			}
		})
	}
}

// TestLostCreate finds the job whose Create was not answered.
func TestLostCreate(t *testing.T) {
	for _, fault := range []backend.Fault{{Lost: true}, {Lost: true, Err: importjob.ErrInternal}} {
		synctest.Test(t, func(t *testing.T) {
			m := newCognito(t, memory.Options{})
			fault.Op, fault.On = importjob.OpCreate, backend.Nth(1)
			lost := backend.Faults(backend.FaultOptions{Faults: []backend.Fault{fault}})
			s, err := importQuickly(t.Context(), backend.Intercept(m, lost), input(), sequence(good(3)...), filepath.Join(t.TempDir(), "import"), nil)
			require.NoError(t, err)
			assert.EqualValues(t, 3, s.Imported)
			assert.Equal(t, map[importjob.Status]int{importjob.StatusSucceeded: 1}, jobsOf(t, m))
		})
	}
}

// TestPatience has a call fail for longer than patience.
func TestPatience(t *testing.T) {
	for _, op := range []importjob.Op{importjob.OpPool, importjob.OpCreate, importjob.OpUpload, importjob.OpStart} {
		synctest.Test(t, func(t *testing.T) {
			m := newCognito(t, memory.Options{})
			began := time.Now()
			busy := backend.Intercept(m, before(op, func() error { return importjob.ErrTooManyRequests }))
			_, err := importQuickly(t.Context(), busy, input(), sequence(good(3)...), filepath.Join(t.TempDir(), "import"), &bulk.Options{Patience: 3 * time.Minute})
			assert.ErrorIs(t, err, importjob.ErrTooManyRequests)
			assert.InDelta(t, 3*time.Minute, time.Since(began), float64(10*time.Second))
		})
	}
}

// TestProgress reports the phases in order.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newCognito(t, memory.Options{RowsPerSecond: 1})
		var phases []bulk.Phase
		last := bulk.Progress{}
		opts := &bulk.Options{PartRows: 5000, Wait: importjob.WaitOptions{MaxInterval: time.Minute}, OnProgress: func(p bulk.Progress) {
			if len(phases) == 0 || phases[len(phases)-1] != p.Phase {
				phases = append(phases, p.Phase)
				last = bulk.Progress{}
			}
			assert.GreaterOrEqual(t, p.Rows, last.Rows, "it does not go back")
			if p.Phase != bulk.PhasePlanning {
				assert.EqualValues(t, 9000, p.Total)
				assert.Equal(t, 2, p.Parts)
			}
			last = p
		}}
		_, err := importQuickly(t.Context(), m, input(), sequence(good(9000)...), filepath.Join(t.TempDir(), "import"), opts)
		require.NoError(t, err)
		assert.Equal(t, []bulk.Phase{bulk.PhasePlanning, bulk.PhaseImporting, bulk.PhaseReporting}, phases)
	})
}

// TestNoSecretIsWritten looks for the pre-signed URL in everything that is written.
func TestNoSecretIsWritten(t *testing.T) {
	m := newCognito(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	_, err := importQuickly(t.Context(), m, input(), sequence(good(3)...), dir, &bulk.Options{Wait: quick})
	require.NoError(t, err)
	job, err := m.Describe(t.Context(), importjob.Ref{UserPoolID: poolID, JobID: firstJob(t, m)})
	require.NoError(t, err)
	require.Contains(t, job.PreSignedURL, "http")
	for _, name := range everyFile(t, dir) {
		assert.NotContains(t, readFile(t, name), "X-Amz-Signature", name)
		assert.NotContains(t, readFile(t, name), job.PreSignedURL, name)
	}
}

// TestFurthestAlong forgets all about a part but that it may have a job, when it has two: one that
// has ended, and a newer one.
func TestFurthestAlong(t *testing.T) {
	m := newCognito(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	opts := &bulk.Options{Wait: quick}
	s, err := importQuickly(t.Context(), m, input(), sequence(good(3)...), dir, opts)
	require.NoError(t, err)
	journal := filepath.Join(dir, "journal.jsonl")
	text := readFile(t, journal)
	cut := strings.Index(text, `{"event":"created"`)
	require.Positive(t, cut)
	require.NoError(t, os.WriteFile(journal, []byte(text[:cut]), 0o600))
	in := input()
	in.JobName = s.Runs[0].JobName
	_, err = m.Create(t.Context(), in)
	require.NoError(t, err)
	opts.Resume = true
	again, err := importQuickly(t.Context(), m, input(), sequence(good(3)...), dir, opts)
	require.NoError(t, err)
	assert.Equal(t, s, again)
	assert.Equal(t, map[importjob.Status]int{importjob.StatusCreated: 1, importjob.StatusSucceeded: 1}, jobsOf(t, m))
}

// forgetful is a service that loses the first upload.
type forgetful struct {
	*memory.Cognito
	uploads *int
}

func (f forgetful) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	if *f.uploads++; *f.uploads == 1 {
		_, err := io.Copy(io.Discard, body)
		return err
	}
	return f.Cognito.Upload(ctx, job, body, size)
}

func TestUploadThatIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newCognito(t, memory.Options{})
		uploads := 0
		s, err := importQuickly(t.Context(), forgetful{m, &uploads}, input(), sequence(good(3)...), filepath.Join(t.TempDir(), "import"), nil)
		require.NoError(t, err)
		assert.EqualValues(t, 3, s.Imported)
		assert.Equal(t, 2, uploads)
		assert.Equal(t, map[importjob.Status]int{importjob.StatusSucceeded: 1}, jobsOf(t, m))
	})
}
