package importjob_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

func TestImportCalls(t *testing.T) {
	const well = "create upload start describe describe"
	for name, tt := range map[string]struct {
		service service
		calls   string
		status  importjob.Status // of the job that is returned
		err     error            // nil for a good end
	}{
		"well":                     {service{}, well, "Succeeded", nil},
		"create throttled":         {service{create: first(2, importjob.ErrTooManyRequests)}, "create create " + well, "Succeeded", nil},
		"create not answered":      {service{create: first(1, errReset)}, "create " + well, "Succeeded", nil},
		"create refused":           {service{create: always(refused(importjob.ErrLimitExceeded))}, "create", "", importjob.ErrLimitExceeded},
		"upload broken":            {service{upload: first(2, errReset)}, "create upload upload upload start describe describe", "Succeeded", nil},
		"upload denied":            {service{upload: always(refused(importjob.ErrS3AccessDenied))}, "create upload", "Created", importjob.ErrS3AccessDenied},
		"URL expired":              {service{upload: always(importjob.ErrURLExpired)}, "create upload", "Created", importjob.ErrURLExpired},
		"create not authorized":    {service{create: always(refused(importjob.ErrNotAuthorized))}, "create", "", importjob.ErrNotAuthorized},
		"upload not authorized":    {service{upload: always(refused(importjob.ErrNotAuthorized))}, "create upload", "Created", importjob.ErrNotAuthorized},
		"start not authorized":     {service{start: always(refused(importjob.ErrNotAuthorized))}, "create upload start", "Created", importjob.ErrNotAuthorized},
		"look not authorized":      {service{describe: always(refused(importjob.ErrNotAuthorized))}, "create upload start describe", "Pending", importjob.ErrNotAuthorized},
		"start throttled":          {service{start: first(1, importjob.ErrTooManyRequests)}, "create upload start start describe describe", "Succeeded", nil},
		"start lost before":        {service{start: first(1, errReset)}, "create upload start describe start describe describe", "Succeeded", nil},
		"start refused at first":   {service{start: first(3, refused(importjob.ErrPreconditionNotMet))}, "create upload start describe start describe start describe start describe describe", "Succeeded", nil},
		"start refused":            {service{start: always(refused(importjob.ErrResourceNotFound))}, "create upload start", "Created", importjob.ErrResourceNotFound},
		"start and look lost":      {service{start: first(1, errReset), describe: first(1, errReset)}, "create upload start describe start describe describe", "Succeeded", nil},
		"start lost, look refused": {service{start: always(errReset), describe: always(refused(importjob.ErrAccessDenied))}, "create upload start describe", "Created", errReset},
		"look throttled":           {service{describe: first(1, importjob.ErrTooManyRequests)}, "create upload start describe describe", "Succeeded", nil},
		"look refused":             {service{describe: always(refused(importjob.ErrAccessDenied))}, "create upload start describe", "Pending", importjob.ErrAccessDenied},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := tt.service
				job, err := runImport(t.Context(), &s, nil)
				assert.Equal(t, tt.calls, strings.Join(s.calls, " "))
				assert.Equal(t, tt.status, job.Status)
				if tt.err == nil {
					assert.NoError(t, err)
				} else {
					assert.ErrorIs(t, err, tt.err)
				}
				for _, body := range s.uploaded {
					assert.Equal(t, "https://x.invalid a,b\n", body, "each upload has the whole file")
				}
			})
		})
	}
}

// A Start whose answer was lost did start the job; a second one would be refused.
func TestImportSettlesALostStart(t *testing.T) {
	for _, lost := range []error{errReset, importjob.ErrInternal, refused(importjob.ErrPreconditionNotMet)} {
		synctest.Test(t, func(t *testing.T) {
			s := &service{}
			s.start = func(int) error {
				s.status = importjob.StatusPending
				return lost
			}
			job, err := runImport(t.Context(), s, nil)
			require.NoError(t, err)
			assert.Equal(t, importjob.StatusSucceeded, job.Status)
			assert.Equal(t, 1, s.count("start"), "not started twice")
		})
	}
}

func TestImportReturnsJobError(t *testing.T) {
	for _, status := range []importjob.Status{importjob.StatusFailed, importjob.StatusStopped, importjob.StatusExpired} {
		synctest.Test(t, func(t *testing.T) {
			s := &service{}
			s.start = func(int) error {
				s.status = status
				return refused(importjob.ErrPreconditionNotMet)
			}
			job, err := runImport(t.Context(), s, nil)
			var jobErr *importjob.JobError
			require.ErrorAs(t, err, &jobErr)
			assert.Equal(t, status, jobErr.Job.Status)
			assert.True(t, job == jobErr.Job)
			assert.NotContains(t, err.Error(), "invalid", "the URL")
		})
	}
}

func TestImportPatience(t *testing.T) {
	for name, tt := range map[string]struct {
		service  service
		call     string
		patience time.Duration
		want     time.Duration
	}{
		"create, default": {service{create: always(importjob.ErrTooManyRequests)}, "create", 0, 15 * time.Second},
		"upload, default": {service{upload: always(errReset)}, "upload", 0, 15 * time.Second},
		"start, default":  {service{start: always(refused(importjob.ErrPreconditionNotMet))}, "start", 0, 15 * time.Second},
		"start, an hour":  {service{start: always(errReset)}, "start", time.Hour, time.Hour},
		"start, none":     {service{start: always(refused(importjob.ErrPreconditionNotMet))}, "start", -1, 0},
		"create, none":    {service{create: always(errReset)}, "create", -1, 0},
		"upload, none":    {service{upload: always(errReset)}, "upload", -1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := tt.service
				_, err := runImport(t.Context(), &s, &importjob.ImportOptions{Patience: tt.patience})
				require.Error(t, err)
				assert.NotErrorIs(t, err, context.Canceled)
				if tt.want == 0 {
					assert.Equal(t, 1, s.count(tt.call))
					assert.Zero(t, time.Since(began))
					return
				}
				assert.GreaterOrEqual(t, time.Since(began), tt.want)
				assert.LessOrEqual(t, time.Since(began), tt.want+5*time.Second, "no more than one interval longer")
				assert.Greater(t, s.count(tt.call), 5)
				assert.Less(t, s.times[2].Sub(s.times[0]), time.Second, "quick at first")
			})
		})
	}
}

// stuck is a body that cannot go back, although it has a method for it: a pipe.
type stuck struct{ io.Reader }

func (stuck) Seek(int64, int) (int64, error) { return 0, os.ErrInvalid }

// once is a body that can say where it is, but not go there.
type once struct{ io.Reader }

func (once) Seek(_ int64, whence int) (int64, error) {
	if whence == io.SeekCurrent {
		return 0, nil
	}
	return 0, os.ErrInvalid
}

func TestImportSendsTheBodyAgainIfItCan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{upload: first(2, errReset)}
		body := strings.NewReader("0123456789")
		_, _ = body.Seek(3, io.SeekStart)
		_, err := importjob.Import(t.Context(), s, createInput, body, 5, nil)
		require.NoError(t, err)
		assert.Equal(t, []string{"https://x.invalid 34567", "https://x.invalid 34567", "https://x.invalid 34567"}, s.uploaded, "from where it stood")
	})
	for name, body := range map[string]io.Reader{"reader": io.MultiReader(strings.NewReader("a,b\n")), "pipe": stuck{strings.NewReader("a,b\n")}} {
		s := &service{upload: always(errReset)}
		job, err := importjob.Import(t.Context(), s, createInput, body, 4, nil)
		require.ErrorIs(t, err, errReset, name)
		assert.Equal(t, importjob.StatusCreated, job.Status)
		assert.Equal(t, []string{"create", "upload"}, s.calls, name)
	}
	synctest.Test(t, func(t *testing.T) {
		s := &service{upload: always(errReset)}
		_, err := importjob.Import(t.Context(), s, createInput, once{strings.NewReader("a,b\n")}, 4, nil)
		assert.Equal(t, &importjob.Error{Op: importjob.OpUpload, Ref: jobRef, Err: os.ErrInvalid}, err)
		assert.Len(t, s.uploaded, 1, "half a file is not uploaded")
	})
}

// cancelAt runs an import of a job that never ends, and ends its context.
func cancelAt(t *testing.T, s *service, after time.Duration, stop bool) (importjob.UserImportJob, error) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(after, cancel)
	if s.describe == nil {
		s.describe = func(int) error { s.status = importjob.StatusPending; return nil }
	}
	return runImport(ctx, s, &importjob.ImportOptions{StopOnCancel: stop})
}

func TestImportStopsOnCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{}
		s.stop = func(ctx context.Context) error {
			deadline, ok := ctx.Deadline()
			assert.True(t, ok)
			assert.Equal(t, 10*time.Second, time.Until(deadline))
			return ctx.Err()
		}
		job, err := cancelAt(t, s, time.Minute, true)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, importjob.StatusStopped, job.Status)
		assert.Equal(t, 1, s.count("stop"))
	})
	synctest.Test(t, func(t *testing.T) {
		s := &service{}
		job, err := cancelAt(t, s, time.Minute, false)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, importjob.StatusInProgress, job.Status, "as it was last seen")
		assert.Zero(t, s.count("stop"), "only if asked to")
	})
}

func TestImportStopsWhatItMayHaveStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // ended while Start was tried again
		s := &service{start: always(refused(importjob.ErrPreconditionNotMet)), describe: first(0, nil)}
		s.stop = func(context.Context) error { return refused(importjob.ErrPreconditionNotMet) }
		job, err := cancelAt(t, s, 2*time.Second, true)
		assert.Error(t, err)
		assert.Equal(t, importjob.StatusCreated, job.Status)
		assert.Equal(t, 1, s.count("stop"))
	})
	synctest.Test(t, func(t *testing.T) { // ended before Start: nothing to stop
		s := &service{upload: always(errReset)}
		_, err := cancelAt(t, s, 2*time.Second, true)
		assert.Error(t, err)
		assert.Equal(t, 0, s.count("stop")+s.count("start"))
	})
}

func TestImportEndsWithContext(t *testing.T) {
	shutdown := errors.New("shutting down")
	for call, s := range map[string]*service{
		"create": {create: always(importjob.ErrTooManyRequests)},
		"upload": {upload: always(importjob.ErrTooManyRequests)},
		"start":  {start: always(importjob.ErrTooManyRequests)},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			began := time.Now()
			time.AfterFunc(5*time.Second, func() { cancel(shutdown) })
			_, err := runImport(ctx, s, nil)
			assert.ErrorIs(t, err, shutdown, call)
			assert.ErrorIs(t, err, importjob.ErrTooManyRequests, "%s: and what it was busy with", call)
			assert.Equal(t, 5*time.Second, time.Since(began), "at once")
		})
	}
}

func TestImportStopRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the job had ended by itself
		s := &service{}
		s.stop = func(context.Context) error {
			s.describe, s.status = first(0, nil), importjob.StatusSucceeded
			return refused(importjob.ErrPreconditionNotMet)
		}
		job, err := cancelAt(t, s, time.Minute, true)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, importjob.StatusSucceeded, job.Status)
	})
	synctest.Test(t, func(t *testing.T) { // no answer at all
		s := &service{}
		s.stop = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		began := time.Now()
		job, err := cancelAt(t, s, time.Minute, true)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, importjob.StatusInProgress, job.Status, "as it was last seen")
		assert.Equal(t, time.Minute+10*time.Second, time.Since(began), "not longer than this")
	})
}

func TestImportNoStopAfterAnErrorOfTheService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{describe: always(refused(importjob.ErrNotAuthorized))}
		_, err := runImport(t.Context(), s, &importjob.ImportOptions{StopOnCancel: true})
		assert.ErrorIs(t, err, importjob.ErrNotAuthorized)
		assert.Zero(t, s.count("stop"), "the context has not ended")
	})
}

func TestImportPassesWaitOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []importjob.Status
		began := time.Now()
		_, err := runImport(t.Context(), &service{}, &importjob.ImportOptions{Wait: importjob.WaitOptions{
			MinInterval: time.Hour, MaxInterval: time.Hour,
			OnProgress: func(j importjob.UserImportJob) { seen = append(seen, j.Status) }}})
		require.NoError(t, err)
		assert.Equal(t, []importjob.Status{"InProgress", "Succeeded"}, seen)
		assert.GreaterOrEqual(t, time.Since(began), 48*time.Minute)
	})
}

// A Client that answers Create without an ID gets no further call: it would be about no job.
func TestImportNeedsAJobID(t *testing.T) {
	s := nameless{&service{}}
	_, err := importjob.Import(t.Context(), s, importjob.CreateInput{}, strings.NewReader("x"), 1, nil)
	assert.ErrorContains(t, err, "without an ID")
	assert.Equal(t, []string{"create"}, s.calls)
}

// nameless creates jobs without an ID.
type nameless struct{ *service }

func (n nameless) Create(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	_, err := n.service.Create(ctx, in)
	return importjob.UserImportJob{Status: importjob.StatusCreated}, err
}

// EnsureStarted settles by a look at the job whether a call without a good answer took effect.
func TestEnsureStarted(t *testing.T) {
	for name, tt := range map[string]struct {
		service service
		calls   string
		status  importjob.Status
		err     error
	}{
		"started":                     {service{}, "start", importjob.StatusPending, nil},
		"answer lost":                 {service{}, "start describe", importjob.StatusInProgress, nil},
		"not reached":                 {service{start: always(errReset)}, "start describe", "", errReset},
		"refused":                     {service{start: always(refused(importjob.ErrPreconditionNotMet))}, "start describe", "", importjob.ErrPreconditionNotMet},
		"not authorized":              {service{start: always(refused(importjob.ErrNotAuthorized))}, "start", "", importjob.ErrNotAuthorized},
		"not reached, nor seen":       {service{start: always(errReset), describe: always(refused(importjob.ErrAccessDenied))}, "start describe", "", importjob.ErrAccessDenied},
		"refused, and cannot be seen": {service{start: always(refused(importjob.ErrPreconditionNotMet)), describe: always(errReset)}, "start describe", "", errReset},
	} {
		t.Run(name, func(t *testing.T) {
			s := tt.service
			s.status = importjob.StatusCreated
			if name == "answer lost" {
				s.start = func(int) error {
					s.status = importjob.StatusPending
					return errReset
				}
			}
			job, err := importjob.EnsureStarted(t.Context(), &s, jobRef)
			assert.Equal(t, tt.calls, strings.Join(s.calls, " "))
			assert.Equal(t, tt.status, job.Status)
			if tt.err == nil {
				assert.NoError(t, err)
			} else {
				assert.ErrorIs(t, err, tt.err)
			}
		})
	}
}
