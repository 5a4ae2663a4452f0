package importjob

import "slices"

// Status is the state of an import job, spelled as the service spells it.
// A value the service adds later passes through unchanged and is not [Status.Done].
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserImportJobType.html
type Status string

// The eight statuses of a job.
const (
	StatusCreated    Status = "Created"    // created, not started
	StatusPending    Status = "Pending"    // started, no row read yet
	StatusInProgress Status = "InProgress" // importing rows
	StatusStopping   Status = "Stopping"   // asked to stop, still importing
	StatusStopped    Status = "Stopped"    // stopped by the developer; cannot be started again
	StatusSucceeded  Status = "Succeeded"  // ended well
	StatusFailed     Status = "Failed"     // ended because of an error, or of too many bad rows
	StatusExpired    Status = "Expired"    // not started within 24 to 48 hours; its file is gone
)

// transitions says which status follows which, in one step.
// A status with no successor is terminal.
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

// Statuses returns all known statuses, in the order a job may pass through them.
func Statuses() []Status {
	return []Status{
		StatusCreated, StatusPending, StatusInProgress, StatusStopping,
		StatusStopped, StatusSucceeded, StatusFailed, StatusExpired,
	}
}

// Done reports whether the job has ended: Stopped, Succeeded, Failed or Expired.
func (s Status) Done() bool {
	next, known := transitions[s]
	return known && len(next) == 0
}

// CanBecome reports whether the service moves a job from s to next in one step.
// Someone who polls can miss steps: a job seen Created may be seen Succeeded next.
func (s Status) CanBecome(next Status) bool {
	return slices.Contains(transitions[s], next)
}
