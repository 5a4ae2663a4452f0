// Package retry retries a call, with a growing pause between the retries.
package retry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Backoff computes the pauses between calls. Each pause is 1.5 times as long as the one before.
type Backoff struct {
	Interval, Most time.Duration // the next pause and the longest pause
}

// Sleep waits for the next pause, or until ctx ends. It shortens the pause by a random part of up to one
// fifth, so that many callers do not call at the same time. The error is the cause of ctx.
func (b *Backoff) Sleep(ctx context.Context) error {
	d := min(b.Interval, b.Most)
	b.Interval = d + d/2
	timer := time.NewTimer(d - rand.N(d/5+1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// Do calls f until f succeeds, f returns false for again, or patience has passed since the first call. It
// returns the last error of f. The first pause between two calls is 0.1 seconds, and the longest is 5
// seconds.
//
// If ctx has ended, the error wraps both the last error of f and the cause of ctx.
func Do(ctx context.Context, patience time.Duration, f func() (again bool, err error)) error {
	began := time.Now()
	b := Backoff{100 * time.Millisecond, 5 * time.Second}
	for {
		again, err := f()
		if err != nil && ctx.Err() != nil && !errors.Is(err, context.Cause(ctx)) {
			return fmt.Errorf("%w (%w)", err, context.Cause(ctx))
		}
		if err == nil || !again || time.Since(began) >= patience {
			return err
		}
		if ended := b.Sleep(ctx); ended != nil {
			return fmt.Errorf("%w (%w)", err, ended)
		}
	}
}
