package cognitotest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// importUsers is code under test, written against the AWS SDK: it knows nothing of this module.
func importUsers(ctx context.Context, api *cognitoidentityprovider.Client, web *http.Client, poolID, file string) (*types.UserImportJobType, error) {
	created, err := api.CreateUserImportJob(ctx, &cognitoidentityprovider.CreateUserImportJobInput{
		JobName: aws.String("nightly"), UserPoolId: &poolID,
		CloudWatchLogsRoleArn: aws.String("arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole"),
	})
	if err != nil {
		return nil, err
	}
	job := created.UserImportJob
	put, err := http.NewRequestWithContext(ctx, http.MethodPut, *job.PreSignedUrl, strings.NewReader(file))
	if err != nil {
		return nil, err
	}
	put.Header.Set("x-amz-server-side-encryption", "aws:kms")
	answer, err := web.Do(put)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("upload: %s", text)
	}
	if _, err := api.StartUserImportJob(ctx, &cognitoidentityprovider.StartUserImportJobInput{UserPoolId: &poolID, JobId: job.JobId}); err != nil {
		return nil, err
	}
	for {
		seen, err := api.DescribeUserImportJob(ctx, &cognitoidentityprovider.DescribeUserImportJobInput{UserPoolId: &poolID, JobId: job.JobId})
		if err != nil || seen.UserImportJob.CompletionDate != nil {
			return seen.UserImportJob, err
		}
		time.Sleep(time.Minute)
	}
}

// newFake is a Cognito with one pool, and what code that speaks to AWS needs to speak to it instead.
func newFake(ctx context.Context, opts *memory.Options) (fake *memory.Cognito, pool userpool.Pool, api *cognitoidentityprovider.Client, web *http.Client) {
	fake = memory.New(opts)
	pool, err := fake.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{AutoVerifiedAttributes: []string{"email"}}})
	if err != nil {
		panic(err)
	}
	web = &http.Client{Transport: cognitotest.Transport(cognitotest.Handler(fake, nil))}
	api = cognitoidentityprovider.New(cognitoidentityprovider.Options{
		Region:     "us-west-2",
		HTTPClient: web,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
		}),
	})
	return fake, pool, api, web
}

// ann is a file of one user.
func ann(pool userpool.Pool) string {
	var file strings.Builder
	w := importjob.NewWriter(&file)
	_ = w.Write(pool.Header())
	_ = w.WriteRecord(importjob.Record{"cognito:username": "ann", "email": "ann@example.com", "email_verified": "true"})
	_ = w.Flush()
	return file.String()
}

// A fake Cognito for code that is written against *cognitoidentityprovider.Client, without a port.
func ExampleTransport() {
	ctx := context.Background()
	fake, pool, api, web := newFake(ctx, nil)
	job, err := importUsers(ctx, api, web, pool.ID, ann(pool))
	if err != nil {
		fmt.Println(err)
		return
	}
	user, err := fake.User(ctx, userpool.Ref{UserPoolID: pool.ID, Username: "ann"})
	fmt.Println(job.Status, job.ImportedUsers, user.Status, err)
	// Output:
	// Succeeded 1 RESET_REQUIRED <nil>
}
