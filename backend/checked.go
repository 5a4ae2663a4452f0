package backend

import (
	"context"
	"io"

	"github.com/cognito-import/importjob"
)

// Checked wraps a Client so that it keeps what [importjob.Client] promises of every method:
// it refuses a context that has ended and an input that the service's model forbids before
// calling c, returns zero values with an error, and makes every error an *[importjob.Error].
func Checked(c importjob.Client) importjob.Client { return checked{c} }

type checked struct{ c importjob.Client }

// guard is what comes before every call: invalid is the outcome of validating its input.
func guard(ctx context.Context, op importjob.Op, ref importjob.Ref, invalid error) error {
	if ctx.Err() != nil {
		return Wrap(op, ref, context.Cause(ctx))
	}
	return Wrap(op, ref, invalid)
}

// result is what comes after every call.
func result[T any](op importjob.Op, ref importjob.Ref, v T, err error) (T, error) {
	if err != nil {
		var zero T
		return zero, Wrap(op, ref, err)
	}
	return v, nil
}

func (k checked) CSVHeader(ctx context.Context, userPoolID string) ([]string, error) {
	ref := importjob.Ref{UserPoolID: userPoolID}
	if err := guard(ctx, importjob.OpCSVHeader, ref, ValidateUserPoolID(userPoolID)); err != nil {
		return nil, err
	}
	header, err := k.c.CSVHeader(ctx, userPoolID)
	return result(importjob.OpCSVHeader, ref, header, err)
}

func (k checked) Create(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	ref := importjob.Ref{UserPoolID: in.UserPoolID}
	if err := guard(ctx, importjob.OpCreate, ref, in.Validate()); err != nil {
		return importjob.UserImportJob{}, err
	}
	job, err := k.c.Create(ctx, in)
	return result(importjob.OpCreate, ref, job, err)
}

func (k checked) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	if err := guard(ctx, importjob.OpUpload, job.Ref(), ValidateUpload(job, body, size)); err != nil {
		return err
	}
	return Wrap(importjob.OpUpload, job.Ref(), k.c.Upload(ctx, job, body, size))
}

func (k checked) Start(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return job(ctx, importjob.OpStart, ref, k.c.Start)
}

func (k checked) Stop(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return job(ctx, importjob.OpStop, ref, k.c.Stop)
}

func (k checked) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return job(ctx, importjob.OpDescribe, ref, k.c.Describe)
}

// job is what the three methods that take the name of a job and return it have in common.
func job(ctx context.Context, op importjob.Op, ref importjob.Ref,
	call func(context.Context, importjob.Ref) (importjob.UserImportJob, error)) (importjob.UserImportJob, error) {
	if err := guard(ctx, op, ref, ref.Validate()); err != nil {
		return importjob.UserImportJob{}, err
	}
	job, err := call(ctx, ref)
	return result(op, ref, job, err)
}

func (k checked) List(ctx context.Context, userPoolID string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	ref := importjob.Ref{UserPoolID: userPoolID}
	if err := guard(ctx, importjob.OpList, ref, ValidateList(userPoolID, page)); err != nil {
		return nil, "", err
	}
	jobs, next, err := k.c.List(ctx, userPoolID, page)
	if err != nil {
		return nil, "", Wrap(importjob.OpList, ref, err)
	}
	return jobs, next, nil
}

func (k checked) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	if err := guard(ctx, importjob.OpResults, ref, ValidateResults(ref, page)); err != nil {
		return nil, "", err
	}
	rows, next, err := k.c.Results(ctx, ref, page)
	if err != nil {
		return nil, "", Wrap(importjob.OpResults, ref, err)
	}
	return rows, next, nil
}

func (k checked) Pool(ctx context.Context, userPoolID string) (importjob.Pool, error) {
	ref := importjob.Ref{UserPoolID: userPoolID}
	if err := guard(ctx, importjob.OpPool, ref, ValidateUserPoolID(userPoolID)); err != nil {
		return importjob.Pool{}, err
	}
	pool, err := k.c.Pool(ctx, userPoolID)
	return result(importjob.OpPool, ref, pool, err)
}
