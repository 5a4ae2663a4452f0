package transform

import "strings"

// isDigits reports whether a text is one or more ASCII digits.
func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// isNumber reports whether a text is digits with an optional fraction.
func isNumber(text string) bool {
	whole, fraction, hasFraction := strings.Cut(text, ".")
	return isDigits(whole) && (!hasFraction || isDigits(fraction))
}

// number returns the number that at most 18 digits represent.
func number(digits string) (n int64) {
	for i := range len(digits) {
		n = 10*n + int64(digits[i]-'0')
	}
	return n
}

// leadingDigits returns the digits at the start of a text, at most n, and what follows.
func leadingDigits(text string, n int) (digits, rest string) {
	i := 0
	for i < len(text) && i < n && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	return text[:i], text[i:]
}
