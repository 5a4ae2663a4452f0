package importjob

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"
)

// The limits of a CSV file. The service does not change them on request.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const (
	MaxRows       = 500_000     // users in a file, the header not counted
	MaxRowLength  = 16_000      // characters of a row
	MaxFileBytes  = 100_000_000 // "100 MB" (A5)
	MaxValueBytes = 2_048       // of one value
)

// What can be wrong with a CSV file. A *[CSVError] says where.
var (
	ErrEmptyFile         = errors.New("the file is empty: the first line must be the header")
	ErrBOM               = errors.New("the file begins with a byte order mark: save it as UTF-8 without one")
	ErrCRLF              = errors.New(`the header ends in "\r\n": end lines with "\n"`)
	ErrDuplicateColumn   = errors.New("the header has this column twice")
	ErrUnknownColumn     = errors.New("the pool has no such attribute")
	ErrMissingColumn     = errors.New("the header lacks this column: every column must be there, its values may be empty")
	ErrFieldCount        = errors.New("the row does not have as many values as the header")
	ErrInvalidUTF8       = errors.New("not valid UTF-8")
	ErrRowTooLong        = fmt.Errorf("the row is longer than %d characters", MaxRowLength)
	ErrTooManyRows       = fmt.Errorf("the file has more than %d users: split it", MaxRows)
	ErrFileTooLarge      = errors.New("the file is larger than 100 MB: split it")
	ErrNewline           = errors.New("a value cannot hold a line break")
	ErrTrailingBackslash = errors.New("a value cannot end in a backslash: the comma after it would become part of it")
	ErrSurroundingSpace  = errors.New("a value cannot begin or end with white space: it would be trimmed")
	ErrQuote             = errors.New("values are not quoted, and how the service reads a double quote is not documented")
	ErrValueTooLong      = fmt.Errorf("a value cannot be longer than %d bytes", MaxValueBytes)
	ErrEmptyRow          = errors.New("a row cannot be empty")
)

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

// Reader reads a file in Cognito's CSV dialect, which is not RFC 4180:
//
//	file   = header LF { row LF }         UTF-8 without byte order mark; the last LF may lack
//	header = value { "," value }          the names of the columns
//	row    = value { "," value }          as many as the header has
//	value  = { character | "\," }         "\," stands for a comma
//
// There are no quotes: a double quote is a character like any other, and a row is always one
// line. A backslash that no comma follows is a character like any other. White space around a
// value (all characters up to U+0020, so the CR of a CRLF as well) is trimmed. Empty lines are
// skipped, but counted.
//
// Read has the shape of encoding/csv's, so that struct mappers work on top of it. ReadRow does
// not allocate. Neither keeps more of the file in memory than a window of 256 KiB.
//
// A *[CSVError] that is about one row comes with that row, and reading can go on after it. After
// [ErrTooManyRows], [ErrFileTooLarge], io.EOF, errors of the underlying reader, and without a
// header, because the file is empty or its first line too long, it cannot: the error stays.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
type Reader struct {
	// NoLimits lifts the limits on rows and size of the file, for a file that is to be split.
	// Set it before the first row is read.
	NoLimits bool

	src      io.Reader
	window   window
	lines    lines
	maxBytes int64
	header   []string
	columns  []int // where each name of the header begins
	bom      bool
	crlf     bool // the header ends in "\r\n"
	started  bool // the header has been read
	headErr  error
	rows     int
	row      Row
	err      error // the final error
}

// NewReader returns a Reader that reads from r.
func NewReader(r io.Reader) *Reader {
	reader := &Reader{src: r, maxBytes: MaxFileBytes}
	reader.lines.window = &reader.window
	reader.row.tokens = &reader.lines.tokenizer
	return reader
}

// Header reads the header, unless that has been done, and returns the names of the columns. The
// error is [ErrEmptyFile], or is about a byte order mark, a name that stands twice, or invalid
// UTF-8; the last three come with the names.
func (r *Reader) Header() ([]string, error) {
	if !r.started {
		r.started = true
		r.headErr = r.readHeader()
	}
	return slices.Clone(r.header), r.headErr
}

// Read returns the next record: the header first, unless Header or ReadRow has read it, then a
// row at a time. A row that comes with an error has the values that could be read.
func (r *Reader) Read() ([]string, error) {
	if !r.started {
		return r.Header()
	}
	row, err := r.ReadRow()
	if row == nil {
		return nil, err
	}
	record := row.strings()
	if err == nil && !validUTF8(row.text) {
		for i, value := range record {
			if !utf8.ValidString(value) {
				return record, row.fault(i, r.header, ErrInvalidUTF8)
			}
		}
	}
	return record, err
}

// ReadRow returns the next row after the header. The Row and its values are valid until the next
// call. It does not look whether values are valid UTF-8; Read does.
func (r *Reader) ReadRow() (*Row, error) {
	if !r.started {
		if _, err := r.Header(); r.header == nil {
			return nil, err
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	from, to, ok := r.lines.line()
	if !ok {
		if from, to, r.err = r.next(); r.err != nil {
			return nil, r.err
		}
	}
	if r.rows++; r.rows > MaxRows && !r.NoLimits {
		r.err = &CSVError{Line: r.lines.number, Err: ErrTooManyRows}
		return nil, r.err
	}
	row, commas := &r.row, r.lines.count(from, to)
	if !r.lines.row(row, from, to) {
		return row, row.fault(-1, nil, ErrRowTooLong)
	}
	if row.values = 1 + commas - row.escapes; row.values != len(r.header) {
		return row, row.countFault(r.header)
	}
	return row, nil
}

// next returns where the next line is, in a window after this one.
func (r *Reader) next() (from, to int, err error) {
	for ok := false; !ok; from, to, ok = r.lines.line() {
		if err := r.more(); err != nil {
			return 0, 0, err
		}
	}
	return from, to, nil
}

// more reads the next window.
func (r *Reader) more() error {
	if fault := r.lines.fault(); fault != nil {
		return fault
	}
	more := r.window.follow(&r.window, r.src)
	most := r.maxBytes
	if r.NoLimits {
		most = math.MaxInt64
	}
	r.lines.read(&r.window, most)
	r.lines.sum()
	if !more {
		return r.window.err
	}
	return nil
}

var bom = []byte("\uFEFF")

func (r *Reader) readHeader() error {
	from, to, err := r.next()
	if err == io.EOF {
		err = &CSVError{Line: 1, Err: ErrEmptyFile}
	}
	if err != nil {
		r.err = err
		return err
	}
	var fault error
	at, skipped, line := r.lines.number, 0, r.window.buf[from:to]
	if r.bom = bytes.HasPrefix(line, bom); r.bom {
		fault = &CSVError{Line: at, Column: 1, Err: ErrBOM}
		skipped = len(bom)
		line = line[skipped:]
	}
	r.crlf = bytes.HasSuffix(line, []byte("\r"))
	if isLong(line) {
		r.err = &CSVError{Line: at, Err: ErrRowTooLong}
		return r.err
	}
	row := Row{line: at, tokens: &r.lines.tokenizer}
	r.lines.split(&row, from+skipped, to)
	r.header, r.columns = row.strings(), make([]int, row.Len())
	for i, name := range r.header {
		switch {
		case fault != nil:
		case !utf8.ValidString(name):
			fault = row.fault(i, nil, ErrInvalidUTF8)
		case slices.Contains(r.header[:i], name):
			fault = &CSVError{Line: at, Column: row.Column(i), Attribute: name, Err: ErrDuplicateColumn}
		}
		r.columns[i] = row.Column(i) + skipped
	}
	return fault
}
