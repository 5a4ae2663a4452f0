package passwords

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/scrypt"

	"github.com/cognito-import/importjob"
)

// BenchmarkVerify compares Verify with the function below it, which it should cost no more than a tenth above.
func BenchmarkVerify(b *testing.B) {
	password, salt := "P@ssw0rd!", []byte("0123456789abcdef")
	b64 := base64.RawStdEncoding.EncodeToString

	bcryptHash, err := bcrypt.GenerateFromPassword([]byte(password), 8)
	require.NoError(b, err)
	scryptKey := func() []byte {
		key, err := scrypt.Key([]byte(password), salt, 4096, 8, 1, 32)
		require.NoError(b, err)
		return key
	}
	argon2Key := func() []byte { return argon2.IDKey([]byte(password), salt, 2, 4096, 1, 32) }
	pbkdf2Key := func() []byte {
		key, err := pbkdf2.Key(sha256.New, password, salt, 10_000, 32)
		require.NoError(b, err)
		return key
	}

	pair := func(algorithm importjob.PasswordHashingAlgorithm, hash string, below func()) {
		b.Run(string(algorithm)+"/Verify", func(b *testing.B) {
			for b.Loop() {
				matches, err := Verify(algorithm, hash, password)
				if !matches || err != nil {
					b.Fatal(matches, err)
				}
			}
		})
		b.Run(string(algorithm)+"/below", func(b *testing.B) {
			for b.Loop() {
				below()
			}
		})
	}
	pair(importjob.HashBCRYPT, string(bcryptHash), func() { _ = bcrypt.CompareHashAndPassword(bcryptHash, []byte(password)) })
	pair(importjob.HashSCRYPT, fmt.Sprintf("4096$8$1$%x$%s", salt, hex.EncodeToString(scryptKey())), func() { scryptKey() })
	pair(importjob.HashARGON2ID, fmt.Sprintf("$argon2id$v=19$m=4096,t=2,p=1$%s$%s", b64(salt), b64(argon2Key())), func() { argon2Key() })
	pair(importjob.HashPBKDF2SHA256, fmt.Sprintf("$pbkdf2-sha256$10000$%s$%s", b64(salt), b64(pbkdf2Key())), func() { pbkdf2Key() })
}
