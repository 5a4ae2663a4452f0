package transform

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Cut cuts a value after a number of characters.
type Cut struct {
	Characters int
}

// Apply never fails.
func (c Cut) Apply(value string) (string, error) { return value[:end(value, c.Characters)], nil }

func (c Cut) String() string { return named("cut", strconv.Itoa(c.Characters)) }

// MaxLength refuses a value of more than a number of characters.
type MaxLength struct {
	Characters int
}

// Apply fails with TextTooLong.
func (m MaxLength) Apply(value string) (string, error) {
	if end(value, m.Characters) < len(value) {
		return "", &Error{
			Code: TextTooLong, Text: fmt.Sprintf("more than %d characters", m.Characters),
			Remedy: fmt.Sprintf("the transform cut=%d", m.Characters),
		}
	}
	return value, nil
}

func (m MaxLength) String() string { return named("max-length", strconv.Itoa(m.Characters)) }

// end returns the offset at which the first n characters of a value end. An invalid byte counts as a character.
func end(value string, n int) int {
	if len(value) <= n {
		return len(value)
	}
	at := 0
	for ; n > 0 && at < len(value); n-- {
		_, size := utf8.DecodeRuneInString(value[at:])
		at += size
	}
	return at
}
