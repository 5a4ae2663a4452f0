package cognitotest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// settledPool is a pool with a value for each setting, as the request and the response have it.
func settledPool(t testing.TB) (in cognito.CreateUserPoolInput, change cognito.UpdateUserPoolInput) {
	text := `{` + poolSettings + `}`
	require.NoError(t, json.Unmarshal([]byte(text), &in))
	require.NoError(t, json.Unmarshal([]byte(text), &change))
	in.PoolName = aws.String("p")
	return in, change
}

// The response has what Terraform reads, with the service's defaults.
func TestNewPool(t *testing.T) {
	at := seedTime()
	m := memory.New(&memory.Options{Now: at.Now})
	api := awstest.New(m, &cognitotest.Options{Directory: m}).Cognito
	out, err := api.CreateUserPool(t.Context(), &cognito.CreateUserPoolInput{PoolName: aws.String("p")})
	require.NoError(t, err)
	p := *out.UserPool
	require.NotEmpty(t, p.SchemaAttributes)
	p.SchemaAttributes = nil
	created := time.UnixMilli(1548271795471).UTC()
	assert.Equal(t, types.UserPoolType{
		Id: p.Id, Name: aws.String("p"), Arn: p.Arn, CreationDate: &created, LastModifiedDate: &created,
		MfaConfiguration: types.UserPoolMfaTypeOff, UsernameConfiguration: &types.UsernameConfigurationType{CaseSensitive: aws.Bool(true)},
		Policies: &types.UserPoolPolicyType{
			PasswordPolicy: &types.PasswordPolicyType{MinimumLength: aws.Int32(8), RequireLowercase: true, RequireUppercase: true,
				RequireNumbers: true, RequireSymbols: true, TemporaryPasswordValidityDays: 7},
			SignInPolicy: &types.SignInPolicyType{AllowedFirstAuthFactors: []types.AuthFactorType{types.AuthFactorTypePassword}},
		},
		AccountRecoverySetting: &types.AccountRecoverySettingType{RecoveryMechanisms: []types.RecoveryOptionType{
			{Name: types.RecoveryOptionNameTypeVerifiedEmail, Priority: aws.Int32(1)},
			{Name: types.RecoveryOptionNameTypeVerifiedPhoneNumber, Priority: aws.Int32(2)}}},
		AdminCreateUserConfig:       &types.AdminCreateUserConfigType{UnusedAccountValidityDays: 7},
		DeletionProtection:          types.DeletionProtectionTypeInactive,
		EmailConfiguration:          &types.EmailConfigurationType{EmailSendingAccount: types.EmailSendingAccountTypeCognitoDefault},
		IssuerConfiguration:         &types.IssuerConfigurationType{Type: types.IssuerTypeOriginal},
		KeyConfiguration:            &types.KeyConfigurationType{KeyType: types.EncryptionKeyTypeAwsOwnedKey},
		LambdaConfig:                &types.LambdaConfigType{},
		UserPoolTags:                map[string]string{},
		UserPoolTier:                types.UserPoolTierTypeEssentials,
		VerificationMessageTemplate: &types.VerificationMessageTemplateType{DefaultEmailOption: types.DefaultEmailOptionTypeConfirmWithCode},
	}, p)
	mfa, err := api.GetUserPoolMfaConfig(t.Context(), &cognito.GetUserPoolMfaConfigInput{UserPoolId: p.Id})
	require.NoError(t, err)
	assert.Equal(t, types.UserPoolMfaTypeOff, mfa.MfaConfiguration)
	assert.Nil(t, mfa.SmsMfaConfiguration)
	assert.Nil(t, mfa.SoftwareTokenMfaConfiguration)
	assert.Nil(t, mfa.EmailMfaConfiguration)
	assert.Nil(t, mfa.WebAuthnConfiguration)

	at.Advance(time.Minute)
	_, err = api.UpdateUserPool(t.Context(), &cognito.UpdateUserPoolInput{UserPoolId: p.Id})
	require.NoError(t, err)
	described, err := api.DescribeUserPool(t.Context(), &cognito.DescribeUserPoolInput{UserPoolId: p.Id})
	require.NoError(t, err)
	assert.Equal(t, time.Minute, described.UserPool.LastModifiedDate.Sub(*described.UserPool.CreationDate))
	described.UserPool.LastModifiedDate, described.UserPool.SchemaAttributes = &created, nil
	assert.Equal(t, p, *described.UserPool, "an update sets what it does not say to its default")

	listed, err := api.ListUserPools(t.Context(), &cognito.ListUserPoolsInput{MaxResults: aws.Int32(1)})
	require.NoError(t, err)
	assert.Equal(t, created, *listed.UserPools[0].CreationDate)
}

// All settings come back, from CreateUserPool and from UpdateUserPool, and an update without them removes them.
func TestSettingsOfPools(t *testing.T) {
	api, m := withDirectory(nil)
	in, change := settledPool(t)
	out, err := api.CreateUserPool(t.Context(), &in)
	require.NoError(t, err)
	check := func(p *types.UserPoolType) {
		t.Helper()
		admin := *in.AdminCreateUserConfig
		assert.Equal(t, &admin, p.AdminCreateUserConfig)
		policy := *in.Policies.PasswordPolicy
		policy.TemporaryPasswordValidityDays = 3 // from UnusedAccountValidityDays
		assert.Equal(t, &policy, p.Policies.PasswordPolicy)
		for name, pair := range map[string][2]any{
			"AccountRecoverySetting": {in.AccountRecoverySetting, p.AccountRecoverySetting}, "DeletionProtection": {in.DeletionProtection, p.DeletionProtection},
			"DeviceConfiguration": {in.DeviceConfiguration, p.DeviceConfiguration}, "EmailConfiguration": {in.EmailConfiguration, p.EmailConfiguration},
			"EmailVerificationMessage": {in.EmailVerificationMessage, p.EmailVerificationMessage},
			"EmailVerificationSubject": {in.EmailVerificationSubject, p.EmailVerificationSubject},
			"IssuerConfiguration":      {in.IssuerConfiguration, p.IssuerConfiguration}, "KeyConfiguration": {in.KeyConfiguration, p.KeyConfiguration},
			"LambdaConfig": {in.LambdaConfig, p.LambdaConfig}, "SmsAuthenticationMessage": {in.SmsAuthenticationMessage, p.SmsAuthenticationMessage},
			"SmsConfiguration": {in.SmsConfiguration, p.SmsConfiguration}, "SmsVerificationMessage": {in.SmsVerificationMessage, p.SmsVerificationMessage},
			"UserAttributeUpdateSettings": {in.UserAttributeUpdateSettings, p.UserAttributeUpdateSettings},
			"UserPoolAddOns":              {in.UserPoolAddOns, p.UserPoolAddOns}, "UserPoolTags": {in.UserPoolTags, p.UserPoolTags}, "UserPoolTier": {in.UserPoolTier, p.UserPoolTier},
			"VerificationMessageTemplate": {in.VerificationMessageTemplate, p.VerificationMessageTemplate}, "MfaConfiguration": {in.MfaConfiguration, p.MfaConfiguration},
		} {
			assert.Equal(t, pair[0], pair[1], name)
			assert.NotEmpty(t, pair[0], name)
		}
	}
	check(out.UserPool)
	stored, err := m.DescribePool(t.Context(), *out.UserPool.Id)
	require.NoError(t, err)
	assert.Equal(t, userpool.PasswordPolicy{MinimumLength: 10, RequireUppercase: true, RequireNumbers: true, TemporaryPasswordValidityDays: 3}, stored.PasswordPolicy)
	assert.Equal(t, []string{"PASSWORD"}, stored.AllowedFirstAuthFactors)

	describe := func() *types.UserPoolType {
		described, err := api.DescribeUserPool(t.Context(), &cognito.DescribeUserPoolInput{UserPoolId: out.UserPool.Id})
		require.NoError(t, err)
		return described.UserPool
	}
	_, err = api.UpdateUserPool(t.Context(), &cognito.UpdateUserPoolInput{UserPoolId: out.UserPool.Id})
	require.NoError(t, err)
	bare, err := api.CreateUserPool(t.Context(), &cognito.CreateUserPoolInput{PoolName: aws.String("p")})
	require.NoError(t, err)
	changed := describe()
	changed.Id, changed.Arn, changed.CreationDate, changed.LastModifiedDate = bare.UserPool.Id, bare.UserPool.Arn, bare.UserPool.CreationDate, bare.UserPool.LastModifiedDate
	assert.Equal(t, bare.UserPool, changed)

	change.UserPoolId = out.UserPool.Id
	_, err = api.UpdateUserPool(t.Context(), &change)
	require.NoError(t, err)
	check(describe())
	_, err = api.AddCustomAttributes(t.Context(), &cognito.AddCustomAttributesInput{UserPoolId: out.UserPool.Id, CustomAttributes: []types.SchemaAttributeType{{Name: aws.String("a")}}})
	require.NoError(t, err)
	check(describe())
}

// UnusedAccountValidityDays is an older name, which does not change the rest of the policy.
func TestUnusedAccountValidity(t *testing.T) {
	api, m := withDirectory(nil)
	out, err := api.CreateUserPool(t.Context(), &cognito.CreateUserPoolInput{PoolName: aws.String("p"),
		AdminCreateUserConfig: &types.AdminCreateUserConfigType{UnusedAccountValidityDays: 3}})
	require.NoError(t, err)
	assert.EqualValues(t, 3, out.UserPool.AdminCreateUserConfig.UnusedAccountValidityDays)
	want := userpool.DefaultPasswordPolicy()
	want.TemporaryPasswordValidityDays = 3
	stored, err := m.DescribePool(t.Context(), *out.UserPool.Id)
	require.NoError(t, err)
	assert.Equal(t, want, stored.PasswordPolicy)
}

func TestSettingsRefusals(t *testing.T) {
	api, _ := withDirectory(nil)
	pool, err := api.CreateUserPool(t.Context(), &cognito.CreateUserPoolInput{PoolName: aws.String("p")})
	require.NoError(t, err)
	for _, c := range []struct {
		in   cognito.CreateUserPoolInput
		want string
	}{
		{cognito.CreateUserPoolInput{
			Policies:              &types.UserPoolPolicyType{PasswordPolicy: &types.PasswordPolicyType{TemporaryPasswordValidityDays: 1}},
			AdminCreateUserConfig: &types.AdminCreateUserConfigType{UnusedAccountValidityDays: 1}},
			"Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays"},
		{cognito.CreateUserPoolInput{UserAttributeUpdateSettings: &types.UserAttributeUpdateSettingsType{AttributesRequireVerificationBeforeUpdate: []types.VerifiedAttributeType{"email"}}},
			"All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes"},
		{cognito.CreateUserPoolInput{Policies: &types.UserPoolPolicyType{PasswordPolicy: &types.PasswordPolicyType{MinimumLength: aws.Int32(5)}}}, "at 'minimumLength' failed"},
		{cognito.CreateUserPoolInput{Policies: &types.UserPoolPolicyType{PasswordPolicy: &types.PasswordPolicyType{MinimumLength: aws.Int32(100)}}}, "at 'minimumLength' failed"},
		{cognito.CreateUserPoolInput{Policies: &types.UserPoolPolicyType{SignInPolicy: &types.SignInPolicyType{AllowedFirstAuthFactors: []types.AuthFactorType{"X"}}}}, "at 'allowedFirstAuthFactors' failed"},
		{cognito.CreateUserPoolInput{DeletionProtection: "X"}, "at 'deletionProtection' failed"},
		{cognito.CreateUserPoolInput{UserPoolTags: map[string]string{"": "x"}}, "at 'userPoolTags' failed"},
		{cognito.CreateUserPoolInput{UserPoolTags: map[string]string{"x": strings.Repeat("x", 257)}}, "at 'userPoolTags' failed"},
	} {
		c.in.PoolName = aws.String("p")
		_, err := api.CreateUserPool(t.Context(), &c.in)
		var invalid *types.InvalidParameterException
		require.ErrorAs(t, err, &invalid, c.want)
		assert.Contains(t, *invalid.Message, c.want)
		_, err = api.UpdateUserPool(t.Context(), &cognito.UpdateUserPoolInput{UserPoolId: pool.UserPool.Id, Policies: c.in.Policies, AdminCreateUserConfig: c.in.AdminCreateUserConfig,
			UserAttributeUpdateSettings: c.in.UserAttributeUpdateSettings, DeletionProtection: c.in.DeletionProtection, UserPoolTags: c.in.UserPoolTags})
		require.ErrorAs(t, err, &invalid, c.want)
		assert.Contains(t, *invalid.Message, c.want)
	}
}

// A member that the handler only keeps is refused if an SDK could not read it, and an unknown one is left out.
func TestSettingsHaveTypes(t *testing.T) {
	m := memory.New(nil)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	for member, want := range map[string]string{
		`"LambdaConfig":"x"`:                                             "SerializationException",
		`"LambdaConfig":{"PreSignUp":1}`:                                 "SerializationException",
		`"LambdaConfig":{"CustomSMSSender":{"LambdaArn":"x"}}`:           "InvalidParameterException",
		`"AccountRecoverySetting":{"RecoveryMechanisms":[{"Name":"x"}]}`: "InvalidParameterException",
		`"AccountRecoverySetting":{"RecoveryMechanisms":["x"]}`:          "SerializationException",
		`"UserPoolTags":{"a":1}`:                                         "SerializationException",
		`"DeviceConfiguration":{"ChallengeRequiredOnNewDevice":"yes"}`:   "SerializationException",
		`"UserPoolAddOns":{}`:                                            "InvalidParameterException",
		`"Policies":{"PasswordPolicy":{"RequireNumbers":1}}`:             "SerializationException",
		`"Policies":[]`: "SerializationException",
		`"LambdaConfig":{"PreSignUp":"x","New":{"a":[1]}},"NewSetting":true`: "",
	} {
		w := send(h, idp+"CreateUserPool", `{"PoolName":"p",`+member+`}`)
		if want != "" {
			assert.Contains(t, w.Body.String(), `{"__type":"`+want+`"`, member)
			continue
		}
		assert.Equal(t, 200, w.Code, w.Body)
		assert.Contains(t, w.Body.String(), `"LambdaConfig":{"PreSignUp":"x"}`)
		assert.NotContains(t, w.Body.String(), "New")
	}
}

// Settings that a program gave the Directory are described, and those that are no JSON are the service's trouble.
func TestSettingsOfTheDirectory(t *testing.T) {
	for text, want := range map[string]string{
		`{"DeletionProtection":"ACTIVE","EmailConfiguration":{"From":"f"}}`: `"EmailConfiguration":{"EmailSendingAccount":"COGNITO_DEFAULT","From":"f"}`,
		`null`: `"DeletionProtection":"INACTIVE"`,
		``:     `"DeletionProtection":"INACTIVE"`,
		`[`:    `InternalErrorException`,
		`[]`:   `InternalErrorException`,
	} {
		m := memory.New(nil)
		_, err := m.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{ID: poolID}, Settings: json.RawMessage(text)})
		require.NoError(t, err)
		h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
		assert.Contains(t, send(h, idp+"DescribeUserPool", headerBody).Body.String(), want, text)
		w := send(h, idp+"UpdateUserPool", `{"UserPoolId":"`+poolID+`","DeletionProtection":"ACTIVE"}`)
		assert.Equal(t, strings.HasPrefix(text, "["), w.Code == 500, text)
	}
}

func TestDescribePoolWithoutDirectory(t *testing.T) {
	api := awstest.New(testpool.New(t, nil), nil).Cognito
	out, err := api.DescribeUserPool(t.Context(), &cognito.DescribeUserPoolInput{UserPoolId: aws.String(poolID)})
	require.NoError(t, err)
	assert.EqualValues(t, 8, *out.UserPool.Policies.PasswordPolicy.MinimumLength)
	assert.Nil(t, out.UserPool.CreationDate)
}

func TestDeletionProtection(t *testing.T) {
	p := newPeople(t)
	ctx, pool := t.Context(), aws.String(poolID)
	_, err := p.UpdateUserPool(ctx, &cognito.UpdateUserPoolInput{UserPoolId: pool, DeletionProtection: types.DeletionProtectionTypeActive})
	require.NoError(t, err)
	var invalid *types.InvalidParameterException
	_, err = p.DeleteUserPool(ctx, &cognito.DeleteUserPoolInput{UserPoolId: pool})
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.", *invalid.Message)
	_, err = p.UpdateUserPool(ctx, &cognito.UpdateUserPoolInput{UserPoolId: pool, DeletionProtection: types.DeletionProtectionTypeInactive})
	require.NoError(t, err)
	_, err = p.DeleteUserPool(ctx, &cognito.DeleteUserPoolInput{UserPoolId: pool})
	require.NoError(t, err)
}
