package pwhash

import "strings"

// converter converts a hash, or the rest of one whose beginning was recognized.
type converter = func(c Converter, rest string) (Hash, error)

// prefixes are the beginnings of hashes. The first that fits decides, so a longer one comes before its own
// beginning.
var prefixes = []struct {
	prefix  string
	convert converter
}{
	{"$2a$", revision('a')},
	{"$2b$", revision('b')},
	{"$2x$", revision('x')},
	{"$2y$", revision('y')},
	{"bcrypt$$2a$", revision('a')}, // Django
	{"bcrypt$$2b$", revision('b')},
	{"bcrypt$$2x$", revision('x')},
	{"bcrypt$$2y$", revision('y')},
	{"$argon2id$", Converter.argon2idPHC},
	{"argon2$argon2id$", Converter.argon2idPHC}, // Django
	{"$pbkdf2-sha256$", Converter.pbkdf2PHC},
	{"pbkdf2_sha256$", Converter.pbkdf2Django},
	{"pbkdf2:sha256:", Converter.pbkdf2Werkzeug},
	{"$scrypt$", Converter.scryptPHC},
	{"scrypt$", Converter.scryptDjango},
	{"scrypt:", Converter.scryptWerkzeug},

	{"$2$", unsupported(Bcrypt1997)},
	{"bcrypt_sha256$", unsupported(BcryptSHA256)}, // Django
	{"$bcrypt-sha256$", unsupported(BcryptSHA256)},
	{"$wp$", unsupported(WordPressBcrypt)},
	{"$P$", unsupported(PHPass)},
	{"$H$", unsupported(PHPass)},
	{"$S$", unsupported(PHPass)},
	{"$argon2i$", unsupported(Argon2i)},
	{"argon2$argon2i$", unsupported(Argon2i)},
	{"$argon2d$", unsupported(Argon2d)},
	{"argon2$argon2d$", unsupported(Argon2d)},
	{"$pbkdf2$", unsupported(PBKDF2SHA1)},
	{"$pbkdf2-sha1$", unsupported(PBKDF2SHA1)},
	{"pbkdf2_sha1$", unsupported(PBKDF2SHA1)},
	{"pbkdf2:sha1", unsupported(PBKDF2SHA1)},
	{"$pbkdf2-sha512$", unsupported(PBKDF2SHA512)},
	{"pbkdf2_sha512$", unsupported(PBKDF2SHA512)},
	{"pbkdf2:sha512", unsupported(PBKDF2SHA512)},
	{"pbkdf2:sha256$", damaged(PBKDF2SHA256)}, // Werkzeug without iterations: the default of an unknown version
	{"$fbscrypt$", unsupported(FirebaseScrypt)},
	{"$firescrypt$", unsupported(FirebaseScrypt)},
	{"$f_scrypt$", unsupported(FirebaseScrypt)},
	{"$1$", unsupported(Crypt)},
	{"$apr1$", unsupported(Crypt)},
	{"$md5", unsupported(Crypt)},
	{"$sha1$", unsupported(Crypt)},
	{"$3$", unsupported(Crypt)},
	{"$5$", unsupported(Crypt)},
	{"$6$", unsupported(Crypt)},
	{"$7$", unsupported(Crypt)},
	{"$y$", unsupported(Crypt)},
	{"$gy$", unsupported(Crypt)},
	{"crypt$", unsupported(Crypt)}, // Django, as the next four
	{"md5$", unsupported(Digest)},
	{"sha1$", unsupported(Digest)},
	{"unsalted_md5$", unsupported(Digest)},
	{"unsalted_sha1$", unsupported(Digest)},
	{"sha256$", unsupported(Digest)}, // Werkzeug
	{"sha512$", unsupported(Digest)},
}

func unsupported(s Scheme) converter {
	return func(Converter, string) (Hash, error) { return Hash{}, refuse(s, Unsupported) }
}

func damaged(s Scheme) converter {
	return func(Converter, string) (Hash, error) { return Hash{}, malformed(s) }
}

// braced returns how to convert a hash that begins with a name in braces, as LDAP servers, Dovecot and Spring
// Security write it, and what follows the braces. Case is ignored in the name.
func braced(stored string) (converter, string, bool) {
	inner, ok := strings.CutPrefix(stored, "{")
	name, rest, closed := strings.Cut(inner, "}")
	if !ok || !closed {
		return nil, "", false
	}
	switch strings.ToLower(name) {
	case "bcrypt", "blf-crypt", "argon2", "argon2id", "argon2@springsecurity_v5_8", "scrypt", "scrypt@springsecurity_v5_8", "ldap":
		return Converter.wrapped, rest, true
	case "crypt":
		return Converter.crypt, rest, true
	case "pbkdf2-sha256":
		return Converter.pbkdf2PHC, rest, true
	case "pbkdf2_sha256":
		return Converter.pbkdf2DS, rest, true
	case "pbkdf2@springsecurity_v5_8":
		return Converter.pbkdf2Spring, rest, true
	case "pbkdf2", "pbkdf2-sha1", "pkcs5s2":
		return unsupported(PBKDF2SHA1), rest, true
	case "pbkdf2-sha512":
		return unsupported(PBKDF2SHA512), rest, true
	case "noop", "clear", "cleartext", "plain":
		return func(Converter, string) (Hash, error) { return Hash{}, refuse(PlainText, NotHashed) }, rest, true
	case "md4", "md5", "smd5", "plain-md5", "ldap-md5", "sha", "sha-1", "sha1", "sha256", "sha-256", "sha384", "sha512",
		"ssha", "ssha256", "ssha384", "ssha512", "nt", "ntlm", "lanman":
		return unsupported(Digest), rest, true
	}
	return nil, "", false
}

// wrapped converts a hash of which braces said nothing that it does not say itself.
func (c Converter) wrapped(rest string) (Hash, error) {
	if rest == "" {
		return Hash{}, malformed("")
	}
	return c.Convert(rest)
}

// crypt is wrapped for {CRYPT}, with the oldest scheme of crypt(3), which has no prefix.
func (c Converter) crypt(rest string) (Hash, error) {
	if len(rest) == 13 && consistsOf(rest, cryptDigits) {
		return Hash{}, refuse(Crypt, Unsupported)
	}
	return c.wrapped(rest)
}

// shaped converts a hash that does not begin with the name of a scheme.
func (c Converter) shaped(stored string) (Hash, error) {
	if h, ok, err := c.scryptSpring(stored); ok {
		return h, err
	}
	if h, ok, err := c.scryptBetterAuth(stored); ok {
		return h, err
	}
	if isDigest(stored) {
		return Hash{}, refuse(Digest, Unsupported)
	}
	if h, ok, err := c.aspNET(stored); ok {
		return h, err
	}
	return Hash{}, unrecognized(stored)
}

// isDigest reports whether s looks like an MD5, NT, SHA-1 or SHA-2 digest in hex, or MySQL's "*" with a SHA-1 digest.
func isDigest(s string) bool {
	if len(s) == 41 && s[0] == '*' {
		s = s[1:]
	}
	switch len(s) {
	case 32, 40, 56, 64, 96, 128:
		return consistsOf(s, hexDigits)
	}
	return false
}
