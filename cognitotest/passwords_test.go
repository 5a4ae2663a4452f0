package cognitotest_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/userpool"
)

// verified are the attributes of a user who can get a code.
func verified(email string) []userpool.Attribute {
	return []userpool.Attribute{{Name: "email", Value: email}, {Name: "email_verified", Value: "true"}}
}

func (p *place) forgot(name string) (*types.CodeDeliveryDetailsType, error) {
	out, err := p.api.ForgotPassword(p.t.Context(), &cognito.ForgotPasswordInput{ClientId: &p.client.ID, Username: &name})
	if err != nil {
		return nil, err
	}
	return out.CodeDeliveryDetails, nil
}

func (p *place) confirm(name, code, word string) error {
	_, err := p.api.ConfirmForgotPassword(p.t.Context(), &cognito.ConfirmForgotPasswordInput{ClientId: &p.client.ID, Username: &name,
		ConfirmationCode: &code, Password: &word})
	return err
}

// A user imported without a hash sets a password with a code, and gets in.
func TestImportedUserGetsIn(t *testing.T) {
	p := newPlace(t, nil)
	finished(t, p.m, "J", "ann")
	_, err := p.withPassword("ann", "Anything-1")
	refused(t, err, "PasswordResetRequiredException", "Password reset required for the user")
	err = p.confirm("ann", "123456", password)
	refused(t, err, "ExpiredCodeException", "Invalid code provided, please request a code again.")
	details, err := p.forgot("ann")
	require.NoError(t, err)
	assert.Equal(t, []string{"email", "EMAIL", "a***@e***"}, []string{*details.AttributeName, string(details.DeliveryMedium), *details.Destination})
	code := p.codes["ann"].Code
	require.Len(t, code, 6)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	refused(t, p.confirm("ann", wrong, password), "CodeMismatchException", "Invalid verification code provided, please try again.")
	require.NoError(t, p.confirm("ann", code, password))
	p.signIn("ann")
	_, err = p.srpSignIn("ann", password)
	require.NoError(t, err)
}

func TestAdministratorsPasswords(t *testing.T) {
	p := newPlace(t, nil)
	ctx := t.Context()
	ann := p.user("ann", verified("ann@example.com")...)
	_, err := p.api.AdminSetUserPassword(ctx, &cognito.AdminSetUserPasswordInput{UserPoolId: aws.String(poolID), Username: aws.String("ann"), Password: aws.String("Temporary-1")})
	require.NoError(t, err)
	out, err := p.withPassword("ann", "Temporary-1")
	require.NoError(t, err)
	assert.Equal(t, types.ChallengeNameTypeNewPasswordRequired, out.ChallengeName)
	_, err = p.api.AdminSetUserPassword(ctx, &cognito.AdminSetUserPasswordInput{UserPoolId: aws.String(poolID), Username: aws.String("ann"), Password: aws.String("Temporary-1"), Permanent: true})
	require.NoError(t, err)
	_, err = p.withPassword("ann", "Temporary-1")
	require.NoError(t, err)
	_, err = p.api.AdminResetUserPassword(ctx, &cognito.AdminResetUserPasswordInput{UserPoolId: aws.String(poolID), Username: &ann.Sub})
	require.NoError(t, err)
	_, err = p.withPassword("ann", "Temporary-1")
	require.ErrorContains(t, err, "PasswordResetRequiredException")
	require.NoError(t, p.confirm("ann", p.codes["ann"].Code, password), "the code is kept under the username, not the sub")
	for _, op := range []string{"AdminSetUserPassword", "AdminResetUserPassword"} {
		m := p.m
		w := send(cognitotest.Handler(m, &cognitotest.Options{Directory: m}), idp+op, `{"UserPoolId":"`+poolID+`","Username":"nobody","Password":"Correct-horse-1"}`)
		assert.Contains(t, w.Body.String(), `"UserNotFoundException"`, op)
	}
}

func TestChangePassword(t *testing.T) {
	p := newPlace(t, nil)
	p.user("ann")
	token := p.signIn("ann").AccessToken
	change := func(old *string, word string) error {
		_, err := p.api.ChangePassword(t.Context(), &cognito.ChangePasswordInput{AccessToken: token, PreviousPassword: old, ProposedPassword: &word})
		return err
	}
	refused(t, change(aws.String("Wrong-horse-1"), "Other-horse-1"), "NotAuthorizedException", "Incorrect username or password.")
	refused(t, change(nil, "Other-horse-1"), "NotAuthorizedException", "Incorrect username or password.")
	refused(t, change(aws.String(password), "other-horse-1"), "InvalidPasswordException", "Password did not conform with policy: Password must have uppercase characters")
	require.NoError(t, change(aws.String(password), "Other-horse-1"))
	_, err := p.withPassword("ann", "Other-horse-1")
	require.NoError(t, err)
}

func TestForgotPasswordRefusals(t *testing.T) {
	for _, hide := range []bool{false, true} {
		p := newPlace(t, nil, func(c *userpool.Client) { c.HideUserExistence = hide })
		p.user("plain")
		p.user("off", verified("off@example.com")...)
		require.NoError(t, p.m.DisableUser(t.Context(), ref("off")))
		p.temporary("temporary", verified("t@example.com")...)
		for _, c := range []struct{ name, code, text string }{
			{"nobody", "UserNotFoundException", "Username/client id combination not found."},
			{"plain", "InvalidParameterException", "Cannot reset password for the user as there is no registered/verified email or phone_number"},
			{"off", "NotAuthorizedException", "User is disabled."},
		} {
			details, err := p.forgot(c.name)
			if !hide {
				refused(t, err, c.code, c.text)
				continue
			}
			require.NoError(t, err)
			assert.Regexp(t, `^[a-z]\*\*\*@[a-z]\*\*\*$`, *details.Destination)
			again, err := p.forgot(c.name)
			require.NoError(t, err)
			assert.Equal(t, details, again)
			assert.NotContains(t, p.codes, c.name)
		}
		_, err := p.forgot("temporary")
		refused(t, err, "NotAuthorizedException", "User password cannot be reset in the current state.")
		err = p.confirm("nobody", "123456", password)
		if hide {
			refused(t, err, "CodeMismatchException", "Invalid verification code provided, please try again.")
		} else {
			refused(t, err, "UserNotFoundException", "Username/client id combination not found.")
		}
	}
}

// Only administrators reset passwords where the pool says so.
func TestRecoveryByAdministratorsOnly(t *testing.T) {
	p := newPlace(t, nil)
	p.user("ann", verified("ann@example.com")...)
	pool, err := p.m.DescribePool(t.Context(), poolID)
	require.NoError(t, err)
	pool.Settings = []byte(`{"AccountRecoverySetting":{"RecoveryMechanisms":[{"Name":"admin_only","Priority":1}]}}`)
	require.NoError(t, p.m.UpdatePool(t.Context(), pool))
	_, err = p.forgot("ann")
	refused(t, err, "NotAuthorizedException", "Contact administrator to reset password.")
}

// Operations that clients call without keys take any signature or none, also where all others must be signed.
func TestUnsignedOperations(t *testing.T) {
	m := testpool.New(t, nil)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m, Credentials: cognitotest.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}})
	for _, header := range []string{"", "Bearer x", wellFormed} {
		w := send(h, idp+"GetUser", `{"AccessToken":"x"}`, func(r *http.Request) { r.Header.Set("Authorization", header) })
		assert.Contains(t, w.Body.String(), "Invalid Access Token", header)
		w = send(h, idp+"AdminUserGlobalSignOut", `{"UserPoolId":"`+poolID+`","Username":"x"}`, func(r *http.Request) { r.Header.Set("Authorization", header) })
		assert.NotContains(t, w.Body.String(), "UserNotFoundException", header)
	}
}
