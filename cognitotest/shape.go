package cognitotest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cognito-import/importjob/internal/model"
)

// shape is the type of a member that the handler stores and returns, and does nothing with. So each request with a
// member of another type is refused, and each response has types that an SDK can read.
type shape struct {
	kind        shapeKind
	required    bool
	allowed     []string // the values of a string or of the strings of a list; nil allows any
	least, most int64    // the bounds of a number
	members     shapes   // of a structure, or of each structure of a list
}

// shapes are the shapes of the members of a structure, by name.
type shapes map[string]shape

type shapeKind int

const (
	aString shapeKind = iota
	aBoolean
	aNumber
	aStructure
	aListOfStrings
	aListOfStructures
	aMapOfTags
)

func oneOf(values ...string) shape { return shape{allowed: values} }

func structure(members shapes) shape { return shape{kind: aStructure, members: members} }

// must returns the shape of a required member.
func must(s shape) shape {
	s.required = true
	return s
}

// kept returns the members of an input that have a shape. It records the errors of those that do not fit theirs.
func (in *input) kept(members shapes) map[string]any {
	values := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		s := members[name]
		if s.required {
			in.require(name)
		}
		if in.raw(name) != nil {
			values[name] = in.shaped(name, s)
		}
	}
	return values
}

// shaped returns the value of a member that is present, in the types of package encoding/json.
func (in *input) shaped(member string, s shape) any {
	switch s.kind {
	case aBoolean:
		return in.boolean(member, false)
	case aNumber:
		return in.number(member, s.least, s.most)
	case aStructure:
		o := in.object(member)
		values := o.kept(s.members)
		in.note(o)
		return values
	case aListOfStructures:
		list := []any{}
		for _, o := range in.objects(member) {
			list = append(list, o.kept(s.members))
			in.note(o)
		}
		return list
	case aListOfStrings:
		return in.choices(member, s.allowed)
	case aMapOfTags:
		return in.tags(member)
	}
	if s.allowed != nil {
		return in.choice(member, s.allowed...)
	}
	return in.text(member)
}

// choices returns a list of allowed strings, nil if it is absent.
func (in *input) choices(member string, allowed []string) []string {
	list := in.texts(member)
	for _, value := range list {
		in.refuse(model.CheckEnum(modelMember(member), value, allowed)...)
	}
	return list
}

// tags returns a map of tags. A key has 1 to 128 characters, a value at most 256.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_TagResource.html
func (in *input) tags(member string) map[string]string {
	var tags map[string]string
	in.read(member, "Map of String", &tags)
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		in.checkLength(member, key, 1, 128)
		in.checkLength(member, tags[key], 0, 256)
	}
	return tags
}

// checkLength records an error if a value in a member has too few or too many characters.
func (in *input) checkLength(member, value string, least, most int) {
	shown := fmt.Sprintf("Value '%s'", value)
	switch n := len([]rune(value)); {
	case n < least:
		in.refuse(model.Broken(shown, modelMember(member), model.TooShort(least)))
	case n > most:
		in.refuse(model.Broken(shown, modelMember(member), model.TooLong(most)))
	}
}
