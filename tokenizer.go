package importjob

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// This file finds the values of a row. It is where a reading program spends its time, and the
// cost is per value, not per byte: a file of 100 MB has ten million of them, most of them empty.
//
// The trick is to look at 64 bytes at once. A word of eight bytes is compared with eight commas in
// a handful of operations (SWAR, "SIMD within a register"), which leaves one bit for each byte
// that is a comma; eight words make a mask of 64 bits. The separators are then the set bits,
// found with TrailingZeros64 and stored without a branch for each, four at a time. The first block
// of a row begins with the row: rows that are alike have their separators in the same blocks, and
// a processor guesses well how many there are.
//
// An escaped comma is one with a backslash before it. Most rows have none: where the next
// backslash is comes from bytes.IndexByte, which is as fast as memory, and only a block that has
// one is looked at for backslashes as well. "Commas that follow a backslash" is then a shift and
// an AND. A row with one is copied; a value of it that loses backslashes gets as many spaces at
// its end, which whoever reads it trims. So no other value moves, and the places of all values
// are the same in the copy and in the file.

const (
	blockSize = 64
	ones      = 0x0101010101010101
	lows      = 0x7f * ones
	highs     = 0x80 * ones
)

// mask has a bit for each byte of a block that equals c.
func mask(b *[blockSize]byte, c uint64) uint64 {
	c *= ones
	return ^(others(binary.LittleEndian.Uint64(b[0:])^c) |
		others(binary.LittleEndian.Uint64(b[8:])^c)<<8 |
		others(binary.LittleEndian.Uint64(b[16:])^c)<<16 |
		others(binary.LittleEndian.Uint64(b[24:])^c)<<24 |
		others(binary.LittleEndian.Uint64(b[32:])^c)<<32 |
		others(binary.LittleEndian.Uint64(b[40:])^c)<<40 |
		others(binary.LittleEndian.Uint64(b[48:])^c)<<48 |
		others(binary.LittleEndian.Uint64(b[56:])^c)<<56)
}

// others has a bit for each byte of a word that is not zero.
func others(x uint64) uint64 {
	return ((x&lows + lows | x) & highs) * 0x0002040810204081 >> 56
}

// tokenizer finds the values of rows that lie in one buffer. The buffer is readable for a block
// beyond its end. The zero value has to be reset first.
type tokenizer struct {
	buf       []byte
	end       int // of what is filled in
	backslash int // the first one at or after the row, end if there is none, -1 if that is not known

	// Of a row with a backslash:
	copy   []byte // of the row; readable for a block beyond its end
	from   int    // where the row begins
	copied int    // up to where it is copied
	gap    int    // how many backslashes the copy of the last value lacks
	carry  uint64 // 1 when the block before ends in a backslash
}

// reset tells that the buffer has changed.
func (t *tokenizer) reset(buf []byte, end int) {
	t.buf, t.end, t.backslash = buf, end, -1
}

// split makes row the one that lies from one index to another.
func (t *tokenizer) split(row *Row, from, to int) {
	if t.backslash < from {
		t.backslash = t.find(from)
	}
	row.raw = t.buf[from:to:to]
	row.text, row.escapes = row.raw, 0
	escaped := t.backslash < to
	if escaped {
		t.begin(row, from, to)
	}
	starts := row.starts[:cap(row.starts)]
	n := 0
	for block := from; block < to; block += blockSize {
		separators := mask((*[blockSize]byte)(t.buf[block:]), ',')
		if to-block < blockSize {
			separators &= 1<<(to-block) - 1
		}
		if escaped && (t.backslash < block+blockSize || t.gap > 0 || t.carry > 0) {
			separators = t.unescape(row, separators, block, to)
		}
		if n+blockSize+16 > len(starts) {
			starts = more(starts)
		}
		n = emit(starts, n, separators, block-from)
	}
	if escaped {
		t.endValue(row, to)
	}
	row.starts = starts
	row.finish(n, to-from)
}

// find looks for the next backslash.
func (t *tokenizer) find(from int) int {
	if i := bytes.IndexByte(t.buf[from:t.end], '\\'); i >= 0 {
		return from + i
	}
	return t.end
}

// emit stores where values start, from the one after the n-th separator of a row on: after each
// separator of a block. It stores four at a time, the last of which may be too many, and returns
// how many separators there are now. base is the index of the block within the row.
func emit(starts []uint16, n int, separators uint64, base int) int {
	p := (*[blockSize + 4]uint16)(starts[n+1:])
	count := bits.OnesCount64(separators)
	base++
	for i := 0; separators != 0; i += 4 {
		at := i & (blockSize - 1) // which it is; so the compiler knows
		p[at] = uint16(base + bits.TrailingZeros64(separators))
		separators &= separators - 1
		p[at+1] = uint16(base + bits.TrailingZeros64(separators))
		separators &= separators - 1
		p[at+2] = uint16(base + bits.TrailingZeros64(separators))
		separators &= separators - 1
		p[at+3] = uint16(base + bits.TrailingZeros64(separators))
		separators &= separators - 1
	}
	return n + count
}

// begin begins with a row that has a backslash.
func (t *tokenizer) begin(row *Row, from, to int) {
	if size := to - from + blockSize; len(row.scratch) < size {
		row.scratch = make([]byte, 2*size)
	}
	row.text = row.scratch[: to-from : to-from]
	t.copy, t.from, t.copied, t.gap, t.carry = row.scratch, from, from, 0, 0
}

// unescape takes the escaped commas out of those of a block, and the backslashes before them out
// of the copy of the row.
func (t *tokenizer) unescape(row *Row, commas uint64, block, to int) uint64 {
	backslashes := t.backslashes(block, min(block+blockSize, to))
	escaped := commas & (backslashes<<1 | t.carry)
	t.carry = backslashes >> (blockSize - 1)
	separators := commas &^ escaped
	rest := separators
	for escaped != 0 {
		if before := rest & (escaped&-escaped - 1); before != 0 {
			t.endValue(row, block+bits.TrailingZeros64(before))
			rest &^= before
		}
		ofValue := escaped & (rest&-rest - 1)
		t.drop(ofValue, block)
		escaped &^= ofValue
	}
	if rest != 0 {
		t.endValue(row, block+bits.TrailingZeros64(rest))
	}
	return separators
}

// backslashes has a bit for each backslash of a block, and finds the next one after it. A value
// with just one needs no mask.
func (t *tokenizer) backslashes(block, to int) uint64 {
	first := t.backslash
	if first >= to {
		return 0
	}
	if t.gap == 0 {
		if t.backslash = t.find(first + 1); t.backslash >= to {
			return 1 << (first - block)
		}
	}
	t.backslash = t.find(to)
	return mask((*[blockSize]byte)(t.buf[block:]), '\\')
}

// drop copies the value that the last copied byte belongs to up to the last of its escaped commas
// in a block, without the backslashes before them.
func (t *tokenizer) drop(escaped uint64, block int) {
	dst, src, copied, gap := t.copy, t.buf, t.copied, t.gap+t.from
	for ; escaped != 0; escaped &= escaped - 1 {
		comma := block + bits.TrailingZeros64(escaped)
		if comma-1-copied > 8 {
			copy(dst[copied-gap:], src[copied:comma-1])
		} else { // more than that is overwritten by what comes next
			binary.LittleEndian.PutUint64(dst[copied-gap:], binary.LittleEndian.Uint64(src[copied:]))
		}
		copied = comma
		gap++
	}
	t.copied, t.gap = copied, gap-t.from
}

// endValue copies the rest of a value, which ends at an index, unless it has no escapes.
func (t *tokenizer) endValue(row *Row, end int) {
	if t.gap == 0 && end < t.from+len(row.raw) {
		return
	}
	copy(t.copy[t.copied-t.gap-t.from:], t.buf[t.copied:end])
	for i := end - t.gap; i < end; i += 8 {
		binary.LittleEndian.PutUint64(t.copy[i-t.from:], ' '*ones)
	}
	row.escapes += t.gap
	t.copied, t.gap = end, 0
}
