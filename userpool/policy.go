package userpool

import (
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob"
)

// PasswordPolicy says which passwords a pool takes.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_PasswordPolicyType.html
type PasswordPolicy struct {
	MinimumLength    int // in characters, 6 to 99; 0 in the zero value only
	RequireUppercase bool
	RequireLowercase bool
	RequireNumbers   bool
	RequireSymbols   bool

	// TemporaryPasswordValidityDays is the number of days after which a temporary password no longer works, 0 to 365.
	// 0 means 7.
	TemporaryPasswordValidityDays int
}

// DefaultPasswordPolicy returns the policy of a pool that was created without one: at least eight characters, with
// upper case, lower case, a number and a symbol. A temporary password works for seven days.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/create-user-pool.html
func DefaultPasswordPolicy() PasswordPolicy {
	return PasswordPolicy{MinimumLength: 8, RequireUppercase: true, RequireLowercase: true, RequireNumbers: true,
		RequireSymbols: true, TemporaryPasswordValidityDays: 7}
}

// OrDefault returns p, or DefaultPasswordPolicy if p is the zero value.
func (p PasswordPolicy) OrDefault() PasswordPolicy {
	if p == (PasswordPolicy{}) {
		return DefaultPasswordPolicy()
	}
	if p.TemporaryPasswordValidityDays == 0 {
		p.TemporaryPasswordValidityDays = 7
	}
	return p
}

// symbols are the characters that count as symbols, besides a space between other characters.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
const symbols = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-"

// Check returns an [ErrInvalidPassword] that names one rule that the password breaks, or nil. Letters and digits are
// those of ASCII. The length comes first, lower case before upper case, and letters before digits and symbols (A73). The
// zero value checks as [DefaultPasswordPolicy].
func (p PasswordPolicy) Check(password string) error {
	p = p.OrDefault()
	broken := ""
	switch {
	case utf8.RuneCountInString(password) < p.MinimumLength:
		broken = "Password not long enough"
	case p.RequireLowercase && !containsRange(password, 'a', 'z'):
		broken = "Password must have lowercase characters"
	case p.RequireUppercase && !containsRange(password, 'A', 'Z'):
		broken = "Password must have uppercase characters"
	case p.RequireNumbers && !containsRange(password, '0', '9'):
		broken = "Password must have numeric characters"
	case p.RequireSymbols && !containsSymbol(password):
		broken = "Password must have symbol characters"
	default:
		return nil
	}
	// Source: https://github.com/aws-amplify/amplify-js/issues/1067
	return &importjob.Error{Code: ErrInvalidPassword, Message: "Password did not conform with policy: " + broken}
}

func containsRange(s string, first, last rune) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return first <= r && r <= last })
}

func containsSymbol(s string) bool {
	return strings.ContainsAny(s, symbols) || strings.Contains(strings.Trim(s, " "), " ")
}
