package importjob

import "slices"

// Status is the state of an import job, spelled as the service spells it. If the service returns a
// status that is not listed here, a [Client] returns it unchanged, and its Done is false.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserImportJobType.html
type Status string

// The eight statuses of a job.
const (
	StatusCreated    Status = "Created"    // the job is created but not started
	StatusPending    Status = "Pending"    // the job is started and has not read a row
	StatusInProgress Status = "InProgress" // the job is importing rows
	StatusStopping   Status = "Stopping"   // Stop was called, and the job still imports rows
	StatusStopped    Status = "Stopped"    // Stop ended the job; it cannot be started again
	StatusSucceeded  Status = "Succeeded"  // the job read all rows; some of them can have failed
	StatusFailed     Status = "Failed"     // the job ended with an error, or too many rows failed or were skipped
	StatusExpired    Status = "Expired"    // the job was not started within 24 to 48 hours; its file is deleted
)

// transitions lists for each status the statuses that can follow it in one step. A status of a job that
// has ended has none.
var transitions = map[Status][]Status{
	StatusCreated:    {StatusPending, StatusExpired},
	StatusPending:    {StatusInProgress, StatusStopping, StatusStopped, StatusFailed},
	StatusInProgress: {StatusStopping, StatusStopped, StatusSucceeded, StatusFailed},
	StatusStopping:   {StatusStopped},
	StatusStopped:    nil,
	StatusSucceeded:  nil,
	StatusFailed:     nil,
	StatusExpired:    nil,
}

// Statuses returns the eight known statuses, in the order in which the constants are declared.
func Statuses() []Status {
	return []Status{
		StatusCreated, StatusPending, StatusInProgress, StatusStopping,
		StatusStopped, StatusSucceeded, StatusFailed, StatusExpired,
	}
}

// Done reports whether a job with this status has ended: Stopped, Succeeded, Failed or Expired.
func (s Status) Done() bool {
	next, known := transitions[s]
	return known && len(next) == 0
}

// CanBecome reports whether a job can change from s to next in one step. Between two calls
// of Describe a job can make several steps, for example from Created to Succeeded.
func (s Status) CanBecome(next Status) bool {
	return slices.Contains(transitions[s], next)
}
