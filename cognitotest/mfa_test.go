package cognitotest_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

func TestMFAConfig(t *testing.T) {
	p := newPeople(t)
	ctx, pool := t.Context(), aws.String(poolID)
	sms := &types.SmsMfaConfigType{SmsAuthenticationMessage: aws.String("{####}"), SmsConfiguration: &types.SmsConfigurationType{SnsCallerArn: aws.String(roleARN)}}
	token, mail := &types.SoftwareTokenMfaConfigType{Enabled: true}, &types.EmailMfaConfigType{Message: aws.String("m"), Subject: aws.String("s")}
	key := &types.WebAuthnConfigurationType{RelyingPartyId: aws.String("r"), UserVerification: "required"}
	get := func() cognito.GetUserPoolMfaConfigOutput {
		out, err := p.GetUserPoolMfaConfig(ctx, &cognito.GetUserPoolMfaConfigInput{UserPoolId: pool})
		require.NoError(t, err)
		return cognito.GetUserPoolMfaConfigOutput{MfaConfiguration: out.MfaConfiguration, SmsMfaConfiguration: out.SmsMfaConfiguration,
			SoftwareTokenMfaConfiguration: out.SoftwareTokenMfaConfiguration, EmailMfaConfiguration: out.EmailMfaConfiguration, WebAuthnConfiguration: out.WebAuthnConfiguration}
	}
	set := func(in cognito.SetUserPoolMfaConfigInput) {
		t.Helper()
		in.UserPoolId = pool
		out, err := p.SetUserPoolMfaConfig(ctx, &in)
		require.NoError(t, err)
		want := cognito.GetUserPoolMfaConfigOutput{MfaConfiguration: out.MfaConfiguration, SmsMfaConfiguration: out.SmsMfaConfiguration,
			SoftwareTokenMfaConfiguration: out.SoftwareTokenMfaConfiguration, EmailMfaConfiguration: out.EmailMfaConfiguration, WebAuthnConfiguration: out.WebAuthnConfiguration}
		assert.Equal(t, want, get())
	}
	set(cognito.SetUserPoolMfaConfigInput{MfaConfiguration: "ON", SmsMfaConfiguration: sms, SoftwareTokenMfaConfiguration: token, EmailMfaConfiguration: mail, WebAuthnConfiguration: key})
	all := cognito.GetUserPoolMfaConfigOutput{MfaConfiguration: "ON", SmsMfaConfiguration: sms, SoftwareTokenMfaConfiguration: token, EmailMfaConfiguration: mail, WebAuthnConfiguration: key}
	assert.Equal(t, all, get())
	described, err := p.DescribeUserPool(ctx, &cognito.DescribeUserPoolInput{UserPoolId: pool})
	require.NoError(t, err)
	assert.Equal(t, types.UserPoolMfaTypeOn, described.UserPool.MfaConfiguration)
	assert.Equal(t, sms.SmsConfiguration, described.UserPool.SmsConfiguration)
	stored, err := p.m.Pool(ctx, poolID)
	require.NoError(t, err)
	assert.Equal(t, importjob.MFAOn, stored.MFA)

	_, err = p.UpdateUserPool(ctx, &cognito.UpdateUserPoolInput{UserPoolId: pool, MfaConfiguration: "OPTIONAL"})
	require.NoError(t, err)
	all.MfaConfiguration = "OPTIONAL"
	assert.Equal(t, all, get(), "UpdateUserPool leaves the factors")

	set(cognito.SetUserPoolMfaConfigInput{SoftwareTokenMfaConfiguration: token})
	assert.Equal(t, cognito.GetUserPoolMfaConfigOutput{MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration: token}, get(), "a factor that is left out is off")

	_, err = p.SetUserPoolMfaConfig(ctx, &cognito.SetUserPoolMfaConfigInput{UserPoolId: pool, MfaConfiguration: "OFF", SoftwareTokenMfaConfiguration: token})
	assert.ErrorContains(t, err, "InvalidParameterException: Invalid MFA configuration given, can't turn off MFA and configure an MFA together.")
	set(cognito.SetUserPoolMfaConfigInput{MfaConfiguration: "OFF", WebAuthnConfiguration: key, SoftwareTokenMfaConfiguration: &types.SoftwareTokenMfaConfigType{}})
	assert.Equal(t, cognito.GetUserPoolMfaConfigOutput{MfaConfiguration: "OFF", WebAuthnConfiguration: key}, get())

	for _, in := range []cognito.SetUserPoolMfaConfigInput{{SmsMfaConfiguration: sms}, {EmailMfaConfiguration: mail}, {SoftwareTokenMfaConfiguration: token}} {
		in.UserPoolId = pool
		_, err = p.SetUserPoolMfaConfig(ctx, &in)
		assert.ErrorContains(t, err, "can't turn off MFA", "it is off")
	}

	_, err = p.UpdateUserPool(ctx, &cognito.UpdateUserPoolInput{UserPoolId: pool, SmsConfiguration: sms.SmsConfiguration})
	require.NoError(t, err)
	assert.Equal(t, cognito.GetUserPoolMfaConfigOutput{MfaConfiguration: "OFF", WebAuthnConfiguration: key}, get(), "messages are no factor without MFA")
	created, err := p.CreateUserPool(ctx, &cognito.CreateUserPoolInput{PoolName: aws.String("p"), SmsConfiguration: sms.SmsConfiguration})
	require.NoError(t, err)
	other, err := p.GetUserPoolMfaConfig(ctx, &cognito.GetUserPoolMfaConfigInput{UserPoolId: created.UserPool.Id})
	require.NoError(t, err)
	assert.Nil(t, other.SmsMfaConfiguration)

	_, err = p.UpdateUserPool(ctx, &cognito.UpdateUserPoolInput{UserPoolId: pool, MfaConfiguration: "ON", SmsConfiguration: sms.SmsConfiguration})
	require.NoError(t, err)
	assert.Equal(t, cognito.GetUserPoolMfaConfigOutput{MfaConfiguration: "ON", WebAuthnConfiguration: key,
		SmsMfaConfiguration: &types.SmsMfaConfigType{SmsConfiguration: sms.SmsConfiguration}}, get())
	_, err = p.UpdateUserPool(ctx, &cognito.UpdateUserPoolInput{UserPoolId: pool})
	require.NoError(t, err)
	assert.Equal(t, cognito.GetUserPoolMfaConfigOutput{MfaConfiguration: "OFF", WebAuthnConfiguration: key}, get())
}
