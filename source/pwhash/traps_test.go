package pwhash_test

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/scrypt"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/pwhash"
)

const password = "grüße 日本 ☃"

func key(t testing.TB, salt string, iterations, length int) []byte {
	t.Helper()
	k, err := pbkdf2.Key(sha256.New, password, []byte(salt), iterations, length)
	require.NoError(t, err)
	return k
}

func b64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

func converted(t testing.TB, stored string) pwhash.Hash {
	t.Helper()
	h, err := pwhash.Converter{}.Convert(stored)
	require.NoError(t, err)
	return h
}

// The salt of Django has 22 characters, as 16 bytes in base64 have. Taken as base64 it would import, and no password
// would ever verify.
func TestDjangoSaltIsText(t *testing.T) {
	const salt = "SZNozareG0dJzMTN12Ttw6"
	hash := b64(key(t, salt, 1000, 32))
	h := converted(t, "pbkdf2_sha256$1000$"+salt+"$"+hash+"=")
	assert.Equal(t, "$pbkdf2-sha256$1000$"+b64([]byte(salt))+"$"+hash, h.Value)
	assert.True(t, verifies(t, h.Algorithm, h.Value, password))

	raw, err := base64.RawStdEncoding.DecodeString(salt)
	require.NoError(t, err, "the salt must look like base64 for this test to mean anything")
	wrong := "$pbkdf2-sha256$1000$" + b64(raw) + "$" + hash
	assert.False(t, verifies(t, h.Algorithm, wrong, password))
}

// Clerk has both under one prefix, and its hasher tells which it is.
func TestClerkSaltsAreTextOrBase64(t *testing.T) {
	const salt = "c2FsdHNhbHRzYWx0"
	asText := "pbkdf2_sha256$1000$" + salt + "$" + b64(key(t, salt, 1000, 32)) + "="
	asBytes := "pbkdf2_sha256$1000$" + salt + "$" + b64(key(t, "saltsaltsalt", 1000, 32)) + "="
	for hasher, stored := range map[string]string{"pbkdf2_sha256": asBytes, "pbkdf2_sha256_django": asText} {
		h, err := pwhash.Converter{}.Clerk(stored, hasher)
		require.NoError(t, err)
		assert.True(t, verifies(t, h.Algorithm, h.Value, password), hasher)
	}
}

// The first 32 bytes of a longer result of PBKDF2 and scrypt are the result of 32 bytes. Those of Argon2 are not.
func TestLongKeys(t *testing.T) {
	const salt = "16 bytes of salt"
	h := converted(t, "$pbkdf2-sha256$i=1000,l=64$"+b64([]byte(salt))+"$"+b64(key(t, salt, 1000, 64)))
	assert.True(t, strings.HasSuffix(h.Value, "$"+b64(key(t, salt, 1000, 32))))
	assert.True(t, verifies(t, h.Algorithm, h.Value, password))

	long, err := scrypt.Key([]byte(password), []byte(salt), 1024, 8, 1, 64)
	require.NoError(t, err)
	h = converted(t, "$scrypt$ln=10,r=8,p=1$"+b64([]byte(salt))+"$"+b64(long))
	assert.Equal(t, "1024$8$1$"+hex.EncodeToString([]byte(salt))+"$"+hex.EncodeToString(long[:32]), h.Value)
	assert.True(t, verifies(t, h.Algorithm, h.Value, password))

	long = argon2.IDKey([]byte(password), []byte(salt), 1, 64, 1, 64)
	stored := "$argon2id$v=19$m=64,t=1,p=1$" + b64([]byte(salt)) + "$" + b64(long)
	h = converted(t, stored)
	assert.Equal(t, stored, h.Value, "the whole hash is kept")
	assert.True(t, verifies(t, h.Algorithm, h.Value, password))
	assert.False(t, verifies(t, h.Algorithm, "$argon2id$v=19$m=64,t=1,p=1$"+b64([]byte(salt))+"$"+b64(long[:32]), password))
}

func TestShortKeysAreRefused(t *testing.T) {
	salt := "16 bytes of salt"
	for stored, scheme := range map[string]pwhash.Scheme{
		"$pbkdf2-sha256$1000$" + b64([]byte(salt)) + "$" + b64(key(t, salt, 1000, 31)): pwhash.PBKDF2SHA256,
		"$scrypt$ln=10,r=8,p=1$" + b64([]byte(salt)) + "$" + b64(make([]byte, 31)):     pwhash.Scrypt,
	} {
		_, err := pwhash.Converter{}.Convert(stored)
		assertCause(t, err, pwhash.Cause{Scheme: scheme, Reason: pwhash.ShortKey})
	}
}

// PHC strings have the logarithm of N. Kratos has N.
func TestLogarithmOrN(t *testing.T) {
	rest := ",r=8,p=1$" + b64([]byte("16 bytes of salt")) + "$" + b64(make([]byte, 32))
	assert.True(t, strings.HasPrefix(converted(t, "$scrypt$ln=14"+rest).Value, "16384$8$1$"))
	assert.True(t, strings.HasPrefix(converted(t, "$scrypt$ln=16384"+rest).Value, "16384$8$1$"))
	assert.True(t, strings.HasPrefix(converted(t, "$scrypt$ln=32"+rest).Value, "32$8$1$"))
	_, err := pwhash.Converter{}.Convert("$scrypt$ln=31" + rest)
	assertCause(t, err, pwhash.Cause{Scheme: pwhash.Scrypt, Reason: pwhash.OverLimit, Parameter: "N", Limit: 65536})
	_, err = pwhash.Converter{}.Convert("$scrypt$ln=33" + rest)
	assertCause(t, err, pwhash.Cause{Scheme: pwhash.Scrypt, Reason: pwhash.Malformed})
}

// The last character of unpadded base64 has bits that mean nothing. A strict reader refuses them if they are not 0.
func TestUnusedBitsAreCleared(t *testing.T) {
	salt := "16 bytes of salt"
	k := key(t, salt, 1000, 32)
	stored := "$pbkdf2-sha256$1000$" + withUnusedBits(b64([]byte(salt)), stdAlphabet) + "$" + withUnusedBits(b64(k), stdAlphabet)
	h := converted(t, stored)
	assert.Equal(t, "$pbkdf2-sha256$1000$"+b64([]byte(salt))+"$"+b64(k), h.Value)

	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	require.NoError(t, err)
	clean := string(hash)
	dirty := withUnusedBits(clean[:29], bcryptAlphabet) + withUnusedBits(clean[29:], bcryptAlphabet)
	require.NotEqual(t, clean, dirty)
	assert.False(t, verifies(t, importjob.HashBCRYPT, dirty, password), "otherwise this test means nothing")
	assert.Equal(t, clean, converted(t, dirty).Value)
}

const (
	stdAlphabet    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	bcryptAlphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// withUnusedBits returns s with the lowest bit of its last character set, which must be unused.
func withUnusedBits(s, alphabet string) string {
	last := len(s) - 1
	return s[:last] + string(alphabet[strings.IndexByte(alphabet, s[last])|1])
}

func TestBcryptRevisions(t *testing.T) {
	rest := "05$" + strings.Repeat("a", 21) + "u" + strings.Repeat("b", 30) + "u"
	for _, r := range []string{"a", "b", "x", "y"} {
		for _, wrapper := range []string{"", "{bcrypt}", "{CRYPT}", "{crypt}", "{BLF-CRYPT}", "bcrypt$", " "} {
			h := converted(t, wrapper+"$2"+r+"$"+rest)
			assert.Equal(t, pwhash.Hash{Scheme: pwhash.Bcrypt, Algorithm: importjob.HashBCRYPT, Value: "$2" + r + "$" + rest}, h)
		}
	}
	_, err := pwhash.Converter{}.Convert("$2$" + rest)
	assertCause(t, err, pwhash.Cause{Scheme: pwhash.Bcrypt1997, Reason: pwhash.Unsupported})
	_, err = pwhash.Converter{}.Convert("$2c$" + rest)
	assertCause(t, err, pwhash.Cause{Reason: pwhash.NotRecognized})
}

func TestPepperedBcryptIsRefused(t *testing.T) {
	c := pwhash.Converter{Peppered: true}
	stored := "$2b$05$" + strings.Repeat("a", 21) + "u" + strings.Repeat("b", 30) + "u"
	want := pwhash.Cause{Scheme: pwhash.Bcrypt, Reason: pwhash.Peppered}
	_, err := c.Convert(stored)
	assertCause(t, err, want)
	_, err = c.SplitBcrypt(5, stored[7:29], stored[29:])
	assertCause(t, err, want)
	_, err = c.Convert("$pbkdf2-sha256$1000$" + b64([]byte("16 bytes of salt")) + "$" + b64(make([]byte, 32)))
	require.NoError(t, err, "only bcrypt has a pepper")
}

func TestArgon2Parameters(t *testing.T) {
	rest := "$" + b64([]byte("16 bytes of salt")) + "$" + b64(make([]byte, 32))
	assert.Equal(t, "$argon2id$v=19$m=64,t=2,p=1"+rest, converted(t, "$argon2id$v=19$t=2,p=1,m=64"+rest).Value, "the order of the form")
	assert.Equal(t, "$argon2id$v=19$m=64,t=2,p=1"+rest, converted(t, "$argon2id$v=19$m=64,t=2,p=1$"+b64([]byte("16 bytes of salt"))+"==$"+b64(make([]byte, 32))+"=").Value, "no padding")
	assert.Equal(t, "$argon2id$v=16$m=64,t=2,p=1"+rest, converted(t, "$argon2id$m=64,t=2,p=1"+rest).Value, "version 1.0 is the default")
	for _, more := range []string{",keyid=Hj5+dsK0", ",data=sRlHhRmKUGzdOmXn"} {
		_, err := pwhash.Converter{}.Convert("$argon2id$v=19$m=64,t=2,p=1" + more + rest)
		assertCause(t, err, pwhash.Cause{Scheme: pwhash.Argon2idKeyed, Reason: pwhash.Unsupported})
	}
}

// ASP.NET's iterations and salt length are in the hash, whose salt is longer than 16 bytes if so configured.
func TestASPNETSaltLength(t *testing.T) {
	salt := strings.Repeat("salt", 6)
	b := slices.Concat([]byte{1, 0, 0, 0, 1}, binary.BigEndian.AppendUint32(nil, 1000), binary.BigEndian.AppendUint32(nil, 24), []byte(salt), key(t, salt, 1000, 32))
	h := converted(t, base64.StdEncoding.EncodeToString(b))
	assert.True(t, verifies(t, h.Algorithm, h.Value, password))

	for i, value := range map[int]byte{0: 2, 4: 3, 12: 12} { // another version, another function, a salt that is too short
		other := slices.Clone(b)
		other[i] = value
		_, err := pwhash.Converter{}.Convert(base64.StdEncoding.EncodeToString(other))
		assertCause(t, err, pwhash.Cause{Reason: pwhash.NotRecognized})
	}
	b[12] = 255 // a salt that is longer than the whole
	_, err := pwhash.Converter{}.Convert(base64.StdEncoding.EncodeToString(b))
	assertCause(t, err, pwhash.Cause{Reason: pwhash.NotRecognized})
}

func TestNoPassword(t *testing.T) {
	want := pwhash.Hash{Scheme: pwhash.NoPassword}
	for _, stored := range []string{"", " ", "!", "!!", "*", "*LK*", "!P8D3CAPtLNHZ06n7yn99US3V80IV7CDI2u2BSMWD", "{CRYPT}*"} {
		assert.Equal(t, want, converted(t, stored), "%q", stored)
	}
	c := pwhash.Converter{Peppered: true}
	for name, convert := range map[string]func() (pwhash.Hash, error){
		"Keycloak":    func() (pwhash.Hash, error) { return c.Keycloak("", "") },
		"FusionAuth":  func() (pwhash.Hash, error) { return c.FusionAuth("bcrypt", 10, "", "") },
		"SplitBcrypt": func() (pwhash.Hash, error) { return c.SplitBcrypt(10, "", "") },
		"Clerk":       func() (pwhash.Hash, error) { return c.Clerk("", "bcrypt") },
		"Firebase":    func() (pwhash.Hash, error) { return c.Firebase("") },
	} {
		h, err := convert()
		require.NoError(t, err, name)
		assert.Equal(t, want, h, name)
	}
}
