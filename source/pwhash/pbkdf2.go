package pwhash

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// keyLen is the length of the results of PBKDF2 and scrypt in a job's file, in bytes. Both compute a longer result
// block by block, so its first 32 bytes are the result of this length. (Argon2 does not: its length changes every byte.)
//
// Source: https://www.rfc-editor.org/rfc/rfc8018#section-5.2
const keyLen = 32

func (c Converter) pbkdf2(iterations int64, salt, key []byte) (Hash, error) {
	if len(salt) == 0 || len(key) == 0 {
		return Hash{}, malformed(PBKDF2SHA256)
	}
	if len(key) < keyLen {
		return Hash{}, refuse(PBKDF2SHA256, ShortKey)
	}
	parts := toBase64(salt) + "$" + toBase64(key[:keyLen])
	if c.PasslibAlphabet {
		parts = strings.ReplaceAll(parts, "+", ".")
	}
	value := fmt.Sprintf("$pbkdf2-sha256$%d$%s", iterations, parts)
	return finished(PBKDF2SHA256, importjob.HashPBKDF2SHA256, value, []string{"iterations"}, iterations)
}

// pbkdf2PHC converts "iterations$salt$key" of passlib and LDAP servers, and "i=iterations,l=length$salt$key" of
// Auth0 and Kratos, where the length of the key can be missing.
func (c Converter) pbkdf2PHC(rest string) (Hash, error) {
	fields, ok := split(rest, "$", 3)
	if !ok {
		return Hash{}, malformed(PBKDF2SHA256)
	}
	salt, goodSalt := base64Bytes(fields[1])
	key, goodKey := base64Bytes(fields[2])
	iterations, ok := number(fields[0])
	if !ok {
		var numbers map[string]int64
		numbers, ok = parameters(fields[0], "i", "l")
		iterations = numbers["i"]
		if length, given := numbers["l"]; given && length != int64(len(key)) {
			ok = false // the key was cut off, and nobody knows where
		}
	}
	if !ok || !goodSalt || !goodKey {
		return Hash{}, malformed(PBKDF2SHA256)
	}
	return c.pbkdf2(iterations, salt, key)
}

// pbkdf2Django converts "iterations$salt$key". The salt is the text itself, though it looks like base64.
//
// Source: https://docs.djangoproject.com/en/stable/topics/auth/passwords/
func (c Converter) pbkdf2Django(rest string) (Hash, error) {
	return c.pbkdf2Text(rest, textBytes, base64Bytes)
}

// pbkdf2Werkzeug converts "iterations$salt$key". The salt is the text itself, and the key is in hex.
func (c Converter) pbkdf2Werkzeug(rest string) (Hash, error) {
	return c.pbkdf2Text(rest, textBytes, hexBytes)
}

// pbkdf2Text converts "iterations$salt$key" with a salt and a key in the encodings.
func (c Converter) pbkdf2Text(rest string, saltOf, keyOf func(string) ([]byte, bool)) (Hash, error) {
	fields, ok := split(rest, "$", 3)
	if !ok {
		return Hash{}, malformed(PBKDF2SHA256)
	}
	iterations, ok := number(fields[0])
	salt, goodSalt := saltOf(fields[1])
	key, goodKey := keyOf(fields[2])
	if !ok || !goodSalt || !goodKey {
		return Hash{}, malformed(PBKDF2SHA256)
	}
	return c.pbkdf2(iterations, salt, key)
}

// pbkdf2DS converts the older form of 389 Directory Server, base64 of 4 bytes with the iterations, a salt of 64
// bytes and a key of 256 bytes.
func (c Converter) pbkdf2DS(rest string) (Hash, error) {
	const saltEnd, length = 4 + 64, 4 + 64 + 256
	b, ok := base64Bytes(rest)
	if !ok || len(b) != length {
		return Hash{}, malformed(PBKDF2SHA256)
	}
	return c.pbkdf2(int64(binary.BigEndian.Uint32(b)), b[4:saltEnd], b[saltEnd:])
}

// pbkdf2Spring converts hex of a salt of 16 bytes and a key of 32 bytes. Spring Security appends its secret to the salt.
//
// Source: https://docs.spring.io/spring-security/reference/features/authentication/password-storage.html
func (c Converter) pbkdf2Spring(rest string) (Hash, error) {
	const saltLen, defaultIterations = 16, 310_000
	b, ok := hexBytes(rest)
	if !ok || len(b) != saltLen+keyLen {
		return Hash{}, malformed(PBKDF2SHA256)
	}
	iterations := int64(c.SpringIterations)
	if iterations == 0 {
		iterations = defaultIterations
	}
	return c.pbkdf2(iterations, slices.Concat(b[:saltLen], []byte(c.SpringSecret)), b[saltLen:])
}

// aspNET converts base64 of ASP.NET Core Identity. Version 2 is a byte 0, a salt of 16 bytes and a key of 32
// bytes. Version 3 is a byte 1; the pseudorandom function, the iterations and the length of the salt in 4 bytes each; the
// salt; and the key. It returns false if the value is neither.
//
// Source: https://github.com/dotnet/aspnetcore/blob/main/src/Identity/Extensions.Core/src/PasswordHasher.cs
func (c Converter) aspNET(stored string) (Hash, bool, error) {
	const header, leastSalt, leastKey = 13, 16, 16
	b, err := base64.StdEncoding.DecodeString(stored)
	if err != nil || len(b) < header+leastSalt+leastKey {
		return Hash{}, false, nil
	}
	if b[0] == 0 && len(b) == 1+16+32 {
		return Hash{}, true, refuse(PBKDF2SHA1, Unsupported)
	}
	prf, iterations, saltLen := binary.BigEndian.Uint32(b[1:]), binary.BigEndian.Uint32(b[5:]), binary.BigEndian.Uint32(b[9:])
	if b[0] != 1 || prf > 2 || saltLen < leastSalt || int64(saltLen) > int64(len(b)-header-leastKey) {
		return Hash{}, false, nil
	}
	switch prf {
	case 0:
		return Hash{}, true, refuse(PBKDF2SHA1, Unsupported)
	case 2:
		return Hash{}, true, refuse(PBKDF2SHA512, Unsupported)
	}
	b = b[header:]
	h, err := c.pbkdf2(int64(iterations), b[:saltLen], b[saltLen:])
	return h, true, err
}
