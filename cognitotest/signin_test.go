package cognitotest_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
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

const password = "Correct-horse-1"

// place is a pool with an app client that allows every flow, and the SDK's client of it.
type place struct {
	t      testing.TB
	m      *memory.Cognito
	api    *cognito.Client
	web    *http.Client
	client userpool.Client
	codes  map[string]userpool.Code // the last code of each user
}

// everyFlow is a client that allows every flow.
func everyFlow(c *userpool.Client) {
	c.ExplicitAuthFlows = []string{"ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH",
		"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_AUTH"}
}

func newPlace(t testing.TB, change func(*importjob.Pool), clientChange ...func(*userpool.Client)) *place {
	p := &place{t: t, codes: map[string]userpool.Code{}}
	if change == nil {
		change = func(*importjob.Pool) {}
	}
	p.m = testpool.New(t, nil, change)
	fake := awstest.New(p.m, &cognitotest.Options{Directory: p.m, OnCode: func(ref userpool.Ref, code userpool.Code) {
		assert.Equal(t, poolID, ref.UserPoolID)
		p.codes[ref.Username] = code
	}})
	p.api, p.web = fake.Cognito, fake.HTTPClient
	client := userpool.Client{UserPoolID: poolID, Name: "app"}
	everyFlow(&client)
	for _, c := range clientChange {
		c(&client)
	}
	var err error
	p.client, err = p.m.CreateClient(context.Background(), client)
	require.NoError(t, err)
	return p
}

func ref(name string) userpool.Ref { return userpool.Ref{UserPoolID: poolID, Username: name} }

// user adds a confirmed user with the password.
func (p *place) user(name string, attributes ...userpool.Attribute) userpool.User {
	p.t.Helper()
	ctx := context.Background()
	_, err := p.m.AddUser(ctx, poolID, userpool.User{Username: name, Attributes: userpool.NewAttributes(attributes...)})
	require.NoError(p.t, err)
	require.NoError(p.t, p.m.SetPassword(ctx, ref(name), password, true))
	u, err := p.m.User(ctx, ref(name))
	require.NoError(p.t, err)
	return u
}

func (p *place) initiate(flow string, parameters map[string]string) (*cognito.InitiateAuthOutput, error) {
	return p.api.InitiateAuth(context.Background(), &cognito.InitiateAuthInput{AuthFlow: types.AuthFlowType(flow),
		ClientId: &p.client.ID, AuthParameters: parameters})
}

func (p *place) withPassword(name, word string) (*cognito.InitiateAuthOutput, error) {
	return p.initiate("USER_PASSWORD_AUTH", map[string]string{"USERNAME": name, "PASSWORD": word})
}

// signIn returns the tokens of a user with the password.
func (p *place) signIn(name string) *types.AuthenticationResultType {
	p.t.Helper()
	out, err := p.withPassword(name, password)
	require.NoError(p.t, err)
	require.NotNil(p.t, out.AuthenticationResult)
	return out.AuthenticationResult
}

// refused demands an exception with a text.
func refused(t testing.TB, err error, code, text string) {
	t.Helper()
	require.Error(t, err)
	var e interface {
		ErrorCode() string
		ErrorMessage() string
	}
	require.ErrorAs(t, err, &e)
	assert.Equal(t, code+": "+text, e.ErrorCode()+": "+e.ErrorMessage())
}

// claims returns the claims of a token, unverified.
func claims(t testing.TB, token string) map[string]any {
	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	var m map[string]any
	require.NoError(t, json.Unmarshal(text, &m))
	return m
}

func TestSignInWithPassword(t *testing.T) {
	p := newPlace(t, nil)
	p.user("ann")
	ctx := t.Context()
	out, err := p.withPassword("ann", password)
	require.NoError(t, err)
	assert.Empty(t, out.ChallengeName)
	assert.Nil(t, out.Session)
	assert.EqualValues(t, 3600, out.AuthenticationResult.ExpiresIn)
	assert.Equal(t, "Bearer", *out.AuthenticationResult.TokenType)
	for _, flow := range []types.AuthFlowType{"ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"} {
		admin, err := p.api.AdminInitiateAuth(ctx, &cognito.AdminInitiateAuthInput{AuthFlow: flow, UserPoolId: aws.String(poolID),
			ClientId: &p.client.ID, AuthParameters: map[string]string{"USERNAME": "ann", "PASSWORD": password}})
		require.NoError(t, err)
		assert.NotEmpty(t, *admin.AuthenticationResult.IdToken)
	}
	got, err := p.api.GetUser(ctx, &cognito.GetUserInput{AccessToken: out.AuthenticationResult.AccessToken})
	require.NoError(t, err)
	assert.Equal(t, "ann", *got.Username)
}

// Each state of a user has its error, which a client can hide.
func TestStatesOfUsers(t *testing.T) {
	for _, hide := range []bool{false, true} {
		p := newPlace(t, nil, func(c *userpool.Client) { c.HideUserExistence = hide })
		ctx := t.Context()
		ann := p.user("ann")
		for name, status := range map[string]userpool.Status{"reset": userpool.StatusResetRequired, "new": userpool.StatusUnconfirmed} {
			_, err := p.m.AddUser(ctx, poolID, userpool.User{Username: name, Status: status})
			require.NoError(t, err)
		}
		p.user("off")
		require.NoError(t, p.m.DisableUser(ctx, ref("off")))
		for _, c := range []struct{ name, code, text string }{
			{"ann", "NotAuthorizedException", "Incorrect username or password."},
			{"nobody", "UserNotFoundException", "User does not exist."},
			{ann.Sub, "UserNotFoundException", "User does not exist."},
			{"reset", "PasswordResetRequiredException", "Password reset required for the user"},
			{"new", "UserNotConfirmedException", "User is not confirmed."},
			{"off", "NotAuthorizedException", "User is disabled."},
		} {
			if hide {
				c.code, c.text = "NotAuthorizedException", "Incorrect username or password."
			}
			_, err := p.withPassword(c.name, "Wrong-horse-1")
			refused(t, err, c.code, c.text)
		}
	}
}

func TestFlowsOfClients(t *testing.T) {
	p := newPlace(t, nil, func(c *userpool.Client) { c.ExplicitAuthFlows = []string{"ALLOW_USER_AUTH"} })
	p.user("ann")
	all := map[string]string{"USERNAME": "ann", "PASSWORD": password, "SRP_A": "2", "REFRESH_TOKEN": "x"}
	for flow, text := range map[string]string{
		"USER_PASSWORD_AUTH": "USER_PASSWORD_AUTH flow not enabled for this client", "USER_SRP_AUTH": "USER_SRP_AUTH is not enabled for the client.",
		"REFRESH_TOKEN_AUTH": "Auth flow not enabled for this client", "CUSTOM_AUTH": "Auth flow not enabled for this client",
		"ADMIN_NO_SRP_AUTH": "Initiate Auth method not supported.", "ADMIN_USER_PASSWORD_AUTH": "Initiate Auth method not supported.",
	} {
		_, err := p.initiate(flow, all)
		refused(t, err, "InvalidParameterException", text)
	}
	_, err := p.initiate("USER_AUTH", all)
	refused(t, err, "UnsupportedOperationException", "The flow USER_AUTH is not simulated: use USER_PASSWORD_AUTH or USER_SRP_AUTH.")
	for flow, text := range map[string]string{"ADMIN_USER_PASSWORD_AUTH": "Auth flow not enabled for this client",
		"USER_SRP_AUTH": "Auth flow not enabled for this client", "USER_PASSWORD_AUTH": "Initiate Auth method not supported."} {
		_, err := p.api.AdminInitiateAuth(t.Context(), &cognito.AdminInitiateAuthInput{AuthFlow: types.AuthFlowType(flow),
			UserPoolId: aws.String(poolID), ClientId: &p.client.ID, AuthParameters: all})
		refused(t, err, "InvalidParameterException", text)
	}
	for _, c := range []struct {
		flows []string
		can   string
	}{
		{nil, "USER_SRP_AUTH REFRESH_TOKEN_AUTH CUSTOM_AUTH"},
		{[]string{"USER_PASSWORD_AUTH"}, "USER_PASSWORD_AUTH USER_SRP_AUTH REFRESH_TOKEN_AUTH"},
		{[]string{"CUSTOM_AUTH_FLOW_ONLY"}, "REFRESH_TOKEN_AUTH CUSTOM_AUTH"},
		{[]string{"ALLOW_USER_PASSWORD_AUTH"}, "USER_PASSWORD_AUTH"},
	} {
		p := newPlace(t, nil, func(client *userpool.Client) { client.ExplicitAuthFlows = c.flows })
		p.user("ann")
		var can []string
		for _, flow := range []string{"USER_PASSWORD_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "CUSTOM_AUTH"} {
			if _, err := p.initiate(flow, all); err == nil || !strings.Contains(err.Error(), "not enabled") {
				can = append(can, flow)
			}
		}
		assert.Equal(t, c.can, strings.Join(can, " "), c.flows)
	}
}

func TestMissingParameters(t *testing.T) {
	p := newPlace(t, nil)
	for flow, names := range map[string][]string{"USER_PASSWORD_AUTH": {"USERNAME", "PASSWORD"}, "USER_SRP_AUTH": {"USERNAME", "SRP_A"}, "REFRESH_TOKEN": {"REFRESH_TOKEN"}} {
		values := map[string]string{}
		for _, name := range names {
			_, err := p.initiate(flow, values)
			refused(t, err, "InvalidParameterException", "Missing required parameter "+name)
			values[name] = "x"
		}
	}
	p.client.ID = "nobody"
	_, err := p.withPassword("ann", "x")
	refused(t, err, "ResourceNotFoundException", "User pool client nobody does not exist.")
}

// The hash of the guide's example.
func TestSecretHash(t *testing.T) {
	const secret, id, hash = "13ka4h7u28d9oo44tqpq9djqsfvhvu8rk4d2ighvpu0k8fj1c2r9", "1example23456789", "tWzEe3Ij3AZfZuxyP1t5vqzCnX/L3ssHhhyaf+YGRno="
	p := newPlace(t, nil, func(c *userpool.Client) { c.ID, c.Secret = id, secret })
	p.user("alice", userpool.Attribute{Name: "email", Value: "alice@example.com"}, userpool.Attribute{Name: "email_verified", Value: "true"})
	values := map[string]string{"USERNAME": "alice", "PASSWORD": password}
	_, err := p.initiate("USER_PASSWORD_AUTH", values)
	refused(t, err, "NotAuthorizedException", "Client 1example23456789 is configured with secret but SECRET_HASH was not received")
	values["SECRET_HASH"] = hash[1:]
	_, err = p.initiate("USER_PASSWORD_AUTH", values)
	refused(t, err, "NotAuthorizedException", "Unable to verify secret hash for client 1example23456789")
	values["SECRET_HASH"] = hash
	out, err := p.initiate("USER_PASSWORD_AUTH", values)
	require.NoError(t, err)

	again := map[string]string{"REFRESH_TOKEN": *out.AuthenticationResult.RefreshToken}
	_, err = p.initiate("REFRESH_TOKEN_AUTH", again)
	require.ErrorContains(t, err, "SECRET_HASH was not received")
	again["SECRET_HASH"] = hash
	_, err = p.initiate("REFRESH_TOKEN_AUTH", again)
	require.NoError(t, err)

	_, err = p.api.ForgotPassword(t.Context(), &cognito.ForgotPasswordInput{ClientId: &p.client.ID, Username: aws.String("alice")})
	require.ErrorContains(t, err, "SECRET_HASH was not received")
	_, err = p.api.ForgotPassword(t.Context(), &cognito.ForgotPasswordInput{ClientId: &p.client.ID, Username: aws.String("alice"), SecretHash: aws.String(hash)})
	require.NoError(t, err)
}
