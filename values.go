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

// isGraphic reports whether all bytes are graphic ASCII. It looks at eight at once.
func isGraphic(v []byte) bool {
	for ; len(v) >= 8; v = v[8:] {
		x := binary.LittleEndian.Uint64(v)
		notBelow := x + (0x80-'!')*ones // high bit: at least '!'
		above := x + (0x7f-'~')*ones    // high bit: more than '~'
		if x&highs != 0 || notBelow&highs != highs || above&highs != 0 {
			return false
		}
	}
	for _, c := range v {
		if c < '!' || c > '~' {
			return false
		}
	}
	return true
}

func isBoolean(v []byte) bool { return isTrue(v) || isFalse(v) }

// isTrue is "true" in any mixture of cases. (A35)
func isTrue(v []byte) bool {
	return len(v) == 4 && v[0]|0x20 == 't' && v[1]|0x20 == 'r' && v[2]|0x20 == 'u' && v[3]|0x20 == 'e'
}

func isFalse(v []byte) bool {
	return len(v) == 5 && v[0]|0x20 == 'f' && v[1]|0x20 == 'a' && v[2]|0x20 == 'l' && v[3]|0x20 == 's' && v[4]|0x20 == 'e'
}

// isNumber is digits with an optional minus sign and fraction. (A35)
func isNumber(v []byte) bool {
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

// rangeRules bound a number.
func rangeRules(a SchemaAttribute) []valueRule {
	var rules []valueRule
	if least, err := strconv.ParseInt(a.MinValue, 10, 64); err == nil {
		rules = append(rules, valueRule{reasonTooSmall, func(v []byte) bool { return compareNumber(v, least) >= 0 }})
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

// What an e-mail address has before and after its at sign, besides hyphens and dots after it.
var (
	localBytes = byteSet(func(c byte) bool {
		return c > ' ' && c != 0x7f && bytes.IndexByte([]byte(`"(),:;<>@[\]`), c) < 0
	})
	labelBytes = byteSet(func(c byte) bool { return isAlnum(c) || c >= utf8.RuneSelf })
)

func byteSet(has func(byte) bool) (set [256]bool) {
	for c := range 256 {
		set[c] = has(byte(c))
	}
	return set
}

// isEmail is a form that every address in use has: a local part without white space and
// delimiters, an at sign, and a domain of two or more labels. (A19)
func isEmail(v []byte) bool {
	at := bytes.IndexByte(v, '@')
	if at < 1 || at > 64 {
		return false
	}
	for _, c := range v[:at] {
		if !localBytes[c] {
			return false
		}
	}
	labels, last := 1, byte('.')
	for _, c := range v[at+1:] {
		switch {
		case labelBytes[c], c == '-' && last != '.':
		case c == '.' && last != '.' && last != '-':
			labels++
		default:
			return false
		}
		last = c
	}
	return labels >= 2 && last != '.' && last != '-'
}

// isBirthdate is an existing day as mm/dd/yyyy.
func isBirthdate(v []byte) bool {
	if len(v) != 10 || v[2] != '/' || v[5] != '/' || !isDigits(v[:2]) || !isDigits(v[3:5]) || !isDigits(v[6:]) {
		return false
	}
	month, day := 10*int(v[0]-'0')+int(v[1]-'0'), 10*int(v[3]-'0')+int(v[4]-'0')
	year := 100*(10*int(v[6]-'0')+int(v[7]-'0')) + 10*int(v[8]-'0') + int(v[9]-'0')
	return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(month, year)
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
