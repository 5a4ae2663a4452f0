package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	oldPassword = "P@ssw0rd!"
	newPassword = "Correct-horse-1"
)

// TestSignIn tests that imported users sign in with the AWS CLI.
func TestSignIn(t *testing.T) {
	t.Parallel()
	a := newAWS(t, "--auto-verified=email", "--password-hashing-algorithm=BCRYPT")
	a.migrate()
	t.Run("without a hash", a.withoutHash)
	t.Run("with a hash", a.withHash)
	t.Run("secret", a.withSecret)
	t.Run("administrator", a.setsPasswords)
	t.Run("groups", a.groups)
	t.Run("clients", a.clients)
}

// migrate imports ann without a password hash, and bob and carl with one. The AWS CLI has no argument for the algorithm
// of the hashes yet, so importjob runs the job.
func (a awsCLI) migrate() {
	a.t.Helper()
	hash := foreignHash(a.t)
	file := rowsFile(a.t, a.header(), []map[string]string{
		{"cognito:username": "ann", "email": "ann@example.com", "email_verified": "TRUE"},
		{"cognito:username": "bob", "email": "bob@example.com", "email_verified": "TRUE", "password_hash": hash},
		{"cognito:username": "carl", "email": "carl@example.com", "email_verified": "TRUE", "password_hash": hash},
	})
	binary, err := build()
	require.NoError(a.t, err)
	got := run(a.t, a.env(), binary, "run", "--backend=aws", "--endpoint-url="+a.server.url, "--user-pool-id="+poolID, "--password-hashing-algorithm=BCRYPT", file)
	require.Zero(a.t, got.status, got)
}

// foreignHash returns a bcrypt hash of oldPassword that another implementation made.
func foreignHash(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "internal", "passwords", "testdata", "vectors.jsonl"))
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		var v struct{ Algorithm, Password, Hash string }
		require.NoError(t, json.Unmarshal([]byte(line), &v))
		if v.Algorithm == "BCRYPT" && v.Password == oldPassword {
			return v.Hash
		}
	}
	require.Fail(t, "no hash")
	return ""
}

// appClient is an app client as the CLI prints it.
type appClient struct {
	ClientID   string `json:"ClientId"`
	ClientName string
	Secret     string `json:"ClientSecret"`
}

const everyFlow = "ALLOW_USER_PASSWORD_AUTH ALLOW_ADMIN_USER_PASSWORD_AUTH ALLOW_USER_SRP_AUTH ALLOW_REFRESH_TOKEN_AUTH"

// newClient creates an app client that allows every flow.
func (a awsCLI) newClient(more ...string) appClient {
	a.t.Helper()
	var made struct{ UserPoolClient appClient }
	args := append([]string{"cognito-idp", "create-user-pool-client", "--user-pool-id", poolID, "--client-name", "app", "--explicit-auth-flows"}, strings.Fields(everyFlow)...)
	a.json(&made, append(args, more...)...)
	return made.UserPoolClient
}

// signedIn is what the CLI prints of a sign-in.
type signedIn struct {
	ChallengeName, Session string
	ChallengeParameters    map[string]string
	AuthenticationResult   struct{ AccessToken, IDToken, RefreshToken, TokenType string }
}

func passwordOf(name, password string) string {
	return `{"USERNAME": "` + name + `", "PASSWORD": "` + password + `"}`
}

// initiate is the arguments of a sign-in with the flow of users.
func initiate(client appClient, parameters string) []string {
	return []string{"initiate-auth", "--client-id", client.ClientID, "--auth-flow", "USER_PASSWORD_AUTH", "--auth-parameters", parameters}
}

// signIn runs a command that signs in.
func (a awsCLI) signIn(args []string) signedIn {
	a.t.Helper()
	var out signedIn
	a.json(&out, append([]string{"cognito-idp"}, args...)...)
	return out
}

// codeOf returns the last confirmation code of a user.
func (s server) codeOf(name string) string {
	s.t.Helper()
	res, err := http.Get(s.url + "/control/code?" + url.Values{"user_pool_id": {poolID}, "username": {name}}.Encode())
	require.NoError(s.t, err)
	defer res.Body.Close()
	require.Equal(s.t, http.StatusOK, res.StatusCode)
	var shown struct{ Code string }
	require.NoError(s.t, json.NewDecoder(res.Body).Decode(&shown))
	return shown.Code
}

func (a awsCLI) withoutHash(t *testing.T) {
	a.t, a.server.t = t, t
	client := a.newClient()
	a.refused("PasswordResetRequiredException", "Password reset required for the user", initiate(client, passwordOf("ann", oldPassword))...)
	var sent struct {
		CodeDeliveryDetails struct{ AttributeName, DeliveryMedium, Destination string }
	}
	a.json(&sent, "cognito-idp", "forgot-password", "--client-id", client.ClientID, "--username", "ann")
	assert.Equal(t, "a***@e***", sent.CodeDeliveryDetails.Destination)
	code := a.server.codeOf("ann")
	confirm := []string{"confirm-forgot-password", "--client-id", client.ClientID, "--username", "ann", "--password", newPassword, "--confirmation-code"}
	a.refused("CodeMismatchException", "Invalid verification code provided, please try again.", append(confirm, "x"+code[1:])...)
	a.text(append(append([]string{"cognito-idp"}, confirm...), code)...)
	a.refused("ExpiredCodeException", "Invalid code provided, please request a code again.", append(confirm, code)...)
	assert.NotEmpty(t, a.signIn(initiate(client, passwordOf("ann", newPassword))).AuthenticationResult.IDToken)
	var ann poolUser
	a.json(&ann, "cognito-idp", "admin-get-user", "--user-pool-id", poolID, "--username", "ann")
	assert.Equal(t, "CONFIRMED", ann.UserStatus)
}

func (a awsCLI) withHash(t *testing.T) {
	a.t, a.server.t = t, t
	client := a.newClient()
	a.refused("NotAuthorizedException", "Incorrect username or password.", initiate(client, passwordOf("bob", newPassword))...)
	first := a.signIn(initiate(client, passwordOf("bob", oldPassword))).AuthenticationResult
	assert.Equal(t, "Bearer", first.TokenType)
	var bob poolUser
	getUser := []string{"get-user", "--access-token"}
	a.json(&bob, append(append([]string{"cognito-idp"}, getUser...), first.AccessToken)...)
	assert.Equal(t, "bob", bob.Username)
	assert.Contains(t, bob.UserAttributes, attribute{"email", "bob@example.com"})

	refresh := []string{"initiate-auth", "--client-id", client.ClientID, "--auth-flow", "REFRESH_TOKEN_AUTH", "--auth-parameters"}
	refreshed := a.signIn(append(refresh, "REFRESH_TOKEN="+first.RefreshToken)).AuthenticationResult
	assert.Empty(t, refreshed.RefreshToken)
	a.text("cognito-idp", "revoke-token", "--client-id", client.ClientID, "--token", first.RefreshToken)
	a.refused("NotAuthorizedException", "Refresh Token has been revoked", append(refresh, "REFRESH_TOKEN="+first.RefreshToken)...)
	a.refused("NotAuthorizedException", "Access Token has been revoked", append(getUser, refreshed.AccessToken)...)

	second := a.signIn(initiate(client, passwordOf("bob", oldPassword))).AuthenticationResult
	change := []string{"cognito-idp", "change-password", "--access-token", second.AccessToken, "--previous-password", oldPassword, "--proposed-password"}
	a.refused("InvalidPasswordException", "Password did not conform with policy: Password must have uppercase characters", append(change[1:], "weakweak1!")...)
	a.text(append(change, newPassword)...)
	a.text("cognito-idp", "global-sign-out", "--access-token", second.AccessToken)
	a.refused("NotAuthorizedException", "Access Token has been revoked", append(getUser, second.AccessToken)...)
	a.signIn(initiate(client, passwordOf("bob", newPassword)))
}

// withSecretHash returns the parameters of a sign-in with the secret hash of a username.
func withSecretHash(client appClient, name, hashed string) string {
	m := hmac.New(sha256.New, []byte(client.Secret))
	m.Write([]byte(hashed + client.ClientID))
	hash := base64.StdEncoding.EncodeToString(m.Sum(nil))
	return strings.TrimSuffix(passwordOf(name, oldPassword), "}") + `, "SECRET_HASH": "` + hash + `"}`
}

func (a awsCLI) withSecret(t *testing.T) {
	a.t, a.server.t = t, t
	client := a.newClient("--generate-secret")
	a.refused("NotAuthorizedException", "Client "+client.ClientID+" is configured with secret but SECRET_HASH was not received",
		initiate(client, passwordOf("carl", oldPassword))...)
	a.refused("NotAuthorizedException", "Unable to verify secret hash for client "+client.ClientID, initiate(client, withSecretHash(client, "carl", "of another"))...)
	tokens := a.signIn(initiate(client, withSecretHash(client, "carl", "carl"))).AuthenticationResult
	a.refused("UnauthorizedException", "", "revoke-token", "--client-id", client.ClientID, "--token", tokens.RefreshToken)
	a.text("cognito-idp", "revoke-token", "--client-id", client.ClientID, "--client-secret", client.Secret, "--token", tokens.RefreshToken)
}

// setsPasswords sets a temporary and a permanent password of ann, and resets it.
func (a awsCLI) setsPasswords(t *testing.T) {
	a.t, a.server.t = t, t
	client := a.newClient()
	user := []string{"--user-pool-id", poolID, "--username", "ann"}
	set := append([]string{"cognito-idp", "admin-set-user-password"}, user...)
	a.text(append(set, "--password", "Temp0rary!", "--no-permanent")...)
	admin := []string{"admin-initiate-auth", "--user-pool-id", poolID, "--client-id", client.ClientID, "--auth-flow", "ADMIN_USER_PASSWORD_AUTH", "--auth-parameters"}
	respond := []string{"--client-id", client.ClientID, "--challenge-name", "NEW_PASSWORD_REQUIRED", "--challenge-responses",
		`{"USERNAME": "ann", "NEW_PASSWORD": "` + newPassword + `"}`, "--session"}

	asked := a.signIn(append(admin, passwordOf("ann", "Temp0rary!")))
	require.Equal(t, "NEW_PASSWORD_REQUIRED", asked.ChallengeName)
	assert.Equal(t, "ann", asked.ChallengeParameters["USER_ID_FOR_SRP"])
	got := a.signIn(append(append([]string{"admin-respond-to-auth-challenge", "--user-pool-id", poolID}, respond...), asked.Session))
	assert.NotEmpty(t, got.AuthenticationResult.AccessToken)
	a.refused("NotAuthorizedException", "Invalid session for the user, session can only be used once.",
		append(append([]string{"respond-to-auth-challenge"}, respond...), asked.Session)...)

	a.text(append(set, "--password", "Temp0rary!", "--no-permanent")...)
	asked = a.signIn(initiate(client, passwordOf("ann", "Temp0rary!")))
	a.signIn(append(append([]string{"respond-to-auth-challenge"}, respond...), asked.Session))
	a.text(append(set, "--password", oldPassword, "--permanent")...)
	a.signIn(append(admin, passwordOf("ann", oldPassword)))
	a.text(append([]string{"cognito-idp", "admin-reset-user-password"}, user...)...)
	a.refused("PasswordResetRequiredException", "", append(admin, passwordOf("ann", oldPassword))...)
	assert.Len(t, a.server.codeOf("ann"), 6)
}

// groups puts a user into a group, and finds the group in the access token.
func (a awsCLI) groups(t *testing.T) {
	a.t, a.server.t = t, t
	group := []string{"--user-pool-id", poolID, "--group-name", "editors"}
	a.text(append([]string{"cognito-idp", "create-group", "--precedence", "7", "--description", "who edit"}, group...)...)
	a.refused("GroupExistsException", "", append([]string{"create-group"}, group...)...)
	a.text(append([]string{"cognito-idp", "admin-add-user-to-group", "--username", "carl"}, group...)...)
	names := a.text(append([]string{"cognito-idp", "list-users-in-group", "--query", "Users[].Username", "--output", "text"}, group...)...)
	assert.Equal(t, "carl", names)
	names = a.text("cognito-idp", "admin-list-groups-for-user", "--user-pool-id", poolID, "--username", "carl", "--query", "Groups[].GroupName", "--output", "text")
	assert.Equal(t, "editors", names)

	token := a.signIn(initiate(a.newClient(), passwordOf("carl", oldPassword))).AuthenticationResult.AccessToken
	claims, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	require.NoError(t, err)
	assert.Contains(t, string(claims), `"cognito:groups":["editors"]`)

	a.text(append([]string{"cognito-idp", "admin-remove-user-from-group", "--username", "carl"}, group...)...)
	names = a.text(append([]string{"cognito-idp", "list-users-in-group", "--query", "Users[].Username", "--output", "json"}, group...)...)
	assert.Equal(t, "[]", names)
	a.text(append([]string{"cognito-idp", "delete-group"}, group...)...)
	a.refused("ResourceNotFoundException", "Group not found.", append([]string{"get-group"}, group...)...)
}

// clients describes, changes, lists and deletes an app client.
func (a awsCLI) clients(t *testing.T) {
	a.t, a.server.t = t, t
	client := a.newClient("--generate-secret", "--prevent-user-existence-errors", "ENABLED")
	ref := []string{"--user-pool-id", poolID, "--client-id", client.ClientID}
	a.refused("NotAuthorizedException", "Incorrect username or password.", append([]string{"admin-initiate-auth", "--auth-flow", "ADMIN_USER_PASSWORD_AUTH",
		"--auth-parameters", withSecretHash(client, "nobody", "nobody")}, ref...)...)
	var seen struct{ UserPoolClient appClient }
	a.json(&seen, append([]string{"cognito-idp", "describe-user-pool-client"}, ref...)...)
	assert.Equal(t, client, seen.UserPoolClient)
	a.json(&seen, append([]string{"cognito-idp", "update-user-pool-client", "--client-name", "renamed"}, ref...)...)
	assert.Equal(t, "renamed", seen.UserPoolClient.ClientName)
	names := a.text("cognito-idp", "list-user-pool-clients", "--user-pool-id", poolID, "--query", "UserPoolClients[].ClientName", "--output", "text")
	assert.Contains(t, strings.Fields(names), "renamed")
	a.text(append([]string{"cognito-idp", "delete-user-pool-client"}, ref...)...)
	a.refused("ResourceNotFoundException", "User pool client "+client.ClientID+" does not exist.", append([]string{"describe-user-pool-client"}, ref...)...)
}
