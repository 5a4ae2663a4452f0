package backend

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/quota"
)

// FaultOptions are the options of [Faults]. The zero value changes no call.
type FaultOptions struct {
	// Faults are the faults to cause. If several select the same call, the first of them is used.
	Faults []Fault

	// Latency is the time for which each call is delayed, before it fails or reaches the Client. If the
	// context ends during this time, the call fails with the context's cause. 0 means no delay.
	Latency time.Duration

	// RateLimit makes a call fail with an [importjob.ErrTooManyRequests] if it exceeds the service's default
	// request rates:
	//
	//   - UserPoolResourceRead: 20 calls a second of CSVHeader, Describe, List, Group and Groups together
	//   - UserPoolResourceUpdate: 15 of Create, Start, Stop, CreateGroup, UpdateGroup and DeleteGroup together
	//   - UserPoolRead: 15 of Pool, CountUsers, DescribePool and Pools together
	//   - UserPoolUpdate: 15 of CreatePool, UpdatePool and DeletePool together
	//   - UserPoolClientRead: 15 of Client and Clients together
	//   - UserPoolClientUpdate: 15 of CreateClient, UpdateClient and DeleteClient together
	//   - UserRead: 120 of User
	//   - UserUpdate: 25 of UpdateUser, DeleteUser, EnableUser, DisableUser, AddUserToGroup and RemoveUserFromGroup
	//     together
	//   - UserCreation: 50 of AddUser
	//   - UserList: 30 of Users and UsersInGroup together
	//   - UserResourceRead: 50 of GroupsOfUser
	//   - UserAuthentication: 120 of VerifyPassword and SRPVerifier together
	//   - UserAccountRecovery: 30 of SetPassword, ResetPassword, ForgotPassword and ConfirmForgotPassword together
	//
	// For one pool, each method of UserPoolResourceRead, UserPoolResourceUpdate, UserPoolClientRead and
	// UserPoolClientUpdate also has 5 calls a second of its own. Client and DeleteClient have not, because their calls
	// do not name the pool.
	//
	// Upload and Results have no limit. The calls of the last second count, except those that RateLimit refused.
	//
	// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
	RateLimit bool

	// Now returns the current time for RateLimit. nil means [time.Now].
	Now func() time.Time
}

// Fault selects calls, and makes them fail.
type Fault struct {
	// Op is the operation whose calls fail, such as [importjob.OpStart]. "" means every operation. Pool and
	// CountUsers are the same operation, [importjob.OpPool].
	Op importjob.Op

	// On returns whether the call with a number fails. Faults numbers the calls of Op from 1; if Op is "", it
	// numbers all calls together. Use [First] or [Nth], or a function that makes no call. nil means that every
	// call of Op fails.
	On func(call int) bool

	// Err is the error with which the call fails: a Code such as [importjob.ErrTooManyRequests], an
	// *[importjob.Error], or any other error. nil means [ErrConnectionLost].
	Err error

	// Lost makes the call reach the Client and take effect before it fails with Err, as when the connection
	// breaks before the answer comes. If Lost is not set, the call does not reach the Client.
	Lost bool
}

// First returns a function for [Fault].On that selects the first n calls.
func First(n int) func(call int) bool { return func(call int) bool { return call <= n } }

// Nth returns a function for [Fault].On that selects only call number k, counted from 1.
func Nth(k int) func(call int) bool { return func(call int) bool { return call == k } }

// ErrConnectionLost means that the connection broke before the answer came, so the caller does not know whether the
// call took effect. It wraps [io.ErrUnexpectedEOF]. [importjob.Retryable] returns true for a call that fails with it.
// The HTTP server of package cognitotest breaks the client's connection if its Client returns this error.
var ErrConnectionLost = fmt.Errorf("the connection was lost: %w", io.ErrUnexpectedEOF)

// Faults returns an interceptor that delays calls, limits their rate and makes them fail, in this order. So a call
// over the rate fails with an [importjob.ErrTooManyRequests], whatever Fault selects it.
//
// The interceptor numbers the calls of each operation for [Fault].On. If it is given to several Clients, it numbers
// their calls together, and RateLimit counts them together. Calls that RateLimit refuses have numbers, too. Several
// goroutines can use it at once.
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
	calls map[importjob.Op]int    // the number of calls so far; "" has the number of all calls
	rates map[rateKey][]time.Time // the times of the calls that count, oldest first
}

func (f *faults) intercept(ctx context.Context, call *Call, next func(context.Context) error) error {
	fault := f.next(call.Op)
	if err := f.sleep(ctx); err != nil {
		return err
	}
	if f.opts.RateLimit && !f.admit(call.Op, call.Ref.UserPoolID) {
		// Source: https://github.com/boto/boto3/issues/2517
		return &importjob.Error{Code: importjob.ErrTooManyRequests, Message: "Rate exceeded"}
	}
	if fault == nil {
		return next(ctx)
	}
	if fault.Lost {
		_ = next(ctx) // the answer or the error is lost
	}
	if fault.Err == nil {
		return ErrConnectionLost
	}
	return fault.Err
}

// next counts a call and returns the fault that selects it, or nil.
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

// sleep waits for Latency, or until the context ends.
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

// rateKey names what has a rate: a category of operations, or one operation on one pool.
type rateKey struct {
	category string // or the operation
	pool     string
}

// admit reports whether a call is within the rates. If it is, admit counts it.
func (f *faults) admit(op importjob.Op, pool string) bool {
	category, limited := quota.Of(op)
	if !limited {
		return true
	}
	perPool := category.PerPool
	if pool == "" { // the call names a client only
		perPool = 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.opts.Now()
	all, one := rateKey{category: category.Name}, rateKey{string(op), pool}
	f.forget(all, now)
	f.forget(one, now)
	if len(f.rates[all]) >= category.Rate || perPool > 0 && len(f.rates[one]) >= perPool {
		return false
	}
	f.rates[all] = append(f.rates[all], now)
	if perPool > 0 {
		f.rates[one] = append(f.rates[one], now)
	}
	return true
}

// forget removes the calls that are at least one second old.
func (f *faults) forget(key rateKey, now time.Time) {
	kept := slices.DeleteFunc(f.rates[key], func(t time.Time) bool { return now.Sub(t) >= time.Second })
	if len(kept) == 0 {
		delete(f.rates, key)
		return
	}
	f.rates[key] = kept
}
