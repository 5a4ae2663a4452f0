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
	Name  string // such as "email" or "custom:role"
	Value string // an import stores a Boolean as "true" or "false" (A48 in ASSUMPTIONS.md)
}

// Attributes is a read-only list of the attributes of a [User], in the order in which the pool stored them. It
// does not hold the sub. The zero value is an empty list. Attributes that are printed or logged show only
// their number, because they are personal data. Several goroutines can read them at once.
type Attributes struct {
	list   []Attribute
	source AttributeSource
	row    int
}

// NewAttributes returns Attributes with a copy of list.
func NewAttributes(list ...Attribute) Attributes { return Attributes{list: slices.Clone(list)} }

// AttributeSource stores the attributes of many users. An implementation of [Users] can define one and return
// [LazyAttributes], so that it need not allocate a list for each user. The attributes of a row must never
// change, and several goroutines may call AttributesOf at once.
type AttributeSource interface {
	// AttributesOf iterates over the names and values of the attributes in one row, in order. The source
	// defines what a row is; package memory uses the rows of a CSV file.
	AttributesOf(row int) iter.Seq2[string, string]
}

// LazyAttributes returns the Attributes of one row of source. Each method of the result calls
// source.AttributesOf(row) again, so the result stores no attribute itself.
func LazyAttributes(source AttributeSource, row int) Attributes {
	return Attributes{source: source, row: row}
}

// String returns the number of attributes, such as "2 attributes". It shows no name and no value.
func (a Attributes) String() string { return strconv.Itoa(a.Len()) + " attributes" }

// Format prints String for every verb of package fmt.
func (a Attributes) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// LogValue returns String as the value for log/slog.
func (a Attributes) LogValue() slog.Value { return slog.StringValue(a.String()) }

// Get returns the value of the attribute with this name, and whether the user has the attribute. The case of
// the name matters.
func (a Attributes) Get(name string) (string, bool) {
	for n, value := range a.All() {
		if n == name {
			return value, true
		}
	}
	return "", false
}

// Value returns the value of the attribute with this name, or "" if the user does not have the attribute.
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

// All iterates over the names and values, in order.
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

// Map returns the attributes in a new map from name to value.
func (a Attributes) Map() map[string]string { return maps.Collect(a.All()) }
