package awsbackend

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

func (u *users) CreateGroup(ctx context.Context, group userpool.Group) (userpool.Group, error) {
	in := &cognito.CreateGroupInput{
		UserPoolId: &group.UserPoolID, GroupName: &group.GroupName,
		Description: optional(group.Description), RoleArn: optional(group.RoleARN), Precedence: precedence(group),
	}
	out, err := ask(ctx, u, userpool.OpCreateGroup, group.UserPoolID, u.api.CreateGroup, in)
	if err != nil {
		return userpool.Group{}, err
	}
	return answeredGroup(out.Group, group.GroupRef)
}

func (u *users) UpdateGroup(ctx context.Context, group userpool.Group) (userpool.Group, error) {
	in := &cognito.UpdateGroupInput{
		UserPoolId: &group.UserPoolID, GroupName: &group.GroupName,
		Description: optional(group.Description), RoleArn: optional(group.RoleARN), Precedence: precedence(group),
	}
	out, err := ask(ctx, u, userpool.OpUpdateGroup, group.UserPoolID, u.api.UpdateGroup, in)
	if err != nil {
		return userpool.Group{}, err
	}
	return answeredGroup(out.Group, group.GroupRef)
}

func (u *users) DeleteGroup(ctx context.Context, ref userpool.GroupRef) error {
	in := &cognito.DeleteGroupInput{UserPoolId: &ref.UserPoolID, GroupName: &ref.GroupName}
	_, err := ask(ctx, u, userpool.OpDeleteGroup, ref.UserPoolID, u.api.DeleteGroup, in)
	return err
}

func (u *users) Group(ctx context.Context, ref userpool.GroupRef) (userpool.Group, error) {
	in := &cognito.GetGroupInput{UserPoolId: &ref.UserPoolID, GroupName: &ref.GroupName}
	out, err := ask(ctx, u, userpool.OpGroup, ref.UserPoolID, u.api.GetGroup, in)
	if err != nil {
		return userpool.Group{}, err
	}
	return answeredGroup(out.Group, ref)
}

func (u *users) Groups(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.Group, string, error) {
	in := &cognito.ListGroupsInput{UserPoolId: &userPoolID, Limit: limit(page), NextToken: optional(page.Token)}
	out, err := ask(ctx, u, userpool.OpGroups, userPoolID, u.api.ListGroups, in)
	if err != nil {
		return nil, "", err
	}
	return paged(out.Groups, out.NextToken, groupOf(userPoolID))
}

func (u *users) GroupsOfUser(ctx context.Context, ref userpool.Ref, page importjob.Page) ([]userpool.Group, string, error) {
	in := &cognito.AdminListGroupsForUserInput{UserPoolId: &ref.UserPoolID, Username: &ref.Username, Limit: limit(page), NextToken: optional(page.Token)}
	out, err := ask(ctx, u, userpool.OpGroupsOfUser, ref.UserPoolID, u.api.AdminListGroupsForUser, in)
	if err != nil {
		return nil, "", err
	}
	return paged(out.Groups, out.NextToken, groupOf(ref.UserPoolID))
}

func (u *users) UsersInGroup(ctx context.Context, ref userpool.GroupRef, page importjob.Page) ([]userpool.User, string, error) {
	in := &cognito.ListUsersInGroupInput{UserPoolId: &ref.UserPoolID, GroupName: &ref.GroupName, Limit: limit(page), NextToken: optional(page.Token)}
	out, err := ask(ctx, u, userpool.OpUsersInGroup, ref.UserPoolID, u.api.ListUsersInGroup, in)
	if err != nil {
		return nil, "", err
	}
	return paged(out.Users, out.NextToken, answeredUser)
}

func (u *users) AddUserToGroup(ctx context.Context, ref userpool.Ref, groupName string) error {
	in := &cognito.AdminAddUserToGroupInput{UserPoolId: &ref.UserPoolID, Username: &ref.Username, GroupName: &groupName}
	_, err := ask(ctx, u, userpool.OpAddUserToGroup, ref.UserPoolID, u.api.AdminAddUserToGroup, in)
	return err
}

func (u *users) RemoveUserFromGroup(ctx context.Context, ref userpool.Ref, groupName string) error {
	in := &cognito.AdminRemoveUserFromGroupInput{UserPoolId: &ref.UserPoolID, Username: &ref.Username, GroupName: &groupName}
	_, err := ask(ctx, u, userpool.OpRemoveUserFromGroup, ref.UserPoolID, u.api.AdminRemoveUserFromGroup, in)
	return err
}

// precedence returns the precedence of a group as a member of a request. backend.CheckedUsers has checked its range.
func precedence(g userpool.Group) *int32 {
	if g.Precedence == nil {
		return nil
	}
	return aws.Int32(int32(*g.Precedence))
}
