// Package retry calls something again after a pause that grows.
package retry

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Backoff is the pauses between calls. Each is half as long again as the one before.
type Backoff struct {
	Interval, Most time.Duration // the next pause, and the longest
}

// Sleep waits for the next pause, less up to a fifth of it so that many callers spread, or until ctx ends.
// The error is the cause of ctx.
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

// Do calls f until it succeeds, fails without asking for another call, or patience has passed since the
// first call. The pause between calls is a tenth of a second at first and five seconds at most.
//
// When ctx ends between two calls, the error wraps both the last failure and the cause of ctx.
func Do(ctx context.Context, patience time.Duration, f func() (again bool, err error)) error {
	began := time.Now()
	b := Backoff{100 * time.Millisecond, 5 * time.Second}
	for {
		again, err := f()
		if err == nil || !again || time.Since(began) >= patience {
			return err
		}
		if ended := b.Sleep(ctx); ended != nil {
			return fmt.Errorf("%w (%w)", err, ended)
		}
	}
}
