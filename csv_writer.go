package importjob

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob/internal/scan"
)

// Record is one user of a CSV file. It maps column names, such as "email", to values. A column without an
// entry has an empty value.
type Record map[string]string

// Writer writes a CSV file in the format that [Reader] describes. It writes a comma in a value as "\,".
// Its rows are buffered, so call [Writer.Flush] after the last one. Only one goroutine at a time can
// use a Writer.
//
// Writer does not change values to make them fit. It refuses a row with a *[CSVError] in these cases:
//
//   - A value contains a line break ([ErrNewline]).
//   - A value begins or ends with white space ([ErrSurroundingSpace]), or ends in a backslash
//     ([ErrTrailingBackslash]).
//   - A value contains a double quote ([ErrQuote]) and AllowQuotes is false.
//   - A value is not valid UTF-8 ([ErrInvalidUTF8]), or is longer than 2,048 bytes
//     ([ErrValueTooLong]).
//   - The row is longer than 16,000 characters ([ErrRowTooLong]), or empty ([ErrEmptyRow]).
//   - The file would have too many rows ([ErrTooManyRows]) or bytes ([ErrFileTooLarge]).
//   - The row does not have as many values as the header ([ErrFieldCount]), or the record has a
//     column that the header does not have ([ErrUnknownColumn]).
//   - The header has a name twice ([ErrDuplicateColumn]), or begins with a byte order mark
//     ([ErrBOM]).
//
// A refused row is not written, and you can write other rows after it. The Line of the error is the
// line number that the row would have had. After an error of the underlying io.Writer, the Writer
// writes nothing more and keeps returning that error.
type Writer struct {
	// AllowQuotes allows double quotes in values. How the service reads them is not documented.
	// (A9)
	AllowQuotes bool

	// NoLimits removes the limits MaxRows and MaxFileBytes, for a file that you want to split into
	// several.
	NoLimits bool

	w      io.Writer
	err    error  // the error of w, or nil
	buf    []byte // the rows that are not written to w yet
	header []string
	byLen  [][]int  // see columnsByLen
	record []string // reused by WriteRecord
	lines  int
	bytes  int64
}

// writeSize is the number of buffered bytes at which they are written to the underlying writer.
const writeSize = 64 << 10

// NewWriter returns a Writer that writes to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write writes one record. The first record must be the header, such as the names that [Pool.Header]
// returns. Each further record has one value for each column, in the order of the header.
func (w *Writer) Write(record []string) error {
	if w.header == nil {
		return w.writeHeader(record)
	}
	if len(record) != len(w.header) {
		return &CSVError{Line: w.lines + 1, Err: ErrFieldCount}
	}
	return w.writeRow(record)
}

// WriteRecord writes one user as a row. Write the header first; otherwise the error is [ErrEmptyFile].
func (w *Writer) WriteRecord(u Record) error {
	if w.header == nil {
		return &CSVError{Line: 1, Err: ErrEmptyFile}
	}
	known := false
	if len(u) > len(w.header)/2 {
		known = w.lookUp(u)
	} else {
		known = w.place(u)
	}
	if !known {
		return w.unknownColumn(u)
	}
	return w.writeRow(w.record)
}

// lookUp copies the values of u to w.record. It is fast for a record that has most columns. It returns
// false if u has a column that the header does not have.
func (w *Writer) lookUp(u Record) bool {
	found := 0
	for i, name := range w.header {
		value, ok := u[name]
		if ok {
			found++
		}
		w.record[i] = value
	}
	return found == len(u)
}

// place does the same as lookUp, and is fast for a record that has few columns.
func (w *Writer) place(u Record) bool {
	clear(w.record)
	for name, value := range u {
		i := w.column(name)
		if i < 0 {
			return false
		}
		w.record[i] = value
	}
	return true
}

// columnsByLen groups the indices of columns by the length of their names. It is an index to find a column
// by name, since few names have the same length. With a map of the names, the benchmark "write from
// map[string]string" takes a quarter more time.
func columnsByLen(header []string) (byLen [][]int) {
	for i, name := range header {
		for len(byLen) <= len(name) {
			byLen = append(byLen, nil)
		}
		byLen[len(name)] = append(byLen[len(name)], i)
	}
	return byLen
}

// column returns the index of a name in the header, or -1.
func (w *Writer) column(name string) int {
	if len(name) < len(w.byLen) {
		for _, i := range w.byLen[len(name)] {
			if w.header[i] == name {
				return i
			}
		}
	}
	return -1
}

// unknownColumn returns the error for a column of u that the header does not have. If there are several,
// it is the first in alphabetical order.
func (w *Writer) unknownColumn(u Record) error {
	for _, name := range slices.Sorted(maps.Keys(u)) {
		if !slices.Contains(w.header, name) {
			return &CSVError{Line: w.lines + 1, Attribute: name, Err: ErrUnknownColumn}
		}
	}
	panic("importjob: internal error: WriteRecord refused a record whose columns are all in the header")
}

// Flush writes the buffered rows to the underlying writer. Call it after the last row.
func (w *Writer) Flush() error {
	if w.err == nil && len(w.buf) > 0 {
		var n int
		if n, w.err = w.w.Write(w.buf); w.err == nil && n < len(w.buf) {
			w.err = io.ErrShortWrite
		}
		w.buf = w.buf[:0]
	}
	return w.err
}

func (w *Writer) writeHeader(names []string) error {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return &CSVError{Line: 1, Attribute: name, Err: ErrDuplicateColumn}
		}
	}
	if len(names) > 0 && strings.HasPrefix(names[0], "\uFEFF") {
		return &CSVError{Line: 1, Column: 1, Err: ErrBOM}
	}
	if err := w.writeRow(names); err != nil {
		return err
	}
	w.header = slices.Clone(names)
	w.byLen = columnsByLen(w.header)
	w.record = make([]string, len(names))
	return nil
}

// writeRow writes a row. It first joins the values and then checks the whole row at once. That is fast,
// since nearly every row is valid and needs at most a few backslashes. The line "write rows" of the
// benchmark table shows the effect.
func (w *Writer) writeRow(record []string) error {
	if w.err != nil {
		return w.err
	}
	start := len(w.buf)
	ok := w.join(record)
	row := w.buf[start:]
	escapes := bytes.Count(row, []byte{','}) - max(0, len(record)-1)
	if !ok || !w.valid(row) {
		w.buf = w.buf[:start]
		return w.refusal(record)
	}
	if escapes > 0 {
		w.escape(record, escapes)
	}
	return w.finishRow(start)
}

// join appends the values to the buffer, without backslashes. It returns false if a value is too long, or
// begins or ends with a character that is not allowed there.
func (w *Writer) join(record []string) bool {
	ok, buf := true, w.buf
	for i, value := range record {
		if i > 0 {
			buf = append(buf, ',')
		}
		if value != "" {
			first, last := value[0], value[len(value)-1]
			ok = ok && first > ' ' && last > ' ' && last != '\\' && len(value) <= MaxValueBytes
			buf = append(buf, value...)
		}
	}
	w.buf = buf
	return ok
}

// valid reports whether the row is valid UTF-8 without line breaks and, unless allowed, double quotes.
func (w *Writer) valid(row []byte) bool {
	return bytes.IndexByte(row, '\n') < 0 && bytes.IndexByte(row, '\r') < 0 &&
		(w.AllowQuotes || bytes.IndexByte(row, '"') < 0) && scan.ValidUTF8(row)
}

// escape inserts the given number of backslashes into the last row of the buffer, before the commas of its
// values. It works from the end of the row, so that it moves each byte only once.
func (w *Writer) escape(record []string, escapes int) {
	end := len(w.buf) // the end of the bytes that have not moved yet
	w.buf = append(w.buf, make([]byte, escapes)...)
	at := end // the start of the value
	for i := len(record) - 1; escapes > 0; i-- {
		value := record[i]
		at -= len(value)
		if strings.IndexByte(value, ',') >= 0 { // IndexByte is faster than LastIndexByte
			for comma := strings.LastIndexByte(value, ','); comma >= 0; comma = strings.LastIndexByte(value[:comma], ',') {
				copy(w.buf[at+comma+escapes:], w.buf[at+comma:end])
				end = at + comma
				escapes--
				w.buf[end+escapes] = '\\'
			}
		}
		at-- // the separator before it
	}
}

// refusal returns the error for the first value of a row that cannot be written. It panics if there is
// none.
func (w *Writer) refusal(record []string) error {
	column := 1
	for i, value := range record {
		if err := w.refuse(value); err != nil {
			e := &CSVError{Line: w.lines + 1, Column: column, Err: err}
			if i < len(w.header) {
				e.Attribute = w.header[i]
			}
			return e
		}
		column += len(value) + strings.Count(value, ",") + 1
	}
	panic("importjob: internal error: Write refused a row whose values are all valid")
}

// refuse returns the fault of a value that cannot be written, or nil.
func (w *Writer) refuse(value string) error {
	switch {
	case value == "":
		return nil
	case len(value) > MaxValueBytes:
		return ErrValueTooLong
	case strings.ContainsAny(value, "\r\n"):
		return ErrNewline
	case value[0] <= ' ' || value[len(value)-1] <= ' ':
		return ErrSurroundingSpace
	case value[len(value)-1] == '\\':
		return ErrTrailingBackslash
	case !w.AllowQuotes && strings.IndexByte(value, '"') >= 0:
		return ErrQuote
	case !utf8.ValidString(value):
		return ErrInvalidUTF8
	}
	return nil
}

// finishRow ends the row that begins at index start of the buffer. If the row breaks a limit, finishRow
// removes it from the buffer and returns the error.
func (w *Writer) finishRow(start int) error {
	row := w.buf[start:]
	size := int64(len(row) + 1)
	var fault error
	switch {
	case len(row) == 0:
		fault = ErrEmptyRow
	case len(row) > MaxRowChars && utf8.RuneCount(row) > MaxRowChars:
		fault = ErrRowTooLong
	case w.lines > MaxRows && !w.NoLimits:
		fault = ErrTooManyRows
	case w.bytes+size > MaxFileBytes && !w.NoLimits:
		fault = ErrFileTooLarge
	default:
		w.buf = append(w.buf, '\n')
		w.lines++
		w.bytes += size
		if len(w.buf) < writeSize {
			return nil
		}
		return w.Flush()
	}
	w.buf = w.buf[:start]
	return &CSVError{Line: w.lines + 1, Err: fault}
}
