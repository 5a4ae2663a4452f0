package importjob

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/big"
	"strconv"
	"unicode/utf8"
)

// This file says which values have the form that their column asks for. Each function is called
// for each row of a file, so the common case comes first and none allocates in it.

// isUsernameValue is [isUsername] and its length.
func isUsernameValue(v []byte) bool {
	if isGraphic(v) {
		return len(v) <= 128
	}
	return utf8.RuneCount(v) <= 128 && isUsername(string(v))
}

// Values of eight bytes or more are looked at eight at a time. The last eight are looked at first,
// whether the others end where they begin or not.

// isGraphic reports whether all bytes are graphic ASCII.
func isGraphic(v []byte) bool {
	if len(v) >= 8 {
		ok := areGraphic(binary.LittleEndian.Uint64(v[len(v)-8:]))
		for ; ok && len(v) > 8; v = v[8:] {
			ok = areGraphic(binary.LittleEndian.Uint64(v))
		}
		return ok
	}
	for _, c := range v {
		if c < '!' || c > '~' {
			return false
		}
	}
	return true
}

func areGraphic(x uint64) bool {
	notBelow := x + (0x80-'!')*ones // high bit: at least '!'
	above := x + (0x7f-'~')*ones    // high bit: more than '~'
	return (x|^notBelow|above)&highs == 0
}

func isBoolean(v []byte) bool { return isTrue(v) || isFalse(v) }

// isTrue is "true" in any mixture of cases. (A35)
func isTrue(v []byte) bool {
	return len(v) == 4 && binary.LittleEndian.Uint32(v)|0x20202020 == 't'|'r'<<8|'u'<<16|'e'<<24
}

func isFalse(v []byte) bool {
	return len(v) == 5 && binary.LittleEndian.Uint32(v)|0x20202020 == 'f'|'a'<<8|'l'<<16|'s'<<24 && v[4]|0x20 == 'e'
}

// isNumber is digits with an optional minus sign and fraction. (A35)
func isNumber(v []byte) bool {
	if isDigits(v) {
		return true
	}
	v = bytes.TrimPrefix(v, []byte("-"))
	whole, fraction, hasFraction := bytes.Cut(v, []byte("."))
	return isDigits(whole) && (!hasFraction || isDigits(fraction))
}

func isDigits(v []byte) bool {
	if len(v) >= 8 {
		ok := areDigits(binary.LittleEndian.Uint64(v[len(v)-8:]))
		for ; ok && len(v) > 8; v = v[8:] {
			ok = areDigits(binary.LittleEndian.Uint64(v))
		}
		return ok
	}
	for _, c := range v {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(v) > 0
}

func areDigits(x uint64) bool { return ((x+(0x7f-'9')*ones)|(x-'0'*ones))&highs == 0 }

// rangeRules bound a number.
func rangeRules(a SchemaAttribute) []valueRule {
	var rules []valueRule
	if least, err := strconv.ParseInt(a.MinValue, 10, 64); err == nil {
		rules = append(rules, valueRule{reasonTooSmall, func(v []byte) bool {
			return least <= 0 && v[0] != '-' || compareNumber(v, least) >= 0
		}})
	}
	if most, err := strconv.ParseInt(a.MaxValue, 10, 64); err == nil {
		rules = append(rules, valueRule{reasonTooLarge, func(v []byte) bool { return compareNumber(v, most) <= 0 }})
	}
	return rules
}

// compareNumber compares a value that isNumber with a bound. It can have more digits than a
// machine number.
func compareNumber(v []byte, bound int64) int {
	if n := int64(0); len(v) < 19 && isDigits(v) {
		for _, c := range v {
			n = 10*n + int64(c-'0')
		}
		return cmp.Compare(n, bound)
	}
	n, _ := new(big.Rat).SetString(string(v))
	return n.Cmp(new(big.Rat).SetInt64(bound))
}

// isPhone is the form of ITU-T E.164.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
func isPhone(v []byte) bool {
	return len(v) >= 3 && len(v) <= 16 && v[0] == '+' && v[1] != '0' && isDigits(v[1:])
}

// What an e-mail address does not have before its at sign, and what it has after it besides
// hyphens and dots.
var (
	notLocal = byteSet(func(c byte) bool {
		return c <= ' ' || c == 0x7f || bytes.IndexByte([]byte(`"(),:;<>@[\]`), c) >= 0
	})
	inLabel = byteSet(func(c byte) bool { return isAlnum(c) || c >= utf8.RuneSelf })
)

// byteSet has 1 at the bytes of a set.
func byteSet(has func(byte) bool) (set [256]byte) {
	for c := range set {
		if has(byte(c)) {
			set[c] = 1
		}
	}
	return set
}

// isEmail is a form that every address in use has: a local part without white space and
// delimiters, an at sign, and a domain of two or more labels. (A19)
func isEmail(v []byte) bool {
	for i, c := range v {
		if notLocal[c] != 0 {
			return c == '@' && i > 0 && i <= 64 && isDomain(v[i+1:])
		}
	}
	return false
}

// isDomain is two or more labels, with hyphens inside of them only.
func isDomain(v []byte) bool {
	labels := 1
	for i, c := range v {
		if inLabel[c] != 0 {
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

// isBirthdate is an existing day as mm/dd/yyyy.
func isBirthdate(v []byte) bool {
	if len(v) != len("mm/dd/yyyy") {
		return false
	}
	const form, most = '0' | '0'<<8 | '/'<<16 | '0'<<24 | '0'<<32 | '/'<<40 | '0'<<48 | '0'<<56, 0x76767f76767f7676 // 0x7f less what may differ
	x := binary.LittleEndian.Uint64(v) ^ form
	if ((x+most)|x)&highs != 0 || !isDigits(v[8:]) {
		return false
	}
	month, day := 10*int(x&0xf)+int(x>>8&0xf), 10*int(x>>24&0xf)+int(x>>32&0xf)
	year := 100*(10*int(x>>48&0xf)+int(x>>56&0xf)) + 10*int(v[8]-'0') + int(v[9]-'0')
	return month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= daysIn(month, year))
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
