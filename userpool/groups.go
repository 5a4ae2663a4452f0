package userpool

import (
	"context"
	"math"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/model"
)

// Groups has the groups of pools, and the users in them. It is a part of [Users]. The package comment says what holds
// for every method. A method that takes the name of a group returns an [importjob.ErrResourceNotFound] if the pool has
// no such group. The case of the name matters, but two groups cannot have names that differ only in case.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GroupType.html
type Groups interface {
	// CreateGroup creates a group and returns it as stored, with its dates. It returns an [ErrGroupExists] if the
	// pool has a group with the name.
	CreateGroup(ctx context.Context, group Group) (Group, error)

	// UpdateGroup changes the description, the role and the precedence of a group, and returns the group as stored. An
	// empty description, an empty role and no precedence leave the old ones (A84).
	UpdateGroup(ctx context.Context, group Group) (Group, error)

	// DeleteGroup deletes a group. Its users stay in the pool.
	DeleteGroup(ctx context.Context, ref GroupRef) error

	// Group returns one group.
	Group(ctx context.Context, ref GroupRef) (Group, error)

	// Groups returns one page of a pool's groups, and the token of the next page. The token is "" after the last
	// page. A page holds at most page.MaxResults groups: 1 to 60, and 0 means 60. GroupsOfUser does the same for
	// the groups of one user, and UsersInGroup for the users of one group. Groups are sorted by name,
	// and users by when they joined the group (A70).
	Groups(ctx context.Context, userPoolID string, page importjob.Page) ([]Group, string, error)
	GroupsOfUser(ctx context.Context, ref Ref, page importjob.Page) ([]Group, string, error)
	UsersInGroup(ctx context.Context, ref GroupRef, page importjob.Page) ([]User, string, error)

	// AddUserToGroup puts a user into a group. If the user is in the group, it changes nothing (A71).
	AddUserToGroup(ctx context.Context, ref Ref, groupName string) error

	// RemoveUserFromGroup takes a user out of a group. If the user is not in the group, it changes nothing (A71).
	RemoveUserFromGroup(ctx context.Context, ref Ref, groupName string) error
}

// Group is a group of users.
type Group struct {
	GroupRef
	Description string
	RoleARN     string // the IAM role of the group's users, or ""

	// Precedence ranks the groups of a user: the lowest number wins. It is 0 or more. nil means no precedence, which
	// ranks last.
	Precedence *int

	// CreationDate and LastModifiedDate are UTC in whole milliseconds. The implementation sets them.
	CreationDate     time.Time
	LastModifiedDate time.Time
}

// Clone returns a deep copy of g.
func (g Group) Clone() Group {
	if g.Precedence != nil {
		precedence := *g.Precedence
		g.Precedence = &precedence
	}
	return g
}

// Validate checks g against the constraints of the service's model: the IDs as [GroupRef.Validate] does, a description
// of at most 2,048 characters, the ARN of a role or "", and a precedence of 0 or more. The error is an
// [importjob.ErrInvalidParameter] in the service's wording.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
func (g Group) Validate() error {
	var precedence []string
	if g.Precedence != nil {
		precedence = model.CheckRange(model.Precedence, int64(*g.Precedence), 0, math.MaxInt32)
	}
	return invalid(model.UserPoolID.Check(g.UserPoolID), model.GroupName.Check(g.GroupName),
		model.Description.Check(g.Description), model.GroupRoleARN.Check(g.RoleARN), precedence)
}

// GroupRef names a group of a pool.
type GroupRef struct {
	UserPoolID string
	GroupName  string
}

// Validate checks the pool ID and the name of the group against the constraints of the service's model. A name has 1
// to 128 characters, and no white space or control characters. The error is an [importjob.ErrInvalidParameter] in the
// service's wording.
func (r GroupRef) Validate() error {
	return invalid(model.UserPoolID.Check(r.UserPoolID), model.GroupName.Check(r.GroupName))
}

// invalid returns an error with the sentences about broken constraints, or nil if there are none.
func invalid(broken ...[]string) error {
	message := model.Message(broken...)
	if message == "" {
		return nil
	}
	return &importjob.Error{Code: importjob.ErrInvalidParameter, Message: message}
}

// The operations of [Groups], by the names that the service gives them. They are the Op of an [importjob.Error].
const (
	OpCreateGroup         importjob.Op = "CreateGroup"
	OpUpdateGroup         importjob.Op = "UpdateGroup"
	OpDeleteGroup         importjob.Op = "DeleteGroup"
	OpGroup               importjob.Op = "GetGroup"
	OpGroups              importjob.Op = "ListGroups"
	OpGroupsOfUser        importjob.Op = "AdminListGroupsForUser"
	OpUsersInGroup        importjob.Op = "ListUsersInGroup"
	OpAddUserToGroup      importjob.Op = "AdminAddUserToGroup"
	OpRemoveUserFromGroup importjob.Op = "AdminRemoveUserFromGroup"
)

// ErrGroupExists is the error of CreateGroup if the pool has a group with the name.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
const ErrGroupExists importjob.Code = "GroupExistsException"
