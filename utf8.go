package importjob

import (
	"encoding/binary"
	"unicode/utf8"
)

// validUTF8 is utf8.Valid, 32 bytes at a time and without a branch for each character: names
// have a few characters beyond ASCII in much that is ASCII, which no processor predicts.
//
// A word is right when its continuation bytes are just those that the leading bytes before them
// ask for. This looks for characters of two bytes, such as those of the Latin, Greek and Cyrillic
// alphabets, and leaves text with longer ones to validLong.
func validUTF8(b []byte) bool {
	var wrong, owed uint64 // owed: where in the next word bytes are asked for
	rest := b
	for ; len(rest) >= 32; rest = rest[32:] {
		p := (*[32]byte)(rest)
		w, x := binary.LittleEndian.Uint64(p[0:]), binary.LittleEndian.Uint64(p[8:])
		y, z := binary.LittleEndian.Uint64(p[16:]), binary.LittleEndian.Uint64(p[24:])
		if (w|x|y|z)&highs|owed == 0 {
			continue
		}
		wrong |= pairs(w, owed) | pairs(x, lead(w)) | pairs(y, lead(x)) | pairs(z, lead(y))
		owed = lead(z)
		if wrong != 0 {
			return validLong(b)
		}
	}
	for ; len(rest) >= 8; rest = rest[8:] {
		x := binary.LittleEndian.Uint64(rest)
		if x&highs|owed != 0 {
			wrong |= pairs(x, owed)
			owed = lead(x)
		}
	}
	return wrong|owed == 0 && utf8.Valid(rest) || validLong(b)
}

// pairs is not 0 unless all that is not ASCII in a word are characters of two bytes. owed is the
// highest bit of the first byte when the word before ends in the first half of one.
func pairs(x, owed uint64) uint64 {
	next := x << 1 // the second bit of each byte, in its highest place
	leads, follow := x&next, x&^next
	small := x&(0x1e*ones) + 0x7e*ones // without the highest bit in 0xc0 and 0xc1
	return (leads<<8 | owed ^ follow | leads&(x<<2|^small)) & highs
}

// lead is what a word owes the next: the highest bit of its first byte.
func lead(x uint64) uint64 { return (x & (x << 1)) >> 56 & 0x80 }

// validLong is validUTF8 for characters of any length. The few leading bytes that ask for more
// than their continuation bytes are left to utf8.Valid.
func validLong(b []byte) bool {
	var wrong, owed uint64
	rest := b
	for ; len(rest) >= 8; rest = rest[8:] {
		x := binary.LittleEndian.Uint64(rest)
		if x&highs|owed == 0 {
			continue
		}
		six, five, four, low := x<<1, x<<2, x<<3, x<<4|x<<5|x<<6 // bits of each byte, in its highest place
		two := x & six & highs                                   // leads two or more bytes
		three := two & five                                      // leads three or more
		asked := two<<8 | three<<16 | owed
		owed = two>>56 | three>>48
		wrong |= x&^six&highs ^ asked                   // bytes that continue
		wrong |= three & (four | ^(low | x<<7) | ed(x)) // 0xe0, 0xed, 0xf0 and above
		wrong |= two &^ five &^ (four | low)            // 0xc0, 0xc1
	}
	if wrong|owed != 0 {
		return utf8.Valid(b)
	}
	return utf8.Valid(rest)
}

// ed has the highest bit of each byte of a word that ends in the four bits of 0xed.
func ed(x uint64) uint64 { return (x << 4) & (x << 5) &^ (x << 6) & (x << 7) }
