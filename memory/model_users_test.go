package memory_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// fold folds case as in A17.
func (p *modelPool) fold(s string) string {
	if p.settings.CaseInsensitive {
		return strings.ToLower(s)
	}
	return s
}

// user finds a user by username. A sub counts only where it is the username. In a pool with username attributes, a user
// that AddUser added goes by the values of these attributes.
func (p *modelPool) user(name string) *modelUser {
	for _, user := range p.users {
		names := []string{user.name}
		if user.added && len(p.settings.UsernameAttributes) > 0 {
			names = nil
			for _, attribute := range p.settings.UsernameAttributes {
				names = append(names, user.attributes[attribute])
			}
		}
		if user.subAsName {
			names = append(names, user.sub)
		}
		for _, other := range names {
			if other != "" && p.fold(other) == p.fold(name) {
				return user
			}
		}
	}
	return nil
}

// find finds a user as AdminGetUser does: by username, else by sub, else by a name to sign in with. If several users
// sign in with the same name, the last one to get it has it.
func (p *modelPool) find(name string) *modelUser {
	if user := p.user(name); user != nil {
		return user
	}
	var found *modelUser
	latest := 0
	for _, user := range p.users {
		if user.sub != "" && user.sub == name {
			return user
		}
		for _, attribute := range p.signIn() {
			if p.active(user.attributes, attribute) && p.fold(user.attributes[attribute]) == p.fold(name) && user.claimed[attribute] > latest {
				found, latest = user, user.claimed[attribute]
			}
		}
	}
	return found
}

// signIn lists the attributes with which users sign in.
func (p *modelPool) signIn() []string {
	return slices.Concat(p.settings.UsernameAttributes, p.settings.AliasAttributes)
}

// active tells whether a user can sign in with an attribute: an alias needs to be verified, except preferred_username.
func (p *modelPool) active(attributes map[string]string, name string) bool {
	needsNone := name == "preferred_username" || slices.Contains(p.settings.UsernameAttributes, name)
	return attributes[name] != "" && (needsNone || attributes[name+"_verified"] == "true")
}

func (p *modelPool) claim(user *modelUser, attributes ...string) {
	if user.claimed == nil {
		user.claimed = map[string]int{}
	}
	for _, name := range attributes {
		p.claims++
		user.claimed[name] = p.claims
	}
}

// attribute finds an attribute in the schema.
func (p *modelPool) attribute(name string) *importjob.SchemaAttribute {
	for i := range p.settings.Schema {
		if p.settings.Schema[i].Name == name {
			return &p.settings.Schema[i]
		}
	}
	return nil
}

// accepts tells whether the pool takes the attributes that an administrator gives.
func (p *modelPool) accepts(list []userpool.Attribute) bool {
	for i, a := range list {
		attribute := p.attribute(a.Name)
		twice := slices.ContainsFunc(list[:i], func(other userpool.Attribute) bool { return other.Name == a.Name })
		if attribute == nil || a.Name == "sub" || twice || a.Value != "" && !fitsAPI(a.Value, *attribute) {
			return false
		}
	}
	return true
}

// fitsAPI: the API takes any birthdate of the right length.
func fitsAPI(value string, attribute importjob.SchemaAttribute) bool {
	length := utf8.RuneCountInString(value)
	if attribute.Name == "birthdate" {
		return within(strconv.Itoa(length), attribute.MinLength, attribute.MaxLength)
	}
	return length <= 2048 && fits(value, attribute)
}

// stored is the value as the pool keeps it (A48).
func (p *modelPool) stored(a userpool.Attribute) string {
	if p.attribute(a.Name).Type == importjob.TypeBoolean {
		return strings.ToLower(a.Value)
	}
	return a.Value
}

// complete tells whether all required attributes have a value.
func (p *modelPool) complete(attributes map[string]string) bool {
	for _, attribute := range p.settings.Schema {
		if attribute.Required && attribute.Name != "sub" && attributes[attribute.Name] == "" {
			return false
		}
	}
	return true
}

func (m *model) addUser(id string, user userpool.User, list []userpool.Attribute) (*modelUser, error) {
	pool := m.pool(id)
	if !usernameForm.MatchString(user.Username) {
		return nil, importjob.ErrInvalidParameter
	}
	if pool == nil {
		return nil, importjob.ErrResourceNotFound
	}
	if !fitsUsername(user.Username, pool.settings) || !pool.accepts(list) {
		return nil, importjob.ErrInvalidParameter
	}
	added := &modelUser{name: user.Username, added: true, status: user.Status, disabled: user.Disabled, created: m.now, attributes: map[string]string{}}
	for _, a := range list {
		added.attributes[a.Name] = pool.stored(a)
	}
	if len(pool.settings.UsernameAttributes) > 0 {
		typed := "phone_number"
		if isEmail(user.Username) {
			typed = "email"
		}
		added.name, added.subAsName, added.attributes[typed] = "", true, user.Username
	}
	maps.DeleteFunc(added.attributes, func(_, value string) bool { return value == "" })
	if !pool.complete(added.attributes) {
		return nil, importjob.ErrInvalidParameter
	}
	taken := pool.user(user.Username)
	if len(pool.settings.UsernameAttributes) > 0 {
		taken = pool.find(user.Username)
	}
	if taken != nil {
		return nil, userpool.ErrUsernameExists
	}
	for _, name := range pool.signIn() {
		if pool.active(added.attributes, name) && pool.find(added.attributes[name]) != nil {
			return nil, userpool.ErrAliasExists
		}
	}
	if added.status == "" {
		added.status = userpool.StatusForceChangePassword
	}
	pool.add(added)
	return added, nil
}

// lookUpUser finds the user of a ref.
func (m *model) lookUpUser(ref userpool.Ref) (*modelPool, *modelUser, error) {
	if !usernameForm.MatchString(ref.Username) {
		return nil, nil, importjob.ErrInvalidParameter
	}
	pool := m.pool(ref.UserPoolID)
	if pool == nil {
		return nil, nil, importjob.ErrResourceNotFound
	}
	user := pool.find(ref.Username)
	if user == nil {
		return nil, nil, userpool.ErrUserNotFound
	}
	return pool, user, nil
}

func (m *model) updateUser(ref userpool.Ref, list []userpool.Attribute) error {
	badName := func(a userpool.Attribute) bool { return len(a.Name) == 0 || len(a.Name) > 32 }
	if len(list) == 0 || slices.ContainsFunc(list, badName) {
		return importjob.ErrInvalidParameter
	}
	pool, user, err := m.lookUpUser(ref)
	if err != nil {
		return err
	}
	for _, a := range list {
		if attribute := pool.attribute(a.Name); attribute != nil && !attribute.Mutable {
			return importjob.ErrInvalidParameter
		}
	}
	if !pool.accepts(list) {
		return importjob.ErrInvalidParameter
	}
	attributes, got := maps.Clone(user.attributes), []string(nil)
	for _, a := range list {
		attributes[a.Name] = pool.stored(a)
	}
	for _, name := range []string{"email", "phone_number"} { // A74
		if attributes[name] != user.attributes[name] && !sets(list, name+"_verified") && user.attributes[name+"_verified"] == "true" {
			attributes[name+"_verified"] = "false"
		}
	}
	maps.DeleteFunc(attributes, func(_, value string) bool { return value == "" })
	if !pool.complete(attributes) {
		return importjob.ErrInvalidParameter
	}
	losers := map[string]*modelUser{}
	for _, name := range pool.signIn() {
		if !sets(list, name) && !sets(list, name+"_verified") || !pool.active(attributes, name) {
			continue
		}
		got = append(got, name)
		other := pool.find(attributes[name])
		switch {
		case other == nil || other == user:
		case slices.Contains(pool.settings.UsernameAttributes, name) || name == "preferred_username":
			return userpool.ErrAliasExists
		default: // a verified e-mail address or phone number moves
			losers[name] = other
		}
	}
	for name, other := range losers {
		other.attributes[name+"_verified"], other.modified = "false", m.now
	}
	user.attributes, user.modified = attributes, m.now
	pool.claim(user, got...)
	return nil
}

// sets tells whether a list has an attribute.
func sets(list []userpool.Attribute, name string) bool {
	return slices.ContainsFunc(list, func(a userpool.Attribute) bool { return a.Name == name })
}

func (m *model) deleteUser(ref userpool.Ref) error {
	pool, user, err := m.lookUpUser(ref)
	if err != nil {
		return err
	}
	is := func(other *modelUser) bool { return other == user }
	pool.users = slices.DeleteFunc(pool.users, is)
	for _, group := range pool.groups {
		group.leave(user)
	}
	return nil
}

func (m *model) setDisabled(ref userpool.Ref, disabled bool) error {
	_, user, err := m.lookUpUser(ref)
	if err == nil && user.disabled != disabled {
		user.disabled, user.modified = disabled, m.now
	}
	return err
}
