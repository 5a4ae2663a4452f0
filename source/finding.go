package source

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/pwhash"
	"github.com/cognito-import/importjob/source/transform"
)

// Finding is one reason why the user of a record cannot be imported. A record can have several. It has no values of the record, so that it
// can be logged.
type Finding struct {
	// Code is the code of what is wrong. The codes are stable; the texts are not. It is one of:
	//
	//	record.quote, record.unclosed-quote, record.few-cells, record.many-cells, record.text, record.too-long, record.json, record.not-object
	//	               a record that cannot be read: the causes of *format.RecordError
	//	json.invalid   a text that |json should decode, and that is not JSON
	//	json.not-text  an array or an object in place of one value
	//	phone.no-country and others
	//	               a value that cannot be transformed: a transform.Code
	//	password.unsupported and others
	//	               a password that cannot be kept, if Options.UnusableHash says reject: "password." and a pwhash.Reason
	//	duplicate-username
	//	               an earlier row has the username, with Options.FindDuplicates; First is the place of that row
	//	required, email, max-length, not-verified and others
	//	               a row that breaks a rule of the pool: the Code of an importjob.Finding
	Code string `json:"code"`
	Place
	Column    string `json:"column,omitempty"`    // the path of the value in the export; "" if no single value is at fault
	Attribute string `json:"attribute,omitempty"` // the column of the pool, or "password", "groups" or "disabled"; "" if no single one is at fault
	Text      string `json:"text"`                // what is wrong, in plain English
	Remedy    string `json:"remedy,omitempty"`    // what to do, such as "--phone-region US", in the words of the importjob command; "" if only the source can be corrected
	First     Place  `json:"first,omitzero"`      // for the code duplicate-username, the place of the first row with the username; otherwise zero
}

// String returns the finding on one line, such as
//
//	line 12: mobile: phone number without country code; try --phone-region US
func (f Finding) String() string {
	text := f.Place.String() + ": "
	if name := f.name(); name != "" {
		text += name + ": "
	}
	text += f.Text
	if f.Remedy != "" {
		text += "; try " + f.Remedy
	}
	if f.First != (Place{}) {
		text += "; the first is " + f.First.String()
	}
	return text
}

// name returns the column of the export, or else that of the pool.
func (f Finding) name() string {
	if f.Column != "" {
		return f.Column
	}
	return f.Attribute
}

// codeInvalidJSON is the code of a format.Invalid value.
const codeInvalidJSON = "json.invalid"

// codeNotText is the code of a value that is an array or an object.
const codeNotText = "json.not-text"

// recordCodes has the codes of the causes of a *format.RecordError.
var recordCodes = []struct {
	cause error
	code  string
}{
	{format.ErrQuote, "record.quote"},
	{format.ErrUnclosedQuote, "record.unclosed-quote"},
	{format.ErrInvalidText, "record.text"},
	{format.ErrRecordTooLong, "record.too-long"},
	{format.ErrJSON, "record.json"},
	{format.ErrNotObject, "record.not-object"},
}

// recordFinding returns the finding for a record that cannot be read.
func recordFinding(e *format.RecordError) Finding {
	f := Finding{Code: "record", Text: e.Err.Error()}
	for _, c := range recordCodes {
		if errors.Is(e, c.cause) {
			f.Code, f.Text = c.code, c.cause.Error()
		}
	}
	if e.Column > 0 {
		f.Column = fmt.Sprintf("#%d", e.Column)
	}
	var cells *format.CellsError // its text has the numbers, which differ from record to record
	switch {
	case errors.Is(e, format.ErrQuote):
		f.Remedy = `the key "escape: \" of a mapping, if quotation marks have backslashes before them`
	case !errors.As(e, &cells):
	case cells.Cells < cells.Columns:
		f.Code, f.Text = "record.few-cells", "fewer cells than the table has columns, so values may be in the wrong column"
		f.Remedy = "a value in the last column of each row, if a spreadsheet left out the empty cells at the end"
	default:
		f.Code, f.Text = "record.many-cells", "more cells than the table has columns"
		f.Remedy = "quotation marks around values that have the delimiter in them, or --delimiter if it is another one"
	}
	return f
}

// transformFinding returns the finding for a value that cannot be transformed.
func transformFinding(err error, column, attribute string) Finding {
	f := Finding{Code: "transform", Column: column, Attribute: attribute, Text: "the value cannot be transformed"}
	var e *transform.Error
	if errors.As(err, &e) {
		f.Code, f.Text, f.Remedy = string(e.Code), e.Text, e.Remedy
	}
	return f
}

// passwordFinding returns the finding for a password that cannot be kept.
func passwordFinding(err error, column string) Finding {
	f := Finding{Code: "password." + string(pwhash.NotRecognized), Column: column, Attribute: "password", Text: "the password hash is not recognized", Remedy: "--unusable-hash reset"}
	var e *pwhash.Error
	if errors.As(err, &e) {
		f.Code, f.Text = "password."+string(e.Reason), "a password that cannot be kept: "+e.Cause.String()
	}
	return f
}

// ruleRemedies has what helps against faults of the pool's rules.
var ruleRemedies = map[string]string{
	"required":            "--default with a value for the column",
	"email-missing":       "an export with the address; without it, a job takes the user only with a verified phone number and email_verified=false",
	"phone-missing":       "--set phone_number_verified=false, or an export with the number",
	"surrounding-space":   "the transform trim",
	"newline":             "the transform one-line",
	"max-length":          "the transform cut with the length",
	"value-too-long":      "the transform cut=2048",
	"boolean":             "the transform bool",
	"birthdate":           "the transform date",
	"phone":               "the transform phone",
	"username":            "another column for cognito:username, or the transform uuid5",
	"username-like-alias": "another column for cognito:username, such as the id, or the transform uuid5",
	"mfa-off":             "--set cognito:mfa_enabled=false",
	"mfa-on":              "--set cognito:mfa_enabled=true",
}

// ruleFinding returns the finding for a fault of the pool's rules in the row.
func (s *Source) ruleFinding(f importjob.Finding, column string) Finding {
	return Finding{Code: f.Code, Column: column, Attribute: f.Attribute, Text: strings.TrimSuffix(f.Reason, "."), Remedy: s.remedyFor(f)}
}
