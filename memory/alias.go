package memory

import (
	"slices"
	"strings"
	"sync"

	"github.com/cognito-import/importjob"
	valueform "github.com/cognito-import/importjob/internal/form"
	"github.com/cognito-import/importjob/userpool"
)

// This file finds users by other names than their username, and keeps usernames apart from these names.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html and
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html

// aliases is an index of what the users of a pool sign in with beside their username. It is made at the first look-up,
// so that a pool in which nobody is looked up so takes no memory for it. An entry stays when the user changes: a look-up
// checks what it finds.
type aliases struct {
	mu    sync.Mutex
	index index
	upto  uint32 // the users below this number are in the index
}

// signInAttributes are the attributes with which users of the pool sign in.
func (s settings) signInAttributes() []string {
	return slices.Concat(s.UsernameAttributes, s.AliasAttributes)
}

// findOther returns the number of the user that has name as its sub or signs in with it. If several users sign in with
// it, the last one to get it has it. The caller holds users.mu.
func (a *account) findOther(u *users, set settings, name string) (number uint32, found bool) {
	if number, found := u.ids.number(name, u.total); found && a.isPresent(u, number) {
		return number, true
	}
	if len(set.UsernameAttributes) == 0 && len(set.AliasAttributes) == 0 {
		return 0, false
	}
	u.aliases.mu.Lock()
	defer u.aliases.mu.Unlock()
	a.indexAliases(u, set)
	var latest uint64
	u.aliases.index.find(set.tag(name), func(n uint32) bool {
		if !a.isPresent(u, n) {
			return false
		}
		if claimed := a.claimed(u, set, n, name); claimed > latest {
			number, latest = n, claimed
		}
		return false // there may be a later one
	})
	return number, latest > 0
}

// mayCome reports whether a user is in the pool or will be. It locks account.mu.
func (a *account) mayCome(u *users, number uint32) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.presence(u, number) != absent
}

// isPresent locks account.mu.
func (a *account) isPresent(u *users, number uint32) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.presence(u, number) == present
}

// claimed returns when a user got the attribute with which the user signs in with name: a later one has a higher number.
// It returns 0 if the user does not sign in with name.
func (a *account) claimed(u *users, set settings, number uint32, name string) (latest uint64) {
	attributes := a.attributes(u, number)
	for _, attribute := range set.signInAttributes() {
		if value := attributes.Value(attribute); value == "" || !set.same(value, name) || !set.counts(attributes, attribute) {
			continue
		}
		claimed := uint64(number+1) << 32 // when the user came
		if c := u.changes[number]; c != nil && c.claimed[attribute] > 0 {
			claimed = c.claimed[attribute]
		}
		latest = max(latest, claimed)
	}
	return latest
}

// claim notes that a user gets attributes to sign in with, and that the rows which a job has not read yet come later. The
// caller holds users.mu for writing.
func (a *account) claim(u *users, set settings, number uint32, attributes []string) {
	if len(attributes) == 0 {
		return
	}
	next, ok := a.nextRow(u)
	if !ok {
		next = u.total
	}
	u.claims++
	c := u.change(number)
	if c.claimed == nil {
		c.claimed = map[string]uint64{}
	}
	for _, attribute := range attributes {
		c.claimed[attribute] = uint64(next)<<32 | uint64(u.claims)
	}
	u.aliases.mu.Lock()
	defer u.aliases.mu.Unlock()
	if number < u.aliases.upto {
		a.indexAliasesOf(u, set, number)
	}
}

// indexAliases adds the users that are not in the index yet. The caller holds aliases.mu.
func (a *account) indexAliases(u *users, set settings) {
	for ; u.aliases.upto < u.total; u.aliases.upto++ {
		if a.mayCome(u, u.aliases.upto) {
			a.indexAliasesOf(u, set, u.aliases.upto)
		}
	}
}

func (a *account) indexAliasesOf(u *users, set settings, number uint32) {
	attributes := a.attributes(u, number)
	for _, name := range set.signInAttributes() {
		if value := attributes.Value(name); value != "" {
			u.aliases.index.addOnce(set.tag(value), number)
		}
	}
}

// counts reports whether a user with these attributes can sign in with one of them. An alias must be verified.
// preferred_username needs no verification, and neither do the UsernameAttributes.
func (s settings) counts(attributes userpool.Attributes, attribute string) bool {
	return attribute == preferredUsername || slices.Contains(s.UsernameAttributes, attribute) ||
		isVerified(attributes, attribute)
}

// isVerified reports whether an e-mail address or phone number is verified. "True" counts, too.
//
// Source: https://github.com/getmoto/moto/blob/0af643a5dbfc98797f08ee64f5be3ef8002d56ff/tests/test_cognitoidp/test_cognitoidp.py
// (test_forgot_password_with_email_delivery_details, which has run against the service)
func isVerified(attributes userpool.Attributes, attribute string) bool {
	return strings.EqualFold(attributes.Value(attribute+"_verified"), "true")
}

const preferredUsername = "preferred_username"

// newAliases returns the attributes that a change gives a user to sign in with. attributes are those after the change.
func (s settings) newAliases(attributes userpool.Attributes, changes []userpool.Attribute) (names []string) {
	for _, name := range s.signInAttributes() {
		sets := func(c userpool.Attribute) bool { return c.Name == name || c.Name == name+"_verified" }
		if slices.ContainsFunc(changes, sets) && attributes.Value(name) != "" && s.counts(attributes, name) {
			names = append(names, name)
		}
	}
	return names
}

// checkAliases returns an error if another user than self signs in with one of the attributes in names. If moves is not
// nil, a verified alias does not count: checkAliases calls moves with the user that loses it.
//
// Source: https://repost.aws/knowledge-center/cognito-email-verified-attribute
func (a *account) checkAliases(u *users, set settings, attributes userpool.Attributes, names []string, self uint32, moves func(other uint32, alias string)) error {
	for _, name := range names {
		other, err := a.number(u, set, attributes.Value(name))
		switch {
		case err != nil || other == self:
		case moves != nil && name != preferredUsername && slices.Contains(set.AliasAttributes, name):
			moves(other, name)
		default:
			// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
			return &importjob.Error{Code: userpool.ErrAliasExists, Message: "An account with the " + name + " already exists."}
		}
	}
	return nil
}

// checkUsername returns an error for a username that looks like an alias of the pool, or that is none of the attributes
// with which users of the pool sign in.
func (s settings) checkUsername(name string) error {
	switch {
	case slices.Contains(s.AliasAttributes, importjob.AttributeEmail) && valueform.IsEmail([]byte(name)):
		// Source: https://github.com/aws-amplify/amplify-js/issues/8800
		return refuse("Username cannot be of email format, since user pool is configured for email alias.")
	case slices.Contains(s.AliasAttributes, importjob.AttributePhoneNumber) && valueform.IsPhone([]byte(name)):
		return refuse("The username looks like a phone number, with which users of this pool sign in: choose another.")
	case len(s.UsernameAttributes) > 0 && s.usernameAttribute(name) == "":
		// Source: https://github.com/getmoto/moto/blob/master/moto/cognitoidp/models.py
		return refuse("Username should be either an email or a phone number.")
	}
	return nil
}

// usernameAttribute returns the attribute of UsernameAttributes whose form name has, or "".
func (s settings) usernameAttribute(name string) string {
	for _, attribute := range s.UsernameAttributes {
		if attribute == importjob.AttributeEmail && valueform.IsEmail([]byte(name)) ||
			attribute == importjob.AttributePhoneNumber && valueform.IsPhone([]byte(name)) {
			return attribute
		}
	}
	return ""
}
