package backend_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/userpool"
)

// fails calls CSVHeader and Pool in turn, n times each, and returns a letter for each call: a
// dot when it succeeded, otherwise H or P.
func fails(t *testing.T, n int, faults ...backend.Fault) string {
	t.Helper()
	c := backend.Intercept(testpool.New(t, nil), backend.Faults(backend.FaultOptions{Faults: faults}))
	var b strings.Builder
	for range n {
		for letter, call := range []func() error{
			func() error { _, err := c.CSVHeader(t.Context(), poolID); return err },
			func() error { _, err := c.Pool(t.Context(), poolID); return err },
		} {
			if call() == nil {
				b.WriteByte('.')
			} else {
				b.WriteByte("HP"[letter])
			}
		}
	}
	return b.String()
}

func TestFaultsFailTheRightCalls(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault backend.Fault
		want  string // of four calls each, in turn
	}{
		{"all", backend.Fault{}, "HPHPHPHP"},
		{"all of an operation", backend.Fault{Op: importjob.OpPool}, ".P.P.P.P"},
		{"the first two of any", backend.Fault{On: backend.First(2)}, "HP......"},
		{"the first two of an operation", backend.Fault{Op: importjob.OpCSVHeader, On: backend.First(2)}, "H.H....."},
		{"the third of any", backend.Fault{On: backend.Nth(3)}, "..H....."},
		{"the third of an operation", backend.Fault{Op: importjob.OpPool, On: backend.Nth(3)}, ".....P.."},
		{"three from the second", backend.Fault{On: func(call int) bool { return call >= 2 && call < 5 }}, ".PHP...."},
		{"one that never comes", backend.Fault{Op: importjob.OpStop}, "........"},
	} {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, test.want, fails(t, 4, test.fault)) })
	}
	assert.Equal(t, "H....P..", fails(t, 4,
		backend.Fault{Op: importjob.OpPool, On: backend.Nth(3)}, backend.Fault{Op: importjob.OpCSVHeader, On: backend.Nth(1)}))
}

func TestFaultErrors(t *testing.T) {
	broken := errors.New("broken")
	for _, test := range []struct {
		name  string
		fault backend.Fault
		code  importjob.Code
		is    error
		text  string
	}{
		{"nothing told", backend.Fault{}, "", backend.ErrConnectionLost, "the connection was lost: unexpected EOF"},
		{"a code", backend.Fault{Err: importjob.ErrInternal}, importjob.ErrInternal, importjob.ErrInternal, "InternalErrorException"},
		{"an error", backend.Fault{Err: broken}, "", broken, "broken"},
		{"a code as error", backend.Fault{Err: importjob.ErrInternal}, importjob.ErrInternal, importjob.ErrInternal, "InternalErrorException"},
		{"both", backend.Fault{Err: &importjob.Error{Code: importjob.ErrS3AccessDenied, Err: importjob.ErrURLExpired}}, importjob.ErrS3AccessDenied, importjob.ErrURLExpired,
			"AccessDenied: " + importjob.ErrURLExpired.Error()},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := backend.Intercept(nil, backend.Faults(backend.FaultOptions{Faults: []backend.Fault{test.fault}}))
			_, err := c.Pool(t.Context(), poolID)
			require.ErrorIs(t, err, test.is)
			assert.Equal(t, test.code, err.(*importjob.Error).Code)
			assert.EqualError(t, err, "DescribeUserPool us-west-2_aaaaaaaaa: "+test.text)
		})
	}
}

func TestFaultLosesTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cognito := testpool.New(t, nil)
		c := backend.Intercept(cognito, backend.Faults(backend.FaultOptions{Faults: []backend.Fault{
			{Op: importjob.OpCreate, Lost: true, On: backend.First(1)},
			{Op: importjob.OpUpload, Lost: true, On: backend.First(1)},
			{Op: importjob.OpStart, Lost: true, On: backend.First(1)},
			{Op: importjob.OpDescribe, Err: importjob.ErrInternal, On: backend.First(2)},
		}}))
		file := testpool.CSV("ann", "bob")
		job, err := importjob.Import(t.Context(), c, input(), strings.NewReader(file), int64(len(file)), nil)
		require.NoError(t, err, "Import survives them all")
		assert.EqualValues(t, 2, job.ImportedUsers)
		jobs, _, err := cognito.List(t.Context(), poolID, importjob.Page{})
		require.NoError(t, err)
		require.Len(t, jobs, 2, "the Create whose answer was lost took effect")
		assert.Equal(t, importjob.StatusCreated, jobs[1].Status)
	})
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := backend.Intercept(testpool.New(t, nil), backend.Faults(backend.FaultOptions{Latency: time.Second,
			Faults: []backend.Fault{{Op: importjob.OpCSVHeader}, {Op: importjob.OpCreate, Lost: true}}}))
		began := time.Now()
		_, err := c.Pool(t.Context(), poolID)
		require.NoError(t, err)
		assert.Equal(t, time.Second, time.Since(began))
		_, err = c.CSVHeader(t.Context(), poolID)
		require.Error(t, err)
		assert.Equal(t, 2*time.Second, time.Since(began), "a call that fails takes as long")
		_, err = c.Create(t.Context(), input())
		require.Error(t, err)
		assert.Equal(t, 3*time.Second, time.Since(began), "a call whose answer is lost, too")

		cause := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, cause)
		defer cancel()
		_, err = c.Pool(ctx, poolID)
		require.ErrorIs(t, err, cause)
		assert.Equal(t, 3300*time.Millisecond, time.Since(began))
	})
}

// burst makes n calls at once and returns how many of them were admitted.
func burst(t *testing.T, n int, call func() error) int {
	t.Helper()
	admitted := 0
	for range n {
		if err := call(); err == nil {
			admitted++
		} else {
			require.ErrorIs(t, err, importjob.ErrTooManyRequests)
			require.True(t, importjob.Retryable(err))
		}
	}
	return admitted
}

// limited is a memory behind the documented rates, and pools to call.
func limited(t *testing.T, pools int) (importjob.Client, []string) {
	cognito := testpool.New(t, nil)
	ids := []string{poolID}
	for len(ids) < pools {
		p, err := cognito.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{Name: "more", AutoVerifiedAttributes: []string{"email"}}})
		require.NoError(t, err)
		ids = append(ids, p.ID)
	}
	return backend.Intercept(cognito, backend.Faults(backend.FaultOptions{RateLimit: true})), ids
}

func TestRateLimitOfOnePool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := limited(t, 1)
		header := func() error { _, err := c.CSVHeader(t.Context(), poolID); return err }
		list := func() error { _, _, err := c.List(t.Context(), poolID, importjob.Page{}); return err }
		assert.Equal(t, 5, burst(t, 8, header))
		assert.Equal(t, 5, burst(t, 8, list), "operations are counted apart")
		time.Sleep(999 * time.Millisecond)
		assert.Equal(t, 0, burst(t, 3, header), "the second has not passed")
		time.Sleep(time.Millisecond)
		assert.Equal(t, 5, burst(t, 8, header), "calls that were refused do not count")
	})
}

func TestRateLimitSlides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := limited(t, 1)
		header := func() error { _, err := c.CSVHeader(t.Context(), poolID); return err }
		assert.Equal(t, 3, burst(t, 3, header))
		time.Sleep(600 * time.Millisecond)
		assert.Equal(t, 2, burst(t, 3, header))
		time.Sleep(400 * time.Millisecond)
		assert.Equal(t, 3, burst(t, 9, header), "the first three are a second old, the other two are not")
	})
}

func TestRateLimitOfCategories(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, pools := limited(t, 6)
		reads, creates, describes, results := 0, 0, 0, 0
		for _, pool := range pools {
			in := input()
			in.UserPoolID = pool
			reads += burst(t, 5, func() error { _, err := c.CSVHeader(t.Context(), pool); return err })
			creates += burst(t, 5, func() error { _, err := c.Create(t.Context(), in); return err })
			describes += burst(t, 5, func() error { _, err := c.Pool(t.Context(), pool); return err })
		}
		time.Sleep(time.Second)
		job := create(t, c)
		results += burst(t, 100, func() error { _, _, err := c.Results(t.Context(), job.Ref(), importjob.Page{}); return err })
		assert.Equal(t, []int{20, 15, 15, 100}, []int{reads, creates, describes, results})
	})
}

func TestRateLimitByAGivenClock(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	c := backend.Intercept(testpool.New(t, nil), backend.Faults(backend.FaultOptions{RateLimit: true, Now: func() time.Time { return now }}))
	header := func() error { _, err := c.CSVHeader(t.Context(), poolID); return err }
	assert.Equal(t, 5, burst(t, 6, header))
	now = now.Add(time.Second)
	assert.Equal(t, 5, burst(t, 6, header))
}

// Calls of several goroutines get each number once, and the rate counts each of them.
func TestFaultsCountOverGoroutines(t *testing.T) {
	const calls = 50
	atOnce := func(opts backend.FaultOptions) map[importjob.Code]int {
		c := backend.Intercept(testpool.New(t, nil), backend.Faults(opts))
		var mu sync.Mutex
		codes := map[importjob.Code]int{}
		var wg sync.WaitGroup
		for range calls {
			wg.Go(func() {
				_, err := c.Pool(t.Context(), poolID)
				var failed *importjob.Error
				_ = errors.As(err, &failed)
				mu.Lock()
				defer mu.Unlock()
				if failed == nil {
					codes[""]++
				} else {
					codes[failed.Code]++
				}
			})
		}
		wg.Wait()
		return codes
	}
	var alone solo
	var numbers []int
	codes := atOnce(backend.FaultOptions{Faults: []backend.Fault{{Op: importjob.OpPool, Err: importjob.ErrInternal, On: func(call int) bool {
		defer alone.enter(t)()
		numbers = append(numbers, call)
		return call >= 10 && call < 17
	}}}})
	assert.Equal(t, map[importjob.Code]int{"": calls - 7, importjob.ErrInternal: 7}, codes)
	want := make([]int, calls)
	for i := range want {
		want[i] = i + 1
	}
	assert.Equal(t, want, numbers)

	codes = atOnce(backend.FaultOptions{RateLimit: true, Now: func() time.Time {
		defer alone.enter(t)()
		return time.Time{}
	}})
	assert.Equal(t, map[importjob.Code]int{"": 15, importjob.ErrTooManyRequests: calls - 15}, codes)
}

// solo is a place in which only one goroutine may be at a time.
type solo struct{ inside atomic.Int64 }

// enter gives the other goroutines the time to come in as well. It returns the function that leaves.
func (s *solo) enter(t *testing.T) (leave func()) {
	assert.EqualValues(t, 1, s.inside.Add(1), "goroutines at once")
	for range 10 {
		runtime.Gosched()
	}
	return func() { s.inside.Add(-1) }
}
