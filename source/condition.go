package source

import (
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// Condition holds for a record if the value at a path means so.
type Condition struct {
	From  format.Path
	When  When
	Words []string // if not nil, the condition holds for these values, and When is ""
}

// When says which values mean that a [Condition] holds.
type When string

// The values that mean that a condition holds. It never holds for an empty value.
const (
	WhenTrue     When = ""          // a word that transform.Bool reads as true; "true" in a file
	WhenFalse    When = "false"     // a word that transform.Bool reads as false
	WhenNonEmpty When = "non-empty" // any
	WhenFuture   When = "future"    // a time that has not come, or PostgreSQL's infinity
)

// Holds reports whether the condition holds for the value that its path found. now decides what is in the future. Upper and lower
// case of Words are the same. The error is a *transform.Error with BoolUnknown or TimeUnknown.
func (c Condition) Holds(value string, now time.Time) (bool, error) {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		return false, nil
	case c.Words != nil:
		return slices.ContainsFunc(c.Words, func(word string) bool { return strings.EqualFold(word, value) }), nil
	case c.When == WhenNonEmpty:
		return true, nil
	case c.When == WhenFuture:
		return isFuture(value, now)
	}
	word, err := transform.Bool{}.Apply(value)
	return err == nil && (word == "true") == (c.When == WhenTrue), err
}

func isFuture(value string, now time.Time) (bool, error) {
	if value == "infinity" {
		return true, nil
	}
	if t, ok := transform.ParseTime(value); ok {
		return t.After(now), nil
	}
	_, err := transform.Epoch{}.Apply(value)
	return false, err
}
