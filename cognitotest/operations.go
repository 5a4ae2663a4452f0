package cognitotest

import (
	"context"
	"encoding/json"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// idpTarget is the prefix of the X-Amz-Target header of an operation of Amazon Cognito.
const idpTarget = "AWSCognitoIdentityProviderService"

// signInOperations are the operations on app clients, passwords and tokens.
var signInOperations = map[string]operation{
	"CreateUserPoolClient":        withClients(createUserPoolClient),
	"UpdateUserPoolClient":        withClients(updateUserPoolClient),
	"DescribeUserPoolClient":      withClients(describeUserPoolClient),
	"ListUserPoolClients":         withClients(listUserPoolClients),
	"DeleteUserPoolClient":        withClients(deleteUserPoolClient),
	"InitiateAuth":                withPasswords(initiateAuth),
	"AdminInitiateAuth":           withPasswords(adminInitiateAuth),
	"RespondToAuthChallenge":      withPasswords(respondToAuthChallenge),
	"AdminRespondToAuthChallenge": withPasswords(adminRespondToAuthChallenge),
	"AdminSetUserPassword":        withPasswords(adminSetUserPassword),
	"AdminResetUserPassword":      withPasswords(adminResetUserPassword),
	"ForgotPassword":              withPasswords(forgotPassword),
	"ConfirmForgotPassword":       withPasswords(confirmForgotPassword),
	"ChangePassword":              withPasswords(changePassword),
	"GetUser":                     withClients(getUser),
	"GlobalSignOut":               withClients(globalSignOut),
	"AdminUserGlobalSignOut":      withClients(adminUserGlobalSignOut),
	"RevokeToken":                 withClients(revokeToken),
	"GetTokensFromRefreshToken":   withClients(getTokensFromRefreshToken),
}

// unsigned are the operations of Amazon Cognito that need no signature, because a client, a session or a token says who
// calls them. The service ignores the signature of such a request if there is one.
//
// Source: the models of the service, such as
// https://github.com/aws/aws-sdk-go-v2/blob/main/service/cognitoidentityprovider/auth.go
var unsigned = map[string]bool{
	"AssociateSoftwareToken": true, "ChangePassword": true, "CompleteWebAuthnRegistration": true, "ConfirmDevice": true,
	"ConfirmForgotPassword": true, "ConfirmSignUp": true, "DeleteUser": true, "DeleteUserAttributes": true,
	"DeleteWebAuthnCredential": true, "ForgetDevice": true, "ForgotPassword": true, "GetDevice": true,
	"GetTokensFromRefreshToken": true, "GetUser": true, "GetUserAttributeVerificationCode": true, "GetUserAuthFactors": true,
	"GlobalSignOut": true, "InitiateAuth": true, "ListDevices": true, "ListWebAuthnCredentials": true,
	"ResendConfirmationCode": true, "RespondToAuthChallenge": true, "RevokeToken": true, "SetUserMFAPreference": true,
	"SetUserSettings": true, "SignUp": true, "StartWebAuthnRegistration": true, "UpdateAuthEventFeedback": true,
	"UpdateDeviceStatus": true, "UpdateUserAttributes": true, "VerifySoftwareToken": true, "VerifyUserAttribute": true,
}

// operation returns what serves an operation, or nil. Options.Operations comes first.
func (h *handler) operation(prefix, op string) operation {
	if own := h.opts.Operations[op]; own != nil && prefix == idpTarget {
		return ownOperation(own)
	}
	return services[prefix].operations[op]
}

// ownOperation is an operation of Options.Operations.
func ownOperation(run func(context.Context, json.RawMessage) (any, error)) operation {
	return func(c *call) ([]byte, error) {
		out, err := run(c.ctx, c.body)
		if err != nil || out == nil {
			return []byte("{}"), err
		}
		return json.Marshal(out)
	}
}

// withClients returns an operation that fails if the Directory has no app clients.
func withClients(run operation) operation {
	return withDirectory(func(c *call) ([]byte, error) {
		if c.clients == nil { // our words
			return nil, refusef(errUnknownOperation, "The operation needs a Directory that implements userpool.Clients.")
		}
		return run(c)
	})
}

// withPasswords returns an operation that fails if the Directory has no app clients or no passwords.
func withPasswords(run operation) operation {
	return withClients(func(c *call) ([]byte, error) {
		if c.passwords == nil { // our words
			return nil, refusef(errUnknownOperation, "The operation needs a Directory that implements userpool.Passwords.")
		}
		return run(c)
	})
}

// The exceptions of sign-in, in addition to those of package userpool.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html and
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeToken.html
const (
	errUnsupportedOperation importjob.Code = "UnsupportedOperationException"
	errUnsupportedToken     importjob.Code = "UnsupportedTokenTypeException"
	errUnauthorized         importjob.Code = "UnauthorizedException"
)

// notAuthorized returns the exception of a sign-in or a token that is refused.
func notAuthorized(message string) error { return refusef(importjob.ErrNotAuthorized, "%s", message) }

// wrongPassword has the service's text.
//
// Source: https://github.com/localstack/localstack/issues/3201
func wrongPassword() error { return notAuthorized("Incorrect username or password.") }

// noUser has the service's text.
//
// Source: https://github.com/localstack/localstack/issues/3201
func noUser() error { return refusef(userpool.ErrUserNotFound, "User does not exist.") }
