package cognitotest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// secrets are the secrets of the pools of a handler. Like the key of its URLs, they end with the handler.
type secrets struct {
	mu   sync.Mutex
	pool map[string]*poolSecrets
}

// of returns the secrets of a pool, and makes them at the first call. The caller has seen that the pool exists.
func (s *secrets) of(userPoolID string) *poolSecrets {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pool == nil {
		s.pool = map[string]*poolSecrets{}
	}
	if s.pool[userPoolID] == nil {
		s.pool[userPoolID] = newPoolSecrets()
	}
	return s.pool[userPoolID]
}

// known returns the secrets of a pool, or nil if of was never called for it.
func (s *secrets) known(userPoolID string) *poolSecrets {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pool[userPoolID]
}

// poolSecrets are the keys of one pool, and what was taken back of that which they signed or sealed.
type poolSecrets struct {
	idKey, accessKey func() *signingKey // made at the first call, which takes a while
	aead             cipher.AEAD        // seals sessions and refresh tokens
	serials          cipher.Block       // encrypts the numbers in origin_jti
	mac              []byte             // of the values that hide that a user does not exist
	revocations
}

func newPoolSecrets() *poolSecrets {
	random := func() []byte {
		b := make([]byte, 32)
		rand.Read(b) // never fails
		return b
	}
	seals, _ := aes.NewCipher(random()) // fails for keys of other lengths only, like the next three
	serials, _ := aes.NewCipher(random())
	aead, _ := cipher.NewGCMWithRandomNonce(seals)
	return &poolSecrets{
		idKey: sync.OnceValue(newSigningKey), accessKey: sync.OnceValue(newSigningKey),
		aead: aead, serials: serials, mac: random(),
		revocations: revocations{signedOut: map[string]uint64{}, revoked: map[uint64]time.Time{}, used: map[string]time.Time{}, grace: map[string]time.Time{}},
	}
}

// Format makes every verb of package fmt print a name, because the fields have secrets.
func (s *poolSecrets) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "secrets of a pool") }

// seal encrypts a value. Only open with the same purpose returns it.
func (s *poolSecrets) seal(purpose string, v any) []byte {
	return s.aead.Seal(nil, nil, encode(v), []byte(purpose))
}

// open decrypts a value, and reports whether seal made it for the purpose.
func (s *poolSecrets) open(purpose string, sealed []byte, v any) bool {
	text, err := s.aead.Open(nil, nil, sealed, []byte(purpose))
	return err == nil && json.Unmarshal(text, v) == nil
}

// derived returns 32 bytes that are always the same for the same purpose and name, and say nothing about others.
func (s *poolSecrets) derived(purpose, name string) []byte {
	m := hmac.New(sha256.New, s.mac)
	m.Write([]byte(purpose + "\x00" + name))
	return m.Sum(nil)
}
