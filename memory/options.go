package memory

import (
	"time"

	"github.com/cognito-import/importjob"
)

// Options are the options of [New]. A nil *Options and the zero value mean the defaults. A number such as (A12) refers
// to an assumption in the file ASSUMPTIONS.md of this module.
//
// A Cognito may call the functions in Options from several goroutines at once, and while it holds its locks. They
// must not call a method of the same Cognito.
type Options struct {
	// Now returns the current time. nil means [time.Now], which a testing/synctest bubble replaces by the
	// time of the bubble. Now may go back: a job that has ended stays ended, and the rows that a job has
	// read stay read. Start and wait for a job in the same bubble, since the time of a bubble begins in the
	// year 2000.
	Now func() time.Time

	// Region and AccountID are parts of the pre-signed URLs; Region also begins the IDs that CreatePool
	// chooses. "" means us-west-2 and 111111111111.
	Region    string
	AccountID string

	// Seed, if not 0, makes the IDs of pools and jobs, the subs of users and the signatures in pre-signed URLs
	// reproducible: two programs that make the same calls in the same order with the same Seed get the same
	// ones. 0 means random ones.
	Seed uint64

	// NewJobID, if not nil, returns the ID of each new job. An ID is "import-" and 1 to 48 letters, digits
	// and hyphens; Create fails with an [importjob.ErrInvalidParameter] if NewJobID returns anything else. If
	// the pool has a job with the ID, Create calls NewJobID again, and panics after 100 such calls. nil means
	// random IDs, or those that follow from Seed.
	NewJobID func() string

	// PendingFor is the time for which a job is Pending after Start. 0 means that only the answer of Start
	// says Pending.
	PendingFor time.Duration

	// RowsPerSecond is the number of rows that a job reads per second after it was Pending. Skipped and failed
	// rows count too: a job of n rows ends PendingFor plus n/RowsPerSecond seconds after Start. 0 means that a
	// job reads all rows at once. [Cognito.SetRowsPerSecond] changes it. (A31)
	RowsPerSecond int

	// StoppingFor is the time for which a job is Stopping after Stop, if Stop is called while the job is
	// InProgress. The job reads further rows during this time. 0 means that the job is Stopped at once. A job
	// that is Pending is always Stopped at once. (A12)
	StoppingFor time.Duration

	// ExpireAfter is the age at which a job that was not started becomes Expired. 0 means 24 hours. (A4)
	ExpireAfter time.Duration

	// MaxJobs is the number of jobs that a pool can hold; jobs that have ended count too (A42). Create of
	// another job fails with an [importjob.ErrLimitExceeded]. 0 means 1,000.
	//
	// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
	MaxJobs int

	// MaxUploadBytes is the number of bytes that the files of all jobs that have not started can have together.
	// An Upload of more fails with an [ErrEntityTooLarge], which no client retries: waiting helps only once a
	// job has expired. A file stops counting when its job starts or expires, when another file replaces it, or
	// when its pool is deleted. 0 means 1 GiB (1<<30), and a negative number means no limit. (A55)
	MaxUploadBytes int64

	// AssumeRole, if not nil, decides whether Cognito can assume the CloudWatch Logs role of a job. Start calls
	// it. If it returns an error, Start still succeeds, and the job then ends Failed without reading a row. The
	// text of the error is part of the job's CompletionMessage. nil means that Cognito can assume every
	// role. (A2)
	AssumeRole func(roleARN string) error

	// BadRoleRefusesStart changes what an error of AssumeRole does: Start refuses the job with an
	// [importjob.ErrPreconditionNotMet] that has the text of the error, and the job stays Created. (A2)
	BadRoleRefusesStart bool

	// NoAutoVerifiedFailsJob changes what happens to a job in a pool without auto-verified attributes. By
	// default Start refuses it with an [importjob.ErrPreconditionNotMet]. If NoAutoVerifiedFailsJob is set,
	// Start succeeds, and the job then ends Failed without reading a row. (A3)
	NoAutoVerifiedFailsJob bool

	// SubAsUsername makes an import into a pool with UsernameAttributes store each user with its sub as
	// Username. The method User then finds the user by the sub and by the username in the file. By default
	// the Username is the one in the file. (A20)
	SubAsUsername bool

	// ISOBirthdate makes an import store birthdates as yyyy-mm-dd. By default it stores them as the file has
	// them: mm/dd/yyyy. (A21)
	ISOBirthdate bool

	// Assumptions changes how files are checked. Give [importjob.CheckOptions] the same value, so that
	// [importjob.Check] finds what the fake finds.
	Assumptions importjob.Assumptions
}
