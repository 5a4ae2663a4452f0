package cognitotest

import (
	"cmp"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/cognito-import/importjob/userpool"
)

// grant is a sign-in: what its tokens have in common, also those of a later refresh.
type grant struct {
	OriginJTI string    `json:"o"`
	ID        string    `json:"i,omitempty"` // of the refresh token, "" for the first one of a sign-in
	ClientID  string    `json:"c"`
	Username  string    `json:"u"`
	Sub       string    `json:"s"`
	AuthTime  int64     `json:"t"` // in seconds since 1970
	Expires   time.Time `json:"e"` // of the refresh token
}

// wireTokens are tokens in the JSON form of the service.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AuthenticationResultType.html
type wireTokens struct {
	AccessToken  string `json:"AccessToken"`
	ExpiresIn    int64  `json:"ExpiresIn"`
	IDToken      string `json:"IdToken"`
	RefreshToken string `json:"RefreshToken,omitempty"`
	TokenType    string `json:"TokenType"`
}

// signedIn returns the response with the tokens of a new sign-in.
func (a *attempt) signedIn(user userpool.User) ([]byte, error) {
	pool, now := a.pool(), a.now()
	g := grant{
		OriginJTI: serialUUID(pool.serials, pool.next()), ClientID: a.client.ID, Username: user.Username, Sub: user.Sub,
		AuthTime: now.Unix(), Expires: now.Add(cmp.Or(a.client.RefreshTokenValidity, defaultRefreshValidity)),
	}
	tokens, err := a.tokens(g, user)
	if err != nil {
		return nil, err
	}
	tokens.RefreshToken = pool.sealRefreshToken(g)
	return signedInResponse(tokens), nil
}

func signedInResponse(tokens wireTokens) []byte {
	return encode(struct {
		AuthenticationResult wireTokens        `json:"AuthenticationResult"`
		ChallengeParameters  map[string]string `json:"ChallengeParameters"`
	}{AuthenticationResult: tokens, ChallengeParameters: map[string]string{}})
}

// tokens returns new ID and access tokens.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html and
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
func (a *attempt) tokens(g grant, user userpool.User) (wireTokens, error) {
	groups, err := a.groupClaims(user)
	if err != nil {
		return wireTokens{}, err
	}
	id := a.idClaims(user, groups)
	access := jwt.MapClaims{"client_id": a.client.ID, "token_use": "access", "scope": userScope, "username": user.Username}
	if len(groups.names) > 0 {
		access["cognito:groups"] = groups.names
	}
	event, now := newUUID(), a.now()
	lifetime := cmp.Or(a.client.AccessTokenValidity, defaultTokenValidity)
	a.addCommon(id, g, event, now, cmp.Or(a.client.IDTokenValidity, defaultTokenValidity))
	a.addCommon(access, g, event, now, lifetime)
	pool := a.pool()
	return wireTokens{
		AccessToken: pool.accessKey().sign(access), IDToken: pool.idKey().sign(id),
		ExpiresIn: int64(lifetime / time.Second), TokenType: "Bearer",
	}, nil
}

// userScope is the scope of the access tokens of a sign-in over the API.
const userScope = "aws.cognito.signin.user.admin"

// addCommon adds the claims that both tokens have.
func (a *attempt) addCommon(claims jwt.MapClaims, g grant, event string, now time.Time, lifetime time.Duration) {
	claims["sub"], claims["iss"] = g.Sub, a.issuer(a.client.UserPoolID)
	claims["origin_jti"], claims["event_id"], claims["jti"] = g.OriginJTI, event, newUUID()
	claims["auth_time"], claims["iat"], claims["exp"] = g.AuthTime, now.Unix(), now.Add(lifetime).Unix()
}

// issuer returns the iss claim of a pool.
func (h *handler) issuer(userPoolID string) string {
	if h.opts.Issuer != "" {
		return h.opts.Issuer + "/" + userPoolID
	}
	return "https://cognito-idp." + regionOf(userPoolID) + ".amazonaws.com/" + userPoolID
}
