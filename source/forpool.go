package source

import (
	"errors"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
)

// ForPool returns the mapping with the usernames and the custom attributes of a pool. For each custom attribute that has no column, it adds
// one with the path Custom, unless that is ignored. In a pool whose users sign in with their e-mail address or
// phone number instead of a username, cognito:username becomes what email, or else phone_number, is. In other pools, it
// becomes the id, unless the mapping has it. The result is m itself if nothing changes, and otherwise a copy.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
func (m *Mapping) ForPool(pool importjob.Pool) *Mapping {
	return m.withUsername(pool).withCustom(pool)
}

// nameInPath stands for the name of an attribute in Mapping.Custom.
const nameInPath = "{name}"

// customPath returns the path of a custom attribute.
func customPath(custom, name string) (format.Path, error) {
	if custom == "" {
		return format.Path{}, errors.New("the mapping has no path of custom attributes")
	}
	return format.ParsePath(strings.ReplaceAll(custom, nameInPath, name))
}

func (m *Mapping) withCustom(pool importjob.Pool) *Mapping {
	changed := m
	for _, name := range pool.Header() {
		path, err := customPath(m.Custom, name)
		if err != nil || !strings.HasPrefix(name, "custom:") || m.column(name) != nil || slices.ContainsFunc(m.Ignore, path.Equal) {
			continue
		}
		if changed == m {
			copied := *m
			changed, copied.Columns = &copied, slices.Clone(m.Columns)
		}
		changed.Columns = append(changed.Columns, Column{Name: name, From: []format.Path{path}})
	}
	return changed
}

func (m *Mapping) withUsername(pool importjob.Pool) *Mapping {
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
