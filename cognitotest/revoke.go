package cognitotest

import (
	"context"
	"crypto/subtle"
	"strings"

	"github.com/cognito-import/importjob/userpool"
)

// globalSignOut takes back all tokens of the user of an access token.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html
func globalSignOut(c *call) ([]byte, error) {
	b, err := c.bearer()
	if err != nil {
		return nil, err
	}
	c.secrets.of(b.client.UserPoolID).signOut(b.user.Sub)
	return []byte("{}"), nil
}

func adminUserGlobalSignOut(c *call) ([]byte, error) { return []byte("{}"), c.onUser(c.signOut) }

// signOut takes back all tokens of a user.
func (c *call) signOut(ctx context.Context, ref userpool.Ref) error {
	user, err := c.opts.Directory.User(ctx, ref)
	if err != nil {
		return err
	}
	c.secrets.of(ref.UserPoolID).signOut(user.Sub)
	return nil
}

// revokeToken takes back the tokens of the sign-in of a refresh token. A refresh token that is not valid needs none of it,
// so the response is the same.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeToken.html
func revokeToken(c *call) ([]byte, error) {
	token, id, secret := c.in.required("Token"), c.in.required("ClientId"), c.in.filled("ClientSecret")
	if err := c.in.err(); err != nil {
		return nil, err
	}
	client, err := c.clients.Client(c.ctx, id)
	if err != nil {
		return nil, err
	}
	if client.Secret != "" && subtle.ConstantTimeCompare([]byte(client.Secret), []byte(secret)) != 1 { // our words
		return nil, refusef(errUnauthorized, "The secret of the client is missing or wrong.")
	}
	if !revokes(client) { // our words
		return nil, refusef(errUnsupportedOperation, "The client does not have token revocation enabled.")
	}
	if strings.Count(token, ".") != 4 { // our words
		return nil, refusef(errUnsupportedToken, "The token is not a refresh token.")
	}
	pool := c.secrets.of(client.UserPoolID)
	g, ok := pool.openRefreshToken(token)
	if !ok {
		return []byte("{}"), nil
	}
	if g.ClientID != client.ID { // our words
		return nil, refusef(errUnauthorized, "The refresh token belongs to another client.")
	}
	if serial, ok := serialOf(pool.serials, g.OriginJTI); ok {
		pool.revoke(serial, g.Expires, c.now())
	}
	return []byte("{}"), nil
}

// revokes reports whether the tokens of a client can be revoked.
func revokes(client userpool.Client) bool {
	set := struct{ EnableTokenRevocation *bool }{}
	return unmarshalSettings(client, &set) != nil || set.EnableTokenRevocation == nil || *set.EnableTokenRevocation
}
