package srp

import (
	"crypto/sha256"
	"crypto/subtle"
	"math/big"
)

// SaltSize is the number of bytes of a salt.
const SaltSize = 16

// Verifier is what the service keeps of a password, in 48 bytes. It serves both kinds of sign-in: Check takes a
// password, and Bytes is what [NewServer] needs for SRP. Verifiers compare with ==, and the zero Verifier belongs to no password.
//
// A Verifier with random bytes works, too: it gives a challenge like any other, and no password fits.
type Verifier struct {
	Salt [SaltSize]byte
	// X is the exponent of the usual SRP verifier g^X. Keeping X makes a new verifier and Check 1,000 times faster,
	// since neither needs modular arithmetic. The price: whoever reads X can sign in without the password, and
	// can try passwords quickly.
	X [sha256.Size]byte
}

// NewVerifier returns the verifier of a user's password. The salt should be random.
func NewVerifier(id Identity, password string, salt [SaltSize]byte) Verifier {
	v := Verifier{Salt: salt}
	v.X = id.secret(password, v.salt())
	return v
}

// Check reports whether the verifier was made from the same identity and password. It compares in constant time.
func (v Verifier) Check(id Identity, password string) bool {
	x := id.secret(password, v.salt())
	return subtle.ConstantTimeCompare(x[:], v.X[:]) == 1
}

// SaltHex returns the challenge parameter SALT: lower-case hexadecimal digits without leading zeros. Some clients
// pad this text and others the number, and only without leading zeros do both get the same bytes.
func SaltHex(salt []byte) string { return new(big.Int).SetBytes(salt).Text(16) }

func (v Verifier) salt() *big.Int { return new(big.Int).SetBytes(v.Salt[:]) }

// Bytes returns the usual SRP verifier, g^X: at most 384 bytes, big-endian. It takes a modular exponentiation.
func (v Verifier) Bytes() []byte { return powerOfG(new(big.Int).SetBytes(v.X[:])).Bytes() }
