package scan

import (
	"bytes"
	"iter"
	"math/bits"
	"strings"
)

// Row is one row of a file, with the position of each value. Only one goroutine at a time can use a row
// that Next has read. Several goroutines can use a row that Parse returned.
type Row struct {
	line    int
	offset  int64
	size    int
	text    []byte // the line, without the backslashes before commas; a value that got shorter ends in spaces
	escapes int    // the number of backslashes that were removed
	values  int    // the number of values
	tokens  *tokenizer
	from    uint     // the index of text in the tokenizer's buffer
	starts  []uint16 // the index of each value in text, and the index of the end of the last value plus one; see Locate
	raw     []byte   // the result of Text for a row with escapes; see escaped
}

// Parse returns the row in one line, which must not contain the "\n" at its end. Its Line and Offset are
// 0. If the line has too many characters, the row has no values.
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

// Value returns value i of a line, like Parse(line).Field(i). It is faster, since it does not find all
// values. values is the number of values in the line; Value finds the last one from the end of the
// line.
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

// plainValue replaces each "\," of a value by a comma, and trims white space around the value.
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

// Offset returns the position of the row's first byte in the file, from 0.
func (r *Row) Offset() int64 { return r.offset }

// Size returns the number of bytes of the row in the file, without the "\n" at its end.
func (r *Row) Size() int { return r.size }

// Text returns the row as it is in the file, with its backslashes, without the "\n" or "\r\n" at its end.
// It returns nil for a row that is too long.
func (r *Row) Text() []byte {
	if r.escapes > 0 {
		return r.escaped()
	}
	return r.text
}

// escaped returns the line with the backslashes that the tokenizer removed, one before each comma of a
// value. It keeps the result in r.raw.
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

// Len returns the number of values. It is 0 for a row that is too long.
func (r *Row) Len() int { return r.values }

// Fields iterates over the values and their indices. The values are those that Field returns. Fields is
// faster than Field if the caller needs all values.
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

// ends returns a bit for each of the 64 bytes of text from index block on. A bit is set if a value ends
// before that byte.
func (r *Row) ends(block uint) uint64 {
	ends := r.tokens.marked(r.from + block)
	if left := uint(len(r.text)) - block; left < blockSize { // after the last value
		ends = ends&(1<<left-1) | 1<<left
	}
	return ends
}

// Field returns value i, counted from 0. A "\," is replaced by a comma, and white space around the value
// is trimmed.
func (r *Row) Field(i int) []byte {
	r.Locate()
	return r.At(i)
}

// At is Field for a row for which Locate was called.
func (r *Row) At(i int) []byte { return Trim(r.Untrimmed(i)) }

// Locate finds the start of each value, unless it has done that before. A caller that needs only some of
// the values calls it first; Fields does not need it.
func (r *Row) Locate() {
	if len(r.starts) == 0 && r.text != nil {
		r.findStarts()
	}
}

// findStarts fills in starts and values.
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

// Trim removes white space around a value. The capacity of the result is its length, so that append copies
// it. Trim is small so that the compiler inlines it.
func Trim(v []byte) []byte {
	for len(v) > 0 && v[len(v)-1] <= ' ' {
		v = v[:len(v)-1]
	}
	for len(v) > 0 && v[0] <= ' ' {
		v = v[1:]
	}
	return v[:len(v):len(v)]
}

// Untrimmed returns value i with the white space around it. Call Locate first.
func (r *Row) Untrimmed(i int) []byte { return r.text[r.starts[i] : r.starts[i+1]-1] }

// IsEmpty reports whether value i has no bytes, not even white space. Call Locate first.
func (r *Row) IsEmpty(i int) bool { return r.starts[i+1]-r.starts[i] == 1 }

// ValidUTF8 reports whether the row is valid UTF-8.
func (r *Row) ValidUTF8() bool { return r.tokens.utf8 || ValidUTF8(r.text) }

// Start returns the index of the row's first byte in its chunk.
func (r *Row) Start() int { return int(r.from) }

// MoveLine adds by to the line number, to make it relative to the file instead of the chunk.
func (r *Row) MoveLine(by int) { r.line += by }

// Strings returns all values. They are parts of one string, so that there is one allocation for all.
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

// Column returns the byte position at which value i begins in its line, from 1.
func (r *Row) Column(i int) int {
	r.Locate()
	return int(r.starts[i]) + 1
}

// CRLF reports whether the line ends in "\r\n".
func (r *Row) CRLF() bool { return r.size > len(r.text) }

// Width returns the number of bytes of the row's text. No value is longer.
func (r *Row) Width() int { return len(r.text) }

// empty makes r a row without values that begins at index from.
func (r *Row) empty(from int) {
	r.from, r.text, r.escapes, r.values, r.starts, r.raw = uint(from), nil, 0, 0, r.starts[:0], r.raw[:0]
}
