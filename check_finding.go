package importjob

import (
	"errors"
	"fmt"
)

// Finding is a fault of one row, or, if Fatal is true, of the whole file.
type Finding struct {
	Line      int       // the line number in the file; the header is line 1; 0 for a row that is not from a file
	Column    int       // the byte position in the line, from 1, of the faulty value; 0 if the fault has no position. For field-count: of the first value too many, or the end of the row
	Username  string    // the username of the row; "" if it is empty, or could not be read (codes field-count and row-too-long)
	Attribute string    // the name of the column; "" if no single column is at fault. For field-count: of the first column without a value, or ""
	Status    RowStatus // the outcome of the row: RowFailed or RowSkipped
	Reason    string    // a text that says what is wrong; it does not contain values of the row
	FirstLine int       // for the code duplicate-username, the line of the first row with the username; otherwise 0
	Fatal     bool      // the fault makes the whole job fail, so that no row is imported

	// Code identifies the kind of fault. Programs can rely on it: it stays the same when Reason
	// gets another wording.
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
	//
	// About a record that a CSV file cannot represent, from [RowChecker.CheckRecord] only: newline,
	// trailing-backslash, surrounding-space, empty-row, and unknown-column for a single row.
	Code string

	// Err is the fault as an error. It is one of the errors that a *[CSVError] wraps, such as
	// [ErrFieldCount], or an error with the text of Reason. Use errors.Is to compare it.
	Err error
}

// String returns a message such as "line 3, column 17: email: reason". For a duplicate username it also says
// on which line the first is. It does not contain values of the row.
func (f Finding) String() string {
	cause := f.Err
	if cause == nil {
		cause = errors.New(f.Reason)
	}
	text := (&CSVError{Line: f.Line, Column: f.Column, Attribute: f.Attribute, Err: cause}).Error()
	if f.FirstLine > 0 {
		text += fmt.Sprintf(" The first is on line %d.", f.FirstLine)
	}
	return text
}

// withCause returns the finding with the code, the reason and the error of a fault.
func (f Finding) withCause(cause *fault) Finding {
	f.Code, f.Reason, f.Err = cause.code, cause.text, cause
	return f
}

// findingOf returns a finding for an error about a row or a file.
func findingOf(e *CSVError) Finding {
	f := Finding{Line: e.Line, Column: e.Column, Attribute: e.Attribute, Status: RowFailed}
	return f.withCause(e.Err.(*fault))
}

// The faults of a row that are not errors of a CSVError. Only two of the service's own texts are public;
// the others are texts of this module. No text contains a value, since a value is personal data.
var (
	faultRequired         = &fault{"required", "a value is required"}
	faultUsername         = &fault{"username", "a username has 1 to 128 characters, and no space or control character"}
	faultUsernameAlias    = &fault{"username-like-alias", "a username cannot look like an attribute that users of this pool sign in with"}
	faultUsernameEmail    = &fault{"username-not-email", "users of this pool sign in with an e-mail address: the username must be one"}
	faultUsernamePhone    = &fault{"username-not-phone", "users of this pool sign in with a phone number: the username must be one, such as +12345550100"}
	faultUsernameBoth     = &fault{"username-not-email-or-phone", "users of this pool sign in with an e-mail address or phone number: the username must be one"}
	faultEmail            = &fault{"email", "Invalid email address format."} // the text of other operations; nobody has shown it in a log (A33)
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
