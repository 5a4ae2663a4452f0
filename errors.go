package importjob

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-import/importjob/internal/model"
)

// Op is the name of an operation, as the AWS API spells it. [Error].Op holds it, and the interceptors
// of package backend receive it.
type Op string

// The operations that the methods of [Client] call. OpCreate is the operation of Client.Create, and so
// on.
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

// Code is the name of an exception of the service, such as "ResourceNotFoundException". A Code is an
// error, so errors.Is finds it in an error of any [Client]:
//
//	errors.Is(err, importjob.ErrResourceNotFound)
//
// If the service returns an exception that is not listed here, a Client returns its name unchanged.
type Code string

// Error returns the exception's name.
func (c Code) Error() string { return string(c) }

// The exceptions of Cognito's import operations. The documentation of [Client] says when its methods
// return them.
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
	ErrAccessDenied        Code = "AccessDeniedException"        // an IAM policy does not allow the call
	ErrOperationNotEnabled Code = "OperationNotEnabledException" // the pool does not allow the operation
	ErrInternal            Code = "InternalErrorException"
)

// The error codes that Amazon S3 can return to an Upload.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const (
	ErrS3AccessDenied          Code = "AccessDenied"
	ErrS3SignatureDoesNotMatch Code = "SignatureDoesNotMatch"
	ErrS3IncompleteBody        Code = "IncompleteBody" // the body does not have exactly the size that was passed to Upload
)

// ErrURLExpired is the error of an Upload later than 15 minutes after the job was created, when its
// pre-signed URL has expired. Create a new job. S3 returns AccessDenied for an expired URL and also
// for other reasons; use errors.Is(err, ErrURLExpired) to tell them apart.
var ErrURLExpired = errors.New("the pre-signed URL has expired: create a new job")

// Error is the error of the methods of a [Client]. Use errors.As to get it, or errors.Is to find its
// Code or its cause.
type Error struct {
	Op      Op     // the operation that failed; "" for an error of Validate
	Ref     Ref    // the pool and the job of the call; a part that the call does not have is ""
	Code    Code   // the service's exception; "" if the service did not respond
	Message string // the service's message; can be ""
	Err     error  // the underlying error, such as a network error; can be nil
}

// Error returns "op pool/job: code: message", without the parts that are empty. If Message is empty, the
// text of Err takes its place. If Err is or wraps another *Error, Error returns only the text of
// Err, such as "audit: op pool/job: code: message" for fmt.Errorf("audit: %w", err).
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

// Unwrap returns Code and Err, without those that are not set.
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

// JobError is the error of [Import] for a job that ended Failed, Stopped or Expired.
type JobError struct {
	Job UserImportJob // the ended job; its CompletionMessage says why it ended
}

// Error returns the job's IDs, status, completion message and counters.
func (e *JobError) Error() string {
	j := e.Job
	return fmt.Sprintf("job %s ended %s: %s (%d imported, %d skipped, %d failed)",
		j.Ref(), j.Status, j.CompletionMessage, j.ImportedUsers, j.SkippedUsers, j.FailedUsers)
}

// invalid returns an *Error whose message joins the sentences about broken constraints, or nil if there
// are none.
func invalid(broken ...[]string) error {
	message := model.Message(broken...)
	if message == "" {
		return nil
	}
	return &Error{Code: ErrInvalidParameter, Message: message}
}
