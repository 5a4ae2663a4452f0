package cognitotest_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// signInOperations are the operations on app clients, passwords and tokens, in a fixed order.
var signInOperations = slices.Sorted(maps.Keys(signInRequests()))

// signInRequests are good requests for them, or nearly good ones: a token that is valid is no constant.
func signInRequests() map[string]string {
	const client, pool, user = `"ClientId":"edgeclient"`, `"UserPoolId":"` + poolID + `"`, `"Username":"pat"`
	const settings = `,"ExplicitAuthFlows":["ALLOW_USER_SRP_AUTH"],"RefreshTokenValidity":30,"AccessTokenValidity":1,"IdTokenValidity":1,` +
		`"TokenValidityUnits":{"AccessToken":"hours","IdToken":"hours","RefreshToken":"days"},"ReadAttributes":["email"],"WriteAttributes":["email"],` +
		`"CallbackURLs":["https://a.test"],"DefaultRedirectURI":"https://a.test","AllowedOAuthFlows":["code"],"AllowedOAuthFlowsUserPoolClient":true,` +
		`"AnalyticsConfiguration":{"ApplicationId":"x","UserDataShared":true},"PreventUserExistenceErrors":"ENABLED","EnableTokenRevocation":true,` +
		`"AuthSessionValidity":3,"RefreshTokenRotation":{"Feature":"ENABLED","RetryGracePeriodSeconds":1}}`
	const parameters = `"AuthParameters":{"USERNAME":"pat","PASSWORD":"` + password + `","SRP_A":"ab","REFRESH_TOKEN":"a.b.c.d.e","SECRET_HASH":"x"}`
	const responses = `"Session":"AYABeAAAAAAAAAAAAAAA","ChallengeResponses":{"USERNAME":"pat","NEW_PASSWORD":"` + password + `","userAttributes.name":"Pat",` +
		`"PASSWORD_CLAIM_SIGNATURE":"AAAA","PASSWORD_CLAIM_SECRET_BLOCK":"AAAA","TIMESTAMP":"Tue May 7 00:09:40 UTC 2024","SECRET_HASH":"x"}`
	return map[string]string{
		idp + "CreateUserPoolClient":        `{` + pool + `,"ClientName":"a","GenerateSecret":true` + settings,
		idp + "UpdateUserPoolClient":        `{` + pool + `,` + client + `,"ClientName":"a"` + settings,
		idp + "DescribeUserPoolClient":      `{` + pool + `,` + client + `}`,
		idp + "ListUserPoolClients":         `{` + pool + `,"MaxResults":1,"NextToken":null}`,
		idp + "DeleteUserPoolClient":        `{` + pool + `,` + client + `}`,
		idp + "InitiateAuth":                `{"AuthFlow":"USER_SRP_AUTH",` + client + `,` + parameters + `}`,
		idp + "AdminInitiateAuth":           `{"AuthFlow":"REFRESH_TOKEN_AUTH",` + pool + `,` + client + `,` + parameters + `}`,
		idp + "RespondToAuthChallenge":      `{"ChallengeName":"PASSWORD_VERIFIER",` + client + `,` + responses + `}`,
		idp + "AdminRespondToAuthChallenge": `{"ChallengeName":"NEW_PASSWORD_REQUIRED",` + pool + `,` + client + `,` + responses + `}`,
		idp + "AdminSetUserPassword":        `{` + pool + `,` + user + `,"Password":"` + password + `","Permanent":true}`,
		idp + "AdminResetUserPassword":      `{` + pool + `,` + user + `}`,
		idp + "ForgotPassword":              `{` + client + `,` + user + `,"SecretHash":"x"}`,
		idp + "ConfirmForgotPassword":       `{` + client + `,` + user + `,"SecretHash":"x","ConfirmationCode":"123456","Password":"` + password + `"}`,
		idp + "ChangePassword":              `{"AccessToken":"a.b.c","PreviousPassword":"` + password + `","ProposedPassword":"` + password + `"}`,
		idp + "GetUser":                     `{"AccessToken":"a.b.c"}`,
		idp + "GlobalSignOut":               `{"AccessToken":"a.b.c"}`,
		idp + "AdminUserGlobalSignOut":      `{` + pool + `,` + user + `}`,
		idp + "RevokeToken":                 `{"Token":"a.b.c.d.e",` + client + `,"ClientSecret":null}`,
		idp + "GetTokensFromRefreshToken":   `{"RefreshToken":"a.b.c.d.e",` + client + `,"ClientSecret":null}`,
	}
}

// addSignIn adds what signInRequests name: an app client that allows every flow, and a user with a password.
func addSignIn(t testing.TB, m *memory.Cognito) {
	ctx := context.Background()
	client := userpool.Client{ID: "edgeclient", UserPoolID: poolID, Name: "edges"}
	everyFlow(&client)
	_, err := m.CreateClient(ctx, client)
	require.NoError(t, err)
	_, err = m.AddUser(ctx, poolID, userpool.User{Username: "pat", Attributes: userpool.NewAttributes(verified("pat@example.com")...)})
	require.NoError(t, err)
	require.NoError(t, m.SetPassword(ctx, ref("pat"), password, true))
}
