package backend

import (
	"context"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

type checkedUsers struct{ u userpool.Users }

func (k checkedUsers) AddUser(ctx context.Context, userPoolID string, user userpool.User) (userpool.User, error) {
	ref := userpool.Ref{UserPoolID: userPoolID, Username: user.Username}
	return checked(ctx, userpool.OpAddUser, pool(userPoolID), ref.Validate(),
		func() (userpool.User, error) { return k.u.AddUser(ctx, userPoolID, user) })
}

func (k checkedUsers) User(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
	return checked(ctx, userpool.OpUser, pool(ref.UserPoolID), ref.Validate(),
		func() (userpool.User, error) { return k.u.User(ctx, ref) })
}

func (k checkedUsers) Users(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.User, string, error) {
	return unpaged(checked(ctx, userpool.OpUsers, pool(userPoolID), ValidateList(userPoolID, page),
		func() (Paged[userpool.User], error) { return paged(k.u.Users(ctx, userPoolID, page)) }))
}

func (k checkedUsers) CountUsers(ctx context.Context, userPoolID string) (int64, error) {
	return checked(ctx, userpool.OpCountUsers, pool(userPoolID), ValidateUserPoolID(userPoolID),
		func() (int64, error) { return k.u.CountUsers(ctx, userPoolID) })
}

func (k checkedUsers) UpdateUser(ctx context.Context, ref userpool.Ref, attributes []userpool.Attribute) error {
	return done(ctx, userpool.OpUpdateUser, pool(ref.UserPoolID), ValidateUpdateUser(ref, attributes),
		func() error { return k.u.UpdateUser(ctx, ref, attributes) })
}

func (k checkedUsers) DeleteUser(ctx context.Context, ref userpool.Ref) error {
	return done(ctx, userpool.OpDeleteUser, pool(ref.UserPoolID), ref.Validate(),
		func() error { return k.u.DeleteUser(ctx, ref) })
}

func (k checkedUsers) EnableUser(ctx context.Context, ref userpool.Ref) error {
	return done(ctx, userpool.OpEnableUser, pool(ref.UserPoolID), ref.Validate(),
		func() error { return k.u.EnableUser(ctx, ref) })
}

func (k checkedUsers) DisableUser(ctx context.Context, ref userpool.Ref) error {
	return done(ctx, userpool.OpDisableUser, pool(ref.UserPoolID), ref.Validate(),
		func() error { return k.u.DisableUser(ctx, ref) })
}

func (k checkedUsers) CreateGroup(ctx context.Context, group userpool.Group) (userpool.Group, error) {
	return checked(ctx, userpool.OpCreateGroup, pool(group.UserPoolID), group.Validate(),
		func() (userpool.Group, error) { return k.u.CreateGroup(ctx, group.Clone()) })
}

func (k checkedUsers) UpdateGroup(ctx context.Context, group userpool.Group) (userpool.Group, error) {
	return checked(ctx, userpool.OpUpdateGroup, pool(group.UserPoolID), group.Validate(),
		func() (userpool.Group, error) { return k.u.UpdateGroup(ctx, group.Clone()) })
}

func (k checkedUsers) DeleteGroup(ctx context.Context, ref userpool.GroupRef) error {
	return done(ctx, userpool.OpDeleteGroup, pool(ref.UserPoolID), ref.Validate(),
		func() error { return k.u.DeleteGroup(ctx, ref) })
}

func (k checkedUsers) Group(ctx context.Context, ref userpool.GroupRef) (userpool.Group, error) {
	return checked(ctx, userpool.OpGroup, pool(ref.UserPoolID), ref.Validate(),
		func() (userpool.Group, error) { return k.u.Group(ctx, ref) })
}

func (k checkedUsers) Groups(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.Group, string, error) {
	return unpaged(checked(ctx, userpool.OpGroups, pool(userPoolID), ValidateList(userPoolID, page),
		func() (Paged[userpool.Group], error) { return paged(k.u.Groups(ctx, userPoolID, page)) }))
}

func (k checkedUsers) GroupsOfUser(ctx context.Context, ref userpool.Ref, page importjob.Page) ([]userpool.Group, string, error) {
	return unpaged(checked(ctx, userpool.OpGroupsOfUser, pool(ref.UserPoolID), firstOf(ref.Validate(), ValidatePage(page)),
		func() (Paged[userpool.Group], error) { return paged(k.u.GroupsOfUser(ctx, ref, page)) }))
}

func (k checkedUsers) UsersInGroup(ctx context.Context, ref userpool.GroupRef, page importjob.Page) ([]userpool.User, string, error) {
	return unpaged(checked(ctx, userpool.OpUsersInGroup, pool(ref.UserPoolID), firstOf(ref.Validate(), ValidatePage(page)),
		func() (Paged[userpool.User], error) { return paged(k.u.UsersInGroup(ctx, ref, page)) }))
}

func (k checkedUsers) AddUserToGroup(ctx context.Context, ref userpool.Ref, groupName string) error {
	return done(ctx, userpool.OpAddUserToGroup, pool(ref.UserPoolID), validateMembership(ref, groupName),
		func() error { return k.u.AddUserToGroup(ctx, ref, groupName) })
}

func (k checkedUsers) RemoveUserFromGroup(ctx context.Context, ref userpool.Ref, groupName string) error {
	return done(ctx, userpool.OpRemoveUserFromGroup, pool(ref.UserPoolID), validateMembership(ref, groupName),
		func() error { return k.u.RemoveUserFromGroup(ctx, ref, groupName) })
}

// validateMembership checks the input of AddUserToGroup and RemoveUserFromGroup.
func validateMembership(ref userpool.Ref, groupName string) error {
	return firstOf(ref.Validate(), userpool.GroupRef{UserPoolID: ref.UserPoolID, GroupName: groupName}.Validate())
}

// firstOf returns the first error that is not nil.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
