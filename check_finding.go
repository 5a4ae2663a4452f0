package importjob

import (
	"errors"
	"fmt"
)

// Finding is one thing that is wrong with a file.
type Finding struct {
	Line      int       // in the file; the header is line 1
	Column    int       // of the first byte of the value within its line, from 1; 0 when it is about the whole line
	Username  string    // of the row, "" when it has none
	Attribute string    // the column's name, "" when it is about the whole row
	Status    RowStatus // what becomes of the row: RowFailed or RowSkipped
	Reason    string    // what is wrong, for people; never holds a value
	FirstLine int       // for a username that is in the file twice: the line where it was first
	Fatal     bool      // the whole job fails, and no row of it is imported

	// Code says what is wrong, for programs. It does not change from version to version.
	//
	// About a file: empty-file, bom, crlf, duplicate-column, unknown-column, missing-column,
	// too-many-rows, file-too-large.
	//
	// About a row: field-count, row-too-long, duplicate-username, not-verified.
	//
	// About a value: required, invalid-utf8, quote, value-too-long (over 2,048 bytes), min-length,
	// max-length, min-value, max-value, email, phone, birthdate, boolean, number, mfa-off, mfa-on,
	// email-missing, phone-missing, password-hash, username, username-like-alias, username-not-email,
	// username-not-phone, username-not-email-or-phone.
	Code string

	// Err is the cause: one of the errors that a *[CSVError] has, such as [ErrFieldCount], or an error
	// with the text of Reason.
	Err error
}

// String has the form "line 3, column 17: email: reason". It leaves the username out.
func (f Finding) String() string {
	cause := f.Err
	if cause == nil {
		cause = errors.New(f.Reason)
	}
	return (&CSVError{f.Line, f.Column, f.Attribute, cause}).Error()
}

// because gives a finding its cause.
func (f Finding) because(cause *fault) Finding {
	f.Code, f.Reason, f.Err = cause.code, cause.text, cause
	return f
}

// findingOf makes a finding of an error about a row or a file.
func findingOf(e *CSVError) Finding {
	f := Finding{Line: e.Line, Column: e.Column, Attribute: e.Attribute, Status: RowFailed}
	return f.because(e.Err.(*fault))
}

// What can be wrong with a row, besides the errors of a [CSVError]. The reasons in the service's log are
// not public, but for two; these say what to do. None holds a value, since a value is personal data.
var (
	faultRequired         = &fault{"required", "a value is required"}
	faultUsername         = &fault{"username", "a username has 1 to 128 characters, and no space or control character"}
	faultUsernameAlias    = &fault{"username-like-alias", "a username cannot look like an attribute that users of this pool sign in with"}
	faultUsernameEmail    = &fault{"username-not-email", "users of this pool sign in with an e-mail address: the username must be one"}
	faultUsernamePhone    = &fault{"username-not-phone", "users of this pool sign in with a phone number: the username must be one, such as +12345550100"}
	faultUsernameBoth     = &fault{"username-not-email-or-phone", "users of this pool sign in with an e-mail address or phone number: the username must be one"}
	faultEmail            = &fault{"email", "Invalid email address format."}
	faultPhone            = &fault{"phone", "a phone number is a plus sign and 2 to 15 digits, the country code first, such as +12345550100"}
	faultBirthdate        = &fault{"birthdate", "a birthdate is an existing day in the form mm/dd/yyyy"}
	faultBoolean          = &fault{"boolean", "a Boolean is true or false"}
	faultNumber           = &fault{"number", "a Number is digits, with an optional minus sign and fraction"}
	faultTooSmall         = &fault{"min-value", "the value is smaller than the pool's schema allows"}
	faultTooLarge         = &fault{"max-value", "the value is larger than the pool's schema allows"}
	faultTooShort         = &fault{"min-length", "the value is shorter than the pool's schema allows"}
	faultTooLong          = &fault{"max-length", "the value is longer than the pool's schema allows"}
	faultOver2048         = &fault{"value-too-long", fmt.Sprintf("the value is longer than %d bytes", MaxValueBytes)}
	faultMFAOff           = &fault{"mfa-off", "MFA is off in this pool: the value must be false or empty"}
	faultMFAOn            = &fault{"mfa-on", "MFA is required in this pool: the value must be true or empty"}
	faultNeedsEmail       = &fault{"email-missing", "email_verified is true: a value is required"}
	faultNeedsPhone       = &fault{"phone-missing", "phone_number_verified is true: a value is required"}
	faultHash             = &fault{"password-hash", "not a password hash of the job's algorithm, or out of its bounds"}
	faultNotVerified      = &fault{"not-verified", ReasonNotVerified}
	faultDuplicate        = &fault{"duplicate-username", ReasonExists}
	faultCRLF             = &fault{"crlf", `the header ends in "\r\n": end lines with "\n"`}
	faultInvalidUTF8Value = ErrInvalidUTF8.(*fault)
	faultQuoteValue       = ErrQuote.(*fault)
)
