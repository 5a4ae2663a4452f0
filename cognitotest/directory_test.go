package cognitotest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// withDirectory is an SDK client of a Cognito without pools.
func withDirectory(opts *memory.Options) (*cognito.Client, *memory.Cognito) {
	m := memory.New(opts)
	return awstest.New(m, &cognitotest.Options{Directory: m}).Cognito, m
}

func TestCreateUserPool(t *testing.T) {
	api, m := withDirectory(nil)
	out, err := api.CreateUserPool(t.Context(), &cognito.CreateUserPoolInput{
		PoolName:               aws.String("My pool"),
		AutoVerifiedAttributes: []types.VerifiedAttributeType{"email"},
		AliasAttributes:        []types.AliasAttributeType{"preferred_username"},
		Schema: []types.SchemaAttributeType{
			{Name: aws.String("email"), Required: aws.Bool(true)},
			{Name: aws.String("name"), AttributeDataType: "String", StringAttributeConstraints: &types.StringAttributeConstraintsType{MinLength: aws.String("1"), MaxLength: aws.String("64")}},
			{Name: aws.String("tier"), AttributeDataType: "Number", NumberAttributeConstraints: &types.NumberAttributeConstraintsType{MaxValue: aws.String("9")}},
			{Name: aws.String("note"), Mutable: aws.Bool(false), DeveloperOnlyAttribute: aws.Bool(true)},
		},
	})
	require.NoError(t, err)
	p := out.UserPool
	assert.True(t, strings.HasPrefix(*p.Id, "us-west-2_"))
	assert.True(t, *p.UsernameConfiguration.CaseSensitive, "an absent UsernameConfiguration means so")
	assert.Equal(t, types.UserPoolMfaTypeOff, p.MfaConfiguration)
	assert.Equal(t, "arn:aws:cognito-idp:us-west-2:111111111111:userpool/"+*p.Id, *p.Arn)

	want := importjob.ClassicSchema().Require("email").With(
		importjob.SchemaAttribute{Name: "name", Type: importjob.TypeString, Mutable: true, MinLength: "1", MaxLength: "64"},
		importjob.SchemaAttribute{Name: "custom:tier", Type: importjob.TypeNumber, Mutable: true, MaxValue: "9"},
		importjob.SchemaAttribute{Name: "dev:custom:note", Type: importjob.TypeString, DeveloperOnlyAttribute: true})
	pool, err := m.Pool(t.Context(), *p.Id)
	require.NoError(t, err)
	assert.Equal(t, importjob.Pool{ID: *p.Id, Name: "My pool", Schema: want, AutoVerifiedAttributes: []string{"email"},
		AliasAttributes: []string{"preferred_username"}, MFA: importjob.MFAOff}, pool)

	described, err := api.DescribeUserPool(t.Context(), &cognito.DescribeUserPoolInput{UserPoolId: p.Id})
	require.NoError(t, err)
	assert.Equal(t, p, described.UserPool)

	insensitive, err := api.CreateUserPool(t.Context(), &cognito.CreateUserPoolInput{PoolName: aws.String("p"),
		UsernameConfiguration: &types.UsernameConfigurationType{CaseSensitive: aws.Bool(false)}})
	require.NoError(t, err)
	assert.False(t, *insensitive.UserPool.UsernameConfiguration.CaseSensitive)
}

func TestPoolRefusals(t *testing.T) {
	m := testpool.New(t, nil)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	for _, c := range []struct{ op, body, code string }{
		{"CreateUserPool", `{}`, "InvalidParameterException"},
		{"CreateUserPool", `{"PoolName":""}`, "InvalidParameterException"},
		{"CreateUserPool", `{"PoolName":"no/slash"}`, "InvalidParameterException"},
		{"CreateUserPool", `{"PoolName":"a","MfaConfiguration":"YES"}`, "InvalidParameterException"},
		{"CreateUserPool", `{"PoolName":"a","AutoVerifiedAttributes":["name"]}`, "InvalidParameterException"},
		{"CreateUserPool", `{"PoolName":"a","UsernameConfiguration":{}}`, "InvalidParameterException"},
		{"CreateUserPool", `{"PoolName":"a","UsernameConfiguration":{"CaseSensitive":"yes"}}`, "SerializationException"},
		{"CreateUserPool", `{"PoolName":"a","Schema":[{}]}`, "InvalidParameterException"},
		{"CreateUserPool", `{"PoolName":"a","Schema":[null]}`, "InvalidParameterException"},
		{"CreateUserPool", `{"PoolName":"a","Schema":{"Name":"x"}}`, "SerializationException"},
		{"CreateUserPool", `{"PoolName":"a","Schema":[{"Name":"x","AttributeDataType":"Integer"}]}`, "InvalidParameterException"},
		{"CreateUserPool", `{"PoolName":"a","Schema":[{"Name":"x","Required":true}]}`, "InvalidParameterException"},
		{"CreateUserPool", `{"PoolName":"a","Schema":[{"Name":"x","StringAttributeConstraints":{"MinLength":1}}]}`, "SerializationException"},
		{"AddCustomAttributes", `{"UserPoolId":"` + poolID + `"}`, "InvalidParameterException"},
		{"AddCustomAttributes", `{"UserPoolId":"` + poolID + `","CustomAttributes":[]}`, "InvalidParameterException"},
		{"AddCustomAttributes", `{"UserPoolId":"us-west-2_b","CustomAttributes":[{"Name":"a"}]}`, "ResourceNotFoundException"},
		{"AddCustomAttributes", `{"UserPoolId":"` + poolID + `","CustomAttributes":[{"Name":"a"},{"Name":"a"}]}`, "InvalidParameterException"},
		{"UpdateUserPool", `{"UserPoolId":"us-west-2_b"}`, "ResourceNotFoundException"},
		{"DeleteUserPool", `{"UserPoolId":"us-west-2_b"}`, "ResourceNotFoundException"},
		{"ListUserPools", `{}`, "InvalidParameterException"},
		{"ListUserPools", `{"MaxResults":60,"NextToken":"x"}`, "InvalidParameterException"},
		{"AdminCreateUser", `{"UserPoolId":"` + poolID + `","Username":"a b"}`, "InvalidParameterException"},
		{"AdminCreateUser", `{"UserPoolId":"` + poolID + `","Username":"a","UserAttributes":[{"Name":"sub","Value":"1"}]}`, "InvalidParameterException"},
		{"AdminCreateUser", `{"UserPoolId":"` + poolID + `","Username":"a","UserAttributes":[{"Name":"custom:x","Value":"1"}]}`, "InvalidParameterException"},
		{"AdminCreateUser", `{"UserPoolId":"` + poolID + `","Username":"a","MessageAction":"SHOUT"}`, "InvalidParameterException"},
		{"AdminCreateUser", `{"UserPoolId":"` + poolID + `","Username":"a","MessageAction":"RESEND"}`, "UserNotFoundException"},
		{"AdminGetUser", `{"UserPoolId":"` + poolID + `","Username":"a"}`, "UserNotFoundException"},
		{"ListUsers", `{"UserPoolId":"` + poolID + `","Limit":61}`, "InvalidParameterException"},
		{"ListUsers", `{"UserPoolId":"` + poolID + `","PaginationToken":"x"}`, "InvalidParameterException"},
		{"ListUsers", `{"UserPoolId":"` + poolID + `","Filter":"custom:a = \"x\""}`, "InvalidParameterException"},
		{"ListUsers", `{"UserPoolId":"` + poolID + `","AttributesToGet":"sub"}`, "SerializationException"},
	} {
		w := send(h, idp+c.op, c.body)
		assert.Equal(t, 400, w.Code, "%s %s", c.op, c.body)
		assert.True(t, strings.HasPrefix(w.Body.String(), `{"__type":"`+c.code+`"`), "%s %s: %s", c.op, c.body, w.Body)
	}
}

func TestPoolsChangeAndEnd(t *testing.T) {
	api, m := withDirectory(&memory.Options{RowsPerSecond: 1})
	ctx := t.Context()
	var ids []*string
	for i := range 3 {
		out, err := api.CreateUserPool(ctx, &cognito.CreateUserPoolInput{PoolName: aws.String(fmt.Sprint("p", i)), AutoVerifiedAttributes: []types.VerifiedAttributeType{"email"}})
		require.NoError(t, err)
		ids = append(ids, out.UserPool.Id)
	}
	var names []string
	for p := cognito.NewListUserPoolsPaginator(api, &cognito.ListUserPoolsInput{MaxResults: aws.Int32(1)}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		require.NoError(t, err)
		for _, pool := range page.UserPools {
			names = append(names, *pool.Name)
		}
	}
	assert.Equal(t, []string{"p0", "p1", "p2"}, names)

	_, err := api.AddCustomAttributes(ctx, &cognito.AddCustomAttributesInput{UserPoolId: ids[0], CustomAttributes: []types.SchemaAttributeType{{Name: aws.String("a")}}})
	require.NoError(t, err)
	_, err = api.UpdateUserPool(ctx, &cognito.UpdateUserPoolInput{UserPoolId: ids[0], MfaConfiguration: "OPTIONAL"})
	require.NoError(t, err)
	pool, err := m.Pool(ctx, *ids[0])
	require.NoError(t, err)
	assert.Equal(t, "custom:a", pool.Schema[len(pool.Schema)-1].Name)
	assert.Equal(t, importjob.MFAOptional, pool.MFA)
	assert.Empty(t, pool.AutoVerifiedAttributes, "an update sets what it does not say to its default")
	assert.Equal(t, "p0", pool.Name)

	job, err := m.Create(ctx, importjob.CreateInput{JobName: "J", UserPoolID: *ids[1], CloudWatchLogsRoleARN: roleARN})
	require.NoError(t, err)
	file := testpool.CSV("ann")
	require.NoError(t, m.Upload(ctx, job, strings.NewReader(file), int64(len(file))))
	_, err = m.Start(ctx, job.Ref())
	require.NoError(t, err)
	var busy *types.UserImportInProgressException
	_, err = api.DeleteUserPool(ctx, &cognito.DeleteUserPoolInput{UserPoolId: ids[1]})
	assert.ErrorAs(t, err, &busy)
	_, err = api.UpdateUserPool(ctx, &cognito.UpdateUserPoolInput{UserPoolId: ids[1]})
	assert.ErrorAs(t, err, &busy)
	_, err = api.AddCustomAttributes(ctx, &cognito.AddCustomAttributesInput{UserPoolId: ids[1], CustomAttributes: []types.SchemaAttributeType{{Name: aws.String("a")}}})
	assert.ErrorAs(t, err, &busy)

	_, err = api.DeleteUserPool(ctx, &cognito.DeleteUserPoolInput{UserPoolId: ids[2]})
	require.NoError(t, err)
	_, err = api.DescribeUserPool(ctx, &cognito.DescribeUserPoolInput{UserPoolId: ids[2]})
	var notFound *types.ResourceNotFoundException
	assert.ErrorAs(t, err, &notFound)
}

func TestUsers(t *testing.T) {
	m := testpool.New(t, nil)
	api := awstest.New(m, &cognitotest.Options{Directory: m}).Cognito
	ctx := t.Context()
	finished(t, m, "J", "ann", "bob")
	made, err := api.AdminCreateUser(ctx, &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String("cid"),
		UserAttributes: []types.AttributeType{{Name: aws.String("given_name"), Value: aws.String("Cid")}}})
	require.NoError(t, err)
	assert.Equal(t, types.UserStatusTypeForceChangePassword, made.User.UserStatus)
	var exists *types.UsernameExistsException
	_, err = api.AdminCreateUser(ctx, &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String("ann")})
	assert.ErrorAs(t, err, &exists)

	ann, err := api.AdminGetUser(ctx, &cognito.AdminGetUserInput{UserPoolId: aws.String(poolID), Username: aws.String("ann")})
	require.NoError(t, err)
	stored, err := m.User(ctx, userpool.Ref{UserPoolID: poolID, Username: "ann"})
	require.NoError(t, err)
	assert.Equal(t, types.UserStatusTypeResetRequired, ann.UserStatus)
	assert.True(t, ann.Enabled)
	assert.True(t, stored.CreateDate.Equal(*ann.UserCreateDate))
	got := map[string]string{}
	for _, a := range ann.UserAttributes {
		got[*a.Name] = *a.Value
	}
	assert.Equal(t, map[string]string{"sub": stored.Sub, "email": "ann@example.com", "email_verified": "true"}, got)

	out, err := api.ListUsers(ctx, &cognito.ListUsersInput{UserPoolId: aws.String(poolID), AttributesToGet: []string{"email"}})
	require.NoError(t, err)
	require.Len(t, out.Users, 3)
	assert.Equal(t, []types.AttributeType{{Name: aws.String("email"), Value: aws.String("bob@example.com")}}, out.Users[1].Attributes)
	assert.Empty(t, out.Users[2].Attributes)

	described, err := api.DescribeUserPool(ctx, &cognito.DescribeUserPoolInput{UserPoolId: aws.String(poolID)})
	require.NoError(t, err)
	assert.EqualValues(t, 3, described.UserPool.EstimatedNumberOfUsers)
}

func TestListUsersPagesAndFilters(t *testing.T) {
	m := testpool.New(t, nil)
	api := awstest.New(m, &cognitotest.Options{Directory: m}).Cognito
	var names []string
	for i := range 200 {
		names = append(names, fmt.Sprintf("%c%03d", "ab"[i%2], i))
	}
	finished(t, m, "J", names...)
	list := func(filter string, limit int32) []string {
		var found []string
		in := &cognito.ListUsersInput{UserPoolId: aws.String(poolID), Filter: aws.String(filter), Limit: aws.Int32(limit)}
		for p := cognito.NewListUsersPaginator(api, in); p.HasMorePages(); {
			page, err := p.NextPage(t.Context())
			require.NoError(t, err)
			assert.LessOrEqual(t, len(page.Users), int(limit))
			for _, u := range page.Users {
				found = append(found, *u.Username)
			}
		}
		return found
	}
	for _, limit := range []int32{1, 7, 59, 60} {
		assert.Equal(t, names, list("", limit), "limit %d", limit)
		assert.Len(t, list(`username ^= "a"`, limit), 100)
		assert.Equal(t, []string{"b011"}, list(`email = "b011@example.com"`, limit))
		assert.Empty(t, list(`email = "nobody"`, limit))
		assert.Len(t, list(`cognito:user_status = "reset_required"`, limit), 200)
	}
}

// A call adds 1 to 25 custom attributes.
func TestMostCustomAttributes(t *testing.T) {
	m := testpool.New(t, nil)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	attributes := func(n int, prefix string) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(`{"Name":"%s%d","AttributeDataType":"String"}`, prefix, i)
		}
		return `{"UserPoolId":"` + poolID + `","CustomAttributes":[` + strings.Join(list, ",") + `]}`
	}
	w := send(h, idp+"AddCustomAttributes", attributes(26, "a"))
	assert.Equal(t, 400, w.Code, w.Body)
	assert.Contains(t, w.Body.String(), "InvalidParameterException")
	w = send(h, idp+"AddCustomAttributes", attributes(25, "b"))
	assert.Equal(t, 200, w.Code, w.Body)
	pool, err := m.Pool(t.Context(), poolID)
	require.NoError(t, err)
	assert.Len(t, pool.Schema, len(importjob.ClassicSchema())+25)
}
