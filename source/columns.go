package source

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
)

// ColumnsError is the error of [Open] if the columns of the export, of the mapping and of the pool do not fit together.
type ColumnsError struct {
	NotInPool   []Mismatch // columns of the mapping that the pool does not have
	NotInExport []Mismatch // paths of the mapping that the table does not have
	LeftOver    []Mismatch // columns of the table that are neither used nor ignored
	NoUsername  bool       // nothing says what the username is
}

// Mismatch is a column without its counterpart.
type Mismatch struct {
	Name string // the name of the column, or #1 for the first of the table and so on
	For  string // NotInExport only: the column of the pool that it is for
	Near string // a name that is similar; "" if there is none
}

// String returns the name, with the question whether the similar one is meant.
func (m Mismatch) String() string {
	text := m.Name
	if m.For != "" {
		text += ", from which " + m.For + " comes"
	}
	switch m.Near {
	case "":
	case m.Name:
		text += " (the pool has a column of that name)"
	default:
		text += " (did you mean " + m.Near + "?)"
	}
	return text
}

// maxNamed is how many columns Error names that are left over.
const maxNamed = 20

// Error says what to do about each column. Of the columns that are left over, it names the first twenty.
func (e *ColumnsError) Error() string {
	var parts []string
	add := func(what string, all []Mismatch) {
		for _, m := range all {
			parts = append(parts, what+m.String())
		}
	}
	add("the pool has no column ", e.NotInPool)
	add("the export has no column ", e.NotInExport)
	if len(e.LeftOver) > 0 {
		var names []string
		for _, m := range e.LeftOver[:min(maxNamed, len(e.LeftOver))] {
			names = append(names, m.String())
		}
		if more := len(e.LeftOver) - maxNamed; more > 0 {
			names = append(names, fmt.Sprintf("and %d more", more))
		}
		parts = append(parts, fmt.Sprintf("the mapping leaves over %d %s of the export: map or ignore %s: %s",
			len(e.LeftOver), plural(len(names), "column", "columns"), plural(len(names), "it", "them"), strings.Join(names, ", ")))
	}
	if e.NoUsername {
		parts = append(parts, "nothing says which column is the username: map one to "+importjob.ColumnUsername)
	}
	return strings.Join(parts, "; ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// notInPool returns the columns of the mapping that the pool does not have.
func (s *Source) notInPool() (unknown []Mismatch) {
	for _, c := range s.mapping.Columns {
		if !slices.Contains(s.columns, c.Name) || c.Name == importjob.ColumnPasswordHash {
			m := Mismatch{Name: c.Name}
			m.Near, _ = Nearby(c.Name, s.columns)
			if c.Name == importjob.ColumnPasswordHash {
				m.Near = "the key password of the mapping"
			}
			unknown = append(unknown, m)
		}
	}
	return unknown
}

// exportPaths returns the paths of all columns of the export: of a table those that it has, and of JSON those that its first records
// have, or else those of the mapping.
func (s *Source) exportPaths() (paths []format.Path) {
	if names := s.columnNames(); names != nil {
		return columnPaths(names)
	}
	for _, text := range s.members {
		if p, err := format.ParsePath(text); err == nil {
			paths = append(paths, p)
		}
	}
	if s.members == nil {
		return s.plan.paths
	}
	return paths
}

// columnsError returns a *ColumnsError, or nil.
func (s *Source) columnsError() error {
	e := ColumnsError{NotInPool: s.problems, NoUsername: s.mapping.column(importjob.ColumnUsername) == nil}
	if names := s.columnNames(); names != nil {
		e.NotInExport = s.notInExport(names)
		if !s.mapping.IgnoreRest {
			e.LeftOver = s.leftOver(names)
		}
	}
	if err := s.firstError(); e.NoUsername && err != nil {
		return err
	}
	if e.NoUsername || len(e.NotInPool) > 0 || len(e.NotInExport) > 0 || len(e.LeftOver) > 0 {
		return &e
	}
	return nil
}

// firstError returns the error of the first record of JSON of which no record could be read to choose a mapping, or nil. It says more than that no
// column is the username.
func (s *Source) firstError() error {
	if s.lenient || s.given || s.columnNames() != nil || len(s.members) > 0 {
		return nil
	}
	_, err := s.reader.Next()
	if err == io.EOF {
		return nil
	}
	return err
}

// notInExport returns the paths of which the table has none. A preset has paths for several forms of an export, so it can lack some, but not
// those of the username.
func (s *Source) notInExport(names []string) (missing []Mismatch) {
	index := indexColumns(names)
	for _, c := range s.mapping.Columns {
		if _, edited := s.options.Columns[c.Name]; s.options.Mapping == nil && !edited && c.Name != importjob.ColumnUsername {
			continue
		}
		if len(c.From) == 0 || slices.ContainsFunc(c.From, func(p format.Path) bool { return index.of(p) >= 0 }) {
			continue
		}
		m := Mismatch{Name: c.From[0].String(), For: c.Name}
		m.Near, _ = closest(m.Name, names)
		missing = append(missing, m)
	}
	return missing
}

// leftOver returns the columns of the table that no path names.
func (s *Source) leftOver(names []string) (left []Mismatch) {
	used, index, paths, near := make([]bool, len(names)), indexColumns(names), columnPaths(names), newNearbyNames(s.unmapped())
	for _, p := range slices.Concat(s.plan.paths, s.mapping.Ignore) {
		if i := index.of(p); i >= 0 {
			used[i] = true
		}
	}
	for _, f := range s.mapping.Input.Where {
		if i := index.of(f.Path); i >= 0 {
			used[i] = true
		}
	}
	for i, name := range names {
		if used[i] {
			continue
		}
		m := Mismatch{Name: paths[i].String()}
		if looksLikeValue(name) {
			m.Name = fmt.Sprintf("#%d", i+1)
		} else if similar, ok := near.find(name); ok {
			m.Near = similar
		}
		left = append(left, m)
	}
	return left
}

// unmapped returns the columns of the pool that the mapping does not fill. The username is one, and the first, if it is suggested only
// for want of a better column.
func (s *Source) unmapped() []string {
	names := slices.DeleteFunc(slices.Clone(s.columns), func(name string) bool { return s.mapping.column(name) != nil })
	if s.suggestion != nil && s.usernameIsMakeshift() {
		names = slices.Insert(names, 0, importjob.ColumnUsername)
	}
	return names
}

// usernameIsMakeshift reports whether the username is what the id or the e-mail address is.
func (s *Source) usernameIsMakeshift() bool {
	username, email := s.mapping.column(importjob.ColumnUsername), s.mapping.column(importjob.AttributeEmail)
	if username == nil || len(username.From) == 0 {
		return false
	}
	same := username.From[0].Equal
	return slices.ContainsFunc(s.mapping.ID, same) || email != nil && slices.ContainsFunc(email.From, same)
}

// looksLikeValue reports whether the name of a column may be the value of a user, since the table has no header.
func looksLikeValue(name string) bool {
	return strings.ContainsAny(name, "@+") || strings.HasPrefix(name, "$") || name != "" && strings.Trim(name, "0123456789-./: ") == "" || len(name) > 60
}
