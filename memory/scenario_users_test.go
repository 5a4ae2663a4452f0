package memory_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// attribute chooses one for an administrator to set: mostly one with which users sign in, and mostly a good one.
func (s *scenario) attribute(pool *modelPool) userpool.Attribute {
	name := oneOf(s, "email", "email_verified", "phone_number", "phone_number_verified", "preferred_username", "name", "birthdate", "updated_at",
		"custom:text", "custom:number", "custom:flag")
	if s.often(20) {
		name = oneOf(s, "sub", "cognito:mfa_enabled", "custom:none", "Email")
	}
	a := userpool.Attribute{Name: name}
	if attribute := pool.attribute(name); attribute != nil {
		a.Value = s.value(*attribute)
	}
	switch {
	case name == "email_verified" || name == "phone_number_verified":
		a.Value = oneOf(s, "true", "true", "TRUE", "false")
	case name == "preferred_username":
		a.Value = s.name(importjob.Pool{})
	case name == "email" && s.often(2):
		a.Value = oneOf(s, "ann", "Ann", "bob", "carla") + "@example.com"
	case name == "phone_number" && s.often(2):
		a.Value = fmt.Sprint("+1234555010", s.rng.IntN(4))
	}
	if s.often(12) {
		a.Value = ""
	}
	if s.often(15) {
		a.Value = oneOf(s, "nobody", "a@b..c", "12345550100", "maybe", "-1", "1985", "abcdef", strings.Repeat("v", 2048))
	}
	return a
}

// attributeList chooses some. Now and then one is there twice.
func (s *scenario) attributeList(pool *modelPool) (list []userpool.Attribute) {
	for range oneOf(s, 1, 1, 2, 2, 3) {
		if a := s.attribute(pool); !sets(list, a.Name) || s.often(20) {
			list = append(list, a)
		}
	}
	return list
}

// addUser adds a user with a name that files have too.
func (s *scenario) addUser() error {
	id := s.somePool()
	pool := &modelPool{}
	if p := s.m.pool(id); p != nil {
		pool = p
	}
	user := userpool.User{Username: s.name(pool.settings), Disabled: s.often(4), Status: oneOf(s, "", userpool.StatusConfirmed, userpool.StatusUnconfirmed)}
	var list []userpool.Attribute
	for _, attribute := range pool.settings.Schema {
		if attribute.Required && attribute.Name != "sub" && !s.often(20) {
			list = append(list, userpool.Attribute{Name: attribute.Name, Value: s.value(attribute)})
		}
	}
	if !s.often(3) {
		for _, a := range s.attributeList(pool) {
			if !sets(list, a.Name) || s.often(20) {
				list = append(list, a)
			}
		}
	}
	if s.often(20) {
		user.Username = oneOf(s, "", "two words", "ann@example.com", "+12345550100", "ann")
	}
	user.Attributes = userpool.NewAttributes(list...)
	got, err := s.c.AddUser(s.ctx, id, user)
	s.note("add user %q %q to %s: %v", user.Username, list, id, err)
	added, want := s.m.addUser(id, user, list)
	if err := sameError(userpool.OpAddUser, err, want); err != nil || want != nil {
		return err
	}
	return s.sameUser(got, added)
}

// someUser is a user by username in any case, sub, or a name to sign in with. Now and then it does not exist.
func (s *scenario) someUser() userpool.Ref {
	ref := userpool.Ref{UserPoolID: s.somePool(), Username: s.name(importjob.Pool{})}
	pool := s.m.pool(ref.UserPoolID)
	if pool == nil {
		return ref
	}
	ref.Username = s.name(pool.settings)
	if len(pool.users) > 0 && !s.often(6) {
		user := oneOf(s, pool.users...)
		name := user.name
		if name == "" || s.often(5) {
			name = user.sub
		}
		if names := pool.signIn(); len(names) > 0 && s.often(2) {
			name = user.attributes[oneOf(s, names...)]
		}
		ref.Username = oneOf(s, name, name, strings.ToUpper(name), strings.ToLower(name))
	}
	if s.often(50) {
		ref.Username = "two words"
	}
	if len([]rune(ref.Username)) > 128 { // an address can be longer than a username
		ref.Username = "nobody"
	}
	return ref
}

func (s *scenario) user() error {
	ref := s.someUser()
	got, err := s.c.User(s.ctx, ref)
	s.note("user %+v: %v", ref, err)
	_, user, want := s.m.lookUpUser(ref)
	if err := sameError(userpool.OpUser, err, want); err != nil || want != nil {
		return err
	}
	return s.sameUser(got, user)
}

func (s *scenario) updateUser() error {
	ref := s.someUser()
	pool := &modelPool{}
	if p := s.m.pool(ref.UserPoolID); p != nil {
		pool = p
	}
	list := s.attributeList(pool)
	if s.often(30) {
		list = nil
	}
	err := s.c.UpdateUser(s.ctx, ref, list)
	s.note("update user %+v %q: %v", ref, list, err)
	return sameError(userpool.OpUpdateUser, err, s.m.updateUser(ref, list))
}

// deleteUser prefers the user of a row that an active job has still to read.
func (s *scenario) deleteUser() error {
	ref := s.someUser()
	if next := s.nextRows(ref.UserPoolID); len(next) > 0 && !s.often(3) {
		ref.Username = oneOf(s, next...)
	}
	err := s.c.DeleteUser(s.ctx, ref)
	s.note("delete user %+v: %v", ref, err)
	return sameError(userpool.OpDeleteUser, err, s.m.deleteUser(ref))
}

// nextRows lists the users of the pool whose username an active job will read.
func (s *scenario) nextRows(id string) (names []string) {
	pool := s.m.pool(id)
	if pool == nil {
		return nil
	}
	for _, job := range pool.jobs {
		if !job.active() {
			continue
		}
		for _, row := range job.rows[len(job.results):] {
			if name := row.values["cognito:username"]; pool.user(name) != nil {
				names = append(names, name)
			}
		}
	}
	return names
}

func (s *scenario) setDisabled() error {
	ref, op := s.someUser(), userpool.OpDisableUser
	call, disabled := s.c.DisableUser, true
	if s.often(2) {
		op, call, disabled = userpool.OpEnableUser, s.c.EnableUser, false
	}
	err := call(s.ctx, ref)
	s.note("%s %+v: %v", op, ref, err)
	return sameError(op, err, s.m.setDisabled(ref, disabled))
}

// compareAliases looks for all names with which users sign in.
func (s *scenario) compareAliases(pool *modelPool) error {
	var names []string
	for _, user := range pool.users {
		for _, attribute := range pool.signIn() {
			if name := user.attributes[attribute]; name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	for _, name := range names {
		ref := userpool.Ref{UserPoolID: pool.settings.ID, Username: name}
		got, err := s.c.User(s.ctx, ref)
		_, want, wantErr := s.m.lookUpUser(ref)
		if err := sameError(userpool.OpUser, err, wantErr); err != nil {
			return fmt.Errorf("the user of %q: %w", name, err)
		}
		if want != nil {
			if err := s.sameUser(got, want); err != nil {
				return fmt.Errorf("the user of %q: %w", name, err)
			}
		}
	}
	return nil
}

// compareGroups compares the groups, who is in them, and the groups of each user.
func (s *scenario) compareGroups(pool *modelPool) error {
	got, _, err := s.c.Groups(s.ctx, pool.settings.ID, importjob.Page{})
	if err := errors.Join(err, sameGroups(got, pool.groups)); err != nil {
		return err
	}
	for _, group := range pool.groups {
		users, _, err := s.c.UsersInGroup(s.ctx, group.fixed.GroupRef, importjob.Page{})
		if err := errors.Join(err, s.sameUsers(users, group.users())); err != nil {
			return fmt.Errorf("users of the group %s: %w", group.fixed.GroupName, err)
		}
	}
	for _, user := range pool.users {
		groups, _, err := s.c.GroupsOfUser(s.ctx, userpool.Ref{UserPoolID: pool.settings.ID, Username: user.sub}, importjob.Page{})
		if err := errors.Join(err, sameGroups(groups, pool.groupsOf(user))); err != nil {
			return fmt.Errorf("groups of %s: %w", user.sub, err)
		}
	}
	return nil
}
