package importjob

import (
	"fmt"
)

// RowStatus is what became of one row, spelled as in the job's log.
type RowStatus string

// The three outcomes of a row.
const (
	RowSucceeded RowStatus = "SUCCEEDED"
	RowSkipped   RowStatus = "SKIPPED"
	RowFailed    RowStatus = "FAILED"
)

// The reasons that the service documents word by word. The words behind other failures are
// not public.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
const (
	ReasonExists = "The user already exists."
	// ReasonNotVerified has the wording of current logs; the guide says "to true" for "to verified".
	ReasonNotVerified = "The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true)."
)

// RowResult is the outcome of one row as the job logged it. The log names no user: Line does,
// with the help of the file.
//
// A log line that could not be understood has Line 0 and no Outcome; Reason is then its text,
// and Err says so.
type RowResult struct {
	Line   int // in the file; the header is line 1
	Status RowStatus
	Reason string
}

// String returns the result as a line of the log, such as
//
//	[FAILED] Line Number 7 - The import failed.
func (r RowResult) String() string {
	if r.Status == "" {
		return r.Reason
	}
	return fmt.Sprintf("[%s] Line Number %d - %s", r.Status, r.Line, r.Reason)
}

// Err returns a *[LogLineError] for a result that could not be understood, and otherwise nil.
func (r RowResult) Err() error {
	if r.Status != "" {
		return nil
	}
	return &LogLineError{Text: r.Reason}
}

// LogLineError reports a line of a job's log that has none of the three known forms.
type LogLineError struct{ Text string }

// Error quotes the line, cut to 200 bytes.
func (e *LogLineError) Error() string {
	return fmt.Sprintf("importjob: log line not understood: %.200q", e.Text)
}
