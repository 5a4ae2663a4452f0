package awsbackend

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// CognitoAPI lists the operations of Amazon Cognito that this package calls.
// *cognitoidentityprovider.Client implements it. A wrapper can implement it, too, for example to count
// calls.
type CognitoAPI interface {
	GetCSVHeader(context.Context, *cognito.GetCSVHeaderInput, ...func(*cognito.Options)) (*cognito.GetCSVHeaderOutput, error)
	CreateUserImportJob(context.Context, *cognito.CreateUserImportJobInput, ...func(*cognito.Options)) (*cognito.CreateUserImportJobOutput, error)
	StartUserImportJob(context.Context, *cognito.StartUserImportJobInput, ...func(*cognito.Options)) (*cognito.StartUserImportJobOutput, error)
	StopUserImportJob(context.Context, *cognito.StopUserImportJobInput, ...func(*cognito.Options)) (*cognito.StopUserImportJobOutput, error)
	DescribeUserImportJob(context.Context, *cognito.DescribeUserImportJobInput, ...func(*cognito.Options)) (*cognito.DescribeUserImportJobOutput, error)
	ListUserImportJobs(context.Context, *cognito.ListUserImportJobsInput, ...func(*cognito.Options)) (*cognito.ListUserImportJobsOutput, error)
	DescribeUserPool(context.Context, *cognito.DescribeUserPoolInput, ...func(*cognito.Options)) (*cognito.DescribeUserPoolOutput, error)
}

// LogsAPI lists the operations of Amazon CloudWatch Logs that Results calls. *cloudwatchlogs.Client
// implements it.
type LogsAPI interface {
	DescribeLogGroups(context.Context, *cloudwatchlogs.DescribeLogGroupsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error)
	DescribeLogStreams(context.Context, *cloudwatchlogs.DescribeLogStreamsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogStreamsOutput, error)
	GetLogEvents(context.Context, *cloudwatchlogs.GetLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.GetLogEventsOutput, error)
}

// The compiler checks that the clients of the SDK implement both.
var (
	_ CognitoAPI = (*cognito.Client)(nil)
	_ LogsAPI    = (*cloudwatchlogs.Client)(nil)
)

// Options are the options of [New]. nil and the zero value mean the defaults.
type Options struct {
	// Logs reads the logs of jobs. Without it Results fails with [ErrNoLogs].
	Logs LogsAPI

	// HTTPClient sends the uploads. nil means [http.DefaultClient]. Cognito and CloudWatch Logs are
	// called with the HTTP clients that their SDK clients have. New copies HTTPClient, but shares its
	// Transport. The copy does not follow redirects, because the URL is signed for one host only.
	HTTPClient *http.Client

	// UploadAttempts limits how many times one Upload sends the file, the first time included.
	// Upload sends it again if S3 fails or the connection breaks. 0 means 4. A body that is not an
	// io.Seeker is sent once, unless nothing of it was read.
	UploadAttempts int

	// UploadPause limits the pause between the first and the second attempt. 0 and less mean 500 ms. The limit doubles after each attempt, up to 20 seconds. Each pause is
	// random, between half of the limit and the limit.
	UploadPause time.Duration

	// CallTimeout bounds each call to Cognito and CloudWatch Logs, with the SDK's own retries, and the
	// time for which an upload may stand still. 0 means one minute. A call that takes longer fails with
	// [ErrCallTimeout], which is [importjob.Retryable].
	CallTimeout time.Duration
}

// ErrNoLogs is the error of Results if Options.Logs is nil. The [importjob.Error] that wraps it has the
// Code [importjob.ErrInvalidParameter].
var ErrNoLogs = errors.New("the results of a job are in Amazon CloudWatch Logs: set awsbackend.Options.Logs")

// New returns a Client that runs import jobs at AWS. It sends no request. api must not be nil. Its
// configuration decides the Region, the credentials and the retries of all calls to Cognito;
// the configuration of opts.Logs does so for CloudWatch Logs. New copies opts. Several goroutines can use
// the Client at once if they can use api and opts.Logs at once, as they can with the clients of the SDK.
func New(api CognitoAPI, opts *Options) importjob.Client {
	if opts == nil {
		opts = &Options{}
	}
	c := &client{api: api, logs: opts.Logs, http: *http.DefaultClient, attempts: opts.UploadAttempts, pause: opts.UploadPause}
	if opts.HTTPClient != nil {
		c.http = *opts.HTTPClient
	}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if c.attempts == 0 {
		c.attempts = 4
	}
	if c.pause <= 0 {
		c.pause = 500 * time.Millisecond
	}
	if c.calls.timeout = opts.CallTimeout; c.calls.timeout <= 0 {
		c.calls.timeout = time.Minute
	}
	return backend.Checked(c)
}

// client is a Client that does not check its inputs and leaves Op and Ref of its errors empty.
// backend.Checked does both.
type client struct {
	calls    calls
	api      CognitoAPI
	logs     LogsAPI
	http     http.Client
	attempts int
	pause    time.Duration
}

func (c *client) CSVHeader(ctx context.Context, userPoolID string) ([]string, error) {
	out, err := callCognito(ctx, &c.calls, c.api.GetCSVHeader, &cognito.GetCSVHeaderInput{UserPoolId: &userPoolID})
	if err != nil {
		return nil, err
	}
	switch {
	case len(out.CSVHeader) == 0:
		return nil, errNoAnswer
	case out.UserPoolId != nil && *out.UserPoolId != userPoolID:
		return nil, errOtherAnswer
	}
	return out.CSVHeader, nil
}

func (c *client) Create(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	out, err := callCognito(ctx, &c.calls, c.api.CreateUserImportJob, &cognito.CreateUserImportJobInput{
		JobName:                  &in.JobName,
		UserPoolId:               &in.UserPoolID,
		CloudWatchLogsRoleArn:    &in.CloudWatchLogsRoleARN,
		PasswordHashingAlgorithm: types.PasswordHashingAlgorithmType(in.PasswordHashingAlgorithm),
	})
	if err != nil {
		return importjob.UserImportJob{}, err
	}
	return answered(out.UserImportJob, importjob.Ref{UserPoolID: in.UserPoolID})
}

func (c *client) Start(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	out, err := callCognito(ctx, &c.calls, c.api.StartUserImportJob, &cognito.StartUserImportJobInput{UserPoolId: &ref.UserPoolID, JobId: &ref.JobID})
	if err != nil {
		return importjob.UserImportJob{}, err
	}
	return answered(out.UserImportJob, ref)
}

func (c *client) Stop(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	out, err := callCognito(ctx, &c.calls, c.api.StopUserImportJob, &cognito.StopUserImportJobInput{UserPoolId: &ref.UserPoolID, JobId: &ref.JobID})
	if err != nil {
		return importjob.UserImportJob{}, err
	}
	return answered(out.UserImportJob, ref)
}

func (c *client) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	out, err := callCognito(ctx, &c.calls, c.api.DescribeUserImportJob, &cognito.DescribeUserImportJobInput{UserPoolId: &ref.UserPoolID, JobId: &ref.JobID})
	if err != nil {
		return importjob.UserImportJob{}, err
	}
	return answered(out.UserImportJob, ref)
}

// maxListPage is the number of jobs on the largest page. A request must have a page size: the service
// has no default.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserImportJobs.html
const maxListPage = 60

func (c *client) List(ctx context.Context, userPoolID string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	in := &cognito.ListUserImportJobsInput{UserPoolId: &userPoolID, MaxResults: aws.Int32(maxListPage), PaginationToken: optional(page.Token)}
	if page.MaxResults != 0 {
		in.MaxResults = aws.Int32(int32(page.MaxResults))
	}
	out, err := callCognito(ctx, &c.calls, c.api.ListUserImportJobs, in)
	if err != nil {
		return nil, "", err
	}
	jobs := make([]importjob.UserImportJob, len(out.UserImportJobs))
	for i := range jobs {
		if jobs[i], err = answered(&out.UserImportJobs[i], importjob.Ref{UserPoolID: userPoolID}); err != nil {
			return nil, "", err
		}
	}
	return jobs, aws.ToString(out.PaginationToken), nil
}

// Pool makes two requests, because only the CSV header shows whether a pool takes password hashes. (A14)
func (c *client) Pool(ctx context.Context, userPoolID string) (importjob.Pool, error) {
	out, err := callCognito(ctx, &c.calls, c.api.DescribeUserPool, &cognito.DescribeUserPoolInput{UserPoolId: &userPoolID})
	if err != nil {
		return importjob.Pool{}, err
	}
	switch {
	case out.UserPool == nil:
		return importjob.Pool{}, errNoAnswer
	case aws.ToString(out.UserPool.Id) != userPoolID:
		return importjob.Pool{}, errOtherAnswer
	}
	header, err := c.CSVHeader(ctx, userPoolID)
	if err != nil {
		return importjob.Pool{}, err
	}
	return pool(out.UserPool, header), nil
}

// optional returns a member of a request. An empty one is absent.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
