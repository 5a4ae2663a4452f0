package pwhash

import "strings"

// FusionAuth converts the password of a FusionAuth user, from the members encryptionScheme, factor, salt and password. If
// the password is "", the Scheme is NoPassword. Errors are as for [Converter.Convert].
//
// Source: https://fusionauth.io/docs/reference/password-hashes
func (c Converter) FusionAuth(encryptionScheme string, factor int, salt, password string) (Hash, error) {
	if password == "" {
		return Hash{Scheme: NoPassword}, nil
	}
	switch encryptionScheme {
	case "bcrypt":
		return c.SplitBcrypt(factor, salt, password)
	case "salted-pbkdf2-hmac-sha256", "salted-pbkdf2-hmac-sha256-512":
		saltBytes, goodSalt := base64Bytes(salt)
		key, goodKey := base64Bytes(password)
		if !goodSalt || !goodKey {
			return Hash{}, malformed(PBKDF2SHA256)
		}
		return c.pbkdf2(int64(factor), saltBytes, key)
	case "salted-pbkdf2-hmac-sha512-512":
		return Hash{}, refuse(PBKDF2SHA512, Unsupported)
	case "phpass-md5", "phpass-sha512":
		return Hash{}, refuse(PHPass, Unsupported)
	case "salted-md5", "salted-sha256", "salted-hmac-sha256":
		return Hash{}, refuse(Digest, Unsupported)
	}
	return Hash{}, refuse("", NotRecognized) // a plugin's scheme
}

// Clerk converts the password of a Clerk user, from the columns password_digest and password_hasher of its export. If
// the digest is "", the Scheme is NoPassword. Errors are as for [Converter.Convert].
//
// Use it rather than Convert for Clerk's exports: under the hasher "pbkdf2_sha256" they have hashes that look like Django's
// and are others, since their salt is base64.
//
// Source: https://clerk.com/docs/reference/backend/user/create-user
func (c Converter) Clerk(digest, hasher string) (Hash, error) {
	if digest == "" {
		return Hash{Scheme: NoPassword}, nil
	}
	switch hasher {
	case "pbkdf2_sha256":
		if rest, ok := strings.CutPrefix(digest, "pbkdf2_sha256$"); ok {
			return c.pbkdf2Text(rest, base64Bytes, base64Bytes)
		}
	case "bcrypt_peppered":
		return Hash{}, refuse(Bcrypt, Peppered)
	case "bcrypt_sha256_django":
		return Hash{}, refuse(BcryptSHA256, Unsupported)
	case "scrypt_firebase":
		return Hash{}, refuse(FirebaseScrypt, Unsupported)
	case "argon2i":
		return Hash{}, refuse(Argon2i, Unsupported)
	case "md5_phpass", "phpass":
		return Hash{}, refuse(PHPass, Unsupported)
	case "pbkdf2_sha1":
		return Hash{}, refuse(PBKDF2SHA1, Unsupported)
	case "pbkdf2_sha512", "pbkdf2_sha512_hex":
		return Hash{}, refuse(PBKDF2SHA512, Unsupported)
	case "md5", "md5_salted", "sha256", "sha256_salted", "sha512_symfony", "hmac_sha256_utf16_b64", "ldap_ssha":
		return Hash{}, refuse(Digest, Unsupported)
	}
	return c.Convert(digest)
}

// Firebase refuses the password of a user of a Firebase export: a passwordHash of Firebase is a key that was encrypted
// under the result of scrypt, and the service cannot check that. If the passwordHash is "", the Scheme is NoPassword.
//
// Source: https://github.com/firebase/scrypt
func (c Converter) Firebase(passwordHash string) (Hash, error) {
	if passwordHash == "" {
		return Hash{Scheme: NoPassword}, nil
	}
	return Hash{}, refuse(FirebaseScrypt, Unsupported)
}
