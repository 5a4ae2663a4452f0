package importjob

import (
	"bytes"
	"io"
)

// Row is one row of a CSV file: a line and where its values are in it.
type Row struct {
	line   int
	offset int64
	size   int
	text   []byte // the line, with the escapes of each value resolved in place
	starts []int32
	ends   []int32
}

// ParseRow reads one line of a CSV file, given without its end. Its Line and Offset are 0.
func ParseRow(line string) *Row {
	r := &Row{size: len(line)}
	r.split([]byte(line))
	return r
}

// Line returns the row's line number in the file; the header is line 1.
func (r *Row) Line() int { return r.line }

// Offset returns where in the file the row begins, in bytes.
func (r *Row) Offset() int64 { return r.offset }

// Size returns the length of the row in bytes, without the end of the line.
func (r *Row) Size() int { return r.size }

// Len returns the number of values. It is 0 for a row that was too long to read.
func (r *Row) Len() int { return len(r.starts) }

// Field returns value i, counted from 0, with escapes resolved and white space trimmed.
func (r *Row) Field(i int) []byte {
	v := r.text[r.starts[i]:r.ends[i]]
	if len(v) > 0 && (v[0] <= ' ' || v[len(v)-1] <= ' ') {
		return bytes.TrimFunc(v, func(c rune) bool { return c <= ' ' })
	}
	return v
}

// Column returns where in the line value i begins, in bytes, from 1.
func (r *Row) Column(i int) int { return int(r.starts[i]) + 1 }

// fault makes an error about value i, which may lie outside of the row or the header.
func (r *Row) fault(i int, header []string, cause error) *CSVError {
	e := &CSVError{Line: r.line, Err: cause}
	if i >= 0 && i < r.Len() {
		e.Column = r.Column(i)
	}
	if i >= 0 && i < len(header) {
		e.Attribute = header[i]
	}
	return e
}

// countFault makes the error about a row that is shorter or longer than the header.
func (r *Row) countFault(header []string) *CSVError {
	if r.Len() > len(header) {
		return r.fault(len(header), header, ErrFieldCount)
	}
	return &CSVError{Line: r.line, Column: r.size + 1, Attribute: header[r.Len()], Err: ErrFieldCount}
}

// split finds the values of a line. It resolves the escapes in place.
func (r *Row) split(line []byte) {
	r.text, r.starts, r.ends = line, r.starts[:0], r.ends[:0]
	if line == nil {
		return
	}
	start, to := 0, 0
	for from := 0; from < len(line); from++ {
		switch c := line[from]; {
		case c == ',':
			r.starts, r.ends = append(r.starts, int32(start)), append(r.ends, int32(to))
			start, to = from+1, from+1
		case c == '\\' && from+1 < len(line) && line[from+1] == ',':
			from++
			line[to] = ','
			to++
		default:
			line[to] = c
			to++
		}
	}
	r.starts, r.ends = append(r.starts, int32(start)), append(r.ends, int32(to))
}

// lineReader cuts a stream into lines in constant memory.
type lineReader struct {
	src      io.Reader
	buf      []byte
	from, to int   // the part of buf that has not been handed out
	offset   int64 // where in the stream the line begins
	end      int64 // where the next line begins
	number   int   // of the line, from 1
	size     int   // of the line without its "\n", in bytes
	tooLong  bool  // the line does not fit; what next returned is its beginning
	err      error // of src
}

const (
	windowBytes  = 256 << 10
	maxLineBytes = 4*MaxRowLength + 4 // a longer line has too many characters, whatever they are; with BOM and CR
)

// next returns the next line without its "\n", valid until the next call. An empty last line
// does not count.
func (l *lineReader) next() ([]byte, error) {
	l.offset, l.tooLong = l.end, false
	searched := l.from
	for {
		if n := bytes.IndexByte(l.buf[searched:l.to], '\n'); n >= 0 {
			return l.cut(searched+n, 1), nil
		}
		if l.to-l.from > maxLineBytes {
			return l.skip()
		}
		searched = l.to
		if l.err != nil {
			if l.err == io.EOF && l.to > l.from {
				return l.cut(l.to, 0), nil
			}
			return nil, l.err
		}
		searched -= l.fill()
	}
}

// cut hands out the line up to index end, and steps over it and its terminator.
func (l *lineReader) cut(end, terminator int) []byte {
	line := l.buf[l.from:end:end]
	l.size = len(line)
	l.tooLong = l.size > maxLineBytes
	l.number++
	l.end = l.offset + int64(l.size+terminator)
	l.from = end + terminator
	return line
}

// fill reads more of the stream, and returns by how much it moved what was there.
func (l *lineReader) fill() int {
	moved := 0
	if l.buf == nil {
		l.buf = make([]byte, windowBytes)
	}
	if l.from > 0 && len(l.buf)-l.to < maxLineBytes {
		moved = l.from
		l.to = copy(l.buf, l.buf[l.from:l.to])
		l.from = 0
	}
	for range 100 {
		n, err := l.src.Read(l.buf[l.to:])
		l.to, l.err = l.to+n, err
		if n > 0 || err != nil {
			return moved
		}
	}
	l.err = io.ErrNoProgress
	return moved
}

// skip reads over a line that is too long. It hands out nothing of it.
func (l *lineReader) skip() ([]byte, error) {
	length, rest := l.to-l.from, 0
	l.from, l.to = 0, 0
	for found := false; !found && l.err == nil; length += rest {
		l.to = 0
		l.fill()
		rest = l.to
		if n := bytes.IndexByte(l.buf[:l.to], '\n'); n >= 0 {
			found, rest, l.from = true, n+1, n+1
		}
	}
	l.size = length - 1
	if l.from == 0 { // the last line, without an end
		l.to, l.size = 0, length
		if l.err != io.EOF {
			return nil, l.err
		}
	}
	l.number++
	l.tooLong = true
	l.end = l.offset + int64(length)
	return nil, nil
}
