package passwords

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/scrypt"
)

// maxKeySize limits the bytes of a decoded hash, since PBKDF2 takes time for each 32 of them.
const maxKeySize = 512

// minArgon2KeySize is the least that RFC 9106 allows, see https://www.rfc-editor.org/rfc/rfc9106#section-3.1.
const minArgon2KeySize = 4

// The functions below get hashes whose form and parameters Verify has checked.

// verifyScrypt takes N$r$p$salt$hash.
func verifyScrypt(hash, password string) (bool, error) {
	fields := strings.Split(hash, "$")
	n, r, p, err := numbers(fields[0], fields[1], fields[2])
	if err != nil {
		return false, err
	}
	salt, want, err := saltAndKey(hex.DecodeString, 1, fields[3:])
	if err != nil {
		return false, err
	}
	got, err := scrypt.Key([]byte(password), salt, n, r, p, len(want))
	return subtle.ConstantTimeCompare(got, want) == 1, err
}

// verifyArgon2id takes $argon2id$v=19$m=M,t=T,p=P$salt$hash.
func verifyArgon2id(hash, password string) (bool, error) {
	fields := strings.Split(hash, "$")
	if fields[2] != "v="+strconv.Itoa(argon2.Version) {
		return false, fmt.Errorf("only version %d of Argon2id is supported", argon2.Version)
	}
	costs := strings.Split(fields[3], ",")
	m, t, p, err := numbers(costs[0][len("m="):], costs[1][len("t="):], costs[2][len("p="):])
	if err != nil {
		return false, err
	}
	salt, want, err := saltAndKey(decodeBase64, minArgon2KeySize, fields[4:])
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(password), salt, uint32(t), uint32(m), uint8(p), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// verifyPBKDF2 takes $pbkdf2-sha256$iterations$salt$hash.
func verifyPBKDF2(hash, password string) (bool, error) {
	fields := strings.Split(hash, "$")
	iterations, err := strconv.Atoi(fields[2])
	if err != nil {
		return false, err
	}
	salt, want, err := saltAndKey(decodeBase64, 1, fields[3:])
	if err != nil {
		return false, err
	}
	got, err := pbkdf2.Key(sha256.New, password, salt, iterations, len(want))
	return subtle.ConstantTimeCompare(got, want) == 1, err
}

// saltAndKey decodes the last two fields of a hash.
func saltAndKey(decode func(string) ([]byte, error), minKeySize int, fields []string) (salt, key []byte, err error) {
	if salt, err = decode(fields[0]); err != nil {
		return nil, nil, fmt.Errorf("its salt: %w", err)
	}
	if key, err = decode(fields[1]); err != nil {
		return nil, nil, err
	}
	if len(key) < minKeySize || len(key) > maxKeySize {
		return nil, nil, fmt.Errorf("it has %d bytes, not %d to %d", len(key), minKeySize, maxKeySize)
	}
	return salt, key, nil
}

// decodeBase64 takes base64 with or without padding, and a dot for a plus, as passlib writes it:
// https://passlib.readthedocs.io/en/stable/lib/passlib.utils.binary.html.
func decodeBase64(s string) ([]byte, error) {
	s = strings.TrimRight(strings.ReplaceAll(s, ".", "+"), "=")
	return base64.RawStdEncoding.DecodeString(s)
}

func numbers(first, second, third string) (a, b, c int, err error) {
	a, err1 := strconv.Atoi(first)
	b, err2 := strconv.Atoi(second)
	c, err3 := strconv.Atoi(third)
	return a, b, c, errors.Join(err1, err2, err3)
}
