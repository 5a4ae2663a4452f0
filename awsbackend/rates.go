package awsbackend

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/time/rate"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/quota"
)

// Rates are the request rates that a Users of [NewUsers] keeps, in requests per second. They have the names of the
// service's categories. A call over a rate waits for its turn instead of failing. A wait ends when the context ends, or
// at once if the turn comes after the context's deadline. The requests of a category are evenly spaced, so there is no
// burst.
//
// 0 or less means the default rate of the service. An account has the rates in each Region, for all pools and all
// programs together. If other programs use them too, or the account has higher rates, set the part that is free. The
// SDK's retries do not wait.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
type Rates struct {
	UserRead               float64 // User; the default is 120
	UserUpdate             float64 // UpdateUser, DeleteUser, EnableUser, DisableUser, AddUserToGroup and RemoveUserFromGroup; the default is 25
	UserCreation           float64 // AddUser; the default is 50
	UserList               float64 // Users and UsersInGroup; the default is 30
	UserResourceRead       float64 // GroupsOfUser; the default is 50
	UserPoolRead           float64 // CountUsers; the default is 15
	UserPoolResourceRead   float64 // Group and Groups; the default is 20
	UserPoolResourceUpdate float64 // CreateGroup, UpdateGroup and DeleteGroup; the default is 15

	// PerPool is also kept by each operation of UserPoolResourceRead and UserPoolResourceUpdate for one pool; the
	// default is 5.
	PerPool float64
}

// of returns the rate of a category.
func (r Rates) of(c quota.Category) rate.Limit {
	ours := 0.0
	switch c {
	case quota.UserRead:
		ours = r.UserRead
	case quota.UserUpdate:
		ours = r.UserUpdate
	case quota.UserCreation:
		ours = r.UserCreation
	case quota.UserList:
		ours = r.UserList
	case quota.UserResourceRead:
		ours = r.UserResourceRead
	case quota.UserPoolRead:
		ours = r.UserPoolRead
	case quota.UserPoolResourceRead:
		ours = r.UserPoolResourceRead
	case quota.UserPoolResourceUpdate:
		ours = r.UserPoolResourceUpdate
	}
	return positive(ours, c.Rate)
}

// perPool returns the rate of one operation of a category for one pool.
func (r Rates) perPool(c quota.Category) rate.Limit { return positive(r.PerPool, c.PerPool) }

// positive returns ours, or the default if ours is not positive.
func positive(ours float64, byDefault int) rate.Limit {
	if ours > 0 {
		return rate.Limit(ours)
	}
	return rate.Limit(byDefault)
}

// limits makes calls wait, so that they keep Rates.
type limits struct {
	rates Rates

	mu       sync.Mutex
	limiters map[limitKey]*rate.Limiter
}

// limitKey names what has a rate: a category of operations, or one operation on one pool.
type limitKey struct {
	name string // of the category, or of the operation
	pool string
}

func newLimits(rates Rates) *limits {
	return &limits{rates: rates, limiters: map[limitKey]*rate.Limiter{}}
}

// wait waits for the turn of a call. It takes the turn of the pool first, because that is the longer wait: a turn of the
// category that is taken too early is lost to the calls for other pools.
func (l *limits) wait(ctx context.Context, op importjob.Op, userPoolID string) error {
	category, limited := quota.Of(op)
	if l == nil || !limited {
		return nil
	}
	if category.PerPool > 0 {
		if err := turn(ctx, l.limiter(limitKey{string(op), userPoolID}, l.rates.perPool(category))); err != nil {
			return err
		}
	}
	return turn(ctx, l.limiter(limitKey{name: category.Name}, l.rates.of(category)))
}

// slower is the factor that makes up for rate.Limiter, which cuts each wait to whole nanoseconds: without it, a second
// could have one request more than the rate.
const slower = 1 - 1e-8

// limiter returns the limiter of a key. It makes one with the limit if there is none. Its burst is 1: a larger one would
// add to the rate in the first second.
func (l *limits) limiter(key limitKey, limit rate.Limit) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	limiter := l.limiters[key]
	if limiter == nil {
		limiter = rate.NewLimiter(limit*slower, 1)
		l.limiters[key] = limiter
	}
	return limiter
}

// turn waits until a limiter admits a call.
func turn(ctx context.Context, limiter *rate.Limiter) error {
	err := limiter.Wait(ctx)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return becauseOf(ctx, ctx.Err())
	}
	return fmt.Errorf("%w before the turn of the call: see awsbackend.UsersOptions.Rates", context.DeadlineExceeded)
}
