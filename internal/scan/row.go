package scan

import (
	"bytes"
	"iter"
	"math/bits"
	"strings"
)

// Row is one row of a file: a line and where its values are in it. A row that Next has read is for one
// goroutine; one that Parse returns can be read by several at once.
type Row struct {
	line    int
	offset  int64
	size    int
	text    []byte // the line with its escapes resolved; a value that got shorter ends in spaces
	escapes int    // how many there were
	values  int    // how many there are
	tokens  *tokenizer
	from    uint     // where in the tokenizer's buffer text begins
	starts  []uint16 // where each value starts in text; then one after the end of the last; see Locate
	raw     []byte   // what Text returns, of a row with escapes; see escaped
}

// Parse reads one line, given without its end. Its Line and Offset are 0. A line of too many characters
// gives a row without values.
func Parse(line string) *Row {
	row := &Row{size: len(line)}
	if len(line) > MaxRowChars && isLong([]byte(line)) {
		row.empty(0)
		return row
	}
	buf := make([]byte, len(line)+blockSize)
	copy(buf, line)
	row.tokens = &tokenizer{}
	row.tokens.reset(buf, len(line))
	row.tokens.split(row, 0, len(line))
	row.Locate()
	if row.escapes > 0 {
		row.escaped()
	}
	return row
}

// Value returns value i of a line that has a number of values, as Parse(line).Field(i) does, but
// without looking at all of them. The last one is found from the end.
func Value(line string, i, values int) string {
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
func (r *Row) Text() []byte {
	if r.escapes > 0 {
		return r.escaped()
	}
	return r.text
}

// escaped puts the backslashes back that the tokenizer took out, one before each comma of a value,
// unless that has been done.
func (r *Row) escaped() []byte {
	if len(r.raw) > 0 {
		return r.raw
	}
	r.Locate()
	for i := range r.values {
		if i > 0 {
			r.raw = append(r.raw, ',')
		}
		value := r.text[r.starts[i] : r.starts[i+1]-1]
		value = value[:len(value)-bytes.Count(value, []byte{','})]
		for comma := bytes.IndexByte(value, ','); comma >= 0; comma = bytes.IndexByte(value, ',') {
			r.raw = append(append(r.raw, value[:comma]...), `\,`...)
			value = value[comma+1:]
		}
		r.raw = append(r.raw, value...)
	}
	return r.raw
}

// Len returns the number of values. It is 0 for a row that was too long to read.
func (r *Row) Len() int { return r.values }

// Fields iterates over the values, with escapes resolved and white space trimmed. To read all of
// them it is faster than Field.
func (r *Row) Fields() iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		if r.values == 0 {
			return
		}
		text := r.text[:len(r.text):len(r.text)] // so that the compiler sees that its capacity is its length
		from, i := uint(0), 0
		for block := uint(0); block <= uint(len(text)); block += blockSize {
			for ends := r.ends(block); ends != 0; ends &= ends - 1 {
				v, end := text[:0:0], block+uint(bits.TrailingZeros64(ends))
				if from < end {
					v = text[from:end:end]
					if text[from] <= ' ' || text[end-1] <= ' ' {
						v = Trim(v)
					}
				}
				if !yield(i, v) {
					return
				}
				from = end + 1
				i++
			}
		}
	}
}

// ends has a bit for each of 64 bytes of text, from an index on: a value ends there.
func (r *Row) ends(block uint) uint64 {
	ends := r.tokens.marked(r.from + block)
	if left := uint(len(r.text)) - block; left < blockSize { // after the last value
		ends = ends&(1<<left-1) | 1<<left
	}
	return ends
}

// Field returns value i, counted from 0, with escapes resolved and white space trimmed.
func (r *Row) Field(i int) []byte {
	r.Locate()
	return r.At(i)
}

// At is Field after Locate.
func (r *Row) At(i int) []byte { return Trim(r.Untrimmed(i)) }

// Locate finds where each value starts, unless that has been done. It pays for who looks at some values
// and not at others.
func (r *Row) Locate() {
	if len(r.starts) == 0 && r.text != nil {
		r.findStarts()
	}
}

func (r *Row) findStarts() {
	starts := r.starts[:cap(r.starts)]
	n := 0
	for block := uint(0); block <= uint(len(r.text)); block += blockSize {
		if n+blockSize >= len(starts) {
			starts = append(starts, make([]uint16, len(starts)+2*blockSize)...)
			starts[0] = 0
		}
		for ends := r.ends(block); ends != 0; ends &= ends - 1 {
			n++
			starts[n] = uint16(block + uint(bits.TrailingZeros64(ends)) + 1)
		}
	}
	r.starts, r.values = starts[:n+1], n
}

// Trim removes white space around a value, and leaves no room to append. It is small, so that the
// compiler inlines it.
func Trim(v []byte) []byte {
	for len(v) > 0 && v[len(v)-1] <= ' ' {
		v = v[:len(v)-1]
	}
	for len(v) > 0 && v[0] <= ' ' {
		v = v[1:]
	}
	return v[:len(v):len(v)]
}

// Untrimmed returns value i with the white space around it, after Locate.
func (r *Row) Untrimmed(i int) []byte { return r.text[r.starts[i] : r.starts[i+1]-1] }

// IsEmpty reports whether value i has no characters at all, after Locate.
func (r *Row) IsEmpty(i int) bool { return r.starts[i+1]-r.starts[i] == 1 }

// ValidUTF8 reports whether the row is valid UTF-8.
func (r *Row) ValidUTF8() bool { return r.tokens.utf8 || ValidUTF8(r.text) }

// Start returns the index in its chunk at which the row begins.
func (r *Row) Start() int { return int(r.from) }

// MoveLine adds to the line number, which is relative to a chunk.
func (r *Row) MoveLine(by int) { r.line += by }

// Strings returns all values. They share one string.
func (r *Row) Strings() []string {
	r.Locate()
	text, values := string(r.text), make([]string, r.values)
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
	r.Locate()
	return int(r.starts[i]) + 1
}

// CRLF reports whether the line ends in "\r\n".
func (r *Row) CRLF() bool { return r.size > len(r.text) }

// Width returns the length of the row's text, which no value exceeds.
func (r *Row) Width() int { return len(r.text) }

// empty makes r a row without values.
func (r *Row) empty(from int) {
	r.from, r.text, r.escapes, r.values, r.starts, r.raw = uint(from), nil, 0, 0, r.starts[:0], r.raw[:0]
}
