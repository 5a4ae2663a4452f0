package importjob

import (
	"bytes"
	"strings"
)

// Row is one row of a CSV file: a line and where its values are in it.
type Row struct {
	line    int
	offset  int64
	size    int
	raw     []byte   // the line as it stands in the file
	text    []byte   // the same with its escapes resolved; a value that got shorter ends in spaces
	escapes int      // how many there were
	starts  []uint16 // where each value starts in text; then one after the end of the last
	scratch []byte   // what text is, of a row with escapes
}

// ParseRow reads one line of a CSV file, given without its end. Its Line and Offset are 0. A line
// of more than 64,004 bytes, which has too many characters whatever they are, gives a row without
// values.
func ParseRow(line string) *Row {
	row := &Row{size: len(line)}
	if len(line) > maxLineBytes {
		row.finish(-1, 0)
		return row
	}
	buf := make([]byte, len(line)+blockSize)
	copy(buf, line)
	var t tokenizer
	t.reset(buf, len(line))
	t.split(row, 0, len(line))
	return row
}

// LineValue returns value i of a line that has a number of values, as ParseRow(line).Field(i)
// does, but without looking at all of them. The last one is found from the end.
func LineValue(line string, i, values int) string {
	if i == values-1 {
		for end := len(line); ; end-- {
			end = strings.LastIndexByte(line[:end], ',')
			if end <= 0 || line[end-1] != '\\' {
				return plainValue(line[end+1:])
			}
		}
	}
	for start := 0; ; {
		end := start
		for {
			n := strings.IndexByte(line[end:], ',')
			if n < 0 {
				return plainValue(line[start:])
			}
			if end += n; end == 0 || line[end-1] != '\\' {
				break
			}
			end++
		}
		if i == 0 {
			return plainValue(line[start:end])
		}
		i--
		start = end + 1
	}
}

// plainValue resolves the escapes of a value and trims it.
func plainValue(value string) string {
	if strings.IndexByte(value, '\\') >= 0 {
		value = strings.ReplaceAll(value, `\,`, ",")
	}
	for value != "" && value[0] <= ' ' {
		value = value[1:]
	}
	for value != "" && value[len(value)-1] <= ' ' {
		value = value[:len(value)-1]
	}
	return value
}

// Line returns the row's line number in the file; the header is line 1.
func (r *Row) Line() int { return r.line }

// Offset returns where in the file the row begins, in bytes.
func (r *Row) Offset() int64 { return r.offset }

// Size returns the length of the row in bytes, without the end of the line.
func (r *Row) Size() int { return r.size }

// Text returns the row as it stands in the file, escapes and all, without the end of the line. A
// row that was too long to read has none.
func (r *Row) Text() []byte { return bytes.TrimSuffix(r.raw, []byte{'\r'}) }

// Len returns the number of values. It is 0 for a row that was too long to read.
func (r *Row) Len() int { return len(r.starts) - 1 }

// Field returns value i, counted from 0, with escapes resolved and white space trimmed. It is
// written so that the compiler inlines it.
func (r *Row) Field(i int) []byte {
	v := r.text[r.starts[i] : r.starts[i+1]-1]
	for len(v) > 0 && v[0] <= ' ' {
		v = v[1:]
	}
	for len(v) > 0 && v[len(v)-1] <= ' ' {
		v = v[:len(v)-1]
	}
	return v
}

// isEmpty reports whether value i has no characters at all.
func (r *Row) isEmpty(i int) bool { return r.starts[i+1]-r.starts[i] == 1 }

// strings returns all values. They share one string.
func (r *Row) strings() []string {
	text, values := string(r.text), make([]string, r.Len())
	for i := range values {
		from, to := int(r.starts[i]), int(r.starts[i+1])-1
		for from < to && text[from] <= ' ' {
			from++
		}
		for from < to && text[to-1] <= ' ' {
			to--
		}
		values[i] = text[from:to]
	}
	return values
}

// Column returns where in the line value i begins, in bytes, from 1.
func (r *Row) Column(i int) int {
	return int(r.starts[i]) + 1
}

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

// formFault is what is wrong with the form of a row, or nil.
func (r *Row) formFault(header []string) *CSVError {
	if r.Len() == 0 || r.size > MaxRowLength && rowLength(r.raw) > MaxRowLength {
		return &CSVError{Line: r.line, Err: ErrRowTooLong}
	}
	if r.Len() != len(header) {
		return r.countFault(header)
	}
	return nil
}

// countFault makes the error about a row that is shorter or longer than the header.
func (r *Row) countFault(header []string) *CSVError {
	if r.Len() > len(header) {
		return r.fault(len(header), header, ErrFieldCount)
	}
	return &CSVError{Line: r.line, Column: r.size + 1, Attribute: header[r.Len()], Err: ErrFieldCount}
}

// more makes room in starts for the values of one more block.
func more(starts []uint16) []uint16 {
	starts = append(starts, make([]uint16, max(4*blockSize, len(starts)))...)
	return starts[:cap(starts)]
}

// finish cuts starts after n separators, in a text of some length. A row that was too long to
// read has -1 of them.
func (r *Row) finish(n, length int) {
	if n < 0 {
		r.raw, r.text = nil, nil
	}
	if len(r.starts) < 2 {
		r.starts = more(r.starts)
	}
	r.starts[0] = 0
	r.starts[n+1] = uint16(length + 1)
	r.starts = r.starts[:n+2]
}
