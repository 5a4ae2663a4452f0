package pwhash

import "encoding/json"

// Keycloak converts the password of a user of a Keycloak export, from the two members of its credential with the
// type "password". Each is a JSON object in a string. If both are "", the Scheme is NoPassword. Errors are as for
// [Converter.Convert].
//
// Source: https://www.keycloak.org/server/importExport
func (c Converter) Keycloak(credentialData, secretData string) (Hash, error) {
	if credentialData == "" && secretData == "" {
		return Hash{Scheme: NoPassword}, nil
	}
	var data struct {
		HashIterations       int64
		Algorithm            string
		AdditionalParameters map[string][]string
	}
	var secret struct{ Value, Salt string }
	// The errors of encoding/json are dropped, since they can quote the input.
	if json.Unmarshal([]byte(credentialData), &data) != nil || json.Unmarshal([]byte(secretData), &secret) != nil {
		return Hash{}, malformed("")
	}
	switch data.Algorithm {
	case "pbkdf2-sha256":
		salt, goodSalt := base64Bytes(secret.Salt)
		key, goodKey := base64Bytes(secret.Value)
		if !goodSalt || !goodKey {
			return Hash{}, malformed(PBKDF2SHA256)
		}
		return c.pbkdf2(data.HashIterations, salt, key)
	case "argon2":
		return c.keycloakArgon2(data.HashIterations, data.AdditionalParameters, secret.Salt, secret.Value)
	case "pbkdf2":
		return Hash{}, refuse(PBKDF2SHA1, Unsupported)
	case "pbkdf2-sha512":
		return Hash{}, refuse(PBKDF2SHA512, Unsupported)
	}
	return c.Convert(secret.Value) // an extension's algorithm; many store a complete hash as the value
}

func (c Converter) keycloakArgon2(iterations int64, parameters map[string][]string, salt, value string) (Hash, error) {
	first := func(name string) string {
		if values := parameters[name]; len(values) > 0 {
			return values[0]
		}
		return ""
	}
	switch first("type") {
	case "id":
	case "i":
		return Hash{}, refuse(Argon2i, Unsupported)
	case "d":
		return Hash{}, refuse(Argon2d, Unsupported)
	default:
		return Hash{}, malformed(Argon2id)
	}
	version := map[string]int64{"1.0": argon2Version10, "1.3": argon2Version13}[first("version")]
	memory, goodMemory := number(first("memory"))
	lanes, goodLanes := number(first("parallelism"))
	saltBytes, goodSalt := base64Bytes(salt)
	hash, goodHash := base64Bytes(value)
	length, goodLength := number(first("hashLength"))
	if !goodMemory || !goodLanes || !goodSalt || !goodHash || goodLength && length != int64(len(hash)) {
		return Hash{}, malformed(Argon2id)
	}
	return c.argon2id(version, memory, iterations, lanes, saltBytes, hash)
}
