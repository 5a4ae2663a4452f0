package bulk

import (
	"context"

	"github.com/cognito-import/importjob"
)

// Hooks are the hooks that the tests in package bulk_test set.
type Hooks struct {
	Step        func(name string) error
	SorterBytes int
	SorterRuns  int
}

func (h Hooks) hooks() hooks {
	return hooks{step: h.Step, sorterBytes: h.SorterBytes, sorterRuns: h.SorterRuns}
}

// ImportWith is Import with hooks.
func ImportWith(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options, h Hooks) (Summary, error) {
	return importWith(ctx, c, in, source, dir, opts, h.hooks())
}

// PlanWith is Plan with hooks.
func PlanWith(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options, h Hooks) (Planned, error) {
	return planWith(ctx, c, in, source, dir, opts, h.hooks())
}
