package cognitotest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/userpool"
)

func (p *place) tokensFrom(token, secret *string) (*types.AuthenticationResultType, error) {
	p.t.Helper()
	out, err := p.api.GetTokensFromRefreshToken(p.t.Context(), &cognito.GetTokensFromRefreshTokenInput{ClientId: &p.client.ID, RefreshToken: token, ClientSecret: secret})
	if err != nil {
		return nil, err
	}
	return out.AuthenticationResult, nil
}

// Without rotation the refresh token stays usable, and there is no other one.
func TestTokensFromRefreshToken(t *testing.T) {
	p := newPlace(t, nil)
	p.user("ann")
	first := p.signIn("ann")
	for range 2 {
		tokens, err := p.tokensFrom(first.RefreshToken, nil)
		require.NoError(t, err)
		assert.Nil(t, tokens.RefreshToken)
		assert.EqualValues(t, 3600, tokens.ExpiresIn)
		assert.Equal(t, "Bearer", *tokens.TokenType)
		before, after := claims(t, *first.IdToken), claims(t, *tokens.IdToken)
		assert.Equal(t, before["origin_jti"], after["origin_jti"])
		_, err = p.api.GetUser(t.Context(), &cognito.GetUserInput{AccessToken: tokens.AccessToken})
		require.NoError(t, err)
	}
	bad := "a.b.c.d.e"
	_, err := p.tokensFrom(&bad, nil)
	refused(t, err, "NotAuthorizedException", "Invalid Refresh Token.")
	_, err = p.api.GlobalSignOut(t.Context(), &cognito.GlobalSignOutInput{AccessToken: first.AccessToken})
	require.NoError(t, err)
	_, err = p.tokensFrom(first.RefreshToken, nil)
	refused(t, err, "NotAuthorizedException", "Refresh Token has been revoked")
}

// A refresh token that was rotated out stays valid for the grace period, and the new one for no longer than the first.
func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, nil, func(c *userpool.Client) {
			c.Settings = []byte(`{"RefreshTokenRotation":{"Feature":"ENABLED","RetryGracePeriodSeconds":10}}`)
			c.RefreshTokenValidity = time.Hour
		})
		p.user("ann")
		first := p.signIn("ann")
		second, err := p.tokensFrom(first.RefreshToken, nil)
		require.NoError(t, err)
		require.NotNil(t, second.RefreshToken)
		time.Sleep(10*time.Second - time.Millisecond)
		_, err = p.tokensFrom(first.RefreshToken, nil)
		require.NoError(t, err)
		time.Sleep(time.Millisecond)
		_, err = p.tokensFrom(first.RefreshToken, nil)
		refused(t, err, "RefreshTokenReuseException", "The refresh token has been used before.")
		third, err := p.tokensFrom(second.RefreshToken, nil)
		require.NoError(t, err)
		time.Sleep(time.Hour)
		_, err = p.tokensFrom(third.RefreshToken, nil)
		refused(t, err, "NotAuthorizedException", "Refresh Token has expired")
	})
}

func TestTokensFromRefreshTokenOfAClientWithASecret(t *testing.T) {
	secret := strings.Repeat("s", 24)
	p := newPlace(t, nil, func(c *userpool.Client) { c.Secret = secret })
	p.user("ann")
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte("ann" + p.client.ID))
	out, err := p.initiate("USER_PASSWORD_AUTH", map[string]string{"USERNAME": "ann", "PASSWORD": password,
		"SECRET_HASH": base64.StdEncoding.EncodeToString(m.Sum(nil))})
	require.NoError(t, err)
	token := out.AuthenticationResult.RefreshToken
	_, err = p.tokensFrom(token, &secret)
	require.NoError(t, err)
	wrong := secret + "x"
	for _, s := range []*string{nil, &wrong} {
		_, err = p.tokensFrom(token, s)
		refused(t, err, "NotAuthorizedException", "The secret of the client is missing or wrong.")
	}
}
