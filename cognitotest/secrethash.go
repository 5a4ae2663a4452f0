package cognitotest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/cognito-import/importjob/userpool"
)

// checkSecretHash checks the SECRET_HASH of a request over a username.
func (a *attempt) checkSecretHash(username string) error {
	return checkSecretHash(a.client, username, a.values["SECRET_HASH"])
}

// checkSecretHash checks a secret hash, which a client with a secret must send. A client without one may send any.
// (A78)
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html,
// https://github.com/aws-amplify/amplify-android/issues/2504 and
// https://github.com/AnomalyInnovations/serverless-stack-demo-client/issues/6
func checkSecretHash(client userpool.Client, username, hash string) error {
	switch {
	case client.Secret == "":
		return nil
	case hash == "":
		return notAuthorized("Client " + client.ID + " is configured with secret but SECRET_HASH was not received")
	case !hmac.Equal([]byte(hash), []byte(secretHash(client, username))):
		return notAuthorized("Unable to verify secret hash for client " + client.ID)
	}
	return nil
}

// secretHash returns the secret hash of a username.
func secretHash(client userpool.Client, username string) string {
	m := hmac.New(sha256.New, []byte(client.Secret))
	m.Write([]byte(username + client.ID))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}
