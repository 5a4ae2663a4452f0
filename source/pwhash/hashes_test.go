package pwhash_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/pwhash"
)

// storedHash is a line of testdata/hashes.json, which testdata/make.py writes.
type storedHash struct {
	System    string
	MadeBy    string `json:"made_by"` // "the system", or "layout" if it was computed from the documented layout
	Function  string // the method of Converter
	Scheme    pwhash.Scheme
	Password  string
	Algorithm importjob.PasswordHashingAlgorithm // "" if the hash cannot be kept
	Reason    pwhash.Reason                      // "" if it can
	Version10 bool                               `json:"version_10"` // of Argon2, which golang.org/x/crypto does not have

	Stored, CredentialData, SecretData, EncryptionScheme, Salt, Hash, Hasher string
	Factor                                                                   int

	Peppered         bool
	SpringIterations int    `json:"spring_iterations"`
	SpringSecret     string `json:"spring_secret"`
}

func storedHashes(t testing.TB) []storedHash {
	t.Helper()
	text, err := os.ReadFile("testdata/hashes.json")
	require.NoError(t, err)
	var hashes []storedHash
	require.NoError(t, json.Unmarshal(text, &hashes))
	require.NotEmpty(t, hashes)
	return hashes
}

// convert calls the method of Converter that the line names.
func (s storedHash) convert(t testing.TB, c pwhash.Converter) (pwhash.Hash, error) {
	c.Peppered, c.SpringIterations, c.SpringSecret = s.Peppered, s.SpringIterations, s.SpringSecret
	switch s.Function {
	case "Convert":
		return c.Convert(s.Stored)
	case "Keycloak":
		return c.Keycloak(s.CredentialData, s.SecretData)
	case "FusionAuth":
		return c.FusionAuth(s.EncryptionScheme, s.Factor, s.Salt, s.Hash)
	case "SplitBcrypt":
		return c.SplitBcrypt(s.Factor, s.Salt, s.Hash)
	case "Clerk":
		return c.Clerk(s.Stored, s.Hasher)
	case "Firebase":
		return c.Firebase(s.Stored)
	}
	t.Fatalf("unknown function %q", s.Function)
	return pwhash.Hash{}, nil
}

// secrets returns what an error must not contain.
func (s storedHash) secrets() []string {
	all := []string{s.Password, s.Stored, s.SecretData, s.Salt, s.Hash, s.SpringSecret}
	for _, text := range []string{s.Stored, s.SecretData} {
		all = append(all, strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(`$}"`, r) })...)
	}
	return all
}

func TestPasswordsOfOtherSystems(t *testing.T) {
	check := checkers(t)
	for i, s := range storedHashes(t) {
		t.Run(fmt.Sprintf("%03d %s %s", i, s.System, s.Scheme), func(t *testing.T) {
			t.Parallel()
			h, err := s.convert(t, pwhash.Converter{})
			if s.Reason != "" {
				assertRefused(t, s, h, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, s.Scheme, h.Scheme)
			require.Equal(t, s.Algorithm, h.Algorithm)
			if h.Algorithm == "" {
				assert.Empty(t, h.Value)
				return
			}
			finding, bad := check[h.Algorithm].CheckRecord(rowWith(h.Value))
			assert.False(t, bad, "%v", finding)
			if s.Version10 {
				assert.Contains(t, h.Value, "$v=16$")
				return
			}
			assert.True(t, verifies(t, h.Algorithm, h.Value, s.Password), "%s does not verify", h.Value)
		})
	}
}

// The check itself must be able to fail.
func TestWrongPasswordsDoNotVerify(t *testing.T) {
	tried := map[importjob.PasswordHashingAlgorithm]bool{}
	for _, s := range storedHashes(t) {
		if s.Algorithm == "" || tried[s.Algorithm] {
			continue
		}
		tried[s.Algorithm] = true
		h, err := s.convert(t, pwhash.Converter{})
		require.NoError(t, err)
		assert.False(t, verifies(t, h.Algorithm, h.Value, s.Password+" "), "any password verifies for %s", h.Algorithm)
	}
	assert.Len(t, tried, 4)
}

func assertRefused(t *testing.T, s storedHash, h pwhash.Hash, err error) {
	t.Helper()
	var refused *pwhash.Error
	require.ErrorAs(t, err, &refused)
	assert.Zero(t, h)
	assert.Equal(t, s.Scheme, refused.Scheme)
	assert.Equal(t, s.Reason, refused.Reason)
	require.ErrorIs(t, err, s.Reason)
	for _, secret := range s.secrets() {
		if len(secret) >= 8 {
			assert.NotContains(t, err.Error(), secret)
		}
	}
}

// A hash with the other alphabet is the same hash.
func TestPasslibAlphabet(t *testing.T) {
	differ := 0
	for _, s := range storedHashes(t) {
		if s.Reason != "" {
			continue
		}
		plus, err := s.convert(t, pwhash.Converter{})
		require.NoError(t, err)
		dot, err := s.convert(t, pwhash.Converter{PasslibAlphabet: true})
		require.NoError(t, err)
		if s.Algorithm != importjob.HashPBKDF2SHA256 {
			assert.Equal(t, plus, dot, "only PBKDF2 has two alphabets")
			continue
		}
		assert.NotContains(t, plus.Value, ".")
		assert.NotContains(t, dot.Value, "+")
		assert.Equal(t, plus.Value, strings.ReplaceAll(dot.Value, ".", "+"))
		if plus != dot {
			differ++
		}
		again, err := pwhash.Converter{PasslibAlphabet: true}.Convert(plus.Value)
		require.NoError(t, err)
		assert.Equal(t, dot, again)
	}
	assert.Positive(t, differ)
}

// A converted PBKDF2, bcrypt or Argon2id hash is itself a stored form, and converting it changes nothing.
func TestConvertedHashesStayTheSame(t *testing.T) {
	for _, s := range storedHashes(t) {
		h, err := s.convert(t, pwhash.Converter{})
		if err != nil || h.Algorithm == "" || h.Algorithm == importjob.HashSCRYPT {
			continue
		}
		again, err := pwhash.Converter{}.Convert(h.Value)
		require.NoError(t, err)
		assert.Equal(t, h, again)
	}
}
