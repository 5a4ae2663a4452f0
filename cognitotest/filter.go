package cognitotest

import (
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/model"
	"github.com/cognito-import/importjob/userpool"
)

// maxFilter is the largest number of characters in a filter.
const maxFilter = 256

// parseFilter parses the Filter of ListUsers. It returns a function that reports whether a user matches.
// The grammar is
//
//	filter   = [ name operator value ]          the name of an attribute, which may be in double quotes
//	operator = "=" | "^="                       equal to, begins with
//	value    = '"' characters '"'               with \" for a quote and \\ for a backslash
//
// White space around the parts is ignored. Any other text is an error. Case matters only in usernames and in
// the status.
//
// Sources: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html,
// https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html, and of the
// quoted name https://github.com/ministackorg/ministack/pull/1050
func parseFilter(s string) (matches func(userpool.User) bool, err error) {
	if utf8.RuneCountInString(s) > maxFilter {
		return nil, &importjob.Error{Code: importjob.ErrInvalidParameter,
			Message: model.Message([]string{model.Broken("Value", "filter", model.TooLong(maxFilter))})}
	}
	if strings.TrimSpace(s) == "" {
		return func(userpool.User) bool { return true }, nil
	}
	name, rest, ok := strings.Cut(s, "=")
	if !ok {
		return nil, badFilter()
	}
	name, prefix := strings.CutSuffix(name, "^")
	value, ok := unquote(strings.TrimSpace(rest))
	if !ok {
		return nil, badFilter()
	}
	name = strings.TrimSpace(name)
	if unquoted, ok := unquote(name); ok {
		name = unquoted
	}
	get := searchable(name)
	if get == nil {
		return nil, badFilter()
	}
	ignoreCase := name != "username" && name != "status"
	if ignoreCase {
		value = strings.ToLower(value) // A17
	}
	return func(u userpool.User) bool {
		got, ok := get(u)
		if ignoreCase {
			got = strings.ToLower(got)
		}
		if prefix {
			return ok && strings.HasPrefix(got, value)
		}
		return ok && got == value
	}, nil
}

// badFilter returns the error of a filter that cannot be parsed.
//
// Source: https://github.com/aws/aws-sdk-php/issues/1088
func badFilter() error {
	return refusef(importjob.ErrInvalidParameter, "Error while parsing filter.")
}

// unquote returns the text between double quotes. It reports false if s is not a quoted text.
func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	s = s[1 : len(s)-1]
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return "", false
		case '\\':
			i++
			if i == len(s) || s[i] != '"' && s[i] != '\\' {
				return "", false
			}
		}
		b.WriteByte(s[i])
	}
	return b.String(), true
}

// searchable returns a function that returns the attribute of a user, and whether the user has it. It
// returns nil for an attribute that a filter cannot name: a custom one and most standard ones.
func searchable(name string) func(userpool.User) (string, bool) {
	switch name {
	case "username":
		return func(u userpool.User) (string, bool) { return u.Username, true }
	case "sub":
		return func(u userpool.User) (string, bool) { return u.Sub, true }
	case "cognito:user_status":
		return func(u userpool.User) (string, bool) { return string(u.Status), true }
	case "status":
		return func(u userpool.User) (string, bool) { return enabled(u), true }
	case "email", "phone_number", "name", "given_name", "family_name", "preferred_username":
		return func(u userpool.User) (string, bool) { return u.Attributes.Get(name) }
	}
	return nil
}

func enabled(u userpool.User) string {
	if u.Disabled {
		return "Disabled"
	}
	return "Enabled"
}
