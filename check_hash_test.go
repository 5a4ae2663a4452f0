package importjob

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

var goodHashes = map[PasswordHashingAlgorithm][]string{
	HashBCRYPT:       {"$2a$12$" + strings.Repeat("a", 53), "$2b$04$" + strings.Repeat("./Az09", 9)[:53], "$2x$10$" + strings.Repeat("a", 53), "$2y$04$" + strings.Repeat("a", 53)},
	HashSCRYPT:       {"65536$8$1$00ff$ABCDEF", "2$1$1$00$00"},
	HashARGON2ID:     {"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA==", "$argon2id$v=16$m=8,t=1,p=1$a+/=$bb"},
	HashPBKDF2SHA256: {"$pbkdf2-sha256$600000$c2FsdA==$aGFzaA..", "$pbkdf2-sha256$1$aa$bb"},
}

var badHashes = map[PasswordHashingAlgorithm][]string{
	HashBCRYPT: {"$2a$03$" + strings.Repeat("a", 53), "$2a$13$" + strings.Repeat("a", 53), "$2a$00$" + strings.Repeat("a", 53), "$2c$12$" + strings.Repeat("a", 53), "$2a$12$" + strings.Repeat("a", 52),
		"$2a$12$" + strings.Repeat("a", 54), "$2a$9$" + strings.Repeat("a", 53), "2a$12$" + strings.Repeat("a", 53), "$2a$12$" + strings.Repeat("=", 53), "x", "$2$12$" + strings.Repeat("a", 53)},
	HashSCRYPT:       {"65537$8$1$00$00", "65536$9$1$00$00", "65536$8$2$00$00", "0$8$1$00$00", "65536$8$1$$00", "65536$8$1$00$", "65536$8$1$00$xyz", "9999999999$8$1$00$00", "65536$8$1$00", "-1$8$1$00$00", "1$8$1$00$00", "65535$8$1$00$00", "16$8$1$0$00"},
	HashARGON2ID:     {"$argon2id$v=19$m=19457,t=2,p=1$YQ$YQ", "$argon2id$v=19$m=19456,t=3,p=1$YQ$YQ", "$argon2id$v=19$m=19456,t=2,p=2$YQ$YQ", "$argon2i$v=19$m=19456,t=2,p=1$YQ$YQ", "$argon2id$v=19$m=0,t=2,p=1$YQ$YQ", "$argon2id$m=19456,t=2,p=1$YQ$YQ", "$argon2id$v=19$m=19456,t=2,p=1$YQ$", "$argon2id$v=19$m=7,t=2,p=1$YQ$YQ"},
	HashPBKDF2SHA256: {"$pbkdf2-sha256$600001$YQ$YQ", "$pbkdf2-sha256$0$YQ$YQ", "$pbkdf2-sha512$1000$YQ$YQ", "$pbkdf2-sha256$1000$YQ", "pbkdf2-sha256$1000$YQ$YQ", "$pbkdf2-sha256$1e3$YQ$YQ", "$pbkdf2-sha256$1000$a$YQ"},
}

func TestHashRules(t *testing.T) {
	pool := emailPool()
	pool.PasswordHashes = true
	for algorithm := range goodHashes {
		opts := &CheckOptions{PasswordHashingAlgorithm: algorithm}
		judged := func(hash string) string {
			_, reason := verdict(t, pool, with(goodUser(), "password_hash", hash), opts)
			return reason
		}
		assert.Empty(t, judged(""), "no hash means no password")
		for other, hashes := range goodHashes {
			for _, h := range hashes {
				assert.Equal(t, other == algorithm, judged(h) == "", "%s for %s", h, algorithm)
			}
		}
		for _, h := range badHashes[algorithm] {
			assert.Equal(t, faultHash.text, judged(h), "%s for %s", h, algorithm)
			assert.Equal(t, faultHash.text, judged(goodHashes[algorithm][0]+"\x00"+h))
		}
	}
	_, reason := verdict(t, pool, with(goodUser(), "password_hash", "anything"), nil)
	assert.Empty(t, reason, "without an algorithm the column says nothing")
	_, reason = verdict(t, pool, with(goodUser(), "password_hash", "x"), &CheckOptions{PasswordHashingAlgorithm: "MD5"})
	assert.Equal(t, faultHash.text, reason)
}
