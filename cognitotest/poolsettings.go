package cognitotest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// settings are the settings of a pool that the handler stores and returns, as JSON by the names of their members. They
// are the Settings of a userpool.Pool. They also have the members of SetUserPoolMfaConfig.
type settings map[string]json.RawMessage

// settingsOf returns the settings of a pool. The caller may change them.
func settingsOf(pool userpool.Pool) (settings, error) {
	s := settings{}
	if len(pool.Settings) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(pool.Settings, &s); err != nil {
		return nil, fmt.Errorf("cognitotest: the Settings of user pool %s are not a JSON object: %w", pool.ID, err)
	}
	if s == nil { // they are null
		s = settings{}
	}
	return s, nil
}

// encoded returns the settings as JSON, nil if there are none.
func (s settings) encoded() json.RawMessage {
	if len(s) == 0 {
		return nil
	}
	return encode(s)
}

// put stores a value that encoding/json can encode.
func (s settings) put(member string, value any) { s[member] = encode(value) }

// text returns a setting that is a string, or "".
func (s settings) text(member string) string {
	var text string
	_ = json.Unmarshal(s[member], &text)
	return text
}

// tags returns the tags of the pool.
func (s settings) tags() map[string]string {
	tags := map[string]string{}
	_ = json.Unmarshal(s[userPoolTags], &tags)
	return tags
}

const userPoolTags = "UserPoolTags"

// lambda is the shape of a trigger with a version.
func lambda(versions ...string) shape {
	return structure(shapes{"LambdaArn": must(shape{}), "LambdaVersion": must(oneOf(versions...))})
}

// smsConfiguration is the shape of SmsConfiguration.
var smsConfiguration = structure(shapes{"SnsCallerArn": {}, "ExternalId": {}, "SnsRegion": {}, "EumsSms": structure(shapes{
	"CallerArn": must(shape{}), "ConfigurationSetName": {}, "ExternalId": {}, "InEntityId": {}, "InTemplateId": {},
	"OriginationIdentity": {}, "Region": {},
})})

// poolShapes are the settings of CreateUserPool and UpdateUserPool that the handler stores and returns.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html
var poolShapes = shapes{
	"AccountRecoverySetting": structure(shapes{"RecoveryMechanisms": {kind: aListOfStructures, members: shapes{
		"Name":     must(oneOf("verified_email", "verified_phone_number", "admin_only")),
		"Priority": must(shape{kind: aNumber, least: 1, most: 2}),
	}}}),
	adminCreateUserConfig: structure(shapes{
		"AllowAdminCreateUserOnly": {kind: aBoolean},
		unusedAccountValidity:      {kind: aNumber, most: 365},
		"InviteMessageTemplate":    structure(shapes{"EmailMessage": {}, "EmailSubject": {}, "SMSMessage": {}}),
	}),
	"DeletionProtection": oneOf("ACTIVE", "INACTIVE"),
	"DeviceConfiguration": structure(shapes{
		"ChallengeRequiredOnNewDevice": {kind: aBoolean}, "DeviceOnlyRememberedOnUserPrompt": {kind: aBoolean},
	}),
	"EmailConfiguration": structure(shapes{
		"ConfigurationSet": {}, "EmailSendingAccount": oneOf("COGNITO_DEFAULT", "DEVELOPER"), "From": {},
		"ReplyToEmailAddress": {}, "SourceArn": {},
	}),
	"EmailVerificationMessage": {},
	"EmailVerificationSubject": {},
	"IssuerConfiguration":      structure(shapes{"Type": oneOf("ORIGINAL", "UPDATED")}),
	"KeyConfiguration":         structure(shapes{"KeyType": oneOf("AWS_OWNED_KEY", "CUSTOMER_MANAGED_KEY"), "KmsKeyArn": {}}),
	"LambdaConfig": structure(shapes{
		"CreateAuthChallenge": {}, "CustomMessage": {}, "DefineAuthChallenge": {}, "KMSKeyID": {}, "PostAuthentication": {},
		"PostConfirmation": {}, "PreAuthentication": {}, "PreSignUp": {}, "PreTokenGeneration": {}, "UserMigration": {},
		"VerifyAuthChallengeResponse": {}, "CustomEmailSender": lambda("V1_0"), "CustomSMSSender": lambda("V1_0"),
		"InboundFederation": lambda("V1_0"), "PreTokenGenerationConfig": lambda("V1_0", "V2_0", "V3_0"),
	}),
	"SmsAuthenticationMessage": {},
	"SmsConfiguration":         smsConfiguration,
	"SmsVerificationMessage":   {},
	"UserAttributeUpdateSettings": structure(shapes{
		"AttributesRequireVerificationBeforeUpdate": {kind: aListOfStrings, allowed: []string{importjob.AttributePhoneNumber, importjob.AttributeEmail}},
	}),
	"UserPoolAddOns": structure(shapes{
		"AdvancedSecurityMode":            must(oneOf("OFF", "AUDIT", "ENFORCED")),
		"AdvancedSecurityAdditionalFlows": structure(shapes{"CustomAuthMode": oneOf("AUDIT", "ENFORCED")}),
	}),
	userPoolTags:   {kind: aMapOfTags},
	"UserPoolTier": oneOf("LITE", "ESSENTIALS", "PLUS"),
	"VerificationMessageTemplate": structure(shapes{
		"DefaultEmailOption": oneOf("CONFIRM_WITH_LINK", "CONFIRM_WITH_CODE"), "EmailMessage": {}, "EmailMessageByLink": {},
		"EmailSubject": {}, "EmailSubjectByLink": {}, "SmsMessage": {},
	}),
}

const (
	adminCreateUserConfig = "AdminCreateUserConfig"
	unusedAccountValidity = "UnusedAccountValidityDays"
)

// readSettings reads the members that CreateUserPool and UpdateUserPool share into pool and into the settings that it
// returns.
func (c *call) readSettings(pool *userpool.Pool) (settings, error) {
	pool.AutoVerifiedAttributes, pool.MFA = c.in.texts("AutoVerifiedAttributes"), c.mfa()
	kept := settings{}
	c.readPolicies(pool, kept)
	for member, value := range c.in.kept(poolShapes) {
		kept.put(member, value)
	}
	if err := c.in.err(); err != nil {
		return nil, err
	}
	var update struct{ AttributesRequireVerificationBeforeUpdate []string }
	_ = json.Unmarshal(kept["UserAttributeUpdateSettings"], &update)
	for _, attribute := range update.AttributesRequireVerificationBeforeUpdate {
		if !slices.Contains(pool.AutoVerifiedAttributes, attribute) {
			// Source: https://github.com/ekristen/aws-nuke/issues/477
			return nil, refusef(importjob.ErrInvalidParameter, "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes")
		}
	}
	if err := c.readUnusedAccountValidity(pool, kept); err != nil {
		return nil, err
	}
	kept.putSMS(pool.MFA)
	return kept, nil
}

// poolDefaults are the settings of a pool that was created without them, as JSON. The values of AccountRecoverySetting,
// IssuerConfiguration and KeyConfiguration were seen in public; that a new pool has them is our guess.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/create-user-pool.html,
// https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cognitoidp/user_pool_test.go and
// https://github.com/aws-amplify/amplify-js/issues/6543
var poolDefaults = map[string]string{
	"AccountRecoverySetting":      `{"RecoveryMechanisms":[{"Priority":1,"Name":"verified_email"},{"Priority":2,"Name":"verified_phone_number"}]}`,
	adminCreateUserConfig:         `{"AllowAdminCreateUserOnly":false}`,
	"DeletionProtection":          `"INACTIVE"`,
	"EmailConfiguration":          `{"EmailSendingAccount":"COGNITO_DEFAULT"}`,
	"IssuerConfiguration":         `{"Type":"ORIGINAL"}`,
	"KeyConfiguration":            `{"KeyType":"AWS_OWNED_KEY"}`,
	"LambdaConfig":                `{}`,
	userPoolTags:                  `{}`,
	"UserPoolTier":                `"ESSENTIALS"`,
	"VerificationMessageTemplate": `{"DefaultEmailOption":"CONFIRM_WITH_CODE"}`,
}

// described returns the settings as a description of the pool has them, with the service's defaults.
func (s settings) described(pool userpool.Pool) map[string]any {
	all := map[string]any{}
	for member := range poolShapes {
		defaults, value := poolDefaults[member], s[member]
		switch {
		case strings.HasPrefix(defaults, "{"):
			object := map[string]any{}
			_ = json.Unmarshal([]byte(defaults), &object)
			_ = json.Unmarshal(value, &object) // keeps the defaults of absent members
			all[member] = object
		case value != nil:
			all[member] = value
		case defaults != "":
			all[member] = json.RawMessage(defaults)
		}
	}
	all[adminCreateUserConfig].(map[string]any)[unusedAccountValidity] = pool.PasswordPolicy.OrDefault().TemporaryPasswordValidityDays
	return all
}
