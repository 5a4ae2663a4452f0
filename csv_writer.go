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

// Record is one user of a CSV file: values by the name of their column. Columns that are not there
// are written empty.
type Record map[string]string

// Writer writes a file in the dialect that [Reader] describes. It escapes commas, and refuses
// what the dialect cannot hold or the service would not take, rather than change it: line
// breaks, white space around a value, a trailing backslash, double quotes (unless AllowQuotes is
// set), invalid UTF-8, values over 2,048 bytes, rows over 16,000 characters, and more rows or
// bytes than a file may have.
//
// A row that is refused with a *[CSVError] leaves no trace, and writing can go on without it. Its
// Line is the one that the row would have had. After an error of the underlying writer nothing
// more is written.
type Writer struct {
	// AllowQuotes lets values have double quotes in them. No page says how the service
	// reads them. (A9)
	AllowQuotes bool

	// NoLimits lifts the limits on rows and size of the file, for rows that are to be split over
	// several files.
	NoLimits bool

	w      io.Writer
	err    error  // of w
	buf    []byte // rows that are not written yet
	header []string
	byLen  [][]int  // the columns whose names have a length; few names have the same
	record []string // scratch of WriteUser
	lines  int
	bytes  int64
}

// writeSize is how much is written to the underlying writer at a time.
const writeSize = 64 << 10

// NewWriter returns a Writer that writes to w. The first record is the header.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write writes one record. The first must be the header, such as [Pool.Header] returns.
func (w *Writer) Write(record []string) error {
	if w.header == nil {
		return w.writeHeader(record)
	}
	if len(record) != len(w.header) {
		return &CSVError{Line: w.lines + 1, Err: ErrFieldCount}
	}
	return w.writeRow(record)
}

// WriteRecord writes one user. The header must have been written.
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

// lookUp makes the record of a user who has most columns. It is false when the header lacks one.
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

// place is lookUp for a user who has few.
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

// columnsByLen groups the columns by the length of their names. It is a cheap index by name, since few
// names have the same length. The line "write from map[string]string" of the benchmark table pays for it:
// a map of the names costs a quarter more.
func columnsByLen(header []string) (byLen [][]int) {
	for i, name := range header {
		for len(byLen) <= len(name) {
			byLen = append(byLen, nil)
		}
		byLen[len(name)] = append(byLen[len(name)], i)
	}
	return byLen
}

// column returns the place of a name in the header, or -1.
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

// unknownColumn names the first column of u that the header does not have.
func (w *Writer) unknownColumn(u Record) error {
	for _, name := range slices.Sorted(maps.Keys(u)) {
		if !slices.Contains(w.header, name) {
			return &CSVError{Line: w.lines + 1, Attribute: name, Err: ErrUnknownColumn}
		}
	}
	panic("importjob: a column that is known and unknown")
}

// Flush writes what is buffered to the underlying writer.
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

// writeRow writes a row. It joins the values first and looks at the row once, since nearly every row is
// right as it is, or lacks a few backslashes only. The line "write rows" of the benchmark table pays for it.
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

// join appends the values as they are. It is false when one begins or ends with a character that
// it must not, or could be too long.
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

// valid looks for what no value may have in it.
func (w *Writer) valid(row []byte) bool {
	return bytes.IndexByte(row, '\n') < 0 && bytes.IndexByte(row, '\r') < 0 &&
		(w.AllowQuotes || bytes.IndexByte(row, '"') < 0) && scan.ValidUTF8(row)
}

// escape writes a number of backslashes into the last row, before the commas of its values. It
// works from the end, so that each byte moves once.
func (w *Writer) escape(record []string, escapes int) {
	end := len(w.buf) // of what has not moved yet
	w.buf = append(w.buf, make([]byte, escapes)...)
	at := end // where the value begins
	for i := len(record) - 1; escapes > 0; i-- {
		value := record[i]
		at -= len(value)
		if strings.IndexByte(value, ',') >= 0 { // looks at many bytes at once, unlike LastIndexByte
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

// refusal says which value of a row the dialect cannot hold, and why. There must be one.
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
	panic("importjob: no value is wrong in a row that is")
}

// refuse says why the dialect cannot hold a value, or nil.
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

// finishRow ends the row that begins at an index of buf, or takes it back.
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
