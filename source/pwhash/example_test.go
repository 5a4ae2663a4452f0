package pwhash_test

import (
	"errors"
	"fmt"

	"github.com/cognito-import/importjob/source/pwhash"
)

func ExampleConverter_Convert() {
	h, err := pwhash.Converter{}.Convert("pbkdf2_sha256$260000$SZNozareG0dJzMTN12Ttw6$VOP7TMDPsDSH8fAzG4TPRmIMmkBvcJe5IGe3j24Rz1g=")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(h.Algorithm)
	fmt.Println(h.Value)
	// Output:
	// PBKDF2_SHA256
	// $pbkdf2-sha256$260000$U1pOb3phcmVHMGRKek1UTjEyVHR3Ng$VOP7TMDPsDSH8fAzG4TPRmIMmkBvcJe5IGe3j24Rz1g
}

// The error says what the hash is, and its Reason can be matched.
func ExampleConverter_Convert_refused() {
	_, err := pwhash.Converter{}.Convert("pbkdf2_sha256$720000$n5yCqbTgMPczAiD1j7CtAe$0xgbZrQH90Emaz08Zj6tbAKQwKRRkswIRhq7qDe1XS4=")
	fmt.Println(err)
	fmt.Println(errors.Is(err, pwhash.OverLimit))
	// Output:
	// PBKDF2-SHA256 with 720,000 iterations; the limit is 600,000: import the user without a hash, to reset the password
	// true
}

func ExampleConverter_Keycloak() {
	h, err := pwhash.Converter{}.Keycloak(
		`{"hashIterations": 27500, "algorithm": "pbkdf2-sha256"}`,
		`{"salt": "MTYgYnl0ZXMgb2Ygc2FsdA==", "value": "MzIgYnl0ZXMgdGhhdCBhcmUgbm8gcmVhbCBrZXkhISE="}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(h.Value)
	// Output: $pbkdf2-sha256$27500$MTYgYnl0ZXMgb2Ygc2FsdA$MzIgYnl0ZXMgdGhhdCBhcmUgbm8gcmVhbCBrZXkhISE
}

func ExampleCensus() {
	var census pwhash.Census
	for _, stored := range []string{
		"$2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
		"$P$BabcdefghijklmnopqrstuvwxyzABCD",
		"$P$BabcdefghijklmnopqrstuvwxyzABCE",
		"pbkdf2_sha256$720000$n5yCqbTgMPczAiD1j7CtAe$0xgbZrQH90Emaz08Zj6tbAKQwKRRkswIRhq7qDe1XS4=",
	} {
		census.Add(pwhash.Converter{}.Convert(stored))
	}
	fmt.Println(&census)
	// Output: 1 keeps their password, 3 must reset it: 2 phpass, 1 PBKDF2-SHA256 with more than 600,000 iterations
}
