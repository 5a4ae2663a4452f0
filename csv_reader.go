package importjob

import (
	"io"
	"iter"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/cognito-import/importjob/internal/scan"
)

// Reader reads a CSV file in the format that Cognito imports. The format differs from ordinary CSV
// (RFC 4180):
//
//	file   = header LF { row LF }         in UTF-8, without a byte order mark; the last LF is optional
//	header = value { "," value }          the names of the columns
//	row    = value { "," value }          as many values as the header has
//	value  = { character | "\," }         "\," means a comma
//
// Some consequences and details:
//
//   - Values have no quotes. A double quote is an ordinary character (A9), and a value cannot
//     contain a line break.
//   - A backslash is an ordinary character, unless a comma follows it.
//   - White space around a value is trimmed. White space is each character up to U+0020, so the CR
//     of a line that ends in CRLF is trimmed too (A8, A11).
//   - An empty line is not a row, but line numbers count it.
//
// [Reader.Read] returns a record as []string, like encoding/csv. [Reader.ReadRow] is faster: it
// allocates no memory per row. A Reader keeps 256 KiB of the file in memory. Only one goroutine at a
// time can use it.
//
// # Errors
//
// If one row is faulty, Read and ReadRow return the row together with a *[CSVError], and the next
// call returns the next row. These errors are final, and each further call returns the same error:
// io.EOF, an error of the underlying io.Reader, [ErrTooManyRows], [ErrFileTooLarge],
// [ErrEmptyFile], and [ErrRowTooLong] for the header.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
type Reader struct {
	// NoLimits removes the limits MaxRows and MaxFileBytes, for a file that you want to split into
	// several. Set it before the first call of a method.
	NoLimits bool

	src      io.Reader
	maxBytes int64
	chunk    scan.Chunk
	before   int // the number of lines before the chunk
	header   header
	started  bool // the header has been read
	headErr  error
	rows     int
	row      Row
	err      error // the final error, or nil
}

// NewReader returns a Reader of the CSV file r.
func NewReader(r io.Reader) *Reader { return &Reader{src: r, maxBytes: MaxFileBytes} }

// Header returns the column names. The first call reads the header; further calls return the same
// result. If the file begins with a byte order mark ([ErrBOM]), or if a name is a duplicate
// ([ErrDuplicateColumn]) or not valid UTF-8 ([ErrInvalidUTF8]), Header returns the names together
// with that error, and the rows can still be read. All other errors are final.
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

// Read returns the next record. The first record is the header, unless Header or ReadRow was called
// before. Each record is a new slice. If Read returns a record together with an error, the record has
// the values that could be read.
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

// ReadRow returns the next row after the header; it skips the header if that was not read. The Row and
// its values are valid until the next call of ReadRow or Read. Unlike Read, ReadRow does not check
// that the values are valid UTF-8, and it ignores the faults of the header that Header returns together with
// the names. For a row that is too long ([ErrRowTooLong]), the Row has no values.
func (r *Reader) ReadRow() (*Row, error) {
	if !r.started {
		_, _ = r.Header() // a final error is also in r.err; other errors are about the header only
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
	names   []string // nil if the file has no header
	columns []int    // the position of each name in the line, from 1
	bom     bool     // a byte order mark is before it
	crlf    bool     // it ends in "\r\n"
}

// readHeader reads the header of a file. before is the number of lines before the chunk that contains the
// header. For an error about a byte order mark or a name, readHeader returns the header too.
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

// parseHeader returns the header that a row has.
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

// faultAt returns an error about value i of a row. The row or the header can have fewer values.
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

// formFault returns the error for a row that does not have as many values as the header.
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

// Row is one row of a CSV file, with the position of each value. Only one goroutine at a time can use a
// Row of a [Reader]. Several goroutines can use a Row of [ParseRow] at the same time.
type Row struct{ row scan.Row }

// ParseRow returns the row in a line of a CSV file. The line must not contain the "\n" at its end. The
// Line and Offset of the Row are 0. If the line has more than 16,000 characters, the Row has no
// values.
func ParseRow(line string) *Row { return &Row{*scan.Parse(line)} }

// Line returns the row's line number in the file; the header is line 1.
func (r *Row) Line() int { return r.row.Line() }

// Offset returns the position of the row's first byte in the file, from 0.
func (r *Row) Offset() int64 { return r.row.Offset() }

// Size returns the number of bytes of the row in the file, without the "\n" at its end.
func (r *Row) Size() int { return r.row.Size() }

// Text returns the row as it is in the file, with its backslashes, without the "\n" or "\r\n" at its end.
// It returns nil for a row that is too long. The caller must not change the bytes.
func (r *Row) Text() []byte { return r.row.Text() }

// Len returns the number of values. It is 0 for a row that is too long.
func (r *Row) Len() int { return r.row.Len() }

// Field returns value i, counted from 0. A "\," is replaced by a comma, and white space around the value
// is trimmed. Field panics if i is not less than Len. The caller must not change the bytes.
func (r *Row) Field(i int) []byte { return r.row.Field(i) }

// Fields iterates over the values and their indices, from 0. The values are those that Field returns.
// Fields is faster than Field if you need all values.
func (r *Row) Fields() iter.Seq2[int, []byte] { return r.row.Fields() }

// Column returns the byte position at which value i begins in its line, from 1.
func (r *Row) Column(i int) int { return r.row.Column(i) }
