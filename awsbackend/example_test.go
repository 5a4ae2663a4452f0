package awsbackend_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// The configuration leads to a Cognito in memory here. At AWS it comes from
// config.LoadDefaultConfig, Options.HTTPClient is not set, and the rest stays as it is.
func Example() {
	ctx := context.Background()
	cognito := memory.New(nil)
	pool := importjob.Pool{ID: "us-west-2_aaaaaaaaa", AutoVerifiedAttributes: []string{"email"}}
	if _, err := cognito.CreatePool(ctx, userpool.Pool{Pool: pool}); err != nil {
		fmt.Println(err)
		return
	}
	web := &http.Client{Transport: cognitotest.Transport(cognitotest.Handler(cognito, nil))}
	cfg := aws.Config{
		Region:     "us-west-2",
		HTTPClient: web,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	}

	client := awsbackend.New(cognitoidentityprovider.NewFromConfig(cfg), &awsbackend.Options{
		Logs:       cloudwatchlogs.NewFromConfig(cfg),
		HTTPClient: web,
	})
	file := csvOf(pool,
		importjob.Record{"cognito:username": "ann", "email": "ann@example.com", "email_verified": "true"},
		importjob.Record{"cognito:username": "bob", "email": "bob@example.com", "email_verified": "true"},
		importjob.Record{"cognito:username": "cid", "email": "cid@example.com", "email_verified": "false"},
	)
	job, err := importjob.Import(ctx, client, importjob.CreateInput{
		JobName:               "MyImportJob",
		UserPoolID:            pool.ID,
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
	}, strings.NewReader(file), int64(len(file)), nil)
	fmt.Println(job.Status, job.ImportedUsers, job.SkippedUsers, job.FailedUsers, err)
	for row, err := range importjob.Results(ctx, client, job.Ref()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(row)
	}
	// Output:
	// Succeeded 2 0 1 <nil>
	// [SUCCEEDED] Line Number 2 - The import succeeded.
	// [SUCCEEDED] Line Number 3 - The import succeeded.
	// [FAILED] Line Number 4 - The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true).
}

// csvOf is a CSV file for a pool.
func csvOf(pool importjob.Pool, users ...importjob.Record) string {
	var b strings.Builder
	w := importjob.NewWriter(&b)
	err := w.Write(pool.Header())
	for _, user := range users {
		err = errors.Join(err, w.WriteRecord(user))
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		panic(err)
	}
	return b.String()
}
