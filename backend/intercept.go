package backend

import (
	"context"
	"io"

	"github.com/cognito-import/importjob"
)

// Call is one call of a Client's method, as an [Interceptor] sees it. It holds nothing about a
// user. It belongs to the call: an interceptor that keeps it must copy it.
type Call struct {
	Op    importjob.Op
	Ref   importjob.Ref           // JobID is empty where the operation has none, and for Create until it has answered
	Job   importjob.UserImportJob // what Create, Start, Stop or Describe returned; zero before and for other operations
	Items int                     // number of jobs, result lines or columns returned; zero before and for other operations
}

// Interceptor stands between a caller and a Client. It sees each call and decides what becomes
// of it: next makes the call, and returns nil or an *[importjob.Error].
//
// It may call next never, once, or several times, one after the other. The answer of the last
// successful next is what the caller gets, unless the interceptor returns an error: then the
// caller gets zero values. An interceptor that returns nil without next having succeeded pretends:
// the caller gets zero values and no error.
//
// The body of an Upload is read by the first next. Before a second one somebody has to rewind it,
// and only the caller can.
type Interceptor func(ctx context.Context, call *Call, next func(context.Context) error) error

// Intercept returns a Client whose calls go through the interceptors on their way to c. The first
// is the outermost. They see calls that c will refuse as well: an interceptor counts and logs
// what was asked.
//
// An error that is no *[importjob.Error] becomes the cause of one; an [importjob.Code] becomes
// its Code. An interceptor can therefore return importjob.ErrTooManyRequests as it is.
func Intercept(c importjob.Client, interceptors ...Interceptor) importjob.Client {
	return intercepted{c, append([]Interceptor(nil), interceptors...)}
}

type intercepted struct {
	c            importjob.Client
	interceptors []Interceptor
}

// through sends a call through the interceptors to last.
func (k intercepted) through(ctx context.Context, call *Call, last func(context.Context) error) error {
	next := last
	for i := len(k.interceptors) - 1; i >= 0; i-- {
		intercept, inner := k.interceptors[i], next
		next = func(ctx context.Context) error { return call.wrap(intercept(ctx, call, inner)) }
	}
	return call.wrap(next(ctx))
}

// wrap gives an error the form that a Client returns.
func (c *Call) wrap(err error) error {
	if code, ok := err.(importjob.Code); ok {
		err = &importjob.Error{Code: code}
	}
	return Wrap(c.Op, c.Ref, err)
}

// answer makes a call that returns a value, and notes the value in the Call.
func answer[T any](ctx context.Context, k intercepted, call *Call,
	do func(context.Context) (T, error), note func(T)) (T, error) {
	var got T
	err := k.through(ctx, call, func(ctx context.Context) error {
		v, err := do(ctx)
		if err == nil {
			got = v
			note(v)
		}
		return err
	})
	if err != nil {
		var zero T
		return zero, err
	}
	return got, nil
}

// noteJob is the note of a call that returns a job.
func (c *Call) noteJob(job importjob.UserImportJob) {
	c.Job = job
	c.Ref.JobID = job.JobID
}

func (k intercepted) CSVHeader(ctx context.Context, userPoolID string) ([]string, error) {
	call := &Call{Op: importjob.OpCSVHeader, Ref: importjob.Ref{UserPoolID: userPoolID}}
	return answer(ctx, k, call, func(ctx context.Context) ([]string, error) {
		return k.c.CSVHeader(ctx, userPoolID)
	}, func(header []string) { call.Items = len(header) })
}

func (k intercepted) Create(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	call := &Call{Op: importjob.OpCreate, Ref: importjob.Ref{UserPoolID: in.UserPoolID}}
	return answer(ctx, k, call, func(ctx context.Context) (importjob.UserImportJob, error) {
		return k.c.Create(ctx, in)
	}, call.noteJob)
}

func (k intercepted) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	call := &Call{Op: importjob.OpUpload, Ref: job.Ref()}
	return k.through(ctx, call, func(ctx context.Context) error {
		return k.c.Upload(ctx, job, body, size)
	})
}

func (k intercepted) Start(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return k.job(ctx, importjob.OpStart, ref, k.c.Start)
}

func (k intercepted) Stop(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return k.job(ctx, importjob.OpStop, ref, k.c.Stop)
}

func (k intercepted) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return k.job(ctx, importjob.OpDescribe, ref, k.c.Describe)
}

// job is what the three methods that take the name of a job and return it have in common.
func (k intercepted) job(ctx context.Context, op importjob.Op, ref importjob.Ref,
	do func(context.Context, importjob.Ref) (importjob.UserImportJob, error)) (importjob.UserImportJob, error) {
	call := &Call{Op: op, Ref: ref}
	return answer(ctx, k, call, func(ctx context.Context) (importjob.UserImportJob, error) {
		return do(ctx, ref)
	}, call.noteJob)
}

// paged is a page and the token of the next.
type paged[T any] struct {
	items []T
	next  string
}

func (k intercepted) List(ctx context.Context, userPoolID string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	call := &Call{Op: importjob.OpList, Ref: importjob.Ref{UserPoolID: userPoolID}}
	got, err := answer(ctx, k, call, func(ctx context.Context) (paged[importjob.UserImportJob], error) {
		jobs, next, err := k.c.List(ctx, userPoolID, page)
		return paged[importjob.UserImportJob]{jobs, next}, err
	}, func(p paged[importjob.UserImportJob]) { call.Items = len(p.items) })
	return got.items, got.next, err
}

func (k intercepted) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	call := &Call{Op: importjob.OpResults, Ref: ref}
	got, err := answer(ctx, k, call, func(ctx context.Context) (paged[importjob.RowResult], error) {
		rows, next, err := k.c.Results(ctx, ref, page)
		return paged[importjob.RowResult]{rows, next}, err
	}, func(p paged[importjob.RowResult]) { call.Items = len(p.items) })
	return got.items, got.next, err
}

func (k intercepted) Pool(ctx context.Context, userPoolID string) (importjob.Pool, error) {
	call := &Call{Op: importjob.OpPool, Ref: importjob.Ref{UserPoolID: userPoolID}}
	return answer(ctx, k, call, func(ctx context.Context) (importjob.Pool, error) {
		return k.c.Pool(ctx, userPoolID)
	}, func(importjob.Pool) {})
}
