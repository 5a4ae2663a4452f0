package scan

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// This file finds the values of a row. A program that reads a file spends most of its time here. The
// time depends on the number of values, not of bytes: a file of 100 MB has ten million values, of
// which most are empty.
//
// The tokenizer examines 64 bytes at once. The line "read rows and fields" of the benchmark table shows
// the effect. A few operations compare a word of eight bytes with eight commas (SWAR, "SIMD within a
// register"). The result has one bit for each byte that is a comma, and eight words give 64 bits,
// which are called marks here. The tokenizer computes the marks for a whole buffer, before it knows
// the rows. The separators of a row are then the set bits between its start and its end, which
// TrailingZeros64 finds. The bits are read in words of 64 that begin at the start of the row. Rows of
// the same form then have the same number of separators in each word, which the processor's branch
// prediction learns.
//
// An escaped comma is a comma after a backslash. Most rows have none. bytes.IndexByte finds the next
// backslash, at the speed of the memory. In a row with escaped commas, the tokenizer removes the
// backslashes in place: it moves the rest of the value to the left, and appends one space for each
// backslash. Readers of the value trim these spaces. So no other value moves, and each value begins
// at the same position as in the file. The tokenizer also clears the marks of the escaped commas, so that
// only separators are marked.

const (
	blockSize = 64
	ones      = 0x0101010101010101
	lows      = 0x7f * ones
	highs     = 0x80 * ones
	gather    = 0x0002040810204081 // moves the highest bits of eight bytes into the highest byte
)

// tokenizer finds the values of the rows in one buffer. It changes the buffer where rows have escaped
// commas. The buffer must have at least blockSize bytes after end. Call reset before any other method.
type tokenizer struct {
	buf       []byte
	end       int      // the end of the bytes in use
	marks     []uint64 // a bit for each byte, set if the byte is a comma that has not been found to be escaped
	sums      []uint16 // the number of commas up to the end of each word of marks, modulo 65,536; see sum
	backslash int      // the index of the first backslash at or after the row, end if there is none, -1 if unknown
	utf8      bool     // set by ProveUTF8: the rows are known to be valid UTF-8
}

// reset sets the buffer and computes its marks. Call it after each change of the buffer.
func (t *tokenizer) reset(buf []byte, end int) {
	blocks := (end + blockSize - 1) / blockSize
	if cap(t.marks) < blocks+2 {
		t.marks = make([]uint64, max(blocks, len(buf)/blockSize)+2)
	}
	t.buf, t.end, t.backslash, t.utf8 = buf, end, -1, false
	t.marks = t.marks[:blocks+2] // two more words, so that marked can read 64 bits at any index
	mark(t.marks[:blocks], buf, ','*ones, lows, highs, gather)
}

// mark sets each word to the marks of one block of the buffer. c is a word of eight times the byte to find.
// The constants are parameters so that the compiler keeps them in registers.
func mark(words []uint64, buf []byte, c, low, high, gather uint64) {
	for i := 0; i < len(words) && len(buf) >= blockSize; i++ {
		x := binary.LittleEndian.Uint64(buf[0:]) ^ c
		others := ((x&low + low | x) & high) * gather >> 56 // a bit for each byte that is not zero
		x = binary.LittleEndian.Uint64(buf[8:]) ^ c
		others |= ((x&low + low | x) & high) * gather >> 56 << 8
		x = binary.LittleEndian.Uint64(buf[16:]) ^ c
		others |= ((x&low + low | x) & high) * gather >> 56 << 16
		x = binary.LittleEndian.Uint64(buf[24:]) ^ c
		others |= ((x&low + low | x) & high) * gather >> 56 << 24
		x = binary.LittleEndian.Uint64(buf[32:]) ^ c
		others |= ((x&low + low | x) & high) * gather >> 56 << 32
		x = binary.LittleEndian.Uint64(buf[40:]) ^ c
		others |= ((x&low + low | x) & high) * gather >> 56 << 40
		x = binary.LittleEndian.Uint64(buf[48:]) ^ c
		others |= ((x&low + low | x) & high) * gather >> 56 << 48
		x = binary.LittleEndian.Uint64(buf[56:]) ^ c
		others |= ((x&low + low | x) & high) * gather >> 56 << 56
		words[i] = ^others
		buf = buf[blockSize:]
	}
}

// sum computes the sums that count needs. They overflow, but count is still right, since a row has fewer
// than 65,536 commas.
func (t *tokenizer) sum() {
	if cap(t.sums) < len(t.marks) {
		t.sums = make([]uint16, cap(t.marks))
	}
	t.sums = t.sums[:len(t.marks)]
	n := uint16(0)
	for i, word := range t.marks {
		n += uint16(bits.OnesCount64(word))
		t.sums[i] = n
	}
}

// count returns the number of commas in a row. The row must not have been split yet, since split clears
// marks.
func (t *tokenizer) count(from, to int) int {
	first, last := uint(from)/blockSize, uint(to)/blockSize
	return int(t.sums[last]-t.sums[first]) +
		bits.OnesCount64(t.marks[first]>>(uint(from)%blockSize)) - bits.OnesCount64(t.marks[last]>>(uint(to)%blockSize))
}

// mask returns a bit for each of 64 bytes, set if the byte is c.
func mask(b []byte, c byte) uint64 {
	var words [1]uint64
	mark(words[:], b, uint64(c)*ones, lows, highs, gather)
	return words[0]
}

// marked returns the marks of the 64 bytes that begin at an index.
func (t *tokenizer) marked(from uint) uint64 {
	i, shift := from/blockSize, from%blockSize
	return t.marks[i]>>shift | t.marks[i+1]<<1<<(^from%blockSize)
}

// unmark clears these marks of the 64 bytes that begin at an index.
func (t *tokenizer) unmark(from int, marks uint64) {
	i, shift := uint(from)/blockSize, uint(from)%blockSize
	t.marks[i] &^= marks << shift
	t.marks[i+1] &^= marks >> 1 >> (^shift % blockSize)
}

// split sets row to the bytes between two indices, without a carriage return at the end. It does not set
// the number of values.
func (t *tokenizer) split(row *Row, from, to int) {
	if to > from && t.buf[to-1] == '\r' {
		to--
	}
	row.from, row.text = uint(from), t.buf[from:to:to]
	row.escapes, row.values, row.starts, row.raw = 0, 0, row.starts[:0], row.raw[:0]
	if t.backslash < to {
		t.unescape(row, from, to)
	}
}

// find returns the index of the next backslash, or t.end if there is none.
func (t *tokenizer) find(from int) int {
	if i := bytes.IndexByte(t.buf[from:t.end], '\\'); i >= 0 {
		return from + i
	}
	return t.end
}

// unescape removes the backslashes before commas from a row, and clears the marks of these commas. It has
// a fast path for one backslash, since most rows with a backslash have only one.
func (t *tokenizer) unescape(row *Row, from, to int) {
	if t.backslash < from {
		t.backslash = t.find(from)
	}
	at := t.backslash
	if at >= to {
		return
	}
	if t.backslash = t.find(at + 1); t.backslash < to {
		t.backslash = at
		t.unescapeAll(row, to)
	} else if comma := at + 1; comma < to && t.buf[comma] == ',' {
		t.unescapeOne(row, comma, to)
	}
}

// unescapeOne is unescape for a row with exactly one backslash, which escapes a comma.
func (t *tokenizer) unescapeOne(row *Row, comma, to int) {
	t.marks[uint(comma)/blockSize] &^= 1 << (uint(comma) % blockSize)
	value := t.buf[comma-1 : t.separator(comma+1, to)]
	copy(value, value[1:])
	value[len(value)-1] = ' '
	row.escapes = 1
}

// unescapeAll is unescape for a row with any number of backslashes.
func (t *tokenizer) unescapeAll(row *Row, to int) {
	rest, gap := 0, 0 // the start of the rest of a value, and the number of bytes by which it has to move
	for t.backslash < to {
		view := t.backslash // the 64 bytes that begin at a backslash
		if gap > 0 {
			if end := t.separator(rest, view); end < view {
				t.endValue(row, rest, end, &gap)
			}
		}
		escaped := t.escaped(view, to)
		t.unmark(view, escaped)
		separators := t.marked(uint(view))
		for escaped != 0 {
			if before := separators & (escaped&-escaped - 1); before != 0 {
				if separators &^= before; gap > 0 {
					t.endValue(row, rest, view+bits.TrailingZeros64(before), &gap)
				}
			}
			if gap == 0 { // the bytes before the first backslash do not move
				rest = view + bits.TrailingZeros64(escaped) - 1
			}
			ofValue := escaped & (separators&-separators - 1)
			rest, gap = t.drop(view, ofValue, rest, gap)
			escaped &^= ofValue
		}
	}
	if gap > 0 {
		t.endValue(row, rest, t.separator(rest, to), &gap)
	}
}

// separator returns the index of the first mark between two indices, or the second index if there is none.
func (t *tokenizer) separator(from, to int) int {
	for at := from; at < to; at += blockSize {
		if marks := t.marked(uint(at)); marks != 0 {
			return min(at+bits.TrailingZeros64(marks), to)
		}
	}
	return to
}

// escaped returns a bit for each escaped comma in the 64 bytes of a view. It sets t.backslash to the start
// of the next view.
func (t *tokenizer) escaped(view, to int) uint64 {
	commas := t.marked(uint(view))
	if left := to - view; left < blockSize {
		commas &= 1<<left - 1
	}
	backslashes := mask(t.buf[view:], '\\')
	next := view + blockSize - int(backslashes>>(blockSize-1)) // if the last byte is a backslash, its comma is in the next view
	t.backslash = t.find(min(next, to))
	return commas & (backslashes << 1)
}

// drop removes the backslashes before escaped commas, which must all be in one value.
func (t *tokenizer) drop(view int, escaped uint64, rest, gap int) (int, int) {
	buf := t.buf
	for ; escaped != 0; escaped &= escaped - 1 {
		comma := view + bits.TrailingZeros64(escaped)
		if gap < 8 || comma-1-rest > 8 {
			copy(buf[rest-gap:], buf[rest:comma-1])
		} else { // a fixed-size copy is faster; later copies overwrite the excess bytes
			binary.LittleEndian.PutUint64(buf[rest-gap:], binary.LittleEndian.Uint64(buf[rest:]))
		}
		rest = comma
		gap++
	}
	return rest, gap
}

// endValue moves the rest of a value that ends at index end, and fills the gap after it with spaces.
func (t *tokenizer) endValue(row *Row, rest, end int, gap *int) {
	copy(t.buf[rest-*gap:], t.buf[rest:end])
	spaces := t.buf[end-*gap : end]
	for ; len(spaces) >= 8; spaces = spaces[8:] {
		binary.LittleEndian.PutUint64(spaces, ' '*ones)
	}
	for i := range spaces {
		spaces[i] = ' '
	}
	row.escapes += *gap
	*gap = 0
}
