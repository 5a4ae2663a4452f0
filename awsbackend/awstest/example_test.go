package awstest_test

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
	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// importUsers is the code under test. It is written on the AWS SDK and uses nothing of this module.
func importUsers(ctx context.Context, api *cognitoidentityprovider.Client, web *http.Client, poolID, file string) (*types.UserImportJobType, error) {
	created, err := api.CreateUserImportJob(ctx, &cognitoidentityprovider.CreateUserImportJobInput{
		JobName:               aws.String("nightly"),
		UserPoolId:            &poolID,
		CloudWatchLogsRoleArn: aws.String("arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole"),
	})
	if err != nil {
		return nil, err
	}
	job := created.UserImportJob
	if err := upload(ctx, web, *job.PreSignedUrl, file); err != nil {
		return nil, err
	}
	started, err := api.StartUserImportJob(ctx, &cognitoidentityprovider.StartUserImportJobInput{UserPoolId: &poolID, JobId: job.JobId})
	if err != nil {
		return nil, err
	}
	for job = started.UserImportJob; job.CompletionDate == nil; {
		time.Sleep(time.Second)
		described, err := api.DescribeUserImportJob(ctx, &cognitoidentityprovider.DescribeUserImportJobInput{UserPoolId: &poolID, JobId: job.JobId})
		if err != nil {
			return nil, err
		}
		job = described.UserImportJob
	}
	return job, nil
}

// upload sends a file to a pre-signed URL. It belongs to the code under test.
func upload(ctx context.Context, web *http.Client, url, file string) error {
	put, err := http.NewRequestWithContext(ctx, http.MethodPut, url, strings.NewReader(file))
	if err != nil {
		return err
	}
	put.Header.Set("x-amz-server-side-encryption", "aws:kms")
	answer, err := web.Do(put)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		return fmt.Errorf("upload: %s: %s", answer.Status, text)
	}
	return nil
}

// newPool makes a pool that has what an import needs: an auto-verified attribute.
func newPool(ctx context.Context, cognito *memory.Cognito) userpool.Pool {
	pool, err := cognito.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{Name: "people", AutoVerifiedAttributes: []string{"email"}}})
	if err != nil {
		panic(err)
	}
	return pool
}

// ann returns a CSV file with one user.
func ann(pool userpool.Pool) string {
	var file strings.Builder
	w := importjob.NewWriter(&file)
	_ = w.Write(pool.Header())
	_ = w.WriteRecord(importjob.Record{"cognito:username": "ann", "email": "ann@example.com", "email_verified": "true"})
	if err := w.Flush(); err != nil {
		panic(err)
	}
	return file.String()
}

// The code under test imports a user. Then the test reads the user through the SDK.
func Example() {
	ctx := context.Background()
	cognito := memory.New(nil)
	pool := newPool(ctx, cognito)
	fake := awstest.New(cognito, &cognitotest.Options{Directory: cognito})

	job, err := importUsers(ctx, fake.Cognito, fake.HTTPClient, pool.ID, ann(pool))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(job.Status, job.ImportedUsers)

	user, err := fake.Cognito.AdminGetUser(ctx, &cognitoidentityprovider.AdminGetUserInput{UserPoolId: &pool.ID, Username: aws.String("ann")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(user.UserStatus)
	// Output:
	// Succeeded 1
	// RESET_REQUIRED
}
