package cognitotest_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/srp"
	"github.com/cognito-import/importjob/userpool"
)

// srpSignIn signs in by SRP as a client does, up to the response to PASSWORD_VERIFIER.
func (p *place) srpSignIn(name, word string, change ...func(map[string]string)) (*cognito.RespondToAuthChallengeOutput, error) {
	p.t.Helper()
	secret := make([]byte, 32)
	rand.Read(secret)
	client := srp.NewClient(secret)
	out, err := p.initiate("USER_SRP_AUTH", map[string]string{"USERNAME": name, "SRP_A": client.A()})
	if err != nil {
		return nil, err
	}
	require.Equal(p.t, types.ChallengeNameTypePasswordVerifier, out.ChallengeName)
	assert.Nil(p.t, out.Session, "SECRET_BLOCK has the state")
	_, poolName, _ := strings.Cut(poolID, "_")
	claim, err := client.Claim(poolName, word, out.ChallengeParameters, srp.FormatTimestamp(p.m.Now()))
	require.NoError(p.t, err)
	for _, c := range change {
		c(claim)
	}
	return p.api.RespondToAuthChallenge(context.Background(), &cognito.RespondToAuthChallengeInput{ClientId: &p.client.ID,
		ChallengeName: out.ChallengeName, ChallengeResponses: claim})
}

func TestSignInWithSRP(t *testing.T) {
	p := newPlace(t, func(pool *importjob.Pool) { pool.AliasAttributes = []string{"email"} })
	p.user("ann", userpool.Attribute{Name: "email", Value: "ann@example.com"}, userpool.Attribute{Name: "email_verified", Value: "true"})
	for _, name := range []string{"ann", "ann@example.com"} {
		out, err := p.srpSignIn(name, password)
		require.NoError(t, err)
		assert.Equal(t, "ann", claims(t, *out.AuthenticationResult.AccessToken)["username"])
	}
	_, err := p.srpSignIn("ann", "Wrong-horse-1")
	refused(t, err, "NotAuthorizedException", "Incorrect username or password.")
	for name, text := range map[string]string{
		"PASSWORD_CLAIM_SIGNATURE": "AAAA", "PASSWORD_CLAIM_SECRET_BLOCK": "AAAA", "USERNAME": "bob", "TIMESTAMP": "Tue May 07 00:09:40 UTC 2024",
	} {
		_, err := p.srpSignIn("ann", password, func(claim map[string]string) { claim[name] = text })
		refused(t, err, "NotAuthorizedException", "Incorrect username or password.")
	}
	mine := p.client
	_, err = p.srpSignIn("ann", password, func(map[string]string) {
		other := mine
		other.ID = ""
		p.client, err = p.m.CreateClient(t.Context(), other)
		require.NoError(t, err)
	})
	refused(t, err, "NotAuthorizedException", "Incorrect username or password.")
	p.client = mine
	_, err = p.srpSignIn("ann", password, func(claim map[string]string) { claim["TIMESTAMP"] = "now" })
	refused(t, err, "InvalidParameterException", "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
	for _, a := range []string{"0", "x", "-1"} {
		_, err = p.initiate("USER_SRP_AUTH", map[string]string{"USERNAME": "ann", "SRP_A": a})
		require.ErrorContains(t, err, "InvalidParameterException")
	}
	_, err = p.srpSignIn("nobody", password)
	refused(t, err, "UserNotFoundException", "User does not exist.")
}

// The state of a user shows at the second request. (A75)
func TestStatesAtSRP(t *testing.T) {
	p := newPlace(t, nil)
	ctx := t.Context()
	_, err := p.m.AddUser(ctx, poolID, userpool.User{Username: "reset", Status: userpool.StatusResetRequired})
	require.NoError(t, err)
	p.user("off")
	require.NoError(t, p.m.DisableUser(ctx, ref("off")))
	_, err = p.srpSignIn("reset", "Anything-1")
	refused(t, err, "PasswordResetRequiredException", "Password reset required for the user")
	_, err = p.srpSignIn("off", "Anything-1")
	refused(t, err, "NotAuthorizedException", "Incorrect username or password.")
	_, err = p.srpSignIn("off", password)
	refused(t, err, "NotAuthorizedException", "User is disabled.")
	p.client.HideUserExistence = true
	_, err = p.m.UpdateClient(ctx, p.client)
	require.NoError(t, err)
	for _, name := range []string{"reset", "off", "nobody"} {
		_, err = p.srpSignIn(name, password)
		refused(t, err, "NotAuthorizedException", "Incorrect username or password.")
	}
	var salts, names []string
	for _, name := range []string{"nobody", "nobody", "other"} {
		out, err := p.initiate("USER_SRP_AUTH", map[string]string{"USERNAME": name, "SRP_A": "2"})
		require.NoError(t, err)
		salts, names = append(salts, out.ChallengeParameters["SALT"]), append(names, out.ChallengeParameters["USER_ID_FOR_SRP"])
	}
	assert.Equal(t, salts[0], salts[1])
	assert.Equal(t, names[0], names[1])
	assert.NotEqual(t, salts[0], salts[2])
	assert.NotEqual(t, names[0], names[2])
	assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, names[0])
}

// A SECRET_BLOCK is valid for as long as a session.
func TestSecretBlockExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, nil)
		p.user("ann")
		_, err := p.srpSignIn("ann", password, func(map[string]string) { time.Sleep(3 * time.Minute) })
		require.NoError(t, err)
		_, err = p.srpSignIn("ann", password, func(map[string]string) { time.Sleep(3*time.Minute + time.Second) })
		refused(t, err, "NotAuthorizedException", "Incorrect username or password.")
	})
}

// A temporary password ends at SRP, too. (A81)
func TestTemporaryPasswordExpiresAtSRP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, nil)
		p.user("ann")
		require.NoError(t, p.m.SetPassword(t.Context(), ref("ann"), password, false))
		time.Sleep(7*24*time.Hour - time.Second)
		out, err := p.srpSignIn("ann", password)
		require.NoError(t, err)
		assert.Equal(t, types.ChallengeNameTypeNewPasswordRequired, out.ChallengeName)
		time.Sleep(time.Second)
		_, err = p.srpSignIn("ann", password)
		refused(t, err, "NotAuthorizedException", "Temporary password has expired and must be reset by an administrator.")
		_, err = p.srpSignIn("ann", "Wrong-horse-1")
		refused(t, err, "NotAuthorizedException", "Incorrect username or password.")
	})
}
