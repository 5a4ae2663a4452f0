package cognitotest_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// temporary adds a user with the password as a temporary one.
func (p *place) temporary(name string, attributes ...userpool.Attribute) {
	p.t.Helper()
	ctx := context.Background()
	_, err := p.m.AddUser(ctx, poolID, userpool.User{Username: name, Attributes: userpool.NewAttributes(attributes...)})
	require.NoError(p.t, err)
	require.NoError(p.t, p.m.SetPassword(ctx, ref(name), password, false))
}

func (p *place) respond(name types.ChallengeNameType, session *string, responses map[string]string) (*cognito.RespondToAuthChallengeOutput, error) {
	return p.api.RespondToAuthChallenge(context.Background(), &cognito.RespondToAuthChallengeInput{ClientId: &p.client.ID,
		ChallengeName: name, Session: session, ChallengeResponses: responses})
}

func TestNewPasswordRequired(t *testing.T) {
	p := newPlace(t, nil)
	p.temporary("ann", userpool.Attribute{Name: "email", Value: "a@b.test"}, userpool.Attribute{Name: "name", Value: "Ann"})
	out, err := p.withPassword("ann", password)
	require.NoError(t, err)
	require.Equal(t, types.ChallengeNameTypeNewPasswordRequired, out.ChallengeName)
	assert.Nil(t, out.AuthenticationResult)
	assert.Equal(t, "ann", out.ChallengeParameters["USER_ID_FOR_SRP"])
	assert.Equal(t, "[]", out.ChallengeParameters["requiredAttributes"])
	var has map[string]string
	require.NoError(t, json.Unmarshal([]byte(out.ChallengeParameters["userAttributes"]), &has))
	assert.Equal(t, map[string]string{"email": "a@b.test", "name": "Ann"}, has)
	assert.True(t, strings.HasPrefix(*out.Session, "AYABe"), *out.Session)
	assert.LessOrEqual(t, len(*out.Session), 2048)

	for _, c := range []struct {
		responses  map[string]string
		code, text string
	}{
		{map[string]string{"USERNAME": "ann"}, "InvalidParameterException", "Missing required parameter NEW_PASSWORD"},
		{map[string]string{"USERNAME": "ann", "NEW_PASSWORD": "short"}, "InvalidPasswordException", "Password does not conform to policy: Password not long enough"},
		{map[string]string{"USERNAME": "bob", "NEW_PASSWORD": password}, "NotAuthorizedException", "Invalid session for the user."},
		{map[string]string{"USERNAME": "ann", "NEW_PASSWORD": password, "userAttributes.email": "a@b.test"}, "NotAuthorizedException", "Cannot modify an already provided email"},
	} {
		_, err := p.respond("NEW_PASSWORD_REQUIRED", out.Session, c.responses)
		refused(t, err, c.code, c.text)
	}
	garbage := "AYABe" + strings.Repeat("A", 40)
	good := map[string]string{"USERNAME": "ann", "NEW_PASSWORD": password + "2", "userAttributes.given_name": "Ann", "PASSWORD_CLAIM_SIGNATURE": "x"}
	_, err = p.respond("NEW_PASSWORD_REQUIRED", &garbage, good)
	refused(t, err, "NotAuthorizedException", "Invalid session for the user.")
	done, err := p.respond("NEW_PASSWORD_REQUIRED", out.Session, good)
	require.NoError(t, err)
	assert.Equal(t, "Ann", claims(t, *done.AuthenticationResult.IdToken)["given_name"])
	ann, err := p.m.User(t.Context(), ref("ann"))
	require.NoError(t, err)
	assert.Equal(t, userpool.StatusConfirmed, ann.Status)
	_, err = p.respond("NEW_PASSWORD_REQUIRED", out.Session, good)
	refused(t, err, "NotAuthorizedException", "Invalid session for the user, session can only be used once.")
	_, err = p.withPassword("ann", password)
	refused(t, err, "NotAuthorizedException", "Incorrect username or password.")
	_, err = p.withPassword("ann", password+"2")
	require.NoError(t, err)
}

// strict is a directory that added users before it required a name.
type strict struct{ *memory.Cognito }

func (s strict) DescribePool(ctx context.Context, id string) (userpool.Pool, error) {
	pool, err := s.Cognito.DescribePool(ctx, id)
	for i := range pool.Schema {
		pool.Schema[i].Required = pool.Schema[i].Name == "sub" || pool.Schema[i].Name == "name"
	}
	return pool, err
}

// An attribute that the pool requires and the user lacks is asked for.
func TestNewPasswordNeedsRequiredAttributes(t *testing.T) {
	p := newPlace(t, nil)
	p.api = awstest.New(p.m, &cognitotest.Options{Directory: strict{p.m}}).Cognito
	p.temporary("ann")
	out, err := p.srpSignIn("ann", password)
	require.NoError(t, err)
	require.Equal(t, types.ChallengeNameTypeNewPasswordRequired, out.ChallengeName)
	assert.Equal(t, `["userAttributes.name"]`, out.ChallengeParameters["requiredAttributes"])
	responses := map[string]string{"USERNAME": "ann", "NEW_PASSWORD": password}
	_, err = p.respond("NEW_PASSWORD_REQUIRED", out.Session, responses)
	refused(t, err, "InvalidParameterException", "Invalid attributes given, name is missing")
	responses["userAttributes.name"] = "Ann"
	done, err := p.api.AdminRespondToAuthChallenge(t.Context(), &cognito.AdminRespondToAuthChallengeInput{UserPoolId: aws.String(poolID), ClientId: &p.client.ID,
		ChallengeName: "NEW_PASSWORD_REQUIRED", Session: out.Session, ChallengeResponses: responses})
	require.NoError(t, err)
	assert.Equal(t, "Ann", claims(t, *done.AuthenticationResult.IdToken)["name"])
}

func TestSessionsExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t, nil, func(c *userpool.Client) { c.AuthSessionValidity = 5 * time.Minute })
		p.temporary("ann")
		responses := map[string]string{"USERNAME": "ann", "NEW_PASSWORD": password}
		late, err := p.withPassword("ann", password)
		require.NoError(t, err)
		time.Sleep(time.Second)
		out, err := p.withPassword("ann", password)
		require.NoError(t, err)
		time.Sleep(5 * time.Minute)
		_, err = p.respond("NEW_PASSWORD_REQUIRED", late.Session, responses)
		refused(t, err, "NotAuthorizedException", "Invalid session for the user, session is expired.")
		other, err := p.m.CreateClient(t.Context(), userpool.Client{UserPoolID: poolID, Name: "other"})
		require.NoError(t, err)
		p.client, other = other, p.client
		_, err = p.respond("NEW_PASSWORD_REQUIRED", out.Session, responses)
		refused(t, err, "NotAuthorizedException", "Invalid session for the user.")
		p.client = other
		_, err = p.respond("NEW_PASSWORD_REQUIRED", out.Session, responses)
		require.NoError(t, err)
	})
}

func TestMFAIsNotSimulated(t *testing.T) {
	p := newPlace(t, func(pool *importjob.Pool) { pool.MFA = importjob.MFAOn })
	p.user("ann")
	out, err := p.withPassword("ann", password)
	require.NoError(t, err)
	require.Equal(t, types.ChallengeNameTypeMfaSetup, out.ChallengeName)
	assert.Equal(t, `["SOFTWARE_TOKEN_MFA"]`, out.ChallengeParameters["MFAS_CAN_SETUP"])
	_, err = p.respond("MFA_SETUP", out.Session, map[string]string{"USERNAME": "ann"})
	refused(t, err, "UnsupportedOperationException", "Multi-factor authentication is not simulated: turn it off in the pool to get tokens.")
	_, err = p.respond("NEW_PASSWORD_REQUIRED", out.Session, map[string]string{"USERNAME": "ann", "NEW_PASSWORD": password})
	refused(t, err, "NotAuthorizedException", "Invalid session for the user.")
	_, err = p.respond("CUSTOM_CHALLENGE", out.Session, map[string]string{"USERNAME": "ann"})
	refused(t, err, "UnsupportedOperationException", "The challenge CUSTOM_CHALLENGE is not simulated.")
	p.temporary("bob")
	out, err = p.withPassword("bob", password)
	require.NoError(t, err)
	next, err := p.respond("NEW_PASSWORD_REQUIRED", out.Session, map[string]string{"USERNAME": "bob", "NEW_PASSWORD": password})
	require.NoError(t, err)
	assert.Equal(t, types.ChallengeNameTypeMfaSetup, next.ChallengeName)
}

// A user imported with a hash signs in with the password first, and from then on by SRP. (A72)
func TestImportedHash(t *testing.T) {
	const hash, word = "$2a$04$WXUGrQ0r8sm7Qi/7OlOAgeyCZr8f8nWLMgLrHlCf/MAuvERO90wpq", "P@ssw0rd!"
	p := newPlace(t, func(pool *importjob.Pool) { pool.PasswordHashes = true })
	pool, err := p.m.Pool(t.Context(), poolID)
	require.NoError(t, err)
	var file strings.Builder
	w := importjob.NewWriter(&file)
	require.NoError(t, w.Write(pool.Header()))
	require.NoError(t, w.WriteRecord(importjob.Record{"cognito:username": "ann", "email": "ann@example.com", "email_verified": "TRUE", "password_hash": hash}))
	require.NoError(t, w.Flush())
	job, err := importjob.Import(t.Context(), p.m, importjob.CreateInput{UserPoolID: poolID, JobName: "J", CloudWatchLogsRoleARN: roleARN,
		PasswordHashingAlgorithm: importjob.HashBCRYPT}, strings.NewReader(file.String()), int64(file.Len()), nil)
	require.NoError(t, err)
	require.EqualValues(t, 1, job.ImportedUsers)
	_, err = p.srpSignIn("ann", word)
	refused(t, err, "NotAuthorizedException", "Incorrect username or password.")
	_, err = p.withPassword("ann", word)
	require.NoError(t, err)
	_, err = p.srpSignIn("ann", word)
	require.NoError(t, err)
}
