package cognitotest

import (
	"context"
	"math"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// wireUserGroup is a group in the JSON form of the service.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GroupType.html
type wireUserGroup struct {
	GroupName        string   `json:"GroupName"`
	UserPoolID       string   `json:"UserPoolId"`
	Description      string   `json:"Description,omitempty"`
	RoleARN          string   `json:"RoleArn,omitempty"`
	Precedence       *int     `json:"Precedence,omitempty"`
	LastModifiedDate wireTime `json:"LastModifiedDate"`
	CreationDate     wireTime `json:"CreationDate"`
}

func newWireUserGroup(g userpool.Group) wireUserGroup {
	return wireUserGroup{
		GroupName: g.GroupName, UserPoolID: g.UserPoolID, Description: g.Description, RoleARN: g.RoleARN, Precedence: g.Precedence,
		LastModifiedDate: wireTime(g.LastModifiedDate), CreationDate: wireTime(g.CreationDate),
	}
}

// oneGroup returns the response with a group.
func oneGroup(g userpool.Group, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return encode(map[string]wireUserGroup{"Group": newWireUserGroup(g)}), nil
}

// groupRef reads the name of a group and its pool.
func (c *call) groupRef() userpool.GroupRef {
	return userpool.GroupRef{UserPoolID: c.in.required("UserPoolId"), GroupName: c.in.required("GroupName")}
}

// group reads a group with its settings.
func (c *call) group() (userpool.Group, error) {
	g := userpool.Group{GroupRef: c.groupRef(), Description: c.in.text("Description"), RoleARN: c.in.text("RoleArn")}
	if c.in.raw("Precedence") != nil {
		precedence := int(c.in.number("Precedence", 0, math.MaxInt32))
		g.Precedence = &precedence
	}
	return g, c.in.err()
}

func createGroup(c *call) ([]byte, error) {
	group, err := c.group()
	if err != nil {
		return nil, err
	}
	return oneGroup(c.opts.Directory.CreateGroup(c.ctx, group))
}

func updateGroup(c *call) ([]byte, error) {
	group, err := c.group()
	if err != nil {
		return nil, err
	}
	return oneGroup(c.opts.Directory.UpdateGroup(c.ctx, group))
}

func getGroup(c *call) ([]byte, error) {
	ref := c.groupRef()
	if err := c.in.err(); err != nil {
		return nil, err
	}
	return oneGroup(c.opts.Directory.Group(c.ctx, ref))
}

// deleteGroup returns an empty response, as the service does.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteGroup.html
func deleteGroup(c *call) ([]byte, error) {
	ref := c.groupRef()
	if err := c.in.err(); err != nil {
		return nil, err
	}
	return nil, c.opts.Directory.DeleteGroup(c.ctx, ref)
}

// page reads Limit and NextToken.
func (c *call) page() importjob.Page {
	return importjob.Page{MaxResults: int(c.in.number("Limit", 0, 60)), Token: c.in.filled("NextToken")}
}

func listGroups(c *call) ([]byte, error) {
	id, page := c.in.required("UserPoolId"), c.page()
	if err := c.in.err(); err != nil {
		return nil, err
	}
	return pageOfGroups(c.opts.Directory.Groups(c.ctx, id, page))
}

func adminListGroupsForUser(c *call) ([]byte, error) {
	ref, page := c.userRef(), c.page()
	if err := c.in.err(); err != nil {
		return nil, err
	}
	return pageOfGroups(c.opts.Directory.GroupsOfUser(c.ctx, ref, page))
}

func pageOfGroups(groups []userpool.Group, next string, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	list := make([]wireUserGroup, len(groups))
	for i, g := range groups {
		list[i] = newWireUserGroup(g)
	}
	return encode(struct {
		Groups    []wireUserGroup `json:"Groups"`
		NextToken string          `json:"NextToken,omitempty"`
	}{Groups: list, NextToken: next}), nil
}

// listUsersInGroup has another name for the token than ListUsers.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsersInGroup.html
func listUsersInGroup(c *call) ([]byte, error) {
	ref, page := c.groupRef(), c.page()
	if err := c.in.err(); err != nil {
		return nil, err
	}
	users, next, err := c.opts.Directory.UsersInGroup(c.ctx, ref, page)
	if err != nil {
		return nil, err
	}
	return encode(struct {
		Users     []wireUser `json:"Users"`
		NextToken string     `json:"NextToken,omitempty"`
	}{Users: newWireUsers(users, nil), NextToken: next}), nil
}

func adminAddUserToGroup(c *call) ([]byte, error) {
	return c.membership(c.opts.Directory.AddUserToGroup)
}

func adminRemoveUserFromGroup(c *call) ([]byte, error) {
	return c.membership(c.opts.Directory.RemoveUserFromGroup)
}

// membership runs an operation on a user and a group. The response is empty, as that of the service.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminAddUserToGroup.html
func (c *call) membership(do func(ctx context.Context, ref userpool.Ref, groupName string) error) ([]byte, error) {
	ref, group := c.userRef(), c.in.required("GroupName")
	if err := c.in.err(); err != nil {
		return nil, err
	}
	return nil, do(c.ctx, ref, group)
}
