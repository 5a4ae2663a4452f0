package scan

import (
	"encoding/binary"
	"unicode/utf8"
)

// ValidUTF8 is utf8.Valid, faster for text that proveUTF8 understands.
func ValidUTF8(b []byte) bool { return proveUTF8(b) || utf8.Valid(b) }

// proveUTF8 looks at 64 bytes at a time and without a branch for each character: names have a few
// characters beyond ASCII in much that is ASCII, which no processor predicts. If it is true, b is
// valid UTF-8; if not, utf8.Valid must decide. The line "check on one core" of the benchmark table pays for it.
//
// A word is right when its continuation bytes are just those that the leading bytes before them
// ask for. Most text has only characters of two bytes, such as those of the Latin, Greek and
// Cyrillic alphabets, so that is looked at first.
func proveUTF8(b []byte) bool {
	var owed uint64 // where in the next word bytes are asked for
	for ; len(b) >= 64; b = b[64:] {
		all := binary.LittleEndian.Uint64(b) | binary.LittleEndian.Uint64(b[8:]) | binary.LittleEndian.Uint64(b[16:]) |
			binary.LittleEndian.Uint64(b[24:]) | binary.LittleEndian.Uint64(b[32:]) | binary.LittleEndian.Uint64(b[40:]) |
			binary.LittleEndian.Uint64(b[48:]) | binary.LittleEndian.Uint64(b[56:])
		if all&highs|owed == 0 {
			continue
		}
		var wrong bool
		if owed, wrong = owes((*[32]byte)(b), owed); !wrong {
			owed, wrong = owes((*[32]byte)(b[32:]), owed)
		}
		if wrong {
			return false
		}
	}
	for ; len(b) >= 8; b = b[8:] {
		var wrong uint64
		if wrong, owed = triples(binary.LittleEndian.Uint64(b), owed); wrong != 0 {
			return false
		}
	}
	return owed == 0 && utf8.Valid(b)
}

// owes returns what 32 bytes owe the next.
func owes(b *[32]byte, owed uint64) (owes uint64, wrong bool) {
	w, x := binary.LittleEndian.Uint64(b[0:]), binary.LittleEndian.Uint64(b[8:])
	y, z := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])
	if (w|x|y|z)&highs|owed == 0 {
		return 0, false
	}
	if (pairs(w, owed)|pairs(x, lead(w))|pairs(y, lead(x))|pairs(z, lead(y)))&highs == 0 {
		return lead(z), false
	}
	for _, word := range [...]uint64{w, x, y, z} {
		var wrong uint64
		if wrong, owed = triples(word, owed); wrong != 0 {
			return 0, true
		}
	}
	return owed, false
}

// pairs has no byte's highest bit when all that is not ASCII in a word are characters of two bytes. owed has the
// highest bit of each byte that the words before ask for.
func pairs(x, owed uint64) uint64 {
	next := x << 1 // the second bit of each byte, in its highest place
	leads, follow := x&next, x&^next
	small := x&(0x1e*ones) + 0x7e*ones // without the highest bit in 0xc0 and 0xc1
	return leads<<8 | owed ^ follow | leads&(x<<2|^small)
}

// lead is what a word of such characters owes the next: the highest bit of its first byte.
func lead(x uint64) uint64 { return (x & (x << 1)) >> 56 & 0x80 }

// triples is pairs for characters of up to three bytes, and returns what the word owes the next.
// It does not understand the leading bytes that ask for more than their continuation bytes.
func triples(x, owed uint64) (wrong, owes uint64) {
	if x&highs|owed == 0 {
		return 0, 0
	}
	six, five, four, low := x<<1, x<<2, x<<3, x<<4|x<<5|x<<6 // bits of each byte, in its highest place
	two := x & six & highs                                   // leads two or more bytes
	three := two & five                                      // leads three or more
	wrong = x&^six&highs ^ (two<<8 | three<<16 | owed)       // bytes that continue
	wrong |= three & (four | ^(low | x<<7) | ed(x))          // 0xe0, 0xed, 0xf0 and above
	wrong |= two &^ five &^ (four | low)                     // 0xc0, 0xc1
	return wrong, two>>56 | three>>48
}

// ed has the highest bit of each byte of a word that ends in the four bits of 0xed.
func ed(x uint64) uint64 { return (x << 4) & (x << 5) &^ (x << 6) & (x << 7) }
