// Package passwords checks passwords: against the hashes that an import takes, and against the policy of a pool.
package passwords

import (
	"errors"
	"fmt"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/form"
)

// ErrHash says that no password can be compared with a hash, because of the hash.
var ErrHash = errors.New("passwords: the hash cannot be used")

// Verify reports whether a hash was made from the password, by the algorithm of the import job. It takes the hashes
// that importjob.Check accepts:
//
//	BCRYPT         $2a$, $2b$, $2x$ or $2y$, two digits of cost, $, 22 characters of salt and 31 of hash
//	SCRYPT         N$r$p$salt$hash, with salt and hash in hexadecimal digits
//	ARGON2ID       $argon2id$v=19$m=KiB,t=passes,p=1$salt$hash, in base64
//	PBKDF2_SHA256  $pbkdf2-sha256$iterations$salt$hash, in base64; a dot can take the place of a plus
//
// Base64 can have its padding or not. The decoded hash has 1 to 512 bytes, or 4 to 512 for ARGON2ID.
//
// BCRYPT uses the first 72 bytes of a password and ignores the others, as its other implementations do. A hash with
// $2x$ is by definition of an implementation that had a bug, and is compared with that bug.
//
// Time and memory are those of the hash. The largest that are allowed take a good part of a second, and 64 MiB
// (SCRYPT) or 19 MiB (ARGON2ID). Verify holds no lock, and several goroutines can call it at once.
//
// Verify returns false and an error that wraps [ErrHash] if the algorithm is unknown or the hash has another form, has
// parameters beyond the limits of an import, or needs what nothing here can compute: a version of ARGON2ID other
// than 19, a cost of BCRYPT below 4. The error does not contain the hash.
func Verify(algorithm importjob.PasswordHashingAlgorithm, hash, password string) (bool, error) {
	// This also keeps the parameters so small that none of the functions below panics or takes very long.
	if !form.IsHash(string(algorithm), []byte(hash)) {
		return false, fmt.Errorf("%w: it does not have the form of %s, or exceeds the limits", ErrHash, algorithm)
	}
	matches, err := verifierOf(algorithm)(hash, password)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrHash, err)
	}
	return matches, nil
}

func verifierOf(algorithm importjob.PasswordHashingAlgorithm) func(hash, password string) (bool, error) {
	switch algorithm {
	case importjob.HashBCRYPT:
		return verifyBcrypt
	case importjob.HashSCRYPT:
		return verifyScrypt
	case importjob.HashARGON2ID:
		return verifyArgon2id
	case importjob.HashPBKDF2SHA256:
		return verifyPBKDF2
	default:
		return func(string, string) (bool, error) { return false, errors.New("the algorithm is unknown") }
	}
}
