package cognitotest_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
)

// people is an SDK client of one pool.
type people struct {
	*cognito.Client
	t  testing.TB
	m  *memory.Cognito
	at *testkit.Clock
}

// newPeople returns a client of an empty pool.
func newPeople(t testing.TB, change ...func(*importjob.Pool)) people {
	at := seedTime()
	m := testpool.New(t, &memory.Options{Now: at.Now}, change...)
	return people{Client: awstest.New(m, &cognitotest.Options{Directory: m}).Cognito, t: t, m: m, at: at}
}

func attributes(pairs ...string) (list []types.AttributeType) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, types.AttributeType{Name: aws.String(pairs[i]), Value: aws.String(pairs[i+1])})
	}
	return list
}

func valuesOf(list []types.AttributeType) map[string]string {
	values := map[string]string{}
	for _, a := range list {
		values[*a.Name] = *a.Value
	}
	return values
}

// add adds a user and returns its sub.
func (p people) add(name string, pairs ...string) string {
	p.t.Helper()
	out, err := p.AdminCreateUser(p.t.Context(), &cognito.AdminCreateUserInput{
		UserPoolId: aws.String(poolID), Username: aws.String(name), UserAttributes: attributes(pairs...)})
	require.NoError(p.t, err)
	return valuesOf(out.User.Attributes)["sub"]
}

func (p people) get(name string) (*cognito.AdminGetUserOutput, error) {
	return p.AdminGetUser(p.t.Context(), &cognito.AdminGetUserInput{UserPoolId: aws.String(poolID), Username: aws.String(name)})
}

// canonical returns the username in the response of AdminGetUser, or the error.
func (p people) canonical(name string) string {
	out, err := p.get(name)
	if err != nil {
		return err.Error()
	}
	return *out.Username
}

func (p people) values(name string) map[string]string {
	p.t.Helper()
	out, err := p.get(name)
	require.NoError(p.t, err)
	values := valuesOf(out.UserAttributes)
	delete(values, "sub")
	return values
}

// A user is found by username, sub and verified alias. The response has the username.
func TestUserByOtherNames(t *testing.T) {
	p := newPeople(t, func(pool *importjob.Pool) { pool.AliasAttributes = []string{"email", "preferred_username"} })
	sub := p.add("ann", "email", "ann@example.com", "email_verified", "true", "preferred_username", "annie")
	p.add("bob", "email", "bob@example.com")
	for _, name := range []string{"ann", sub, "ann@example.com", "annie"} {
		assert.Equal(t, "ann", p.canonical(name))
	}
	assert.Contains(t, p.canonical("bob@example.com"), "UserNotFoundException: User does not exist.", "an alias that is not verified")
	_, err := p.AdminCreateUser(t.Context(), &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String("cid@example.com")})
	assert.ErrorContains(t, err, "InvalidParameterException: Username cannot be of email format, since user pool is configured for email alias.")
}

// In a pool with UsernameAttributes the sub becomes the username, and the name that was given an attribute.
func TestUserOfUsernameAttributes(t *testing.T) {
	p := newPeople(t, func(pool *importjob.Pool) { pool.UsernameAttributes = []string{"email", "phone_number"} })
	for name, attribute := range map[string]string{"ann@example.com": "email", "+15550100": "phone_number"} {
		out, err := p.AdminCreateUser(t.Context(), &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String(name)})
		require.NoError(t, err)
		values := valuesOf(out.User.Attributes)
		assert.Equal(t, values["sub"], *out.User.Username)
		assert.Equal(t, name, values[attribute])
		assert.Equal(t, *out.User.Username, p.canonical(name))
		assert.Equal(t, *out.User.Username, p.canonical(values["sub"]))
	}
	_, err := p.AdminCreateUser(t.Context(), &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String("ann")})
	assert.ErrorContains(t, err, "InvalidParameterException: Username should be either an email or a phone number.")
	_, err = p.AdminCreateUser(t.Context(), &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String("ann@example.com")})
	assert.ErrorContains(t, err, "UsernameExistsException: User account already exists")
}

func TestChangeAttributes(t *testing.T) {
	p := newPeople(t)
	ctx, pool, ann := t.Context(), aws.String(poolID), aws.String("ann")
	p.add("ann", "email", "ann@example.com", "name", "Ann", "nickname", "A")
	p.at.Advance(time.Minute)
	_, err := p.AdminUpdateUserAttributes(ctx, &cognito.AdminUpdateUserAttributesInput{UserPoolId: pool, Username: ann,
		UserAttributes: attributes("name", "Anna", "nickname", "", "locale", "en")})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"email": "ann@example.com", "name": "Anna", "locale": "en"}, p.values("ann"))
	_, err = p.AdminDeleteUserAttributes(ctx, &cognito.AdminDeleteUserAttributesInput{UserPoolId: pool, Username: ann, UserAttributeNames: []string{"name", "locale"}})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"email": "ann@example.com"}, p.values("ann"))
	out, err := p.get("ann")
	require.NoError(t, err)
	assert.Equal(t, time.Minute, out.UserLastModifiedDate.Sub(*out.UserCreateDate))

	for _, c := range []struct {
		list []types.AttributeType
		want string
	}{
		{attributes("custom:x", "1"), "InvalidParameterException: Attributes did not conform to the schema: custom:x: Attribute does not exist in the schema."},
		{attributes("sub", "1"), "InvalidParameterException: Cannot modify the non-mutable attribute sub"},
		{attributes("email", "no"), "InvalidParameterException: Invalid email address format."},
		{[]types.AttributeType{}, "InvalidParameterException: The request names no attribute: send at least one."},
	} {
		_, err := p.AdminUpdateUserAttributes(ctx, &cognito.AdminUpdateUserAttributesInput{UserPoolId: pool, Username: ann, UserAttributes: c.list})
		assert.ErrorContains(t, err, c.want)
	}
}

// A disabled user stays in the list, and keeps the status.
func TestDisableEnableAndDelete(t *testing.T) {
	p := newPeople(t)
	ctx, pool, ann := t.Context(), aws.String(poolID), aws.String("ann")
	p.add("ann")
	p.add("bob")
	list := func(filter string) (names []string) {
		out, err := p.ListUsers(ctx, &cognito.ListUsersInput{UserPoolId: pool, Filter: aws.String(filter)})
		require.NoError(t, err)
		for _, u := range out.Users {
			names = append(names, *u.Username)
		}
		return names
	}
	for range 2 {
		_, err := p.AdminDisableUser(ctx, &cognito.AdminDisableUserInput{UserPoolId: pool, Username: ann})
		require.NoError(t, err)
	}
	out, err := p.get("ann")
	require.NoError(t, err)
	assert.False(t, out.Enabled)
	assert.Equal(t, types.UserStatusTypeForceChangePassword, out.UserStatus)
	assert.Equal(t, []string{"ann"}, list(`status = "Disabled"`))
	assert.Equal(t, []string{"bob"}, list(`status = "Enabled"`))

	_, err = p.AdminEnableUser(ctx, &cognito.AdminEnableUserInput{UserPoolId: pool, Username: ann})
	require.NoError(t, err)
	assert.Equal(t, []string{"ann", "bob"}, list(`status = "Enabled"`))

	_, err = p.AdminDeleteUser(ctx, &cognito.AdminDeleteUserInput{UserPoolId: pool, Username: ann})
	require.NoError(t, err)
	assert.Equal(t, []string{"bob"}, list(""))
	var notFound *types.UserNotFoundException
	_, err = p.AdminDeleteUser(ctx, &cognito.AdminDeleteUserInput{UserPoolId: pool, Username: ann})
	require.ErrorAs(t, err, &notFound)
	_, err = p.AdminDisableUser(ctx, &cognito.AdminDisableUserInput{UserPoolId: pool, Username: ann})
	require.ErrorAs(t, err, &notFound)
	assert.Equal(t, "User does not exist.", *notFound.Message)
}

// Operations whose output has no shape return an empty body, the others an empty object.
func TestBodiesWithoutMembers(t *testing.T) {
	for op, body := range map[string]string{
		"AdminDeleteUser": "", "AdminAddUserToGroup": "", "AdminRemoveUserFromGroup": "", "DeleteGroup": "", "DeleteUserPool": "",
		"AdminUpdateUserAttributes": "{}", "AdminDeleteUserAttributes": "{}", "AdminEnableUser": "{}", "AdminDisableUser": "{}",
		"UpdateUserPool": "{}", "TagResource": "{}", "UntagResource": "{}",
	} {
		w := send(edgeHandler(t), idp+op, edgeRequests()[idp+op])
		assert.Equal(t, 200, w.Code, "%s: %s", op, w.Body)
		assert.Equal(t, body, w.Body.String(), op)
	}
}
