package cognitotest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/userpool"
)

// A client that was created with nothing but flows has the service's defaults.
func TestClientDefaults(t *testing.T) {
	p := newPlace(t, nil)
	out, err := p.api.CreateUserPoolClient(t.Context(), &cognito.CreateUserPoolClientInput{UserPoolId: aws.String(poolID), ClientName: aws.String("web"),
		ExplicitAuthFlows: []types.ExplicitAuthFlowsType{"ALLOW_USER_SRP_AUTH"}})
	require.NoError(t, err)
	c := out.UserPoolClient
	assert.Regexp(t, `^[0-9a-v]{26}$`, *c.ClientId)
	assert.WithinDuration(t, time.Now(), *c.CreationDate, time.Minute)
	assert.Equal(t, &types.UserPoolClientType{
		UserPoolId: aws.String(poolID), ClientId: c.ClientId, ClientName: aws.String("web"), CreationDate: c.CreationDate, LastModifiedDate: c.CreationDate,
		ExplicitAuthFlows: []types.ExplicitAuthFlowsType{"ALLOW_USER_SRP_AUTH"}, RefreshTokenValidity: 30, AuthSessionValidity: aws.Int32(3),
		AllowedOAuthFlowsUserPoolClient: aws.Bool(false), EnableTokenRevocation: aws.Bool(true), EnablePropagateAdditionalUserContextData: aws.Bool(false),
	}, c)
	described, err := p.api.DescribeUserPoolClient(t.Context(), &cognito.DescribeUserPoolClientInput{UserPoolId: aws.String(poolID), ClientId: c.ClientId})
	require.NoError(t, err)
	assert.Equal(t, c, described.UserPoolClient)
}

// Every setting comes back, and those that matter take effect.
func TestClientSettings(t *testing.T) {
	p := newPlace(t, nil)
	ctx := t.Context()
	created, err := p.api.CreateUserPoolClient(ctx, &cognito.CreateUserPoolClientInput{
		UserPoolId: aws.String(poolID), ClientName: aws.String("web"), GenerateSecret: true,
		RefreshTokenValidity: 2, AccessTokenValidity: aws.Int32(10), IdTokenValidity: aws.Int32(20),
		TokenValidityUnits:         &types.TokenValidityUnitsType{AccessToken: "minutes", IdToken: "minutes"},
		ReadAttributes:             []string{"email"},
		WriteAttributes:            []string{"email", "name"},
		ExplicitAuthFlows:          []types.ExplicitAuthFlowsType{"ALLOW_USER_PASSWORD_AUTH"},
		SupportedIdentityProviders: []string{"COGNITO"}, CallbackURLs: []string{"https://a.test"}, LogoutURLs: []string{"https://b.test"},
		DefaultRedirectURI: aws.String("https://a.test"), AllowedOAuthFlows: []types.OAuthFlowType{"code"}, AllowedOAuthScopes: []string{"openid"},
		AllowedOAuthFlowsUserPoolClient: true, PreventUserExistenceErrors: "ENABLED", EnableTokenRevocation: aws.Bool(false),
		EnablePropagateAdditionalUserContextData: aws.Bool(true), AuthSessionValidity: aws.Int32(15),
		AnalyticsConfiguration: &types.AnalyticsConfigurationType{ApplicationId: aws.String("x"), UserDataShared: true},
		RefreshTokenRotation:   &types.RefreshTokenRotationType{Feature: "DISABLED", RetryGracePeriodSeconds: aws.Int32(5)},
	})
	require.NoError(t, err)
	c := created.UserPoolClient
	assert.Regexp(t, `^[0-9a-v]{52}$`, *c.ClientSecret)
	assert.Equal(t, &types.TokenValidityUnitsType{AccessToken: "minutes", IdToken: "minutes", RefreshToken: "days"}, c.TokenValidityUnits)
	assert.Equal(t, []any{int32(2), int32(10), int32(20), int32(15)}, []any{c.RefreshTokenValidity, *c.AccessTokenValidity, *c.IdTokenValidity, *c.AuthSessionValidity})
	assert.Equal(t, []string{"email", "name"}, c.WriteAttributes)
	assert.Equal(t, []string{"https://a.test"}, c.CallbackURLs)
	assert.Equal(t, &types.RefreshTokenRotationType{Feature: "DISABLED", RetryGracePeriodSeconds: aws.Int32(5)}, c.RefreshTokenRotation)
	assert.Equal(t, &types.AnalyticsConfigurationType{ApplicationId: aws.String("x"), UserDataShared: true}, c.AnalyticsConfiguration)
	stored, err := p.m.Client(ctx, *c.ClientId)
	require.NoError(t, err)
	assert.True(t, stored.HideUserExistence)
	assert.Equal(t, []time.Duration{10 * time.Minute, 20 * time.Minute, 48 * time.Hour, 15 * time.Minute},
		[]time.Duration{stored.AccessTokenValidity, stored.IDTokenValidity, stored.RefreshTokenValidity, stored.AuthSessionValidity})

	updated, err := p.api.UpdateUserPoolClient(ctx, &cognito.UpdateUserPoolClientInput{UserPoolId: aws.String(poolID), ClientId: c.ClientId})
	require.NoError(t, err)
	assert.Equal(t, &types.UserPoolClientType{
		UserPoolId: aws.String(poolID), ClientId: c.ClientId, ClientName: aws.String("web"), ClientSecret: c.ClientSecret, CreationDate: c.CreationDate,
		LastModifiedDate: updated.UserPoolClient.LastModifiedDate, RefreshTokenValidity: 30, AuthSessionValidity: aws.Int32(3),
		AllowedOAuthFlowsUserPoolClient: aws.Bool(false), EnableTokenRevocation: aws.Bool(true), EnablePropagateAdditionalUserContextData: aws.Bool(false),
	}, updated.UserPoolClient, "what an update does not say becomes the default")
}

func TestClientsOfPools(t *testing.T) {
	p := newPlace(t, nil)
	ctx := t.Context()
	var created []string
	for _, name := range []string{"a", "b", "c"} {
		out, err := p.api.CreateUserPoolClient(ctx, &cognito.CreateUserPoolClientInput{UserPoolId: aws.String(poolID), ClientName: &name, ClientSecret: aws.String(strings.Repeat("s", 24))})
		require.NoError(t, err)
		created = append(created, *out.UserPoolClient.ClientId)
		assert.Equal(t, strings.Repeat("s", 24), *out.UserPoolClient.ClientSecret)
	}
	var listed []string
	for pages := cognito.NewListUserPoolClientsPaginator(p.api, &cognito.ListUserPoolClientsInput{UserPoolId: aws.String(poolID), MaxResults: aws.Int32(2)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		require.NoError(t, err)
		for _, c := range page.UserPoolClients {
			listed = append(listed, *c.ClientId)
		}
	}
	assert.Equal(t, append([]string{p.client.ID}, created...), listed)

	other, err := p.m.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{Name: "other"}})
	require.NoError(t, err)
	for _, pool := range []string{other.ID, "us-west-2_none"} {
		_, err = p.api.DescribeUserPoolClient(ctx, &cognito.DescribeUserPoolClientInput{UserPoolId: &pool, ClientId: &created[0]})
		var notFound *types.ResourceNotFoundException
		require.ErrorAs(t, err, &notFound)
	}
	_, err = p.api.DeleteUserPoolClient(ctx, &cognito.DeleteUserPoolClientInput{UserPoolId: &other.ID, ClientId: &created[0]})
	refused(t, err, "ResourceNotFoundException", "User pool client "+created[0]+" does not exist.")
	_, err = p.api.DeleteUserPoolClient(ctx, &cognito.DeleteUserPoolClientInput{UserPoolId: aws.String(poolID), ClientId: &created[0]})
	require.NoError(t, err)
	_, err = p.api.DescribeUserPoolClient(ctx, &cognito.DescribeUserPoolClientInput{UserPoolId: aws.String(poolID), ClientId: &created[0]})
	require.ErrorContains(t, err, "ResourceNotFoundException")
}

// A client that was created by the Client's own methods has settings, too.
func TestClientWithoutSettings(t *testing.T) {
	p := newPlace(t, nil, func(c *userpool.Client) { c.AccessTokenValidity, c.AuthSessionValidity = time.Hour, 5*time.Minute })
	out, err := p.api.DescribeUserPoolClient(t.Context(), &cognito.DescribeUserPoolClientInput{UserPoolId: aws.String(poolID), ClientId: &p.client.ID})
	require.NoError(t, err)
	assert.EqualValues(t, 3600, *out.UserPoolClient.AccessTokenValidity)
	assert.Equal(t, &types.TokenValidityUnitsType{AccessToken: "seconds", IdToken: "hours", RefreshToken: "days"}, out.UserPoolClient.TokenValidityUnits)
	assert.EqualValues(t, 5, *out.UserPoolClient.AuthSessionValidity)
	assert.Len(t, out.UserPoolClient.ExplicitAuthFlows, 6)
}

func TestClientRefusals(t *testing.T) {
	m := testpool.New(t, nil)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	for _, c := range []struct{ members, code string }{
		{`"ExplicitAuthFlows":["ALLOW_USER_SRP_AUTH","USER_PASSWORD_AUTH"]`, "InvalidParameterException"},
		{`"ExplicitAuthFlows":["ALLOW_NOTHING"]`, "InvalidParameterException"},
		{`"ExplicitAuthFlows":"ALLOW_USER_SRP_AUTH"`, "SerializationException"},
		{`"GenerateSecret":true,"ClientSecret":"ssssssssssssssssssssssss"`, "InvalidParameterException"},
		{`"ClientSecret":"short"`, "InvalidParameterException"},
		{`"AccessTokenValidity":25`, "InvalidParameterException"},
		{`"AccessTokenValidity":4,"TokenValidityUnits":{"AccessToken":"minutes"}`, "InvalidParameterException"},
		{`"RefreshTokenValidity":3651`, "InvalidParameterException"},
		{`"RefreshTokenValidity":315360000`, "InvalidParameterException"},
		{`"TokenValidityUnits":{"AccessToken":"weeks"}`, "InvalidParameterException"},
		{`"AuthSessionValidity":2`, "InvalidParameterException"},
		{`"PreventUserExistenceErrors":"YES"`, "InvalidParameterException"},
		{`"ReadAttributes":5`, "SerializationException"},
		{`"AnalyticsConfiguration":{"UserDataShared":"no"}`, "SerializationException"},
	} {
		w := send(h, idp+"CreateUserPoolClient", `{"UserPoolId":"`+poolID+`","ClientName":"a",`+c.members+`}`)
		assert.Contains(t, w.Body.String(), `{"__type":"`+c.code+`"`, c.members)
	}
	for _, members := range []string{`"AccessTokenValidity":24`, `"RefreshTokenValidity":3650`, `"AccessTokenValidity":5,"TokenValidityUnits":{"AccessToken":"minutes"}`, `"RefreshTokenValidity":0`} {
		w := send(h, idp+"CreateUserPoolClient", `{"UserPoolId":"`+poolID+`","ClientName":"a",`+members+`}`)
		assert.Equal(t, 200, w.Code, "%s %s", members, w.Body)
	}
}
