package cognitotest

import (
	"crypto/rand"
	"encoding/base64"
	"strings"

	"github.com/cognito-import/importjob/userpool"
)

// refreshHeader is the first part of each refresh token. The token looks like an encrypted JWT of five parts.
var refreshHeader = base64.RawURLEncoding.EncodeToString([]byte(`{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`))

const (
	wrappedKeySize = 256 // of an RSA key of 2048 bits
	nonceSize      = 12
	tagSize        = 16
)

// sealRefreshToken returns the refresh token of a sign-in. Its second part is random: the key is not in the token.
func (s *poolSecrets) sealRefreshToken(g grant) string {
	wrapped := make([]byte, wrappedKeySize)
	rand.Read(wrapped) // never fails
	head := refreshHeader + "." + base64.RawURLEncoding.EncodeToString(wrapped)
	sealed := s.seal(head, g)
	parts := []string{head}
	cut := len(sealed) - tagSize
	for _, part := range [][]byte{sealed[:nonceSize], sealed[nonceSize:cut], sealed[cut:]} {
		parts = append(parts, base64.RawURLEncoding.EncodeToString(part))
	}
	return strings.Join(parts, ".")
}

// openRefreshToken returns the sign-in of a refresh token.
func (s *poolSecrets) openRefreshToken(token string) (grant, bool) {
	var g grant
	parts := strings.Split(token, ".")
	if len(parts) != 5 {
		return g, false
	}
	var sealed []byte
	for _, part := range parts[2:] {
		b, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil {
			return g, false
		}
		sealed = append(sealed, b...)
	}
	return g, s.open(parts[0]+"."+parts[1], sealed, &g)
}

// refresh serves REFRESH_TOKEN_AUTH. The refresh token stays usable, and the response has no other one. The secret hash is
// over the username of the user, since the request has none.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
func refresh(a *attempt) ([]byte, error) {
	if err := a.missing("REFRESH_TOKEN"); err != nil {
		return nil, err
	}
	g, user, err := a.checkRefreshToken(a.values["REFRESH_TOKEN"])
	if err != nil {
		return nil, err
	}
	if err := a.checkSecretHash(user.Username); err != nil {
		return nil, err
	}
	tokens, err := a.tokens(g, user)
	if err != nil {
		return nil, err
	}
	return signedInResponse(tokens), nil
}

// checkRefreshToken returns the sign-in and the user of a refresh token.
//
// Source: https://github.com/aws/aws-sdk-cpp/issues/1789 and https://github.com/aws-amplify/amplify-swift/issues/3344
func (a *attempt) checkRefreshToken(token string) (grant, userpool.User, error) {
	g, ok := a.pool().openRefreshToken(token)
	if !ok || g.ClientID != a.client.ID {
		return g, userpool.User{}, notAuthorized("Invalid Refresh Token.")
	}
	if a.now().After(g.Expires) {
		return g, userpool.User{}, notAuthorized("Refresh Token has expired") // A76
	}
	user, ok, err := a.holder(a.client.UserPoolID, g.Username, g.Sub)
	if err != nil {
		return g, user, err
	}
	serial, _ := serialOf(a.pool().serials, g.OriginJTI)
	if !ok || user.Disabled || a.pool().isRevoked(g.Sub, serial) {
		return g, user, notAuthorized("Refresh Token has been revoked")
	}
	return g, user, nil
}
