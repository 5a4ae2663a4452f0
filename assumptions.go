package importjob

import "github.com/cognito-import/importjob/internal/model"

// Assumptions are choices about how Cognito reads a file, where the public documentation does not say
// it. The zero value has the defaults. [Check] and package memory take the same struct; give both
// the same value, so that a dry run and a test agree. The numbers in parentheses, such as (A1), are
// rows of the table in the module's file ASSUMPTIONS.md, which explains each choice.
type Assumptions struct {
	// TooManyFailed decides whether a job that has read all rows ends Failed instead of Succeeded.
	// nil means that the job fails if skipped + failed > imported. The function must not call a
	// method of the Client that runs the job. (A1)
	TooManyFailed func(imported, skipped, failed int64) bool

	// AllowMissingColumns allows a file without some of the pool's columns. Only cognito:username
	// is then required, and password_hash for a job with a hashing algorithm. By default a
	// missing column fails the job. (A6)
	AllowMissingColumns bool

	// AllowBOM allows a byte order mark at the start of a file. By default it fails the job. (A7)
	AllowBOM bool

	// RefuseCRLF makes the job fail if the header line ends in "\r\n". By default the "\r" is
	// trimmed as white space. (A8)
	RefuseCRLF bool

	// RefuseQuotes makes a row fail if a value contains a double quote. By default a double quote
	// is an ordinary character. (A9)
	RefuseQuotes bool

	// FieldCountFailsJob makes the whole job fail if a row has too few or too many values. By
	// default only that row fails. (A10)
	FieldCountFailsJob bool

	// MaxFileBytes is the largest size of a file. A larger file fails the job. 0 or less means
	// 100,000,000 bytes, which is one reading of the documented "100 MB". (A5)
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

// The texts that the service documents for [UserImportJob].CompletionMessage, for a job that has read
// all its rows.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/list-user-import-jobs.html
const (
	MessageSucceeded     = "Import Job Completed Successfully."
	MessageTooManyFailed = "Too many users have failed or been skipped during the import."
)
