// Package form checks whether values have the form that their column requires, such as an e-mail address.
//
// Check calls these functions for each row of a file. Therefore each function first handles the common
// case, and does not allocate memory in it.
package form

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/big"
	"unicode"
	"unicode/utf8"
)

// IsUsername reports whether v matches the pattern [\p{L}\p{M}\p{S}\p{N}\p{P}]+ of the service's model. It
// does not check the length.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
func IsUsername[T string | []byte](v T) bool {
	for i := range len(v) {
		if v[i] <= ' ' || v[i] > '~' {
			return isWideUsername(string(v))
		}
	}
	return len(v) > 0
}

// isWideUsername is IsUsername for text that is not only printable ASCII.
func isWideUsername(v string) bool {
	for _, r := range v {
		if !unicode.In(r, unicode.L, unicode.M, unicode.S, unicode.N, unicode.P) {
			return false
		}
	}
	return utf8.ValidString(v)
}

// IsBoolean reports whether v is "true" or "false", in upper, lower or mixed case. (A35)
func IsBoolean(v []byte) bool { return IsTrue(v) || IsFalse(v) }

// IsTrue reports whether v is "true", in upper, lower or mixed case. It compares four bytes at once, since
// it is called for every row.
func IsTrue(v []byte) bool {
	return len(v) == 4 && binary.LittleEndian.Uint32(v)|0x20202020 == 't'|'r'<<8|'u'<<16|'e'<<24
}

// IsFalse reports whether v is "false", in upper, lower or mixed case.
func IsFalse(v []byte) bool {
	return len(v) == 5 && binary.LittleEndian.Uint32(v)|0x20202020 == 'f'|'a'<<8|'l'<<16|'s'<<24 && v[4]|0x20 == 'e'
}

// IsNumber reports whether v is digits with an optional minus sign and an optional fraction. (A35)
func IsNumber(v []byte) bool {
	if isDigits(v) {
		return true
	}
	v = bytes.TrimPrefix(v, []byte("-"))
	whole, fraction, hasFraction := bytes.Cut(v, []byte("."))
	return isDigits(whole) && (!hasFraction || isDigits(fraction))
}

func isDigits(v []byte) bool {
	for _, c := range v {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(v) > 0
}

// CompareNumber returns -1, 0 or 1 if v is less than, equal to or greater than bound. IsNumber(v) must be
// true. v can have any number of digits.
func CompareNumber(v []byte, bound int64) int {
	if n := int64(0); len(v) < 19 && isDigits(v) {
		for _, c := range v {
			n = 10*n + int64(c-'0')
		}
		return cmp.Compare(n, bound)
	}
	n, _ := new(big.Rat).SetString(string(v))
	return n.Cmp(new(big.Rat).SetInt64(bound))
}

// IsPhone reports whether v is a phone number in the form of ITU-T E.164: a plus sign and 2 to 15 digits,
// of which the first is not 0.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
func IsPhone(v []byte) bool {
	return len(v) >= 3 && len(v) <= 16 && v[0] == '+' && v[1] != '0' && isDigits(v[1:])
}

// notLocal has the bytes that the local part of an e-mail address, before the at sign, cannot contain.
// inLabel has the bytes that the domain can contain, besides hyphens and dots.
var (
	notLocal = byteSet(func(c byte) bool {
		return c <= ' ' || c == 0x7f || bytes.IndexByte([]byte(`"(),:;<>@[\]`), c) >= 0
	})
	inLabel = byteSet(func(c byte) bool { return IsAlnum(c) || c >= utf8.RuneSelf })
)

// byteSet returns a table that is true for the bytes for which has returns true.
func byteSet(has func(byte) bool) (set [256]bool) {
	for c := range set {
		set[c] = has(byte(c))
	}
	return set
}

// IsAlnum reports whether a byte is an ASCII letter or digit.
func IsAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// IsEmail reports whether v has a form that all usual e-mail addresses have: a local part of 1 to 64 bytes
// without white space and delimiters, an at sign, and a domain of at least two labels. (A19)
func IsEmail(v []byte) bool {
	for i, c := range v {
		if notLocal[c] {
			return c == '@' && i > 0 && i <= 64 && isDomain(v[i+1:])
		}
	}
	return false
}

// isDomain reports whether v is at least two labels with dots between them. A label cannot begin or end
// with a hyphen.
func isDomain(v []byte) bool {
	labels := 1
	for i, c := range v {
		if inLabel[c] {
			continue
		}
		if i == 0 || i == len(v)-1 {
			return false
		}
		switch before := v[i-1]; {
		case c == '-' && before != '.':
		case c == '.' && before != '.' && before != '-':
			labels++
		default:
			return false
		}
	}
	return labels >= 2
}

// IsBirthdate reports whether v is a day that exists, in the form mm/dd/yyyy.
func IsBirthdate(v []byte) bool {
	if len(v) != len("mm/dd/yyyy") || v[2] != '/' || v[5] != '/' ||
		!isDigits(v[:2]) || !isDigits(v[3:5]) || !isDigits(v[6:]) {
		return false
	}
	month, day, year := number(v[:2]), number(v[3:5]), number(v[6:])
	return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(month, year)
}

// number returns the number that a few digits represent.
func number(v []byte) (n int) {
	for _, c := range v {
		n = 10*n + int(c-'0')
	}
	return n
}

func daysIn(month, year int) int {
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}
