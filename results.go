package importjob

import (
	"fmt"
)

// RowStatus is the outcome of one row, spelled as in the job's log.
type RowStatus string

// The three outcomes of a row.
const (
	RowSucceeded RowStatus = "SUCCEEDED" // the user was created
	RowSkipped   RowStatus = "SKIPPED"   // the user existed already
	RowFailed    RowStatus = "FAILED"    // the row breaks a rule of the pool
)

// The two reasons whose text the service documents. For other reasons package memory has texts of its
// own, and the service has texts that are not public.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
const (
	ReasonExists = "The user already exists."
	// ReasonNotVerified has the text of current logs. The guide says "to true" instead of "to verified".
	ReasonNotVerified = "The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true)."
)

// RowResult is the outcome of one row, as the job logged it. The log does not contain the username; to
// find the user, look up the line in the file.
//
// For a log line of an unknown form, Line is 0, Status is "", and Reason is the text of the whole
// log line. Err then returns an error.
type RowResult struct {
	Line   int // the line number in the file; the header is line 1, the first user line 2 (A29)
	Status RowStatus
	Reason string // the text that the log gives as reason
}

// String returns the result in the form of a log line, such as
//
//	[FAILED] Line Number 7 - The import failed.
func (r RowResult) String() string {
	if r.Status == "" {
		return r.Reason
	}
	return fmt.Sprintf("[%s] Line Number %d - %s", r.Status, r.Line, r.Reason)
}

// Err returns a *[LogLineError] if the log line has an unknown form, and otherwise nil.
func (r RowResult) Err() error {
	if r.Status != "" {
		return nil
	}
	return &LogLineError{Text: r.Reason}
}

// LogLineError is the error for a line of a job's log that is not of the form that [RowResult.String]
// returns. Text is the line.
type LogLineError struct{ Text string }

// Error returns a message that quotes the first 200 characters of the line.
func (e *LogLineError) Error() string {
	return fmt.Sprintf("importjob: the log line has an unknown form: %.200q", e.Text)
}
