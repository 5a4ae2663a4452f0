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
	if data.Algorithm == "argon2" {
		return c.keycloakArgon2(data.HashIterations, data.AdditionalParameters, secret.Salt, secret.Value)
	}
	return c.keycloakHash(data.Algorithm, data.HashIterations, secret.Salt, secret.Value)
}

// KeycloakCredential converts the password of a user of a Keycloak export, from its whole credential with the type "password",
// which is a JSON object. It has one of:
//
//	credentialData, secretData                          as Keycloak takes them
//	hashedSaltedValue, salt, hashIterations, algorithm  before version 8
//	value                                               the password itself, in files that people write
//
// If the credential is "", or has none of them, the Scheme is NoPassword. Errors are as for [Converter.Convert].
//
// Source: https://github.com/keycloak/keycloak/blob/main/core/src/main/java/org/keycloak/representations/idm/CredentialRepresentation.java
func (c Converter) KeycloakCredential(credential string) (Hash, error) {
	if credential == "" {
		return Hash{Scheme: NoPassword}, nil
	}
	var all struct {
		CredentialData, SecretData string

		HashedSaltedValue, Salt, Algorithm string
		HashIterations                     int64

		Value string
	}
	// The error of encoding/json is dropped, since it can quote the input.
	if json.Unmarshal([]byte(credential), &all) != nil {
		return Hash{}, malformed("")
	}
	switch {
	case all.CredentialData != "" || all.SecretData != "":
		return c.Keycloak(all.CredentialData, all.SecretData)
	case all.HashedSaltedValue != "":
		return c.keycloakHash(all.Algorithm, all.HashIterations, all.Salt, all.HashedSaltedValue)
	case all.Value != "":
		return Hash{}, refuse(PlainText, NotHashed)
	}
	return Hash{Scheme: NoPassword}, nil
}

// keycloakHash converts a hash of all algorithms but argon2. salt and value are base64.
func (c Converter) keycloakHash(algorithm string, iterations int64, salt, value string) (Hash, error) {
	switch algorithm {
	case "pbkdf2-sha256":
		saltBytes, goodSalt := base64Bytes(salt)
		key, goodKey := base64Bytes(value)
		if !goodSalt || !goodKey {
			return Hash{}, malformed(PBKDF2SHA256)
		}
		return c.pbkdf2(iterations, saltBytes, key)
	case "pbkdf2":
		return Hash{}, refuse(PBKDF2SHA1, Unsupported)
	case "pbkdf2-sha512":
		return Hash{}, refuse(PBKDF2SHA512, Unsupported)
	}
	return c.Convert(value) // an extension's algorithm; many store a complete hash as the value
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
