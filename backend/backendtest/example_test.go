package backendtest_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/backend/backendtest"
	"github.com/cognito-import/importjob/memory"
)

// An interceptor counts the calls. The test checks that a Client with the interceptor still keeps every rule.
func ExampleWrapping() {
	var calls atomic.Int64
	count := func(ctx context.Context, _ *backend.Call, next func(context.Context) error) error {
		calls.Add(1)
		return next(ctx)
	}

	// In a file of tests this is func TestCount(t *testing.T).
	testCount := func(t *testing.T) {
		backendtest.Run(t, backendtest.Wrapping(func(c importjob.Client) importjob.Client { return backend.Intercept(c, count) }))
	}
	_ = testCount
}

// This Client cannot stop jobs. Check returns an error for the rule that it breaks.
func ExampleCheck() {
	noStop := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		if call.Op == importjob.OpStop {
			return importjob.ErrInternal
		}
		return next(ctx)
	}

	err := backendtest.Check(context.Background(), backendtest.Config{
		New: func(ctx context.Context, setup backendtest.Setup) (backendtest.Fixture, error) {
			now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			clock := func() time.Time { return now }
			cognito, err := setup.Memory(ctx, func(o *memory.Options) { o.Now = clock })
			if err != nil {
				return backendtest.Fixture{}, err
			}
			return backendtest.Fixture{
				Client:    backend.Intercept(cognito, noStop),
				Directory: cognito,
				Now:       clock,
				Advance:   func(d time.Duration) { now = now.Add(d) },
			}, nil
		},
		Skip: func(r backendtest.Rule) string {
			if r.Name != "stop/twice" {
				return "not in this example"
			}
			return ""
		},
	})
	var broken *backendtest.RuleError
	if errors.As(err, &broken) {
		fmt.Println(broken.Rule.Sentence)
		fmt.Println(errors.Is(err, importjob.ErrInternal))
	}
	// Output:
	// A job that was stopped cannot be stopped again.
	// true
}
