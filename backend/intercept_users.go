package backend

import (
	"context"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

type interceptedUsers struct {
	u userpool.Users
	interceptors
}

func (k interceptedUsers) AddUser(ctx context.Context, userPoolID string, user userpool.User) (userpool.User, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpAddUser, userPoolID, AddUserInput{UserPoolID: userPoolID, User: user}),
		func(ctx context.Context) (userpool.User, error) { return k.u.AddUser(ctx, userPoolID, user) })
}

func (k interceptedUsers) User(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpUser, ref.UserPoolID, ref),
		func(ctx context.Context) (userpool.User, error) { return k.u.User(ctx, ref) })
}

func (k interceptedUsers) Users(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.User, string, error) {
	return unpaged(intercept(ctx, k.interceptors, aboutPool(userpool.OpUsers, userPoolID, ListInput{UserPoolID: userPoolID, Page: page}),
		func(ctx context.Context) (Paged[userpool.User], error) {
			return paged(k.u.Users(ctx, userPoolID, page))
		}))
}

func (k interceptedUsers) CountUsers(ctx context.Context, userPoolID string) (int64, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpCountUsers, userPoolID, userPoolID),
		func(ctx context.Context) (int64, error) { return k.u.CountUsers(ctx, userPoolID) })
}

func (k interceptedUsers) UpdateUser(ctx context.Context, ref userpool.Ref, attributes []userpool.Attribute) error {
	return k.do(ctx, userpool.OpUpdateUser, ref.UserPoolID, UpdateUserInput{Ref: ref, Attributes: attributes},
		func(ctx context.Context) error { return k.u.UpdateUser(ctx, ref, attributes) })
}

func (k interceptedUsers) DeleteUser(ctx context.Context, ref userpool.Ref) error {
	return k.do(ctx, userpool.OpDeleteUser, ref.UserPoolID, ref,
		func(ctx context.Context) error { return k.u.DeleteUser(ctx, ref) })
}

func (k interceptedUsers) EnableUser(ctx context.Context, ref userpool.Ref) error {
	return k.do(ctx, userpool.OpEnableUser, ref.UserPoolID, ref,
		func(ctx context.Context) error { return k.u.EnableUser(ctx, ref) })
}

func (k interceptedUsers) DisableUser(ctx context.Context, ref userpool.Ref) error {
	return k.do(ctx, userpool.OpDisableUser, ref.UserPoolID, ref,
		func(ctx context.Context) error { return k.u.DisableUser(ctx, ref) })
}

func (k interceptedUsers) CreateGroup(ctx context.Context, group userpool.Group) (userpool.Group, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpCreateGroup, group.UserPoolID, group),
		func(ctx context.Context) (userpool.Group, error) { return k.u.CreateGroup(ctx, group) })
}

func (k interceptedUsers) UpdateGroup(ctx context.Context, group userpool.Group) (userpool.Group, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpUpdateGroup, group.UserPoolID, group),
		func(ctx context.Context) (userpool.Group, error) { return k.u.UpdateGroup(ctx, group) })
}

func (k interceptedUsers) DeleteGroup(ctx context.Context, ref userpool.GroupRef) error {
	return k.do(ctx, userpool.OpDeleteGroup, ref.UserPoolID, ref,
		func(ctx context.Context) error { return k.u.DeleteGroup(ctx, ref) })
}

func (k interceptedUsers) Group(ctx context.Context, ref userpool.GroupRef) (userpool.Group, error) {
	return intercept(ctx, k.interceptors, aboutPool(userpool.OpGroup, ref.UserPoolID, ref),
		func(ctx context.Context) (userpool.Group, error) { return k.u.Group(ctx, ref) })
}

func (k interceptedUsers) Groups(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.Group, string, error) {
	return unpaged(intercept(ctx, k.interceptors, aboutPool(userpool.OpGroups, userPoolID, ListInput{UserPoolID: userPoolID, Page: page}),
		func(ctx context.Context) (Paged[userpool.Group], error) {
			return paged(k.u.Groups(ctx, userPoolID, page))
		}))
}

func (k interceptedUsers) GroupsOfUser(ctx context.Context, ref userpool.Ref, page importjob.Page) ([]userpool.Group, string, error) {
	return unpaged(intercept(ctx, k.interceptors, aboutPool(userpool.OpGroupsOfUser, ref.UserPoolID, GroupsOfUserInput{Ref: ref, Page: page}),
		func(ctx context.Context) (Paged[userpool.Group], error) {
			return paged(k.u.GroupsOfUser(ctx, ref, page))
		}))
}

func (k interceptedUsers) UsersInGroup(ctx context.Context, ref userpool.GroupRef, page importjob.Page) ([]userpool.User, string, error) {
	return unpaged(intercept(ctx, k.interceptors, aboutPool(userpool.OpUsersInGroup, ref.UserPoolID, UsersInGroupInput{Group: ref, Page: page}),
		func(ctx context.Context) (Paged[userpool.User], error) {
			return paged(k.u.UsersInGroup(ctx, ref, page))
		}))
}

func (k interceptedUsers) AddUserToGroup(ctx context.Context, ref userpool.Ref, groupName string) error {
	return k.do(ctx, userpool.OpAddUserToGroup, ref.UserPoolID, MembershipInput{Ref: ref, GroupName: groupName},
		func(ctx context.Context) error { return k.u.AddUserToGroup(ctx, ref, groupName) })
}

func (k interceptedUsers) RemoveUserFromGroup(ctx context.Context, ref userpool.Ref, groupName string) error {
	return k.do(ctx, userpool.OpRemoveUserFromGroup, ref.UserPoolID, MembershipInput{Ref: ref, GroupName: groupName},
		func(ctx context.Context) error { return k.u.RemoveUserFromGroup(ctx, ref, groupName) })
}
