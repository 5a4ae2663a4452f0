package cognitotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
)

// input is the input of an operation: the members of a JSON object. Its methods take a member
// by its exact name, note what is wrong with it, and return a zero value then; err tells.
type input struct {
	members map[string]json.RawMessage
	wrong   error    // a member of the wrong type
	broken  []string // the constraints that members break, in the service's words
}

// parseInput reads a request body.
func parseInput(body []byte) (*input, error) {
	in := &input{}
	if err := json.Unmarshal(body, &in.members); err != nil || in.members == nil {
		return nil, refusef(errSerialization, "The request body is not a JSON object.")
	}
	return in, nil
}

// err returns what is wrong with the members taken so far.
func (in *input) err() error {
	if in.wrong != nil || len(in.broken) == 0 {
		return in.wrong
	}
	plural := "s"
	if len(in.broken) == 1 {
		plural = ""
	}
	return refusef(importjob.ErrInvalidParameter, "%d validation error%s detected: %s",
		len(in.broken), plural, strings.Join(in.broken, "; "))
}

// refuse notes a constraint that a member breaks. value is how the message says what the member
// is, such as "Value null".
func (in *input) refuse(value, member, constraint string) {
	in.broken = append(in.broken, fmt.Sprintf("%s at '%s' failed to satisfy constraint: %s", value, lowerFirst(member), constraint))
}

// lowerFirst is how the service's messages spell members.
func lowerFirst(member string) string {
	return strings.ToLower(member[:1]) + member[1:]
}

// raw returns a member, or nil if it is absent or null.
func (in *input) raw(member string) json.RawMessage {
	v := in.members[member]
	if bytes.Equal(v, []byte("null")) {
		return nil
	}
	return v
}

// require notes that a member is missing, if it is.
func (in *input) require(member string) {
	if in.raw(member) == nil {
		in.refuse("Value null", member, "Member must not be null")
	}
}

// read decodes a member that is there into v, a pointer to a wanted type.
func (in *input) read(member, wanted string, v any) bool {
	raw := in.raw(member)
	if raw == nil {
		return false
	}
	if err := json.Unmarshal(raw, v); err != nil {
		in.mistyped(member, wanted)
		return false
	}
	return true
}

// mistyped notes that a member is not of the wanted type.
func (in *input) mistyped(member, wanted string) {
	if in.wrong == nil {
		in.wrong = refusef(errSerialization, "%s can not be converted to a %s: member %s", kind(in.raw(member)), wanted, member)
	}
}

// kind names the kind of a JSON value as the service's messages do.
func kind(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "STRING_VALUE"
	case '{':
		return "START_OBJECT"
	case '[':
		return "START_ARRAY"
	case 't':
		return "TRUE_VALUE"
	case 'f':
		return "FALSE_VALUE"
	}
	return "NUMBER_VALUE"
}

// text returns a string.
func (in *input) text(member string) string {
	raw := in.raw(member)
	if n := len(raw); n >= 2 && raw[0] == '"' && plain(raw[1:n-1]) {
		return string(raw[1 : n-1]) // the way of nearly every member
	}
	var s string
	in.read(member, "String", &s)
	return s
}

// plain reports whether the text between two quotes stands for itself.
func plain(raw []byte) bool {
	for _, c := range raw {
		if c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}

// required returns a string that must be there. That it keeps its constraints is for the
// Client to see.
func (in *input) required(member string) string {
	in.require(member)
	return in.text(member)
}

// filled returns a string that is absent or not empty: to a Client, empty would mean absent.
func (in *input) filled(member string) string {
	s := in.text(member)
	if s == "" && in.raw(member) != nil && in.wrong == nil {
		in.refuse("Value ''", member, "Member must have length greater than or equal to 1")
	}
	return s
}

// choice returns a string that is absent or one of the allowed ones.
func (in *input) choice(member string, allowed ...string) string {
	s := in.text(member)
	for _, a := range allowed {
		if s == a {
			return s
		}
	}
	if in.raw(member) != nil && in.wrong == nil {
		in.refuse("Value '"+s+"'", member, "Member must satisfy enum value set: ["+strings.Join(allowed, ", ")+"]")
	}
	return ""
}

// number returns a whole number between two bounds, 0 if it is absent.
func (in *input) number(member string, least, most int64) int64 {
	raw := in.raw(member)
	if raw == nil {
		return 0
	}
	v, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(string(raw), 64) // 6e1 is 60
		if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
			in.mistyped(member, "Integer")
			return 0
		}
		v = int64(f)
	}
	switch {
	case v < least:
		in.refuse(fmt.Sprintf("Value '%d'", v), member, fmt.Sprintf("Member must have value greater than or equal to %d", least))
	case v > most:
		in.refuse(fmt.Sprintf("Value '%d'", v), member, fmt.Sprintf("Member must have value less than or equal to %d", most))
	}
	return v
}

// boolean returns a Boolean, or other if it is absent.
func (in *input) boolean(member string, other bool) bool {
	v := other
	if !in.read(member, "Boolean", &v) {
		return other
	}
	return v
}

// texts returns a list of strings.
func (in *input) texts(member string) []string {
	var list []string
	if !in.read(member, "List of String", &list) {
		return nil
	}
	return list
}

// object returns a member that is an object; an absent one has no members.
func (in *input) object(member string) *input {
	o := &input{}
	in.read(member, "Structure", &o.members)
	return o
}

// objects returns a list of objects.
func (in *input) objects(member string) []*input {
	var list []map[string]json.RawMessage
	in.read(member, "List of Structure", &list)
	objects := make([]*input, len(list))
	for i, members := range list {
		objects[i] = &input{members: members}
	}
	return objects
}

// note notes what is wrong with the members of an object that is a member.
func (in *input) note(o *input) {
	if in.wrong == nil {
		in.wrong = o.wrong
	}
	in.broken = append(in.broken, o.broken...)
}
