package scan

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// This file finds the values of a row. It is where a reading program spends its time, and the
// cost is per value, not per byte: a file of 100 MB has ten million of them, most of them empty.
//
// The trick is to look at 64 bytes at once. The line "read rows and fields" of the benchmark table pays for
// it. A word of eight bytes is compared with eight commas in
// a handful of operations (SWAR, "SIMD within a register"), which leaves one bit for each byte
// that is a comma; eight words make 64 bits. That is done for a whole buffer, so that a comma costs
// the same in whatever row it is. The separators of a row are then the set bits of its stretch,
// found with TrailingZeros64. They are taken 64 at a time from where the row begins: rows that are
// alike have their separators in the same words, and a processor guesses well how many there are.
//
// An escaped comma is one with a backslash before it. Most rows have none: where the next
// backslash is comes from bytes.IndexByte, which is as fast as memory. A row with one has the
// backslashes taken out where it lies: the rest of the value moves to the left, and as many spaces
// follow it, which whoever reads the value trims. So no other value moves, and a value is where it
// is in the file. The comma is unmarked, which is all that tells it from a separator.

const (
	blockSize = 64
	ones      = 0x0101010101010101
	lows      = 0x7f * ones
	highs     = 0x80 * ones
	gather    = 0x0002040810204081 // moves the highest bits of eight bytes into the highest byte
)

// tokenizer finds the values of rows that lie in one buffer. The buffer is readable for a block
// beyond its end, and changed where rows have escapes. The zero value has to be reset first.
type tokenizer struct {
	buf       []byte
	end       int      // of what is filled in
	marks     []uint64 // a bit for each byte: it is a comma, and not one that has been unescaped
	sums      []uint16 // how many there were up to the end of each word, modulo 65,536; see sum
	backslash int      // the first one at or after the row, end if there is none, -1 if that is not known
	utf8      bool     // it is known that all of buf is valid UTF-8; not looked for by itself
}

// reset tells that the buffer has changed.
func (t *tokenizer) reset(buf []byte, end int) {
	blocks := (end + blockSize - 1) / blockSize
	if cap(t.marks) < blocks+2 {
		t.marks = make([]uint64, max(blocks, len(buf)/blockSize)+2)
	}
	t.buf, t.end, t.backslash, t.utf8 = buf, end, -1, false
	t.marks = t.marks[:blocks+2] // two more, so that 64 bits can be taken from anywhere
	mark(t.marks[:blocks], buf, ','*ones, lows, highs, gather)
}

// mark fills in the bits for as many blocks of a buffer as there are words. The constants are
// parameters so that the compiler keeps them in registers: c is eight times the byte to look for.
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

// sum prepares for count. A row has fewer commas than a sum can tell apart.
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

// count counts the commas of a row that has not been split yet.
func (t *tokenizer) count(from, to int) int {
	first, last := uint(from)/blockSize, uint(to)/blockSize
	return int(t.sums[last]-t.sums[first]) +
		bits.OnesCount64(t.marks[first]>>(uint(from)%blockSize)) - bits.OnesCount64(t.marks[last]>>(uint(to)%blockSize))
}

// mask has a bit for each of 64 bytes that equals c.
func mask(b []byte, c byte) uint64 {
	var words [1]uint64
	mark(words[:], b, uint64(c)*ones, lows, highs, gather)
	return words[0]
}

// marked returns the marks of 64 bytes from an index on.
func (t *tokenizer) marked(from uint) uint64 {
	i, shift := from/blockSize, from%blockSize
	return t.marks[i]>>shift | t.marks[i+1]<<1<<(^from%blockSize)
}

// unmark takes marks away from among 64 bytes from an index on.
func (t *tokenizer) unmark(from int, marks uint64) {
	i, shift := uint(from)/blockSize, uint(from)%blockSize
	t.marks[i] &^= marks << shift
	t.marks[i+1] &^= marks >> 1 >> (^shift % blockSize)
}

// split makes row, one of this tokenizer, the one that lies from one index to another, but for a
// carriage return at its end. Its values have not been counted.
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

// find looks for the next backslash.
func (t *tokenizer) find(from int) int {
	if i := bytes.IndexByte(t.buf[from:t.end], '\\'); i >= 0 {
		return from + i
	}
	return t.end
}

// unescape takes the backslashes before commas out of a row, and those commas out of the marks.
// Most rows with a backslash have just one.
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

// unescapeOne is unescape for a row with just one escaped comma.
func (t *tokenizer) unescapeOne(row *Row, comma, to int) {
	t.marks[uint(comma)/blockSize] &^= 1 << (uint(comma) % blockSize)
	value := t.buf[comma-1 : t.separator(comma+1, to)]
	copy(value, value[1:])
	value[len(value)-1] = ' '
	row.escapes = 1
}

// unescapeAll is unescape for a row with any number of them.
func (t *tokenizer) unescapeAll(row *Row, to int) {
	rest, gap := 0, 0 // where the rest of a value begins that has to move, and how far
	for t.backslash < to {
		view := t.backslash // 64 bytes from a backslash on
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
			if gap == 0 { // what stands before the first backslash stays
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

// separator looks for the first mark between two indices; without one it is the second.
func (t *tokenizer) separator(from, to int) int {
	for at := from; at < to; at += blockSize {
		if marks := t.marked(uint(at)); marks != 0 {
			return min(at+bits.TrailingZeros64(marks), to)
		}
	}
	return to
}

// escaped has a bit for each escaped comma of a view, and finds the next view.
func (t *tokenizer) escaped(view, to int) uint64 {
	commas := t.marked(uint(view))
	if left := to - view; left < blockSize {
		commas &= 1<<left - 1
	}
	backslashes := mask(t.buf[view:], '\\')
	next := view + blockSize - int(backslashes>>(blockSize-1)) // the comma of the last one is in the next view
	t.backslash = t.find(min(next, to))
	return commas & (backslashes << 1)
}

// drop takes out the backslashes before escaped commas, all of one value.
func (t *tokenizer) drop(view int, escaped uint64, rest, gap int) (int, int) {
	buf := t.buf
	for ; escaped != 0; escaped &= escaped - 1 {
		comma := view + bits.TrailingZeros64(escaped)
		if gap < 8 || comma-1-rest > 8 {
			copy(buf[rest-gap:], buf[rest:comma-1])
		} else { // more than that is overwritten by what comes next
			binary.LittleEndian.PutUint64(buf[rest-gap:], binary.LittleEndian.Uint64(buf[rest:]))
		}
		rest = comma
		gap++
	}
	return rest, gap
}

// endValue moves the rest of a value, which ends at an index, and fills the gap with spaces.
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
