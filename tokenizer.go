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
// found with TrailingZeros64 and stored without a branch for each, four at a time. A block that
// a row ends in serves the next row too, so its mask is carried over.
//
// An escaped comma is one with a backslash before it. Most rows have none: where the next
// backslash is comes from bytes.IndexByte, which is as fast as memory, and only a block that has
// one is masked for backslashes as well. "Commas that follow a backslash" is then a shift and an
// AND. Such a row is copied without its escaping backslashes.

const (
	blockSize = 64
	ones      = 0x0101010101010101
	lows      = 0x7f * ones
	highs     = 0x80 * ones
)

// mask8 has a bit for each byte of a word that equals c.
func mask8(word uint64, c uint64) uint64 {
	x := word ^ c*ones
	zeros := ^((x&lows + lows) | x | lows) // 0x80 where a byte is zero
	return (zeros >> 7) * 0x0102040810204080 >> 56
}

// mask64 has a bit for each byte of a block that equals c.
func mask64(b *[blockSize]byte, c uint64) uint64 {
	return mask8(binary.LittleEndian.Uint64(b[0:]), c) |
		mask8(binary.LittleEndian.Uint64(b[8:]), c)<<8 |
		mask8(binary.LittleEndian.Uint64(b[16:]), c)<<16 |
		mask8(binary.LittleEndian.Uint64(b[24:]), c)<<24 |
		mask8(binary.LittleEndian.Uint64(b[32:]), c)<<32 |
		mask8(binary.LittleEndian.Uint64(b[40:]), c)<<40 |
		mask8(binary.LittleEndian.Uint64(b[48:]), c)<<48 |
		mask8(binary.LittleEndian.Uint64(b[56:]), c)<<56
}

// tokenizer finds the values of rows that lie in one buffer, one after the other. The buffer is
// readable for a block beyond its end. The zero value has to be reset first.
type tokenizer struct {
	buf       []byte
	end       int    // of what is filled in
	block     int    // where the block of commas begins, -1 for none
	commas    uint64 // of that block
	backslash int    // the first one at or after the row, end if there is none, -1 if that is not known
}

// reset tells that the buffer has changed.
func (t *tokenizer) reset(buf []byte, end int) {
	t.buf, t.end, t.block, t.backslash = buf, end, -1, -1
}

// split makes row the one that lies from one index to another.
func (t *tokenizer) split(row *Row, from, to int) {
	if t.backslash < from {
		t.backslash = t.find(from)
	}
	row.raw = t.buf[from:to:to]
	row.starts = row.starts[:cap(row.starts)]
	if t.backslash < to {
		t.splitEscaped(row, from, to)
		return
	}
	row.text = row.raw
	n := 0
	for block := from &^ (blockSize - 1); block < to; block += blockSize {
		row.grow(n)
		n = emit(row.starts, n, t.separators(block, from, to), block-from)
	}
	row.finish(n, to-from)
}

// find looks for the next backslash.
func (t *tokenizer) find(from int) int {
	if i := bytes.IndexByte(t.buf[from:t.end], '\\'); i >= 0 {
		return from + i
	}
	return t.end
}

// separators has the commas of a block, as far as they lie between two indices.
func (t *tokenizer) separators(block, from, to int) uint64 {
	if t.block != block {
		t.block, t.commas = block, mask64((*[blockSize]byte)(t.buf[block:]), ',')
	}
	return within(t.commas, block, from, to)
}

// within keeps the bits of a block's mask that lie between two indices.
func within(mask uint64, block, from, to int) uint64 {
	if block < from {
		mask &= ^uint64(0) << (from - block)
	}
	if to-block < blockSize {
		mask &= 1<<(to-block) - 1
	}
	return mask
}

// emit stores where values start: after each separator. It stores four at a time, the last of
// which may be too many, and returns how many there are now. base is the index of the mask's
// first bit within the row.
func emit(starts []uint16, n int, separators uint64, base int) int {
	count := bits.OnesCount64(separators)
	for i := n + 1; separators != 0; i += 4 {
		p := (*[4]uint16)(starts[i:])
		p[0] = uint16(base + 1 + bits.TrailingZeros64(separators))
		separators &= separators - 1
		p[1] = uint16(base + 1 + bits.TrailingZeros64(separators))
		separators &= separators - 1
		p[2] = uint16(base + 1 + bits.TrailingZeros64(separators))
		separators &= separators - 1
		p[3] = uint16(base + 1 + bits.TrailingZeros64(separators))
		separators &= separators - 1
	}
	return n + count
}

// splitEscaped is split for a row with a backslash.
func (t *tokenizer) splitEscaped(row *Row, from, to int) {
	if len(row.scratch) < to-from {
		row.scratch = make([]byte, 2*(to-from))
	}
	n, written, copied, carry := 0, 0, from, uint64(0)
	for block := from &^ (blockSize - 1); block < to; block += blockSize {
		row.grow(n)
		separators := t.separators(block, from, to)
		escaped := uint64(0)
		if carry != 0 || t.backslash < block+blockSize {
			backslashes := within(mask64((*[blockSize]byte)(t.buf[block:]), '\\'), block, from, to)
			escaped = separators & (backslashes<<1 | carry)
			carry = backslashes >> (blockSize - 1)
			t.backslash = t.find(min(block+blockSize, to))
		}
		for escaped != 0 {
			at := bits.TrailingZeros64(escaped)
			before := separators & (1<<at - 1)
			n = emit(row.starts, n, before, written+block-copied)
			written += copy(row.scratch[written:], t.buf[copied:block+at-1])
			copied = block + at
			separators &^= before | 1<<at
			escaped &= escaped - 1
		}
		n = emit(row.starts, n, separators, written+block-copied)
	}
	written += copy(row.scratch[written:], t.buf[copied:to])
	row.text = row.scratch[:written:written]
	row.finish(n, written)
}
