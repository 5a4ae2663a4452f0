package pwhash

import (
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
)

// The versions of Argon2: 1.0 and 1.3 in hex.
const (
	argon2Version10 = 0x10
	argon2Version13 = 0x13
)

// argon2id returns the hash, whatever its length: see keyLen.
//
// Source: https://www.rfc-editor.org/rfc/rfc9106#section-3.1
func (c Converter) argon2id(version, m, t, p int64, salt, hash []byte) (Hash, error) {
	const leastHash = 4
	if version != argon2Version10 && version != argon2Version13 || t < 1 || p < 1 || m/8 < p || len(salt) == 0 || len(hash) < leastHash {
		return Hash{}, malformed(Argon2id)
	}
	value := fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", version, m, t, p, toBase64(salt), toBase64(hash))
	return finished(Argon2id, importjob.HashARGON2ID, value, []string{"m", "t", "p"}, m, t, p)
}

// argon2idPHC converts "v=version$m=memory,t=passes,p=lanes$salt$hash". A missing version is 1.0.
//
// Source: https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
func (c Converter) argon2idPHC(rest string) (Hash, error) {
	if !strings.HasPrefix(rest, "v=") {
		rest = fmt.Sprintf("v=%d$%s", argon2Version10, rest)
	}
	f, ok := split(rest, "$", 4)
	if !ok {
		return Hash{}, malformed(Argon2id)
	}
	for pair := range strings.SplitSeq(f[1], ",") {
		if strings.HasPrefix(pair, "keyid=") || strings.HasPrefix(pair, "data=") {
			return Hash{}, refuse(Argon2idKeyed, Unsupported)
		}
	}
	version, goodVersion := number(strings.TrimPrefix(f[0], "v="))
	numbers, ok := parameters(f[1], "m", "t", "p")
	salt, goodSalt := base64Bytes(f[2])
	hash, goodHash := base64Bytes(f[3])
	if !goodVersion || !ok || !goodSalt || !goodHash {
		return Hash{}, malformed(Argon2id)
	}
	return c.argon2id(version, numbers["m"], numbers["t"], numbers["p"], salt, hash)
}
