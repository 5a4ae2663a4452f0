package cognitotest_test

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/userpool"
)

const uuidForm = `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`

func without(m map[string]any, names ...string) map[string]any {
	for _, name := range names {
		delete(m, name)
	}
	return m
}

func TestClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, func(pool *importjob.Pool) {
			pool.Schema = importjob.ClassicSchema().With(importjob.CustomAttribute("custom:level", importjob.TypeNumber)).
				With(importjob.CustomAttribute("dev:custom:note", importjob.TypeString))
		}, func(c *userpool.Client) {
			c.AccessTokenValidity, c.IDTokenValidity = 10*time.Minute, 20*time.Minute
		})
		ann := p.user("ann", userpool.Attribute{Name: "email", Value: "a@b.test"}, userpool.Attribute{Name: "email_verified", Value: "True"},
			userpool.Attribute{Name: "custom:level", Value: "7"}, userpool.Attribute{Name: "dev:custom:note", Value: "x"})
		ctx := t.Context()
		precedence := func(n int) *int { return &n }
		for _, g := range []userpool.Group{
			{GroupRef: userpool.GroupRef{UserPoolID: poolID, GroupName: "admins"}, RoleARN: "arn:aws:iam::111111111111:role/admins", Precedence: precedence(2)},
			{GroupRef: userpool.GroupRef{UserPoolID: poolID, GroupName: "readers"}},
			{GroupRef: userpool.GroupRef{UserPoolID: poolID, GroupName: "writers"}, RoleARN: "arn:aws:iam::111111111111:role/writers", Precedence: precedence(1)},
		} {
			_, err := p.m.CreateGroup(ctx, g)
			require.NoError(t, err)
			require.NoError(t, p.m.AddUserToGroup(ctx, ref("ann"), g.GroupName))
		}
		began := time.Now().Unix()
		tokens := p.signIn("ann")
		assert.EqualValues(t, 600, tokens.ExpiresIn)
		id, access := claims(t, *tokens.IdToken), claims(t, *tokens.AccessToken)
		for _, m := range []map[string]any{id, access} {
			for _, name := range []string{"jti", "origin_jti", "event_id"} {
				assert.Regexp(t, uuidForm, m[name], name)
			}
		}
		assert.Equal(t, id["origin_jti"], access["origin_jti"])
		assert.Equal(t, id["event_id"], access["event_id"])
		assert.NotEqual(t, id["jti"], access["jti"])
		issuer := "https://cognito-idp.us-west-2.amazonaws.com/" + poolID
		groups := []any{"admins", "readers", "writers"}
		common := func(more map[string]any, lifetime int64) map[string]any {
			for name, v := range map[string]any{"sub": ann.Sub, "iss": issuer, "auth_time": float64(began), "iat": float64(began),
				"exp": float64(began + lifetime), "cognito:groups": groups} {
				more[name] = v
			}
			return more
		}
		assert.Equal(t, common(map[string]any{
			"aud": p.client.ID, "token_use": "id", "cognito:username": "ann", "email": "a@b.test", "email_verified": true, "custom:level": "7",
			"cognito:roles":          []any{"arn:aws:iam::111111111111:role/admins", "arn:aws:iam::111111111111:role/writers"},
			"cognito:preferred_role": "arn:aws:iam::111111111111:role/writers",
		}, 1200), without(id, "jti", "origin_jti", "event_id"))
		assert.Equal(t, common(map[string]any{
			"client_id": p.client.ID, "token_use": "access", "scope": "aws.cognito.signin.user.admin", "username": "ann",
		}, 600), without(access, "jti", "origin_jti", "event_id"))
		_, err := p.m.UpdateGroup(ctx, userpool.Group{GroupRef: userpool.GroupRef{UserPoolID: poolID, GroupName: "admins"},
			RoleARN: "arn:aws:iam::111111111111:role/admins", Precedence: precedence(1)})
		require.NoError(t, err)
		assert.NotContains(t, claims(t, *p.signIn("ann").IdToken), "cognito:preferred_role", "two roles have the same precedence")
	})
}

// A client reads its ReadAttributes only, in the ID token and in GetUser.
func TestReadAttributes(t *testing.T) {
	p := newPlace(t, nil, func(c *userpool.Client) { c.Settings = []byte(`{"ReadAttributes":["name"]}`) })
	p.user("ann", userpool.Attribute{Name: "name", Value: "Ann"}, userpool.Attribute{Name: "email", Value: "a@b.test"})
	tokens := p.signIn("ann")
	id := claims(t, *tokens.IdToken)
	assert.Equal(t, "Ann", id["name"])
	assert.NotContains(t, id, "email")
	assert.NotContains(t, id, "cognito:groups")
	assert.NotContains(t, claims(t, *tokens.AccessToken), "cognito:groups")
	got, err := p.api.GetUser(t.Context(), &cognito.GetUserInput{AccessToken: tokens.AccessToken})
	require.NoError(t, err)
	var names []string
	for _, a := range got.UserAttributes {
		names = append(names, *a.Name)
	}
	assert.Equal(t, []string{"sub", "name"}, names)
}

// In a pool with UsernameAttributes the sub is the username.
func TestTokensOfUsernameAttributes(t *testing.T) {
	p := newPlace(t, func(pool *importjob.Pool) { pool.UsernameAttributes = []string{"email"} })
	user := p.user("ann@example.com")
	for _, name := range []string{"ann@example.com", user.Sub} {
		tokens := p.signIn(name)
		assert.Equal(t, user.Sub, claims(t, *tokens.AccessToken)["username"])
		assert.Equal(t, user.Sub, claims(t, *tokens.IdToken)["cognito:username"])
	}
}

// document returns a JSON document of the fake.
func (p *place) document(url string) (status int, document map[string]any) {
	p.t.Helper()
	res, err := p.web.Get(url)
	require.NoError(p.t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(p.t, err)
	require.NoError(p.t, json.Unmarshal(body, &document), "%s", body)
	return res.StatusCode, document
}

// A verifier that follows the issuer's documents accepts both tokens.
func TestKeysVerifyTokens(t *testing.T) {
	p := newPlace(t, nil)
	p.user("ann")
	tokens := p.signIn("ann")
	issuer := claims(t, *tokens.IdToken)["iss"].(string)
	status, discovery := p.document(issuer + "/.well-known/openid-configuration")
	require.Equal(t, 200, status)
	assert.Equal(t, issuer, discovery["issuer"])
	status, set := p.document(discovery["jwks_uri"].(string))
	require.Equal(t, 200, status)
	require.Len(t, set["keys"], 2)
	keys := map[any]map[string]any{}
	for _, k := range set["keys"].([]any) {
		key := k.(map[string]any)
		assert.Equal(t, []any{"RS256", "RSA", "sig", "AQAB"}, []any{key["alg"], key["kty"], key["use"], key["e"]})
		keys[key["kid"]] = key
	}
	kids := map[any]bool{}
	for _, token := range []string{*tokens.IdToken, *tokens.AccessToken} {
		parsed, err := jwt.Parse(token, func(tok *jwt.Token) (any, error) {
			assert.Len(t, tok.Header, 2)
			kids[tok.Header["kid"]] = true
			return rsaKey(t, keys[tok.Header["kid"]]["n"].(string)), nil
		}, jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(issuer))
		require.NoError(t, err)
		assert.True(t, parsed.Valid)
	}
	assert.Len(t, kids, 2, "ID and access tokens have different keys")

	status, problem := p.document("http://x.test/us-west-2_other/.well-known/jwks.json")
	assert.Equal(t, 404, status)
	assert.Equal(t, map[string]any{"message": "User pool us-west-2_other does not exist."}, problem)
	status, _ = p.document("http://x.test/" + poolID + "/.well-known/other")
	assert.Equal(t, 404, status)
}

func TestIssuer(t *testing.T) {
	m := testpool.New(t, nil)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m, Issuer: "http://127.0.0.1:9229/"})
	r, err := http.NewRequest(http.MethodGet, "/"+poolID+"/.well-known/openid-configuration", nil)
	require.NoError(t, err)
	w := serve(h, r)
	assert.Contains(t, w.Body.String(), `"issuer":"http://127.0.0.1:9229/`+poolID+`"`)
	assert.Equal(t, "application/json", w.Header().Get("Content-Type"))
}

// rsaKey returns the public key with a modulus and the exponent 65537.
func rsaKey(t testing.TB, n string) *rsa.PublicKey {
	b, err := base64.RawURLEncoding.DecodeString(n)
	require.NoError(t, err)
	return &rsa.PublicKey{N: new(big.Int).SetBytes(b), E: 65537}
}
