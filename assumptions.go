package importjob

import "github.com/cognito-import/importjob/internal/model"

// Assumptions settles what no public page says about how Cognito judges a file. The zero value
// is the default of every point; the numbers are those of the file ASSUMPTIONS.md. [Check] and
// package memory read the same struct, so they agree.
type Assumptions struct {
	// TooManyFailed decides whether a job whose rows have all been read ends Failed. nil means
	// that it does when more rows failed or were skipped than were imported. It must not call a
	// Client. (A1)
	TooManyFailed func(imported, skipped, failed int64) bool

	// AllowMissingColumns lets a file lack columns other than cognito:username. By default any
	// missing column fails the job. (A6)
	AllowMissingColumns bool

	// AllowBOM lets a file begin with a byte order mark. By default it fails the job. (A7)
	AllowBOM bool

	// RefuseCRLF fails the job of a file whose header ends in "\r\n". By default "\r" is white
	// space at the end of a row, and trimmed. (A8)
	RefuseCRLF bool

	// RefuseQuotes fails each row that has a double quote in it. By default a quote is a
	// character like any other. (A9)
	RefuseQuotes bool

	// FieldCountFailsJob makes a row with too few or too many values fail the job. By default
	// it fails that row. (A10)
	FieldCountFailsJob bool

	// MaxFileBytes is the size over which a file fails the job. 0 means 100,000,000; the
	// service says "100 MB". (A5)
	MaxFileBytes int64
}

// finalStatus returns the status and the completion message of a job that has read all its rows.
func (a *Assumptions) finalStatus(imported, skipped, failed int64) (Status, string) {
	decide := a.TooManyFailed
	if decide == nil {
		decide = model.TooManyFailed
	}
	if decide(imported, skipped, failed) {
		return StatusFailed, MessageTooManyFailed
	}
	return StatusSucceeded, MessageSucceeded
}

// The completion messages of a job that has read all its rows, as the service documents them.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/list-user-import-jobs.html
const (
	MessageSucceeded     = "Import Job Completed Successfully."
	MessageTooManyFailed = "Too many users have failed or been skipped during the import."
)
