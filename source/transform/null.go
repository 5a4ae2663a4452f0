package transform

import (
	"errors"
	"slices"
	"strings"
)

// NullWords are the words of [Null] without words, with | between them.
const NullWords = `\N|NULL|null|nil|N/A`

// Null removes a value that is one of some words, which mean that there is no value. Upper and lower case differ.
type Null struct {
	Words string // with | between them; "" means NullWords
}

// Apply never fails.
func (n Null) Apply(value string) (string, error) {
	if n.has(value) {
		return "", nil
	}
	return value, nil
}

// has reports whether the value is one of the words. It is called for every value, so it first looks at one byte.
func (n Null) has(value string) bool {
	words := n.Words
	switch {
	case value == "":
		return false
	case words == "":
		if len(value) > len("NULL") || value[0] != '\\' && value[0]|0x20 != 'n' {
			return false
		}
		words = NullWords
	case strings.IndexByte(words, value[0]) < 0:
		return false
	}
	for word := range strings.SplitSeq(words, "|") {
		if word == value {
			return true
		}
	}
	return false
}

func (n Null) String() string { return named("null", n.Words) }

func parseNull(argument string) (Null, error) {
	if argument == "" {
		return Null{}, nil
	}
	return Null{Words: argument}, checkWords(argument)
}

// checkWords checks that no word between bars is empty.
func checkWords(words string) error {
	if slices.Contains(strings.Split(words, "|"), "") {
		return errors.New("a word between bars is empty")
	}
	return nil
}
