package userpool

import (
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strconv"
)

// Attribute is one attribute of a user.
type Attribute struct {
	Name  string
	Value string
}

// Attributes are the attributes of a [User] except its sub, in the order they were stored. They cannot be
// changed. The zero value has none.
type Attributes struct {
	list   []Attribute
	source AttributeSource
	row    int
}

// NewAttributes returns attributes that hold a copy of list.
func NewAttributes(list ...Attribute) Attributes { return Attributes{list: slices.Clone(list)} }

// AttributeSource holds the attributes of many users in a form of its own. Those of one must not change.
type AttributeSource interface {
	// AttributesOf iterates over the names and values of one user, in order.
	AttributesOf(row int) iter.Seq2[string, string]
}

// LazyAttributes returns attributes that source holds. They are read from it each time, so that a pool of
// many users need not keep each one's.
func LazyAttributes(source AttributeSource, row int) Attributes {
	return Attributes{source: source, row: row}
}

// String returns the number of attributes alone: what they say belongs in no log.
func (a Attributes) String() string { return strconv.Itoa(a.Len()) + " attributes" }

// Format makes every verb print String.
func (a Attributes) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// LogValue is String for log/slog.
func (a Attributes) LogValue() slog.Value { return slog.StringValue(a.String()) }

// Get returns the value of an attribute, and whether it is there.
func (a Attributes) Get(name string) (string, bool) {
	for n, value := range a.All() {
		if n == name {
			return value, true
		}
	}
	return "", false
}

// Value returns the value of an attribute, "" when it is not there.
func (a Attributes) Value(name string) string {
	v, _ := a.Get(name)
	return v
}

// Len returns the number of attributes.
func (a Attributes) Len() int {
	n := 0
	for range a.All() {
		n++
	}
	return n
}

// All iterates over names and values in the order they were stored.
func (a Attributes) All() iter.Seq2[string, string] {
	if a.source != nil {
		return a.source.AttributesOf(a.row)
	}
	return func(yield func(string, string) bool) {
		for _, x := range a.list {
			if !yield(x.Name, x.Value) {
				return
			}
		}
	}
}

// Map returns a copy as a map.
func (a Attributes) Map() map[string]string { return maps.Collect(a.All()) }
