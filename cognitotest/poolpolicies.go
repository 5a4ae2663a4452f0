package cognitotest

import (
	"encoding/json"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// wirePolicies are the policies of a pool in the JSON form of the service.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolPolicyType.html
type wirePolicies struct {
	PasswordPolicy wirePasswordPolicy `json:"PasswordPolicy"`
	SignInPolicy   wireSignInPolicy   `json:"SignInPolicy"`
}

type wirePasswordPolicy struct {
	MinimumLength                 int   `json:"MinimumLength"`
	RequireUppercase              bool  `json:"RequireUppercase"`
	RequireLowercase              bool  `json:"RequireLowercase"`
	RequireNumbers                bool  `json:"RequireNumbers"`
	RequireSymbols                bool  `json:"RequireSymbols"`
	PasswordHistorySize           int64 `json:"PasswordHistorySize,omitempty"`
	TemporaryPasswordValidityDays int   `json:"TemporaryPasswordValidityDays"`
}

type wireSignInPolicy struct {
	AllowedFirstAuthFactors []string `json:"AllowedFirstAuthFactors"`
}

// keptPolicies are the members of Policies that a userpool.Pool has no field for. They are in the settings.
type keptPolicies struct {
	PasswordPolicy struct {
		PasswordHistorySize int64
	}
}

// newWirePolicies returns the policies of a pool, with the service's defaults.
//
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cognitoidp/user_pool_test.go
func newWirePolicies(pool userpool.Pool, kept settings) wirePolicies {
	p := pool.PasswordPolicy.OrDefault()
	var more keptPolicies
	_ = json.Unmarshal(kept["Policies"], &more)
	policies := wirePolicies{
		PasswordPolicy: wirePasswordPolicy{
			MinimumLength: p.MinimumLength, RequireUppercase: p.RequireUppercase, RequireLowercase: p.RequireLowercase,
			RequireNumbers: p.RequireNumbers, RequireSymbols: p.RequireSymbols,
			PasswordHistorySize:           more.PasswordPolicy.PasswordHistorySize,
			TemporaryPasswordValidityDays: p.TemporaryPasswordValidityDays,
		},
		SignInPolicy: wireSignInPolicy{AllowedFirstAuthFactors: pool.AllowedFirstAuthFactors},
	}
	if len(pool.AllowedFirstAuthFactors) == 0 {
		policies.SignInPolicy.AllowedFirstAuthFactors = []string{"PASSWORD"}
	}
	return policies
}

// readPolicies reads the member Policies into pool and kept. In a PasswordPolicy that is given, a requirement that is
// absent is not made. Its MinimumLength is then 8, which is our guess.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_PasswordPolicyType.html
func (c *call) readPolicies(pool *userpool.Pool, kept settings) {
	policies := c.in.object("Policies")
	defer c.in.note(policies)
	signIn := policies.object("SignInPolicy")
	pool.AllowedFirstAuthFactors = signIn.choices("AllowedFirstAuthFactors", []string{"PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"})
	policies.note(signIn)
	password := policies.object("PasswordPolicy")
	if password.members == nil {
		return
	}
	pool.PasswordPolicy = userpool.PasswordPolicy{
		MinimumLength:                 userpool.DefaultPasswordPolicy().MinimumLength,
		RequireUppercase:              password.boolean("RequireUppercase", false),
		RequireLowercase:              password.boolean("RequireLowercase", false),
		RequireNumbers:                password.boolean("RequireNumbers", false),
		RequireSymbols:                password.boolean("RequireSymbols", false),
		TemporaryPasswordValidityDays: int(password.number(temporaryPasswordValidity, 0, 365)),
	}
	if password.raw("MinimumLength") != nil {
		pool.PasswordPolicy.MinimumLength = int(password.number("MinimumLength", 6, 99))
	}
	if n := password.number("PasswordHistorySize", 0, 24); n > 0 {
		var more keptPolicies
		more.PasswordPolicy.PasswordHistorySize = n
		kept.put("Policies", more)
	}
	policies.note(password)
}

const temporaryPasswordValidity = "TemporaryPasswordValidityDays"

// readUnusedAccountValidity reads an older name of TemporaryPasswordValidityDays. The service refuses both.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUserConfigType.html
func (c *call) readUnusedAccountValidity(pool *userpool.Pool, kept settings) error {
	var admin struct{ UnusedAccountValidityDays int }
	_ = json.Unmarshal(kept[adminCreateUserConfig], &admin)
	if admin.UnusedAccountValidityDays == 0 {
		return nil
	}
	if pool.PasswordPolicy.TemporaryPasswordValidityDays != 0 {
		// Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cognitoidp/user_pool.go
		return refusef(importjob.ErrInvalidParameter, "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays")
	}
	pool.PasswordPolicy = pool.PasswordPolicy.OrDefault()
	pool.PasswordPolicy.TemporaryPasswordValidityDays = admin.UnusedAccountValidityDays
	return nil
}
