package backend_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

const (
	poolID  = "us-west-2_aaaaaaaaa"
	roleARN = "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole"
)

func input() importjob.CreateInput {
	return importjob.CreateInput{JobName: "job", UserPoolID: poolID, CloudWatchLogsRoleARN: roleARN}
}

func create(t *testing.T, c importjob.Client) importjob.UserImportJob {
	t.Helper()
	job, err := c.Create(t.Context(), input())
	require.NoError(t, err)
	return job
}

// sloppy is a Client that returns values beside errors, and errors of any kind.
type sloppy struct {
	importjob.Client
	err error
}

func (s sloppy) CSVHeader(context.Context, string) ([]string, error) { return []string{"name"}, s.err }
func (s sloppy) Create(context.Context, importjob.CreateInput) (importjob.UserImportJob, error) {
	return importjob.UserImportJob{JobID: "import-1"}, s.err
}
func (s sloppy) Upload(context.Context, importjob.UserImportJob, io.Reader, int64) error {
	return s.err
}
func (s sloppy) Start(context.Context, importjob.Ref) (importjob.UserImportJob, error) {
	return importjob.UserImportJob{JobID: "import-1"}, s.err
}
func (s sloppy) Stop(context.Context, importjob.Ref) (importjob.UserImportJob, error) {
	return importjob.UserImportJob{JobID: "import-1"}, s.err
}
func (s sloppy) Describe(context.Context, importjob.Ref) (importjob.UserImportJob, error) {
	return importjob.UserImportJob{JobID: "import-1"}, s.err
}
func (s sloppy) List(context.Context, string, importjob.Page) ([]importjob.UserImportJob, string, error) {
	return make([]importjob.UserImportJob, 2), "next", s.err
}
func (s sloppy) Results(context.Context, importjob.Ref, importjob.Page) ([]importjob.RowResult, string, error) {
	return make([]importjob.RowResult, 2), "next", s.err
}
func (s sloppy) Pool(context.Context, string) (importjob.Pool, error) {
	return importjob.Pool{ID: poolID, Schema: importjob.ClassicSchema()}, s.err
}

// callAll calls each method of a Client, and returns the errors and what came with them.
func callAll(ctx context.Context, c importjob.Client) (errs map[importjob.Op]error, values map[importjob.Op]any) {
	errs, values = map[importjob.Op]error{}, map[importjob.Op]any{}
	job := importjob.UserImportJob{UserPoolID: poolID, JobID: "import-1", PreSignedURL: "https://s3.invalid/?X-Amz-Signature=s3cr3t"}
	note := func(op importjob.Op, err error, value ...any) { errs[op], values[op] = err, fmt.Sprint(value...) }

	header, err := c.CSVHeader(ctx, poolID)
	note(importjob.OpCSVHeader, err, header)
	created, err := c.Create(ctx, input())
	note(importjob.OpCreate, err, created == importjob.UserImportJob{})
	note(importjob.OpUpload, c.Upload(ctx, job, strings.NewReader(""), 0), true)
	for op, do := range map[importjob.Op]func(context.Context, importjob.Ref) (importjob.UserImportJob, error){
		importjob.OpStart: c.Start, importjob.OpStop: c.Stop, importjob.OpDescribe: c.Describe,
	} {
		got, err := do(ctx, job.Ref())
		note(op, err, got == importjob.UserImportJob{})
	}
	jobs, next, err := c.List(ctx, poolID, importjob.Page{})
	note(importjob.OpList, err, jobs == nil && next == "")
	rows, next, err := c.Results(ctx, job.Ref(), importjob.Page{})
	note(importjob.OpResults, err, rows == nil && next == "")
	pool, err := c.Pool(ctx, poolID)
	note(importjob.OpPool, err, pool.ID == "" && pool.Schema == nil)
	return errs, values
}

// TestWrappersKeepPromises holds for every wrapper, whatever it wraps.
func TestWrappersKeepPromises(t *testing.T) {
	broken := errors.New("broken")
	for _, err := range []error{broken, &importjob.Error{Err: broken}, fmt.Errorf("again: %w", broken)} {
		for name, wrapped := range map[string]importjob.Client{
			"Checked":          backend.Checked(sloppy{err: err}),
			"Intercept":        backend.Intercept(sloppy{err: err}),
			"Intercept, twice": backend.Intercept(backend.Intercept(sloppy{err: err}, pass), pass, pass),
			"all":              backend.Checked(backend.Intercept(backend.Checked(sloppy{err: err}), pass)),
		} {
			t.Run(name, func(t *testing.T) {
				errs, values := callAll(t.Context(), wrapped)
				assert.Len(t, errs, 9)
				for op, err := range errs {
					e, ok := err.(*importjob.Error)
					if assert.True(t, ok, "%s: %T", op, err) {
						assert.Equal(t, op, e.Op)
						assert.Equal(t, poolID, e.Ref.UserPoolID)
						var inner *importjob.Error
						assert.False(t, errors.As(e.Err, &inner), "%s: wrapped twice: %v", op, err)
					}
					assert.ErrorIs(t, err, broken)
					assert.Contains(t, []any{"true", "[]"}, values[op], "%s: not zero", op)
				}
			})
		}
	}
}

func pass(ctx context.Context, _ *backend.Call, next func(context.Context) error) error {
	return next(ctx)
}

func TestCheckedRefusesBeforeTheClient(t *testing.T) {
	unreachable := backend.Checked(struct{ importjob.Client }{}) // a call that got through would panic
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	errs, _ := callAll(ctx, unreachable)
	for op, err := range errs {
		assert.ErrorIs(t, err, cause, op)
	}
	_, err := unreachable.CSVHeader(t.Context(), "no underscore")
	assert.ErrorIs(t, err, importjob.ErrInvalidParameter)
	_, _, err = unreachable.List(t.Context(), poolID, importjob.Page{MaxResults: 61})
	assert.ErrorIs(t, err, importjob.ErrInvalidParameter)
	assert.EqualError(t, unreachable.Upload(t.Context(), importjob.UserImportJob{UserPoolID: poolID, JobID: "import-1"}, nil, 0),
		"PutObject us-west-2_aaaaaaaaa/import-1: InvalidParameterException: the job has no PreSignedURL: pass the job that Create returned")
}
