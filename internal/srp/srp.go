// Package srp has the arithmetic of Amazon Cognito's sign-in with SRP (USER_SRP_AUTH and the PASSWORD_VERIFIER
// challenge): the service's side, and as much of a client as tests need.
//
// # The exchange
//
// It is SRP-6a with SHA-256 in the 3072-bit group of RFC 5054 (https://www.rfc-editor.org/rfc/rfc5054#appendix-A).
// In what follows | joins bytes, and pad is the shortest big-endian form of a number in two's complement: it has a
// zero byte in front if the top bit is set.
//
//	x   = H(pad(salt) | H(pool name | user id | ":" | password))
//	B   = k*v + g^b              with v = g^x and k = H(pad(N) | 02)
//	u   = H(pad(A) | pad(B))
//	S   = (A * v^u)^b            for the service
//	    = (B - k*v)^(a + u*x)    for the client
//	key = the first 16 bytes of HKDF-SHA256(pad(S), salt pad(u), info "Caldera Derived Key")
//
// The client proves that it knows the key: it sends HMAC-SHA256(key, pool name | user id | secret block | timestamp).
// Public clients agree on all this, for example https://github.com/aws-amplify/amplify-js,
// https://github.com/pvizeli/pycognito and https://github.com/alexrudd/cognito-srp.
//
// # Not for secrets
//
// The arithmetic of math/big does not take constant time, and a [Verifier] keeps x rather than g^x. Both are right
// for a fake, and wrong for a service that guards real users.
package srp

import (
	"crypto/sha256"
	"math/big"
	"slices"
	"strings"
)

// modulusHex is N, the modulus of the 3072-bit group of RFC 5054.
const modulusHex = "" +
	"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
	"EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
	"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
	"83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
	"E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510" +
	"15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
	"ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
	"BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"

// The numbers of the group. Nothing changes them.
var (
	modulus, _ = new(big.Int).SetString(modulusHex, 16)
	generator  = big.NewInt(2)
	multiplier = hash(pad(modulus), pad(generator))
)

// Identity is the user that a verifier and a signature are for.
type Identity struct {
	// PoolName is the part of the pool's ID after the underscore.
	PoolName string
	// UserID is the user's real name, which the service sends as USER_ID_FOR_SRP.
	UserID string
}

// NewIdentity returns the identity of a user of a pool such as "us-east-1_abcDEF123".
func NewIdentity(poolID, userID string) Identity {
	_, name, found := strings.Cut(poolID, "_")
	if !found {
		name = poolID
	}
	return Identity{PoolName: name, UserID: userID}
}

// secret is x: the number that the user's password and the salt give.
func (id Identity) secret(password string, salt *big.Int) [sha256.Size]byte {
	inner := sha256.Sum256([]byte(id.PoolName + id.UserID + ":" + password))
	return sha256.Sum256(append(pad(salt), inner[:]...))
}

// powerOfG is g^e mod N.
func powerOfG(e *big.Int) *big.Int { return new(big.Int).Exp(generator, e, modulus) }

// scrambler is u, from the public values of both sides.
func scrambler(a, b *big.Int) *big.Int { return hash(pad(a), pad(b)) }

func hash(parts ...[]byte) *big.Int {
	sum := sha256.Sum256(slices.Concat(parts...))
	return new(big.Int).SetBytes(sum[:])
}

// pad returns the shortest big-endian form of n >= 0 in two's complement, with at least one byte.
func pad(n *big.Int) []byte {
	// BitLen leaves out the sign, which needs one bit more.
	return n.FillBytes(make([]byte, n.BitLen()/8+1))
}
