package source

import (
	"slices"

	"github.com/cognito-import/importjob"
)

// ForPool returns the mapping with the usernames that a pool needs. In a pool whose users sign in with their e-mail address or
// phone number instead of a username, cognito:username becomes what email, or else phone_number, is. In other pools, it
// becomes the id, unless the mapping has it. The result is m itself if nothing changes, and otherwise a copy.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
func (m *Mapping) ForPool(pool importjob.Pool) *Mapping {
	for _, name := range []string{importjob.AttributeEmail, importjob.AttributePhoneNumber} {
		c := m.column(name)
		if c == nil || !slices.Contains(pool.UsernameAttributes, name) {
			continue
		}
		username := *c
		username.Name = importjob.ColumnUsername
		if username.Transforms == nil && username.Set == "" {
			username.Transforms = kindOf(name, nil).transforms(m.PhoneRegion)
		}
		return m.with(username)
	}
	if m.column(importjob.ColumnUsername) != nil || len(m.ID) == 0 {
		return m
	}
	return m.with(Column{Name: importjob.ColumnUsername, From: m.ID, Transforms: kindUsername.transforms("")})
}

// column returns the column of that name, or nil.
func (m *Mapping) column(name string) *Column {
	i := slices.IndexFunc(m.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return &m.Columns[i]
}

// with returns a copy of the mapping that has the column in the place of the one of its name, or first.
func (m *Mapping) with(c Column) *Mapping {
	changed := *m
	changed.Columns = slices.DeleteFunc(slices.Clone(m.Columns), func(other Column) bool { return other.Name == c.Name })
	changed.Columns = slices.Insert(changed.Columns, 0, c)
	return &changed
}
