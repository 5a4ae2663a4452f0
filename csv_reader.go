package importjob

import (
	"io"
	"iter"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/cognito-import/importjob/internal/scan"
)

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
	maxBytes int64
	chunk    scan.Chunk
	before   int // lines before the chunk
	header   header
	started  bool // the header has been read
	headErr  error
	rows     int
	row      Row
	err      error // the final error
}

// NewReader returns a Reader that reads from r.
func NewReader(r io.Reader) *Reader { return &Reader{src: r, maxBytes: MaxFileBytes} }

// Header reads the header, unless that has been done, and returns the names of the columns. The
// error is [ErrEmptyFile], or is about a byte order mark, a name that stands twice, or invalid
// UTF-8; the last three come with the names.
func (r *Reader) Header() ([]string, error) {
	if !r.started {
		r.started = true
		if r.NoLimits {
			r.maxBytes = math.MaxInt64
		}
		r.header, r.before, r.headErr = readHeader(&r.chunk, r.src, r.maxBytes)
		if r.header.names == nil {
			r.err = r.headErr
		}
	}
	return slices.Clone(r.header.names), r.headErr
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
	record := row.row.Strings()
	if err == nil && !row.row.ValidUTF8() {
		for i, value := range record {
			if !utf8.ValidString(value) {
				return record, faultAt(&row.row, i, r.header.names, ErrInvalidUTF8)
			}
		}
	}
	return record, err
}

// ReadRow returns the next row after the header. The Row and its values are valid until the next
// call. It does not look whether values are valid UTF-8; Read does.
func (r *Reader) ReadRow() (*Row, error) {
	if !r.started {
		_, _ = r.Header() // its error stays, or is about the header alone
	}
	if r.err != nil {
		return nil, r.err
	}
	row := &r.row.row
	for !r.chunk.Next(row) {
		if r.err = r.fill(); r.err != nil {
			return nil, r.err
		}
	}
	row.MoveLine(r.before)
	if r.rows++; r.rows > MaxRows && !r.NoLimits {
		r.err = &CSVError{Line: row.Line(), Err: ErrTooManyRows}
		return nil, r.err
	}
	if row.Len() != len(r.header.names) {
		return &r.row, formFault(row, r.header.names)
	}
	return &r.row, nil
}

// fill reads the next chunk.
func (r *Reader) fill() error {
	if r.chunk.TooLarge() {
		return &CSVError{Line: r.before + r.chunk.Lines(), Err: ErrFileTooLarge}
	}
	r.before += r.chunk.Lines()
	if !r.chunk.Fill(&r.chunk, r.src, r.maxBytes) {
		return r.chunk.Err()
	}
	return nil
}

// header is the header of a file.
type header struct {
	line    int
	names   []string // nil without a header
	columns []int    // where each name begins
	bom     bool
	crlf    bool // it ends in "\r\n"
}

// readHeader reads the header of a file, and returns how many lines there are before the chunk that it
// is in. An error about a byte order mark or a name comes with the header.
func readHeader(chunk *scan.Chunk, src io.Reader, maxBytes int64) (h header, before int, err error) {
	var row scan.Row
	for {
		bom, ok := chunk.NextHeader(&row)
		switch {
		case ok:
			row.MoveLine(before)
			h, err := parseHeader(&row, bom)
			return h, before, err
		case chunk.TooLarge():
			return header{}, before, &CSVError{Line: before + chunk.Lines(), Err: ErrFileTooLarge}
		}
		before += chunk.Lines()
		if !chunk.Fill(chunk, src, maxBytes) {
			if chunk.Err() == io.EOF {
				return header{}, before, &CSVError{Line: 1, Err: ErrEmptyFile}
			}
			return header{}, before, chunk.Err()
		}
	}
}

// parseHeader makes a header of its row.
func parseHeader(row *scan.Row, bom bool) (header, error) {
	if row.Len() == 0 {
		return header{}, &CSVError{Line: row.Line(), Err: ErrRowTooLong}
	}
	h := header{line: row.Line(), names: row.Strings(), columns: make([]int, row.Len()), bom: bom, crlf: row.CRLF()}
	var fault error
	shift := 0
	if bom {
		shift = len("\uFEFF")
		fault = &CSVError{Line: h.line, Column: 1, Err: ErrBOM}
	}
	for i, name := range h.names {
		switch {
		case fault != nil:
		case !utf8.ValidString(name):
			fault = faultAt(row, i, nil, ErrInvalidUTF8)
		case slices.Contains(h.names[:i], name):
			fault = &CSVError{Line: h.line, Column: row.Column(i), Attribute: name, Err: ErrDuplicateColumn}
		}
		h.columns[i] = row.Column(i) + shift
	}
	return h, fault
}

// faultAt makes an error about value i of a row, which may lie outside of the row or the header.
func faultAt(row *scan.Row, i int, header []string, cause error) *CSVError {
	e := &CSVError{Line: row.Line(), Err: cause}
	if i < row.Len() {
		e.Column = row.Column(i)
	}
	if i < len(header) {
		e.Attribute = header[i]
	}
	return e
}

// formFault says what is wrong with a row that has not as many values as the header.
func formFault(row *scan.Row, header []string) *CSVError {
	switch n := row.Len(); {
	case n == 0:
		return &CSVError{Line: row.Line(), Err: ErrRowTooLong}
	case n > len(header):
		return faultAt(row, len(header), header, ErrFieldCount)
	default:
		return &CSVError{Line: row.Line(), Column: row.Size() + 1, Attribute: header[n], Err: ErrFieldCount}
	}
}

// Row is one row of a CSV file: a line and where its values are in it. A row of a Reader is for one
// goroutine; one that ParseRow returns can be read by several at once.
type Row struct{ row scan.Row }

// ParseRow reads one line of a CSV file, given without its end. Its Line and Offset are 0. A line of more
// than 16,000 characters gives a row without values.
func ParseRow(line string) *Row { return &Row{*scan.Parse(line)} }

// Line returns the row's line number in the file; the header is line 1.
func (r *Row) Line() int { return r.row.Line() }

// Offset returns where in the file the row begins, in bytes.
func (r *Row) Offset() int64 { return r.row.Offset() }

// Size returns the length of the row in bytes, without the "\n" at its end.
func (r *Row) Size() int { return r.row.Size() }

// Text returns the row as it is in the file, escapes and all, without the end of the line. A row that
// was too long to read has none.
func (r *Row) Text() []byte { return r.row.Text() }

// Len returns the number of values. It is 0 for a row that was too long to read.
func (r *Row) Len() int { return r.row.Len() }

// Field returns value i, counted from 0, with escapes resolved and white space trimmed.
func (r *Row) Field(i int) []byte { return r.row.Field(i) }

// Fields iterates over the values, with escapes resolved and white space trimmed. To read all of them
// it is faster than Field.
func (r *Row) Fields() iter.Seq2[int, []byte] { return r.row.Fields() }

// Column returns where in the line value i begins, in bytes, from 1.
func (r *Row) Column(i int) int { return r.row.Column(i) }
