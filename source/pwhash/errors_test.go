package pwhash_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source/pwhash"
)

func assertCause(t *testing.T, err error, want pwhash.Cause) {
	t.Helper()
	var refused *pwhash.Error
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, want, refused.Cause)
	require.ErrorIs(t, err, want.Reason)
}

var (
	salt16 = b64([]byte("16 bytes of salt"))
	hash32 = b64(bytes.Repeat([]byte("h"), 32))
	mcf    = strings.Repeat("a", 21) + "u" + strings.Repeat("b", 30) + "u"
)

// Each ceiling: the value at it is kept, the next is not.
func TestLimits(t *testing.T) {
	tests := []struct {
		format    string
		most, one int // the largest value, and the next larger that is otherwise good
		text      string
	}{
		{"$2b$%d$" + mcf, 12, 13, "bcrypt with cost 13; the limit is 12"},
		{"$pbkdf2-sha256$%d$" + salt16 + "$" + hash32, 600_000, 600_001, "PBKDF2-SHA256 with 600,001 iterations; the limit is 600,000"},
		{"scrypt:%d:8:1$salt$" + strings.Repeat("0f", 32), 65536, 131072, "scrypt with N 131,072; the limit is 65,536"},
		{"scrypt:1024:%d:1$salt$" + strings.Repeat("0f", 32), 8, 9, "scrypt with r 9; the limit is 8"},
		{"scrypt:1024:8:%d$salt$" + strings.Repeat("0f", 32), 1, 2, "scrypt with p 2; the limit is 1"},
		{"$argon2id$v=19$m=%d,t=1,p=1$" + salt16 + "$" + hash32, 19456, 19457, "Argon2id with m 19,457; the limit is 19,456"},
		{"$argon2id$v=19$m=64,t=%d,p=1$" + salt16 + "$" + hash32, 2, 3, "Argon2id with t 3; the limit is 2"},
		{"$argon2id$v=19$m=64,t=1,p=%d$" + salt16 + "$" + hash32, 1, 2, "Argon2id with p 2; the limit is 1"},
	}
	for _, tt := range tests {
		_, err := pwhash.Converter{}.Convert(fmt.Sprintf(tt.format, tt.most))
		require.NoError(t, err, tt.text)
		_, err = pwhash.Converter{}.Convert(fmt.Sprintf(tt.format, tt.one))
		require.EqualError(t, err, tt.text+": import the user without a hash, to reset the password")
		require.ErrorIs(t, err, pwhash.OverLimit)
	}
}

func TestDamagedHashes(t *testing.T) {
	tests := map[pwhash.Scheme][]string{
		pwhash.Bcrypt: {"$2b$05$" + mcf[1:], "$2b$05$" + mcf + "a", "$2b$5$" + mcf, "$2b$03$" + mcf, "$2b$32$" + mcf, "$2b$-5$" + mcf, "$2b$05$=" + mcf[1:], "$2y$", "$2y$10"},
		pwhash.PBKDF2SHA256: {
			"$pbkdf2-sha256$1000$" + salt16, "$pbkdf2-sha256$1000$$" + hash32, "$pbkdf2-sha256$0$" + salt16 + "$" + hash32, "$pbkdf2-sha256$-1$" + salt16 + "$" + hash32,
			"$pbkdf2-sha256$1e3$" + salt16 + "$" + hash32, "$pbkdf2-sha256$1000$" + salt16 + "$" + hash32 + "$", "$pbkdf2-sha256$1000$" + salt16 + "\n$" + hash32,
			"$pbkdf2-sha256$i=1000,l=33$" + salt16 + "$" + hash32, "$pbkdf2-sha256$l=32$" + salt16 + "$" + hash32, "$pbkdf2-sha256$i=1,i=1$" + salt16 + "$" + hash32,
			"$pbkdf2-sha256$i=1000,x=1$" + salt16 + "$" + hash32, "$pbkdf2-sha256$99999999999$" + salt16 + "$" + hash32, "$pbkdf2-sha256$1000$" + salt16 + "=$" + hash32,
			"pbkdf2_sha256$1000$$" + hash32 + "=", "pbkdf2_sha256$1000$salt", "pbkdf2_sha256$x$salt$" + hash32 + "=", "pbkdf2:sha256$salt$" + strings.Repeat("0f", 32),
			"pbkdf2:sha256:1000$salt$0", "{PBKDF2_SHA256}" + hash32, "{pbkdf2@SpringSecurity_v5_8}" + strings.Repeat("0f", 47), "{PBKDF2-SHA256}10000",
			"pbkdf2_sha256$1000$" + strings.Repeat("s", 2000) + "$" + hash32 + "=", // too long for a value of the file
		},
		pwhash.Scrypt: {
			"scrypt$1023$salt$8$1$" + hash32, "scrypt$1$salt$8$1$" + hash32, "scrypt$1024$salt$0$1$" + hash32, "scrypt$1024$salt$8$0$" + hash32, "scrypt$1024$$8$1$" + hash32,
			"scrypt$1024$salt$8$1", "scrypt:1024:8$salt$0f", "scrypt:1024:8:1$salt", "$scrypt$ln=10,r=8$" + salt16 + "$" + hash32, "$scrypt$ln=0,r=8,p=1$" + salt16 + "$" + hash32,
			"$scrypt$10$" + salt16, "$e0001$" + salt16 + "$" + hash32, "$200801$" + salt16 + "$" + hash32, "$e0801$" + salt16 + "$!",
		},
		pwhash.Argon2id: {
			"$argon2id$v=18$m=64,t=1,p=1$" + salt16 + "$" + hash32, "$argon2id$v=19$m=7,t=1,p=1$" + salt16 + "$" + hash32, "$argon2id$v=19$m=64,t=0,p=1$" + salt16 + "$" + hash32,
			"$argon2id$v=19$m=64,t=1,p=0$" + salt16 + "$" + hash32, "$argon2id$v=19$m=64,t=1$" + salt16 + "$" + hash32, "$argon2id$v=19$m=64,t=1,p=1$" + salt16, "$argon2id$v=19$m=64,t=1,p=1$" + salt16 + "$YQ",
			"argon2$argon2id$v=19", "$argon2id$v=$m=64,t=1,p=1$" + salt16 + "$" + hash32,
		},
		"": {"{bcrypt}", "{CRYPT}"},
	}
	for scheme, hashes := range tests {
		for _, stored := range hashes {
			_, err := pwhash.Converter{}.Convert(stored)
			t.Log(stored)
			assertCause(t, err, pwhash.Cause{Scheme: scheme, Reason: pwhash.Malformed})
		}
	}
}

func TestDamagedParts(t *testing.T) {
	c := pwhash.Converter{}
	const data = `{"hashIterations": 1000, "algorithm": "pbkdf2-sha256"}`
	argon := `{"hashIterations": 2, "algorithm": "argon2", "additionalParameters": {"type": ["id"], "version": ["1.3"], "memory": ["64"], "parallelism": ["1"], "hashLength": ["%d"]}}`
	secret := fmt.Sprintf(`{"salt": %q, "value": %q}`, salt16, hash32)
	for name, convert := range map[string]func() (pwhash.Hash, error){
		"no JSON":       func() (pwhash.Hash, error) { return c.Keycloak(data, hash32) },
		"no data":       func() (pwhash.Hash, error) { return c.Keycloak("", secret) },
		"no salt":       func() (pwhash.Hash, error) { return c.Keycloak(data, `{"value": "`+hash32+`"}`) },
		"no iterations": func() (pwhash.Hash, error) { return c.Keycloak(`{"algorithm": "pbkdf2-sha256"}`, secret) },
		"no type":       func() (pwhash.Hash, error) { return c.Keycloak(`{"hashIterations": 2, "algorithm": "argon2"}`, secret) },
		"hash length":   func() (pwhash.Hash, error) { return c.Keycloak(fmt.Sprintf(argon, 31), secret) },
		"FusionAuth":    func() (pwhash.Hash, error) { return c.FusionAuth("salted-pbkdf2-hmac-sha256", 1000, "!", hash32) },
		"cost":          func() (pwhash.Hash, error) { return c.SplitBcrypt(-1, mcf[:22], mcf[22:]) },
		"cut":           func() (pwhash.Hash, error) { return c.SplitBcrypt(5, mcf[:21], mcf[21:]) },
		"Clerk":         func() (pwhash.Hash, error) { return c.Clerk("pbkdf2_sha256$1000$!$"+hash32, "pbkdf2_sha256") },
	} {
		_, err := convert()
		require.ErrorIs(t, err, pwhash.Malformed, name)
	}
	_, err := c.Keycloak(fmt.Sprintf(argon, 32), secret)
	require.NoError(t, err)
	_, err = c.FusionAuth("a plugin", 1, salt16, hash32)
	require.ErrorIs(t, err, pwhash.NotRecognized)
}

// What is not recognized can be a password in plain text. Only the name of a scheme is shown, before something long.
func TestUnrecognizedHashes(t *testing.T) {
	const long = "0123456789abcdefghij"
	for stored, prefix := range map[string]string{
		"$scheme-1$" + long:                        "$scheme-1$",
		"{SCHEME}" + long:                          "{SCHEME}",
		"$scheme$" + long[1:]:                      "",
		"{SCHEME}" + long[1:]:                      "",
		"$my secret$" + long:                       "",
		"$" + strings.Repeat("x", 25) + "$" + long: "",
		"$$" + long:                                "",
		"{}" + long:                                "",
		"{SCHEME" + long:                           "",
		"correct horse battery staple":             "",
		"hunter2":                                  "",
		"scheme$" + long:                           "",
		strings.Repeat("0", 31):                    "",
		strings.Repeat("g", 32):                    "",
	} {
		_, err := pwhash.Converter{}.Convert(stored)
		var refused *pwhash.Error
		require.ErrorAs(t, err, &refused, stored)
		assert.Equal(t, pwhash.Error{Cause: pwhash.Cause{Reason: pwhash.NotRecognized}, Prefix: prefix}, *refused, stored)
		assert.NotContains(t, err.Error(), stored)
		assert.Equal(t, prefix != "", strings.Contains(err.Error(), "begins with "+prefix) && prefix != "")
	}
}

func TestErrorTexts(t *testing.T) {
	const reset = ": import the user without a hash, to reset the password"
	for want, cause := range map[string]pwhash.Cause{
		"phpass, which the service cannot check" + reset:                                                             {Scheme: pwhash.PHPass, Reason: pwhash.Unsupported},
		"damaged bcrypt hash: check that the export has the whole value":                                             {Scheme: pwhash.Bcrypt, Reason: pwhash.Malformed},
		"damaged hash: check that the export has the whole value":                                                    {Reason: pwhash.Malformed},
		"bcrypt with a pepper, which the service does not know" + reset:                                              {Scheme: pwhash.Bcrypt, Reason: pwhash.Peppered},
		"scrypt of less than 32 bytes" + reset:                                                                       {Scheme: pwhash.Scrypt, Reason: pwhash.ShortKey},
		"unknown form of password hash" + reset:                                                                      {Reason: pwhash.NotRecognized},
		"the password in plain text: import the user without a hash, and set the password with AdminSetUserPassword": {Scheme: pwhash.PlainText, Reason: pwhash.NotHashed},
	} {
		require.EqualError(t, &pwhash.Error{Cause: cause}, want)
		assert.Equal(t, cause.Reason, errors.Unwrap(&pwhash.Error{Cause: cause}))
	}
	assert.EqualError(t, pwhash.OverLimit, "over_limit")
}

// A Hash is a secret, and what prints it shows only its scheme.
func TestHashesArePrintedWithoutTheirValue(t *testing.T) {
	h := converted(t, "$2b$05$"+mcf)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("converted", "hash", h)
	for _, text := range []string{fmt.Sprint(h), fmt.Sprintf("%+v %#v %s %q", h, h, h, h), fmt.Sprintf("%v", []pwhash.Hash{h}), log.String()} {
		assert.Contains(t, text, "bcrypt")
		assert.NotContains(t, text, mcf[10:40])
	}
}
