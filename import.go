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
	Wait WaitOptions

	// Patience bounds for how long a call that may do better later is tried again: a Create or
	// a Start that was throttled or not answered, an upload whose connection broke, a Start that
	// was refused although the file is there. The service can need a moment to see an upload,
	// and runs one job of an account at a time. 0 means 15 seconds; negative means no retry.
	Patience time.Duration

	// StopOnCancel stops the job when ctx ends while it is active.
	StopOnCancel bool
}

var errNoJobID = errors.New("the Client returned a job without an ID")

// stopTimeout bounds the Stop of a job after its context has ended.
const stopTimeout = 10 * time.Second

// Import runs a whole job: it creates it, uploads the file, starts it, and waits for its end. It
// returns the job as it was last seen, also with an error. A job that ends other than Succeeded
// is a *[JobError].
//
// An answer that was lost does not import a row twice: a job whose Create was not answered is
// left behind, never started, and a Start that was not answered is settled by a look at the job.
// A body that is an io.Seeker is uploaded again when the connection breaks; any other is not.
//
// When ctx ends between two tries, the error holds both the last failure and the cause of ctx.
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
		job, err = r.c.Create(ctx, in)
		return Retryable(err), err
	})
	if err == nil && job.JobID == "" { // a call about no job would be refused, or be about another
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

// retry is [Retry] within the run's patience.
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
			canSeek = false // a pipe, say
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

// start starts the job. A refusal is final only if the job is still Created after Patience.
func (r *importRun) start(ctx context.Context, job UserImportJob) (UserImportJob, error) {
	r.startTried = true
	err := r.retry(ctx, func() (bool, error) {
		started, err := EnsureStarted(ctx, r.c, job.Ref())
		if err == nil {
			job = started
		}
		return Retryable(err) || errors.Is(err, ErrPreconditionNotMet), err
	})
	return job, err
}

// EnsureStarted calls Start once, and settles by a look at the job whether a call without a good answer
// took effect: the answer may have been lost, or the answer to a call before it, which makes this one a
// refusal. It returns the job, started or further along, or the error of Start, which leaves the job
// Created. A call that fails with an error that is [Retryable], or with [ErrPreconditionNotMet] while
// another job of the account is active, may do better later.
func EnsureStarted(ctx context.Context, c Client, ref Ref) (UserImportJob, error) {
	job, err := c.Start(ctx, ref)
	refused := errors.Is(err, ErrPreconditionNotMet)
	if err == nil || !refused && !Retryable(err) {
		return job, err
	}
	seen, lookErr := c.Describe(ctx, ref)
	switch {
	case lookErr == nil && seen.Status != StatusCreated:
		return seen, nil
	case lookErr != nil && refused:
		err = lookErr
	case lookErr != nil && !Retryable(lookErr):
		err = fmt.Errorf("%w (and whether it took effect cannot be seen: %w)", err, lookErr)
	}
	return UserImportJob{}, err
}

// stop stops the job although ctx has ended, and returns it as far as that is known.
func (r *importRun) stop(ctx context.Context, job UserImportJob) UserImportJob {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	stopped, err := r.c.Stop(ctx, job.Ref())
	if err == nil {
		return stopped
	}
	if seen, err := r.c.Describe(ctx, job.Ref()); err == nil {
		return seen // it may have ended by itself
	}
	return job
}
