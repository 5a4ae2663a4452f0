package awsbackend_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/internal/testkit"
)

const (
	poolID  = "us-west-2_aaaaaaaaa"
	jobID   = "import-TZqNQvDRnW"
	roleARN = "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole"
)

var ref = importjob.Ref{UserPoolID: poolID, JobID: jobID}

// input is a valid input of Create.
var input = importjob.CreateInput{JobName: "MyImportJob", UserPoolID: poolID, CloudWatchLogsRoleARN: roleARN}

// config is the configuration of an SDK whose requests go to rt and nowhere else.
func config(rt http.RoundTripper) aws.Config {
	return aws.Config{
		Region: "us-west-2",
		Credentials: aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
		HTTPClient: &http.Client{Transport: rt},
	}
}

// newClient returns a Client that sends all requests, uploads too, to rt.
func newClient(rt http.RoundTripper, options ...func(*cognito.Options)) importjob.Client {
	cfg := config(rt)
	return awsbackend.New(cognito.NewFromConfig(cfg, options...), &awsbackend.Options{
		Logs:        cloudwatchlogs.NewFromConfig(cfg),
		HTTPClient:  &http.Client{Transport: rt},
		UploadPause: time.Millisecond,
	})
}

// once keeps the SDK from trying again.
func once(o *cognito.Options) { o.RetryMaxAttempts = 1 }

// answer is the answer of a service to every request.
func answer(status int, header http.Header, body string) testkit.RoundTripper {
	return func(req *http.Request) (*http.Response, error) {
		if req.Body != nil {
			_, _ = io.Copy(io.Discard, req.Body)
			_ = req.Body.Close()
		}
		return &http.Response{
			StatusCode: status, Status: http.StatusText(status), ProtoMajor: 1, ProtoMinor: 1,
			Header: header.Clone(), Body: io.NopCloser(strings.NewReader(body)), Request: req,
		}, nil
	}
}

// refusal is the answer of Cognito with an exception.
func refusal(status int, name, message string) testkit.RoundTripper {
	return answer(status, http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Errortype": {name + ":"}},
		`{"__type":"`+name+`","message":"`+message+`"}`)
}

// wrappedOnce demands that an error of the module wraps no other error of the module.
func wrappedOnce(t *testing.T, err error) {
	t.Helper()
	var outer, inner *importjob.Error
	require.ErrorAs(t, err, &outer)
	assert.NotErrorAs(t, outer.Err, &inner)
}

// everyCall calls all methods that lead to a request to Cognito or to its log.
func everyCall(t *testing.T, c importjob.Client) map[importjob.Op]error {
	ctx, errs := t.Context(), map[importjob.Op]error{}
	_, errs[importjob.OpCSVHeader] = c.CSVHeader(ctx, poolID)
	_, errs[importjob.OpCreate] = c.Create(ctx, input)
	_, errs[importjob.OpStart] = c.Start(ctx, ref)
	_, errs[importjob.OpStop] = c.Stop(ctx, ref)
	_, errs[importjob.OpDescribe] = c.Describe(ctx, ref)
	_, _, errs[importjob.OpList] = c.List(ctx, poolID, importjob.Page{})
	_, _, errs[importjob.OpResults] = c.Results(ctx, ref, importjob.Page{})
	_, errs[importjob.OpPool] = c.Pool(ctx, poolID)
	return errs
}
