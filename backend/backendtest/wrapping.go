package backendtest

import (
	"context"
	"errors"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// Wrapping returns a Config that tests a decorator: a function that wraps a Client in another Client.
// For each rule, New makes a fresh [memory.Cognito] with [Setup.Memory] and calls wrap with it.
//
// The fixtures let time pass with [time.Sleep]. Use the Config with [Run], which makes a bubble for each
// rule, or call [Check] in a bubble of your own. Outside of a bubble the rules would sleep for days.
func Wrapping(wrap func(importjob.Client) importjob.Client) Config {
	return Config{New: func(ctx context.Context, setup Setup) (Fixture, error) {
		cognito, err := setup.Memory(ctx, nil)
		if err != nil {
			return Fixture{}, err
		}
		return Fixture{Client: wrap(cognito), Directory: cognito, Advance: time.Sleep}, nil
	}}
}

// Memory makes a memory.Cognito as s asks, with the pools of s. If change is not nil, Memory calls it with
// the options first: a fixture with a clock of its own sets Now.
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
