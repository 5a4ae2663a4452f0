package live_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
)

// row is one row of a file: values by column, escaped as in the file.
type row map[string]string

// with returns a copy of the row with one value changed.
func (r row) with(column, value string) row {
	r = maps.Clone(r)
	r[column] = value
	return r
}

// name returns the username of a row of this probe.
func (l *lab) name(text string) string {
	p := l.settled
	switch {
	case slices.Contains(p.UsernameAttributes, importjob.AttributeEmail):
		return l.prefix + text + "@example.com"
	case slices.Contains(p.UsernameAttributes, importjob.AttributePhoneNumber):
		return l.phone()
	}
	return l.prefix + text
}

// phone returns a phone number that the run has not used.
func (l *lab) phone() string {
	l.phones++
	n, _ := strconv.ParseUint(l.runID, 16, 32)
	return fmt.Sprintf("+1555%07d", (n+uint64(1000*l.serial+l.phones))%10_000_000)
}

// good returns a row that this pool imports.
func (l *lab) good(text string) row {
	name := l.name(text)
	mail := name
	if !strings.Contains(mail, "@") {
		mail = l.prefix + text + "@example.com"
	}
	r := row{importjob.ColumnUsername: name, importjob.AttributeEmail: mail}
	if strings.HasPrefix(name, "+") {
		r[importjob.AttributePhoneNumber] = name
	}
	for _, a := range l.settled.AutoVerifiedAttributes {
		r[a+"_verified"] = "TRUE"
		if r[a] == "" {
			r[a] = l.phone()
		}
	}
	for _, a := range l.settled.Schema {
		if a.Required && a.Name != "sub" && r[a.Name] == "" {
			r[a.Name] = l.anyValue(a)
		}
	}
	return r
}

// anyValue returns a valid value of an attribute.
func (l *lab) anyValue(a importjob.SchemaAttribute) string {
	least, _ := strconv.Atoi(a.MinLength)
	switch {
	case a.Name == "birthdate":
		return "02/01/1985"
	case a.Name == importjob.AttributePhoneNumber:
		return l.phone()
	case a.Type == importjob.TypeBoolean:
		return "false"
	case a.Type == importjob.TypeNumber:
		return "1"
	}
	return strings.Repeat("x", max(least, 1))
}

// bad returns a row that fails, since nothing of it is verified.
func (l *lab) bad(text string) row {
	r := l.good(text)
	for _, a := range l.settled.AutoVerifiedAttributes {
		r[a+"_verified"] = "FALSE"
	}
	return r
}

// line returns a row without its line end.
func (l *lab) line(r row) string {
	values := make([]string, len(l.header))
	for i, column := range l.header {
		values[i] = r[column]
	}
	return strings.Join(values, ",")
}

// file returns a file with the pool's header.
func (l *lab) file(rows ...row) string {
	lines := []string{strings.Join(l.header, ",")}
	for _, r := range rows {
		lines = append(lines, l.line(r))
	}
	return strings.Join(lines, "\n") + "\n"
}
