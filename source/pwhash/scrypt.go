package pwhash

import (
	"encoding/hex"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
)

// scrypt returns the hash with the first 32 bytes of the key, see keyLen.
//
// Source: https://www.rfc-editor.org/rfc/rfc7914#section-6
func (c Converter) scrypt(n, r, p int64, salt, key []byte) (Hash, error) {
	if n < 2 || bits.OnesCount64(uint64(n)) != 1 || r < 1 || p < 1 || len(salt) == 0 || len(key) == 0 {
		return Hash{}, malformed(Scrypt)
	}
	if len(key) < keyLen {
		return Hash{}, refuse(Scrypt, ShortKey)
	}
	value := fmt.Sprintf("%d$%d$%d$%s$%s", n, r, p, hex.EncodeToString(salt), hex.EncodeToString(key[:keyLen]))
	return finished(Scrypt, importjob.HashSCRYPT, value, []string{"N", "r", "p"}, n, r, p)
}

// scryptText converts a hash whose numbers are in texts, with a salt and a key in the encodings.
func (c Converter) scryptText(n, r, p, salt, key string, saltOf, keyOf func(string) ([]byte, bool)) (Hash, error) {
	cost, goodN := number(n)
	blockSize, goodR := number(r)
	parallel, goodP := number(p)
	saltBytes, goodSalt := saltOf(salt)
	keyBytes, goodKey := keyOf(key)
	if !goodN || !goodR || !goodP || !goodSalt || !goodKey {
		return Hash{}, malformed(Scrypt)
	}
	return c.scrypt(cost, blockSize, parallel, saltBytes, keyBytes)
}

// scryptDjango converts "N$salt$r$p$key". The salt is the text itself.
func (c Converter) scryptDjango(rest string) (Hash, error) {
	f, ok := split(rest, "$", 5)
	if !ok {
		return Hash{}, malformed(Scrypt)
	}
	return c.scryptText(f[0], f[2], f[3], f[1], f[4], textBytes, base64Bytes)
}

// scryptWerkzeug converts "N:r:p$salt$key". The salt is the text itself, and the key is in hex.
func (c Converter) scryptWerkzeug(rest string) (Hash, error) {
	f, ok := split(rest, "$", 3)
	if !ok {
		return Hash{}, malformed(Scrypt)
	}
	numbers, ok := split(f[0], ":", 3)
	if !ok {
		return Hash{}, malformed(Scrypt)
	}
	return c.scryptText(numbers[0], numbers[1], numbers[2], f[1], f[2], textBytes, hexBytes)
}

// scryptPHC converts "ln=logarithm of N,r=r,p=p$salt$key". Kratos writes N itself as ln; the logarithm is at most 31,
// and no system takes so small an N.
//
// Source: https://github.com/ory/kratos/blob/master/hash/hash_comparator.go
func (c Converter) scryptPHC(rest string) (Hash, error) {
	const largestLog = 31
	f, ok := split(rest, "$", 3)
	if !ok {
		return Hash{}, malformed(Scrypt)
	}
	numbers, ok := parameters(f[0], "ln", "r", "p")
	salt, goodSalt := base64Bytes(f[1])
	key, goodKey := base64Bytes(f[2])
	if !ok || !goodSalt || !goodKey {
		return Hash{}, malformed(Scrypt)
	}
	n := numbers["ln"]
	if n <= largestLog {
		n = 1 << n
	}
	return c.scrypt(n, numbers["r"], numbers["p"], salt, key)
}

// scryptSpring converts "$parameters$salt$key" of Spring Security, whose parameters in hex are the logarithm of N,
// then r and p in two digits each. It returns false if the value has another form.
func (c Converter) scryptSpring(stored string) (Hash, bool, error) {
	f, ok := split(stored, "$", 4)
	if !ok || f[0] != "" || len(f[1]) < 5 || len(f[1]) > 6 || !consistsOf(f[1], lowerHex) {
		return Hash{}, false, nil
	}
	packed, err := strconv.ParseUint(f[1], 16, 32)
	salt, goodSalt := base64Bytes(f[2])
	key, goodKey := base64Bytes(f[3])
	if err != nil || packed>>16 > 31 || !goodSalt || !goodKey {
		return Hash{}, true, malformed(Scrypt)
	}
	h, err := c.scrypt(1<<(packed>>16), int64(packed>>8&0xff), int64(packed&0xff), salt, key)
	return h, true, err
}

// scryptBetterAuth recognizes "salt:key" of Better Auth. Its r is above the limit.
//
// Source: https://www.better-auth.com/docs/reference/security
func (c Converter) scryptBetterAuth(stored string) (Hash, bool, error) {
	const n, r, p = 16384, 16, 1
	saltText, keyText, _ := strings.Cut(stored, ":")
	salt, goodSalt := hexBytes(saltText)
	key, goodKey := hexBytes(keyText)
	if !goodSalt || !goodKey || len(salt) != 16 || len(key) != 64 {
		return Hash{}, false, nil
	}
	h, err := c.scrypt(n, r, p, salt, key)
	return h, true, err
}
