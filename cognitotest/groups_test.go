package cognitotest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
)

// Members that are not set are absent.
func TestGroupOnTheWire(t *testing.T) {
	at := seedTime()
	m := testpool.New(t, &memory.Options{Now: at.Now})
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	const dates = `"LastModifiedDate":1548271795.471,"CreationDate":1548271795.471`
	for _, c := range []struct{ op, members, want string }{
		{"CreateGroup", ``, `{"Group":{"GroupName":"g","UserPoolId":"us-west-2_aaaaaaaaa",` + dates + `}}`},
		{"GetGroup", ``, `{"Group":{"GroupName":"g","UserPoolId":"us-west-2_aaaaaaaaa",` + dates + `}}`},
		{"UpdateGroup", `,"Description":"d","Precedence":0`, `{"Group":{"GroupName":"g","UserPoolId":"us-west-2_aaaaaaaaa","Description":"d","Precedence":0,` + dates + `}}`},
		{"UpdateGroup", `,"RoleArn":"` + roleARN + `"`, `{"Group":{"GroupName":"g","UserPoolId":"us-west-2_aaaaaaaaa","Description":"d","RoleArn":"` + roleARN + `","Precedence":0,` + dates + `}}`},
		{"UpdateGroup", `,"RoleArn":"","Description":""`, `{"Group":{"GroupName":"g","UserPoolId":"us-west-2_aaaaaaaaa","Description":"d","RoleArn":"` + roleARN + `","Precedence":0,` + dates + `}}`},
		{"ListGroups", ``, `{"Groups":[{"GroupName":"g","UserPoolId":"us-west-2_aaaaaaaaa","Description":"d","RoleArn":"` + roleARN + `","Precedence":0,` + dates + `}]}`},
		{"ListUsersInGroup", ``, `{"Users":[]}`},
		{"ListGroups", `,"Limit":61`, `{"__type":"InvalidParameterException","message":"1 validation error detected: Value '61' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 60"}`},
		{"CreateGroup", ``, `{"__type":"GroupExistsException","message":"A group with the name already exists."}`},
		{"DeleteGroup", ``, ``},
		{"GetGroup", ``, `{"__type":"ResourceNotFoundException","message":"Group not found."}`},
	} {
		w := send(h, idp+c.op, `{"UserPoolId":"`+poolID+`","GroupName":"g"`+c.members+`}`)
		assert.Equal(t, c.want, w.Body.String(), "%s %s", c.op, c.members)
	}
}

func TestGroupRefusals(t *testing.T) {
	h := edgeHandler(t)
	for _, c := range []struct{ op, body, want string }{
		{"CreateGroup", `{}`, "InvalidParameterException"},
		{"CreateGroup", `{"UserPoolId":"` + poolID + `","GroupName":"ADMINS"}`, "GroupExistsException"},
		{"CreateGroup", `{"UserPoolId":"` + poolID + `","GroupName":"a b"}`, "InvalidParameterException"},
		{"CreateGroup", `{"UserPoolId":"` + poolID + `","GroupName":"a","Precedence":-1}`, "InvalidParameterException"},
		{"CreateGroup", `{"UserPoolId":"` + poolID + `","GroupName":"a","Precedence":2147483648}`, "InvalidParameterException"},
		{"CreateGroup", `{"UserPoolId":"` + poolID + `","GroupName":"a","RoleArn":"role"}`, "InvalidParameterException"},
		{"CreateGroup", `{"UserPoolId":"` + poolID + `","GroupName":"a","Description":"` + strings.Repeat("x", 2049) + `"}`, "InvalidParameterException"},
		{"CreateGroup", `{"UserPoolId":"us-west-2_b","GroupName":"a"}`, "ResourceNotFoundException"},
		{"UpdateGroup", `{"UserPoolId":"` + poolID + `","GroupName":"a"}`, "ResourceNotFoundException"},
		{"DeleteGroup", `{"UserPoolId":"` + poolID + `","GroupName":"a"}`, "ResourceNotFoundException"},
		{"ListUsersInGroup", `{"UserPoolId":"` + poolID + `","GroupName":"a"}`, "ResourceNotFoundException"},
		{"ListUsersInGroup", `{"UserPoolId":"` + poolID + `","GroupName":"admins","Limit":61}`, "InvalidParameterException"},
		{"ListGroups", `{"UserPoolId":"` + poolID + `","Limit":61}`, "InvalidParameterException"},
		{"ListGroups", `{"UserPoolId":"` + poolID + `","NextToken":""}`, "InvalidParameterException"},
		{"AdminAddUserToGroup", `{"UserPoolId":"` + poolID + `","Username":"ann","GroupName":"a"}`, "ResourceNotFoundException"},
		{"AdminAddUserToGroup", `{"UserPoolId":"` + poolID + `","Username":"nobody","GroupName":"admins"}`, "UserNotFoundException"},
		{"AdminRemoveUserFromGroup", `{"UserPoolId":"` + poolID + `","Username":"ann"}`, "InvalidParameterException"},
		{"AdminListGroupsForUser", `{"UserPoolId":"` + poolID + `","Username":"nobody"}`, "UserNotFoundException"},
	} {
		w := send(h, idp+c.op, c.body)
		assert.Equal(t, 400, w.Code, "%s %s", c.op, c.body)
		assert.True(t, strings.HasPrefix(w.Body.String(), `{"__type":"`+c.want+`"`), "%s %.200s: %s", c.op, c.body, w.Body)
	}
}

func TestGroupsOfUsers(t *testing.T) {
	p := newPeople(t)
	ctx, pool := t.Context(), aws.String(poolID)
	var groups, names []string
	for i := range 5 {
		groups, names = append(groups, fmt.Sprint("g", i)), append(names, fmt.Sprint("u", i))
		out, err := p.CreateGroup(ctx, &cognito.CreateGroupInput{UserPoolId: pool, GroupName: &groups[i], Precedence: aws.Int32(int32(i)), RoleArn: aws.String(roleARN)})
		require.NoError(t, err)
		assert.EqualValues(t, i, *out.Group.Precedence)
		p.add(names[i], "email", names[i]+"@example.com")
	}
	p.at.Advance(time.Second)
	changed, err := p.UpdateGroup(ctx, &cognito.UpdateGroupInput{UserPoolId: pool, GroupName: &groups[0], Description: aws.String("d")})
	require.NoError(t, err)
	assert.Equal(t, time.Second, changed.Group.LastModifiedDate.Sub(*changed.Group.CreationDate))
	assert.EqualValues(t, 0, *changed.Group.Precedence, "a member that is absent stays")
	assert.Equal(t, roleARN, *changed.Group.RoleArn)

	for i := range 5 {
		_, err := p.AdminAddUserToGroup(ctx, &cognito.AdminAddUserToGroupInput{UserPoolId: pool, Username: &names[0], GroupName: &groups[i]})
		require.NoError(t, err)
		_, err = p.AdminAddUserToGroup(ctx, &cognito.AdminAddUserToGroupInput{UserPoolId: pool, Username: &names[i], GroupName: &groups[0]})
		require.NoError(t, err)
	}
	_, err = p.AdminRemoveUserFromGroup(ctx, &cognito.AdminRemoveUserFromGroupInput{UserPoolId: pool, Username: &names[0], GroupName: &groups[4]})
	require.NoError(t, err)

	for _, limit := range []int32{1, 2, 60} {
		assert.Equal(t, groups, p.groups(limit))
		assert.Equal(t, groups[:4], p.groupsOf(names[0], limit))
		assert.Equal(t, names, p.usersIn(groups[0], limit))
	}
	_, err = p.DeleteGroup(ctx, &cognito.DeleteGroupInput{UserPoolId: pool, GroupName: &groups[0]})
	require.NoError(t, err)
	assert.Equal(t, groups[1:4], p.groupsOf(names[0], 60))
}

// groups returns the names of all groups, read in pages.
func (p people) groups(limit int32) (names []string) {
	pages := cognito.NewListGroupsPaginator(p, &cognito.ListGroupsInput{UserPoolId: aws.String(poolID), Limit: &limit})
	for pages.HasMorePages() {
		page, err := pages.NextPage(p.t.Context())
		require.NoError(p.t, err)
		names = append(names, p.groupNames(page.Groups, limit)...)
	}
	return names
}

func (p people) groupsOf(user string, limit int32) (names []string) {
	pages := cognito.NewAdminListGroupsForUserPaginator(p, &cognito.AdminListGroupsForUserInput{UserPoolId: aws.String(poolID), Username: &user, Limit: &limit})
	for pages.HasMorePages() {
		page, err := pages.NextPage(p.t.Context())
		require.NoError(p.t, err)
		names = append(names, p.groupNames(page.Groups, limit)...)
	}
	return names
}

func (p people) groupNames(groups []types.GroupType, limit int32) (names []string) {
	assert.LessOrEqual(p.t, len(groups), int(limit))
	for _, g := range groups {
		names = append(names, *g.GroupName)
	}
	return names
}

func (p people) usersIn(group string, limit int32) (names []string) {
	pages := cognito.NewListUsersInGroupPaginator(p, &cognito.ListUsersInGroupInput{UserPoolId: aws.String(poolID), GroupName: &group, Limit: &limit})
	for pages.HasMorePages() {
		page, err := pages.NextPage(p.t.Context())
		require.NoError(p.t, err)
		assert.LessOrEqual(p.t, len(page.Users), int(limit))
		for _, u := range page.Users {
			assert.Equal(p.t, *u.Username+"@example.com", valuesOf(u.Attributes)["email"])
			names = append(names, *u.Username)
		}
	}
	return names
}
