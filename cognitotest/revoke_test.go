package cognitotest_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/userpool"
)

func TestRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, nil, func(c *userpool.Client) { c.RefreshTokenValidity = 2 * time.Hour })
		p.user("ann")
		first := p.signIn("ann")
		require.Regexp(t, `^eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ\.[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+$`, *first.RefreshToken)
		time.Sleep(90 * time.Minute)
		_, err := p.api.GetUser(t.Context(), &cognito.GetUserInput{AccessToken: first.AccessToken})
		refused(t, err, "NotAuthorizedException", "Access Token has expired")
		for _, flow := range []string{"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"} {
			out, err := p.initiate(flow, map[string]string{"REFRESH_TOKEN": *first.RefreshToken})
			require.NoError(t, err)
			assert.Nil(t, out.AuthenticationResult.RefreshToken)
			before, after := claims(t, *first.IdToken), claims(t, *out.AuthenticationResult.IdToken)
			assert.Equal(t, before["auth_time"], after["auth_time"])
			assert.Equal(t, before["origin_jti"], after["origin_jti"])
			assert.NotEqual(t, before["jti"], after["jti"])
			assert.Equal(t, before["exp"].(float64)+5400, after["exp"])
		}
		time.Sleep(31 * time.Minute)
		_, err = p.initiate("REFRESH_TOKEN", map[string]string{"REFRESH_TOKEN": *first.RefreshToken})
		refused(t, err, "NotAuthorizedException", "Refresh Token has expired")
		for _, bad := range []string{"x", "a.b.c.d.e", strings.Replace(*p.signIn("ann").RefreshToken, ".", ".A", 1)} {
			_, err = p.initiate("REFRESH_TOKEN", map[string]string{"REFRESH_TOKEN": bad})
			refused(t, err, "NotAuthorizedException", "Invalid Refresh Token.")
		}
	})
}

// Tokens that were taken back are refused, and those of a later sign-in at the same moment are not.
func TestTokensTakenBack(t *testing.T) {
	for name, take := range map[string]func(p *place, access, refreshing *string) error{
		"GlobalSignOut": func(p *place, access, _ *string) error {
			_, err := p.api.GlobalSignOut(p.t.Context(), &cognito.GlobalSignOutInput{AccessToken: access})
			return err
		},
		"AdminUserGlobalSignOut": func(p *place, _, _ *string) error {
			_, err := p.api.AdminUserGlobalSignOut(p.t.Context(), &cognito.AdminUserGlobalSignOutInput{UserPoolId: aws.String(poolID), Username: aws.String("ann")})
			return err
		},
		"RevokeToken": func(p *place, _, refreshing *string) error {
			_, err := p.api.RevokeToken(p.t.Context(), &cognito.RevokeTokenInput{ClientId: &p.client.ID, Token: refreshing})
			return err
		},
		"AdminDisableUser, also after AdminEnableUser": func(p *place, _, _ *string) error {
			in := &cognito.AdminDisableUserInput{UserPoolId: aws.String(poolID), Username: aws.String("ann")}
			if _, err := p.api.AdminDisableUser(p.t.Context(), in); err != nil {
				return err
			}
			return p.m.EnableUser(p.t.Context(), ref("ann"))
		},
		"a new user with the name": func(p *place, _, _ *string) error {
			if err := p.m.DeleteUser(p.t.Context(), ref("ann")); err != nil {
				return err
			}
			p.user("ann")
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, nil)
			p.user("ann")
			old := p.signIn("ann")
			_, err := p.api.GetUser(t.Context(), &cognito.GetUserInput{AccessToken: old.AccessToken})
			require.NoError(t, err)
			require.NoError(t, take(p, old.AccessToken, old.RefreshToken))
			_, err = p.api.GetUser(t.Context(), &cognito.GetUserInput{AccessToken: old.AccessToken})
			refused(t, err, "NotAuthorizedException", "Access Token has been revoked")
			_, err = p.initiate("REFRESH_TOKEN", map[string]string{"REFRESH_TOKEN": *old.RefreshToken})
			refused(t, err, "NotAuthorizedException", "Refresh Token has been revoked")
			fresh := p.signIn("ann")
			_, err = p.api.GetUser(t.Context(), &cognito.GetUserInput{AccessToken: fresh.AccessToken})
			require.NoError(t, err)
			require.NoError(t, p.m.DisableUser(t.Context(), ref("ann")))
			_, err = p.api.GetUser(t.Context(), &cognito.GetUserInput{AccessToken: fresh.AccessToken})
			refused(t, err, "NotAuthorizedException", "Access Token has been revoked")
		})
	}
}

func TestRevokeTokenRefusals(t *testing.T) {
	p := newPlace(t, nil)
	p.user("ann")
	tokens := p.signIn("ann")
	ctx := t.Context()
	revoke := func(client userpool.Client, token, secret *string) error {
		_, err := p.api.RevokeToken(ctx, &cognito.RevokeTokenInput{ClientId: &client.ID, Token: token, ClientSecret: secret})
		return err
	}
	require.ErrorContains(t, revoke(p.client, tokens.AccessToken, nil), "UnsupportedTokenTypeException")
	made := func(c userpool.Client) userpool.Client {
		c.ID, c.UserPoolID, c.Name = "", poolID, "other"
		c, err := p.m.CreateClient(ctx, c)
		require.NoError(t, err)
		return c
	}
	secret := strings.Repeat("s", 24)
	guarded := made(userpool.Client{Secret: secret})
	require.ErrorContains(t, revoke(guarded, tokens.RefreshToken, nil), "UnauthorizedException: The secret")
	require.ErrorContains(t, revoke(guarded, tokens.RefreshToken, &secret), "UnauthorizedException: The refresh token belongs to another client")
	everyFlow(&guarded)
	guarded.Secret = ""
	p.client, guarded = made(guarded), p.client
	_, err := p.initiate("REFRESH_TOKEN", map[string]string{"REFRESH_TOKEN": *tokens.RefreshToken})
	refused(t, err, "NotAuthorizedException", "Invalid Refresh Token.")
	p.client = guarded
	off := made(userpool.Client{Settings: []byte(`{"EnableTokenRevocation":false}`)})
	require.ErrorContains(t, revoke(off, tokens.RefreshToken, nil), "UnsupportedOperationException")
	require.NoError(t, revoke(p.client, aws.String("a.b.c.d.e"), nil))
	_, err = p.initiate("REFRESH_TOKEN", map[string]string{"REFRESH_TOKEN": *tokens.RefreshToken})
	require.NoError(t, err)
}

// Only an access token of this pool is one.
func TestInvalidAccessTokens(t *testing.T) {
	p := newPlace(t, nil)
	p.user("ann")
	tokens := p.signIn("ann")
	other := newPlace(t, nil)
	other.user("ann")
	alg := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims(claims(t, *tokens.AccessToken)))
	none, err := alg.SignedString(jwt.UnsafeAllowNoneSignatureType)
	require.NoError(t, err)
	for name, token := range map[string]string{"garbage": "x", "an ID token": *tokens.IdToken, "of another service": *other.signIn("ann").AccessToken,
		"unsigned": none, "cut": (*tokens.AccessToken)[:len(*tokens.AccessToken)-4]} {
		_, err := p.api.GetUser(t.Context(), &cognito.GetUserInput{AccessToken: &token})
		require.Error(t, err, name)
		refused(t, err, "NotAuthorizedException", "Invalid Access Token")
	}
}
