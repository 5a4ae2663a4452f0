package passwords

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/form"
)

// vector is a hash that another program made. testdata/make.py says which.
type vector struct {
	Algorithm importjob.PasswordHashingAlgorithm `json:"algorithm"`
	By        string                             `json:"by"`
	Password  string                             `json:"password"`
	Hash      string                             `json:"hash"`
}

func vectors(t *testing.T) []vector {
	t.Helper()
	file, err := os.ReadFile("testdata/vectors.jsonl")
	require.NoError(t, err)
	var all []vector
	for lines := json.NewDecoder(bytes.NewReader(file)); ; {
		var v vector
		err := lines.Decode(&v)
		if err == io.EOF {
			return all
		}
		require.NoError(t, err)
		all = append(all, v)
	}
}

// wrong is another password, which differs in a byte that all algorithms look at.
func wrong(password string) string {
	if password == "" {
		return "x"
	}
	other := []byte(password)
	other[min(len(other), 72)-1] ^= 1
	return string(other)
}

func TestVectors(t *testing.T) {
	count := map[importjob.PasswordHashingAlgorithm]int{}
	for _, v := range vectors(t) {
		count[v.Algorithm]++
		assert.True(t, form.IsHash(string(v.Algorithm), []byte(v.Hash)), "an import takes %s", v.Hash)
		right, err := Verify(v.Algorithm, v.Hash, v.Password)
		require.NoError(t, err, "%s of %s", v.Hash, v.By)
		assert.True(t, right, "%q gave %s, by %s", v.Password, v.Hash, v.By)
		matches, err := Verify(v.Algorithm, v.Hash, wrong(v.Password))
		require.NoError(t, err)
		assert.False(t, matches, "%q did not give %s", wrong(v.Password), v.Hash)
	}
	for _, algorithm := range []importjob.PasswordHashingAlgorithm{
		importjob.HashBCRYPT, importjob.HashSCRYPT, importjob.HashARGON2ID, importjob.HashPBKDF2SHA256,
	} {
		assert.GreaterOrEqual(t, count[algorithm], 25, algorithm)
	}
}

func TestTheWholeHashAndTheWholePasswordCount(t *testing.T) {
	for _, v := range sample(t) {
		matches, err := Verify(v.Algorithm, v.Hash, v.Password+"x")
		require.NoError(t, err)
		assert.False(t, matches, "%s takes a longer password", v.Algorithm)
		matches, err = Verify(v.Algorithm, v.Hash, "")
		require.NoError(t, err)
		assert.False(t, matches, "%s takes no password", v.Algorithm)

		// The last character of a hash may have bits that mean nothing, the one before has none.
		at := len(v.Hash) - 2
		for v.Hash[at] == '=' {
			at--
		}
		other := byte('0')
		if v.Hash[at] == other {
			other = '1'
		}
		matches, err = Verify(v.Algorithm, v.Hash[:at]+string(other)+v.Hash[at+1:], v.Password)
		require.NoError(t, err)
		assert.False(t, matches, "%s takes another hash", v.Algorithm)
	}
}

// sample has one vector of each algorithm, for "P@ssw0rd!".
func sample(t *testing.T) []vector {
	t.Helper()
	seen := map[importjob.PasswordHashingAlgorithm]bool{}
	var some []vector
	for _, v := range vectors(t) {
		if v.Password == "P@ssw0rd!" && !seen[v.Algorithm] {
			seen[v.Algorithm] = true
			some = append(some, v)
		}
	}
	require.Len(t, some, 4)
	return some
}

func TestBcryptIgnoresWhatFollowsTheFirst72Bytes(t *testing.T) {
	for _, v := range vectors(t) {
		if v.Algorithm != importjob.HashBCRYPT || len(v.Password) < 72 {
			continue
		}
		for _, same := range []string{v.Password[:72], v.Password + "more", v.Password[:72] + strings.Repeat("é", 1000)} {
			matches, err := Verify(v.Algorithm, v.Hash, same)
			require.NoError(t, err)
			assert.True(t, matches, v.Hash)
		}
		matches, err := Verify(v.Algorithm, v.Hash, v.Password[:71])
		require.NoError(t, err)
		assert.False(t, matches, v.Hash)
	}
}

// A hash of a correct implementation is not one of the implementation with the bug, if the password has characters
// that are not ASCII.
func TestBcryptVersion2xHasItsBug(t *testing.T) {
	for _, v := range vectors(t) {
		if v.Algorithm != importjob.HashBCRYPT || v.By != "libxcrypt" {
			continue
		}
		ascii := len(v.Password) == len([]rune(v.Password))
		swapped := "$2x$" + v.Hash[4:]
		if strings.HasPrefix(v.Hash, "$2x$") {
			swapped = "$2y$" + v.Hash[4:]
		} else if !strings.HasPrefix(v.Hash, "$2y$") {
			continue
		}
		matches, err := Verify(v.Algorithm, swapped, v.Password)
		require.NoError(t, err)
		assert.Equal(t, ascii, matches, "%q and %s", v.Password, swapped)
	}
}

func TestBase64Forms(t *testing.T) {
	const hash = "$pbkdf2-sha256$29$fjp+g.KWGVd1e8Z97W+0NQ$"
	for name, forms := range map[string][2]string{
		"plus":    {"+/+/+w", "fb ff bf fb"},
		"dot":     {"././.w", "fb ff bf fb"},
		"padded":  {"+/+/+w==", "fb ff bf fb"},
		"both":    {"./+/.w==", "fb ff bf fb"},
		"no rest": {"AAAA", "000000"},
	} {
		got, err := decodeBase64(forms[0])
		require.NoError(t, err, name)
		want, err := hex.DecodeString(strings.ReplaceAll(forms[1], " ", ""))
		require.NoError(t, err)
		assert.Equal(t, want, got, name)
	}
	for _, bad := range []string{"A", "AAAAA", "AA=A"} {
		_, err := Verify(importjob.HashPBKDF2SHA256, hash+bad, "")
		assert.ErrorIs(t, err, ErrHash, bad)
	}
}

func TestHashesThatCannotBeUsed(t *testing.T) {
	const salt22, hash31 = "abcdefghijklmnopqrstuu", "F7KK/SfP9IRGj0pPJMr8GdtCS8xpmpC"
	key32 := strings.Repeat("A", 43)
	for algorithm, hashes := range map[importjob.PasswordHashingAlgorithm][]string{
		"":    {"", "$2b$04$" + salt22 + hash31},
		"MD5": {"5f4dcc3b5aa765d61d8327deb882cf99"},
		importjob.HashBCRYPT: {
			"", "plain", "$2b$04$" + salt22, "$2b$03$" + salt22 + hash31, "$2b$13$" + salt22 + hash31, "$2c$04$" + salt22 + hash31,
			"$2b$04$" + salt22 + hash31 + "x", "1024$8$1$00$00",
		},
		importjob.HashSCRYPT: {
			"", "1024$8$1$00", "1024$8$1$0g$00", "1024$8$1$00$", "1024$8$1$0$00", "1024$8$1$00$0", "1$8$1$00$00", "1000$8$1$00$00",
			"131072$8$1$00$00", "1024$9$1$00$00", "1024$8$2$00$00", "0$8$1$00$00", "1024$0$1$00$00", "1024$8$0$00$00", "-2$8$1$00$00",
			"1024$8$1$00$" + strings.Repeat("00", 513),
		},
		importjob.HashARGON2ID: {
			"", "$argon2id$v=19$m=64,t=2,p=1$AAAA", "$argon2i$v=19$m=64,t=2,p=1$AAAA$" + key32,
			// Made by the command argon2 from "P@ssw0rd!".
			"$argon2id$v=16$m=64,t=2,p=1$c2FsdHNhbHQ$Twm4FUG4gWBWkvYLvJ1nRyG99a9VY+6J9tgD+JDhOCU",
			"$argon2id$v=19$m=64,t=0,p=1$AAAA$" + key32, "$argon2id$v=19$m=64,t=1,p=0$AAAA$" + key32, "$argon2id$v=19$m=64,t=3,p=1$AAAA$" + key32,
			"$argon2id$v=19$m=19457,t=1,p=1$AAAA$" + key32, "$argon2id$v=19$m=64,t=1,p=2$AAAA$" + key32, "$argon2id$v=19$m=64,t=1,p=257$AAAA$" + key32,
			"$argon2id$v=19$m=64,t=1,p=1$AAAA$AAA", "$argon2id$v=19$m=64,t=1,p=1$AAAA$====", "$argon2id$v=19$m=64,t=1,p=1$A$" + key32,
			"$argon2id$v=19$m=64,t=1,p=1$AAAA$" + strings.Repeat("A", 684), "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA.A",
		},
		importjob.HashPBKDF2SHA256: {
			"", "$pbkdf2-sha256$29$AAAA", "$pbkdf2-sha256$29$AAAA$====", "$pbkdf2-sha256$0$AAAA$AAAA", "$pbkdf2-sha256$600001$AAAA$AAAA",
			"$pbkdf2-sha512$29$AAAA$AAAA", "$pbkdf2-sha256$29$A$AAAA", "$pbkdf2-sha256$29$AAAA$A", "$pbkdf2-sha256$29$AAAA$" + strings.Repeat("A", 684),
		},
	} {
		for _, hash := range hashes {
			matches, err := Verify(algorithm, hash, "P@ssw0rd!")
			assert.ErrorIs(t, err, ErrHash, "%s %.80s", algorithm, hash)
			assert.False(t, matches)
			if len(hash) > 20 && err != nil {
				assert.NotContains(t, err.Error(), hash[len(hash)-10:], "the error shows the hash")
			}
		}
	}
}

func TestLongestOutput(t *testing.T) {
	for algorithm, hash := range map[importjob.PasswordHashingAlgorithm]string{
		importjob.HashSCRYPT:       "16$1$1$00$" + strings.Repeat("00", 512),
		importjob.HashARGON2ID:     "$argon2id$v=19$m=8,t=1,p=1$AAAA$" + strings.Repeat("A", 683),
		importjob.HashPBKDF2SHA256: "$pbkdf2-sha256$1$AAAA$" + strings.Repeat("A", 683),
	} {
		matches, err := Verify(algorithm, hash, "")
		assert.NoError(t, err, algorithm)
		assert.False(t, matches)
	}
}
