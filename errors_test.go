package importjob_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

var jobRef = importjob.Ref{UserPoolID: "us-west-2_a", JobID: "import-1"}

func TestErrorForms(t *testing.T) {
	cause := errors.New("connection reset")
	for _, tt := range []struct {
		err  importjob.Error
		want string
	}{
		{importjob.Error{Op: importjob.OpStart, Ref: jobRef, Code: importjob.ErrResourceNotFound, Message: "No such job."},
			"StartUserImportJob us-west-2_a/import-1: ResourceNotFoundException: No such job."},
		{importjob.Error{Op: importjob.OpStart, Ref: jobRef, Code: importjob.ErrResourceNotFound, Message: "No such job.", Err: cause},
			"StartUserImportJob us-west-2_a/import-1: ResourceNotFoundException: No such job."},
		{importjob.Error{Op: importjob.OpStart, Ref: jobRef, Err: cause}, "StartUserImportJob us-west-2_a/import-1: connection reset"},
		{importjob.Error{Op: userpool.OpPools, Code: importjob.ErrInternal}, "ListUserPools: InternalErrorException"},
		{importjob.Error{Ref: jobRef, Code: importjob.ErrInternal}, "us-west-2_a/import-1: InternalErrorException"},
		{importjob.Error{Code: importjob.ErrInternal, Err: cause}, "InternalErrorException: connection reset"},
		{importjob.Error{Message: "words"}, "words"},
		{importjob.Error{}, ""},
	} {
		assert.Equal(t, tt.want, tt.err.Error())
	}
}

func TestErrorUnwrapHasNoEmptyMembers(t *testing.T) {
	assert.Empty(t, (&importjob.Error{Op: importjob.OpStop, Message: "x"}).Unwrap())
	assert.Equal(t, []error{importjob.ErrResourceNotFound}, (&importjob.Error{Code: importjob.ErrResourceNotFound}).Unwrap())
	assert.Equal(t, []error{io.EOF}, (&importjob.Error{Err: io.EOF}).Unwrap())
	assert.Equal(t, []error{importjob.ErrResourceNotFound, io.EOF}, (&importjob.Error{Code: importjob.ErrResourceNotFound, Err: io.EOF}).Unwrap())
	assert.False(t, errors.Is(&importjob.Error{}, importjob.Code("")), "no code is not a code")
}

func TestCodesAreErrorsSpelledAsOnTheWire(t *testing.T) {
	err := fmt.Errorf("import: %w", &importjob.Error{Code: importjob.ErrTooManyRequests, Err: io.ErrUnexpectedEOF})
	assert.ErrorIs(t, err, importjob.ErrTooManyRequests)
	assert.ErrorIs(t, err, importjob.Code("TooManyRequestsException"))
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.NotErrorIs(t, err, importjob.ErrResourceNotFound)
	var code importjob.Code
	require.ErrorAs(t, err, &code)
	assert.Equal(t, "TooManyRequestsException", code.Error())
}

func TestWrap(t *testing.T) {
	require.NoError(t, backend.Wrap(importjob.OpStop, jobRef, nil))
	assert.Nil(t, backend.Wrap(importjob.OpStop, jobRef, nil), "not a typed nil")

	t.Run("a foreign error becomes the cause", func(t *testing.T) {
		err := backend.Wrap(importjob.OpStop, jobRef, context.Canceled)
		assert.Equal(t, &importjob.Error{Op: importjob.OpStop, Ref: jobRef, Err: context.Canceled}, err)
		assert.ErrorIs(t, err, context.Canceled)
	})
	t.Run("a full error is returned as it is", func(t *testing.T) {
		full := &importjob.Error{Op: importjob.OpList, Ref: importjob.Ref{JobID: "import-2"}, Code: importjob.ErrResourceNotFound}
		assert.Same(t, full, backend.Wrap(importjob.OpStop, jobRef, full))
	})
	t.Run("what lacks is filled in on a copy", func(t *testing.T) {
		for _, lacking := range []importjob.Error{
			{Code: importjob.ErrResourceNotFound, Message: "m", Err: io.EOF},
			{Op: importjob.OpStop, Code: importjob.ErrResourceNotFound, Message: "m", Err: io.EOF},
			{Ref: jobRef, Code: importjob.ErrResourceNotFound, Message: "m", Err: io.EOF},
		} {
			before := lacking
			assert.Equal(t, &importjob.Error{Op: importjob.OpStop, Ref: jobRef, Code: importjob.ErrResourceNotFound, Message: "m", Err: io.EOF},
				backend.Wrap(importjob.OpStop, jobRef, &lacking))
			assert.Equal(t, before, lacking, "the error given is not changed")
		}
	})
	t.Run("nothing that is there is overwritten", func(t *testing.T) {
		own := &importjob.Error{Op: importjob.OpCreate, Message: "m"}
		assert.Equal(t, &importjob.Error{Op: importjob.OpCreate, Ref: jobRef, Message: "m"}, backend.Wrap(importjob.OpStop, jobRef, own))
		partial := &importjob.Error{Ref: importjob.Ref{UserPoolID: "other_1"}}
		assert.Equal(t, &importjob.Error{Op: importjob.OpStop, Ref: importjob.Ref{UserPoolID: "other_1"}}, backend.Wrap(importjob.OpStop, jobRef, partial))
	})
	t.Run("twice is once", func(t *testing.T) {
		once := backend.Wrap(importjob.OpStop, jobRef, io.EOF)
		assert.Same(t, once, backend.Wrap(importjob.OpStart, importjob.Ref{}, once))
	})
	t.Run("an error further down keeps its code", func(t *testing.T) {
		inner := fmt.Errorf("after 3 attempts: %w", &importjob.Error{Op: importjob.OpStart, Code: importjob.ErrLimitExceeded})
		assert.ErrorIs(t, backend.Wrap(importjob.OpStop, jobRef, inner), importjob.ErrLimitExceeded)
	})
}

func TestJobError(t *testing.T) {
	job := secretJob()
	job.Status, job.CompletionMessage = importjob.StatusFailed, importjob.MessageTooManyFailed
	err := error(&importjob.JobError{Job: job})
	assert.EqualError(t, err, "job us-west-2_a/import-1 ended Failed: Too many users have failed or been skipped during the import."+
		" (1 imported, 2 skipped, 3 failed)")
}

func TestRetryable(t *testing.T) {
	wrap := func(err error) error { return backend.Wrap(importjob.OpStart, jobRef, err) }
	timeout := fmt.Errorf("dial: %w", io.ErrUnexpectedEOF)
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"nil":                      {nil, false},
		"throttled":                {wrap(importjob.ErrTooManyRequests), true},
		"throttled, bare":          {importjob.ErrTooManyRequests, true},
		"internal":                 {wrap(&importjob.Error{Code: importjob.ErrInternal, Err: timeout}), true},
		"not answered":             {wrap(timeout), true},
		"not answered, wrapped":    {fmt.Errorf("import: %w", wrap(timeout)), true},
		"foreign error":            {timeout, false},
		"canceled":                 {wrap(context.Canceled), false},
		"deadline of one request":  {wrap(fmt.Errorf("x: %w", context.DeadlineExceeded)), true},
		"canceled while throttled": {wrap(errors.Join(context.Canceled, importjob.ErrTooManyRequests)), false},
		"URL expired":              {wrap(importjob.ErrURLExpired), false},
		"URL expired, with code":   {wrap(&importjob.Error{Code: importjob.ErrS3AccessDenied, Err: importjob.ErrURLExpired}), false},
		"not found":                {wrap(&importjob.Error{Code: importjob.ErrResourceNotFound}), false},
		"not found, bare":          {wrap(importjob.ErrResourceNotFound), false},
		"not found, wrapped":       {wrap(fmt.Errorf("again: %w", &importjob.Error{Code: importjob.ErrResourceNotFound})), false},
		"throttled, wrapped":       {wrap(fmt.Errorf("again: %w", &importjob.Error{Code: importjob.ErrTooManyRequests})), true},
		"unknown code":             {wrap(&importjob.Error{Code: "NewException"}), false},
		"not supported":            {wrap(errors.ErrUnsupported), false},
	} {
		assert.Equal(t, tt.want, importjob.Retryable(tt.err), name)
	}
}
