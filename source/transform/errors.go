package transform

// Code is the code of what is wrong with a value. The codes are stable; the texts of errors are not. A Code is an
// error, so errors.Is finds it in an *[Error]:
//
//	errors.Is(err, transform.PhoneNoCountry)
type Code string

// Error returns the code.
func (c Code) Error() string { return string(c) }

// The codes.
const (
	PhoneNoCountry   Code = "phone.no-country"  // a phone number without country code, and no default region
	PhoneExtension   Code = "phone.extension"   // a phone number with an extension, which E.164 cannot have
	PhoneImpossible  Code = "phone.impossible"  // too few or too many digits, or a country code that does not exist
	PhoneMalformed   Code = "phone.malformed"   // no phone number
	PhoneSpreadsheet Code = "phone.spreadsheet" // a phone number that a spreadsheet program made a rounded number, such as 4.9E+11
	DateAmbiguous    Code = "date.ambiguous"    // day and month cannot be told apart
	DateUnknown      Code = "date.unknown"      // no known layout, or not the given one
	DateNoDay        Code = "date.no-day"       // a day that the calendar does not have
	TimeUnknown      Code = "time.unknown"      // no known form of a time
	TimeBefore1970   Code = "time.before-1970"  // a time before 1970, which updated_at cannot be
	BoolUnknown      Code = "bool.unknown"      // a word that is neither true nor false
	TextTooLong      Code = "text.too-long"     // more characters than MaxLength allows
	TextNUL          Code = "text.nul"          // OneLine of a value with a NUL character
	EmailNoAt        Code = "email.no-at"       // LocalPart of a value without @
)

// Error is the error of a value that cannot be transformed. It does not contain the value, so that it can be logged.
type Error struct {
	Code   Code
	Text   string // what is wrong, in plain English
	Remedy string // what to do, such as "--phone-region US"; "" if only the source can be corrected
}

// Error returns the text and the remedy.
func (e *Error) Error() string {
	if e.Remedy == "" {
		return e.Text
	}
	return e.Text + "; try " + e.Remedy
}

// Unwrap returns the code.
func (e *Error) Unwrap() error { return e.Code }

// fail returns the error for a value that has no other remedy than the code's usual one.
func fail(code Code) error {
	e := &Error{Code: code}
	switch code {
	case PhoneNoCountry:
		e.Text, e.Remedy = "phone number without country code", "--phone-region US"
	case PhoneExtension:
		e.Text = "phone number with an extension"
	case PhoneImpossible:
		e.Text = "phone number that no country has: too few digits, too many, or an unknown country code"
	case PhoneMalformed:
		e.Text = "not a phone number"
	case PhoneSpreadsheet:
		e.Text, e.Remedy = "phone number that a spreadsheet program rounded", "an export in which the column is text"
	case DateAmbiguous:
		e.Text, e.Remedy = "date whose day and month cannot be told apart", "date=dd/mm/yyyy or date=mm/dd/yyyy"
	case DateUnknown:
		e.Text, e.Remedy = "not a date in a known layout", "the transform date with the layout, such as date=yyyymmdd"
	case DateNoDay:
		e.Text = "date that is not in the calendar"
	case TimeUnknown:
		e.Text, e.Remedy = "not a time in a known form", "ISO 8601 or seconds since 1970"
	case TimeBefore1970:
		e.Text = "time before 1970"
	case BoolUnknown:
		e.Text, e.Remedy = "neither true nor false", "the transform equals with the words that mean true, or non-empty"
	case TextNUL:
		e.Text, e.Remedy = "text with a NUL character, which programs take for its end", "an export without it"
	case EmailNoAt:
		e.Text = "e-mail address without @"
	}
	return e
}
