package awsbackend_test

import (
	"context"
	"net/http"
	"testing"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/userpool"
)

// newUsers returns a Users that sends all requests to rt, and waits for no turn.
func newUsers(rt http.RoundTripper, options ...func(*cognito.Options)) userpool.Users {
	return awsbackend.NewUsers(cognito.NewFromConfig(config(rt), options...), &awsbackend.UsersOptions{Unlimited: true})
}

var (
	ann    = userpool.Ref{UserPoolID: poolID, Username: "ann"}
	admins = userpool.GroupRef{UserPoolID: poolID, GroupName: "admins"}
)

// usersCall is a call of one method of a Users. zero says whether it returned only zero values beside the error.
type usersCall struct {
	op   importjob.Op
	call func(ctx context.Context, u userpool.Users) (zero bool, err error)
}

// usersCalls are calls of all methods of a Users.
func usersCalls() []usersCall {
	const pool = poolID
	group := userpool.Group{GroupRef: admins}
	ofUser := func(method func(userpool.Users, context.Context, userpool.Ref) error) func(context.Context, userpool.Users) (bool, error) {
		return func(ctx context.Context, u userpool.Users) (bool, error) { return true, method(u, ctx, ann) }
	}
	return []usersCall{
		{userpool.OpAddUser, func(ctx context.Context, u userpool.Users) (bool, error) {
			v, err := u.AddUser(ctx, pool, userpool.User{Username: "ann"})
			return v.Username == "" && v.Sub == "", err
		}},
		{userpool.OpUser, func(ctx context.Context, u userpool.Users) (bool, error) {
			v, err := u.User(ctx, ann)
			return v.Username == "" && v.Sub == "", err
		}},
		{userpool.OpUsers, func(ctx context.Context, u userpool.Users) (bool, error) {
			v, next, err := u.Users(ctx, pool, importjob.Page{})
			return v == nil && next == "", err
		}},
		{userpool.OpCountUsers, func(ctx context.Context, u userpool.Users) (bool, error) {
			v, err := u.CountUsers(ctx, pool)
			return v == 0, err
		}},
		{userpool.OpUpdateUser, func(ctx context.Context, u userpool.Users) (bool, error) {
			return true, u.UpdateUser(ctx, ann, []userpool.Attribute{{Name: "name", Value: "Ann"}})
		}},
		{userpool.OpDeleteUser, ofUser(userpool.Users.DeleteUser)},
		{userpool.OpEnableUser, ofUser(userpool.Users.EnableUser)},
		{userpool.OpDisableUser, ofUser(userpool.Users.DisableUser)},
		{userpool.OpCreateGroup, func(ctx context.Context, u userpool.Users) (bool, error) {
			v, err := u.CreateGroup(ctx, group)
			return v == userpool.Group{}, err
		}},
		{userpool.OpUpdateGroup, func(ctx context.Context, u userpool.Users) (bool, error) {
			v, err := u.UpdateGroup(ctx, group)
			return v == userpool.Group{}, err
		}},
		{userpool.OpDeleteGroup, func(ctx context.Context, u userpool.Users) (bool, error) { return true, u.DeleteGroup(ctx, admins) }},
		{userpool.OpGroup, func(ctx context.Context, u userpool.Users) (bool, error) {
			v, err := u.Group(ctx, admins)
			return v == userpool.Group{}, err
		}},
		{userpool.OpGroups, func(ctx context.Context, u userpool.Users) (bool, error) {
			v, next, err := u.Groups(ctx, pool, importjob.Page{})
			return v == nil && next == "", err
		}},
		{userpool.OpGroupsOfUser, func(ctx context.Context, u userpool.Users) (bool, error) {
			v, next, err := u.GroupsOfUser(ctx, ann, importjob.Page{})
			return v == nil && next == "", err
		}},
		{userpool.OpUsersInGroup, func(ctx context.Context, u userpool.Users) (bool, error) {
			v, next, err := u.UsersInGroup(ctx, admins, importjob.Page{})
			return v == nil && next == "", err
		}},
		{userpool.OpAddUserToGroup, func(ctx context.Context, u userpool.Users) (bool, error) {
			return true, u.AddUserToGroup(ctx, ann, "admins")
		}},
		{userpool.OpRemoveUserFromGroup, func(ctx context.Context, u userpool.Users) (bool, error) {
			return true, u.RemoveUserFromGroup(ctx, ann, "admins")
		}},
	}
}

// eachOfUsers runs a test for a call of each method.
func eachOfUsers(t *testing.T, test func(t *testing.T, c usersCall)) {
	for _, c := range usersCalls() {
		t.Run(string(c.op), func(t *testing.T) { test(t, c) })
	}
}
