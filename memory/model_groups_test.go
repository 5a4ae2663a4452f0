package memory_test

import (
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

type modelGroup struct {
	number            int // 1 for the first group that the pool ever had
	fixed             userpool.Group
	created, modified time.Time
	members           []modelMember // in the order in which they joined
	joins             int           // how many ever joined
}

type modelMember struct {
	user *modelUser
	join int
}

func (g *modelGroup) has(user *modelUser) bool {
	return slices.ContainsFunc(g.members, func(m modelMember) bool { return m.user == user })
}

func (g *modelGroup) leave(user *modelUser) {
	g.members = slices.DeleteFunc(g.members, func(m modelMember) bool { return m.user == user })
}

func (p *modelPool) group(name string) *modelGroup {
	for _, group := range p.groups {
		if group.fixed.GroupName == name {
			return group
		}
	}
	return nil
}

// validGroup: the pattern of a group's name is that of a username.
func validGroup(g userpool.Group) bool {
	return usernameForm.MatchString(g.GroupName) && len([]rune(g.Description)) <= 2048 && (g.Precedence == nil || *g.Precedence >= 0)
}

func (m *model) createGroup(g userpool.Group) error {
	if !validGroup(g) {
		return importjob.ErrInvalidParameter
	}
	pool := m.pool(g.UserPoolID)
	if pool == nil {
		return importjob.ErrResourceNotFound
	}
	for _, other := range pool.groups {
		if strings.EqualFold(other.fixed.GroupName, g.GroupName) {
			return userpool.ErrGroupExists
		}
	}
	pool.grouped++
	pool.groups = append(pool.groups, &modelGroup{number: pool.grouped, fixed: g.Clone(), created: m.now, modified: m.now})
	slices.SortFunc(pool.groups, func(a, b *modelGroup) int { return strings.Compare(a.fixed.GroupName, b.fixed.GroupName) }) // A70
	return nil
}

// lookUpGroup finds the group of a ref.
func (m *model) lookUpGroup(ref userpool.GroupRef) (*modelPool, *modelGroup, error) {
	if !usernameForm.MatchString(ref.GroupName) {
		return nil, nil, importjob.ErrInvalidParameter
	}
	pool := m.pool(ref.UserPoolID)
	if pool == nil || pool.group(ref.GroupName) == nil {
		return nil, nil, importjob.ErrResourceNotFound
	}
	return pool, pool.group(ref.GroupName), nil
}

func (m *model) updateGroup(g userpool.Group) error {
	if !validGroup(g) {
		return importjob.ErrInvalidParameter
	}
	_, group, err := m.lookUpGroup(g.GroupRef)
	if err == nil {
		old := group.fixed
		if group.fixed, group.modified = g.Clone(), m.now; g.Description == "" { // A84
			group.fixed.Description = old.Description
		}
		if g.RoleARN == "" {
			group.fixed.RoleARN = old.RoleARN
		}
		if g.Precedence == nil {
			group.fixed.Precedence = old.Precedence
		}
	}
	return err
}

func (m *model) deleteGroup(ref userpool.GroupRef) error {
	pool, group, err := m.lookUpGroup(ref)
	if err == nil {
		pool.groups = slices.DeleteFunc(pool.groups, func(other *modelGroup) bool { return other == group })
	}
	return err
}

// setMember puts a user into a group or takes it out. Who is there, or is not, stays so (A71).
func (m *model) setMember(ref userpool.Ref, name string, member bool) error {
	if !usernameForm.MatchString(name) {
		return importjob.ErrInvalidParameter
	}
	pool, user, err := m.lookUpUser(ref)
	if err != nil {
		return err
	}
	group := pool.group(name)
	switch {
	case group == nil:
		return importjob.ErrResourceNotFound
	case !member:
		group.leave(user)
	case !group.has(user):
		group.joins++
		group.members = append(group.members, modelMember{user, group.joins})
	}
	return nil
}

// groupsOf lists the groups of a user by name.
func (p *modelPool) groupsOf(user *modelUser) (groups []*modelGroup) {
	for _, group := range p.groups {
		if group.has(user) {
			groups = append(groups, group)
		}
	}
	return groups
}
