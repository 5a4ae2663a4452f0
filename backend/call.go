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

// Call is one call of a method, as an [Interceptor] sees it. [Call.Input] and [Call.Output] return values of these
// types:
//
//	method       Input                  Output
//	CSVHeader    string                 []string
//	Create       importjob.CreateInput  importjob.UserImportJob
//	Upload       UploadInput            none
//	Start        importjob.Ref          importjob.UserImportJob
//	Stop         importjob.Ref          importjob.UserImportJob
//	Describe     importjob.Ref          importjob.UserImportJob
//	List         ListInput              Paged[importjob.UserImportJob]
//	Results      ResultsInput           Paged[importjob.RowResult]
//	Pool         string                 importjob.Pool
//	CreatePool   userpool.Pool          userpool.Pool
//	UpdatePool   userpool.Pool          none
//	DeletePool   string                 none
//	Pools        importjob.Page         Paged[userpool.Pool]
//	AddUser      AddUserInput           userpool.User
//	User         userpool.Ref           userpool.User
//	Users        ListInput              Paged[userpool.User]
//	CountUsers   string                 int64
//	DescribePool string                 userpool.Pool
//
//	UpdateUser                           UpdateUserInput    none
//	DeleteUser, EnableUser, DisableUser  userpool.Ref       none
//	CreateGroup, UpdateGroup             userpool.Group     userpool.Group
//	DeleteGroup                          userpool.GroupRef  none
//	Group                                userpool.GroupRef  userpool.Group
//	Groups                               ListInput          Paged[userpool.Group]
//	GroupsOfUser                         GroupsOfUserInput  Paged[userpool.Group]
//	UsersInGroup                         UsersInGroupInput  Paged[userpool.User]
//	AddUserToGroup, RemoveUserFromGroup  MembershipInput    none
//
//	SetPassword                    SetPasswordInput            none
//	VerifyPassword                 VerifyPasswordInput         userpool.User
//	ForgotPassword, ResetPassword  userpool.Ref                userpool.Code
//	ConfirmForgotPassword          ConfirmForgotPasswordInput  none
//	SRPVerifier                    userpool.Ref                userpool.SRPVerifier
//
//	CreateClient, UpdateClient  userpool.Client  userpool.Client
//	Client                      string           userpool.Client
//	Clients                     ListInput        Paged[userpool.Client]
//	DeleteClient                string           none
//
// A string is the ID of the pool, and for Client and DeleteClient the ID of the client. "none" means that Output returns nil.
//
// A Call that is printed, logged or marshaled shows only its Op and Ref, so it shows no pre-signed URL and no data of
// a user. An interceptor must not use a Call after it has returned. A Call is for one goroutine.
type Call struct {
	Op importjob.Op

	// Ref is the pool, and the job if the call is about a job. For Create it has the JobID after next has
	// succeeded. For Pools, Client and DeleteClient it is empty.
	Ref importjob.Ref

	input    any
	output   any
	answered bool
}

// UploadInput is the input of Upload. next reads Body to its end, so an interceptor that calls next again must first
// seek Body back to where it began.
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

// UpdateUserInput is the input of UpdateUser.
type UpdateUserInput struct {
	Ref        userpool.Ref
	Attributes []userpool.Attribute
}

// GroupsOfUserInput is the input of GroupsOfUser.
type GroupsOfUserInput struct {
	Ref  userpool.Ref
	Page importjob.Page
}

// UsersInGroupInput is the input of UsersInGroup.
type UsersInGroupInput struct {
	Group userpool.GroupRef
	Page  importjob.Page
}

// MembershipInput is the input of AddUserToGroup and RemoveUserFromGroup.
type MembershipInput struct {
	Ref       userpool.Ref
	GroupName string
}

// SetPasswordInput is the input of SetPassword.
type SetPasswordInput struct {
	Ref       userpool.Ref
	Password  string
	Permanent bool
}

// VerifyPasswordInput is the input of VerifyPassword.
type VerifyPasswordInput struct {
	Ref      userpool.Ref
	Password string
}

// ConfirmForgotPasswordInput is the input of ConfirmForgotPassword.
type ConfirmForgotPasswordInput struct {
	Ref      userpool.Ref
	Code     string
	Password string
}

// Paged is the output of a method that lists: one page, and the token of the next page. The token is "" after the
// last page.
type Paged[T any] struct {
	Items     []T
	NextToken string
}

// count returns the number of items, whatever their type.
func (p Paged[T]) count() int { return len(p.Items) }

// Input returns the arguments of the method. Call says which type they have. An interceptor cannot replace them: next
// always passes on the arguments of the caller.
func (c *Call) Input() any { return c.input }

// Output returns the answer: the output of the last next that succeeded, or the value that was given to Answer later.
// It returns nil before there is an answer, and for a method that returns no value. Call says which type it has.
func (c *Call) Output() any { return c.output }

// Answer sets the answer of the call. The caller gets output if the interceptor returns nil. Call says which type
// output must have; for a method that returns no value it is nil. An output of another type makes the call fail.
func (c *Call) Answer(output any) {
	c.output, c.answered = output, true
	if job, ok := output.(importjob.UserImportJob); ok {
		c.Ref.JobID = job.JobID
	}
}

// String returns the operation, the pool and the job, such as "StartUserImportJob us-west-2_aaaaaaaaa/import-123".
func (c Call) String() string { return string(c.Op) + " " + c.Ref.String() }

// GoString returns String.
func (c Call) GoString() string { return c.String() }

// Format prints String for every verb of package fmt.
func (c Call) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue returns a log/slog group with the operation, the pool and the job.
func (c Call) LogValue() slog.Value {
	return slog.GroupValue(slog.String("op", string(c.Op)), slog.String("pool", c.Ref.UserPoolID), slog.String("job", c.Ref.JobID))
}

// ErrNoAnswer is the error of a call whose [Interceptor] returned nil although next did not succeed and the
// interceptor did not call [Call.Answer]. It is a mistake in the interceptor: it must return the error of next, or
// answer the call.
var ErrNoAnswer = errors.New("an interceptor returned nil without an answer: return the error of next, or call Call.Answer")

// Interceptor is a function that is called instead of a method, and decides what the caller gets. It is called once
// for each call, and by several goroutines at once if several goroutines use the Client.
//
// next passes the call on to the next interceptor, and in the end to the Client. After it has returned nil,
// [Call.Output] returns the answer. If the call failed, next returns an *[importjob.Error].
//
// An interceptor calls next once, not at all, or several times one after the other, for example to retry. It can call
// [Call.Answer], instead of next or after it. If it returns nil, the caller gets the last answer; if there is none, the
// call fails with [ErrNoAnswer]. If it returns an error, the caller gets zero values and this error in the form that
// [Wrap] gives it.
type Interceptor func(ctx context.Context, call *Call, next func(context.Context) error) error

// noValue is the type of the answer of a method that returns only an error.
type noValue struct{}

// intercept calls the interceptors, the first one outermost. The innermost next calls do.
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
		return zero, Wrap(call.Op, call.Ref, wrongAnswer(call.output, zero))
	}
	return v, nil
}

// wrongAnswer is the error for an interceptor that called Answer with a value of another type than the method's.
func wrongAnswer(output, zero any) error {
	kind := func(v any) string {
		if _, none := v.(noValue); none || v == nil {
			return "nil"
		}
		return fmt.Sprintf("a value of type %T", v)
	}
	return fmt.Errorf("an interceptor called Call.Answer with %s: this method needs %s", kind(output), kind(zero))
}

// through returns a next that calls an interceptor with the given next.
func (c *Call) through(i Interceptor, next func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		output, answered := c.output, c.answered
		c.output, c.answered = nil, false
		err := i(ctx, c, next)
		if err == nil && !c.answered {
			err = ErrNoAnswer
		}
		if err != nil { // restore the answer that an outer interceptor got from an earlier next
			c.output, c.answered = output, answered
		}
		return Wrap(c.Op, c.Ref, err)
	}
}
