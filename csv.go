package importjob

import (
	"bytes"
	"fmt"

	"github.com/cognito-import/importjob/internal/scan"
)

// The limits of a CSV file. AWS does not raise them on request.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const (
	MaxRows       = 500_000     // rows in a file, without the header
	MaxRowChars   = 16_000      // characters in a row, without the end of the line
	MaxFileBytes  = 100_000_000 // bytes in a file; the quota says "100 MB" (A5)
	MaxValueBytes = 2_048       // bytes in a value
)

// The faults of a CSV file. A *[CSVError] wraps one of them and says where it is.
var (
	ErrEmptyFile         = newFault("empty-file", "the file is empty: the first line must be the header")
	ErrBOM               = newFault("bom", "the file begins with a byte order mark: save it as UTF-8 without one")
	ErrDuplicateColumn   = newFault("duplicate-column", "the header has this column twice")
	ErrUnknownColumn     = newFault("unknown-column", "the pool has no such attribute")
	ErrMissingColumn     = newFault("missing-column", "the header lacks this column: add it, its values may be empty")
	ErrFieldCount        = newFault("field-count", "the row does not have as many values as the header")
	ErrInvalidUTF8       = newFault("invalid-utf8", "not valid UTF-8: convert it to UTF-8")
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

// This line compiles only if package scan has the same limit.
var _ [MaxRowChars - scan.MaxRowChars]struct{} = [0]struct{}{}

// fault is an error about a file, a row or a value. Finding.Code lists the codes.
type fault struct{ code, text string }

func newFault(code, text string) error { return &fault{code, text} }

// Error returns the text of the fault.
func (f *fault) Error() string { return f.text }

// CSVError is the error of [Reader], [Writer] and [NewRowChecker] for a faulty file, row or value. Use
// errors.Is to compare it with one of the faults, such as [ErrFieldCount].
type CSVError struct {
	Line      int    // the line number in the file; the header is line 1; 0 if the error has no line
	Column    int    // the byte position in the line, from 1, of the faulty value; 0 if the fault has no position
	Attribute string // the name of the column; "" if the fault has no column
	Err       error  // one of the faults, such as ErrFieldCount
}

// Error returns a message such as "line 3, column 17: email: cause". It does not contain a value of a
// row. If Column is not 0, it also omits the name of an unknown or duplicate column, because in a
// file without a header that name is a value.
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

// Unwrap returns Err.
func (e *CSVError) Unwrap() error { return e.Err }
