package importjob

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-import/importjob/internal/model"
)

// Op names an operation by the service's own name.
// An *[Error] carries it, and interceptors select by it.
type Op string

// The operations of [Client].
const (
	OpCSVHeader Op = "GetCSVHeader"
	OpCreate    Op = "CreateUserImportJob"
	OpUpload    Op = "PutObject" // of Amazon S3, to the pre-signed URL
	OpStart     Op = "StartUserImportJob"
	OpStop      Op = "StopUserImportJob"
	OpDescribe  Op = "DescribeUserImportJob"
	OpList      Op = "ListUserImportJobs"
	OpResults   Op = "GetLogEvents" // of Amazon CloudWatch Logs
	OpPool      Op = "DescribeUserPool"
)

// Code is the name of an exception of the service. It is itself an error, so
//
//	errors.Is(err, importjob.ErrResourceNotFound)
//
// holds for an error of any [Client]. A code the service adds later passes through.
type Code string

// Error returns the exception's name.
func (c Code) Error() string { return string(c) }

// The exceptions of the import operations.
//
// Source: the Errors section of each operation at
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/
const (
	ErrResourceNotFound    Code = "ResourceNotFoundException"
	ErrInvalidParameter    Code = "InvalidParameterException"
	ErrPreconditionNotMet  Code = "PreconditionNotMetException"
	ErrLimitExceeded       Code = "LimitExceededException"
	ErrTooManyRequests     Code = "TooManyRequestsException"
	ErrNotAuthorized       Code = "NotAuthorizedException"
	ErrAccessDenied        Code = "AccessDeniedException" // IAM's refusal, common to all services
	ErrOperationNotEnabled Code = "OperationNotEnabledException"
	ErrInternal            Code = "InternalErrorException"
)

// The error codes of Amazon S3 that an upload to a pre-signed URL can meet.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const (
	ErrS3AccessDenied          Code = "AccessDenied"
	ErrS3SignatureDoesNotMatch Code = "SignatureDoesNotMatch"
	ErrS3IncompleteBody        Code = "IncompleteBody" // the body does not have the announced size
)

// ErrURLExpired reports that the pre-signed URL of a job has expired, 15 minutes after the
// job was created. S3 says AccessDenied both for this and for a real denial; only this one
// is cured by creating a new job.
var ErrURLExpired = errors.New("the pre-signed URL has expired: create a new job")

// Error is what the methods of a [Client] return when they fail: operation, subject, cause.
// It wraps once; Unwrap gives the Code and the cause, where there are any.
type Error struct {
	Op      Op     // the operation that failed
	Ref     Ref    // what it was about; a part may be empty
	Code    Code   // the service's exception, or "" when the service was not reached
	Message string // the service's own words, or ""
	Err     error  // the underlying error, or nil
}

// Error has the form "op subject: code: message", without the parts that are empty. The text of Err is
// used when Message is empty, and instead of all when Err is another *Error with an annotation, such as
// fmt.Errorf("audit: %w", err).
func (e *Error) Error() string {
	var inner *Error
	if errors.As(e.Err, &inner) {
		return e.Err.Error()
	}
	parts := make([]string, 0, 3)
	if about := strings.TrimSpace(string(e.Op) + " " + e.Ref.String()); about != "" {
		parts = append(parts, about)
	}
	if e.Code != "" {
		parts = append(parts, string(e.Code))
	}
	if e.Message != "" {
		parts = append(parts, e.Message)
	} else if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the Code and the cause, as far as they are set.
func (e *Error) Unwrap() []error {
	errs := make([]error, 0, 2)
	if e.Code != "" {
		errs = append(errs, e.Code)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// JobError is the error of [Import] for a job that ended other than Succeeded.
type JobError struct {
	Job UserImportJob // as it was last seen; its Status is Done
}

// Error names the job, its status, the service's completion message and the counters.
func (e *JobError) Error() string {
	j := e.Job
	return fmt.Sprintf("job %s ended %s: %s (%d imported, %d skipped, %d failed)",
		j.Ref(), j.Status, j.CompletionMessage, j.ImportedUsers, j.SkippedUsers, j.FailedUsers)
}

// invalid makes an *Error of the sentences about broken constraints, or nil of none.
func invalid(broken ...[]string) error {
	message := model.Message(broken...)
	if message == "" {
		return nil
	}
	return &Error{Code: ErrInvalidParameter, Message: message}
}
