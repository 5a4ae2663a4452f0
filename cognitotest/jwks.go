package cognitotest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"strconv"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// signingKey is a key that signs tokens.
type signingKey struct {
	id  string
	key *rsa.PrivateKey
}

func newSigningKey() *signingKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(errors.Join(errors.New("cognitotest: cannot make a key for tokens"), err))
	}
	sum := sha256.Sum256(key.N.Bytes())
	return &signingKey{id: base64.StdEncoding.EncodeToString(sum[:]), key: key}
}

// sign returns a JWT whose header has kid and alg only, as the service's.
func (k *signingKey) sign(claims jwt.MapClaims) string {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header = map[string]any{"kid": k.id, "alg": "RS256"}
	text, err := token.SignedString(k.key)
	if err != nil {
		panic(errors.Join(errors.New("cognitotest: cannot sign a token"), err))
	}
	return text
}

// wireKey is a public key in the JSON form of a JWKS.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
type wireKey struct {
	Alg string `json:"alg"`
	E   string `json:"e"`
	Kid string `json:"kid"`
	Kty string `json:"kty"`
	N   string `json:"n"`
	Use string `json:"use"`
}

func (k *signingKey) public() wireKey {
	return wireKey{Alg: "RS256", Kid: k.id, Kty: "RSA", Use: "sig",
		E: base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.key.E)).Bytes()),
		N: base64.RawURLEncoding.EncodeToString(k.key.N.Bytes()),
	}
}

const wellKnown = "/.well-known/"

// isWellKnown reports whether a request is for a document about the tokens of a pool.
func isWellKnown(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.Contains(r.URL.Path, wellKnown)
}

// serveWellKnown serves /<pool>/.well-known/jwks.json and /<pool>/.well-known/openid-configuration.
func (h *handler) serveWellKnown(w http.ResponseWriter, r *http.Request) outcome {
	id, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), wellKnown)
	done := outcome{op: name, status: http.StatusOK, requestID: newUUID()}
	var document any
	_, err := h.client.Pool(r.Context(), id)
	switch {
	case name != "jwks.json" && name != "openid-configuration":
		done.op, done.status, document = "unknown", http.StatusNotFound, map[string]string{"message": "The path is not served."}
	case err != nil:
		e := fault(err)
		done.code, done.status, document = e.Code, http.StatusNotFound, map[string]string{"message": e.Message}
	case name == "jwks.json":
		pool := h.secrets.of(id)
		document = map[string][]wireKey{"keys": {pool.idKey().public(), pool.accessKey().public()}}
	default:
		document = h.openIDConfiguration(id)
	}
	body := encode(document)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(done.status)
	if r.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
	return done
}

// openIDConfiguration returns the discovery document of a pool. The handler does not serve the endpoints of a domain that
// it names.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html
func (h *handler) openIDConfiguration(userPoolID string) any {
	issuer := h.issuer(userPoolID)
	return map[string]any{
		"issuer":                                issuer,
		"jwks_uri":                              issuer + wellKnown + "jwks.json",
		"authorization_endpoint":                issuer + "/oauth2/authorize",
		"token_endpoint":                        issuer + "/oauth2/token",
		"userinfo_endpoint":                     issuer + "/oauth2/userInfo",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"code", "token"},
		"scopes_supported":                      []string{"openid", "email", "phone", "profile"},
		"subject_types_supported":               []string{"public"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
	}
}
