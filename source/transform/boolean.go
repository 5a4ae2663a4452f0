package transform

import (
	"slices"
	"strings"
)

// Bool makes "true" or "false" of a word: true, yes, y, t, 1, on, the words for yes and true in German, French, Italian,
// Spanish and Portuguese, and their opposites. Upper and lower case are the same. A byte 1 or 0 counts too, since MySQL prints
// a bit so.
type Bool struct{}

// Apply fails with BoolUnknown.
func (Bool) Apply(value string) (string, error) {
	switch value {
	case "", "true", "false":
		return value, nil
	case "TRUE", "True", "1", "t":
		return "true", nil
	case "FALSE", "False", "0", "f":
		return "false", nil
	}
	if len(value) > len("verdadeiro") { // the longest word
		return "", fail(BoolUnknown)
	}
	switch strings.ToLower(value) {
	case "true", "t", "yes", "y", "1", "on", "ja", "j", "wahr", "oui", "o", "vrai", "si", "sì", "sí", "s", "vero", "verdadero", "sim", "verdadeiro", "\x01":
		return "true", nil
	case "false", "f", "no", "n", "0", "off", "nein", "falsch", "non", "faux", "falso", "não", "nao", "\x00":
		return "false", nil
	}
	return "", fail(BoolUnknown)
}

func (Bool) String() string { return "bool" }

// NonEmpty makes "true" of a value and "false" of an empty one. It is for columns such as the time at which an address was
// verified.
type NonEmpty struct{}

// Apply never fails.
func (NonEmpty) Apply(value string) (string, error) { return boolText(value != ""), nil }

func (NonEmpty) String() string { return "non-empty" }

// Equals makes "true" of a value that is one of the words and "false" of any other. Upper and lower case are the same.
type Equals struct {
	Words string // with | between them
}

// Apply never fails.
func (e Equals) Apply(value string) (string, error) { return boolText(isWord(value, e.Words)), nil }

func (e Equals) String() string { return named("equals", e.Words) }

func parseEquals(argument string) (Equals, error) {
	return Equals{Words: argument}, checkWords(argument)
}

// isWord reports whether value is one of the words, with | between them.
func isWord(value, words string) bool {
	for word := range strings.SplitSeq(words, "|") {
		if strings.EqualFold(word, value) {
			return true
		}
	}
	return false
}

// Contains reports whether a list in a text has an item. Between the items are commas, semicolons, bars or white space, and
// the list can be a JSON array of strings. Upper and lower case are the same. No list has the empty item.
func Contains(list, item string) bool {
	if item == "" {
		return false
	}
	items := strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(",;| \t\r\n[]\"", r) })
	return slices.ContainsFunc(items, func(other string) bool { return strings.EqualFold(other, item) })
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
