package srp

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A sign-in that was calculated with another program.
const (
	vectorSalt      = "63479ad69a090b258277ec8fba6f9941"
	vectorPassword  = "P@ssw0rd!"
	vectorBlock     = "c2VjcmV0YmxvY2s="
	vectorTimestamp = "Tue May 7 00:09:40 UTC 2024"
)

var vectorIdentity = Identity{PoolName: "abcDEF123", UserID: "alice"}

func sum(text string) []byte {
	s := sha256.Sum256([]byte(text))
	return s[:]
}

func bytesOf(t *testing.T, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits)
	require.NoError(t, err)
	return b
}

func saltOf(t *testing.T, digits string) [SaltSize]byte {
	t.Helper()
	return [SaltSize]byte(bytesOf(t, digits))
}

func TestVector(t *testing.T) {
	id := NewIdentity("us-east-1_abcDEF123", "alice")
	require.Equal(t, vectorIdentity, id)
	v := NewVerifier(id, vectorPassword, saltOf(t, vectorSalt))
	assert.Equal(t, "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6", multiplier.Text(16))
	assert.Equal(t, "fa508a605a8edee85384ae880b272bc4e5a94cd709ca6051501fad0d3aa07de7", hex.EncodeToString(v.X[:]))
	assert.Equal(t, vectorSalt, SaltHex(v.Salt[:]))

	client := NewClient(sum("a"))
	server, err := NewServer(v.Bytes(), client.A(), sum("b"))
	require.NoError(t, err)
	assert.Equal(t, "4c972c2dad5647797b03170b706ed1cee97faff74bc9d4cd123e7ff4761ff871", scrambler(client.a, server.b).Text(16))
	const key = "79b120309050315b84f501768dc61eb0"
	assert.Equal(t, key, hex.EncodeToString(server.Key()))
	clientKey, err := client.Key(id, vectorPassword, SaltHex(v.Salt[:]), server.B())
	require.NoError(t, err)
	assert.Equal(t, key, hex.EncodeToString(clientKey))

	const claim = "L4DkcAuc9xyUMRCovvHZRIhyikm2wrOx2NRvfSds5D4="
	block, err := base64.StdEncoding.DecodeString(vectorBlock)
	require.NoError(t, err)
	assert.Equal(t, claim, base64.StdEncoding.EncodeToString(Signature(server.Key(), id, block, vectorTimestamp)))
	sent, err := ParseTimestamp(vectorTimestamp)
	require.NoError(t, err)
	assert.True(t, server.Accepts(id, block, sent, claim))
}

// The keys are of a client of Amazon's: testdata/make.mjs says which. The public values of one vector each are shorter
// than N, and salts begin with all kinds of bytes.
func TestVectorsOfAnotherClient(t *testing.T) {
	file, err := os.ReadFile("testdata/vectors.jsonl")
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(file)), "\n")
	require.Len(t, lines, 20)
	for _, line := range lines {
		var v struct{ Pool, User, Password, Salt, A, B, SRPA, SRPB, Key string }
		require.NoError(t, json.Unmarshal([]byte(line), &v))
		id := Identity{PoolName: v.Pool, UserID: v.User}
		a, b := bytesOf(t, v.A), bytesOf(t, v.B)
		client := NewClient(a)
		assert.Equal(t, v.SRPA, client.A())
		verifier := NewVerifier(id, v.Password, saltOf(t, v.Salt))
		server, err := NewServer(verifier.Bytes(), v.SRPA, b)
		require.NoError(t, err)
		assert.Equal(t, v.SRPB, server.B())
		assert.Equal(t, v.Key, hex.EncodeToString(server.Key()), line)
		key, err := client.Key(id, v.Password, SaltHex(verifier.Salt[:]), v.SRPB)
		require.NoError(t, err)
		assert.Equal(t, v.Key, hex.EncodeToString(key), line)
	}
}

// signIn runs both sides and reports whether the service accepts the client's password.
func signIn(t *testing.T, v Verifier, id Identity, password string, secrets *rand.ChaCha8) bool {
	t.Helper()
	a, b, block := make([]byte, 32), make([]byte, 32), make([]byte, 100)
	for _, random := range [][]byte{a, b, block} {
		_, _ = secrets.Read(random)
	}
	client := NewClient(a)
	server, err := NewServer(v.Bytes(), client.A(), b)
	require.NoError(t, err)
	now := time.Date(2026, 11, 5, 9, 4, 3, 999, time.UTC)
	answer, err := client.Claim(id.PoolName, password, map[string]string{
		"SALT": SaltHex(v.Salt[:]), "SRP_B": server.B(), "USERNAME": id.UserID, "USER_ID_FOR_SRP": id.UserID,
		"SECRET_BLOCK": base64.StdEncoding.EncodeToString(block),
	}, FormatTimestamp(now))
	require.NoError(t, err)
	assert.Equal(t, id.UserID, answer["USERNAME"])
	sent, err := ParseTimestamp(answer["TIMESTAMP"])
	require.NoError(t, err)
	return server.Accepts(id, block, sent, answer["PASSWORD_CLAIM_SIGNATURE"])
}

func TestOnlyTheRightPasswordSignsIn(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	alphabet := []rune("aZ09 !\\:|\x00\u00e9\u00df\u0131\u4e2d\u0644\U0001f511")
	for range 20 {
		password := make([]rune, random.Uint64()%40)
		for i := range password {
			password[i] = alphabet[random.Uint64()%uint64(len(alphabet))]
		}
		var salt [SaltSize]byte
		_, _ = random.Read(salt[:])
		// A salt may begin with zeros, which SALT leaves out, or with the bit that is a sign.
		copy(salt[:random.Uint64()%4], make([]byte, 4))
		salt[random.Uint64()%4] |= byte(random.Uint64()) & 0x80
		id := Identity{PoolName: "abcDEF123", UserID: string(password[:len(password)/2]) + "ü"}

		right := string(password)
		v := NewVerifier(id, right, salt)
		require.True(t, v.Check(id, right), "%q", right)
		require.True(t, signIn(t, v, id, right, random), "%q with salt %x", right, salt)
		for _, wrong := range []string{right + " ", "x" + right, right + "\x00", strings.ToUpper(right) + "a"} {
			require.False(t, v.Check(id, wrong), "%q for %q", wrong, right)
		}
		require.False(t, signIn(t, v, id, right+" ", random), "%q", right)
	}
}

func TestVerifierIsForOneIdentity(t *testing.T) {
	salt := saltOf(t, vectorSalt)
	v := NewVerifier(vectorIdentity, vectorPassword, salt)
	assert.False(t, v.Check(Identity{PoolName: "abcDEF123", UserID: "bob"}, vectorPassword))
	assert.False(t, v.Check(Identity{PoolName: "other", UserID: "alice"}, vectorPassword))
	assert.False(t, Verifier{}.Check(vectorIdentity, ""))
	assert.False(t, Verifier{Salt: salt}.Check(vectorIdentity, vectorPassword))
	assert.False(t, signIn(t, Verifier{Salt: salt}, vectorIdentity, vectorPassword, rand.NewChaCha8([32]byte{2})))
}

func saltHexOf(t *testing.T, digits string) string {
	t.Helper()
	salt := saltOf(t, digits)
	return SaltHex(salt[:])
}

func TestSaltHexIsMinimal(t *testing.T) {
	assert.Equal(t, "ab00000000000000000000000000", saltHexOf(t, "0000ab00000000000000000000000000"))
	assert.Equal(t, "f00000000000000000000000000000e", saltHexOf(t, "0f00000000000000000000000000000e"))
	assert.Equal(t, "0", SaltHex(nil))
}

func TestIdentityOfAPool(t *testing.T) {
	assert.Equal(t, Identity{PoolName: "a_b", UserID: "u"}, NewIdentity("eu-west-1_a_b", "u"))
	assert.Equal(t, Identity{PoolName: "plain", UserID: "u"}, NewIdentity("plain", "u"))
}

func TestPad(t *testing.T) {
	for n, want := range map[string]string{
		"0": "00", "1": "01", "7f": "7f", "80": "0080", "ff": "00ff", "100": "0100", "7fff": "7fff", "8000": "008000", "123": "0123",
	} {
		number, ok := new(big.Int).SetString(n, 16)
		require.True(t, ok)
		assert.Equal(t, want, hex.EncodeToString(pad(number)), n)
	}
}

func TestPublicValues(t *testing.T) {
	below := new(big.Int).Sub(modulus, big.NewInt(1)).Text(16)
	for _, good := range []string{"1", "0001", "abcdef", "ABCDEF", below, "00" + below} {
		_, err := NewServer(nil, good, sum("b"))
		assert.NoError(t, err, good)
	}
	twice := new(big.Int).Lsh(modulus, 1).Text(16)
	for _, bad := range []string{
		"", "0", "00", "-1", "+1", "0x1", "1_0", "g", " 1", "1\n", "é", modulusHex, strings.ToLower(modulusHex), twice,
		new(big.Int).Add(modulus, big.NewInt(1)).Text(16), "000" + below, strings.Repeat("0", 1<<20) + "1",
	} {
		_, err := NewServer(nil, bad, sum("b"))
		assert.ErrorIs(t, err, ErrPublicValue, "%.20q", bad)
	}
}

func TestServerIsAFunctionOfItsArguments(t *testing.T) {
	v := NewVerifier(vectorIdentity, vectorPassword, saltOf(t, vectorSalt))
	a := NewClient(sum("a")).A()
	first, err := NewServer(v.Bytes(), a, sum("b"))
	require.NoError(t, err)
	second, err := NewServer(v.Bytes(), a, sum("b"))
	require.NoError(t, err)
	assert.Equal(t, first.B(), second.B())
	assert.Equal(t, first.Key(), second.Key())
	assert.Equal(t, first.Key(), first.Key(), "Key changes nothing")
	assert.Len(t, first.Key(), KeySize)

	other, err := NewServer(v.Bytes(), a, sum("c"))
	require.NoError(t, err)
	assert.NotEqual(t, first.B(), other.B())
	assert.NotEqual(t, first.Key(), other.Key())
}

func TestAcceptsComparesAllOfTheClaim(t *testing.T) {
	v := NewVerifier(vectorIdentity, vectorPassword, saltOf(t, vectorSalt))
	server, err := NewServer(v.Bytes(), NewClient(sum("a")).A(), sum("b"))
	require.NoError(t, err)
	sent := time.Date(2024, 5, 7, 0, 9, 40, 0, time.UTC)
	block := []byte("secretblock")
	claim := base64.StdEncoding.EncodeToString(Signature(server.Key(), vectorIdentity, block, vectorTimestamp))
	require.True(t, server.Accepts(vectorIdentity, block, sent, claim))
	assert.True(t, server.Accepts(vectorIdentity, block, sent.In(time.FixedZone("", 3600)), claim), "an instant has no zone")

	assert.False(t, server.Accepts(Identity{PoolName: "abcDEF123", UserID: "bob"}, block, sent, claim))
	assert.False(t, server.Accepts(vectorIdentity, []byte("another"), sent, claim))
	assert.False(t, server.Accepts(vectorIdentity, block, sent.Add(time.Second), claim))
	for _, bad := range []string{"", "?", claim[:40], claim[4:], base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0}, 32))} {
		assert.False(t, server.Accepts(vectorIdentity, block, sent, bad), bad)
	}
	for _, other := range []string{"Tue May 07 00:09:40 UTC 2024", "Wed May 7 00:09:40 UTC 2024", "Tue May 7 00:09:40 GMT 2024"} {
		rendered := base64.StdEncoding.EncodeToString(Signature(server.Key(), vectorIdentity, block, other))
		parsed, err := ParseTimestamp(other)
		require.NoError(t, err)
		assert.Equal(t, sent, parsed)
		assert.False(t, server.Accepts(vectorIdentity, block, parsed, rendered), "the service does not sign %q", other)
	}
}

func TestClientRefusesBadChallenges(t *testing.T) {
	good := map[string]string{"SALT": "ab", "SRP_B": "2", "SECRET_BLOCK": "AAAA", "USER_ID_FOR_SRP": "u", "USERNAME": "u"}
	client := NewClient(sum("a"))
	_, err := client.Claim("p", "pw", good, vectorTimestamp)
	require.NoError(t, err)
	for name, bad := range map[string]string{"SALT": "xyz", "SRP_B": "0", "SECRET_BLOCK": "?"} {
		challenge := map[string]string{}
		for k, v := range good {
			challenge[k] = v
		}
		challenge[name] = bad
		_, err := client.Claim("p", "pw", challenge, vectorTimestamp)
		assert.Error(t, err, name)
	}
}

func TestTimestamps(t *testing.T) {
	for text, canonical := range map[string]string{
		"Tue May 7 00:09:40 UTC 2024":    "",
		"Thu Dec 31 23:59:59 UTC 2026":   "",
		"Thu Feb 29 12:00:00 UTC 2024":   "",
		"Thu Sep 05 10:20:30 UTC 2024":   "Thu Sep 5 10:20:30 UTC 2024",
		"Mon Sep 5 10:20:30 UTC 2024":    "Thu Sep 5 10:20:30 UTC 2024",
		"Thu Sep 5 1:20:30 UTC 2024":     "Thu Sep 5 01:20:30 UTC 2024",
		"Thu Sep 5 10:20:30 GMT 2024":    "Thu Sep 5 10:20:30 UTC 2024",
		"Thu Sep 5 10:20:30 CEST 2024":   "Thu Sep 5 10:20:30 UTC 2024",
		"thu sep 5 10:20:30 UTC 2024":    "Thu Sep 5 10:20:30 UTC 2024",
		"Tue May 7 00:09:40 +05:30 2024": "error", "Tue May 7 24:09:40 UTC 2024": "error", "Tue May 7 00:60:40 UTC 2024": "error",
		"Tue May 7 00:09:40.5 UTC 2024": "error", "Tue May 7 00:09:40,5 UTC 2024": "error", "Tue May 7 00:09:40 2024": "error",
		"Tue May  7 00:09:40 UTC 2024": "error", "Thu Feb 30 12:00:00 UTC 2024": "error", "Die Mai 7 00:09:40 UTC 2024": "error",
		"Tue May 7 00:09:40 UTC 24": "error", "Tue May 7 00:09:40 UTC 2024 ": "error", "2024-05-07T00:09:40Z": "error", "": "error",
		"Tue May 7 00:09:40  2024": "error", "Tue May 7 00:09:40 GMT+5 2024": "error",
	} {
		got, err := ParseTimestamp(text)
		if canonical == "error" {
			assert.ErrorIs(t, err, ErrTimestamp, "%q", text)
			continue
		}
		if canonical == "" {
			canonical = text
		}
		if assert.NoError(t, err, "%q", text) {
			assert.Equal(t, canonical, FormatTimestamp(got))
		}
	}
}

func BenchmarkNewVerifier(b *testing.B) {
	for b.Loop() {
		NewVerifier(vectorIdentity, vectorPassword, [SaltSize]byte{1})
	}
}

func BenchmarkServer(b *testing.B) {
	v := NewVerifier(vectorIdentity, vectorPassword, [SaltSize]byte{1})
	a := NewClient(sum("a")).A()
	b.Run("NewServer", func(b *testing.B) {
		for b.Loop() {
			_, _ = NewServer(v.Bytes(), a, sum("b"))
		}
	})
	server, err := NewServer(v.Bytes(), a, sum("b"))
	require.NoError(b, err)
	b.Run("Key", func(b *testing.B) {
		for b.Loop() {
			server.Key()
		}
	})
}

func BenchmarkClient(b *testing.B) {
	client := NewClient(sum("a"))
	b.Run("NewClient", func(b *testing.B) {
		for b.Loop() {
			NewClient(sum("a"))
		}
	})
	b.Run("Key", func(b *testing.B) {
		for b.Loop() {
			_, _ = client.Key(vectorIdentity, vectorPassword, vectorSalt, vectorSalt)
		}
	})
}
