package importjob_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// service is a Client that records its calls. They succeed, except those for which a test sets a function.
type service struct {
	importjob.Client
	status   importjob.Status // of the job
	calls    []string
	times    []time.Time
	uploaded []string
	create   func(n int) error // by the number of the call, from 0
	upload   func(n int) error // called when the body has been read
	start    func(n int) error
	describe func(n int) error
	stop     func(ctx context.Context) error
}

func (s *service) note(call string, answer func(int) error) error {
	n := s.count(call)
	s.calls, s.times = append(s.calls, call), append(s.times, time.Now())
	if answer == nil {
		return nil
	}
	return answer(n)
}

func (s *service) count(call string) (n int) {
	for _, c := range s.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (s *service) job(err error) (importjob.UserImportJob, error) {
	if err != nil {
		return importjob.UserImportJob{}, backend.Wrap("op", jobRef, err)
	}
	return importjob.UserImportJob{UserPoolID: jobRef.UserPoolID, JobID: jobRef.JobID, PreSignedURL: "https://x.invalid", Status: s.status}, nil
}

func (s *service) Create(_ context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	s.status = importjob.StatusCreated
	return s.job(s.note("create", s.create))
}

func (s *service) Upload(_ context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	b, err := io.ReadAll(io.LimitReader(body, size))
	if err != nil {
		return err
	}
	s.uploaded = append(s.uploaded, job.PreSignedURL+" "+string(b))
	return backend.Wrap(importjob.OpUpload, jobRef, s.note("upload", s.upload))
}

func (s *service) Start(context.Context, importjob.Ref) (importjob.UserImportJob, error) {
	err := s.note("start", s.start)
	if err == nil {
		s.status = importjob.StatusPending
	}
	return s.job(err)
}

// Describe moves a started job to its next status.
func (s *service) Describe(ctx context.Context, _ importjob.Ref) (importjob.UserImportJob, error) {
	if ctx.Err() != nil {
		return s.job(context.Cause(ctx))
	}
	err := s.note("describe", s.describe)
	switch s.status {
	case importjob.StatusPending:
		s.status = importjob.StatusInProgress
	case importjob.StatusInProgress:
		s.status = importjob.StatusSucceeded
	}
	return s.job(err)
}

func (s *service) Stop(ctx context.Context, _ importjob.Ref) (importjob.UserImportJob, error) {
	err := s.note("stop", nil)
	if s.stop != nil {
		err = s.stop(ctx)
	}
	if err == nil {
		s.status = importjob.StatusStopped
	}
	return s.job(err)
}

// first returns a function that makes the first n calls fail.
func first(n int, err error) func(int) error {
	return func(i int) error {
		if i < n {
			return err
		}
		return nil
	}
}

func always(err error) func(int) error { return func(int) error { return err } }

// errReset is the error of a broken connection.
var errReset = errors.New("connection reset by peer")

func refused(code importjob.Code) error { return &importjob.Error{Code: code} }

var createInput = importjob.CreateInput{JobName: "j", UserPoolID: jobRef.UserPoolID, CloudWatchLogsRoleARN: "arn"}

func runImport(ctx context.Context, s *service, opts *importjob.ImportOptions) (importjob.UserImportJob, error) {
	return importjob.Import(ctx, s, createInput, strings.NewReader("a,b\n"), 4, opts)
}
