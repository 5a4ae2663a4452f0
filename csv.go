package importjob

import (
	"bytes"
	"fmt"

	"github.com/cognito-import/importjob/internal/scan"
)

// The limits of a CSV file. The service does not change them on request.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const (
	MaxRows       = 500_000     // users in a file, the header not counted
	MaxRowChars   = 16_000      // characters of a row
	MaxFileBytes  = 100_000_000 // "100 MB" (A5)
	MaxValueBytes = 2_048       // of one value
)

// What can be wrong with a CSV file. A *[CSVError] says where.
var (
	ErrEmptyFile         = newFault("empty-file", "the file is empty: the first line must be the header")
	ErrBOM               = newFault("bom", "the file begins with a byte order mark: save it as UTF-8 without one")
	ErrDuplicateColumn   = newFault("duplicate-column", "the header has this column twice")
	ErrUnknownColumn     = newFault("unknown-column", "the pool has no such attribute")
	ErrMissingColumn     = newFault("missing-column", "the header lacks this column: every column must be there, its values may be empty")
	ErrFieldCount        = newFault("field-count", "the row does not have as many values as the header")
	ErrInvalidUTF8       = newFault("invalid-utf8", "not valid UTF-8")
	ErrRowTooLong        = newFault("row-too-long", fmt.Sprintf("the row is longer than %d characters", MaxRowChars))
	ErrTooManyRows       = newFault("too-many-rows", fmt.Sprintf("the file has more than %d users: split it", MaxRows))
	ErrFileTooLarge      = newFault("file-too-large", "the file is larger than 100 MB: split it")
	ErrNewline           = newFault("newline", "a value cannot hold a line break")
	ErrTrailingBackslash = newFault("trailing-backslash", "a value cannot end in a backslash: the comma after it would become part of it")
	ErrSurroundingSpace  = newFault("surrounding-space", "a value cannot begin or end with white space: it would be trimmed")
	ErrQuote             = newFault("quote", "values are not quoted, and how the service reads a double quote is not documented")
	ErrValueTooLong      = newFault("value-too-long", fmt.Sprintf("a value cannot be longer than %d bytes", MaxValueBytes))
	ErrEmptyRow          = newFault("empty-row", "a row cannot be empty")
)

// The engine has the same limit.
var _ [MaxRowChars - scan.MaxRowChars]struct{} = [0]struct{}{}

// fault is what is wrong with a file, a row or a value. [Finding].Code lists the codes.
type fault struct{ code, text string }

func newFault(code, text string) error { return &fault{code, text} }

// Error returns the text.
func (f *fault) Error() string { return f.text }

// CSVError says what is wrong with a CSV file, and where.
type CSVError struct {
	Line      int    // 1 is the header; 0 when the error has no line
	Column    int    // of the first byte of the value within its line, from 1; 0 when it is about the whole line
	Attribute string // the name of the value's column, or ""
	Err       error  // one of the errors above
}

// Error has the form "line 3, column 17: email: cause". It never holds a value, nor a name from a
// header that the pool does not know: in a file without a header that is a value.
func (e *CSVError) Error() string {
	var b bytes.Buffer
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, ", column %d", e.Column)
		}
		b.WriteString(": ")
	}
	if e.Attribute != "" && (e.Column == 0 || e.Err != ErrUnknownColumn && e.Err != ErrDuplicateColumn) {
		b.WriteString(e.Attribute + ": ")
	}
	return b.String() + e.Err.Error()
}

// Unwrap returns the cause.
func (e *CSVError) Unwrap() error { return e.Err }
