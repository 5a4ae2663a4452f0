package pwhash

import (
	"log/slog"
	"strings"

	"github.com/cognito-import/importjob"
)

// Scheme names the way in which a password was hashed, in the words of the error texts, such as "PBKDF2-SHA256".
// It does not say how the hash was written down: Django's and Keycloak's PBKDF2 with SHA-256 are one Scheme.
type Scheme string

// The schemes that a job can take, if their parameters are within the limits of the service.
const (
	Bcrypt       Scheme = "bcrypt"
	Scrypt       Scheme = "scrypt"
	Argon2id     Scheme = "Argon2id"
	PBKDF2SHA256 Scheme = "PBKDF2-SHA256"
)

// The schemes that no job can take.
const (
	Bcrypt1997      Scheme = "bcrypt with the prefix $2$"
	BcryptSHA256    Scheme = "bcrypt of a SHA-256 digest" // of Django and passlib
	WordPressBcrypt Scheme = "WordPress bcrypt of an HMAC"
	PHPass          Scheme = "phpass"
	Argon2idKeyed   Scheme = "Argon2id with a key or data"
	Argon2i         Scheme = "Argon2i"
	Argon2d         Scheme = "Argon2d"
	PBKDF2SHA1      Scheme = "PBKDF2-SHA1"
	PBKDF2SHA512    Scheme = "PBKDF2-SHA512"
	FirebaseScrypt  Scheme = "Firebase scrypt"
	Crypt           Scheme = "crypt(3)"          // a scheme of Unix systems other than bcrypt, such as sha512crypt or yescrypt
	Digest          Scheme = "MD5 or SHA digest" // MD5, SHA-1, SHA-2 or NT, salted or not
	PlainText       Scheme = "plain text"        // no hash at all
)

// NoPassword is the Scheme of a user who has no password in the source system.
const NoPassword Scheme = "no password"

// Hash is a password hash in the form that a job takes. It is a secret like the hash that it was made from:
// String, GoString and LogValue leave the Value out.
type Hash struct {
	Scheme    Scheme
	Algorithm importjob.PasswordHashingAlgorithm // of the job; "" if the Scheme is NoPassword
	Value     string                             // for the column password_hash, not yet escaped for CSV; "" if the Scheme is NoPassword
}

// String returns the scheme.
func (h Hash) String() string { return string(h.Scheme) }

// GoString returns the scheme.
func (h Hash) GoString() string { return "pwhash.Hash{" + string(h.Scheme) + "}" }

// LogValue implements [slog.LogValuer].
func (h Hash) LogValue() slog.Value { return slog.StringValue(string(h.Scheme)) }

// Converter converts password hashes. Its fields say what cannot be seen in a hash. The zero value is right for
// systems with default settings. A Converter does not change; several goroutines can use it at once.
type Converter struct {
	// PasslibAlphabet makes PBKDF2_SHA256 values with "." for the base64 value 62, as passlib writes it, instead
	// of "+". No public page says which of them the service reads. Both are read from stored hashes.
	PasslibAlphabet bool

	// Peppered says that the source system hashes the password together with a secret, as Devise does with
	// config.pepper. Then no bcrypt hash can be kept, and nothing in the hash tells.
	Peppered bool

	// SpringIterations is the number of iterations of Spring Security's Pbkdf2PasswordEncoder, which its hashes
	// do not contain. 0 means 310,000, the default since version 5.8.
	SpringIterations int

	// SpringSecret is the secret of Spring Security's Pbkdf2PasswordEncoder. Its default is none.
	SpringSecret string
}

// Convert recognizes a password hash as the source system stores it, and returns it in the form that a job takes.
// White space around the hash is ignored.
//
// For a user without a password, Convert returns a Hash whose Scheme is NoPassword, and no error. Such values are "", the marks !, !!, *, *LK*
// and *NP* of Unix and LDAP, and Django's "!" with 40 letters and digits behind it.
//
// The error is an *[Error] if the password cannot be kept. It never contains the hash.
func (c Converter) Convert(stored string) (Hash, error) {
	stored = strings.TrimSpace(stored)
	if hasNoPassword(stored) {
		return Hash{Scheme: NoPassword}, nil
	}
	if convert, rest, ok := braced(stored); ok {
		return convert(c, rest)
	}
	return c.bare(stored)
}

// hasNoPassword reports whether a stored value says that the user has no usable password: "", a mark of
// Unix and LDAP systems, or Django's "!" with 40 random characters.
func hasNoPassword(stored string) bool {
	switch stored {
	case "", "!", "!!", "*", "*LK*", "*NP*":
		return true
	}
	return len(stored) == 41 && stored[0] == '!' && consistsOf(stored[1:], alphanumeric)
}

// bare converts a hash that is not in braces.
func (c Converter) bare(stored string) (Hash, error) {
	for i := range prefixes {
		if rest, ok := strings.CutPrefix(stored, prefixes[i].prefix); ok {
			return prefixes[i].convert(c, rest)
		}
	}
	return c.shaped(stored)
}
