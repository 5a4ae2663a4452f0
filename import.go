package importjob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/cognito-import/importjob/internal/retry"
)

// ImportOptions are the options of [Import]. nil means the defaults.
type ImportOptions struct {
	// Wait has the options for waiting until the started job ends. Its CallTimeout also limits each
	// Create and Start. An Upload takes as long as the file needs: the Client limits it.
	Wait WaitOptions

	// Patience limits how long Import retries a failed Create, Upload or Start. Each of the three
	// has the whole time. 0 means 15 seconds; a negative value means no retries. The pause
	// between retries grows from 0.1 to 5 seconds, and the last attempt can begin up to one pause
	// after Patience.
	//
	// Import retries an error that is [Retryable]. It also retries a Start that fails with
	// [ErrPreconditionNotMet], since the service can need a moment to see the uploaded file, and
	// since another job of the account can be active. It retries an Upload only if body is an
	// io.Seeker.
	Patience time.Duration

	// StopOnCancel makes Import stop a job that it has started if ctx ends before the job does.
	// Import then takes up to 10 seconds longer. By default the job continues.
	StopOnCancel bool
}

var errNoJobID = errors.New("the Client returned a job without an ID: Import cannot start it")

// stopTimeout limits the Stop and Describe calls that Import makes after ctx has ended.
const stopTimeout = 10 * time.Second

// Import runs a whole job: it creates the job, uploads the file, starts the job, and waits until the
// job ends. body is the CSV file, and size is its length in bytes. nil opts mean the defaults.
//
// Import returns the last known state of the job, even if it fails. If the job ends with a status
// other than Succeeded, the error is a *[JobError]. A Succeeded job can have failed and skipped
// rows; see its counters.
//
// Retries never import a row twice. If the response to Create is lost, Import creates a second
// job and never starts the first, which later expires. If the response to Start is lost, Import
// uses [EnsureStarted] to find out whether the job was started.
//
// If body is an io.Seeker, such as an *os.File, Import uploads it again from its first position
// after a broken connection. With any other body, a broken upload is an error.
//
// If ctx ends between two retries, the error wraps both the last failure and the cause of ctx.
func Import(ctx context.Context, c Client, in CreateInput, body io.Reader, size int64, opts *ImportOptions) (UserImportJob, error) {
	if opts == nil {
		opts = &ImportOptions{}
	}
	r := importRun{c: c, opts: opts}
	job, err := r.run(ctx, in, body, size)
	if err != nil && ctx.Err() != nil && opts.StopOnCancel && r.startTried {
		job = r.stop(ctx, job)
	}
	if err == nil && job.Status != StatusSucceeded {
		err = &JobError{Job: job}
	}
	return job, err
}

// importRun is one call of Import.
type importRun struct {
	c          Client
	opts       *ImportOptions
	startTried bool
}

func (r *importRun) run(ctx context.Context, in CreateInput, body io.Reader, size int64) (UserImportJob, error) {
	var job UserImportJob
	err := r.retry(ctx, func() (again bool, err error) {
		ctx, cancel := r.opts.Wait.limitCall(ctx)
		defer cancel()
		job, err = r.c.Create(ctx, in)
		return Retryable(err), err
	})
	if err == nil && job.JobID == "" { // no later call could name the job
		err = &Error{Op: OpCreate, Ref: job.Ref(), Err: errNoJobID}
	}
	if err != nil {
		return job, err
	}
	if err := r.upload(ctx, job, body, size); err != nil {
		return job, err
	}
	if job, err = r.start(ctx, job); err != nil {
		return job, err
	}
	ended, err := Wait(ctx, r.c, job.Ref(), &r.opts.Wait)
	if ended.JobID == "" {
		ended = job
	}
	return ended, err
}

// retry calls f, and retries it for at most Patience if f asks for that.
func (r *importRun) retry(ctx context.Context, f func() (again bool, err error)) error {
	patience := r.opts.Patience
	if patience == 0 {
		patience = 15 * time.Second
	}
	return retry.Do(ctx, patience, f)
}

func (r *importRun) upload(ctx context.Context, job UserImportJob, body io.Reader, size int64) error {
	seeker, canSeek := body.(io.Seeker)
	var origin int64
	if canSeek {
		var err error
		if origin, err = seeker.Seek(0, io.SeekCurrent); err != nil {
			canSeek = false // for example a pipe, which is an *os.File that cannot seek
		}
	}
	first := true
	return r.retry(ctx, func() (bool, error) {
		if !first {
			if _, err := seeker.Seek(origin, io.SeekStart); err != nil {
				return false, &Error{Op: OpUpload, Ref: job.Ref(), Err: err}
			}
		}
		first = false
		err := r.c.Upload(ctx, job, body, size)
		return canSeek && Retryable(err), err
	})
}

// start starts the job. It retries a refused Start, as the comment of ImportOptions.Patience says.
func (r *importRun) start(ctx context.Context, job UserImportJob) (UserImportJob, error) {
	r.startTried = true
	err := r.retry(ctx, func() (bool, error) {
		ctx, cancel := r.opts.Wait.limitCall(ctx)
		defer cancel()
		started, err := EnsureStarted(ctx, r.c, job.Ref())
		if err == nil {
			job = started
		}
		return Retryable(err) || errors.Is(err, ErrPreconditionNotMet), err
	})
	return job, err
}

// EnsureStarted starts a job, and finds out whether it was started if the response of Start does not
// tell. Use it instead of Start in a program that retries.
//
// EnsureStarted calls Start once. If Start fails with [ErrPreconditionNotMet] or with a [Retryable]
// error other than [ErrTooManyRequests], which has no effect, it calls Describe, since this Start or an earlier one can have
// succeeded although its response was lost. If Describe returns a job that is no longer Created,
// EnsureStarted returns that job without an error. The job can be in any later status, including
// Stopped and Expired.
//
// Otherwise EnsureStarted returns an error and a zero job. The error tells what happened:
//
//   - If Start failed with any other error, it is that error.
//   - If the job is still Created, it is the error of Start. Call EnsureStarted again later if
//     the error is Retryable, or if it is ErrPreconditionNotMet because another job of the account
//     is active.
//   - If Start failed with ErrPreconditionNotMet and Describe failed too, it is the error of
//     Describe.
//   - If Start failed with a Retryable error and Describe failed too, it wraps the error of Start,
//     and the error of Describe if that one is not Retryable.
func EnsureStarted(ctx context.Context, c Client, ref Ref) (UserImportJob, error) {
	job, err := c.Start(ctx, ref)
	refused := errors.Is(err, ErrPreconditionNotMet)
	if err == nil || !refused && !Retryable(err) || errors.Is(err, ErrTooManyRequests) { // a throttled call took no effect
		return job, err
	}
	seen, lookErr := c.Describe(ctx, ref)
	switch {
	case lookErr == nil && seen.Status != StatusCreated:
		return seen, nil
	case lookErr != nil && refused:
		err = lookErr
	case lookErr != nil && !Retryable(lookErr):
		err = fmt.Errorf("%w (the job may have been started: Describe failed: %w)", err, lookErr)
	}
	return UserImportJob{}, err
}

// stop stops the job after ctx has ended, and returns the last known state of the job.
func (r *importRun) stop(ctx context.Context, job UserImportJob) UserImportJob {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	stopped, err := r.c.Stop(ctx, job.Ref())
	if err == nil {
		return stopped
	}
	if seen, err := r.c.Describe(ctx, job.Ref()); err == nil {
		return seen // Stop fails if the job has ended by itself
	}
	return job
}
