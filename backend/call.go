package backend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// Call is one call of a method, as an [Interceptor] sees it. Input and Output have these types:
//
//	method       Input                Output
//	CSVHeader    string               []string
//	Create       importjob.CreateInput importjob.UserImportJob
//	Upload       UploadInput          none
//	Start        importjob.Ref        importjob.UserImportJob
//	Stop         importjob.Ref        importjob.UserImportJob
//	Describe     importjob.Ref        importjob.UserImportJob
//	List         ListInput            Paged[importjob.UserImportJob]
//	Results      ResultsInput         Paged[importjob.RowResult]
//	Pool         string               importjob.Pool
//	CreatePool   userpool.Pool        userpool.Pool
//	UpdatePool   userpool.Pool        none
//	DeletePool   string               none
//	Pools        importjob.Page       Paged[userpool.Pool]
//	AddUser      AddUserInput         userpool.User
//	User         userpool.Ref         userpool.User
//	Users        ListInput            Paged[userpool.User]
//	CountUsers   string               int64
//
// A string is the ID of the pool. Printing, logging or marshaling a Call shows its Op and Ref only, so no
// pre-signed URL and nothing about a user. A Call is valid until the interceptor returns.
type Call struct {
	Op  importjob.Op
	Ref importjob.Ref // the pool, and the job where there is one; Create has it when it has answered

	input    any
	output   any
	answered bool
}

// UploadInput is the input of Upload. The first next reads Body; only the caller can rewind it.
type UploadInput struct {
	Job  importjob.UserImportJob
	Body io.Reader
	Size int64
}

// ListInput is the input of List and Users.
type ListInput struct {
	UserPoolID string
	Page       importjob.Page
}

// ResultsInput is the input of Results.
type ResultsInput struct {
	Ref  importjob.Ref
	Page importjob.Page
}

// AddUserInput is the input of AddUser.
type AddUserInput struct {
	UserPoolID string
	User       userpool.User
}

// Paged is a page and the token of the next one, "" after the last.
type Paged[T any] struct {
	Items     []T
	NextToken string
}

func (p Paged[T]) count() int { return len(p.Items) }

// Input returns what the caller gave to the method.
func (c *Call) Input() any { return c.input }

// Output returns what the method answered, nil before it has and where it answers no value.
func (c *Call) Output() any { return c.output }

// Answer answers the call: the caller gets output, unless the interceptor returns an error. The type of
// output must be the method's; nil is for a method that answers no value.
func (c *Call) Answer(output any) {
	c.output, c.answered = output, true
	if job, ok := output.(importjob.UserImportJob); ok {
		c.Ref.JobID = job.JobID
	}
}

// String returns the operation, the pool and the job.
func (c Call) String() string { return string(c.Op) + " " + c.Ref.String() }

// GoString is String.
func (c Call) GoString() string { return c.String() }

// Format makes every verb print String.
func (c Call) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue gives log/slog the operation, the pool and the job.
func (c Call) LogValue() slog.Value {
	return slog.GroupValue(slog.String("op", string(c.Op)), slog.String("pool", c.Ref.UserPoolID), slog.String("job", c.Ref.JobID))
}

// ErrNoAnswer reports an interceptor that returned nil although it did not answer and its next did not
// succeed.
var ErrNoAnswer = errors.New("an interceptor neither answered nor had next succeed")

// Interceptor is a function between a caller and an implementation. It sees each call and decides what
// becomes of it. next makes the call; it returns nil or an *[importjob.Error], and [Call.Output] is then
// the answer.
//
// An interceptor may call next never, once, or several times one after the other. It may answer itself by
// [Call.Answer], instead of next or after it. The caller gets the last answer, or zero values and the
// error that the interceptor returns. An interceptor that returns nil without an answer fails the call
// with [ErrNoAnswer].
type Interceptor func(ctx context.Context, call *Call, next func(context.Context) error) error

// noValue is the answer of a method that answers none.
type noValue struct{}

// intercept sends a call through interceptors, the first outermost, to do.
func intercept[T any](ctx context.Context, interceptors []Interceptor, call *Call, do func(context.Context) (T, error)) (T, error) {
	var zero T
	next := func(ctx context.Context) error {
		v, err := do(ctx)
		if err != nil {
			return Wrap(call.Op, call.Ref, err)
		}
		if _, none := any(v).(noValue); none {
			call.Answer(nil)
		} else {
			call.Answer(v)
		}
		return nil
	}
	for i := len(interceptors) - 1; i >= 0; i-- {
		next = call.through(interceptors[i], next)
	}
	if err := next(ctx); err != nil {
		return zero, err
	}
	v, ok := call.output.(T)
	if _, none := any(zero).(noValue); none {
		ok = call.output == nil
	}
	if !ok {
		return zero, Wrap(call.Op, call.Ref, fmt.Errorf("an interceptor answered with a %T, not a %T", call.output, zero))
	}
	return v, nil
}

// through puts an interceptor before next.
func (c *Call) through(i Interceptor, next func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		output, answered := c.output, c.answered
		c.output, c.answered = nil, false
		err := i(ctx, c, next)
		if err == nil && !c.answered {
			err = ErrNoAnswer
		}
		if err != nil { // an answer that an outer interceptor got before counts
			c.output, c.answered = output, answered
		}
		return Wrap(c.Op, c.Ref, err)
	}
}
