package pwhash

import (
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
)

// The forms of bcrypt hashes: a salt of 16 bytes in 22 characters and a result of 23 bytes in 31, in an alphabet
// of their own.
const (
	bcryptDigits  = "./" + letters + digits // in the order of their values
	bcryptSaltLen = 22
	bcryptHashLen = 31
	bcryptLeast   = 4 // the smallest cost that bcrypt defines, and
	bcryptMost    = 31
)

// SplitBcrypt converts a bcrypt hash whose parts are stored apart, as FusionAuth and Okta's API have them. salt has
// 22 characters and hash has 31, both in bcrypt's own base64. Errors are as for [Converter.Convert].
func (c Converter) SplitBcrypt(cost int, salt, hash string) (Hash, error) {
	if salt == "" && hash == "" {
		return Hash{Scheme: NoPassword}, nil
	}
	if len(salt) != bcryptSaltLen {
		return Hash{}, malformed(Bcrypt)
	}
	return c.bcrypt('a', int64(cost), salt+hash)
}

// revision returns the function that converts "cost$salt+hash" of the bcrypt revision.
func revision(r byte) converter {
	return func(c Converter, rest string) (Hash, error) {
		text, saltAndHash, _ := strings.Cut(rest, "$")
		cost, ok := number(text)
		if !ok || len(text) != 2 {
			return Hash{}, malformed(Bcrypt)
		}
		return c.bcrypt(r, cost, saltAndHash)
	}
}

func (c Converter) bcrypt(revision byte, cost int64, saltAndHash string) (Hash, error) {
	if len(saltAndHash) != bcryptSaltLen+bcryptHashLen || !consistsOf(saltAndHash, bcryptDigits) || cost < bcryptLeast || cost > bcryptMost {
		return Hash{}, malformed(Bcrypt)
	}
	if c.Peppered {
		return Hash{}, refuse(Bcrypt, Peppered)
	}
	// 22 characters have 4 bits more than 16 bytes, and 31 have 2 bits more than 23 bytes. Some systems do not
	// clear them. A check that compares texts would then refuse every password.
	salt := clearBits(saltAndHash[:bcryptSaltLen], 4)
	hash := clearBits(saltAndHash[bcryptSaltLen:], 2)
	value := fmt.Sprintf("$2%c$%02d$%s%s", revision, cost, salt, hash)
	return finished(Bcrypt, importjob.HashBCRYPT, value, []string{"cost"}, cost)
}

// clearBits returns s with the last n bits of its last character 0.
func clearBits(s string, n int) string {
	last := len(s) - 1
	value := strings.IndexByte(bcryptDigits, s[last])
	return s[:last] + string(bcryptDigits[value>>n<<n])
}
