package importjob_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// looker is a Client that can only be looked at: look n gets the answer of number n, from 0.
type looker struct {
	importjob.Client
	answer func(n int) (importjob.Status, error)
	looks  []time.Time
}

func (l *looker) Describe(_ context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	l.looks = append(l.looks, time.Now())
	status, err := l.answer(len(l.looks) - 1)
	if err != nil {
		return importjob.UserImportJob{}, &importjob.Error{Op: importjob.OpDescribe, Ref: ref, Err: err}
	}
	return importjob.UserImportJob{UserPoolID: ref.UserPoolID, JobID: ref.JobID, Status: status, ImportedUsers: int64(len(l.looks))}, nil
}

// doneAt is a job that is InProgress until look n.
func doneAt(n int) func(int) (importjob.Status, error) {
	return func(look int) (importjob.Status, error) {
		if look < n {
			return importjob.StatusInProgress, nil
		}
		return importjob.StatusSucceeded, nil
	}
}

// gaps demands that the looks lie as far apart as intervals say, less a fifth at most.
func gaps(t *testing.T, looks []time.Time, intervals func(i int) time.Duration) (shortened int) {
	t.Helper()
	for i := 1; i < len(looks); i++ {
		gap, most := looks[i].Sub(looks[i-1]), intervals(i-1)
		assert.LessOrEqual(t, gap, most, "gap %d", i)
		assert.GreaterOrEqual(t, gap, most*4/5, "gap %d", i)
		if gap < most*99/100 {
			shortened++
		}
	}
	return shortened
}

// growing begins with least and grows by half up to most.
func growing(least, most time.Duration) func(int) time.Duration {
	return func(i int) time.Duration {
		d := min(least, most)
		for range i {
			d = min(d+d/2, most)
		}
		return d
	}
}

func TestWaitBacksOff(t *testing.T) {
	for name, tt := range map[string]struct {
		opts        *importjob.WaitOptions
		least, most time.Duration
	}{
		"default":          {nil, time.Second, 30 * time.Second},
		"zero":             {&importjob.WaitOptions{}, time.Second, 30 * time.Second},
		"negative":         {&importjob.WaitOptions{MinInterval: -1, MaxInterval: -1}, time.Second, 30 * time.Second},
		"own":              {&importjob.WaitOptions{MinInterval: time.Minute, MaxInterval: time.Hour}, time.Minute, time.Hour},
		"least above most": {&importjob.WaitOptions{MinInterval: time.Hour, MaxInterval: time.Minute}, time.Hour, time.Minute},
		"constant":         {&importjob.WaitOptions{MinInterval: time.Second, MaxInterval: time.Second}, time.Second, time.Second},
		"tiny":             {&importjob.WaitOptions{MinInterval: 1, MaxInterval: 10}, 1, 10},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				c := &looker{answer: doneAt(60)}
				job, err := importjob.Wait(t.Context(), c, jobRef, tt.opts)
				require.NoError(t, err)
				assert.Equal(t, importjob.StatusSucceeded, job.Status)
				assert.Equal(t, jobRef, job.Ref())
				assert.Len(t, c.looks, 61)
				assert.Equal(t, began, c.looks[0], "the first look is at once")
				if tt.most > time.Second/2 {
					shortened := gaps(t, c.looks, growing(tt.least, tt.most))
					assert.Greater(t, shortened, 30, "intervals jitter")
				}
			})
		})
	}
}

func TestWaitReturnsEveryEnd(t *testing.T) {
	for _, status := range importjob.Statuses() {
		if status.Done() {
			c := &looker{answer: func(int) (importjob.Status, error) { return status, nil }}
			job, err := importjob.Wait(t.Context(), c, jobRef, nil)
			require.NoError(t, err, "how it ended is for the caller to see")
			assert.Equal(t, status, job.Status)
			assert.Len(t, c.looks, 1)
		}
	}
}

func TestWaitGoesOnThroughTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		troubles := map[int]error{0: importjob.ErrTooManyRequests, 2: importjob.ErrInternal, 3: io.ErrUnexpectedEOF}
		c := &looker{answer: func(n int) (importjob.Status, error) {
			if n == 4 {
				return "Paused", nil // a status of a later day
			}
			status, _ := doneAt(6)(n)
			return status, troubles[n]
		}}
		var seen []int64
		job, err := importjob.Wait(t.Context(), c, jobRef, &importjob.WaitOptions{
			OnProgress: func(j importjob.UserImportJob) { seen = append(seen, j.ImportedUsers) }})
		require.NoError(t, err)
		assert.Equal(t, int64(7), job.ImportedUsers)
		assert.Equal(t, []int64{2, 5, 6, 7}, seen, "progress is what looks found, the last one included")
		gaps(t, c.looks, growing(time.Second, 30*time.Second))
	})
}

func TestWaitEndsWithOtherErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &looker{answer: func(n int) (importjob.Status, error) {
			if n < 2 {
				return importjob.StatusPending, nil
			}
			return "", &importjob.Error{Code: importjob.ErrResourceNotFound}
		}}
		job, err := importjob.Wait(t.Context(), c, jobRef, nil)
		assert.ErrorIs(t, err, importjob.ErrResourceNotFound)
		assert.Equal(t, int64(2), job.ImportedUsers, "as it was last seen")
		assert.Len(t, c.looks, 3)
	})
}

func TestWaitEndsWithContext(t *testing.T) {
	shutdown := errors.New("shutting down")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		began := time.Now()
		time.AfterFunc(10*time.Second, func() { cancel(shutdown) })
		c := &looker{answer: doneAt(1000)}
		job, err := importjob.Wait(ctx, c, jobRef, nil)
		assert.Equal(t, 10*time.Second, time.Since(began), "without waiting for the next look")
		assert.ErrorIs(t, err, shutdown)
		assert.Equal(t, &importjob.Error{Op: importjob.OpDescribe, Ref: jobRef, Err: shutdown}, err)
		assert.Equal(t, int64(len(c.looks)), job.ImportedUsers, "as it was last seen")

		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		_, err = importjob.Wait(ctx, c, jobRef, nil)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestWaitLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble would fail on a goroutine left over
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := importjob.Wait(ctx, &looker{answer: doneAt(9)}, jobRef, &importjob.WaitOptions{MinInterval: time.Hour})
		assert.ErrorIs(t, err, context.Canceled)
	})
}

// Patience is for looks that fail one after the other. A look that succeeds begins it anew, however long
// the wait has taken.
func TestWaitCountsPatienceFromTheLastGoodLook(t *testing.T) {
	const patience, interval = time.Minute, 10 * time.Second
	opts := &importjob.WaitOptions{MinInterval: interval, MaxInterval: interval, Patience: patience}
	synctest.Test(t, func(t *testing.T) {
		var good time.Time
		began := time.Now()
		c := &looker{answer: func(int) (importjob.Status, error) {
			if time.Since(began) < time.Hour {
				good = time.Now()
				return importjob.StatusInProgress, nil
			}
			return "", importjob.ErrInternal
		}}
		job, err := importjob.Wait(t.Context(), c, jobRef, opts)
		require.ErrorIs(t, err, importjob.ErrInternal)
		assert.Equal(t, importjob.StatusInProgress, job.Status)
		last := len(c.looks) - 1
		assert.Equal(t, c.looks[last], time.Now(), "the wait ends with a look")
		assert.GreaterOrEqual(t, c.looks[last].Sub(good), patience)
		assert.Less(t, c.looks[last-1].Sub(good), patience, "the look before came in time")
	})
	synctest.Test(t, func(t *testing.T) {
		c := &looker{answer: func(n int) (importjob.Status, error) {
			switch {
			case n == 1000:
				return importjob.StatusSucceeded, nil
			case n%5 == 4:
				return importjob.StatusInProgress, nil
			}
			return "", importjob.ErrTooManyRequests
		}}
		job, err := importjob.Wait(t.Context(), c, jobRef, opts)
		require.NoError(t, err, "four of five looks fail, for an hour or two, but never for a minute")
		assert.Equal(t, importjob.StatusSucceeded, job.Status)
	})
}

// Credentials that have expired, say, do not come back by themselves.
func TestWaitGivesUpOnLooksThatAlwaysFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const lastGood = 20 // a few minutes after the first look
		lost := &importjob.Error{Err: errReset}
		c := &looker{answer: func(n int) (importjob.Status, error) {
			if n <= lastGood {
				return importjob.StatusPending, nil
			}
			return "", lost
		}}
		job, err := importjob.Wait(t.Context(), c, jobRef, &importjob.WaitOptions{Patience: time.Minute})
		require.ErrorIs(t, err, errReset)
		assert.Equal(t, importjob.StatusPending, job.Status)
		good, looks := c.looks[lastGood], len(c.looks)
		assert.GreaterOrEqual(t, time.Since(good), time.Minute, "the minute counts from the last success")
		assert.Less(t, c.looks[looks-2].Sub(good), time.Minute, "the first failure after the minute is the last")
		assert.Equal(t, c.looks[looks-1], time.Now(), "without another pause")
	})
}

// hanging is a Client that accepts each call and never answers.
type hanging struct{ importjob.Client }

func (hanging) Create(ctx context.Context, _ importjob.CreateInput) (importjob.UserImportJob, error) {
	return hanging{}.Describe(ctx, importjob.Ref{})
}

func (hanging) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	<-ctx.Done()
	return importjob.UserImportJob{}, backend.Wrap(importjob.OpDescribe, ref, context.Cause(ctx))
}

// A Client that never answers ends Wait and Import when their patience is over.
func TestClientThatNeverAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, err := importjob.Wait(t.Context(), hanging{}, jobRef, nil)
		assert.ErrorContains(t, err, "did not return in time")
		assert.InDelta(t, 10*time.Minute, time.Since(began), float64(3*time.Minute))
	})
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, err := importjob.Import(t.Context(), hanging{}, createInput, strings.NewReader("x"), 1,
			&importjob.ImportOptions{Wait: importjob.WaitOptions{CallTimeout: time.Second}})
		assert.ErrorContains(t, err, "did not return in time")
		assert.InDelta(t, 15*time.Second, time.Since(began), float64(7*time.Second))
	})
}
