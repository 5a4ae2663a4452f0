package backend

import (
	"cmp"
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
	_, err := checked(ctx, importjob.OpUpload, job.Ref(), ValidateUpload(job, body, size),
		func() (noValue, error) { return noValue{}, k.c.Upload(ctx, job, body, size) })
	return err
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

type checkedUsers struct{ u userpool.Users }

func (k checkedUsers) AddUser(ctx context.Context, userPoolID string, user userpool.User) (userpool.User, error) {
	ref := userpool.Ref{UserPoolID: userPoolID, Username: user.Username}
	return checked(ctx, userpool.OpAddUser, pool(userPoolID), ref.Validate(),
		func() (userpool.User, error) { return k.u.AddUser(ctx, userPoolID, user) })
}

func (k checkedUsers) User(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
	return checked(ctx, userpool.OpUser, pool(ref.UserPoolID), ref.Validate(),
		func() (userpool.User, error) { return k.u.User(ctx, ref) })
}

func (k checkedUsers) Users(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.User, string, error) {
	return unpaged(checked(ctx, userpool.OpUsers, pool(userPoolID), ValidateList(userPoolID, page),
		func() (Paged[userpool.User], error) { return paged(k.u.Users(ctx, userPoolID, page)) }))
}

func (k checkedUsers) CountUsers(ctx context.Context, userPoolID string) (int64, error) {
	return checked(ctx, userpool.OpCountUsers, pool(userPoolID), ValidateUserPoolID(userPoolID),
		func() (int64, error) { return k.u.CountUsers(ctx, userPoolID) })
}

type checkedPools struct{ p userpool.Pools }

// validatePool checks the settings of a pool. An empty ID counts as id, and an empty name as the ID.
func validatePool(p importjob.Pool, id string) error {
	p.ID = cmp.Or(p.ID, id)
	p.Name = cmp.Or(p.Name, p.ID)
	return p.Validate()
}

func (k checkedPools) CreatePool(ctx context.Context, set userpool.Pool) (userpool.Pool, error) {
	return checked(ctx, userpool.OpCreatePool, pool(set.ID), validatePool(set.Pool, "us-west-2_000000000"),
		func() (userpool.Pool, error) { return k.p.CreatePool(ctx, set) })
}

func (k checkedPools) UpdatePool(ctx context.Context, set userpool.Pool) error {
	_, err := checked(ctx, userpool.OpUpdatePool, pool(set.ID), validatePool(set.Pool, ""),
		func() (noValue, error) { return noValue{}, k.p.UpdatePool(ctx, set) })
	return err
}

func (k checkedPools) DeletePool(ctx context.Context, userPoolID string) error {
	_, err := checked(ctx, userpool.OpDeletePool, pool(userPoolID), ValidateUserPoolID(userPoolID),
		func() (noValue, error) { return noValue{}, k.p.DeletePool(ctx, userPoolID) })
	return err
}

func (k checkedPools) Pools(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
	return unpaged(checked(ctx, userpool.OpPools, importjob.Ref{}, ValidatePage(page),
		func() (Paged[userpool.Pool], error) { return paged(k.p.Pools(ctx, page)) }))
}
