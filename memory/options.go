package memory

import (
	"time"

	"github.com/cognito-import/importjob"
)

// Options are the options of [New]. nil and the zero value mean the defaults. The numbers are
// those of the file ASSUMPTIONS.md.
type Options struct {
	// Now is the clock; nil means [time.Now]. In a testing/synctest bubble the default is
	// exact: sleeping moves time. A clock must not go back. Like the other functions here it
	// may be called by several goroutines at once, and must not call the Cognito it belongs to.
	Now func() time.Time

	// Region and AccountID appear in URLs and IDs. Defaults: us-west-2 and 111111111111.
	Region    string
	AccountID string

	// Seed, if not 0, makes job IDs, pool IDs and subs the same in every run.
	Seed uint64

	// NewJobID, if not nil, makes the IDs of jobs.
	NewJobID func() string

	// PendingFor is how long a started job is Pending; 0 means that it is so in the answer of
	// Start only.
	PendingFor time.Duration

	// RowsPerSecond is the pace at which rows are imported; 0 means all at once.
	RowsPerSecond int

	// StoppingFor is how long a job that was stopped while it imported rows is Stopping; rows
	// go on to be imported meanwhile. 0 means that it is Stopped at once. (A12)
	StoppingFor time.Duration

	// ExpireAfter is the age at which a job that was not started expires; 0 means 24 hours. (A4)
	ExpireAfter time.Duration

	// MaxJobs is the number of jobs a pool can hold; 0 means 1,000.
	MaxJobs int

	// AssumeRole, if not nil, is asked when a job begins to run whether its role can be
	// assumed; an error makes the job Failed. nil means that every role can. (A2)
	AssumeRole func(roleARN string) error

	// NoAutoVerifiedFailsJob makes a job in a pool without auto-verified attributes fail when
	// it runs. By default Start refuses it. (A3)
	NoAutoVerifiedFailsJob bool

	// SubAsUsername stores the users of a pool with UsernameAttributes under their sub. By
	// default the username is that of the file. (A20)
	SubAsUsername bool

	// ISOBirthdate stores birthdates as yyyy-mm-dd. By default they stay mm/dd/yyyy. (A21)
	ISOBirthdate bool

	// Assumptions settles how files are judged. Give [importjob.Check] the same.
	Assumptions importjob.Assumptions
}
