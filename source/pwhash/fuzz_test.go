package pwhash_test

import (
	"strings"
	"testing"

	"github.com/cognito-import/importjob/source/pwhash"
)

// FuzzConvert checks of any input that Convert does not panic, that a job takes what it returns, that what it returns stays
// the same when it is converted again, and that an error shows nothing of the input but a name at its beginning.
func FuzzConvert(f *testing.F) {
	for _, s := range storedHashes(f) {
		f.Add(s.Stored, s.CredentialData, s.SecretData, false)
	}
	f.Add("hunter2", "", "", true)
	f.Add("pbkdf2_sha256$1000$"+strings.Repeat("s", 2000)+"$"+hash32+"=", "", "", false)
	check := checkers(f)
	f.Fuzz(func(t *testing.T, stored, credentialData, secretData string, passlib bool) {
		c := pwhash.Converter{PasslibAlphabet: passlib}
		judge := func(h pwhash.Hash, err error, input string) {
			if err != nil {
				judgeError(t, err, input)
				return
			}
			if h.Scheme == pwhash.NoPassword {
				if h.Algorithm != "" || h.Value != "" {
					t.Fatalf("no password, but %s %q", h.Algorithm, h.Value)
				}
				return
			}
			checker, known := check[h.Algorithm]
			if !known {
				t.Fatalf("unknown algorithm %q", h.Algorithm)
			}
			if finding, bad := checker.CheckRecord(rowWith(h.Value)); bad {
				t.Fatalf("%s %q: %v", h.Algorithm, h.Value, finding)
			}
		}
		h, err := c.Convert(stored)
		judge(h, err, stored)
		if err == nil && strings.HasPrefix(h.Value, "$") {
			if again, err := c.Convert(h.Value); err != nil || again != h {
				t.Fatalf("%q becomes %q: %v", h.Value, again.Value, err)
			}
		}
		h, err = c.Clerk(stored, "pbkdf2_sha256")
		judge(h, err, stored)
		h, err = c.Keycloak(credentialData, secretData)
		judge(h, err, credentialData+secretData)
		h, err = c.FusionAuth("salted-pbkdf2-hmac-sha256", 1000, credentialData, stored)
		judge(h, err, credentialData+stored)
	})
}

// judgeError checks that no 16 characters of the input are in the error, but for the prefix that it names.
func judgeError(t *testing.T, err error, input string) {
	t.Helper()
	var text string
	if refused, ok := err.(*pwhash.Error); ok { //nolint:errorlint // it must not be wrapped
		text = strings.Replace(err.Error(), refused.Prefix, "", 1)
	} else {
		t.Fatalf("%T", err)
	}
	const window = 16
	for i := range len(input) - window + 1 {
		if strings.Contains(text, input[i:i+window]) {
			t.Fatalf("%q contains %q of the input", text, input[i:i+window])
		}
	}
}
