package backend

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/cognito-import/importjob"
)

// FaultOptions are the options of [Faults].
type FaultOptions struct {
	// Faults are what goes wrong. For each call the first one that applies is the one.
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

// Fault makes calls fail. The zero value makes all calls fail.
type Fault struct {
	Op    importjob.Op // of the calls that fail; "" means any
	Call  int          // the first call of Op that fails, counted from 1; 0 means the first
	Times int          // how many calls of Op fail from there on; 0 means one, or all when Call is 0 too

	// Code and Err are what the call fails with. When neither is set, it fails as of a
	// connection that broke, with [io.ErrUnexpectedEOF].
	Code importjob.Code
	Err  error

	// Lost loses the answer only: the call reaches the Client and takes effect, but the caller
	// sees it fail.
	Lost bool
}

// Faults returns an interceptor that makes calls fail, slow or throttled as told. It counts the
// calls of each operation that come to it, over all Clients that it is used with.
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
	return fault.error()
}

// next counts a call and returns the fault it meets, or nil.
func (f *faults) next(op importjob.Op) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[op]++
	f.calls[""]++
	for i := range f.opts.Faults {
		fault := &f.opts.Faults[i]
		if (fault.Op == "" || fault.Op == op) && fault.covers(f.calls[fault.Op]) {
			return fault
		}
	}
	return nil
}

// covers reports whether call number n fails.
func (f *Fault) covers(n int) bool {
	first, times := max(f.Call, 1), f.Times
	if times == 0 && f.Call > 0 {
		times = 1
	}
	return n >= first && (times == 0 || n < first+times)
}

func (f *Fault) error() error {
	err := f.Err
	if err == nil && f.Code == "" {
		err = io.ErrUnexpectedEOF
	}
	if f.Code == "" {
		return err
	}
	return &importjob.Error{Code: f.Code, Err: err}
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
