package passwords

import (
	"encoding/binary"
	"errors"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// bcryptWords is how many words of 32 bits bcrypt takes from a password.
const bcryptWords = 18

func verifyBcrypt(hash, password string) (bool, error) {
	key := []byte(password)
	if strings.HasPrefix(hash, "$2x$") {
		key = signExtended(key)
	}
	err := bcrypt.CompareHashAndPassword([]byte(hash), key)
	if errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return false, nil
	}
	return err == nil, err
}

// signExtended returns the key that makes a correct bcrypt compute what $2x$ means. The implementation that had
// the bug took the bytes of the password for signed numbers: one from 0x80 to 0xff also sets all bits of the bytes
// before it in the same word. See https://lists.randombit.net/pipermail/cryptography/2011-June/000931.html.
func signExtended(password []byte) []byte {
	terminated := append(password[:len(password):len(password)], 0)
	key := make([]byte, 0, 4*bcryptWords)
	next := 0
	for range bcryptWords {
		var word uint32
		for range 4 {
			word = word<<8 | uint32(int8(terminated[next]))
			next = (next + 1) % len(terminated)
		}
		key = binary.BigEndian.AppendUint32(key, word)
	}
	return key
}
