package cognitotest

import (
	"crypto/subtle"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

const errTokenReuse importjob.Code = "RefreshTokenReuseException"

// getTokensFromRefreshToken returns new ID and access tokens. If the client rotates refresh tokens, it also returns a new
// refresh token, which is valid for as long as the old one would be. It takes the secret of a client itself.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html and
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
func getTokensFromRefreshToken(c *call) ([]byte, error) {
	token, id, secret := c.in.required("RefreshToken"), c.in.required("ClientId"), c.in.filled("ClientSecret")
	if err := c.in.err(); err != nil {
		return nil, err
	}
	client, err := c.clients.Client(c.ctx, id)
	if err != nil {
		return nil, err
	}
	a := &attempt{call: c, client: client}
	if a.client.Secret != "" && subtle.ConstantTimeCompare([]byte(a.client.Secret), []byte(secret)) != 1 { // our words
		return nil, notAuthorized("The secret of the client is missing or wrong.")
	}
	g, user, err := a.checkRefreshToken(token)
	if err != nil {
		return nil, err
	}
	tokens, err := a.tokens(g, user)
	if err != nil {
		return nil, err
	}
	if grace, rotates := rotation(a.client); rotates {
		if !a.pool().rotate(g, grace, a.now()) { // our words
			return nil, refusef(errTokenReuse, "The refresh token has been used before.")
		}
		g.ID = newUUID()
		tokens.RefreshToken = a.pool().sealRefreshToken(g)
	}
	return encode(struct {
		AuthenticationResult wireTokens `json:"AuthenticationResult"`
	}{tokens}), nil
}

// rotation reports whether a client rotates refresh tokens, and for how long a token stays valid after its first use.
func rotation(client userpool.Client) (grace time.Duration, rotates bool) {
	var set struct {
		RefreshTokenRotation struct {
			Feature                 string
			RetryGracePeriodSeconds int
		}
	}
	err := unmarshalSettings(client, &set)
	r := set.RefreshTokenRotation
	return time.Duration(r.RetryGracePeriodSeconds) * time.Second, err == nil && r.Feature == "ENABLED"
}

// rotate reports whether a refresh token is used for the first time, or again within the time after that.
func (r *revocations) rotate(g grant, grace time.Duration, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := g.OriginJTI + g.ID
	if _, used := r.used[id]; used {
		return now.Before(r.grace[id])
	}
	forget(r.used, now)
	forget(r.grace, now)
	r.used[id], r.grace[id] = g.Expires, now.Add(grace)
	return true
}
