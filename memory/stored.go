package memory

import (
	"iter"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/scan"
)

// form says how a pool stores the values of a column. (A48)
type form int

const (
	asGiven   form = iota
	notKept        // the column is not an attribute
	lowerCase      // for a Boolean
	isoDate        // converts mm/dd/yyyy to yyyy-mm-dd
)

// forms returns the form of each column.
func forms(columns []string, set settings, isoBirthdate bool) []form {
	booleans := map[string]bool{}
	for _, attribute := range set.Schema {
		booleans[attribute.Name] = attribute.Type == importjob.TypeBoolean
	}
	list := make([]form, len(columns))
	for i, name := range columns {
		switch {
		case name == importjob.ColumnUsername, name == importjob.ColumnMFAEnabled, name == importjob.ColumnPasswordHash:
			list[i] = notKept
		case booleans[name]:
			list[i] = lowerCase
		case name == "birthdate" && isoBirthdate:
			list[i] = isoDate
		}
	}
	return list
}

// AttributesOf implements [userpool.AttributeSource]. It leaves out empty values.
func (f *file) AttributesOf(row int) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		values := scan.Parse(f.text(row))
		for i, name := range f.columns {
			value := string(values.Field(i))
			if value == "" || f.forms[i] == notKept {
				continue
			}
			if !yield(name, f.forms[i].of(value)) {
				return
			}
		}
	}
}

// of returns a value as the pool stores it.
func (f form) of(value string) string {
	switch {
	case f == lowerCase:
		return strings.ToLower(value)
	case f == isoDate && len(value) == len("mm/dd/yyyy"):
		return value[6:] + "-" + value[:2] + "-" + value[3:5]
	}
	return value
}
