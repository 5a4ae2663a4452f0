package backend_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

var exampleInput = importjob.CreateInput{
	JobName:               "MyImportJob",
	UserPoolID:            "us-west-2_aaaaaaaaa",
	CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
}

// exampleClient returns a fake with one pool. Its jobs have the same ID in every run.
func exampleClient() importjob.Client {
	cognito := memory.New(&memory.Options{NewJobID: func() string { return "import-qQ0DCt2fRh" }})
	_, err := cognito.CreatePool(context.Background(), userpool.Pool{Pool: importjob.Pool{ID: "us-west-2_aaaaaaaaa", AutoVerifiedAttributes: []string{"email"}}})
	if err != nil {
		panic(err)
	}
	return cognito
}

// An interceptor that refuses to start jobs.
func ExampleIntercept() {
	readOnly := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		if call.Op == importjob.OpStart {
			return importjob.ErrNotAuthorized
		}
		return next(ctx)
	}
	client := backend.Intercept(exampleClient(), readOnly)

	ctx := context.Background()
	job, err := client.Create(ctx, exampleInput)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Start(ctx, job.Ref())
	fmt.Println(err)
	fmt.Println(errors.Is(err, importjob.ErrNotAuthorized))
	// Output:
	// StartUserImportJob us-west-2_aaaaaaaaa/import-qQ0DCt2fRh: NotAuthorizedException
	// true
}

// An interceptor that records the inputs and outputs.
func ExampleIntercept_recorder() {
	var recorded []string
	recorder := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		err := next(ctx)
		switch in := call.Input().(type) {
		case importjob.CreateInput:
			recorded = append(recorded, fmt.Sprintf("%s %q: %v, %v", call.Op, in.JobName, call.Output(), err))
		case importjob.Ref:
			recorded = append(recorded, fmt.Sprintf("%s %s: %v", call.Op, in, call.Output()))
		}
		return err
	}
	client := backend.Intercept(exampleClient(), recorder)

	ctx := context.Background()
	job, _ := client.Create(ctx, exampleInput)
	_, _ = client.Describe(ctx, job.Ref())
	for _, line := range recorded {
		fmt.Println(line)
	}
	// Output:
	// CreateUserImportJob "MyImportJob": us-west-2_aaaaaaaaa/import-qQ0DCt2fRh "MyImportJob" Created (0 imported, 0 skipped, 0 failed), <nil>
	// DescribeUserImportJob us-west-2_aaaaaaaaa/import-qQ0DCt2fRh: us-west-2_aaaaaaaaa/import-qQ0DCt2fRh "MyImportJob" Created (0 imported, 0 skipped, 0 failed)
}

// An interceptor for a dry run. It answers the calls that would change something, and passes on the others.
func ExampleIntercept_dryRun() {
	dryRun := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		switch in := call.Input().(type) {
		case importjob.CreateInput:
			call.Answer(importjob.UserImportJob{JobID: "import-dryrun", JobName: in.JobName, UserPoolID: in.UserPoolID,
				PreSignedURL: "https://dry.invalid", Status: importjob.StatusCreated})
			return nil
		case backend.UploadInput:
			fmt.Println("would upload", in.Size, "bytes")
			call.Answer(nil)
			return nil
		}
		return next(ctx)
	}
	client := backend.Intercept(exampleClient(), dryRun)

	ctx := context.Background()
	job, err := client.Create(ctx, exampleInput)
	fmt.Println(job, err)
	fmt.Println(client.Upload(ctx, job, strings.NewReader("..."), 3))
	// Output:
	// us-west-2_aaaaaaaaa/import-dryrun "MyImportJob" Created (0 imported, 0 skipped, 0 failed) <nil>
	// would upload 3 bytes
	// <nil>
}

// An interceptor that caches the settings of pools. The second call of Pool does not reach the Client.
func ExampleIntercept_cache() {
	var pools sync.Map // of importjob.Pool, by ID
	cache := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		if call.Op != importjob.OpPool {
			return next(ctx)
		}
		if pool, ok := pools.Load(call.Ref.UserPoolID); ok {
			call.Answer(pool.(importjob.Pool).Clone())
			return nil
		}
		err := next(ctx)
		if err == nil {
			pools.Store(call.Ref.UserPoolID, call.Output().(importjob.Pool).Clone())
		}
		return err
	}
	trace := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		fmt.Println("the Client is called:", call)
		return next(ctx)
	}
	client := backend.Intercept(exampleClient(), cache, trace)

	for range 2 {
		pool, err := client.Pool(context.Background(), "us-west-2_aaaaaaaaa")
		fmt.Println(pool.AutoVerifiedAttributes, err)
	}
	// Output:
	// the Client is called: DescribeUserPool us-west-2_aaaaaaaaa
	// [email] <nil>
	// [email] <nil>
}

// Logging logs one record for each call. The text of an error is not in it.
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
	job, err := client.Create(ctx, exampleInput)
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

// The answer to the first Start is lost: the job is started, but the caller gets an error. Import finds out with
// Describe that the job is started, and waits for its end.
func ExampleFaults() {
	client := backend.Intercept(exampleClient(), backend.Faults(backend.FaultOptions{
		Faults: []backend.Fault{{Op: importjob.OpStart, Lost: true, On: backend.Nth(1)}},
	}))

	file := testpool.CSV("ann")
	job, err := importjob.Import(context.Background(), client, exampleInput, strings.NewReader(file), int64(len(file)), nil)
	fmt.Println(err)
	fmt.Println(job)
	// Output:
	// <nil>
	// us-west-2_aaaaaaaaa/import-qQ0DCt2fRh "MyImportJob" Succeeded (1 imported, 0 skipped, 0 failed)
}

// First and Nth select the calls that fail. Here the service throttles the first two calls of Describe, and the third
// call of Pool loses the connection.
func ExampleFaults_firstAndNth() {
	client := backend.Intercept(exampleClient(), backend.Faults(backend.FaultOptions{
		Faults: []backend.Fault{
			{Op: importjob.OpDescribe, On: backend.First(2), Err: importjob.ErrTooManyRequests},
			{Op: importjob.OpPool, On: backend.Nth(3)},
		},
	}))

	ctx := context.Background()
	job, err := client.Create(ctx, exampleInput)
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		_, err := client.Describe(ctx, job.Ref())
		fmt.Println("Describe:", err)
	}
	for range 3 {
		_, err := client.Pool(ctx, exampleInput.UserPoolID)
		fmt.Println("Pool:", err)
	}
	// Output:
	// Describe: DescribeUserImportJob us-west-2_aaaaaaaaa/import-qQ0DCt2fRh: TooManyRequestsException
	// Describe: DescribeUserImportJob us-west-2_aaaaaaaaa/import-qQ0DCt2fRh: TooManyRequestsException
	// Describe: <nil>
	// Pool: <nil>
	// Pool: <nil>
	// Pool: DescribeUserPool us-west-2_aaaaaaaaa: the connection was lost: unexpected EOF
}
