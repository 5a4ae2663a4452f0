package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/userpool"
)

const pool = "us-west-2_aaaaaaaaa"

// ok sends an operation that must succeed, and decodes the response.
func (s served) ok(op, body string, v any) {
	s.t.Helper()
	status, answer := s.call(op, body)
	require.Equal(s.t, 200, status, "%s: %s", op, answer)
	if v != nil {
		require.NoError(s.t, json.Unmarshal([]byte(answer), v))
	}
}

// An imported user sets a password with the code that /control shows, and signs in without keys.
func TestServeSignsIn(t *testing.T) {
	s := serving(t, "--control", "--issuer=http://idp.test/")
	job := s.job("CreateUserImportJob", jobInput)
	status, answer := s.upload(job, testdata("users.csv"))
	require.Equal(t, 200, status, answer)
	s.job("StartUserImportJob", named(job))
	var users struct{ Users []struct{ Username string } }
	s.ok("ListUsers", `{"UserPoolId":"`+pool+`"}`, &users)
	name := users.Users[0].Username
	var made struct {
		UserPoolClient struct {
			ClientID string `json:"ClientId"`
		}
	}
	s.ok("CreateUserPoolClient", `{"UserPoolId":"`+pool+`","ClientName":"app","ExplicitAuthFlows":["ALLOW_USER_PASSWORD_AUTH","ALLOW_REFRESH_TOKEN_AUTH"]}`, &made)
	client := made.UserPoolClient.ClientID

	code := "/control/code?" + url.Values{"user_pool_id": {pool}, "username": {name}}.Encode()
	res, answer := s.send(http.MethodGet, code, "", func(*http.Request) {})
	assert.Equal(t, 404, res.StatusCode, answer)
	s.ok("ForgotPassword", fmt.Sprintf(`{"ClientId":%q,"Username":%q}`, client, name), nil)
	var shown struct{ Code, Medium string }
	res, answer = s.send(http.MethodGet, code, "", func(*http.Request) {})
	require.Equal(t, 200, res.StatusCode, answer)
	require.NoError(t, json.Unmarshal([]byte(answer), &shown))
	assert.Regexp(t, `^[0-9]{6}$`, shown.Code)
	res, answer = s.send(http.MethodGet, code, "", func(r *http.Request) { r.Host = "evil.test" })
	assert.Equal(t, 403, res.StatusCode, answer)
	res, _ = s.send(http.MethodGet, "/control/code?username=x", "", func(*http.Request) {})
	assert.Equal(t, 400, res.StatusCode)
	s.ok("ConfirmForgotPassword", fmt.Sprintf(`{"ClientId":%q,"Username":%q,"ConfirmationCode":%q,"Password":"Correct-horse-1"}`, client, name, shown.Code), nil)

	res, answer = s.send(http.MethodPost, "/", fmt.Sprintf(`{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":%q,"AuthParameters":{"USERNAME":%q,"PASSWORD":"Correct-horse-1"}}`, client, name),
		func(r *http.Request) { r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth") })
	require.Equal(t, 200, res.StatusCode, answer)
	assert.Contains(t, answer, `"AccessToken":"`)

	res, answer = s.send(http.MethodGet, "/"+pool+"/.well-known/openid-configuration", "", func(r *http.Request) { r.Header.Set("Origin", "http://localhost:3000") })
	assert.Equal(t, 200, res.StatusCode)
	assert.Contains(t, answer, `"jwks_uri":"http://idp.test/`+pool+`/.well-known/jwks.json"`)
	assert.Equal(t, "*", res.Header.Get("Access-Control-Allow-Origin"))
	res, _ = s.send(http.MethodOptions, "/"+pool+"/.well-known/jwks.json", "", func(r *http.Request) {
		r.Header.Set("Origin", "http://localhost:3000")
		r.Header.Set("Access-Control-Request-Method", "GET")
	})
	assert.Equal(t, "GET", res.Header.Get("Access-Control-Allow-Methods"))
	res, answer = s.send(http.MethodGet, "/"+pool+"/.well-known/jwks.json", "", func(r *http.Request) { r.Host = "evil.test" })
	assert.Equal(t, 403, res.StatusCode, answer)
	assert.NotContains(t, s.stop().err, shown.Code, "a code is in no log")
	assert.NotContains(t, s.stop().err, name)
}

func TestCodesAreBounded(t *testing.T) {
	var c codes
	ref := func(i int) userpool.Ref { return userpool.Ref{UserPoolID: pool, Username: fmt.Sprint(i)} }
	for i := range maxCodes {
		c.add(ref(i), userpool.Code{Code: "1"})
	}
	c.add(ref(0), userpool.Code{Code: "2"})
	c.add(ref(maxCodes), userpool.Code{Code: "3"})
	assert.Len(t, c.order, maxCodes)
	assert.Len(t, c.last, maxCodes)
	_, ok := c.get(ref(1))
	assert.False(t, ok, "the oldest is forgotten")
	newest, ok := c.get(ref(0))
	assert.True(t, ok)
	assert.Equal(t, "2", newest.Code)
}

func TestServeRefusesIssuers(t *testing.T) {
	for _, issuer := range []string{"idp.test", "ftp://idp.test", "http://idp.test?x"} {
		flags := proxyFlags{Issuer: issuer}
		assert.ErrorContains(t, flags.validate(), "--issuer "+issuer)
	}
	for _, issuer := range []string{"", "http://127.0.0.1:9229", "https://idp.test/auth"} {
		flags := proxyFlags{Issuer: issuer}
		assert.NoError(t, flags.validate())
	}
}
