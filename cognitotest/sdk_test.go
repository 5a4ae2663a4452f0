package cognitotest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
)

const (
	poolID  = "us-west-2_aaaaaaaaa"
	roleARN = "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole"
)

// keys are the credentials of the tests' clients.
func keys(secret string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: secret}, nil
	})
}

// put uploads a file to a URL as the guide says.
func put(t testing.TB, tr http.RoundTripper, url, file string) *http.Response {
	req, err := http.NewRequest(http.MethodPut, url, strings.NewReader(file))
	require.NoError(t, err)
	req.Header.Set("x-amz-server-side-encryption", "aws:kms")
	res, err := tr.RoundTrip(req)
	require.NoError(t, err)
	return res
}

func TestSDKRunsJobInBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := testpool.New(t, &memory.Options{RowsPerSecond: 1, PendingFor: time.Second})
		fake := awstest.New(m, nil)
		api, ctx := fake.Cognito, t.Context()

		created, err := api.CreateUserImportJob(ctx, &cognito.CreateUserImportJobInput{
			JobName: aws.String("MyImportJob"), UserPoolId: aws.String(poolID), CloudWatchLogsRoleArn: aws.String(roleARN),
		})
		require.NoError(t, err)
		job := created.UserImportJob
		assert.Equal(t, types.UserImportJobStatusTypeCreated, job.Status)
		assert.True(t, job.CreationDate.Equal(time.Now()))
		assert.Nil(t, job.StartDate)
		assert.Contains(t, *job.PreSignedUrl, "https://cognito-idp.us-west-2.amazonaws.com.invalid/111111111111/"+poolID+"/"+*job.JobId+"?")

		res := put(t, fake.HTTPClient.Transport, *job.PreSignedUrl, testpool.CSV("ann", "bob"))
		require.Equal(t, http.StatusOK, res.StatusCode)

		started, err := api.StartUserImportJob(ctx, &cognito.StartUserImportJobInput{UserPoolId: aws.String(poolID), JobId: job.JobId})
		require.NoError(t, err)
		assert.Equal(t, types.UserImportJobStatusTypePending, started.UserImportJob.Status)

		time.Sleep(2 * time.Second)
		seen, err := api.DescribeUserImportJob(ctx, &cognito.DescribeUserImportJobInput{UserPoolId: aws.String(poolID), JobId: job.JobId})
		require.NoError(t, err)
		assert.Equal(t, types.UserImportJobStatusTypeInProgress, seen.UserImportJob.Status)
		assert.EqualValues(t, 1, seen.UserImportJob.ImportedUsers)

		time.Sleep(time.Second)
		listed, err := api.ListUserImportJobs(ctx, &cognito.ListUserImportJobsInput{UserPoolId: aws.String(poolID), MaxResults: aws.Int32(1)})
		require.NoError(t, err)
		require.Len(t, listed.UserImportJobs, 1)
		end := listed.UserImportJobs[0]
		assert.Equal(t, types.UserImportJobStatusTypeSucceeded, end.Status)
		assert.EqualValues(t, 2, end.ImportedUsers)
		assert.Equal(t, *job.PreSignedUrl, *end.PreSignedUrl)
		assert.Equal(t, 3*time.Second, end.CompletionDate.Sub(*job.CreationDate))
	})
}

func TestSDKErrors(t *testing.T) {
	api := awstest.New(testpool.New(t, nil), nil).Cognito
	_, err := api.DescribeUserImportJob(t.Context(), &cognito.DescribeUserImportJobInput{
		UserPoolId: aws.String("us-west-2_other"), JobId: aws.String("import-1"),
	})
	var notFound *types.ResourceNotFoundException
	require.ErrorAs(t, err, &notFound)
	assert.Equal(t, "User pool us-west-2_other does not exist.", *notFound.Message)

	_, err = api.StopUserImportJob(t.Context(), &cognito.StopUserImportJobInput{
		UserPoolId: aws.String("no pool"), JobId: aws.String("import-1"),
	})
	var invalid *types.InvalidParameterException
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, `1 validation error detected: Value 'no pool' at 'userPoolId' failed to satisfy constraint: `+
		`Member must satisfy regular expression pattern: [\w-]+_[0-9a-zA-Z]+`, *invalid.Message)
}
