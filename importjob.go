package importjob

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/cognito-import/importjob/internal/model"
)

// Client runs user import jobs. Package memory implements it without a network; package
// awsbackend implements it with AWS. To add behavior to a Client, wrap it with package backend.
// To test your own implementation, use package backendtest.
//
// Every method follows these rules:
//
//   - It checks its input against the constraints of the service's model before any I/O.
//   - If ctx has ended, it makes no request and fails; the error wraps the cause of ctx.
//   - If it fails, it returns an *[Error] and the zero value of its other results.
//   - Its results are copies. Later changes of the job or the pool do not change them.
//   - Several goroutines can call it at the same time.
//
// Each method can return these errors:
//
//   - [ErrInvalidParameter]: the input breaks a constraint. The message names it.
//   - [ErrResourceNotFound]: the pool or the job does not exist.
//   - [ErrTooManyRequests]: too many requests per second. Retry later.
//   - [ErrNotAuthorized] or [ErrAccessDenied]: the credentials lack a permission.
//   - [ErrInternal]: the service had an internal error. Retry later.
//
// Further errors are listed at the method that returns them.
type Client interface {
	// CSVHeader returns the names of the columns that a CSV file for the pool must have. A file
	// can have them in any order.
	CSVHeader(ctx context.Context, userPoolID string) ([]string, error)

	// Create makes a job. The job has status Created, and its PreSignedURL is the URL to upload
	// the file to. The error is [ErrLimitExceeded] if the pool has its maximum number of jobs.
	// Jobs that have ended count too, since no operation deletes a job (A42).
	Create(ctx context.Context, in CreateInput) (UserImportJob, error)

	// Upload sends the CSV file of a job to the job's pre-signed URL. Pass the job that Create
	// returned; without a PreSignedURL, the error is [ErrInvalidParameter]. body must yield
	// exactly size bytes; otherwise the error is [ErrS3IncompleteBody] and the job's file does not
	// change (A38). If body is also an io.Seeker, Upload may rewind it and send it again after a broken
	// connection. A second Upload replaces the file of the first.
	//
	// Upload does not check the rows; the service reads them after Start. The error is
	// [ErrURLExpired] from 15 minutes after Create on.
	Upload(ctx context.Context, job UserImportJob, body io.Reader, size int64) error

	// Start starts a job and returns it with status Pending. The error is
	// [ErrPreconditionNotMet] if no file was uploaded, if the job's status is not Created, if
	// another job of the account is active (Pending, InProgress or Stopping), or if the pool has
	// no auto-verified attribute (A3).
	Start(ctx context.Context, ref Ref) (UserImportJob, error)

	// Stop stops a job and returns it with status Stopping or Stopped. A stopped job cannot be
	// started again. Users that were imported before remain in the pool. The error is
	// [ErrPreconditionNotMet] if the job's status is neither Pending nor InProgress.
	Stop(ctx context.Context, ref Ref) (UserImportJob, error)

	// Describe returns the current state of a job.
	Describe(ctx context.Context, ref Ref) (UserImportJob, error)

	// List returns one page of the pool's jobs, newest first, and the token of the next page. The
	// token is "" on the last page. A page has at most 60 jobs. [Jobs] iterates over all pages.
	List(ctx context.Context, userPoolID string, page Page) ([]UserImportJob, string, error)

	// Results returns one page of the row outcomes that the job has logged so far, and the token
	// of the next page. The outcomes are in the order of the log; see [Results]. The token is ""
	// on the last page. A page has at most 10,000 outcomes. [Results] iterates over all pages.
	Results(ctx context.Context, ref Ref, page Page) ([]RowResult, string, error)

	// Pool returns the settings of a user pool that an import depends on. [Check] needs them.
	Pool(ctx context.Context, userPoolID string) (Pool, error)
}

// CreateInput is the input of [Client].Create. Every field is required, except
// PasswordHashingAlgorithm.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserImportJob.html
type CreateInput struct {
	JobName                  string // 1 to 128 letters, digits, white space and _+=,.@-; two jobs can have the same name
	UserPoolID               string // such as "us-west-2_aaaaaaaaa"
	CloudWatchLogsRoleARN    string // the IAM role that Cognito uses to write the job's log; 20 to 2,048 characters
	PasswordHashingAlgorithm PasswordHashingAlgorithm
}

// Validate checks the input against the constraints of the service's model. It makes no request. The
// error is an *[Error] with [ErrInvalidParameter] and the message that the service would return.
func (in CreateInput) Validate() error {
	return invalid(
		model.JobName.Check(in.JobName),
		model.UserPoolID.Check(in.UserPoolID),
		model.RoleARN.Check(in.CloudWatchLogsRoleARN),
		model.HashingAlgorithm.Check(string(in.PasswordHashingAlgorithm)),
	)
}

// PasswordHashingAlgorithm names the algorithm of the hashes in a file's password_hash column. ""
// means that the job imports no password hashes.
type PasswordHashingAlgorithm string

// The password hashing algorithms that the service accepts.
const (
	HashBCRYPT       PasswordHashingAlgorithm = "BCRYPT"
	HashSCRYPT       PasswordHashingAlgorithm = "SCRYPT"
	HashARGON2ID     PasswordHashingAlgorithm = "ARGON2ID"
	HashPBKDF2SHA256 PasswordHashingAlgorithm = "PBKDF2_SHA256"
)

// Page selects one page of [Client].List or [Client].Results. The zero value selects the first page
// and the largest page size.
type Page struct {
	MaxResults int    // the page size: 1 to 60 for List, 1 to 10,000 for Results; 0 means the largest
	Token      string // the token that the previous page returned; "" selects the first page
}

// Ref identifies a job by its pool and its ID.
type Ref struct {
	UserPoolID string
	JobID      string
}

// String returns "pool/job". If one part is empty, it returns the other part without the slash.
func (r Ref) String() string {
	if r.UserPoolID == "" || r.JobID == "" {
		return r.UserPoolID + r.JobID
	}
	return r.UserPoolID + "/" + r.JobID
}

// Validate checks both IDs against the constraints of the service's model. It makes no request, so it
// does not tell whether the job exists. The error is an *[Error] with [ErrInvalidParameter] and
// the message that the service would return.
func (r Ref) Validate() error {
	if model.IsRef(r.UserPoolID, r.JobID) {
		return nil
	}
	return invalid(model.UserPoolID.Check(r.UserPoolID), model.JobID.Check(r.JobID))
}

// UserImportJob is the state of a job at one moment. It is a copy, so it never changes; call
// [Client].Describe for the current state. Two values can be compared with ==. Times are in UTC and
// whole milliseconds. A time is zero until the job has reached that point.
//
// PreSignedURL is a credential: anyone who has it can upload the file. Formatting and logging a job
// omit it. JSON contains it, in the form that the service uses (see [UserImportJob.MarshalJSON]).
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserImportJobType.html
type UserImportJob struct {
	JobName                  string
	JobID                    string // "import-" followed by letters, digits and hyphens
	UserPoolID               string
	PreSignedURL             string // the URL to send the file to with PUT; valid for 15 minutes
	CreationDate             time.Time
	StartDate                time.Time // when Start was called; when the job becomes InProgress, it becomes that time (A47)
	CompletionDate           time.Time
	Status                   Status
	CloudWatchLogsRoleARN    string
	ImportedUsers            int64  // the number of rows whose users were created
	SkippedUsers             int64  // the number of rows whose users existed already
	FailedUsers              int64  // the number of rows that broke a rule
	CompletionMessage        string // a sentence that says how the job ended; "" until then
	PasswordHashingAlgorithm PasswordHashingAlgorithm
}

// Ref returns the pool ID and the job ID, which the methods of [Client] take.
func (j UserImportJob) Ref() Ref { return Ref{UserPoolID: j.UserPoolID, JobID: j.JobID} }

// String describes the job in one line: its IDs, name, status and counters. It omits the URL.
func (j UserImportJob) String() string {
	return fmt.Sprintf("%s %q %s (%d imported, %d skipped, %d failed)",
		j.Ref(), j.JobName, j.Status, j.ImportedUsers, j.SkippedUsers, j.FailedUsers)
}

// GoString returns all fields in the style of %#v. In place of the URL it has "REDACTED".
func (j UserImportJob) GoString() string {
	type plain UserImportJob // without methods, so that fmt shows the fields
	if j.PreSignedURL != "" {
		j.PreSignedURL = "REDACTED"
	}
	return fmt.Sprintf("importjob.UserImportJob%+v", plain(j))
}

// Format implements fmt.Formatter, so that package fmt does not print the URL. %#v prints GoString,
// and every other verb prints String. Package fmt does not call Format in three cases: for the
// verbs %p and %w, which go vet reports, and for a job in an unexported field of a struct. In
// these cases, it can print the URL.
func (j UserImportJob) Format(f fmt.State, verb rune) {
	if verb == 'v' && f.Flag('#') {
		_, _ = io.WriteString(f, j.GoString())
		return
	}
	if verb == 'v' {
		verb = 's'
	}
	fmt.Fprintf(f, fmt.FormatString(f, verb), j.String())
}

// LogValue implements slog.LogValuer. It returns the job's IDs, name, status, counters and
// completion message, but not its URL. The JSON handler of slog does not call LogValue for the
// elements of a slice or a map: it prints their MarshalJSON, with the URL. Log the jobs one by one.
func (j UserImportJob) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("pool", j.UserPoolID),
		slog.String("id", j.JobID),
		slog.String("name", j.JobName),
		slog.String("status", string(j.Status)),
		slog.Int64("imported", j.ImportedUsers),
		slog.Int64("skipped", j.SkippedUsers),
		slog.Int64("failed", j.FailedUsers),
	}
	if j.CompletionMessage != "" {
		attrs = append(attrs, slog.String("message", j.CompletionMessage))
	}
	return slog.GroupValue(attrs...)
}
