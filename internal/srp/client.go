package srp

import (
	"encoding/base64"
	"fmt"
	"math/big"
)

// Client is a client's side of one sign-in, for tests and examples.
type Client struct {
	secret, a *big.Int
}

// NewClient begins a sign-in. The secret should be 32 random bytes.
func NewClient(secret []byte) *Client {
	c := &Client{secret: new(big.Int).SetBytes(secret)}
	c.a = powerOfG(c.secret)
	return c
}

// A returns the authentication parameter SRP_A.
func (c *Client) A() string { return c.a.Text(16) }

// Key returns the key that follows from a password and the service's SALT and SRP_B: [KeySize] bytes. It returns an
// error if the service's values are wrong.
func (c *Client) Key(id Identity, password, salt, srpB string) ([]byte, error) {
	b, err := parsePublic(srpB)
	if err != nil {
		return nil, err
	}
	s, ok := new(big.Int).SetString(salt, 16)
	if !ok || s.Sign() < 0 {
		return nil, fmt.Errorf("srp: the salt %q is no hexadecimal number", salt)
	}
	secret := id.secret(password, s)
	x := new(big.Int).SetBytes(secret[:])
	u := scrambler(c.a, b)

	base := powerOfG(x)
	base.Mul(base, multiplier)
	base.Sub(b, base)
	base.Mod(base, modulus)
	exponent := new(big.Int).Mul(u, x)
	exponent.Add(exponent, c.secret)
	return deriveKey(base.Exp(base, exponent, modulus), u), nil
}

// Claim returns the ChallengeResponses that answer the ChallengeParameters of a PASSWORD_VERIFIER challenge, in the
// pool of that name. The timestamp is sent as it is: see [FormatTimestamp]. Claim returns an error if the service's
// values are wrong.
func (c *Client) Claim(poolName, password string, challenge map[string]string, timestamp string) (map[string]string, error) {
	id := Identity{PoolName: poolName, UserID: challenge["USER_ID_FOR_SRP"]}
	key, err := c.Key(id, password, challenge["SALT"], challenge["SRP_B"])
	if err != nil {
		return nil, err
	}
	block, err := base64.StdEncoding.DecodeString(challenge["SECRET_BLOCK"])
	if err != nil {
		return nil, fmt.Errorf("srp: the secret block: %w", err)
	}
	return map[string]string{
		"USERNAME":                    challenge["USERNAME"],
		"PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
		"PASSWORD_CLAIM_SIGNATURE":    base64.StdEncoding.EncodeToString(Signature(key, id, block, timestamp)),
		"TIMESTAMP":                   timestamp,
	}, nil
}
