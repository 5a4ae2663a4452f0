package memory

import (
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strconv"
)

// ids generates identifiers: random ones, or reproducible ones from a seed. Each pool has its own ids, so that calls
// in one pool do not change the identifiers in another.
type ids struct {
	key    [32]byte
	rand   *rand.Rand
	secret uint64 // makes different pools give different subs
}

func newIDs(seed uint64) *ids {
	var key [32]byte
	if seed != 0 {
		binary.LittleEndian.PutUint64(key[:], seed)
	} else {
		crand.Read(key[:]) // never fails
	}
	return idsOf(key)
}

func idsOf(key [32]byte) *ids {
	r := rand.New(rand.NewChaCha8(key))
	return &ids{key: key, rand: r, secret: r.Uint64()}
}

// ofPool returns the ids of a pool. generation is the number of deleted pools that had the same ID.
func (g *ids) ofPool(id string, generation int) *ids {
	return idsOf(sha256.Sum256(fmt.Appendf(g.key[:len(g.key):len(g.key)], "%s %d", id, generation)))
}

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// text returns n random letters and digits.
func (g *ids) text(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphanumeric[g.rand.IntN(len(alphanumeric))]
	}
	return string(b)
}

// hex returns 64 random hexadecimal digits, the form of a signature.
func (g *ids) hex() string {
	return fmt.Sprintf("%016x%016x%016x%016x", g.rand.Uint64(), g.rand.Uint64(), g.rand.Uint64(), g.rand.Uint64())
}

// sub returns the UUID of the user with a number. It is computed on each call, so that subs use no memory. mix spreads
// the number over all bits, so that the subs of different users differ.
func (g *ids) sub(number uint32) string {
	var b [16]byte
	n := uint64(number)
	binary.BigEndian.PutUint64(b[:8], mix(n^g.secret))
	binary.BigEndian.PutUint64(b[8:], mix(mix(n)+g.secret))
	b[6] = b[6]&0x0f | 0x40 // version 4
	b[8] = b[8]&0x3f | 0x80
	var digits [32]byte
	hex.Encode(digits[:], b[:])
	text := [36]byte{8: '-', 13: '-', 18: '-', 23: '-'}
	copy(text[:8], digits[:8])
	copy(text[9:13], digits[8:12])
	copy(text[14:18], digits[12:16])
	copy(text[19:23], digits[16:20])
	copy(text[24:], digits[20:])
	return string(text[:])
}

// number returns the number whose sub it is, if it is below total. It inverts sub. The version took four bits of the half
// from which it gets the number, so it tries all their values.
func (g *ids) number(sub string, total uint32) (uint32, bool) {
	if len(sub) != len("01234567-0123-0123-0123-0123456789ab") || sub[8] != '-' || sub[13] != '-' {
		return 0, false
	}
	half, err := strconv.ParseUint(sub[:8]+sub[9:13]+sub[14:18], 16, 64)
	if err != nil {
		return 0, false
	}
	for version := range uint64(16) {
		n := unmix(half&^0xf000|version<<12) ^ g.secret
		if n < uint64(total) && g.sub(uint32(n)) == sub {
			return uint32(n), true
		}
	}
	return 0, false
}

// mix is the finalizer of SplitMix64.
//
// Source: https://prng.di.unimi.it/splitmix64.c
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// unmix is the inverse of mix.
func unmix(x uint64) uint64 {
	x ^= x>>31 ^ x>>62
	x *= 0x319642b2d24d8ec3 // times 0x94d049bb133111eb it is 1
	x ^= x>>27 ^ x>>54
	x *= 0x96de1b173f119089 // times 0xbf58476d1ce4e5b9 it is 1
	x ^= x>>30 ^ x>>60
	return x - 0x9e3779b97f4a7c15
}

// fill fills b with random bytes.
func (g *ids) fill(b []byte) {
	for i := range b {
		b[i] = byte(g.rand.Uint64())
	}
}

// base32 returns n random lower-case letters and digits, the form of the IDs of app clients.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
func (g *ids) base32(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdefghijklmnopqrstuv"[g.rand.IntN(32)]
	}
	return string(b)
}
