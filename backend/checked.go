package backend

import (
	"context"
	"io"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// Checked returns a Client that does what every Client must do, and then calls c:
//
//   - If the context has ended, a method returns the context's cause and does not call c.
//   - If the service's model forbids the input, a method returns an [importjob.ErrInvalidParameter] and does not
//     call c.
//   - If c returns an error, a method returns zero values, and the error as an *[importjob.Error]; see [Wrap].
//
// A new Client can therefore rely on valid input, and return any error and any value with it. Callers retry
// an error without a Code ([importjob.Retryable]), unless it is [errors.ErrUnsupported].
func Checked(c importjob.Client) importjob.Client { return checkedClient{c} }

// CheckedUsers is [Checked] for a [userpool.Users].
func CheckedUsers(u userpool.Users) userpool.Users { return checkedUsers{u} }

// CheckedPools is [Checked] for a [userpool.Pools].
func CheckedPools(p userpool.Pools) userpool.Pools { return checkedPools{p} }

// CheckedPasswords is [Checked] for a [userpool.Passwords].
func CheckedPasswords(p userpool.Passwords) userpool.Passwords { return checkedPasswords{p} }

// CheckedClients is [Checked] for a [userpool.Clients].
func CheckedClients(c userpool.Clients) userpool.Clients { return checkedClients{c} }

// checked calls call if the context has not ended and invalid, the error of the input, is nil.
func checked[T any](ctx context.Context, op importjob.Op, ref importjob.Ref, invalid error, call func() (T, error)) (T, error) {
	var zero T
	if ctx.Err() != nil {
		invalid = context.Cause(ctx)
	}
	if invalid != nil {
		return zero, Wrap(op, ref, invalid)
	}
	v, err := call()
	if err != nil {
		return zero, Wrap(op, ref, err)
	}
	return v, nil
}

// done is checked for a method that returns only an error.
func done(ctx context.Context, op importjob.Op, ref importjob.Ref, invalid error, call func() error) error {
	_, err := checked(ctx, op, ref, invalid, func() (noValue, error) { return noValue{}, call() })
	return err
}

// pool returns the Ref of a call that is about a pool and no job.
func pool(userPoolID string) importjob.Ref { return importjob.Ref{UserPoolID: userPoolID} }

type checkedClient struct{ c importjob.Client }

func (k checkedClient) CSVHeader(ctx context.Context, userPoolID string) ([]string, error) {
	return checked(ctx, importjob.OpCSVHeader, pool(userPoolID), ValidateUserPoolID(userPoolID),
		func() ([]string, error) { return k.c.CSVHeader(ctx, userPoolID) })
}

func (k checkedClient) Create(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	return checked(ctx, importjob.OpCreate, pool(in.UserPoolID), in.Validate(),
		func() (importjob.UserImportJob, error) { return k.c.Create(ctx, in) })
}

func (k checkedClient) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	return done(ctx, importjob.OpUpload, job.Ref(), ValidateUpload(job, body, size),
		func() error { return k.c.Upload(ctx, job, body, size) })
}

func (k checkedClient) Start(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return checked(ctx, importjob.OpStart, ref, ref.Validate(),
		func() (importjob.UserImportJob, error) { return k.c.Start(ctx, ref) })
}

func (k checkedClient) Stop(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return checked(ctx, importjob.OpStop, ref, ref.Validate(),
		func() (importjob.UserImportJob, error) { return k.c.Stop(ctx, ref) })
}

func (k checkedClient) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return checked(ctx, importjob.OpDescribe, ref, ref.Validate(),
		func() (importjob.UserImportJob, error) { return k.c.Describe(ctx, ref) })
}

func (k checkedClient) List(ctx context.Context, userPoolID string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	return unpaged(checked(ctx, importjob.OpList, pool(userPoolID), ValidateList(userPoolID, page),
		func() (Paged[importjob.UserImportJob], error) { return paged(k.c.List(ctx, userPoolID, page)) }))
}

func (k checkedClient) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	return unpaged(checked(ctx, importjob.OpResults, ref, ValidateResults(ref, page),
		func() (Paged[importjob.RowResult], error) { return paged(k.c.Results(ctx, ref, page)) }))
}

func (k checkedClient) Pool(ctx context.Context, userPoolID string) (importjob.Pool, error) {
	return checked(ctx, importjob.OpPool, pool(userPoolID), ValidateUserPoolID(userPoolID),
		func() (importjob.Pool, error) { return k.c.Pool(ctx, userPoolID) })
}
