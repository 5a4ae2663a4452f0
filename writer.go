package importjob

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// User is one user of a CSV file: values by the name of their column. Columns that are not there
// are written empty.
type User map[string]string

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

	w      *bufio.Writer
	header []string
	index  map[string]int
	buf    []byte
	lines  int
	bytes  int64
}

// NewWriter returns a Writer that writes to w. The first record is the header.
func NewWriter(w io.Writer) *Writer {
	return &Writer{w: bufio.NewWriterSize(w, 64<<10)}
}

// Write writes one record. The first must be the header, such as [Pool.Header] returns.
func (w *Writer) Write(record []string) error {
	if w.header == nil {
		return w.writeHeader(record)
	}
	if len(record) != len(w.header) {
		return &CSVError{Line: w.lines + 1, Err: ErrFieldCount}
	}
	w.buf = w.buf[:0]
	for i, value := range record {
		if err := w.append(i, value); err != nil {
			return err
		}
	}
	return w.flushRow()
}

// WriteUser writes one user. The header must have been written.
func (w *Writer) WriteUser(u User) error {
	if w.header == nil {
		return &CSVError{Line: 1, Err: ErrEmptyFile}
	}
	for name := range u {
		if _, ok := w.index[name]; !ok {
			return &CSVError{Line: w.lines + 1, Attribute: name, Err: ErrUnknownColumn}
		}
	}
	w.buf = w.buf[:0]
	for i, name := range w.header {
		if err := w.append(i, u[name]); err != nil {
			return err
		}
	}
	return w.flushRow()
}

// Flush writes what is buffered to the underlying writer.
func (w *Writer) Flush() error { return w.w.Flush() }

func (w *Writer) writeHeader(names []string) error {
	index := make(map[string]int, len(names))
	w.buf = w.buf[:0]
	for i, name := range names {
		if _, twice := index[name]; twice {
			return &CSVError{Line: 1, Attribute: name, Err: ErrDuplicateColumn}
		}
		index[name] = i
		if err := w.append(i, name); err != nil {
			return err
		}
	}
	if bytes.HasPrefix(w.buf, bom) {
		return &CSVError{Line: 1, Column: 1, Err: ErrBOM}
	}
	if err := w.flushRow(); err != nil {
		return err
	}
	w.header, w.index = slices.Clone(names), index
	return nil
}

// append adds a value to the row in buf, escaped.
func (w *Writer) append(i int, value string) error {
	if i > 0 {
		w.buf = append(w.buf, ',')
	}
	if err := w.refuse(value); err != nil {
		e := &CSVError{Line: w.lines + 1, Column: len(w.buf) + 1, Err: err}
		if i < len(w.header) {
			e.Attribute = w.header[i]
		}
		return e
	}
	for {
		comma := strings.IndexByte(value, ',')
		if comma < 0 {
			w.buf = append(w.buf, value...)
			return nil
		}
		w.buf = append(append(w.buf, value[:comma]...), '\\', ',')
		value = value[comma+1:]
	}
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

// flushRow hands the row in buf to the buffered writer.
func (w *Writer) flushRow() error {
	line := w.lines + 1
	size := int64(len(w.buf) + 1)
	switch {
	case len(w.buf) == 0:
		return &CSVError{Line: line, Err: ErrEmptyRow}
	case len(w.buf) > MaxRowLength && utf8.RuneCount(w.buf) > MaxRowLength:
		return &CSVError{Line: line, Err: ErrRowTooLong}
	case w.lines > MaxRows:
		return &CSVError{Line: line, Err: ErrTooManyRows}
	case w.bytes+size > MaxFileBytes:
		return &CSVError{Line: line, Err: ErrFileTooLarge}
	}
	if _, err := w.w.Write(append(w.buf, '\n')); err != nil {
		return err
	}
	w.lines++
	w.bytes += size
	return nil
}
