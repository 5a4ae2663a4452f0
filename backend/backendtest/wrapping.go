package backendtest

import (
	"context"
	"errors"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// Wrapping returns a Config that checks a decorator: a function that wraps a Client in another Client. For each rule,
// Config.New makes a new [memory.Cognito] with [Setup.Memory], calls wrap with it once, and returns a Fixture with the
// result. Directory, Passwords and Clients of the Fixture are the Cognito; each change is called once and can wrap them.
//
// Fixture.Advance is [time.Sleep]. Use the Config with [Run] in its bubbles, or call [Check] in your own bubble. Outside
// of a bubble the rules would sleep for days.
func Wrapping(wrap func(importjob.Client) importjob.Client, changes ...func(*Fixture)) Config {
	return Config{New: func(ctx context.Context, setup Setup) (Fixture, error) {
		cognito, err := setup.Memory(ctx, nil)
		if err != nil {
			return Fixture{}, err
		}
		f := Fixture{Client: wrap(cognito), Directory: cognito, Passwords: cognito, Clients: cognito, Advance: time.Sleep}
		for _, change := range changes {
			change(&f)
		}
		return f, nil
	}}
}

// Memory returns a new [memory.Cognito] that provides s: it has the pools and the options that s requires. If change is
// not nil, Memory calls it with the options before it makes the Cognito. A fixture with its own clock sets Now in it.
func (s Setup) Memory(ctx context.Context, change func(*memory.Options)) (*memory.Cognito, error) {
	opts := memory.Options{
		PendingFor:    s.PendingFor,
		StoppingFor:   s.StoppingFor,
		RowsPerSecond: s.RowsPerSecond,
		MaxJobs:       s.MaxJobs,
	}
	if s.RoleFails {
		opts.AssumeRole = func(string) error { return errors.New("the role does not trust Cognito") }
	}
	if change != nil {
		change(&opts)
	}
	cognito := memory.New(&opts)
	for _, pool := range s.Pools {
		if _, err := cognito.CreatePool(ctx, userpool.Pool{Pool: pool}); err != nil {
			return nil, err
		}
	}
	return cognito, nil
}
