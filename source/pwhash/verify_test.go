package pwhash_test

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/scrypt"

	"github.com/cognito-import/importjob"
)

// verifies reports whether a password is right for a hash in the form that a job takes. It decodes strictly, so that a
// hash fails that only a lenient reader takes.
func verifies(t *testing.T, algorithm importjob.PasswordHashingAlgorithm, hash, password string) bool {
	t.Helper()
	b64 := func(s string) []byte {
		b, err := base64.RawStdEncoding.Strict().DecodeString(s)
		require.NoError(t, err)
		return b
	}
	switch algorithm {
	case importjob.HashBCRYPT:
		return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
	case importjob.HashSCRYPT:
		var n, r, p int
		var salt, key string
		_, err := fmt.Sscanf(strings.ReplaceAll(hash, "$", " "), "%d %d %d %s %s", &n, &r, &p, &salt, &key)
		require.NoError(t, err)
		saltBytes, err := hex.DecodeString(salt)
		require.NoError(t, err)
		got, err := scrypt.Key([]byte(password), saltBytes, n, r, p, 32)
		require.NoError(t, err)
		return hex.EncodeToString(got) == key
	case importjob.HashARGON2ID:
		var version, m, time uint32
		var lanes uint8
		fields := strings.Split(hash, "$")
		require.Len(t, fields, 6)
		_, err := fmt.Sscanf(fields[2]+" "+fields[3], "v=%d m=%d,t=%d,p=%d", &version, &m, &time, &lanes)
		require.NoError(t, err)
		require.EqualValues(t, argon2.Version, version)
		key := b64(fields[5])
		return bytes.Equal(key, argon2.IDKey([]byte(password), b64(fields[4]), time, m, lanes, uint32(len(key))))
	case importjob.HashPBKDF2SHA256:
		var iterations int
		fields := strings.Split(strings.ReplaceAll(hash, ".", "+"), "$")
		require.Len(t, fields, 5)
		_, err := fmt.Sscan(fields[2], &iterations)
		require.NoError(t, err)
		got, err := pbkdf2.Key(sha256.New, password, b64(fields[3]), iterations, 32)
		require.NoError(t, err)
		return bytes.Equal(got, b64(fields[4]))
	}
	t.Fatalf("unknown algorithm %q", algorithm)
	return false
}

// checkers returns a checker of rows for each algorithm.
func checkers(t testing.TB) map[importjob.PasswordHashingAlgorithm]*importjob.RowChecker {
	t.Helper()
	pool := importjob.Pool{ID: "us-west-2_aaaaaaaaa", AutoVerifiedAttributes: []string{"email"}, PasswordHashes: true}
	all := map[importjob.PasswordHashingAlgorithm]*importjob.RowChecker{}
	for _, a := range []importjob.PasswordHashingAlgorithm{importjob.HashBCRYPT, importjob.HashSCRYPT, importjob.HashARGON2ID, importjob.HashPBKDF2SHA256} {
		c, err := importjob.NewRowChecker(pool, pool.Header(), &importjob.CheckOptions{PasswordHashingAlgorithm: a})
		require.NoError(t, err)
		all[a] = c
	}
	return all
}

// rowWith returns a good row with the hash.
func rowWith(hash string) importjob.Record {
	return importjob.Record{"cognito:username": "johndoe", "email": "johndoe@example.com", "email_verified": "true", "password_hash": hash}
}
