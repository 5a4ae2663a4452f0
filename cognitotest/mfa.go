package cognitotest

import (
	"cmp"
	"encoding/json"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// The members of SetUserPoolMfaConfig that the handler only stores and returns.
const (
	smsMFA           = "SmsMfaConfiguration"
	softwareTokenMFA = "SoftwareTokenMfaConfiguration"
	emailMFA         = "EmailMfaConfiguration"
	webAuthn         = "WebAuthnConfiguration"
)

// mfaShapes are their shapes.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolMfaConfig.html
var mfaShapes = shapes{
	smsMFA:           structure(shapes{"SmsAuthenticationMessage": {}, "SmsConfiguration": smsConfiguration}),
	softwareTokenMFA: structure(shapes{"Enabled": {kind: aBoolean}}),
	emailMFA:         structure(shapes{"Message": {}, "Subject": {}}),
	webAuthn: structure(shapes{
		"RelyingPartyId": {}, "UserVerification": oneOf("required", "preferred"),
		"FactorConfiguration": oneOf("SINGLE_FACTOR", "MULTI_FACTOR_WITH_USER_VERIFICATION"),
	}),
}

func getUserPoolMFAConfig(c *call) ([]byte, error) {
	id := c.in.required("UserPoolId")
	if err := c.in.err(); err != nil {
		return nil, err
	}
	pool, err := c.opts.Directory.DescribePool(c.ctx, id)
	if err != nil {
		return nil, err
	}
	kept, err := settingsOf(pool)
	if err != nil {
		return nil, err
	}
	return kept.mfaConfig(pool.MFA), nil
}

// setUserPoolMFAConfig replaces all of the configuration, as the service does in the tests of Terraform: a factor that
// the request leaves out is turned off. MfaConfiguration stays as it is if it is absent, which is our guess.
//
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cognitoidp/user_pool_test.go
func setUserPoolMFAConfig(c *call) ([]byte, error) {
	id, mfa, factors := c.in.required("UserPoolId"), c.mfa(), c.in.kept(mfaShapes)
	if err := c.in.err(); err != nil {
		return nil, err
	}
	var response []byte
	err := c.changePool(id, func(pool *userpool.Pool, kept settings) error {
		pool.MFA = cmp.Or(mfa, pool.MFA)
		token, _ := factors[softwareTokenMFA].(map[string]any)
		if !hasMFA(pool.MFA) && (factors[smsMFA] != nil || factors[emailMFA] != nil || token["Enabled"] == true) {
			// Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cognitoidp/user_pool.go
			return refusef(importjob.ErrInvalidParameter, "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.")
		}
		for member := range mfaShapes {
			delete(kept, member)
			if value, ok := factors[member]; ok {
				kept.put(member, value)
			}
		}
		if sms, ok := factors[smsMFA].(map[string]any); ok {
			for member, value := range sms { // they are settings of the pool, too
				kept.put(member, value)
			}
		}
		kept.dropUnusedMFA(pool.MFA)
		response = kept.mfaConfig(pool.MFA)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return response, nil
}

// mfaConfig returns the response of both operations.
func (s settings) mfaConfig(mfa importjob.MFA) []byte {
	config := map[string]any{"MfaConfiguration": mfa}
	for member := range mfaShapes {
		if value, ok := s[member]; ok {
			config[member] = value
		}
	}
	return encode(config)
}

// putSMS stores the SMS messages of CreateUserPool and UpdateUserPool as a factor, if the pool has MFA.
func (s settings) putSMS(mfa importjob.MFA) {
	if !hasMFA(mfa) || s["SmsConfiguration"] == nil {
		return
	}
	factor := map[string]json.RawMessage{"SmsConfiguration": s["SmsConfiguration"]}
	if message, ok := s["SmsAuthenticationMessage"]; ok {
		factor["SmsAuthenticationMessage"] = message
	}
	s.put(smsMFA, factor)
}

// dropUnusedMFA removes the factors of a pool whose MFA is off.
func (s settings) dropUnusedMFA(mfa importjob.MFA) {
	if hasMFA(mfa) {
		return
	}
	for _, member := range []string{smsMFA, softwareTokenMFA, emailMFA} {
		delete(s, member)
	}
}

func hasMFA(mfa importjob.MFA) bool { return mfa == importjob.MFAOn || mfa == importjob.MFAOptional }
