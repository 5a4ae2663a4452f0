package importjob

import (
	"context"
	"errors"
	"time"

	"github.com/cognito-import/importjob/internal/retry"
)

// WaitOptions are the options of [Wait]. nil means the defaults.
type WaitOptions struct {
	// MinInterval is the time between the first two looks at a job; 0 means one second. Each
	// interval is half as long again as the one before, up to MaxInterval; 0 means 30 seconds.
	// A look comes up to a fifth of the interval early, so that many waiters spread.
	MinInterval time.Duration
	MaxInterval time.Duration

	// Patience is for how long looks may fail one after the other before the wait ends with the
	// last one's error; 0 means ten minutes. Without it a wait behind credentials that have
	// expired would never end.
	Patience time.Duration

	// OnProgress, if not nil, is called with the job as each look found it.
	OnProgress func(UserImportJob)
}

// Wait looks at a job until its status is Done, and returns it. How it ended is for the caller
// to see. Looks that may do better later ([Retryable]) do not end the wait before Patience is
// over; any other error does. When ctx ends, the job as it was last seen comes with the error.
//
// A job that nobody starts is Done when it expires, after 24 to 48 hours.
func Wait(ctx context.Context, c Client, ref Ref, opts *WaitOptions) (UserImportJob, error) {
	var last UserImportJob
	b, patience := opts.backoff(), 10*time.Minute
	if opts != nil && opts.Patience > 0 {
		patience = opts.Patience
	}
	for seen := time.Now(); ; {
		job, err := c.Describe(ctx, ref)
		switch {
		case err == nil:
			last, seen = job, time.Now()
			if opts != nil && opts.OnProgress != nil {
				opts.OnProgress(job)
			}
			if job.Status.Done() {
				return job, nil
			}
		case !Retryable(err), time.Since(seen) >= patience:
			return last, err
		}
		if err := b.Sleep(ctx); err != nil {
			return last, &Error{Op: OpDescribe, Ref: ref, Err: err}
		}
	}
}

// Retryable reports whether the same call may do better later: the service throttled it, had
// trouble of its own, or did not answer, so that it is not known whether the call took effect. A
// deadline counts as no answer, since it may be that of one request; look at ctx.Err as well.
func Retryable(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, ErrURLExpired) {
		return false
	}
	if errors.Is(err, ErrTooManyRequests) || errors.Is(err, ErrInternal) {
		return true
	}
	var failed *Error
	var answer Code
	return errors.As(err, &failed) && !errors.As(err, &answer)
}

func (o *WaitOptions) backoff() *retry.Backoff {
	b := &retry.Backoff{Interval: time.Second, Most: 30 * time.Second}
	if o != nil && o.MinInterval > 0 {
		b.Interval = o.MinInterval
	}
	if o != nil && o.MaxInterval > 0 {
		b.Most = o.MaxInterval
	}
	return b
}
