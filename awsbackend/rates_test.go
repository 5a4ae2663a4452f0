package awsbackend_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/userpool"
)

// rated are the rates of all operations of a Users, as the service documents them, and the option for each.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
var rated = map[importjob.Op]struct {
	field         string
	rate, perPool int // 0 is no limit
}{
	userpool.OpUser:                {"UserRead", 120, 0},
	userpool.OpUpdateUser:          {"UserUpdate", 25, 0},
	userpool.OpDeleteUser:          {"UserUpdate", 25, 0},
	userpool.OpEnableUser:          {"UserUpdate", 25, 0},
	userpool.OpDisableUser:         {"UserUpdate", 25, 0},
	userpool.OpAddUserToGroup:      {"UserUpdate", 25, 0},
	userpool.OpRemoveUserFromGroup: {"UserUpdate", 25, 0},
	userpool.OpAddUser:             {"UserCreation", 50, 0},
	userpool.OpUsers:               {"UserList", 30, 0},
	userpool.OpUsersInGroup:        {"UserList", 30, 0},
	userpool.OpGroupsOfUser:        {"UserResourceRead", 50, 0},
	userpool.OpCountUsers:          {"UserPoolRead", 15, 0},
	userpool.OpGroup:               {"UserPoolResourceRead", 20, 5},
	userpool.OpGroups:              {"UserPoolResourceRead", 20, 5},
	userpool.OpCreateGroup:         {"UserPoolResourceUpdate", 15, 5},
	userpool.OpUpdateGroup:         {"UserPoolResourceUpdate", 15, 5},
	userpool.OpDeleteGroup:         {"UserPoolResourceUpdate", 15, 5},
}

// waiting returns a Users whose requests take no time and fail, and a function that returns when each was sent since
// the last look.
func waiting(opts *awsbackend.UsersOptions) (userpool.Users, func() []time.Duration) {
	var mu sync.Mutex
	var sent []time.Duration
	began := time.Now()
	rt := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		mu.Lock()
		sent = append(sent, time.Since(began))
		mu.Unlock()
		return refusal(400, "UserNotFoundException", "User does not exist.")(req)
	})
	return awsbackend.NewUsers(cognito.NewFromConfig(config(rt)), opts), func() []time.Duration {
		mu.Lock()
		defer mu.Unlock()
		seen := sent
		sent = nil
		return seen
	}
}

// spaced are the times of n requests at a rate.
func spaced(n int, rate float64) []time.Duration {
	times := make([]time.Duration, n)
	for i := range times {
		times[i] = time.Duration(float64(i) / rate * float64(time.Second))
	}
	return times
}

// alike demands that no time is early, and that none is late by more than a few nanoseconds for each second.
func alike(t *testing.T, want, got []time.Duration) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.GreaterOrEqual(t, got[i], want[i], "request %d", i)
		require.LessOrEqual(t, got[i]-want[i], want[i]/50_000_000+1, "request %d", i)
	}
}

func TestEveryOperationHasARate(t *testing.T) {
	for _, c := range usersCalls() {
		assert.Contains(t, rated, c.op)
	}
}

// One call after another, and all at once, are sent at the rate.
func TestCallsWaitForTheirTurn(t *testing.T) {
	eachOfUsers(t, func(t *testing.T, c usersCall) {
		rate := rated[c.op].rate
		if perPool := rated[c.op].perPool; perPool > 0 {
			rate = perPool
		}
		synctest.Test(t, func(t *testing.T) {
			u, sent := waiting(nil)
			for range 2*rate + 1 {
				_, err := c.call(t.Context(), u)
				require.ErrorIs(t, err, userpool.ErrUserNotFound)
			}
			alike(t, spaced(2*rate+1, float64(rate)), sent())
		})
		synctest.Test(t, func(t *testing.T) {
			u, sent := waiting(nil)
			var wg sync.WaitGroup
			for range 2*rate + 1 {
				wg.Go(func() { _, _ = c.call(t.Context(), u) })
			}
			wg.Wait()
			alike(t, spaced(2*rate+1, float64(rate)), sent())
		})
	})
}

// An idle second saves nothing up.
func TestIdleTimeAllowsNoBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, sent := waiting(nil)
		time.Sleep(time.Hour)
		for range 26 {
			_ = u.DeleteUser(t.Context(), ann)
		}
		want := spaced(26, 25)
		for i := range want {
			want[i] += time.Hour
		}
		alike(t, want, sent())
	})
}

// Calls of operations in the same category wait for each other. Calls in different categories do not.
func TestCategoriesShareTheirRate(t *testing.T) {
	for _, one := range usersCalls() {
		for _, other := range usersCalls() {
			synctest.Test(t, func(t *testing.T) {
				u, sent := waiting(nil)
				_, _ = one.call(t.Context(), u)
				_, _ = other.call(t.Context(), u)
				want := time.Duration(0)
				switch a, b := rated[one.op], rated[other.op]; {
				case one.op == other.op && a.perPool > 0:
					want = time.Second / time.Duration(a.perPool)
				case a.field == b.field:
					want = time.Second / time.Duration(a.rate)
				}
				alike(t, []time.Duration{0, want}, sent())
			})
		}
	}
}

// The rate of a category holds for all pools, the rate for one pool for each of them.
func TestPoolsShareTheRateOfACategory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, sent := waiting(nil)
		var wg sync.WaitGroup
		for i := range 41 {
			wg.Go(func() { _, _, _ = u.Groups(t.Context(), fmt.Sprintf("us-west-2_pool%d", i), importjob.Page{}) })
		}
		wg.Wait()
		alike(t, spaced(41, 20), sent())
	})
}

// Each option changes the rate of its category and no other.
func TestRatesCanBeChanged(t *testing.T) {
	for field := range reflect.TypeFor[awsbackend.Rates]().Fields() {
		t.Run(field.Name, func(t *testing.T) {
			for _, c := range usersCalls() {
				is := rated[c.op]
				if is.field == field.Name && is.perPool > 0 {
					continue // the rate for one pool decides: see TestRateOfAllPoolsCanBeChanged
				}
				var rates awsbackend.Rates
				reflect.ValueOf(&rates).Elem().FieldByName(field.Name).SetFloat(0.5)
				want := float64(is.rate)
				if is.perPool > 0 {
					want = float64(is.perPool)
				}
				if is.field == field.Name || field.Name == "PerPool" && is.perPool > 0 {
					want = 0.5
				}
				synctest.Test(t, func(t *testing.T) {
					u, sent := waiting(&awsbackend.UsersOptions{Rates: rates})
					for range 3 {
						_, _ = c.call(t.Context(), u)
					}
					alike(t, spaced(3, want), sent())
				})
			}
		})
	}
}

func TestRateOfAllPoolsCanBeChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rates := awsbackend.Rates{UserPoolResourceRead: 2, UserPoolResourceUpdate: 4, PerPool: 1000}
		u, sent := waiting(&awsbackend.UsersOptions{Rates: rates})
		for range 3 {
			_, _ = u.Group(t.Context(), admins)
		}
		alike(t, spaced(3, 2), sent())
	})
	synctest.Test(t, func(t *testing.T) {
		u, sent := waiting(&awsbackend.UsersOptions{Rates: awsbackend.Rates{UserPoolResourceUpdate: 4, PerPool: 1000, UserRead: -1}})
		for range 3 {
			_ = u.DeleteGroup(t.Context(), admins)
		}
		alike(t, spaced(3, 4), sent())
	})
}

func TestUnlimitedCallsDoNotWait(t *testing.T) {
	eachOfUsers(t, func(t *testing.T, c usersCall) {
		synctest.Test(t, func(t *testing.T) {
			u, sent := waiting(&awsbackend.UsersOptions{Unlimited: true, Rates: awsbackend.Rates{PerPool: 1}})
			for range 300 {
				_, _ = c.call(t.Context(), u)
			}
			alike(t, make([]time.Duration, 300), sent())
		})
	})
}

// The wait is no part of CallTimeout.
func TestWaitDoesNotTimeOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, sent := waiting(&awsbackend.UsersOptions{CallTimeout: time.Second, Rates: awsbackend.Rates{UserRead: 0.01}})
		for range 2 {
			_, err := u.User(t.Context(), ann)
			assert.ErrorIs(t, err, userpool.ErrUserNotFound)
		}
		alike(t, []time.Duration{0, 100 * time.Second}, sent())
	})
}

// A wait ends with the context, and gives its turn back.
func TestWaitEndsWithTheContext(t *testing.T) {
	eachOfUsers(t, func(t *testing.T, c usersCall) {
		synctest.Test(t, func(t *testing.T) {
			all := awsbackend.Rates{UserRead: 1, UserUpdate: 1, UserCreation: 1, UserList: 1, UserResourceRead: 1, UserPoolRead: 1, UserPoolResourceRead: 1, UserPoolResourceUpdate: 1, PerPool: 1}
			u, sent := waiting(&awsbackend.UsersOptions{Rates: all})
			_, _ = c.call(t.Context(), u)
			cause := errors.New("shift is over")
			ctx, cancel := context.WithCancelCause(t.Context())
			began := time.Now()
			time.AfterFunc(300*time.Millisecond, func() { cancel(cause) })
			_, err := c.call(ctx, u)
			assert.Equal(t, 300*time.Millisecond, time.Since(began))
			assert.ErrorIs(t, err, cause)
			assert.ErrorIs(t, err, context.Canceled)
			require.IsType(t, &importjob.Error{}, err)
			assert.Equal(t, c.op, err.(*importjob.Error).Op)
			assert.False(t, importjob.Retryable(err))
			_, _ = c.call(t.Context(), u)
			alike(t, []time.Duration{0, time.Second}, sent())
		})
	})
}

// A call that cannot have its turn before its deadline fails at once.
func TestTurnAfterTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, sent := waiting(&awsbackend.UsersOptions{Rates: awsbackend.Rates{UserRead: 1}})
		_, _ = u.User(t.Context(), ann)
		ctx, cancel := context.WithTimeout(t.Context(), 900*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := u.User(ctx, ann)
		assert.Zero(t, time.Since(began))
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorContains(t, err, "UsersOptions.Rates")
		assert.Len(t, sent(), 1)
	})
}
