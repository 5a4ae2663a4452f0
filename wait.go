package importjob

import (
	"context"
	"errors"
	"time"

	"github.com/cognito-import/importjob/internal/retry"
)

// WaitOptions are the options of [Wait]. nil means the defaults.
type WaitOptions struct {
	// MinInterval is the pause between the first two calls of Describe. Each further pause is 1.5
	// times as long as the one before, up to MaxInterval. 0 means one second.
	//
	// Wait shortens each pause by a random part of up to one fifth, so that many callers do not
	// call at the same time.
	MinInterval time.Duration

	// MaxInterval is the longest pause between two calls of Describe. 0 means 30 seconds.
	MaxInterval time.Duration

	// Patience limits how long Describe may keep failing with [Retryable] errors before Wait
	// returns the last error. The time counts from the last success. 0 or a negative value means
	// ten minutes.
	Patience time.Duration

	// CallTimeout limits each call of the Client, so that one that never returns counts as failed
	// and Patience has its turn. 0 or a negative value means two minutes. The Client must return
	// when its context ends.
	CallTimeout time.Duration

	// OnProgress, if not nil, is called with the job after each successful Describe, including
	// the last one. Wait calls it on the goroutine of its caller.
	OnProgress func(UserImportJob)
}

// Wait calls Describe until the job has ended, and returns the ended job. [Status.Done] tells which
// statuses mean that a job has ended. Wait returns no error for a job that ended Failed, so check
// its Status. nil opts mean the defaults.
//
// If Describe fails with a [Retryable] error, Wait calls it again for at most Patience. Any other
// error ends Wait. With an error, Wait returns the job of the last successful Describe, or a zero
// job if there was none. If ctx ends, the error wraps the cause of ctx.
//
// Wait does not start the job. If no one starts a job, Wait returns it when it expires, 24 to 48
// hours after it was created.
func Wait(ctx context.Context, c Client, ref Ref, opts *WaitOptions) (UserImportJob, error) {
	var last UserImportJob
	b, patience := opts.backoff(), 10*time.Minute
	if opts != nil && opts.Patience > 0 {
		patience = opts.Patience
	}
	for seen := time.Now(); ; {
		job, err := opts.describe(ctx, c, ref)
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

// Retryable reports whether the same call can succeed later. err is an error of a [Client]. Retryable
// is true in three cases:
//
//   - The service throttled the call ([ErrTooManyRequests]).
//   - The service had an internal error ([ErrInternal]).
//   - The service did not respond: err is an *[Error] in which no [Code] is found, for example
//     because the connection broke. It is then unknown whether the call took effect.
//
// Retryable is false for any other error, for nil, and for an error that wraps [ErrURLExpired],
// context.Canceled or errors.ErrUnsupported. It is true for an *Error without a Code that wraps context.DeadlineExceeded,
// since a single request can have its own deadline. Therefore also check ctx.Err before a retry.
func Retryable(err error) bool {
	for _, final := range []error{context.Canceled, ErrURLExpired, errors.ErrUnsupported} {
		if err == nil || errors.Is(err, final) {
			return false
		}
	}
	if errors.Is(err, ErrTooManyRequests) || errors.Is(err, ErrInternal) {
		return true
	}
	var failed *Error
	var answer Code
	return errors.As(err, &failed) && !errors.As(err, &answer)
}

// errCallTimeout is the cause of a context that ends a call after CallTimeout.
var errCallTimeout = errors.New("the call did not return in time")

// limitCall returns a context for one call.
func (o *WaitOptions) limitCall(ctx context.Context) (context.Context, context.CancelFunc) {
	timeout := 2 * time.Minute
	if o != nil && o.CallTimeout > 0 {
		timeout = o.CallTimeout
	}
	return context.WithTimeoutCause(ctx, timeout, errCallTimeout)
}

func (o *WaitOptions) describe(ctx context.Context, c Client, ref Ref) (UserImportJob, error) {
	ctx, cancel := o.limitCall(ctx)
	defer cancel()
	return c.Describe(ctx, ref)
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
