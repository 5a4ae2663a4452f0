package srp

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// ErrPublicValue says that the other side's public value (SRP_A or SRP_B) is not a hexadecimal number from 1 to N-1.
// Without this check, a client that sends 0 or a multiple of N could sign in without a password.
var ErrPublicValue = errors.New("srp: the public value is not a number of the group")

// KeySize is the number of bytes of the key that both sides agree on.
const KeySize = 16

// Server is the service's side of one sign-in. It is not changed after [NewServer], and several goroutines can use
// it at once.
type Server struct {
	// v is g^x. a is the client's public value; secret and b are this side's secret and public values.
	v, a, secret, b *big.Int
}

// NewServer begins a sign-in with a verifier, as [Verifier.Bytes] returns it, and the client's SRP_A. The secret should be 32 random bytes. The same arguments
// always give the same Server, so a caller can keep them instead of the Server between the two requests of a sign-in.
//
// NewServer returns [ErrPublicValue] if srpA is not a hexadecimal number from 1 to N-1.
func NewServer(v []byte, srpA string, secret []byte) (*Server, error) {
	a, err := parsePublic(srpA)
	if err != nil {
		return nil, err
	}
	s := &Server{v: new(big.Int).SetBytes(v), a: a, secret: new(big.Int).SetBytes(secret)}
	s.b = new(big.Int).Mul(s.v, multiplier)
	s.b.Add(s.b, powerOfG(s.secret))
	s.b.Mod(s.b, modulus)
	return s, nil
}

// B returns the challenge parameter SRP_B: lower-case hexadecimal digits without leading zeros.
func (s *Server) B() string { return s.b.Text(16) }

// Key returns the key that a client with the right password has, too: [KeySize] bytes.
func (s *Server) Key() []byte {
	u := scrambler(s.a, s.b)
	shared := new(big.Int).Exp(s.v, u, modulus)
	shared.Mul(shared, s.a)
	shared.Mod(shared, modulus)
	return deriveKey(shared.Exp(shared, s.secret, modulus), u)
}

// Accepts reports whether claim is the PASSWORD_CLAIM_SIGNATURE of a client that knows the password. The secret
// block is not in base64. The service signs its own rendering of the timestamp, so a claim over any other rendering
// of the same instant is wrong. See [ParseTimestamp].
func (s *Server) Accepts(id Identity, secretBlock []byte, timestamp time.Time, claim string) bool {
	got, err := base64.StdEncoding.DecodeString(claim)
	return err == nil && hmac.Equal(got, Signature(s.Key(), id, secretBlock, FormatTimestamp(timestamp)))
}

// Signature returns the 32 bytes whose base64 form is PASSWORD_CLAIM_SIGNATURE. The secret block is not in base64.
func Signature(key []byte, id Identity, secretBlock []byte, timestamp string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id.PoolName + id.UserID))
	mac.Write(secretBlock)
	mac.Write([]byte(timestamp))
	return mac.Sum(nil)
}

// deriveKey returns the key that follows from S and u.
func deriveKey(shared, u *big.Int) []byte {
	key, err := hkdf.Key(sha256.New, pad(shared), pad(u), "Caldera Derived Key", KeySize)
	if err != nil {
		// HKDF only refuses keys of more than 8,160 bytes.
		panic(fmt.Sprintf("srp: %v", err))
	}
	return key
}

// parsePublic reads a public value, which may have leading zeros up to one byte more than N has.
func parsePublic(digits string) (*big.Int, error) {
	if len(digits) > len(modulusHex)+2 {
		return nil, ErrPublicValue
	}
	for _, c := range []byte(digits) {
		// SetString would also take a sign.
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return nil, ErrPublicValue
		}
	}
	n, ok := new(big.Int).SetString(digits, 16)
	if !ok || n.Sign() == 0 || n.Cmp(modulus) >= 0 {
		return nil, ErrPublicValue
	}
	return n, nil
}
