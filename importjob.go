package importjob

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/cognito-import/importjob/internal/model"
)

// Client runs user import jobs. It is the one contract of this module: memory and awsbackend
// implement it, package backend wraps it, and package backendtest checks it.
//
// Every method validates its input against the constraints of the service's model before any
// I/O, refuses a context that has ended, and on failure returns zero values and an *[Error].
// What a method returns aliases nothing: it does not change later. A Client can be used by
// several goroutines at once.
//
// The errors that matter, for all methods: [ErrInvalidParameter] for an input the model forbids,
// [ErrResourceNotFound] for a pool or job that does not exist, [ErrTooManyRequests] over the request rate,
// [ErrNotAuthorized] or [ErrAccessDenied] for missing permission, [ErrInternal] for trouble on the
// service's side.
type Client interface {
	// CSVHeader returns the names of the columns that the pool's CSV file must have.
	// The order of columns in a file is free.
	CSVHeader(ctx context.Context, userPoolID string) ([]string, error)

	// Create makes a job in status Created, with the URL to upload to.
	// [ErrLimitExceeded] when the pool holds its maximum of jobs.
	Create(ctx context.Context, in CreateInput) (UserImportJob, error)

	// Upload sends the CSV file of a job to its pre-signed URL; job is what Create returned.
	// The body must give exactly size bytes; otherwise nothing is kept. A body that is an
	// io.Seeker as well may be rewound and sent again after a broken connection. Uploading
	// again replaces the file. [ErrURLExpired] from 15 minutes after the job was created.
	// The service judges the file when the job runs, not here.
	Upload(ctx context.Context, job UserImportJob, body io.Reader, size int64) error

	// Start starts a job and returns it in status Pending. [ErrPreconditionNotMet] when nothing
	// was uploaded, when the job is not Created, or while another job of the account is active.
	Start(ctx context.Context, ref Ref) (UserImportJob, error)

	// Stop stops a job for good: Stopping or Stopped is the answer. Users imported so far stay.
	// [ErrPreconditionNotMet] when the job is not active.
	Stop(ctx context.Context, ref Ref) (UserImportJob, error)

	// Describe returns a job as it is now.
	Describe(ctx context.Context, ref Ref) (UserImportJob, error)

	// List returns a page of the pool's jobs, newest first, and the token of the next page,
	// "" after the last. A page holds at most 60 jobs. [Jobs] iterates over all of them.
	List(ctx context.Context, userPoolID string, page Page) ([]UserImportJob, string, error)

	// Results returns a page of the outcomes logged so far, one per row, in the file's order,
	// and the token of the next page, "" after the last. A page holds at most 10,000 rows.
	// [Results] iterates over all of them.
	Results(ctx context.Context, ref Ref, page Page) ([]RowResult, string, error)

	// Pool returns the settings of a user pool that decide about an import.
	Pool(ctx context.Context, userPoolID string) (Pool, error)
}

// CreateInput is the input of [Client].Create. All but PasswordHashingAlgorithm is required.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserImportJob.html
type CreateInput struct {
	JobName                  string // 1 to 128 of letters, digits, white space and _+=,.@-; need not be unique
	UserPoolID               string
	CloudWatchLogsRoleARN    string // the role that Cognito assumes to log the outcome of each row
	PasswordHashingAlgorithm PasswordHashingAlgorithm
}

// Validate checks the input against the service's model. The error is an [ErrInvalidParameter]
// in the service's own wording.
func (in CreateInput) Validate() error {
	return invalid(
		model.JobName.Check(in.JobName),
		model.UserPoolID.Check(in.UserPoolID),
		model.RoleARN.Check(in.CloudWatchLogsRoleARN),
		model.HashingAlgorithm.Check(string(in.PasswordHashingAlgorithm)),
	)
}

// PasswordHashingAlgorithm names the algorithm behind the password_hash column of a job's file.
// The empty value means a file without password hashes.
type PasswordHashingAlgorithm string

// The algorithms that the service accepts.
const (
	HashBCRYPT       PasswordHashingAlgorithm = "BCRYPT"
	HashSCRYPT       PasswordHashingAlgorithm = "SCRYPT"
	HashARGON2ID     PasswordHashingAlgorithm = "ARGON2ID"
	HashPBKDF2SHA256 PasswordHashingAlgorithm = "PBKDF2_SHA256"
)

// Page asks for one page of a listing. The zero value asks for the first page, as large as the
// service allows.
type Page struct {
	MaxResults int    // 0 means the most that the operation allows
	Token      string // the token that came with the page before
}

// Ref names a job.
type Ref struct {
	UserPoolID string
	JobID      string
}

// String returns "pool/job", or the one part that is there.
func (r Ref) String() string {
	if r.UserPoolID == "" || r.JobID == "" {
		return r.UserPoolID + r.JobID
	}
	return r.UserPoolID + "/" + r.JobID
}

// Validate checks the name of a job against the service's model. The error is an [ErrInvalidParameter]
// in the service's own wording.
func (r Ref) Validate() error {
	if model.IsRef(r.UserPoolID, r.JobID) {
		return nil
	}
	return invalid(model.UserPoolID.Check(r.UserPoolID), model.JobID.Check(r.JobID))
}

// UserImportJob is a job as it was at one moment. It compares with == and shares nothing with
// the Client it came from. Times are UTC in whole milliseconds, zero when not reached.
//
// Its JSON is that of the service (see [UserImportJob.MarshalJSON]). PreSignedURL is a bearer
// credential: whoever has it can upload the file. Formatting and logging a job leave it out;
// JSON does not, since JSON is the wire.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserImportJobType.html
type UserImportJob struct {
	JobName                  string
	JobID                    string // "import-" and letters and digits
	UserPoolID               string
	PreSignedURL             string // where to PUT the file; valid for 15 minutes
	CreationDate             time.Time
	StartDate                time.Time // when the job was started; rewritten when the import of rows begins
	CompletionDate           time.Time
	Status                   Status
	CloudWatchLogsRoleARN    string
	ImportedUsers            int64
	SkippedUsers             int64 // users that existed already
	FailedUsers              int64
	CompletionMessage        string
	PasswordHashingAlgorithm PasswordHashingAlgorithm
}

// Ref returns the name of the job.
func (j UserImportJob) Ref() Ref { return Ref{UserPoolID: j.UserPoolID, JobID: j.JobID} }

// String describes the job in one line, without its URL.
func (j UserImportJob) String() string {
	return fmt.Sprintf("%s %q %s (%d imported, %d skipped, %d failed)",
		j.Ref(), j.JobName, j.Status, j.ImportedUsers, j.SkippedUsers, j.FailedUsers)
}

// GoString is the %#v form, with the URL redacted.
func (j UserImportJob) GoString() string {
	type plain UserImportJob // without methods, so that fmt shows the fields
	if j.PreSignedURL != "" {
		j.PreSignedURL = "REDACTED"
	}
	return fmt.Sprintf("importjob.UserImportJob%+v", plain(j))
}

// Format makes every verb print String, and %#v print GoString, so that no verb shows the URL.
// Beyond its reach are the verbs %p and %w, which go vet reports, and a job in an unexported
// field of a struct: there package fmt calls no method.
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

// LogValue gives log/slog the job's fields, without its URL.
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
