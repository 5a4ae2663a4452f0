package awsbackend_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/userpool"
)

// exchange is one call of a Users: the request that it makes, and what it returns for a response.
type exchange struct {
	name     string
	op       importjob.Op
	call     func(ctx context.Context, u userpool.Users) (any, error)
	request  string
	response string
	want     any
}

// listed is a page and the token of the next one.
type listed[T any] struct {
	items []T
	next  string
}

const groupRole = "arn:aws:iam::111111111111:role/Admins"

var (
	created  = time.UnixMilli(1735241621022).UTC()
	modified = time.UnixMilli(1735241699500).UTC()
	seven    = 7

	wireUser = `"Username":"ann","UserStatus":"CONFIRMED","Enabled":true,"UserCreateDate":1735241621.022,"UserLastModifiedDate":1.7352416995E9`
	sentUser = `[{"Name":"name","Value":"Ann"},{"Name":"sub","Value":"11111111-2222-4333-8444-555555555555"},{"Name":"email","Value":"ann@example.com"}]`
	gotUser  = userpool.User{Username: "ann", Sub: "11111111-2222-4333-8444-555555555555", Status: userpool.StatusConfirmed, CreateDate: created, LastModifiedDate: modified,
		Attributes: userpool.NewAttributes(userpool.Attribute{Name: "name", Value: "Ann"}, userpool.Attribute{Name: "email", Value: "ann@example.com"})}
	gotUsers = listed[userpool.User]{items: []userpool.User{gotUser, {Username: "bob", Status: userpool.StatusResetRequired, Disabled: true, Attributes: userpool.NewAttributes([]userpool.Attribute{}...)}}, next: "next"}

	wireGroup = `{"UserPoolId":"` + poolID + `","GroupName":"admins","Description":"may","RoleArn":"` + groupRole + `","Precedence":7,"CreationDate":1735241621.022,"LastModifiedDate":1735241699.5}`
	gotGroup  = userpool.Group{GroupRef: admins, Description: "may", RoleARN: groupRole, Precedence: &seven, CreationDate: created, LastModifiedDate: modified}
	bareGroup = `{"UserPoolId":"` + poolID + `","GroupName":"admins"}`
	gotGroups = listed[userpool.Group]{items: []userpool.Group{gotGroup, {GroupRef: admins}}, next: "next"}
)

func userExchanges() []exchange {
	const pool = `"UserPoolId":"` + poolID + `"`
	only := func(method func(userpool.Users, context.Context, userpool.Ref) error) func(context.Context, userpool.Users) (any, error) {
		return func(ctx context.Context, u userpool.Users) (any, error) { return nil, method(u, ctx, ann) }
	}
	page := func(p importjob.Page) func(context.Context, userpool.Users) (any, error) {
		return func(ctx context.Context, u userpool.Users) (any, error) {
			items, next, err := u.Users(ctx, poolID, p)
			return listed[userpool.User]{items, next}, err
		}
	}
	twoUsers := `{"Users":[{` + wireUser + `,"Attributes":` + sentUser + `},{"Username":"bob","UserStatus":"RESET_REQUIRED","Enabled":false}]`
	return []exchange{
		{"a user with attributes", userpool.OpAddUser, func(ctx context.Context, u userpool.Users) (any, error) {
			return u.AddUser(ctx, poolID, userpool.User{Username: "ann", Sub: "ignored", CreateDate: modified, Status: userpool.StatusForceChangePassword,
				Attributes: userpool.NewAttributes(userpool.Attribute{Name: "name", Value: "Ann"}, userpool.Attribute{Name: "custom:x", Value: ""})})
		}, `{` + pool + `,"Username":"ann","MessageAction":"SUPPRESS","UserAttributes":[{"Name":"name","Value":"Ann"},{"Name":"custom:x","Value":""}]}`,
			`{"User":{` + wireUser + `,"Attributes":` + sentUser + `}}`, gotUser},
		{"a user without attributes", userpool.OpAddUser, func(ctx context.Context, u userpool.Users) (any, error) {
			return u.AddUser(ctx, poolID, userpool.User{Username: "ann"})
		}, `{` + pool + `,"Username":"ann","MessageAction":"SUPPRESS"}`, `{"User":{` + wireUser + `,"Attributes":` + sentUser + `}}`, gotUser},
		{"", userpool.OpUser, func(ctx context.Context, u userpool.Users) (any, error) { return u.User(ctx, ann) },
			`{` + pool + `,"Username":"ann"}`, `{` + wireUser + `,"UserAttributes":` + sentUser + `}`, gotUser},
		{"the first page", userpool.OpUsers, page(importjob.Page{}), `{` + pool + `,"Limit":60}`, twoUsers + `,"PaginationToken":"next"}`, gotUsers},
		{"a later page", userpool.OpUsers, page(importjob.Page{MaxResults: 7, Token: "t"}), `{` + pool + `,"Limit":7,"PaginationToken":"t"}`, twoUsers + `,"PaginationToken":"next"}`, gotUsers},
		{"an empty page", userpool.OpUsers, page(importjob.Page{}), `{` + pool + `,"Limit":60}`, `{"Users":[]}`, listed[userpool.User]{items: []userpool.User{}}},
		{"", userpool.OpCountUsers, func(ctx context.Context, u userpool.Users) (any, error) { return u.CountUsers(ctx, poolID) },
			`{` + pool + `}`, `{"UserPool":{"Id":"` + poolID + `","EstimatedNumberOfUsers":12345}}`, int64(12345)},
		{"set and remove", userpool.OpUpdateUser, func(ctx context.Context, u userpool.Users) (any, error) {
			return nil, u.UpdateUser(ctx, ann, []userpool.Attribute{{Name: "name", Value: "Ann"}, {Name: "email", Value: ""}})
		}, `{` + pool + `,"Username":"ann","UserAttributes":[{"Name":"name","Value":"Ann"},{"Name":"email","Value":""}]}`, `{}`, nil},
		{"", userpool.OpDeleteUser, only(userpool.Users.DeleteUser), `{` + pool + `,"Username":"ann"}`, ``, nil},
		{"", userpool.OpEnableUser, only(userpool.Users.EnableUser), `{` + pool + `,"Username":"ann"}`, `{}`, nil},
		{"", userpool.OpDisableUser, only(userpool.Users.DisableUser), `{` + pool + `,"Username":"ann"}`, `{}`, nil},
	}
}

func groupExchanges() []exchange {
	const pool, name = `"UserPoolId":"` + poolID + `"`, `"GroupName":"admins"`
	zero := 0
	twoGroups := `{"Groups":[` + wireGroup + `,` + bareGroup + `],"NextToken":"next"}`
	return []exchange{
		{"all set", userpool.OpCreateGroup, func(ctx context.Context, u userpool.Users) (any, error) { return u.CreateGroup(ctx, gotGroup) },
			`{` + pool + `,` + name + `,"Description":"may","RoleArn":"` + groupRole + `","Precedence":7}`, `{"Group":` + wireGroup + `}`, gotGroup},
		{"bare", userpool.OpCreateGroup, func(ctx context.Context, u userpool.Users) (any, error) {
			return u.CreateGroup(ctx, userpool.Group{GroupRef: admins})
		}, `{` + pool + `,` + name + `}`, `{"Group":` + bareGroup + `}`, userpool.Group{GroupRef: admins}},
		{"all set", userpool.OpUpdateGroup, func(ctx context.Context, u userpool.Users) (any, error) { return u.UpdateGroup(ctx, gotGroup) },
			`{` + pool + `,` + name + `,"Description":"may","RoleArn":"` + groupRole + `","Precedence":7}`, `{"Group":` + wireGroup + `}`, gotGroup},
		{"bare", userpool.OpUpdateGroup, func(ctx context.Context, u userpool.Users) (any, error) {
			return u.UpdateGroup(ctx, userpool.Group{GroupRef: admins, Precedence: &zero})
		}, `{` + pool + `,` + name + `,"Precedence":0}`, `{"Group":` + bareGroup + `}`, userpool.Group{GroupRef: admins}},
		{"", userpool.OpDeleteGroup, func(ctx context.Context, u userpool.Users) (any, error) { return nil, u.DeleteGroup(ctx, admins) },
			`{` + pool + `,` + name + `}`, ``, nil},
		{"", userpool.OpGroup, func(ctx context.Context, u userpool.Users) (any, error) { return u.Group(ctx, admins) },
			`{` + pool + `,` + name + `}`, `{"Group":` + wireGroup + `}`, gotGroup},
		{"a name in another case", userpool.OpGroup, func(ctx context.Context, u userpool.Users) (any, error) {
			return u.Group(ctx, userpool.GroupRef{UserPoolID: poolID, GroupName: "Admins"})
		}, `{` + pool + `,"GroupName":"Admins"}`, `{"Group":` + wireGroup + `}`, gotGroup},
		{"", userpool.OpGroups, func(ctx context.Context, u userpool.Users) (any, error) {
			items, next, err := u.Groups(ctx, poolID, importjob.Page{})
			return listed[userpool.Group]{items, next}, err
		}, `{` + pool + `,"Limit":60}`, twoGroups, gotGroups},
		{"a later page", userpool.OpGroups, func(ctx context.Context, u userpool.Users) (any, error) {
			items, next, err := u.Groups(ctx, poolID, importjob.Page{MaxResults: 7, Token: "t"})
			return listed[userpool.Group]{items, next}, err
		}, `{` + pool + `,"Limit":7,"NextToken":"t"}`, `{"Groups":[]}`, listed[userpool.Group]{items: []userpool.Group{}}},
		{"", userpool.OpGroupsOfUser, func(ctx context.Context, u userpool.Users) (any, error) {
			items, next, err := u.GroupsOfUser(ctx, ann, importjob.Page{MaxResults: 7, Token: "t"})
			return listed[userpool.Group]{items, next}, err
		}, `{` + pool + `,"Username":"ann","Limit":7,"NextToken":"t"}`, twoGroups, gotGroups},
		{"", userpool.OpUsersInGroup, func(ctx context.Context, u userpool.Users) (any, error) {
			items, next, err := u.UsersInGroup(ctx, admins, importjob.Page{MaxResults: 7, Token: "t"})
			return listed[userpool.User]{items, next}, err
		}, `{` + pool + `,` + name + `,"Limit":7,"NextToken":"t"}`,
			`{"Users":[{` + wireUser + `,"Attributes":` + sentUser + `},{"Username":"bob","UserStatus":"RESET_REQUIRED","Enabled":false}],"NextToken":"next"}`, gotUsers},
		{"", userpool.OpAddUserToGroup, func(ctx context.Context, u userpool.Users) (any, error) {
			return nil, u.AddUserToGroup(ctx, ann, "admins")
		}, `{` + pool + `,"Username":"ann",` + name + `}`, ``, nil},
		{"", userpool.OpRemoveUserFromGroup, func(ctx context.Context, u userpool.Users) (any, error) {
			return nil, u.RemoveUserFromGroup(ctx, ann, "admins")
		}, `{` + pool + `,"Username":"ann",` + name + `}`, ``, nil},
	}
}

func TestUsersOnTheWire(t *testing.T) {
	all := slices.Concat(userExchanges(), groupExchanges())
	ops := map[importjob.Op]bool{}
	for _, e := range all {
		ops[e.op] = true
		t.Run(string(e.op)+" "+e.name, func(t *testing.T) {
			requests := 0
			u := newUsers(testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
				requests++
				assert.Equal(t, "AWSCognitoIdentityProviderService."+string(e.op), req.Header.Get("X-Amz-Target"))
				body, err := io.ReadAll(req.Body)
				require.NoError(t, err)
				assert.JSONEq(t, e.request, string(body))
				return answer(200, http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, e.response)(req)
			}))
			got, err := e.call(t.Context(), u)
			require.NoError(t, err)
			assert.Equal(t, e.want, got)
			assert.Equal(t, 1, requests)
		})
	}
	assert.Len(t, ops, reflect.TypeFor[userpool.Users]().NumMethod())
}

// The members that no request has. A member that is new in the service's model has to be decided about.
func TestRequestsOfUsersLackOnly(t *testing.T) {
	lacks := map[importjob.Op][]string{
		userpool.OpAddUser:    {"ClientMetadata", "DesiredDeliveryMediums", "ForceAliasCreation", "TemporaryPassword", "ValidationData"},
		userpool.OpUsers:      {"AttributesToGet", "Filter"},
		userpool.OpUpdateUser: {"ClientMetadata"},
	}
	sent := map[importjob.Op]map[string]bool{}
	for _, e := range slices.Concat(userExchanges(), groupExchanges()) {
		if sent[e.op] == nil {
			sent[e.op] = map[string]bool{}
		}
		for part := range strings.SplitSeq(e.request, `"`) {
			sent[e.op][part] = true
		}
	}
	for _, in := range []any{
		cognito.AdminCreateUserInput{}, cognito.AdminGetUserInput{}, cognito.ListUsersInput{}, cognito.DescribeUserPoolInput{}, cognito.AdminUpdateUserAttributesInput{},
		cognito.AdminDeleteUserInput{}, cognito.AdminEnableUserInput{}, cognito.AdminDisableUserInput{}, cognito.CreateGroupInput{}, cognito.UpdateGroupInput{},
		cognito.DeleteGroupInput{}, cognito.GetGroupInput{}, cognito.ListGroupsInput{}, cognito.AdminListGroupsForUserInput{}, cognito.ListUsersInGroupInput{},
		cognito.AdminAddUserToGroupInput{}, cognito.AdminRemoveUserFromGroupInput{},
	} {
		op := importjob.Op(strings.TrimSuffix(reflect.TypeOf(in).Name(), "Input"))
		require.Contains(t, sent, op)
		var missing []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(in)) {
			if f.IsExported() && !sent[op][f.Name] {
				missing = append(missing, f.Name)
			}
		}
		assert.ElementsMatch(t, lacks[op], missing, op)
		delete(sent, op)
	}
	assert.Empty(t, slices.Collect(maps.Keys(sent)))
}

// A page without users can have a token, and userpool.All goes on.
func TestShortPages(t *testing.T) {
	pages := []string{`{"Users":[],"PaginationToken":"1"}`, `{"Users":[{` + wireUser + `}],"PaginationToken":"2"}`, `{"PaginationToken":"3"}`, `{"Users":[{` + wireUser + `}]}`}
	n := 0
	u := newUsers(testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		n++
		return answer(200, nil, pages[n-1])(req)
	}))
	found := 0
	for user, err := range userpool.All(t.Context(), u, poolID) {
		require.NoError(t, err)
		assert.Equal(t, "ann", user.Username)
		found++
	}
	assert.Equal(t, []int{2, 4}, []int{found, n})
}
