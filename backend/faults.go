package backend

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/cognito-import/importjob"
)

// FaultOptions are the options of [Faults].
type FaultOptions struct {
	// Faults are tried in order for each call. The first one that applies is used.
	Faults []Fault

	// Latency is how long each call takes before it reaches the Client, or fails. A call whose
	// context ends meanwhile ends with it.
	Latency time.Duration

	// RateLimit answers [importjob.ErrTooManyRequests] to calls over the service's default
	// request rates, counted over the last second: 20 a second for CSVHeader, Describe and
	// List together, 15 for Create, Start and Stop together, 15 for Pool, and of each of the
	// first six at most 5 a second for one pool. A call that is refused does not count.
	//
	// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
	RateLimit bool

	// Now is the clock of RateLimit; nil means [time.Now].
	Now func() time.Time
}

// Fault makes calls fail.
type Fault struct {
	Op importjob.Op // of the calls that fail; "" means any

	// On says which calls of Op fail, by their number from 1. nil means all of them. [First] and [Nth]
	// make one.
	On func(call int) bool

	// Err is what the call fails with: an exception such as [importjob.ErrTooManyRequests], an
	// *[importjob.Error], [ErrConnectionLost], or any other error. nil means ErrConnectionLost.
	Err error

	// Lost loses the answer only: the call reaches the implementation and takes effect, but the caller
	// sees it fail with Err.
	Lost bool
}

// First selects the first n calls, for [Fault].On.
func First(n int) func(call int) bool { return func(call int) bool { return call <= n } }

// Nth selects call number k alone, counted from 1, for [Fault].On.
func Nth(k int) func(call int) bool { return func(call int) bool { return call == k } }

// ErrConnectionLost is a connection that broke before the answer came. It wraps [io.ErrUnexpectedEOF]. As a
// cause it means that the service did not answer, so [importjob.Retryable] holds. Package cognitotest
// breaks the connection of a client when a call ends with it.
var ErrConnectionLost = fmt.Errorf("the connection was lost: %w", io.ErrUnexpectedEOF)

// Faults returns an interceptor that makes calls fail, slow or throttled. It counts the calls of each
// operation that come to it, over everything that it is used with.
func Faults(opts FaultOptions) Interceptor {
	f := &faults{opts: opts, calls: map[importjob.Op]int{}, rates: map[rateKey][]time.Time{}}
	f.opts.Faults = slices.Clone(opts.Faults)
	if f.opts.Now == nil {
		f.opts.Now = time.Now
	}
	return f.intercept
}

type faults struct {
	opts FaultOptions

	mu    sync.Mutex
	calls map[importjob.Op]int // so far; "" counts all
	rates map[rateKey][]time.Time
}

func (f *faults) intercept(ctx context.Context, call *Call, next func(context.Context) error) error {
	fault := f.next(call.Op)
	if err := f.sleep(ctx); err != nil {
		return err
	}
	if f.opts.RateLimit && !f.admit(call.Op, call.Ref.UserPoolID) {
		return &importjob.Error{Code: importjob.ErrTooManyRequests, Message: "Rate exceeded"}
	}
	if fault == nil {
		return next(ctx)
	}
	if fault.Lost {
		_ = next(ctx) // the answer is lost, whatever it was
	}
	if fault.Err == nil {
		return ErrConnectionLost
	}
	return fault.Err
}

// next counts a call and returns the fault it meets, or nil.
func (f *faults) next(op importjob.Op) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[op]++
	f.calls[""]++
	for i := range f.opts.Faults {
		fault := &f.opts.Faults[i]
		if (fault.Op == "" || fault.Op == op) && (fault.On == nil || fault.On(f.calls[fault.Op])) {
			return fault
		}
	}
	return nil
}

// sleep takes Latency.
func (f *faults) sleep(ctx context.Context) error {
	if f.opts.Latency <= 0 {
		return nil
	}
	timer := time.NewTimer(f.opts.Latency)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// rateKey names what a rate is counted for: a category of operations, or one operation on a pool.
type rateKey struct {
	category string
	pool     string
}

// category returns the service's category of an operation and its rate per second; 0 means that
// it has none. perPool is the rate of the operation on one pool.
func category(op importjob.Op) (name string, rate, perPool int) {
	switch op {
	case importjob.OpCSVHeader, importjob.OpDescribe, importjob.OpList:
		return "UserPoolResourceRead", 20, 5
	case importjob.OpCreate, importjob.OpStart, importjob.OpStop:
		return "UserPoolResourceUpdate", 15, 5
	case importjob.OpPool:
		return "UserPoolRead", 15, 0
	}
	return "", 0, 0
}

// admit reports whether a call is within the rates, and counts it if so.
func (f *faults) admit(op importjob.Op, pool string) bool {
	name, rate, perPool := category(op)
	if rate == 0 {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.opts.Now()
	all, one := rateKey{category: name}, rateKey{string(op), pool}
	f.forget(all, now)
	f.forget(one, now)
	if len(f.rates[all]) >= rate || perPool > 0 && len(f.rates[one]) >= perPool {
		return false
	}
	f.rates[all] = append(f.rates[all], now)
	if perPool > 0 {
		f.rates[one] = append(f.rates[one], now)
	}
	return true
}

// forget drops the calls that are a second old or older.
func (f *faults) forget(key rateKey, now time.Time) {
	kept := slices.DeleteFunc(f.rates[key], func(t time.Time) bool { return now.Sub(t) >= time.Second })
	if len(kept) == 0 {
		delete(f.rates, key)
		return
	}
	f.rates[key] = kept
}
