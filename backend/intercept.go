package backend

import (
	"context"
	"io"
	"slices"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// Intercept returns a Client that passes each call through the interceptors to c. The first interceptor is the
// outermost: it is called first, and sees the answer last. Interceptors also see calls with invalid
// input or an ended context, which c refuses.
//
// An interceptor can return any error: [Wrap] makes it an *[importjob.Error]. It can return
// importjob.ErrTooManyRequests as it is, or annotate an error with fmt.Errorf("audit: %w", err). Without interceptors,
// the Client does what c does, and wraps its errors.
func Intercept(c importjob.Client, interceptors ...Interceptor) importjob.Client {
	return interceptedClient{c, slices.Clone(interceptors)}
}

// InterceptUsers is [Intercept] for a [userpool.Users].
func InterceptUsers(u userpool.Users, interceptors ...Interceptor) userpool.Users {
	return interceptedUsers{u, slices.Clone(interceptors)}
}

// InterceptPools is [Intercept] for a [userpool.Pools].
func InterceptPools(p userpool.Pools, interceptors ...Interceptor) userpool.Pools {
	return interceptedPools{p, slices.Clone(interceptors)}
}

// InterceptPasswords is [Intercept] for a [userpool.Passwords].
func InterceptPasswords(p userpool.Passwords, interceptors ...Interceptor) userpool.Passwords {
	return interceptedPasswords{p, slices.Clone(interceptors)}
}

// InterceptClients is [Intercept] for a [userpool.Clients].
func InterceptClients(c userpool.Clients, interceptors ...Interceptor) userpool.Clients {
	return interceptedClients{c, slices.Clone(interceptors)}
}

// aboutPool returns the Call of an operation that is about a pool and no job.
func aboutPool(op importjob.Op, userPoolID string, input any) *Call {
	return &Call{Op: op, Ref: importjob.Ref{UserPoolID: userPoolID}, input: input}
}

// paged puts the items and the token that a listing returns into one value.
func paged[T any](items []T, next string, err error) (Paged[T], error) {
	return Paged[T]{Items: items, NextToken: next}, err
}

// unpaged is the reverse of paged.
func unpaged[T any](p Paged[T], err error) ([]T, string, error) { return p.Items, p.NextToken, err }

// interceptors are the interceptors of one value, the first one outermost.
type interceptors []Interceptor

// do makes a call that returns only an error.
func (k interceptors) do(ctx context.Context, op importjob.Op, userPoolID string, input any, next func(context.Context) error) error {
	_, err := intercept(ctx, k, aboutPool(op, userPoolID, input),
		func(ctx context.Context) (noValue, error) { return noValue{}, next(ctx) })
	return err
}

type interceptedClient struct {
	c importjob.Client
	interceptors
}

func (k interceptedClient) CSVHeader(ctx context.Context, userPoolID string) ([]string, error) {
	return intercept(ctx, k.interceptors, aboutPool(importjob.OpCSVHeader, userPoolID, userPoolID),
		func(ctx context.Context) ([]string, error) { return k.c.CSVHeader(ctx, userPoolID) })
}

func (k interceptedClient) Create(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	return intercept(ctx, k.interceptors, aboutPool(importjob.OpCreate, in.UserPoolID, in),
		func(ctx context.Context) (importjob.UserImportJob, error) { return k.c.Create(ctx, in) })
}

func (k interceptedClient) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	call := &Call{Op: importjob.OpUpload, Ref: job.Ref(), input: UploadInput{Job: job, Body: body, Size: size}}
	_, err := intercept(ctx, k.interceptors, call,
		func(ctx context.Context) (noValue, error) { return noValue{}, k.c.Upload(ctx, job, body, size) })
	return err
}

func (k interceptedClient) Start(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return k.job(ctx, importjob.OpStart, ref, k.c.Start)
}

func (k interceptedClient) Stop(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return k.job(ctx, importjob.OpStop, ref, k.c.Stop)
}

func (k interceptedClient) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return k.job(ctx, importjob.OpDescribe, ref, k.c.Describe)
}

// job makes a call that takes the name of a job and returns the job.
func (k interceptedClient) job(ctx context.Context, op importjob.Op, ref importjob.Ref,
	do func(context.Context, importjob.Ref) (importjob.UserImportJob, error)) (importjob.UserImportJob, error) {
	return intercept(ctx, k.interceptors, &Call{Op: op, Ref: ref, input: ref},
		func(ctx context.Context) (importjob.UserImportJob, error) { return do(ctx, ref) })
}

func (k interceptedClient) List(ctx context.Context, userPoolID string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	return unpaged(intercept(ctx, k.interceptors, aboutPool(importjob.OpList, userPoolID, ListInput{UserPoolID: userPoolID, Page: page}),
		func(ctx context.Context) (Paged[importjob.UserImportJob], error) {
			return paged(k.c.List(ctx, userPoolID, page))
		}))
}

func (k interceptedClient) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	return unpaged(intercept(ctx, k.interceptors, &Call{Op: importjob.OpResults, Ref: ref, input: ResultsInput{Ref: ref, Page: page}},
		func(ctx context.Context) (Paged[importjob.RowResult], error) {
			return paged(k.c.Results(ctx, ref, page))
		}))
}

func (k interceptedClient) Pool(ctx context.Context, userPoolID string) (importjob.Pool, error) {
	return intercept(ctx, k.interceptors, aboutPool(importjob.OpPool, userPoolID, userPoolID),
		func(ctx context.Context) (importjob.Pool, error) { return k.c.Pool(ctx, userPoolID) })
}
