package backendtest_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/backend/backendtest"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// A Client that cannot stop jobs is caught, and the rule says what is wrong.
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
			cognito := memory.New(&memory.Options{
				Now:           clock,
				PendingFor:    setup.PendingFor,
				StoppingFor:   setup.StoppingFor,
				RowsPerSecond: setup.RowsPerSecond,
				MaxJobs:       setup.MaxJobs,
			})
			for _, pool := range setup.Pools {
				if _, err := cognito.CreatePool(ctx, userpool.Pool{Pool: pool}); err != nil {
					return backendtest.Fixture{}, err
				}
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
	broken := (*backendtest.RuleError)(nil)
	if errors.As(err, &broken) {
		fmt.Println(broken.Rule.Sentence)
		fmt.Println(errors.Is(err, importjob.ErrInternal))
	}
	// Output:
	// A job that was stopped cannot be stopped again.
	// true
}
