package source

import (
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// kind is the kind of a column's values, in plain English. It decides the default transforms.
type kind string

const (
	kindUsername  kind = "username"
	kindEmail     kind = "e-mail address"
	kindPhone     kind = "phone number"
	kindBirthdate kind = "birthdate"
	kindTime      kind = "time"
	kindBoolean   kind = "Boolean"
	kindNumber    kind = "number"
	kindName      kind = "name"
	kindText      kind = "text"
)

// kindOf returns the kind of a column, by its name, and by its type in the schema if it is custom.
func kindOf(column string, schema importjob.Schema) kind {
	switch column {
	case importjob.ColumnUsername:
		return kindUsername
	case importjob.AttributeEmail:
		return kindEmail
	case importjob.AttributePhoneNumber:
		return kindPhone
	case "birthdate":
		return kindBirthdate
	case "updated_at":
		return kindTime
	case importjob.AttributeEmailVerified, importjob.AttributePhoneNumberVerified, importjob.ColumnMFAEnabled:
		return kindBoolean
	case "name", "given_name", "family_name", "middle_name", "nickname":
		return kindName
	}
	i := slices.IndexFunc(schema, func(a importjob.SchemaAttribute) bool { return a.Name == column })
	if i < 0 {
		return kindText
	}
	switch schema[i].Type {
	case importjob.TypeBoolean:
		return kindBoolean
	case importjob.TypeNumber:
		return kindNumber
	}
	return kindText
}

// transforms returns the default transforms of a kind.
func (k kind) transforms(region string) []transform.Transform {
	switch k {
	case kindEmail:
		return []transform.Transform{transform.Trim{}, transform.Lower{}, transform.NFC{}}
	case kindPhone:
		return []transform.Transform{transform.Trim{}, transform.Phone{Region: region}}
	case kindBirthdate:
		return []transform.Transform{transform.Trim{}, transform.Date{}}
	case kindTime:
		return []transform.Transform{transform.Trim{}, transform.Epoch{}}
	case kindBoolean:
		return []transform.Transform{transform.Trim{}, transform.Bool{}}
	case kindNumber:
		return []transform.Transform{transform.Trim{}}
	}
	return []transform.Transform{transform.Trim{}, transform.OneLine{}, transform.NFC{}}
}

// Clean returns the transforms of every value that a path finds, before anything else happens to it. column is the column of the
// pool for which it is, or "" for the id, the password, the groups and the conditions. A value that they make empty counts as
// not found.
//
// They are m.EveryValue, and [transform.Null] with m.NullWords. If m.NullWords is nil, Null has its own words, but for columns with
// the name of a person \N only, since there are people named Null.
func (m *Mapping) Clean(column string) transform.Chain { return transform.NewChain(m.clean(column)...) }

func (m *Mapping) clean(column string) []transform.Transform {
	steps := slices.Clone(m.EveryValue)
	switch {
	case m.NullWords == nil && kindOf(column, nil) == kindName:
		steps = append(steps, transform.Null{Words: `\N`})
	case m.NullWords == nil:
		steps = append(steps, transform.Null{})
	case len(m.NullWords) > 0:
		steps = append(steps, transform.Null{Words: strings.Join(m.NullWords, "|")})
	}
	return steps
}

// Chain returns the transforms of a column, after [Mapping.Clean]. schema has the types of custom columns; it can be nil. c.Set is
// not transformed. They are c.Transforms, or if that is nil:
//
//	email                               trim, lower, nfc
//	phone_number                        trim, phone with m.PhoneRegion
//	birthdate                           trim, date
//	updated_at                          trim, epoch
//	email_verified and other Booleans   trim, bool
//	Numbers                             trim
//	all others                          trim, one-line, nfc
//
// cognito:username has those of email if it comes from the same paths, so that both are the same.
//
// A phone in c.Transforms that has no region has m.PhoneRegion.
//
// One chain of both, of the lists of [transform.Chain.Transforms], is faster than two.
func (m *Mapping) Chain(c Column, schema importjob.Schema) transform.Chain {
	return transform.NewChain(m.chain(c, schema)...)
}

func (m *Mapping) chain(c Column, schema importjob.Schema) []transform.Transform {
	switch {
	case c.Set != "":
		return nil
	case c.Transforms == nil:
		return m.defaultTransforms(c, kindOf(c.Name, schema))
	}
	steps := slices.Clone(c.Transforms)
	for i, t := range steps {
		if p, ok := t.(transform.Phone); ok && p.Region == "" {
			steps[i] = transform.Phone{Region: m.PhoneRegion}
		}
	}
	return steps
}

func (m *Mapping) defaultTransforms(c Column, k kind) []transform.Transform {
	if email := m.column(importjob.AttributeEmail); k == kindUsername && email != nil && len(c.From) > 0 && slices.EqualFunc(c.From, email.From, format.Path.Equal) {
		if email.Transforms != nil {
			return email.Transforms
		}
		k = kindEmail
	}
	return k.transforms(m.PhoneRegion)
}
