package scan

import (
	"encoding/binary"
	"unicode/utf8"
)

// ValidUTF8 returns the same as utf8.Valid. It is faster for text that proveUTF8 can decide.
func ValidUTF8(b []byte) bool { return proveUTF8(b) || utf8.Valid(b) }

// proveUTF8 is a fast path: true means that b is valid UTF-8; false means that utf8.Valid must decide.
// It examines 64 bytes at a time, and has no branch for each character. In names, a few characters are
// not ASCII, and a processor cannot predict which. The line "check on one core" of the benchmark table
// shows the effect.
//
// A word of eight bytes is valid if it has continuation bytes exactly where the leading bytes before
// them require some. Most text has only characters of at most two bytes, such as the Latin, Greek
// and Cyrillic letters, so proveUTF8 tries these first.
//
// In this file, due has the highest bit of each byte of the next word that must be a continuation
// byte, because of leading bytes in the words before.
func proveUTF8(b []byte) bool {
	var due uint64
	for ; len(b) >= 64; b = b[64:] {
		all := binary.LittleEndian.Uint64(b) | binary.LittleEndian.Uint64(b[8:]) | binary.LittleEndian.Uint64(b[16:]) |
			binary.LittleEndian.Uint64(b[24:]) | binary.LittleEndian.Uint64(b[32:]) | binary.LittleEndian.Uint64(b[40:]) |
			binary.LittleEndian.Uint64(b[48:]) | binary.LittleEndian.Uint64(b[56:])
		if all&highs|due == 0 {
			continue
		}
		var wrong bool
		if due, wrong = check32((*[32]byte)(b), due); !wrong {
			due, wrong = check32((*[32]byte)(b[32:]), due)
		}
		if wrong {
			return false
		}
	}
	for ; len(b) >= 8; b = b[8:] {
		var wrong uint64
		if wrong, due = triples(binary.LittleEndian.Uint64(b), due); wrong != 0 {
			return false
		}
	}
	return due == 0 && utf8.Valid(b)
}

// check32 checks 32 bytes. It returns the due bits for the word after them.
func check32(b *[32]byte, due uint64) (next uint64, wrong bool) {
	w, x := binary.LittleEndian.Uint64(b[0:]), binary.LittleEndian.Uint64(b[8:])
	y, z := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])
	if (w|x|y|z)&highs|due == 0 {
		return 0, false
	}
	if (pairs(w, due)|pairs(x, lead(w))|pairs(y, lead(x))|pairs(z, lead(y)))&highs == 0 {
		return lead(z), false
	}
	for _, word := range [...]uint64{w, x, y, z} {
		var wrong uint64
		if wrong, due = triples(word, due); wrong != 0 {
			return 0, true
		}
	}
	return due, false
}

// pairs returns a word in which no byte has its highest bit set if x contains only ASCII and characters of
// two bytes.
func pairs(x, due uint64) uint64 {
	next := x << 1 // the second bit of each byte, in its highest place
	leads, follow := x&next, x&^next
	small := x&(0x1e*ones) + 0x7e*ones // without the highest bit in 0xc0 and 0xc1
	return leads<<8 | due ^ follow | leads&(x<<2|^small)
}

// lead returns the due bits for the word after x, if x contains only ASCII and characters of two bytes.
func lead(x uint64) uint64 { return (x & (x << 1)) >> 56 & 0x80 }

// triples is pairs for characters of up to three bytes. wrong is not 0 if x contains something else. It is
// also not 0 for a leading byte that restricts the byte after it (0xe0, 0xed), which triples cannot
// check. next has the due bits for the word after x.
func triples(x, due uint64) (wrong, next uint64) {
	if x&highs|due == 0 {
		return 0, 0
	}
	six, five, four, low := x<<1, x<<2, x<<3, x<<4|x<<5|x<<6 // bits of each byte, in its highest place
	two := x & six & highs                                   // leads two or more bytes
	three := two & five                                      // leads three or more
	wrong = x&^six&highs ^ (two<<8 | three<<16 | due)        // bytes that continue
	wrong |= three & (four | ^(low | x<<7) | ed(x))          // 0xe0, 0xed, 0xf0 and above
	wrong |= two &^ five &^ (four | low)                     // 0xc0, 0xc1
	return wrong, two>>56 | three>>48
}

// ed returns a word that has the highest bit of each byte of x whose low four bits are 0xd.
func ed(x uint64) uint64 { return (x << 4) & (x << 5) &^ (x << 6) & (x << 7) }
