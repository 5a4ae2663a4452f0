package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// group is a group of a pool with its members. users.mu guards it.
type group struct {
	userpool.Group
	serial  uint64   // a newer group of the pool has a higher one
	members []member // in the order in which they joined, and so sorted by joined
	joins   uint64   // how many users have joined
}

// member is a user in a group.
type member struct {
	joined uint64 // a user that joined later has a higher one
	number uint32
}

// The service's limits of groups.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const (
	maxGroups       = 10_000 // of a pool
	maxGroupsOfUser = 100
)

// findGroup returns the place of a group among the groups of a pool, and whether it is there.
func (u *users) findGroup(name string) (int, bool) {
	return slices.BinarySearchFunc(u.groups, name, func(g *group, name string) int { return cmp.Compare(g.GroupName, name) })
}

// group returns a group by name.
func (u *users) group(name string) (*group, error) {
	if i, ok := u.findGroup(name); ok {
		return u.groups[i], nil
	}
	// Source: https://github.com/aws/aws-aspnet-cognito-identity-provider/issues/85
	return nil, &importjob.Error{Code: importjob.ErrResourceNotFound, Message: "Group not found."}
}

func (a *account) CreateGroup(_ context.Context, set userpool.Group) (userpool.Group, error) {
	u, _, err := a.members(set.UserPoolID)
	if err != nil {
		return userpool.Group{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	same := func(g *group) bool { return strings.EqualFold(g.GroupName, set.GroupName) }
	if slices.ContainsFunc(u.groups, same) {
		// Source: https://github.com/aws-amplify/amplify-backend/issues/1781
		return userpool.Group{}, &importjob.Error{Code: userpool.ErrGroupExists, Message: "A group with the name already exists."}
	}
	if len(u.groups) == maxGroups {
		return userpool.Group{}, &importjob.Error{Code: importjob.ErrLimitExceeded,
			Message: fmt.Sprintf("The user pool has %d groups, the most that it can have: delete one.", maxGroups)} // A15
	}
	u.serial++
	g := &group{Group: set.Clone(), serial: u.serial}
	g.CreationDate = a.now()
	g.LastModifiedDate = g.CreationDate
	i, _ := u.findGroup(g.GroupName)
	u.groups = slices.Insert(u.groups, i, g)
	return g.Clone(), nil
}

func (a *account) UpdateGroup(_ context.Context, set userpool.Group) (userpool.Group, error) {
	u, _, err := a.members(set.UserPoolID)
	if err != nil {
		return userpool.Group{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	g, err := u.group(set.GroupName)
	if err != nil {
		return userpool.Group{}, err
	}
	g.Description = cmp.Or(set.Description, g.Description)
	g.RoleARN = cmp.Or(set.RoleARN, g.RoleARN)
	if set.Precedence != nil {
		g.Precedence = set.Clone().Precedence
	}
	g.LastModifiedDate = a.now()
	return g.Clone(), nil
}

func (a *account) DeleteGroup(_ context.Context, ref userpool.GroupRef) error {
	u, _, err := a.members(ref.UserPoolID)
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	g, err := u.group(ref.GroupName)
	if err != nil {
		return err
	}
	for _, m := range g.members {
		c := u.changes[m.number]
		c.groups = slices.DeleteFunc(c.groups, func(other *group) bool { return other == g })
	}
	i, _ := u.findGroup(ref.GroupName)
	u.groups = slices.Delete(u.groups, i, i+1)
	return nil
}

func (a *account) Group(_ context.Context, ref userpool.GroupRef) (userpool.Group, error) {
	u, _, err := a.members(ref.UserPoolID)
	if err != nil {
		return userpool.Group{}, err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	g, err := u.group(ref.GroupName)
	if err != nil {
		return userpool.Group{}, err
	}
	return g.Clone(), nil
}

func (a *account) Groups(_ context.Context, userPoolID string, page importjob.Page) ([]userpool.Group, string, error) {
	u, _, err := a.members(userPoolID)
	if err != nil {
		return nil, "", err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	return pageOfGroups(u.groups, userPoolID+"#groups#", page)
}

func (a *account) GroupsOfUser(_ context.Context, ref userpool.Ref, page importjob.Page) ([]userpool.Group, string, error) {
	u, set, err := a.members(ref.UserPoolID)
	if err != nil {
		return nil, "", err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	number, err := a.number(u, set, ref.Username)
	if err != nil {
		return nil, "", err
	}
	var groups []*group
	if c := u.changes[number]; c != nil {
		groups = c.groups
	}
	return pageOfGroups(groups, fmt.Sprintf("%s#user#%d#", ref.UserPoolID, number), page)
}

// pageOfGroups returns the page that starts after the group whose name is in the token. A token is the name of the list
// and that of the group. (A13)
func pageOfGroups(groups []*group, list string, page importjob.Page) ([]userpool.Group, string, error) {
	from := 0
	if page.Token != "" {
		name, ok := strings.CutPrefix(page.Token, list)
		if !ok {
			return nil, "", badToken()
		}
		i, found := slices.BinarySearchFunc(groups, name, func(g *group, name string) int { return cmp.Compare(g.GroupName, name) })
		if from = i; found {
			from++
		}
	}
	to := min(len(groups), from+pageSize(page, maxPage))
	found := make([]userpool.Group, 0, to-from)
	for _, g := range groups[from:to] {
		found = append(found, g.Clone())
	}
	if to == len(groups) {
		return found, "", nil
	}
	return found, list + groups[to-1].GroupName, nil
}

// UsersInGroup returns the page that starts after the user whose joined is in the token. A token is
// <pool>#group#<serial of the group>#<joined>. (A13)
func (a *account) UsersInGroup(_ context.Context, ref userpool.GroupRef, page importjob.Page) ([]userpool.User, string, error) {
	u, set, err := a.members(ref.UserPoolID)
	if err != nil {
		return nil, "", err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	g, err := u.group(ref.GroupName)
	if err != nil {
		return nil, "", err
	}
	from, before := 0, fmt.Sprintf("%s#group#%d#", ref.UserPoolID, g.serial)
	if page.Token != "" {
		text, ok := strings.CutPrefix(page.Token, before)
		joined, err := strconv.ParseUint(text, 10, 64)
		if !ok || err != nil || joined > g.joins {
			return nil, "", badToken()
		}
		from = g.after(joined)
	}
	to := min(len(g.members), from+pageSize(page, maxPage))
	list := make([]userpool.User, to-from)
	for i, m := range g.members[from:to] {
		a.user(u, set, m.number, &list[i])
	}
	if to == len(g.members) {
		return list, "", nil
	}
	return list, before + strconv.FormatUint(g.members[to-1].joined, 10), nil
}

// after returns the place of the first member that joined after another.
func (g *group) after(joined uint64) int {
	i, found := slices.BinarySearchFunc(g.members, joined, func(m member, joined uint64) int { return cmp.Compare(m.joined, joined) })
	if found {
		i++
	}
	return i
}

func (a *account) AddUserToGroup(_ context.Context, ref userpool.Ref, groupName string) error {
	return a.edit(ref, func(u *users, _ settings, number uint32) error {
		g, err := u.group(groupName)
		if err != nil {
			return err
		}
		c := u.change(number)
		if slices.Contains(c.groups, g) {
			return nil
		}
		if len(c.groups) == maxGroupsOfUser {
			return &importjob.Error{Code: importjob.ErrLimitExceeded,
				Message: fmt.Sprintf("The user is in %d groups, the most that a user can be in: remove the user from one.", maxGroupsOfUser)} // A15
		}
		i, _ := slices.BinarySearchFunc(c.groups, groupName, func(g *group, name string) int { return cmp.Compare(g.GroupName, name) })
		c.groups = slices.Insert(c.groups, i, g)
		g.joins++
		g.members = append(g.members, member{joined: g.joins, number: number})
		return nil
	})
}

func (a *account) RemoveUserFromGroup(_ context.Context, ref userpool.Ref, groupName string) error {
	return a.edit(ref, func(u *users, _ settings, number uint32) error {
		g, err := u.group(groupName)
		if err != nil {
			return err
		}
		if c := u.changes[number]; c != nil {
			c.groups = slices.DeleteFunc(c.groups, func(other *group) bool { return other == g })
			g.remove(number)
		}
		return nil
	})
}

// remove takes a user out of the members.
func (g *group) remove(number uint32) {
	g.members = slices.DeleteFunc(g.members, func(m member) bool { return m.number == number })
}
