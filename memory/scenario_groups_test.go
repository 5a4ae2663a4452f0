package memory_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// groupRef chooses the name of a group out of a few.
func (s *scenario) groupRef(pool string) userpool.GroupRef {
	name := oneOf(s, "admins", "Admins", "editors", "éditeurs", "viewers", "zoo", "a#b")
	if s.often(30) {
		name = oneOf(s, "", "two words", strings.Repeat("g", 129))
	}
	return userpool.GroupRef{UserPoolID: pool, GroupName: name}
}

// someGroup prefers one that exists.
func (s *scenario) someGroup() userpool.GroupRef {
	ref := s.groupRef(s.somePool())
	if pool := s.m.pool(ref.UserPoolID); pool != nil && len(pool.groups) > 0 && !s.often(6) {
		return oneOf(s, pool.groups...).fixed.GroupRef
	}
	return ref
}

func (s *scenario) newGroup(ref userpool.GroupRef) userpool.Group {
	g := userpool.Group{GroupRef: ref, Description: oneOf(s, "", "those who may", strings.Repeat("é", 2048))}
	if s.often(2) {
		precedence := oneOf(s, 0, 0, 1, 7)
		if s.often(20) {
			precedence = -1
		}
		g.Precedence = &precedence
	}
	if s.often(3) {
		g.RoleARN = "arn:aws:iam::111111111111:role/Group"
	}
	if s.often(40) {
		g.Description = strings.Repeat("é", 2049)
	}
	return g
}

func (s *scenario) createGroup() error {
	g := s.newGroup(s.groupRef(s.somePool()))
	got, err := s.c.CreateGroup(s.ctx, g)
	s.note("create group %+v: %v", g.GroupRef, err)
	want := s.m.createGroup(g)
	if err := sameError(userpool.OpCreateGroup, err, want); err != nil || want != nil {
		return err
	}
	return sameGroup(got, s.m.pool(g.UserPoolID).group(g.GroupName))
}

func (s *scenario) updateGroup() error {
	g := s.newGroup(s.someGroup())
	got, err := s.c.UpdateGroup(s.ctx, g)
	s.note("update group %+v: %v", g.GroupRef, err)
	want := s.m.updateGroup(g)
	if err := sameError(userpool.OpUpdateGroup, err, want); err != nil || want != nil {
		return err
	}
	return sameGroup(got, s.m.pool(g.UserPoolID).group(g.GroupName))
}

func (s *scenario) deleteGroup() error {
	ref := s.someGroup()
	err := s.c.DeleteGroup(s.ctx, ref)
	s.note("delete group %+v: %v", ref, err)
	return sameError(userpool.OpDeleteGroup, err, s.m.deleteGroup(ref))
}

func (s *scenario) group() error {
	ref := s.someGroup()
	got, err := s.c.Group(s.ctx, ref)
	s.note("group %+v: %v", ref, err)
	_, group, want := s.m.lookUpGroup(ref)
	if err := sameError(userpool.OpGroup, err, want); err != nil || want != nil {
		return err
	}
	return sameGroup(got, group)
}

func (s *scenario) setMember() error {
	group := s.someGroup()
	user := s.someUser()
	if pool := s.m.pool(group.UserPoolID); pool != nil && len(pool.users) > 0 && !s.often(10) {
		user = userpool.Ref{UserPoolID: group.UserPoolID, Username: oneOf(s, pool.users...).sub}
	}
	op, call, member := userpool.OpAddUserToGroup, s.c.AddUserToGroup, true
	if s.often(4) {
		op, call, member = userpool.OpRemoveUserFromGroup, s.c.RemoveUserFromGroup, false
	}
	err := call(s.ctx, user, group.GroupName)
	s.note("%s %+v %s: %v", op, user, group.GroupName, err)
	return sameError(op, err, s.m.setMember(user, group.GroupName, member))
}

func (s *scenario) groups() error {
	id := s.somePool()
	pool := s.m.pool(id)
	if pool == nil {
		_, _, err := s.c.Groups(s.ctx, id, importjob.Page{})
		return sameError(userpool.OpGroups, err, importjob.ErrResourceNotFound)
	}
	at, after, want := s.pageOfGroups(userpool.OpGroups, pool, "")
	got, token, err := s.c.Groups(s.ctx, id, at)
	s.note("groups %s %+v: %d %q %v", id, at, len(got), token, err)
	if err := sameError(userpool.OpGroups, err, want); err != nil || want != nil {
		return err
	}
	return s.sameGroupPage(userpool.OpGroups, pool, "", pool.groups, at, after, got, token)
}

func (s *scenario) groupsOfUser() error {
	ref := s.someUser()
	pool, user, want := s.m.lookUpUser(ref)
	if want != nil {
		_, _, err := s.c.GroupsOfUser(s.ctx, ref, importjob.Page{})
		return sameError(userpool.OpGroupsOfUser, err, want)
	}
	list := fmt.Sprint(user.number)
	at, after, want := s.pageOfGroups(userpool.OpGroupsOfUser, pool, list)
	got, token, err := s.c.GroupsOfUser(s.ctx, ref, at)
	s.note("groups of %+v %+v: %d %q %v", ref, at, len(got), token, err)
	if err := sameError(userpool.OpGroupsOfUser, err, want); err != nil || want != nil {
		return err
	}
	return s.sameGroupPage(userpool.OpGroupsOfUser, pool, list, pool.groupsOf(user), at, after, got, token)
}

// pageOfGroups is somePage for a list that goes on after a name.
func (s *scenario) pageOfGroups(op importjob.Op, pool *modelPool, list string) (importjob.Page, string, error) {
	at, position, err := s.somePage(op, 60, pool.number, list)
	if position == 0 {
		return at, "", err
	}
	i := slices.IndexFunc(s.m.tokens, func(t modelToken) bool {
		return t.op == op && t.pool == pool.number && t.job == list && t.token == at.Token
	})
	return at, s.m.tokens[i].after, err
}

func (s *scenario) sameGroupPage(op importjob.Op, pool *modelPool, list string, groups []*modelGroup, at importjob.Page, after string, got []userpool.Group, token string) error {
	rest := slices.DeleteFunc(slices.Clone(groups), func(g *modelGroup) bool { return g.fixed.GroupName <= after })
	want, next := page(rest, 0, at.MaxResults, 60)
	if err := errors.Join(sameGroups(got, want), s.keepToken(op, pool.number, list, token, next)); err != nil || next == 0 {
		return err
	}
	s.m.tokens[len(s.m.tokens)-1].after = want[len(want)-1].fixed.GroupName
	return nil
}

func (s *scenario) usersInGroup() error {
	ref := s.someGroup()
	pool, group, want := s.m.lookUpGroup(ref)
	if want != nil {
		_, _, err := s.c.UsersInGroup(s.ctx, ref, importjob.Page{})
		return sameError(userpool.OpUsersInGroup, err, want)
	}
	list := fmt.Sprint(group.number)
	at, join, want := s.somePage(userpool.OpUsersInGroup, 60, pool.number, list)
	got, token, err := s.c.UsersInGroup(s.ctx, ref, at)
	s.note("users in group %+v %+v: %d %q %v", ref, at, len(got), token, err)
	if err := sameError(userpool.OpUsersInGroup, err, want); err != nil || want != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(group.members), func(m modelMember) bool { return m.join <= join })
	members, next := page(rest, 0, at.MaxResults, 60)
	if next != 0 {
		next = members[len(members)-1].join
	}
	users := (&modelGroup{members: members}).users()
	return errors.Join(s.sameUsers(got, users), s.keepToken(userpool.OpUsersInGroup, pool.number, list, token, next))
}

func (g *modelGroup) users() (users []*modelUser) {
	for _, m := range g.members {
		users = append(users, m.user)
	}
	return users
}

func sameGroups(got []userpool.Group, want []*modelGroup) error {
	if len(got) != len(want) {
		return fmt.Errorf("got %d groups, want %d", len(got), len(want))
	}
	for i, group := range want {
		if err := sameGroup(got[i], group); err != nil {
			return err
		}
	}
	return nil
}

func sameGroup(got userpool.Group, group *modelGroup) error {
	want := group.fixed.Clone()
	want.CreationDate, want.LastModifiedDate = got.CreationDate, got.LastModifiedDate
	if !reflect.DeepEqual(got, want) || !got.CreationDate.Equal(group.created) || !got.LastModifiedDate.Equal(group.modified) {
		return fmt.Errorf("got the group %+v, want %+v", got, group)
	}
	return nil
}
