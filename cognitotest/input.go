package cognitotest

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/model"
)

// input is the input of an operation: the members of a JSON object. A method reads one member by its
// exact name. If the member is bad, the method records the error and returns a zero value. err returns
// the recorded errors.
type input struct {
	members map[string]json.RawMessage
	wrong   error    // the error of the first member that has the wrong type
	broken  []string // the messages about broken constraints
}

// parseInput parses a request body.
func parseInput(body []byte) (*input, error) {
	in := &input{}
	if err := json.Unmarshal(body, &in.members); err != nil || in.members == nil { // our words (A36)
		return nil, refusef(errSerialization, "The request body is not a JSON object.")
	}
	return in, nil
}

// err returns an error about the members that were read so far, or nil if all are good.
func (in *input) err() error {
	if in.wrong != nil {
		return in.wrong
	}
	message := model.Message(in.broken)
	if message == "" {
		return nil
	}
	return &importjob.Error{Code: importjob.ErrInvalidParameter, Message: message}
}

// refuse records messages about the constraints that a member breaks.
func (in *input) refuse(broken ...string) { in.broken = append(in.broken, broken...) }

// modelMember returns the name of a member as the service's messages write it: with a small first letter.
func modelMember(name string) model.Member {
	return model.Member(strings.ToLower(name[:1]) + name[1:])
}

// raw returns a member, or nil if it is absent or null.
func (in *input) raw(member string) json.RawMessage {
	v := in.members[member]
	if bytes.Equal(v, []byte("null")) {
		return nil
	}
	return v
}

// require records an error if a member is absent.
func (in *input) require(member string) {
	if in.raw(member) == nil {
		in.refuse(model.Broken("Value null", modelMember(member), model.NotNull))
	}
}

// read decodes a member into v, a pointer to the wanted type. It reports false if the member is absent or
// has another type.
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

// mistyped records that a member does not have the wanted type. The texts are known for an object and for a
// number in the place of a string. The texts for other types follow the second one, and ": member" is ours.
func (in *input) mistyped(member, wanted string) {
	switch raw := in.raw(member); {
	case in.wrong != nil:
	case raw[0] == '{': // source: https://github.com/aws-amplify/amplify-js/issues/2689
		in.wrong = refusef(errSerialization, "Start of structure or map found where not expected.")
	default: // source: https://github.com/aarondfrancis/sidecar/issues/148
		in.wrong = refusef(errSerialization, "%s can not be converted to a %s: member %s", kind(raw), wanted, member)
	}
}

// kind returns the service's name for the kind of a JSON value that is no object.
func kind(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "STRING_VALUE"
	case '[':
		return "START_ARRAY"
	case 't':
		return "TRUE_VALUE"
	case 'f':
		return "FALSE_VALUE"
	}
	return "NUMBER_VALUE"
}

// text returns a string, "" if it is absent.
func (in *input) text(member string) string {
	raw := in.raw(member)
	if n := len(raw); n >= 2 && raw[0] == '"' && plain(raw[1:n-1]) {
		return string(raw[1 : n-1]) // fast path: nearly all members
	}
	var s string
	in.read(member, "String", &s)
	return s
}

// plain reports whether the text between two quotes is its own value, because it has only printable ASCII
// and no escapes.
func plain(raw []byte) bool {
	for _, c := range raw {
		if c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}

// required returns a string. It records an error if the string is absent. The Client checks the other
// constraints.
func (in *input) required(member string) string {
	in.require(member)
	return in.text(member)
}

// filled returns a string, "" if it is absent. It records an error if the string is empty, because a Client
// cannot tell an empty string from an absent one.
func (in *input) filled(member string) string {
	s := in.text(member)
	if s == "" && in.raw(member) != nil && in.wrong == nil {
		in.refuseEmpty(member)
	}
	return s
}

// refuseEmpty records that a member is empty.
func (in *input) refuseEmpty(member string) {
	in.refuse(model.Broken("Value ''", modelMember(member), model.TooShort(1)))
}

// choice returns one of the allowed strings, "" if it is absent.
func (in *input) choice(member string, allowed ...string) string {
	s := in.text(member)
	if in.raw(member) == nil || in.wrong != nil {
		return ""
	}
	broken := model.CheckEnum(modelMember(member), s, allowed)
	if len(broken) > 0 {
		in.refuse(broken...)
		return ""
	}
	return s
}

// number returns a whole number from least to most, 0 if it is absent.
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
	in.refuse(model.CheckRange(modelMember(member), v, least, most)...)
	return v
}

// boolean returns a Boolean. If the member is absent, it returns the value of absent.
func (in *input) boolean(member string, absent bool) bool {
	v := absent
	if !in.read(member, "Boolean", &v) {
		return absent
	}
	return v
}

// texts returns a list of strings, nil if it is absent.
func (in *input) texts(member string) []string {
	var list []string
	if !in.read(member, "List of String", &list) {
		return nil
	}
	return list
}

// object returns an object. If it is absent, its members are nil.
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

// note adds the errors that were recorded about o, an object that is a member of in.
func (in *input) note(o *input) {
	if in.wrong == nil {
		in.wrong = o.wrong
	}
	in.broken = append(in.broken, o.broken...)
}

// userPoolID returns the ID of the pool that a request names by itself, by its ARN or by its log group, or "". It
// records no errors.
func (in *input) userPoolID() string {
	var text string
	if json.Unmarshal(in.members["UserPoolId"], &text) == nil {
		return text
	}
	if json.Unmarshal(in.members["ResourceArn"], &text) == nil {
		_, id, _ := strings.Cut(text, poolInARN)
		return id
	}
	for _, member := range []string{"logGroupName", "logGroupIdentifier", "logGroupNamePrefix"} {
		if json.Unmarshal(in.members[member], &text) == nil {
			_, rest, _ := strings.Cut(text, groupPrefix)
			id, _, _ := strings.Cut(rest, "/")
			return id
		}
	}
	return ""
}
