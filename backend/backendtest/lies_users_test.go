package backendtest_test

import (
	"context"
	"errors"
	"iter"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// lie is what a mutant makes of a memory.
type lie = func(*memory.Cognito) backend.Interceptor

// when calls do instead of an operation. do gets the call and next.
func when(op importjob.Op, do func(ctx context.Context, call *backend.Call, next func(context.Context) error) error) lie {
	return func(*memory.Cognito) backend.Interceptor {
		return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if call.Op != op {
				return next(ctx)
			}
			return do(ctx, call, next)
		}
	}
}

// ignored is the lie that an operation succeeds and does nothing.
func ignored(op importjob.Op, output any) lie {
	return when(op, func(_ context.Context, call *backend.Call, _ func(context.Context) error) error {
		call.Answer(output)
		return nil
	})
}

// taken is the lie that an operation succeeds although it was refused with a code, if the input is such.
func taken[In any](op importjob.Op, code importjob.Code, output any, such func(In) bool) lie {
	return when(op, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		err := next(ctx)
		if in, ok := call.Input().(In); ok && errors.Is(err, code) && such(in) {
			call.Answer(output)
			return nil
		}
		return err
	})
}

// anyRef and others are conditions that always hold.
func anyRef(userpool.Ref) bool           { return true }
func anyGroupRef(userpool.GroupRef) bool { return true }
func anyString(string) bool              { return true }

// saysOther is the lie that an operation is refused with another code.
func saysOther(op importjob.Op, code, other importjob.Code) lie {
	return when(op, func(ctx context.Context, _ *backend.Call, next func(context.Context) error) error {
		if err := next(ctx); !errors.Is(err, code) {
			return err
		}
		return &importjob.Error{Op: op, Code: other}
	})
}

// patient is the lie that an operation does not look at the context.
func patient(op importjob.Op) lie {
	return when(op, func(ctx context.Context, _ *backend.Call, next func(context.Context) error) error {
		return next(context.WithoutCancel(ctx))
	})
}

// answers is a lie about each answer of an operation.
func answers[Out any](op importjob.Op, change func(*backend.Call, Out) Out) lie {
	return when(op, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		if err := next(ctx); err != nil {
			return err
		}
		call.Answer(change(call, call.Output().(Out)))
		return nil
	})
}

// after does more when an operation has succeeded.
func after(op importjob.Op, do func(context.Context, *memory.Cognito, *backend.Call) error) lie {
	return func(c *memory.Cognito) backend.Interceptor {
		return when(op, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			if err := next(ctx); err != nil {
				return err
			}
			return do(ctx, c, call)
		})(c)
	}
}

// both tells two lies.
func both(one, two lie) lie {
	return func(c *memory.Cognito) backend.Interceptor {
		first, second := one(c), two(c)
		return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			return first(ctx, call, func(ctx context.Context) error { return second(ctx, call, next) })
		}
	}
}

// firstPage is the lie that a list ends with its first page.
func firstPage[T any](op importjob.Op) lie {
	return answers(op, func(_ *backend.Call, p backend.Paged[T]) backend.Paged[T] { return backend.Paged[T]{Items: p.Items} })
}

// live are attributes that follow the user.
type live struct {
	c   *memory.Cognito
	ref userpool.Ref
}

func (l live) AttributesOf(int) iter.Seq2[string, string] {
	u, err := l.c.User(context.Background(), l.ref)
	if err != nil {
		return func(func(string, string) bool) {}
	}
	return u.Attributes.All()
}
