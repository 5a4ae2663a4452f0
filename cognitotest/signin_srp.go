package cognitotest

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/srp"
	"github.com/cognito-import/importjob/userpool"
)

// secretBlock is the state of an SRP sign-in between its two requests. The client keeps it, sealed, as SECRET_BLOCK.
type secretBlock struct {
	ClientID string    `json:"c"`
	Username string    `json:"u"`
	Sub      string    `json:"s"` // "" for a user who does not exist
	A        string    `json:"a"`
	B        []byte    `json:"b"` // the secret of the service
	Expires  time.Time `json:"e"`
}

// beginSRP serves USER_SRP_AUTH. The response has no Session: the SECRET_BLOCK has the state. The state of the user shows
// at the next request only. (A75)
func beginSRP(a *attempt) ([]byte, error) {
	name := a.values["USERNAME"]
	if err := cmp.Or(a.missing("USERNAME", "SRP_A"), a.checkSecretHash(name)); err != nil {
		return nil, err
	}
	user, err := a.findUser(name)
	if errors.Is(err, userpool.ErrUserNotFound) && a.client.HideUserExistence {
		user, verifier := a.simulatedUser(name)
		return a.passwordVerifier(user, verifier)
	}
	if err != nil {
		return nil, err
	}
	verifier, err := a.passwords.SRPVerifier(a.ctx, userpool.Ref{UserPoolID: a.client.UserPoolID, Username: user.Username})
	if err != nil {
		return nil, err
	}
	return a.passwordVerifier(user, verifier)
}

// simulatedUser returns a user who does not exist. The same name always has the same username and the same salt.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
func (a *attempt) simulatedUser(name string) (userpool.User, userpool.SRPVerifier) {
	var id [16]byte
	copy(id[:], a.pool().derived("username", name))
	username := formatUUID(id)
	v := srp.Verifier{X: [32]byte(a.pool().derived("verifier", name))}
	copy(v.Salt[:], a.pool().derived("salt", name))
	return userpool.User{Username: username}, userpool.SRPVerifier{Username: username, Salt: v.Salt[:], Verifier: v.Bytes()}
}

// passwordVerifier returns the response with the challenge PASSWORD_VERIFIER.
func (a *attempt) passwordVerifier(user userpool.User, verifier userpool.SRPVerifier) ([]byte, error) {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	server, err := srp.NewServer(verifier.Verifier, a.values["SRP_A"], secret)
	if err != nil { // our words
		return nil, refusef(importjob.ErrInvalidParameter, "SRP_A is not a hexadecimal number from 1 to N-1.")
	}
	block := a.pool().seal("srp", secretBlock{ClientID: a.client.ID, Username: user.Username, Sub: user.Sub,
		A: a.values["SRP_A"], B: secret, Expires: a.now().Add(sessionValidity(a.client))})
	return challenge("PASSWORD_VERIFIER", "", map[string]string{
		"SALT":            srp.SaltHex(verifier.Salt),
		"SRP_B":           server.B(),
		"SECRET_BLOCK":    base64.StdEncoding.EncodeToString(block),
		"USERNAME":        user.Username,
		"USER_ID_FOR_SRP": verifier.Username,
	}), nil
}

// verifyPassword serves the response to PASSWORD_VERIFIER. Everything that is wrong with the proof has the text of a wrong
// password.
func (a *attempt) verifyPassword() ([]byte, error) {
	if err := cmp.Or(a.missing("USERNAME", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK", "TIMESTAMP"),
		a.checkSecretHash(a.values["USERNAME"])); err != nil {
		return nil, err
	}
	at, err := srp.ParseTimestamp(a.values["TIMESTAMP"]) // however old (A79)
	if err != nil {
		// Source: https://github.com/amazon-archives/amazon-cognito-identity-js/issues/683
		return nil, refusef(importjob.ErrInvalidParameter, "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
	}
	var block secretBlock
	sealed, err := base64.StdEncoding.DecodeString(a.values["PASSWORD_CLAIM_SECRET_BLOCK"])
	if err != nil || !a.pool().open("srp", sealed, &block) || block.ClientID != a.client.ID || a.now().After(block.Expires) {
		return nil, wrongPassword()
	}
	user, ok, err := a.holder(a.client.UserPoolID, block.Username, block.Sub)
	if err != nil {
		return nil, err
	}
	if named, err := a.findUser(a.values["USERNAME"]); !ok || err != nil || named.Sub != user.Sub {
		return nil, wrongPassword()
	}
	if user.Status == userpool.StatusResetRequired { // has no verifier (A75)
		return nil, a.hidden(user.SignInError())
	}
	if err := a.checkClaim(block, sealed, at); err != nil {
		return nil, err
	}
	if err := user.SignInError(); err != nil {
		return nil, a.hidden(err)
	}
	return a.proven(user)
}

// checkClaim refuses a signature that was not made with the password of the user.
func (a *attempt) checkClaim(block secretBlock, sealed []byte, at time.Time) error {
	verifier, err := a.passwords.SRPVerifier(a.ctx, userpool.Ref{UserPoolID: a.client.UserPoolID, Username: block.Username})
	if err != nil {
		return a.hidden(err)
	}
	server, err := srp.NewServer(verifier.Verifier, block.A, block.B)
	if err != nil {
		return wrongPassword()
	}
	id := srp.NewIdentity(a.client.UserPoolID, verifier.Username)
	if !server.Accepts(id, sealed, at, a.values["PASSWORD_CLAIM_SIGNATURE"]) {
		return wrongPassword()
	}
	if ends := verifier.Expires; !ends.IsZero() && !a.now().Before(ends) {
		// our words (A81)
		return refusef(importjob.ErrNotAuthorized, "Temporary password has expired and must be reset by an administrator.")
	}
	return nil
}
