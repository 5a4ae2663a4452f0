package memory

import (
	"context"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// UpdateUser sets the attributes in the list and keeps the others. An empty Value removes the attribute. It checks the
// values as AddUser does. In a pool with AliasAttributes, a verified e-mail address or phone number of another user
// moves to this user, and is no longer verified for the other one.
func (c *Cognito) UpdateUser(ctx context.Context, ref userpool.Ref, attributes []userpool.Attribute) error {
	return c.users.UpdateUser(ctx, ref, attributes)
}

// DeleteUser deletes a user and takes it out of its groups. An active job imports a row with its username that it has
// not read yet (A45). A file lets its memory go when its last user is deleted.
func (c *Cognito) DeleteUser(ctx context.Context, ref userpool.Ref) error {
	return c.users.DeleteUser(ctx, ref)
}

// DisableUser keeps a user from signing in until EnableUser.
func (c *Cognito) DisableUser(ctx context.Context, ref userpool.Ref) error {
	return c.users.DisableUser(ctx, ref)
}

// EnableUser lets a user sign in that DisableUser disabled.
func (c *Cognito) EnableUser(ctx context.Context, ref userpool.Ref) error {
	return c.users.EnableUser(ctx, ref)
}

// CreateGroup creates a group. It returns a [userpool.ErrGroupExists] if the pool has a group whose name differs at most
// in case, and an [importjob.ErrLimitExceeded] if the pool has 10,000 groups.
func (c *Cognito) CreateGroup(ctx context.Context, group userpool.Group) (userpool.Group, error) {
	return c.users.CreateGroup(ctx, group)
}

// UpdateGroup changes the description, the role and the precedence of a group. Those that are empty stay as they are.
func (c *Cognito) UpdateGroup(ctx context.Context, group userpool.Group) (userpool.Group, error) {
	return c.users.UpdateGroup(ctx, group)
}

// DeleteGroup deletes a group, also one with users. The users stay in the pool.
func (c *Cognito) DeleteGroup(ctx context.Context, ref userpool.GroupRef) error {
	return c.users.DeleteGroup(ctx, ref)
}

// Group returns one group.
func (c *Cognito) Group(ctx context.Context, ref userpool.GroupRef) (userpool.Group, error) {
	return c.users.Group(ctx, ref)
}

// Groups returns one page of a pool's groups, sorted by name, and the token of the next page.
func (c *Cognito) Groups(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.Group, string, error) {
	return c.users.Groups(ctx, userPoolID, page)
}

// GroupsOfUser returns one page of the groups of a user, sorted by name, and the token of the next page.
func (c *Cognito) GroupsOfUser(ctx context.Context, ref userpool.Ref, page importjob.Page) ([]userpool.Group, string, error) {
	return c.users.GroupsOfUser(ctx, ref, page)
}

// UsersInGroup returns one page of the users of a group, in the order in which they joined, and the token of the next
// page.
func (c *Cognito) UsersInGroup(ctx context.Context, ref userpool.GroupRef, page importjob.Page) ([]userpool.User, string, error) {
	return c.users.UsersInGroup(ctx, ref, page)
}

// AddUserToGroup puts a user into a group. It returns an [importjob.ErrLimitExceeded] if the user is in 100 groups.
func (c *Cognito) AddUserToGroup(ctx context.Context, ref userpool.Ref, groupName string) error {
	return c.users.AddUserToGroup(ctx, ref, groupName)
}

// RemoveUserFromGroup takes a user out of a group.
func (c *Cognito) RemoveUserFromGroup(ctx context.Context, ref userpool.Ref, groupName string) error {
	return c.users.RemoveUserFromGroup(ctx, ref, groupName)
}

// DescribePool returns one pool with its dates and all its settings.
func (c *Cognito) DescribePool(ctx context.Context, userPoolID string) (userpool.Pool, error) {
	return c.pools.DescribePool(ctx, userPoolID)
}

// CreateClient creates an app client. If client.ID is empty, the ID is 26 random letters and digits. It returns an
// [importjob.ErrInvalidParameter] if another client of this Cognito has the ID.
func (c *Cognito) CreateClient(ctx context.Context, client userpool.Client) (userpool.Client, error) {
	return c.clients.CreateClient(ctx, client)
}

// UpdateClient replaces the settings of the client that has the ID client.ID in the pool client.UserPoolID.
func (c *Cognito) UpdateClient(ctx context.Context, client userpool.Client) (userpool.Client, error) {
	return c.clients.UpdateClient(ctx, client)
}

// Client returns one app client.
func (c *Cognito) Client(ctx context.Context, clientID string) (userpool.Client, error) {
	return c.clients.Client(ctx, clientID)
}

// Clients returns one page of a pool's app clients, oldest first, and the token of the next page.
func (c *Cognito) Clients(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.Client, string, error) {
	return c.clients.Clients(ctx, userPoolID, page)
}

// DeleteClient deletes an app client.
func (c *Cognito) DeleteClient(ctx context.Context, clientID string) error {
	return c.clients.DeleteClient(ctx, clientID)
}
