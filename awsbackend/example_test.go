package awsbackend_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// This example runs a job in a fake. To run it at AWS, get the configuration from config.LoadDefaultConfig,
// pass cognitoidentityprovider.NewFromConfig(cfg) to New, and do not set Options.HTTPClient.
func Example() {
	ctx := context.Background()
	cognito := memory.New(nil)
	pool := importjob.Pool{ID: "us-west-2_aaaaaaaaa", AutoVerifiedAttributes: []string{"email"}}
	if _, err := cognito.CreatePool(ctx, userpool.Pool{Pool: pool}); err != nil {
		fmt.Println(err)
		return
	}
	fake := awstest.New(cognito, nil)

	client := awsbackend.New(fake.Cognito, &awsbackend.Options{
		Logs:       cloudwatchlogs.NewFromConfig(fake.Config),
		HTTPClient: fake.HTTPClient,
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

// This example imports users, puts them into a group and reads their new subs. At AWS, the client of the SDK comes from
// cognitoidentityprovider.NewFromConfig, and an import takes minutes.
func ExampleNewUsers() {
	ctx := context.Background()
	cognito := memory.New(nil)
	pool := importjob.Pool{ID: "us-west-2_aaaaaaaaa", AutoVerifiedAttributes: []string{"email"}}
	if _, err := cognito.CreatePool(ctx, userpool.Pool{Pool: pool}); err != nil {
		fmt.Println(err)
		return
	}
	fake := awstest.New(cognito, &cognitotest.Options{Directory: cognito})
	client := awsbackend.New(fake.Cognito, &awsbackend.Options{HTTPClient: fake.HTTPClient})
	users := awsbackend.NewUsers(fake.Cognito, nil)

	file := csvOf(pool,
		importjob.Record{"cognito:username": "ann", "email": "ann@example.com", "email_verified": "true"},
		importjob.Record{"cognito:username": "bob", "email": "bob@example.com", "email_verified": "true"},
	)
	job, err := importjob.Import(ctx, client, importjob.CreateInput{
		JobName:               "MyImportJob",
		UserPoolID:            pool.ID,
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
	}, strings.NewReader(file), int64(len(file)), nil)
	if err != nil {
		fmt.Println(job.Status, err)
		return
	}
	group := userpool.GroupRef{UserPoolID: pool.ID, GroupName: "staff"}
	if _, err := users.CreateGroup(ctx, userpool.Group{GroupRef: group}); err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"ann", "bob"} {
		user, err := users.User(ctx, userpool.Ref{UserPoolID: pool.ID, Username: name})
		if err == nil {
			err = users.AddUserToGroup(ctx, userpool.Ref{UserPoolID: pool.ID, Username: user.Username}, group.GroupName)
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(user.Username, "has a sub of", len(user.Sub), "characters")
	}
	members, _, err := users.UsersInGroup(ctx, group, importjob.Page{})
	fmt.Println(len(members), "users are in the group", group.GroupName, err)
	// Output:
	// ann has a sub of 36 characters
	// bob has a sub of 36 characters
	// 2 users are in the group staff <nil>
}

// csvOf returns a CSV file of users for a pool.
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
