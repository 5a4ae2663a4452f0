package cognitotest

import (
	"errors"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// bearer is who sends an access token.
type bearer struct {
	client userpool.Client
	user   userpool.User
}

func (b bearer) ref() userpool.Ref {
	return userpool.Ref{UserPoolID: b.client.UserPoolID, Username: b.user.Username}
}

// accessClaims are the claims of an access token that the handler reads.
type accessClaims struct {
	jwt.RegisteredClaims
	Username  string `json:"username"`
	ClientID  string `json:"client_id"`
	OriginJTI string `json:"origin_jti"`
	Scope     string `json:"scope"`
}

// bearer returns who sends the access token of a request.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html,
// https://github.com/awslabs/aws-amplify-identity-broker/issues/538 and
// https://github.com/aws-amplify/amplify-js/issues/2205
func (c *call) bearer() (bearer, error) {
	token := c.in.required("AccessToken")
	if err := c.in.err(); err != nil {
		return bearer{}, err
	}
	invalid := notAuthorized("Invalid Access Token")
	claims, pool, err := c.parseAccessToken(token)
	if errors.Is(err, jwt.ErrTokenExpired) {
		return bearer{}, notAuthorized("Access Token has expired") // A76
	}
	if err != nil || !slices.Contains(strings.Fields(claims.Scope), userScope) {
		return bearer{}, invalid
	}
	revoked := notAuthorized("Access Token has been revoked")
	client, err := c.clients.Client(c.ctx, claims.ClientID)
	if errors.Is(err, importjob.ErrResourceNotFound) {
		return bearer{}, revoked
	}
	if err != nil {
		return bearer{}, err
	}
	user, ok, err := c.holder(client.UserPoolID, claims.Username, claims.Subject)
	if err != nil {
		return bearer{}, err
	}
	serial, hidden := serialOf(pool.serials, claims.OriginJTI)
	if !ok || !hidden || user.Disabled || pool.isRevoked(claims.Subject, serial) {
		return bearer{}, revoked
	}
	return bearer{client: client, user: user}, nil
}

// parseAccessToken checks the signature, the issuer and the lifetime of an access token. It returns the secrets of its
// pool.
func (h *handler) parseAccessToken(token string) (accessClaims, *poolSecrets, error) {
	var claims accessClaims
	var pool *poolSecrets
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(h.now), jwt.WithExpirationRequired())
	_, err := parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) {
		id := claims.Issuer[strings.LastIndexByte(claims.Issuer, '/')+1:]
		if pool = h.secrets.known(id); pool == nil || claims.Issuer != h.issuer(id) {
			return nil, jwt.ErrTokenInvalidIssuer
		}
		return &pool.accessKey().key.PublicKey, nil
	})
	return claims, pool, err
}

// holder returns the user with a username and a sub. It returns false if there is none: another user may have the
// username of one who was deleted.
func (c *call) holder(userPoolID, username, sub string) (userpool.User, bool, error) {
	user, err := c.opts.Directory.User(c.ctx, userpool.Ref{UserPoolID: userPoolID, Username: username})
	if errors.Is(err, userpool.ErrUserNotFound) || errors.Is(err, importjob.ErrResourceNotFound) {
		return user, false, nil
	}
	return user, err == nil && user.Sub == sub && sub != "", err
}

// getUser returns the user of an access token, with the attributes that the client may read.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html
func getUser(c *call) ([]byte, error) {
	b, err := c.bearer()
	if err != nil {
		return nil, err
	}
	attributes := []userAttribute{{Name: "sub", Value: b.user.Sub}}
	for name, value := range b.user.Attributes.All() {
		if isReadable(b.client, name) {
			attributes = append(attributes, userAttribute{Name: name, Value: value})
		}
	}
	return encode(struct {
		Username       string          `json:"Username"`
		UserAttributes []userAttribute `json:"UserAttributes"`
	}{Username: b.user.Username, UserAttributes: attributes}), nil
}
