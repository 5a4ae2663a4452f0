package memory

import (
	"slices"

	"github.com/cognito-import/importjob"
	valueform "github.com/cognito-import/importjob/internal/form"
	"github.com/cognito-import/importjob/userpool"
)

// This file finds users by other names than their username, and keeps usernames apart from these names.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html and
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html

// findOther returns the number of the user that has name as its sub or signs in with it. If several users sign in with
// it, the one that came last has it. findOther reads all users of the pool, since the index has usernames only.
func (a *account) findOther(u *users, set settings, name string) (number uint32, found bool) {
	isSub := len(name) == len("01234567-0123-0123-0123-0123456789ab") && name[8] == '-'
	if !isSub && len(set.AliasAttributes) == 0 && len(set.UsernameAttributes) == 0 {
		return 0, false
	}
	for n := range a.present(u, u.first()) {
		if isSub && u.ids.sub(n) == name {
			return n, true
		}
		var user userpool.User
		if a.user(u, set, n, &user); set.signsInWith(user.Attributes, name) {
			number, found = n, true
		}
	}
	return number, found
}

// signsInWith reports whether a user with these attributes can sign in with name. An alias counts only if it is
// verified. preferred_username needs no verification.
func (s settings) signsInWith(attributes userpool.Attributes, name string) bool {
	has := func(attribute string) bool {
		value := attributes.Value(attribute)
		return value != "" && s.same(value, name)
	}
	return slices.ContainsFunc(s.UsernameAttributes, has) || slices.ContainsFunc(s.AliasAttributes, func(alias string) bool {
		return has(alias) && (alias == "preferred_username" || attributes.Value(alias+"_verified") == "true")
	})
}

// checkUsername returns an error for a username that looks like an alias of the pool.
func (s settings) checkUsername(name string) error {
	switch {
	case slices.Contains(s.AliasAttributes, importjob.AttributeEmail) && valueform.IsEmail([]byte(name)):
		// Source: https://github.com/aws-amplify/amplify-js/issues/8800
		return refuse("Username cannot be of email format, since user pool is configured for email alias.")
	case slices.Contains(s.AliasAttributes, importjob.AttributePhoneNumber) && valueform.IsPhone([]byte(name)):
		return refuse("The username looks like a phone number, with which users of this pool sign in: choose another.")
	}
	return nil
}
