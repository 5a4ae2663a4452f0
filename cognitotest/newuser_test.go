package cognitotest_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/userpool"
)

// The Directory judges a new user.
func TestCreateUserByTheSchema(t *testing.T) {
	p := newPeople(t, func(pool *importjob.Pool) {
		pool.Schema = importjob.ClassicSchema().Require("email", "name").With(importjob.CustomAttribute("custom:tier", importjob.TypeNumber))
	})
	for want, list := range map[string][]types.AttributeType{
		"Attributes did not conform to the schema: name: The attribute is required\nemail: The attribute is required": nil,
		"Attributes did not conform to the schema: custom:x: Attribute does not exist in the schema.":                 attributes("custom:x", "1"),
		"Invalid email address format.":                                                    attributes("email", "ann", "name", "Ann"),
		"Attribute custom:tier must be a number.":                                          attributes("email", "ann@example.com", "name", "Ann", "custom:tier", "x"),
		"Invalid phone number format.":                                                     attributes("email", "ann@example.com", "name", "Ann", "phone_number", "1"),
		"Invalid user attributes: birthdate: String must be no shorter than 10 characters": attributes("email", "ann@example.com", "name", "Ann", "birthdate", "1"),
	} {
		_, err := p.AdminCreateUser(t.Context(), &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String("ann"), UserAttributes: list})
		assert.ErrorContains(t, err, "InvalidParameterException: "+want)
	}
	p.add("ann", "email", "ann@example.com", "name", "Ann", "custom:tier", "7")
}

// A verified alias of another user refuses a new one, unless ForceAliasCreation moves it.
func TestForceAliasCreation(t *testing.T) {
	p := newPeople(t, func(pool *importjob.Pool) { pool.AliasAttributes = []string{"email", "preferred_username"} })
	p.add("ann", "email", "ann@example.com", "email_verified", "true", "preferred_username", "annie")
	in := &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String("bob"),
		UserAttributes: attributes("email", "ann@example.com", "email_verified", "true", "name", "Bob")}
	_, err := p.AdminCreateUser(t.Context(), in)
	var exists *types.AliasExistsException
	require.ErrorAs(t, err, &exists)
	assert.Equal(t, "An account with the email already exists.", *exists.Message)
	assert.Contains(t, p.canonical("bob"), "UserNotFoundException")

	in.ForceAliasCreation = true
	out, err := p.AdminCreateUser(t.Context(), in)
	require.NoError(t, err)
	values := valuesOf(out.User.Attributes)
	delete(values, "sub")
	assert.Equal(t, map[string]string{"email": "ann@example.com", "email_verified": "true", "name": "Bob"}, values)
	assert.Equal(t, "bob", p.canonical("ann@example.com"))
	assert.Equal(t, "false", p.values("ann")["email_verified"])

	in.Username, in.UserAttributes = aws.String("cid"), attributes("preferred_username", "annie")
	_, err = p.AdminCreateUser(t.Context(), in)
	require.ErrorAs(t, err, &exists, "a preferred username does not move")
	in.UserAttributes = attributes("email", "cid@example.com", "email_verified", "true")
	_, err = p.AdminCreateUser(t.Context(), in)
	require.NoError(t, err, "there is nothing to move")
	assert.Equal(t, "cid", p.canonical("cid@example.com"))
}

func TestResendInvitation(t *testing.T) {
	p := newPeople(t)
	finished(t, p.m, "J", "ann")
	sub := p.add("bob")
	in := &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String(sub), MessageAction: types.MessageActionTypeResend}
	out, err := p.AdminCreateUser(t.Context(), in)
	require.NoError(t, err)
	assert.Equal(t, "bob", *out.User.Username)
	in.Username = aws.String("ann")
	var state *types.UnsupportedUserStateException
	_, err = p.AdminCreateUser(t.Context(), in)
	assert.ErrorAs(t, err, &state)
	in.Username = aws.String("cid")
	var notFound *types.UserNotFoundException
	_, err = p.AdminCreateUser(t.Context(), in)
	assert.ErrorAs(t, err, &notFound)
}

// passwords is a Directory with passwords, which it only stores.
type passwords struct {
	userpool.Directory
	userpool.Passwords
	set map[userpool.Ref]string
	err error
}

func (p *passwords) SetPassword(_ context.Context, ref userpool.Ref, password string, permanent bool) error {
	if p.err != nil {
		return p.err
	}
	if !permanent {
		p.set[ref] = password
	}
	return nil
}

func TestTemporaryPassword(t *testing.T) {
	p := newPeople(t)
	directory := &passwords{Directory: p.m, set: map[userpool.Ref]string{}}
	p.Client = awstest.New(p.m, &cognitotest.Options{Directory: directory}).Cognito
	_, err := p.UpdateUserPool(t.Context(), &cognito.UpdateUserPoolInput{UserPoolId: aws.String(poolID), Policies: &types.UserPoolPolicyType{
		PasswordPolicy: &types.PasswordPolicyType{MinimumLength: aws.Int32(6), RequireNumbers: true}}})
	require.NoError(t, err)
	in := &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String("ann")}
	for password, want := range map[string]string{
		"12345":  "InvalidPasswordException: Password did not conform with password policy: Password not long enough",
		"abcdef": "InvalidPasswordException: Password did not conform with password policy: Password must have numeric characters",
		" 12345": "InvalidParameterException: 1 validation error detected: Value at 'password' failed to satisfy constraint: ",
	} {
		in.TemporaryPassword = aws.String(password)
		_, err := p.AdminCreateUser(t.Context(), in)
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), password)
		assert.Contains(t, p.canonical("ann"), "UserNotFoundException", "the password is checked before the user is made")
	}
	ref := userpool.Ref{UserPoolID: poolID, Username: "ann"}
	in.TemporaryPassword = aws.String("123456")
	_, err = p.AdminCreateUser(t.Context(), in)
	require.NoError(t, err)
	assert.Equal(t, map[userpool.Ref]string{ref: "123456"}, directory.set)

	in.TemporaryPassword, in.MessageAction = aws.String("654321"), types.MessageActionTypeResend
	_, err = p.AdminCreateUser(t.Context(), in)
	require.NoError(t, err)
	assert.Equal(t, "654321", directory.set[ref])

	in.Username, in.MessageAction = aws.String("bob"), ""
	directory.err = &importjob.Error{Code: importjob.ErrNotAuthorized, Message: "No."}
	_, err = p.AdminCreateUser(t.Context(), in)
	assert.ErrorContains(t, err, "NotAuthorizedException")
	assert.Contains(t, p.canonical("bob"), "UserNotFoundException", "a user without the password does not stay")
}

// A Directory without passwords ignores a temporary password.
func TestTemporaryPasswordWithoutPasswords(t *testing.T) {
	p := newPeople(t)
	p.Client = awstest.New(p.m, &cognitotest.Options{Directory: struct{ userpool.Directory }{p.m}}).Cognito
	_, err := p.AdminCreateUser(t.Context(), &cognito.AdminCreateUserInput{UserPoolId: aws.String(poolID), Username: aws.String("ann"), TemporaryPassword: aws.String("x")})
	require.NoError(t, err)
}
