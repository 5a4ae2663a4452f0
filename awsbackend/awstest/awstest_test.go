package awstest_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// In a bubble the test does not wait, although this import takes two hours. Start is refused twice;
// the SDK tries again by itself.
func TestImportOfTwoHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cognito := memory.New(&memory.Options{PendingFor: 2 * time.Hour})
		pool := newPool(t.Context(), cognito)
		busy := backend.Faults(backend.FaultOptions{
			Faults: []backend.Fault{{Op: importjob.OpStart, Err: importjob.ErrTooManyRequests, On: backend.First(2)}},
		})
		fake := awstest.New(backend.Intercept(cognito, busy), nil)

		job, err := importUsers(t.Context(), fake.Cognito, fake.HTTPClient, pool.ID, ann(pool))
		require.NoError(t, err)
		assert.Equal(t, types.UserImportJobStatusTypeSucceeded, job.Status)
		assert.GreaterOrEqual(t, job.CompletionDate.Sub(*job.CreationDate), 2*time.Hour)
		count, err := cognito.CountUsers(t.Context(), pool.ID)
		require.NoError(t, err)
		assert.EqualValues(t, 1, count)
	})
}

// described asks for a pool, with any client.
func described(ctx context.Context, api *cognitoidentityprovider.Client, pool userpool.Pool) error {
	_, err := api.DescribeUserPool(ctx, &cognitoidentityprovider.DescribeUserPoolInput{UserPoolId: &pool.ID})
	return err
}

// errorCode returns the name of an exception of AWS.
func errorCode(t *testing.T, err error) string {
	t.Helper()
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	return refusal.ErrorCode()
}

func TestOtherServicesUseTheConfig(t *testing.T) {
	cognito := memory.New(nil)
	pool := newPool(t.Context(), cognito)
	fake := awstest.New(cognito, nil)
	job, err := importUsers(t.Context(), fake.Cognito, fake.HTTPClient, pool.ID, ann(pool))
	require.NoError(t, err)
	logs := cloudwatchlogs.NewFromConfig(fake.Config)
	out, err := logs.GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{
		LogGroupName:  aws.String("/aws/cognito/userpools/" + pool.ID + "/people"),
		LogStreamName: aws.String(*job.JobId + "/nightly"),
	})
	require.NoError(t, err)
	require.Len(t, out.Events, 3)
	assert.Equal(t, "[SUCCEEDED] Line Number 2 - The import succeeded.", *out.Events[2].Message)
}

func TestUsersNeedADirectory(t *testing.T) {
	cognito := memory.New(nil)
	pool := newPool(t.Context(), cognito)
	list := func(opts *cognitotest.Options) error {
		_, err := awstest.New(cognito, opts).Cognito.ListUsers(t.Context(), &cognitoidentityprovider.ListUsersInput{UserPoolId: &pool.ID})
		return err
	}
	assert.NoError(t, list(&cognitotest.Options{Directory: cognito}))
	err := list(nil)
	assert.Equal(t, "UnknownOperationException", errorCode(t, err))
	assert.ErrorContains(t, err, "cognitotest.Options.Directory")
}

func TestCredentialsSignAndAreVerified(t *testing.T) {
	cognito := memory.New(nil)
	pool := newPool(t.Context(), cognito)
	strict := awstest.New(cognito, &cognitotest.Options{
		Credentials: cognitotest.Credentials{AccessKeyID: "AKIDSTRICT", SecretAccessKey: "topsecret"}})
	assert.NoError(t, described(t.Context(), strict.Cognito, pool))

	others := strict.Config.Copy()
	others.Credentials = awstest.New(cognito, nil).Config.Credentials
	err := described(t.Context(), cognitoidentityprovider.NewFromConfig(others), pool)
	assert.Equal(t, "UnrecognizedClientException", errorCode(t, err))
}

// A URL is good at the fake that gave it out, also for a client that is made from its Config.
func TestURLsAreOfOneFake(t *testing.T) {
	cognito := memory.New(nil)
	pool := newPool(t.Context(), cognito)
	one, other := awstest.New(cognito, nil), awstest.New(cognito, nil)
	again := cognitoidentityprovider.NewFromConfig(one.Config)
	created, err := again.CreateUserImportJob(t.Context(), &cognitoidentityprovider.CreateUserImportJobInput{
		JobName: aws.String("J"), UserPoolId: &pool.ID, CloudWatchLogsRoleArn: aws.String("arn:aws:iam::111111111111:role/Logs")})
	require.NoError(t, err)
	url := *created.UserImportJob.PreSignedUrl
	assert.Contains(t, url, ".invalid/")
	assert.ErrorContains(t, upload(t.Context(), other.HTTPClient, url, ann(pool)), "InvalidAccessKeyId")
	assert.NoError(t, upload(t.Context(), one.HTTPClient, url, ann(pool)))
}

// A test that wraps the Transport sees the requests of all clients.
func TestTransportIsShared(t *testing.T) {
	cognito := memory.New(nil)
	pool := newPool(t.Context(), cognito)
	fake := awstest.New(cognito, nil)
	next, seen := fake.HTTPClient.Transport, map[string]int{}
	fake.HTTPClient.Transport = testkit.RoundTripper(func(r *http.Request) (*http.Response, error) {
		seen[r.Method+" "+r.Header.Get("X-Amz-Target")]++
		return next.RoundTrip(r)
	})
	_, err := importUsers(t.Context(), fake.Cognito, fake.HTTPClient, pool.ID, ann(pool))
	require.NoError(t, err)
	_, err = cloudwatchlogs.NewFromConfig(fake.Config).DescribeLogGroups(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, 1, seen["PUT "])
	assert.Equal(t, 1, seen["POST AWSCognitoIdentityProviderService.CreateUserImportJob"])
	assert.Equal(t, 1, seen["POST Logs_20140328.DescribeLogGroups"])
}

// The environment of the machine configures the real SDK. A fake does not read it.
func TestEnvironmentIsNotRead(t *testing.T) {
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": "http://127.0.0.1:1/x", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://127.0.0.1:1/x",
		"AWS_REGION": "ap-east-1", "AWS_PROFILE": "none", "HTTPS_PROXY": "http://127.0.0.1:1",
	} {
		t.Setenv(name, value)
	}
	cognito := memory.New(nil)
	pool := newPool(t.Context(), cognito)
	assert.NoError(t, described(t.Context(), awstest.New(cognito, nil).Cognito, pool))
}

// A pool of another Region than the Config's is served, as is a client of that Region.
func TestPoolsOfOtherRegions(t *testing.T) {
	cognito := memory.New(nil)
	_, err := cognito.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{ID: "eu-west-1_abc", AutoVerifiedAttributes: []string{"email"}}})
	require.NoError(t, err)
	fake := awstest.New(cognito, nil)
	config := fake.Config.Copy()
	config.Region = "eu-west-1"
	for _, api := range []*cognitoidentityprovider.Client{fake.Cognito, cognitoidentityprovider.NewFromConfig(config)} {
		out, err := api.DescribeUserPool(t.Context(), &cognitoidentityprovider.DescribeUserPoolInput{UserPoolId: aws.String("eu-west-1_abc")})
		require.NoError(t, err)
		assert.Equal(t, "arn:aws:cognito-idp:eu-west-1:111111111111:userpool/eu-west-1_abc", *out.UserPool.Arn)
	}
}
