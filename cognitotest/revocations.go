package cognitotest

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"sync"
	"time"
)

// revocations are the sign-ins of a pool whose tokens are refused, and the sessions that were used. Each sign-in of a
// pool has a serial number, so a user who signs out needs one number, however many tokens there are.
type revocations struct {
	mu        sync.Mutex
	serial    uint64               // of the newest sign-in
	signedOut map[string]uint64    // by sub: this sign-in and earlier ones are refused
	revoked   map[uint64]time.Time // by serial, until when the refresh token would be valid
	used      map[string]time.Time // sessions and rotated refresh tokens by ID, until when they would be valid
	grace     map[string]time.Time // rotated refresh tokens by ID, until when they can be used again
}

// next returns the serial number of a new sign-in.
func (r *revocations) next() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.serial++
	return r.serial
}

// signOut refuses all tokens that a user has at this time.
func (r *revocations) signOut(sub string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.signedOut[sub] = r.serial
}

// revoke refuses the tokens of one sign-in.
func (r *revocations) revoke(serial uint64, until, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	forget(r.revoked, now)
	r.revoked[serial] = until
}

// isRevoked reports whether the tokens of a sign-in are refused.
func (r *revocations) isRevoked(sub string, serial uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, revoked := r.revoked[serial]
	return revoked || serial <= r.signedOut[sub]
}

// use reports whether a session is used for the first time.
func (r *revocations) use(id string, until, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, used := r.used[id]; used {
		return false
	}
	forget(r.used, now)
	r.used[id] = until
	return true
}

// isUsed reports whether a session was used.
func (r *revocations) isUsed(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, used := r.used[id]
	return used
}

// forget deletes the entries of what is no longer valid, each time that the number of entries is a power of two. So it
// costs little, and a map has at most twice the entries that it needs.
func forget[K comparable](m map[K]time.Time, now time.Time) {
	if n := len(m); n < 1024 || n&(n-1) != 0 {
		return
	}
	for key, until := range m {
		if until.Before(now) {
			delete(m, key)
		}
	}
}

// serialUUID returns a random UUID of version 4 that hides a serial number, for the origin_jti of tokens. It encrypts
// the number with random bytes until the result has the form, which takes 64 tries on average.
func serialUUID(block cipher.Block, serial uint64) string {
	var plain, out [16]byte
	binary.BigEndian.PutUint64(plain[8:], serial)
	for {
		rand.Read(plain[:4]) // never fails; the next four bytes are zero
		block.Encrypt(out[:], plain[:])
		if out[6]>>4 == 4 && out[8]>>6 == 2 {
			return formatUUID(out)
		}
	}
}

// serialOf returns the serial number that a UUID hides. It returns false if serialUUID did not make it.
func serialOf(block cipher.Block, uuid string) (uint64, bool) {
	b, err := hex.DecodeString(strings.ReplaceAll(uuid, "-", ""))
	if err != nil || len(b) != 16 {
		return 0, false
	}
	block.Decrypt(b, b)
	return binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint32(b[4:]) == 0
}
