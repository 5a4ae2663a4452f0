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

// CognitoAPI is what this package calls of Amazon Cognito. *cognitoidentityprovider.Client has it.
type CognitoAPI interface {
	GetCSVHeader(context.Context, *cognito.GetCSVHeaderInput, ...func(*cognito.Options)) (*cognito.GetCSVHeaderOutput, error)
	CreateUserImportJob(context.Context, *cognito.CreateUserImportJobInput, ...func(*cognito.Options)) (*cognito.CreateUserImportJobOutput, error)
	StartUserImportJob(context.Context, *cognito.StartUserImportJobInput, ...func(*cognito.Options)) (*cognito.StartUserImportJobOutput, error)
	StopUserImportJob(context.Context, *cognito.StopUserImportJobInput, ...func(*cognito.Options)) (*cognito.StopUserImportJobOutput, error)
	DescribeUserImportJob(context.Context, *cognito.DescribeUserImportJobInput, ...func(*cognito.Options)) (*cognito.DescribeUserImportJobOutput, error)
	ListUserImportJobs(context.Context, *cognito.ListUserImportJobsInput, ...func(*cognito.Options)) (*cognito.ListUserImportJobsOutput, error)
	DescribeUserPool(context.Context, *cognito.DescribeUserPoolInput, ...func(*cognito.Options)) (*cognito.DescribeUserPoolOutput, error)
}

// LogsAPI is what this package calls of Amazon CloudWatch Logs. *cloudwatchlogs.Client has it.
type LogsAPI interface {
	DescribeLogGroups(context.Context, *cloudwatchlogs.DescribeLogGroupsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error)
	DescribeLogStreams(context.Context, *cloudwatchlogs.DescribeLogStreamsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogStreamsOutput, error)
	GetLogEvents(context.Context, *cloudwatchlogs.GetLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.GetLogEventsOutput, error)
}

// Both hold at compile time.
var (
	_ CognitoAPI = (*cognito.Client)(nil)
	_ LogsAPI    = (*cloudwatchlogs.Client)(nil)
)

// Options are the options of [New]. nil means the defaults.
type Options struct {
	// Logs reads the logs of jobs. Without it Results fails with [ErrNoLogs].
	Logs LogsAPI

	// HTTPClient sends the uploads; nil means [http.DefaultClient]. It is copied, and the copy
	// follows no redirect: a URL that is signed for one host is good for no other.
	HTTPClient *http.Client

	// UploadAttempts is how often an upload is sent in all, when the service has trouble or the
	// connection breaks; 0 means 4. Only a body that is an io.Seeker can be sent again, or
	// one of which nothing has been read yet.
	UploadAttempts int

	// UploadPause is the longest pause before the second attempt; 0 means half a second. It
	// doubles with each attempt, up to 20 seconds. A pause is at least half of the longest.
	UploadPause time.Duration
}

// ErrNoLogs reports that Results was called on a Client that has nothing to read logs with.
var ErrNoLogs = errors.New("results stand in CloudWatch Logs: set Options.Logs of awsbackend.New")

// New returns a Client that runs import jobs at AWS. Its requests are signed and tried again as
// api is configured to.
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
	if c.pause == 0 {
		c.pause = 500 * time.Millisecond
	}
	return backend.Checked(c)
}

// client is a Client without the checks of its inputs. Its errors lack Op and Ref, which
// backend.Checked adds.
type client struct {
	api      CognitoAPI
	logs     LogsAPI
	http     http.Client
	attempts int
	pause    time.Duration
}

func (c *client) CSVHeader(ctx context.Context, userPoolID string) ([]string, error) {
	out, err := c.api.GetCSVHeader(ctx, &cognito.GetCSVHeaderInput{UserPoolId: &userPoolID})
	if err != nil {
		return nil, fault(ctx, err)
	}
	return out.CSVHeader, nil
}

func (c *client) Create(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	out, err := c.api.CreateUserImportJob(ctx, &cognito.CreateUserImportJobInput{
		JobName:                  &in.JobName,
		UserPoolId:               &in.UserPoolID,
		CloudWatchLogsRoleArn:    &in.CloudWatchLogsRoleARN,
		PasswordHashingAlgorithm: types.PasswordHashingAlgorithmType(in.PasswordHashingAlgorithm),
	})
	if err != nil {
		return importjob.UserImportJob{}, fault(ctx, err)
	}
	return answered(out.UserImportJob)
}

func (c *client) Start(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	out, err := c.api.StartUserImportJob(ctx, &cognito.StartUserImportJobInput{UserPoolId: &ref.UserPoolID, JobId: &ref.JobID})
	if err != nil {
		return importjob.UserImportJob{}, fault(ctx, err)
	}
	return answered(out.UserImportJob)
}

func (c *client) Stop(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	out, err := c.api.StopUserImportJob(ctx, &cognito.StopUserImportJobInput{UserPoolId: &ref.UserPoolID, JobId: &ref.JobID})
	if err != nil {
		return importjob.UserImportJob{}, fault(ctx, err)
	}
	return answered(out.UserImportJob)
}

func (c *client) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	out, err := c.api.DescribeUserImportJob(ctx, &cognito.DescribeUserImportJobInput{UserPoolId: &ref.UserPoolID, JobId: &ref.JobID})
	if err != nil {
		return importjob.UserImportJob{}, fault(ctx, err)
	}
	return answered(out.UserImportJob)
}

// maxListPage is the most jobs that a page holds. The service has no default of its own.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserImportJobs.html
const maxListPage = 60

func (c *client) List(ctx context.Context, userPoolID string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	in := &cognito.ListUserImportJobsInput{UserPoolId: &userPoolID, MaxResults: aws.Int32(maxListPage), PaginationToken: optional(page.Token)}
	if page.MaxResults != 0 {
		in.MaxResults = aws.Int32(int32(page.MaxResults))
	}
	out, err := c.api.ListUserImportJobs(ctx, in)
	if err != nil {
		return nil, "", fault(ctx, err)
	}
	jobs := make([]importjob.UserImportJob, len(out.UserImportJobs))
	for i := range jobs {
		jobs[i] = job(&out.UserImportJobs[i])
	}
	return jobs, aws.ToString(out.PaginationToken), nil
}

// Pool makes two requests: whether a pool takes password hashes is seen in its CSV header only.
func (c *client) Pool(ctx context.Context, userPoolID string) (importjob.Pool, error) {
	out, err := c.api.DescribeUserPool(ctx, &cognito.DescribeUserPoolInput{UserPoolId: &userPoolID})
	if err != nil {
		return importjob.Pool{}, fault(ctx, err)
	}
	if out.UserPool == nil {
		return importjob.Pool{}, errNoAnswer
	}
	header, err := c.CSVHeader(ctx, userPoolID)
	if err != nil {
		return importjob.Pool{}, err
	}
	return pool(out.UserPool, header), nil
}

// optional is a member that is absent when it is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
