package source

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
)

// Edits are changes of a mapping, in the form in which a command line has them. The zero value changes nothing.
type Edits struct {
	// Columns maps a column of the pool (the key) to the path of its values, as in [format.ParsePath]. The transforms stay those of the
	// mapping's column, if it has one. password_hash is for a column with password hashes as other systems store them: it replaces the
	// mapping's password.
	Columns map[string]string

	// Set has constants by column of the pool. "" removes the column.
	Set map[string]string

	// Default has what an empty value is replaced with, by column of the pool. A column that the mapping does not have is empty in
	// every row.
	Default map[string]string

	// Ignore has paths of columns of the export that are left out on purpose.
	Ignore []string

	// IgnoreRest leaves out all columns of the export that nothing uses.
	IgnoreRest bool

	// Table is the table of a dump in SQL, such as "users" or "public.users".
	Table string

	// PhoneRegion is the region of phone numbers without country code, such as "US".
	PhoneRegion string

	// NoPasswords leaves out the passwords: every user must set a new one.
	NoPasswords bool
}

// Edit returns a changed copy of the mapping. The error is a *[format.PathError], or that of [Mapping.Validate].
func (m *Mapping) Edit(e Edits) (*Mapping, error) {
	c := *m
	c.Columns, c.Ignore = slices.Clone(m.Columns), slices.Clone(m.Ignore)
	for _, name := range slices.Sorted(maps.Keys(e.Columns)) {
		path, err := format.ParsePath(e.Columns[name])
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", name, err)
		}
		if name == importjob.ColumnPasswordHash {
			c.Password = Password{Kind: PasswordHash, From: []format.Path{path}}
			continue
		}
		column := Column{Name: name, From: []format.Path{path}}
		if was := c.column(name); was != nil && was.Set == "" {
			column.Transforms, column.Default = was.Transforms, was.Default
		}
		c.put(column)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Set)) {
		if e.Set[name] == "" {
			c.Columns = slices.DeleteFunc(c.Columns, func(c Column) bool { return c.Name == name })
			if path, err := customPath(m.Custom, name); err == nil {
				c.Ignore = append(c.Ignore, path) // so that ForPool does not add it
			}
			continue
		}
		c.put(Column{Name: name, Set: e.Set[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(e.Default)) {
		switch was := c.column(name); {
		case was == nil:
			c.put(Column{Name: name, Set: e.Default[name]})
		case was.Set == "":
			was.Default = e.Default[name]
		}
	}
	for _, text := range e.Ignore {
		path, err := format.ParsePath(text)
		if err != nil {
			return nil, fmt.Errorf("ignore: %w", err)
		}
		c.Ignore = append(c.Ignore, path)
	}
	c.IgnoreRest = c.IgnoreRest || e.IgnoreRest
	if e.Table != "" {
		c.Input.Table = e.Table
	}
	if e.PhoneRegion != "" {
		c.PhoneRegion = e.PhoneRegion
	}
	if e.NoPasswords {
		c.Password, c.Hashes = Password{}, nil
	}
	return &c, c.Validate()
}

// put adds a column, or replaces the one of its name.
func (m *Mapping) put(c Column) {
	if was := m.column(c.Name); was != nil {
		*was = c
		return
	}
	m.Columns = append(m.Columns, c)
}
