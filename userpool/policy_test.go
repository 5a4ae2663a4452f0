package userpool_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
	"github.com/stretchr/testify/assert"
)

// broken returns the rule that a password breaks, or "".
func broken(p userpool.PasswordPolicy, password string) string {
	var e *importjob.Error
	if !errors.As(p.Check(password), &e) {
		return ""
	}
	return strings.TrimPrefix(e.Message, "Password did not conform with policy: ")
}

func TestPasswordPolicy(t *testing.T) {
	const (
		short  = "Password not long enough"
		upper  = "Password must have uppercase characters"
		lower  = "Password must have lowercase characters"
		number = "Password must have numeric characters"
		symbol = "Password must have symbol characters"
	)
	strict := userpool.PasswordPolicy{MinimumLength: 8, RequireUppercase: true, RequireLowercase: true, RequireNumbers: true, RequireSymbols: true}
	for _, test := range []struct {
		policy         userpool.PasswordPolicy
		password, want string
	}{
		{strict, "P@ssw0rd!", ""},
		{strict, "P@ssw0r", short},
		{strict, "P@ssw0rd", ""},
		{strict, "", short},
		{strict, "1234", short},
		{strict, "Aa1!üüü", short},
		{strict, "Aa1!üüüü", ""},
		// Seen at the service.
		{strict, "12341234", lower},
		{strict, "TestTest", number},
		// The rest of the order.
		{strict, "testtest", upper},
		{strict, "TESTTEST", lower},
		{strict, "!!!!!!!!", lower},
		{strict, "Test1234", symbol},
		{strict, "test123!", upper},
		// Only ASCII counts.
		{strict, "P@ÄÖÜ1234", lower},
		{strict, "Äüüü123!x", upper},
		{strict, "Paßword!٣", number},
		{strict, "Passw0rd€", symbol},
		// A space counts between other characters.
		{strict, "Pass w0rd", ""},
		{strict, " Passw0rd", symbol},
		{strict, "Passw0rd ", symbol},
		{strict, " Passw0rd  ", symbol},
		{strict, " Passw 0rd ", ""},
		{strict, "Passw\t0rd", symbol},
		// The rules one by one.
		{userpool.PasswordPolicy{}, "", short},
		{userpool.PasswordPolicy{MinimumLength: 99}, strings.Repeat("x", 98), short},
		{userpool.PasswordPolicy{MinimumLength: 99}, strings.Repeat("x", 99), ""},
		{userpool.PasswordPolicy{RequireUppercase: true}, "a1!", upper},
		{userpool.PasswordPolicy{RequireLowercase: true}, "A1!", lower},
		{userpool.PasswordPolicy{RequireNumbers: true}, "Aa!", number},
		{userpool.PasswordPolicy{RequireSymbols: true}, "Aa1", symbol},
		{userpool.PasswordPolicy{RequireUppercase: true}, "A", ""},
		{userpool.PasswordPolicy{RequireUppercase: true}, "Z", ""},
		{userpool.PasswordPolicy{RequireLowercase: true}, "a", ""},
		{userpool.PasswordPolicy{RequireLowercase: true}, "z", ""},
		{userpool.PasswordPolicy{RequireNumbers: true}, "0", ""},
		{userpool.PasswordPolicy{RequireNumbers: true}, "9", ""},
		{userpool.PasswordPolicy{RequireSymbols: true}, "   ", symbol},
	} {
		assert.Equal(t, test.want, broken(test.policy, test.password), "%q and %+v", test.password, test.policy)
	}
	// All of ASCII but letters, digits and white space.
	for _, c := range "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-" {
		assert.Empty(t, broken(userpool.PasswordPolicy{RequireSymbols: true}, string(c)))
	}
}
