package memory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// exampleFile is a CSV file for a pool with the classic schema. Each name is a user with a verified e-mail address.
func exampleFile(names ...string) string {
	var b strings.Builder
	w := importjob.NewWriter(&b)
	_ = w.Write(importjob.Pool{}.Header())
	for _, name := range names {
		_ = w.WriteRecord(importjob.Record{"cognito:username": name, "email": name + "@example.com", "email_verified": "TRUE"})
	}
	_ = w.Flush()
	return b.String()
}

// A test creates a pool, runs the code under test against the fake, and looks at the users.
func ExampleNew() {
	ctx := context.Background()
	cognito := memory.New(nil)
	pool, err := cognito.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{
		Name:                   "customers",
		AutoVerifiedAttributes: []string{"email"}, // without one, no job can start
	}})
	if err != nil {
		fmt.Println(err)
		return
	}

	// The code under test. It takes an importjob.Client.
	file := exampleFile("ann", "bob", "ann")
	job, err := importjob.Import(ctx, cognito, importjob.CreateInput{
		JobName:               "MyImportJob",
		UserPoolID:            pool.ID,
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
	}, strings.NewReader(file), int64(len(file)), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(job.Status, job.ImportedUsers, job.SkippedUsers)

	user, err := cognito.User(ctx, userpool.Ref{UserPoolID: pool.ID, Username: "ann"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(user.Username, user.Attributes.Value("email"), user.Status)
	// Output:
	// Succeeded 2 1
	// ann ann@example.com RESET_REQUIRED
}

// A user who was imported without a password hash signs in after setting a password with the code that the service would
// send.
func ExampleCognito_VerifyPassword() {
	ctx := context.Background()
	cognito := memory.New(nil)
	pool, err := cognito.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{AutoVerifiedAttributes: []string{"email"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	file := exampleFile("ann")
	_, err = importjob.Import(ctx, cognito, importjob.CreateInput{
		JobName:               "MyImportJob",
		UserPoolID:            pool.ID,
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
	}, strings.NewReader(file), int64(len(file)), nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	ann := userpool.Ref{UserPoolID: pool.ID, Username: "ann"}
	_, err = cognito.VerifyPassword(ctx, ann, "any password")
	fmt.Println(errors.Is(err, userpool.ErrPasswordResetRequired))

	code, err := cognito.ForgotPassword(ctx, ann)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(code.Medium, code.Destination)
	if err := cognito.ConfirmForgotPassword(ctx, ann, code.Code, "Correct-horse-1"); err != nil {
		fmt.Println(err)
		return
	}
	user, err := cognito.VerifyPassword(ctx, ann, "Correct-horse-1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(user.Username, user.Status)
	// Output:
	// true
	// EMAIL a***@e***
	// ann CONFIRMED
}

// In a bubble of testing/synctest, a job that takes seconds needs no real time, and each state is at an exact moment.
func ExampleOptions() {
	// In a file of tests, this is func TestProgress(t *testing.T).
	testProgress := func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			cognito := memory.New(&memory.Options{PendingFor: 2 * time.Second, RowsPerSecond: 1})
			pool, err := cognito.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{AutoVerifiedAttributes: []string{"email"}}})
			if err != nil {
				t.Fatal(err)
			}
			job, err := cognito.Create(ctx, importjob.CreateInput{
				JobName:               "MyImportJob",
				UserPoolID:            pool.ID,
				CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
			})
			if err != nil {
				t.Fatal(err)
			}
			file := exampleFile("ann", "bob", "cid")
			if err := cognito.Upload(ctx, job, strings.NewReader(file), int64(len(file))); err != nil {
				t.Fatal(err)
			}
			if job, err = cognito.Start(ctx, job.Ref()); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			for !job.Status.Done() {
				time.Sleep(time.Second)
				if job, err = cognito.Describe(ctx, job.Ref()); err != nil {
					t.Fatal(err)
				}
				fmt.Println(time.Since(start), job.Status, job.ImportedUsers)
			}
		})
	}

	testProgress(new(testing.T)) // because an example gets no testing.T
	// Output:
	// 1s Pending 0
	// 2s InProgress 0
	// 3s InProgress 1
	// 4s InProgress 2
	// 5s Succeeded 3
}
