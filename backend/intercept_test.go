package backend_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

func TestInterceptOrder(t *testing.T) {
	var trace []string
	named := func(name string) backend.Interceptor {
		return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			trace = append(trace, name+" before")
			err := next(ctx)
			trace = append(trace, name+" after")
			return err
		}
	}
	c := backend.Intercept(newMemory(t), named("outer"), named("inner"))
	_, err := c.CSVHeader(t.Context(), poolID)
	require.NoError(t, err)
	assert.Equal(t, []string{"outer before", "inner before", "inner after", "outer after"}, trace)
}

// TestInterceptSees holds what an interceptor is told about a whole import.
func TestInterceptSees(t *testing.T) {
	type seen struct {
		op            importjob.Op
		before, after importjob.Ref
		status        importjob.Status
		items         int
	}
	var calls []seen
	c := backend.Intercept(newMemory(t), func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		s := seen{op: call.Op, before: call.Ref}
		assert.Zero(t, call.Job)
		assert.Zero(t, call.Items)
		err := next(ctx)
		s.after, s.status, s.items = call.Ref, call.Job.Status, call.Items
		calls = append(calls, s)
		return err
	})
	ctx := t.Context()
	file := csvFile("ann", "bob")
	job := create(t, c)
	require.NoError(t, c.Upload(ctx, job, strings.NewReader(file), int64(len(file))))
	_, err := c.Start(ctx, job.Ref())
	require.NoError(t, err)
	_, err = c.Describe(ctx, job.Ref())
	require.NoError(t, err)
	_, _, err = c.List(ctx, poolID, importjob.Page{})
	require.NoError(t, err)
	_, _, err = c.Results(ctx, job.Ref(), importjob.Page{})
	require.NoError(t, err)
	_, err = c.Stop(ctx, job.Ref())
	require.ErrorIs(t, err, importjob.ErrPreconditionNotMet)
	_, err = c.CSVHeader(ctx, poolID)
	require.NoError(t, err)
	_, err = c.Pool(ctx, "us-west-2_unknown")
	require.ErrorIs(t, err, importjob.ErrResourceNotFound)

	pool, ref := importjob.Ref{UserPoolID: poolID}, job.Ref()
	unknown := importjob.Ref{UserPoolID: "us-west-2_unknown"}
	assert.Equal(t, []seen{
		{importjob.OpCreate, pool, ref, importjob.StatusCreated, 0},
		{importjob.OpUpload, ref, ref, "", 0},
		{importjob.OpStart, ref, ref, importjob.StatusPending, 0},
		{importjob.OpDescribe, ref, ref, importjob.StatusSucceeded, 0},
		{importjob.OpList, pool, pool, "", 1},
		{importjob.OpResults, ref, ref, "", 2},
		{importjob.OpStop, ref, ref, "", 0},
		{importjob.OpCSVHeader, pool, pool, "", 21},
		{importjob.OpPool, unknown, unknown, "", 0},
	}, calls)
}

func TestInterceptorDecides(t *testing.T) {
	broken := errors.New("broken")
	type next = func(context.Context) error
	for _, test := range []struct {
		name    string
		do      backend.Interceptor
		created int // jobs in the end
		job     bool
		is      []error
	}{
		{name: "passes", created: 1, job: true,
			do: func(ctx context.Context, _ *backend.Call, next next) error { return next(ctx) }},
		{name: "never calls", do: func(context.Context, *backend.Call, next) error { return broken }, is: []error{broken}},
		{name: "pretends", do: func(context.Context, *backend.Call, next) error { return nil }},
		{name: "calls twice", created: 2, job: true,
			do: func(ctx context.Context, _ *backend.Call, next next) error { return errors.Join(next(ctx), next(ctx)) }},
		{name: "loses the answer", created: 1, is: []error{io.ErrUnexpectedEOF},
			do: func(ctx context.Context, _ *backend.Call, next next) error { _ = next(ctx); return io.ErrUnexpectedEOF }},
		{name: "returns a code", do: func(context.Context, *backend.Call, next) error { return importjob.ErrTooManyRequests },
			is: []error{importjob.ErrTooManyRequests}},
		{name: "ends the context", is: []error{context.Canceled},
			do: func(ctx context.Context, _ *backend.Call, next next) error {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				return next(ctx)
			}},
		{name: "forgives a second call", created: 1, job: true,
			do: func(ctx context.Context, _ *backend.Call, next next) error {
				err := next(ctx)
				ended, cancel := context.WithCancel(ctx)
				cancel()
				_ = next(ended)
				return err
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			cognito := newMemory(t)
			job, err := backend.Intercept(cognito, test.do).Create(t.Context(), input())
			if test.is == nil {
				require.NoError(t, err)
			}
			for _, is := range test.is {
				require.ErrorIs(t, err, is)
				e, ok := err.(*importjob.Error)
				require.True(t, ok)
				assert.Equal(t, importjob.OpCreate, e.Op)
				assert.Equal(t, poolID, e.Ref.UserPoolID)
			}
			assert.Equal(t, test.job, job.JobID != "")
			jobs, _, err := cognito.List(t.Context(), poolID, importjob.Page{})
			require.NoError(t, err)
			assert.Len(t, jobs, test.created)
			if test.job {
				assert.Equal(t, jobs[0], job)
			}
		})
	}
}

func TestInterceptCodeIsTheCodeOfTheError(t *testing.T) {
	refuse := func(context.Context, *backend.Call, func(context.Context) error) error {
		return importjob.ErrTooManyRequests
	}
	var seen error
	look := func(ctx context.Context, _ *backend.Call, next func(context.Context) error) error {
		seen = next(ctx)
		return seen
	}
	_, err := backend.Intercept(nil, look, refuse).Pool(t.Context(), poolID)
	assert.EqualError(t, err, "DescribeUserPool us-west-2_aaaaaaaaa: TooManyRequestsException")
	assert.Same(t, seen, err, "an outer interceptor sees the error as the caller does")
}

func TestInterceptKeepsItsOwnList(t *testing.T) {
	list := []backend.Interceptor{pass}
	c := backend.Intercept(newMemory(t), list...)
	list[0] = nil
	_, err := c.CSVHeader(t.Context(), poolID)
	assert.NoError(t, err)
}
