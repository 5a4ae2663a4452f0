package backend_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// caller calls one operation on a pool.
type caller func(ctx context.Context, c importjob.Client, pool string) error

// operations are all of a Client, with their rates a second: of the category, and for one pool. 0 is no limit.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
var operations = []struct {
	op            importjob.Op
	category      string
	rate, perPool int
	call          caller
}{
	{importjob.OpCSVHeader, "read", 20, 5, func(ctx context.Context, c importjob.Client, pool string) error {
		_, err := c.CSVHeader(ctx, pool)
		return err
	}},
	{importjob.OpDescribe, "read", 20, 5, ofJob(importjob.Client.Describe)},
	{importjob.OpList, "read", 20, 5, func(ctx context.Context, c importjob.Client, pool string) error {
		_, _, err := c.List(ctx, pool, importjob.Page{})
		return err
	}},
	{importjob.OpCreate, "update", 15, 5, func(ctx context.Context, c importjob.Client, pool string) error {
		_, err := c.Create(ctx, importjob.CreateInput{UserPoolID: pool})
		return err
	}},
	{importjob.OpStart, "update", 15, 5, ofJob(importjob.Client.Start)},
	{importjob.OpStop, "update", 15, 5, ofJob(importjob.Client.Stop)},
	{importjob.OpPool, "pool", 15, 0, func(ctx context.Context, c importjob.Client, pool string) error {
		_, err := c.Pool(ctx, pool)
		return err
	}},
	{importjob.OpUpload, "", 0, 0, func(ctx context.Context, c importjob.Client, pool string) error {
		return c.Upload(ctx, importjob.UserImportJob{UserPoolID: pool}, nil, 0)
	}},
	{importjob.OpResults, "", 0, 0, func(ctx context.Context, c importjob.Client, pool string) error {
		_, _, err := c.Results(ctx, importjob.Ref{UserPoolID: pool}, importjob.Page{})
		return err
	}},
}

// ofJob calls a method that takes the name of a job, and returns the job.
func ofJob(method func(importjob.Client, context.Context, importjob.Ref) (importjob.UserImportJob, error)) caller {
	return func(ctx context.Context, c importjob.Client, pool string) error {
		_, err := method(c, ctx, importjob.Ref{UserPoolID: pool, JobID: "import-1"})
		return err
	}
}

// rated is a Client that does whatever it is asked to, behind the documented rates.
func rated() importjob.Client {
	return backend.Intercept(sloppy{}, backend.Faults(backend.FaultOptions{RateLimit: true}))
}

// atMost is n, or the most there is.
func atMost(n, most int) int {
	if most == 0 {
		return n
	}
	return min(n, most)
}

func TestRatesOfOperations(t *testing.T) {
	for _, one := range operations {
		t.Run(string(one.op), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := rated()
				n := burst(t, 100, func() error { return one.call(t.Context(), c, "pool") })
				assert.Equal(t, atMost(atMost(100, one.rate), one.perPool), n, "of one pool")
				for _, other := range operations {
					c, pool := rated(), 0
					n := burst(t, 100, func() error { pool++; return one.call(t.Context(), c, fmt.Sprint("pool ", pool)) })
					assert.Equal(t, atMost(100, one.rate), n, "of all pools")
					want := atMost(atMost(100, other.rate), other.perPool)
					if other.category == one.category && one.category != "" {
						want = 0
					}
					n = burst(t, 100, func() error { return other.call(t.Context(), c, "another pool") })
					assert.Equal(t, want, n, "%s after %s", other.op, one.op)

					c = rated()
					n = burst(t, 5, func() error { return one.call(t.Context(), c, "pool") })
					assert.Equal(t, 5, n)
					n = burst(t, 5, func() error { return other.call(t.Context(), c, "pool") })
					if other.op == one.op && one.perPool > 0 {
						assert.Equal(t, 0, n)
					} else {
						assert.Equal(t, 5, n, "%s beside %s, in one pool", other.op, one.op)
					}
				}
			})
		})
	}
}

// A call that is refused counts for nothing: neither for its pool, nor for its category.
func TestRefusedCallsDoNotCount(t *testing.T) {
	for _, one := range operations {
		if one.perPool == 0 {
			continue
		}
		t.Run(string(one.op), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := rated()
				calls := func(n int, pool int) int {
					return burst(t, n, func() error { return one.call(t.Context(), c, fmt.Sprint("pool ", pool)) })
				}
				pools := one.rate / one.perPool // that together are at the rate of the category
				for pool := range pools {
					assert.Equal(t, 5, calls(100, pool), "pool %d, after calls that were over the rate of another", pool)
				}
				time.Sleep(500 * time.Millisecond)
				assert.Equal(t, 0, calls(100, pools), "over the rate of all")
				time.Sleep(499 * time.Millisecond)
				assert.Equal(t, 0, calls(100, 0))
				assert.Equal(t, 0, calls(100, pools))
				time.Sleep(time.Millisecond)
				for pool := range pools {
					assert.Equal(t, 5, calls(100, pools-pool), "a second after the calls that count")
				}
				assert.Equal(t, 0, calls(100, 0))
			})
		})
	}
}
