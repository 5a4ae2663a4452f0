package awsbackend

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

// UsersAPI lists the operations of Amazon Cognito that a [userpool.Users] of this package calls.
// *cognitoidentityprovider.Client implements it. A wrapper can implement it, too, for example to list only the users
// that match a filter.
type UsersAPI interface {
	AdminCreateUser(context.Context, *cognito.AdminCreateUserInput, ...func(*cognito.Options)) (*cognito.AdminCreateUserOutput, error)
	AdminGetUser(context.Context, *cognito.AdminGetUserInput, ...func(*cognito.Options)) (*cognito.AdminGetUserOutput, error)
	ListUsers(context.Context, *cognito.ListUsersInput, ...func(*cognito.Options)) (*cognito.ListUsersOutput, error)
	DescribeUserPool(context.Context, *cognito.DescribeUserPoolInput, ...func(*cognito.Options)) (*cognito.DescribeUserPoolOutput, error)
	AdminUpdateUserAttributes(context.Context, *cognito.AdminUpdateUserAttributesInput, ...func(*cognito.Options)) (*cognito.AdminUpdateUserAttributesOutput, error)
	AdminDeleteUser(context.Context, *cognito.AdminDeleteUserInput, ...func(*cognito.Options)) (*cognito.AdminDeleteUserOutput, error)
	AdminEnableUser(context.Context, *cognito.AdminEnableUserInput, ...func(*cognito.Options)) (*cognito.AdminEnableUserOutput, error)
	AdminDisableUser(context.Context, *cognito.AdminDisableUserInput, ...func(*cognito.Options)) (*cognito.AdminDisableUserOutput, error)

	CreateGroup(context.Context, *cognito.CreateGroupInput, ...func(*cognito.Options)) (*cognito.CreateGroupOutput, error)
	UpdateGroup(context.Context, *cognito.UpdateGroupInput, ...func(*cognito.Options)) (*cognito.UpdateGroupOutput, error)
	DeleteGroup(context.Context, *cognito.DeleteGroupInput, ...func(*cognito.Options)) (*cognito.DeleteGroupOutput, error)
	GetGroup(context.Context, *cognito.GetGroupInput, ...func(*cognito.Options)) (*cognito.GetGroupOutput, error)
	ListGroups(context.Context, *cognito.ListGroupsInput, ...func(*cognito.Options)) (*cognito.ListGroupsOutput, error)
	AdminListGroupsForUser(context.Context, *cognito.AdminListGroupsForUserInput, ...func(*cognito.Options)) (*cognito.AdminListGroupsForUserOutput, error)
	ListUsersInGroup(context.Context, *cognito.ListUsersInGroupInput, ...func(*cognito.Options)) (*cognito.ListUsersInGroupOutput, error)
	AdminAddUserToGroup(context.Context, *cognito.AdminAddUserToGroupInput, ...func(*cognito.Options)) (*cognito.AdminAddUserToGroupOutput, error)
	AdminRemoveUserFromGroup(context.Context, *cognito.AdminRemoveUserFromGroupInput, ...func(*cognito.Options)) (*cognito.AdminRemoveUserFromGroupOutput, error)
}

// The compiler checks that the client of the SDK implements it.
var _ UsersAPI = (*cognito.Client)(nil)

// UsersOptions are the options of [NewUsers]. nil and the zero value mean the defaults.
type UsersOptions struct {
	// Rates are the request rates that the calls keep. Zero fields mean the service's default rates.
	Rates Rates

	// Unlimited makes all calls at once and ignores Rates. The service then refuses calls over its rates with an
	// [importjob.ErrTooManyRequests], after the SDK has retried them.
	Unlimited bool

	// CallTimeout bounds each call to Cognito, with the SDK's own retries and without the wait that Rates impose.
	// 0 means one minute. A call that takes longer fails with [ErrCallTimeout], which is [importjob.Retryable].
	CallTimeout time.Duration
}

// NewUsers returns the users and the groups of user pools at AWS. It sends no request. api must not be nil. Its
// configuration decides the Region, the credentials and the retries of all calls. NewUsers copies opts. Several
// goroutines can use the Users at once if they can use api at once, as they can with the client of the SDK.
//
// The package comment says what differs at AWS.
func NewUsers(api UsersAPI, opts *UsersOptions) userpool.Users {
	if opts == nil {
		opts = &UsersOptions{}
	}
	u := &users{api: api}
	if !opts.Unlimited {
		u.limits = newLimits(opts.Rates)
	}
	if u.calls.timeout = opts.CallTimeout; u.calls.timeout <= 0 {
		u.calls.timeout = time.Minute
	}
	return backend.CheckedUsers(u)
}

// users is a Users that does not check its inputs and leaves Op and Ref of its errors empty.
// backend.CheckedUsers does both.
type users struct {
	calls  calls
	limits *limits // nil means that no call waits
	api    UsersAPI
}

// ask waits for the turn of a call to Cognito, and makes the call.
func ask[In, Out any](ctx context.Context, u *users, op importjob.Op, userPoolID string, call func(context.Context, *In, ...func(*cognito.Options)) (*Out, error), in *In) (*Out, error) {
	if err := u.limits.wait(ctx, op, userPoolID); err != nil {
		return nil, err
	}
	return callCognito(ctx, &u.calls, call, in)
}

// errNewUser refuses what AdminCreateUser cannot do.
var errNewUser = fmt.Errorf("%w: a user that is added at AWS is enabled and in status %s; leave Status empty, and call DisableUser after AddUser",
	errors.ErrUnsupported, userpool.StatusForceChangePassword)

func (u *users) AddUser(ctx context.Context, userPoolID string, user userpool.User) (userpool.User, error) {
	if user.Disabled || user.Status != "" && user.Status != userpool.StatusForceChangePassword {
		return userpool.User{}, &importjob.Error{Code: importjob.ErrInvalidParameter, Err: errNewUser}
	}
	in := &cognito.AdminCreateUserInput{UserPoolId: &userPoolID, Username: &user.Username, MessageAction: types.MessageActionTypeSuppress}
	for name, value := range user.Attributes.All() {
		in.UserAttributes = append(in.UserAttributes, types.AttributeType{Name: &name, Value: &value})
	}
	out, err := ask(ctx, u, userpool.OpAddUser, userPoolID, u.api.AdminCreateUser, in)
	if err != nil {
		return userpool.User{}, err
	}
	if out.User == nil {
		return userpool.User{}, errNoAnswer
	}
	return answeredUser(out.User)
}

func (u *users) User(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
	in := &cognito.AdminGetUserInput{UserPoolId: &ref.UserPoolID, Username: &ref.Username}
	out, err := ask(ctx, u, userpool.OpUser, ref.UserPoolID, u.api.AdminGetUser, in)
	if err != nil {
		return userpool.User{}, err
	}
	return answeredUser(&types.UserType{
		Username: out.Username, Attributes: out.UserAttributes, UserStatus: out.UserStatus, Enabled: out.Enabled,
		UserCreateDate: out.UserCreateDate, UserLastModifiedDate: out.UserLastModifiedDate,
	})
}

func (u *users) Users(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.User, string, error) {
	in := &cognito.ListUsersInput{UserPoolId: &userPoolID, Limit: limit(page), PaginationToken: optional(page.Token)}
	out, err := ask(ctx, u, userpool.OpUsers, userPoolID, u.api.ListUsers, in)
	if err != nil {
		return nil, "", err
	}
	return paged(out.Users, out.PaginationToken, answeredUser)
}

func (u *users) CountUsers(ctx context.Context, userPoolID string) (int64, error) {
	out, err := ask(ctx, u, userpool.OpCountUsers, userPoolID, u.api.DescribeUserPool, &cognito.DescribeUserPoolInput{UserPoolId: &userPoolID})
	switch {
	case err != nil:
		return 0, err
	case out.UserPool == nil:
		return 0, errNoAnswer
	case aws.ToString(out.UserPool.Id) != userPoolID || out.UserPool.EstimatedNumberOfUsers < 0:
		return 0, errOtherAnswer
	}
	return int64(out.UserPool.EstimatedNumberOfUsers), nil
}

// UpdateUser removes attributes by blank values, so that one request does it all.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html
func (u *users) UpdateUser(ctx context.Context, ref userpool.Ref, attributes []userpool.Attribute) error {
	in := &cognito.AdminUpdateUserAttributesInput{UserPoolId: &ref.UserPoolID, Username: &ref.Username}
	for _, a := range attributes {
		in.UserAttributes = append(in.UserAttributes, types.AttributeType{Name: &a.Name, Value: &a.Value})
	}
	_, err := ask(ctx, u, userpool.OpUpdateUser, ref.UserPoolID, u.api.AdminUpdateUserAttributes, in)
	return err
}

func (u *users) DeleteUser(ctx context.Context, ref userpool.Ref) error {
	in := &cognito.AdminDeleteUserInput{UserPoolId: &ref.UserPoolID, Username: &ref.Username}
	_, err := ask(ctx, u, userpool.OpDeleteUser, ref.UserPoolID, u.api.AdminDeleteUser, in)
	return err
}

func (u *users) EnableUser(ctx context.Context, ref userpool.Ref) error {
	in := &cognito.AdminEnableUserInput{UserPoolId: &ref.UserPoolID, Username: &ref.Username}
	_, err := ask(ctx, u, userpool.OpEnableUser, ref.UserPoolID, u.api.AdminEnableUser, in)
	return err
}

func (u *users) DisableUser(ctx context.Context, ref userpool.Ref) error {
	in := &cognito.AdminDisableUserInput{UserPoolId: &ref.UserPoolID, Username: &ref.Username}
	_, err := ask(ctx, u, userpool.OpDisableUser, ref.UserPoolID, u.api.AdminDisableUser, in)
	return err
}
