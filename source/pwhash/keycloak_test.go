package pwhash_test

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/pwhash"
)

// A credential of a Keycloak export has other members before version 8, and others again if a person wrote it.
func TestKeycloakCredential(t *testing.T) {
	const password = "correct horse"
	salt := []byte("sixteen bytes...")
	key, err := pbkdf2.Key(sha256.New, password, salt, 1000, 64) // versions before 21 keep 64 bytes
	require.NoError(t, err)
	b64 := base64.StdEncoding.EncodeToString
	old := func(algorithm string) string {
		return fmt.Sprintf(`{"type":"password","hashedSaltedValue":%q,"salt":%q,"hashIterations":1000,"counter":0,"algorithm":%q,"digits":0,"config":{}}`, b64(key), b64(salt), algorithm)
	}
	today := fmt.Sprintf(`{"type":"password","secretData":"{\"value\":\"%s\",\"salt\":\"%s\"}","credentialData":"{\"hashIterations\":1000,\"algorithm\":\"pbkdf2-sha256\"}"}`, b64(key), b64(salt))
	for name, text := range map[string]string{"before version 8": old("pbkdf2-sha256"), "since version 8": today} {
		hash, err := pwhash.Converter{}.KeycloakCredential(text)
		require.NoError(t, err, name)
		require.Equal(t, importjob.HashPBKDF2SHA256, hash.Algorithm, name)
		assert.True(t, verifies(t, hash.Algorithm, hash.Value, password), name)
		assert.False(t, verifies(t, hash.Algorithm, hash.Value, "another"), name)
	}
	for text, want := range map[string]pwhash.Cause{
		old("pbkdf2"):        {Scheme: pwhash.PBKDF2SHA1, Reason: pwhash.Unsupported},
		old("pbkdf2-sha512"): {Scheme: pwhash.PBKDF2SHA512, Reason: pwhash.Unsupported},
		old("mine"):          {Reason: pwhash.NotRecognized},
		`{"type":"password","value":"correct horse","temporary":true}`:                                         {Scheme: pwhash.PlainText, Reason: pwhash.NotHashed},
		`{"type":"password","hashedSaltedValue":"?","salt":"?","algorithm":"pbkdf2-sha256"}`:                   {Scheme: pwhash.PBKDF2SHA256, Reason: pwhash.Malformed},
		`{"type":"password","hashedSaltedValue":"` + b64(key) + `","salt":"QUJD","algorithm":"pbkdf2-sha256"}`: {Scheme: pwhash.PBKDF2SHA256, Reason: pwhash.Malformed}, // no iterations
		`{"type":"password","secretData":"{}","credentialData":"{\"algorithm\":\"pbkdf2-sha256\"}"}`:           {Scheme: pwhash.PBKDF2SHA256, Reason: pwhash.Malformed},
		`{"type":`: {Reason: pwhash.Malformed},
		`[]`:       {Reason: pwhash.Malformed},
	} {
		_, err := pwhash.Converter{}.KeycloakCredential(text)
		var e *pwhash.Error
		require.ErrorAs(t, err, &e, text)
		assert.Equal(t, want, e.Cause, text)
		assert.NotContains(t, e.Error(), "correct horse")
	}
	for _, text := range []string{"", `{"type":"password"}`, `{}`} {
		hash, err := pwhash.Converter{}.KeycloakCredential(text)
		require.NoError(t, err)
		assert.Equal(t, pwhash.Hash{Scheme: pwhash.NoPassword}, hash, text)
	}
}
