package backend_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/userpool"
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
	c := backend.Intercept(testpool.New(t, nil), named("outer"), named("inner"))
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
	c := backend.Intercept(testpool.New(t, nil), func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		s := seen{op: call.Op, before: call.Ref}
		assert.Nil(t, call.Output())
		err := next(ctx)
		s.after = call.Ref
		switch output := call.Output().(type) {
		case importjob.UserImportJob:
			s.status = output.Status
		case []string:
			s.items = len(output)
		case backend.Paged[importjob.UserImportJob]:
			s.items = len(output.Items)
		case backend.Paged[importjob.RowResult]:
			s.items = len(output.Items)
		default:
			assert.Nil(t, output)
		}
		calls = append(calls, s)
		return err
	})
	ctx := t.Context()
	file := testpool.CSV("ann", "bob")
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
		{name: "pretends", do: func(context.Context, *backend.Call, next) error { return nil }, is: []error{backend.ErrNoAnswer}},
		{name: "pretends after a failure", is: []error{backend.ErrNoAnswer},
			do: func(ctx context.Context, _ *backend.Call, next next) error {
				ended, cancel := context.WithCancel(ctx)
				cancel()
				_ = next(ended)
				return nil
			}},
		{name: "annotates an error", is: []error{importjob.ErrTooManyRequests},
			do: func(context.Context, *backend.Call, next) error {
				return fmt.Errorf("audit: %w", importjob.ErrTooManyRequests)
			}},
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
			cognito := testpool.New(t, nil)
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

func TestInterceptorAnswers(t *testing.T) {
	type next = func(context.Context) error
	answer := func(output any) backend.Interceptor {
		return func(_ context.Context, call *backend.Call, _ next) error {
			call.Answer(output)
			return nil
		}
	}
	want := importjob.UserImportJob{UserPoolID: poolID, JobID: "import-1"}
	job, err := backend.Intercept(nil, answer(want)).Create(t.Context(), input())
	require.NoError(t, err)
	assert.Equal(t, want, job)

	outer := func(ctx context.Context, call *backend.Call, next next) error {
		err := next(ctx)
		assert.Equal(t, want, call.Output())
		assert.Equal(t, want.Ref(), call.Ref)
		return err
	}
	_, err = backend.Intercept(nil, outer, answer(want)).Create(t.Context(), input())
	require.NoError(t, err)

	jobs, token, err := backend.Intercept(nil, answer(backend.Paged[importjob.UserImportJob]{Items: []importjob.UserImportJob{want}, NextToken: "n"})).
		List(t.Context(), poolID, importjob.Page{})
	require.NoError(t, err)
	assert.Equal(t, []importjob.UserImportJob{want}, jobs)
	assert.Equal(t, "n", token)
	assert.NoError(t, backend.Intercept(nil, answer(nil)).Upload(t.Context(), want, nil, 0))
	assert.NoError(t, backend.InterceptPools(nil, answer(nil)).UpdatePool(t.Context(), userpool.Pool{}))
	assert.NoError(t, backend.InterceptPools(nil, answer(nil)).DeletePool(t.Context(), poolID))

	_, err = backend.Intercept(sloppy{}, answer("no job")).Describe(t.Context(), want.Ref())
	assert.EqualError(t, err, "DescribeUserImportJob us-west-2_aaaaaaaaa/import-1: an interceptor called Call.Answer with a value of type string: this method needs a value of type importjob.UserImportJob")
	_, err = backend.Intercept(sloppy{}, answer(nil)).Describe(t.Context(), want.Ref())
	assert.ErrorContains(t, err, "an interceptor called Call.Answer with nil: this method needs a value of type importjob.UserImportJob")
	assert.ErrorContains(t, backend.Intercept(nil, answer(1)).Upload(t.Context(), want, nil, 0),
		"an interceptor called Call.Answer with a value of type int: this method needs nil")
}

// Each method's call has the input and the output that the documentation of Call says.
func TestCallHasInputAndOutput(t *testing.T) {
	ctx, cognito := t.Context(), testpool.New(t, nil)
	var got []string
	note := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		err := next(ctx)
		got = append(got, fmt.Sprintf("%s %T %T", call.Op, call.Input(), call.Output()))
		return err
	}
	c, users, pools := backend.Intercept(cognito, note), backend.InterceptUsers(cognito, note), backend.InterceptPools(cognito, note)
	callAll(ctx, backend.Intercept(sloppy{}, note))
	slices.Sort(got)
	assert.Equal(t, []string{
		"CreateUserImportJob importjob.CreateInput importjob.UserImportJob",
		"DescribeUserImportJob importjob.Ref importjob.UserImportJob",
		"DescribeUserPool string importjob.Pool",
		"GetCSVHeader string []string",
		"GetLogEvents backend.ResultsInput backend.Paged[github.com/cognito-import/importjob.RowResult]",
		"ListUserImportJobs backend.ListInput backend.Paged[github.com/cognito-import/importjob.UserImportJob]",
		"PutObject backend.UploadInput <nil>",
		"StartUserImportJob importjob.Ref importjob.UserImportJob",
		"StopUserImportJob importjob.Ref importjob.UserImportJob",
	}, got)

	got = nil
	pool, err := pools.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{Name: "n"}})
	require.NoError(t, err)
	require.NoError(t, pools.UpdatePool(ctx, pool))
	_, err = users.AddUser(ctx, pool.ID, userpool.User{Username: "ann"})
	require.NoError(t, err)
	_, err = users.User(ctx, userpool.Ref{UserPoolID: pool.ID, Username: "ann"})
	require.NoError(t, err)
	_, _, err = users.Users(ctx, pool.ID, importjob.Page{})
	require.NoError(t, err)
	n, err := users.CountUsers(ctx, pool.ID)
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
	_, _, err = pools.Pools(ctx, importjob.Page{})
	require.NoError(t, err)
	require.NoError(t, pools.DeletePool(ctx, pool.ID))
	assert.Equal(t, []string{
		"CreateUserPool userpool.Pool userpool.Pool",
		"UpdateUserPool userpool.Pool <nil>",
		"AdminCreateUser backend.AddUserInput userpool.User",
		"AdminGetUser userpool.Ref userpool.User",
		"ListUsers backend.ListInput backend.Paged[github.com/cognito-import/importjob/userpool.User]",
		"DescribeUserPool string int64",
		"ListUserPools importjob.Page backend.Paged[github.com/cognito-import/importjob/userpool.Pool]",
		"DeleteUserPool string <nil>",
	}, got)
	_, err = c.CSVHeader(ctx, pool.ID)
	assert.ErrorIs(t, err, importjob.ErrResourceNotFound)
}

// Nothing that prints a Call shows the pre-signed URL or a user.
func TestCallPrintsNoInput(t *testing.T) {
	var printed bytes.Buffer
	spy := func(_ context.Context, call *backend.Call, _ func(context.Context) error) error {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&printed, verb+"\n", call)
			fmt.Fprintf(&printed, verb+"\n", *call)
			fmt.Fprintf(&printed, verb+"\n", []*backend.Call{call})
			fmt.Fprintf(&printed, verb+"\n", struct{ C backend.Call }{*call})
		}
		slog.New(slog.NewJSONHandler(&printed, nil)).Info("x", "call", call, "calls", []*backend.Call{call}, "value", map[string]any{"c": *call})
		slog.New(slog.NewTextHandler(&printed, nil)).Info("x", "call", call, "calls", []*backend.Call{call})
		call.Answer(nil)
		return nil
	}
	job := importjob.UserImportJob{UserPoolID: poolID, JobID: "import-1", PreSignedURL: "https://s3.invalid/?X-Amz-Signature=s3cr3t"}
	require.NoError(t, backend.Intercept(nil, spy).Upload(t.Context(), job, strings.NewReader("ann"), 3))
	_, _ = backend.InterceptUsers(nil, spy).AddUser(t.Context(), poolID, userpool.User{Username: "s3cr3t"})
	assert.NotContains(t, printed.String(), "s3cr3t")
	assert.Contains(t, printed.String(), "PutObject us-west-2_aaaaaaaaa/import-1")
}

// An annotation keeps the exception, its words and the job, and stays in the text.
func TestAnnotatedErrorKeepsItsException(t *testing.T) {
	audit := func(ctx context.Context, _ *backend.Call, next func(context.Context) error) error {
		if err := next(ctx); err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		return nil
	}
	var log bytes.Buffer
	logging := backend.Logging(slog.New(slog.NewTextHandler(&log, nil)))
	c := backend.Intercept(testpool.New(t, nil), logging, audit)
	job := create(t, c)
	_, err := c.Start(t.Context(), job.Ref())
	var e *importjob.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, []any{importjob.OpStart, job.Ref(), importjob.ErrPreconditionNotMet, "No csv file was uploaded for " + job.JobID},
		[]any{e.Op, e.Ref, e.Code, e.Message})
	assert.EqualError(t, err, "audit: StartUserImportJob "+job.Ref().String()+": PreconditionNotMetException: No csv file was uploaded for "+job.JobID)
	assert.Contains(t, log.String(), "code=PreconditionNotMetException")
	assert.False(t, importjob.Retryable(err))

	assert.ErrorIs(t, backend.Wrap("op", job.Ref(), fmt.Errorf("x: %w", importjob.ErrInternal)), importjob.ErrInternal)
	require.ErrorAs(t, backend.Wrap("op", job.Ref(), fmt.Errorf("x: %w", importjob.ErrInternal)), &e)
	assert.Equal(t, importjob.ErrInternal, e.Code)
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
	c := backend.Intercept(testpool.New(t, nil), list...)
	list[0] = nil
	_, err := c.CSVHeader(t.Context(), poolID)
	assert.NoError(t, err)
}
