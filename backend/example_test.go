package backend_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// exampleClient is a fake with one pool, in which every run gives the same IDs.
func exampleClient() importjob.Client {
	cognito := memory.New(&memory.Options{NewJobID: func() string { return "import-qQ0DCt2fRh" }})
	_, err := cognito.CreatePool(context.Background(), userpool.Pool{Pool: importjob.Pool{ID: "us-west-2_aaaaaaaaa", AutoVerifiedAttributes: []string{"email"}}})
	if err != nil {
		panic(err)
	}
	return cognito
}

func ExampleIntercept() {
	// An interceptor that refuses to start jobs. It also sees what other calls answer.
	readOnly := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		if call.Op == importjob.OpStart {
			return importjob.ErrNotAuthorized
		}
		err := next(ctx)
		fmt.Println(call.Op, call.Job.Status)
		return err
	}
	client := backend.Intercept(exampleClient(), readOnly)

	ctx := context.Background()
	job, err := client.Create(ctx, importjob.CreateInput{
		JobName:               "MyImportJob",
		UserPoolID:            "us-west-2_aaaaaaaaa",
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Start(ctx, job.Ref())
	fmt.Println(err)
	fmt.Println(errors.Is(err, importjob.ErrNotAuthorized))
	// Output:
	// CreateUserImportJob Created
	// StartUserImportJob us-west-2_aaaaaaaaa/import-qQ0DCt2fRh: NotAuthorizedException
	// true
}

func ExampleLogging() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "duration" {
				return slog.Attr{} // they differ from run to run
			}
			return a
		},
	}))
	client := backend.Intercept(exampleClient(), backend.Logging(logger))

	ctx := context.Background()
	job, err := client.Create(ctx, importjob.CreateInput{
		JobName:               "MyImportJob",
		UserPoolID:            "us-west-2_aaaaaaaaa",
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = client.Start(ctx, job.Ref())
	_, _ = client.CSVHeader(ctx, "us-west-2_aaaaaaaaa")
	// Output:
	// level=INFO msg="cognito import" op=CreateUserImportJob pool=us-west-2_aaaaaaaaa job=import-qQ0DCt2fRh status=Created
	// level=WARN msg="cognito import" op=StartUserImportJob pool=us-west-2_aaaaaaaaa job=import-qQ0DCt2fRh code=PreconditionNotMetException
	// level=INFO msg="cognito import" op=GetCSVHeader pool=us-west-2_aaaaaaaaa items=21
}

func ExampleFaults() {
	// The answer to the first Start is lost: the job is started, but the caller does not know.
	client := backend.Intercept(exampleClient(), backend.Faults(backend.FaultOptions{
		Faults: []backend.Fault{{Op: importjob.OpStart, Call: 1, Lost: true}},
	}))

	header := importjob.Pool{}.Header()
	var file strings.Builder
	w := importjob.NewWriter(&file)
	_ = w.Write(header)
	_ = w.WriteRecord(importjob.Record{"cognito:username": "ann", "email": "ann@example.com", "email_verified": "TRUE"})
	_ = w.Flush()

	// Import finds out by a look at the job.
	job, err := importjob.Import(context.Background(), client, importjob.CreateInput{
		JobName:               "MyImportJob",
		UserPoolID:            "us-west-2_aaaaaaaaa",
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
	}, strings.NewReader(file.String()), int64(file.Len()), nil)
	fmt.Println(err)
	fmt.Println(job)
	// Output:
	// <nil>
	// us-west-2_aaaaaaaaa/import-qQ0DCt2fRh "MyImportJob" Succeeded (1 imported, 0 skipped, 0 failed)
}
