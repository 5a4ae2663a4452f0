package awsbackend_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/userpool"
)

func TestOneErrorIsOursAndTheSDKs(t *testing.T) {
	c := newClient(refusal(400, "ResourceNotFoundException", "User pool us-west-2_aaaaaaaaa does not exist."))
	for op, err := range everyCall(t, c) {
		t.Run(string(op), func(t *testing.T) {
			assert.ErrorIs(t, err, importjob.ErrResourceNotFound)
			require.IsType(t, &importjob.Error{}, err)
			e := err.(*importjob.Error)
			assert.Equal(t, op, e.Op)
			assert.Equal(t, poolID, e.Ref.UserPoolID)
			assert.Equal(t, "User pool us-west-2_aaaaaaaaa does not exist.", e.Message)
			wrappedOnce(t, err)

			var answer smithy.APIError
			require.ErrorAs(t, err, &answer)
			assert.Equal(t, "ResourceNotFoundException", answer.ErrorCode())
			if op != importjob.OpResults { // CloudWatch Logs has an exception of the same name
				var notFound *types.ResourceNotFoundException
				assert.ErrorAs(t, err, &notFound)
			}
			assert.False(t, importjob.Retryable(err))
		})
	}
}

func TestEveryCodeKeepsItsName(t *testing.T) {
	for _, name := range []importjob.Code{
		importjob.ErrInvalidParameter, importjob.ErrPreconditionNotMet, importjob.ErrLimitExceeded, importjob.ErrNotAuthorized,
		importjob.ErrAccessDenied, importjob.ErrOperationNotEnabled, importjob.ErrTooManyRequests, userpool.ErrUserImportInProgress,
		"InvalidSignatureException", "SomethingNobodyHasSeenException",
	} {
		t.Run(string(name), func(t *testing.T) {
			_, err := newClient(refusal(400, string(name), "why"), once).Create(t.Context(), input)
			assert.ErrorIs(t, err, name)
			assert.EqualError(t, err, "CreateUserImportJob us-west-2_aaaaaaaaa: "+string(name)+": why")
			assert.Equal(t, name == importjob.ErrTooManyRequests, importjob.Retryable(err))
		})
	}
}

func TestTroubleOfTheServiceIsInternal(t *testing.T) {
	for _, name := range []importjob.Code{importjob.ErrInternal, "ServiceUnavailableException", "InternalFailure"} {
		_, err := newClient(refusal(500, string(name), "oops"), once).Describe(t.Context(), ref)
		assert.ErrorIs(t, err, importjob.ErrInternal)
		assert.ErrorIs(t, err, name)
		assert.True(t, importjob.Retryable(err), "%v", err)
		var answer smithy.APIError
		assert.ErrorAs(t, err, &answer)
	}
}

func TestThrottledLogIsTooManyRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the SDK pauses between attempts
		_, _, err := newClient(refusal(400, "ThrottlingException", "Rate exceeded")).Results(t.Context(), ref, importjob.Page{})
		assert.ErrorIs(t, err, importjob.ErrTooManyRequests)
		assert.Equal(t, importjob.Code("ThrottlingException"), err.(*importjob.Error).Code)
		assert.True(t, importjob.Retryable(err))
	})
}

func TestNoAnswerHasNoCode(t *testing.T) {
	for name, fault := range map[string]error{
		"reset":   &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")},
		"cut off": io.ErrUnexpectedEOF,
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(testkit.RoundTripper(func(*http.Request) (*http.Response, error) { return nil, fault }), once)
			_, err := c.Start(t.Context(), ref)
			require.IsType(t, &importjob.Error{}, err)
			assert.Empty(t, err.(*importjob.Error).Code)
			assert.ErrorIs(t, err, fault)
			assert.True(t, importjob.Retryable(err))
		})
	}
}

func TestAnswerOfAProxyIsAnError(t *testing.T) {
	for status, code := range map[int]importjob.Code{200: "", 302: "Found", 403: "Forbidden", 407: "ProxyAuthenticationRequired", 429: "", 502: ""} {
		rt := answer(status, http.Header{"Content-Type": {"text/html"}}, "<html>Please log in</html>")
		synctest.Test(t, func(t *testing.T) { // the SDK pauses between attempts
			for op, err := range everyCall(t, newClient(rt)) {
				require.IsType(t, &importjob.Error{}, err, "%s with status %d", op, status)
				assert.Equal(t, code, err.(*importjob.Error).Code, "%s with status %d", op, status)
				assert.Equal(t, code == "", importjob.Retryable(err), "%s with status %d", op, status)
			}
		})
	}
}

func TestEmptyAnswerIsAnError(t *testing.T) {
	errs := everyCall(t, newClient(answer(200, nil, "{}")))
	for _, op := range []importjob.Op{importjob.OpCreate, importjob.OpStart, importjob.OpStop, importjob.OpDescribe, importjob.OpPool} {
		assert.ErrorContains(t, errs[op], "empty", "%s", op)
	}
	assert.NoError(t, errs[importjob.OpList])
}

func TestCauseOfACutShortCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
		cause := errors.New("shift is over")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(cause) })
		_, err := newClient(hangs).Describe(ctx, ref)
		assert.ErrorIs(t, err, cause)
		assert.ErrorIs(t, err, context.Canceled)
		assert.False(t, importjob.Retryable(err))
	})
}

// The members of each request, by the service's model; a member that is new there has to be
// decided about.
func TestRequestsHaveEveryMember(t *testing.T) {
	sent := map[string][]string{}
	rt := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		var members map[string]any
		_ = json.NewDecoder(req.Body).Decode(&members)
		_, op, _ := strings.Cut(req.Header.Get("X-Amz-Target"), ".")
		sent[op] = slices.Sorted(maps.Keys(members))
		return answer(200, nil, `{"UserImportJob":{"UserPoolId":"`+poolID+`","JobId":"`+jobID+`","Status":"Created"},"UserPool":{"Id":"`+poolID+`"},"CSVHeader":["a"]}`)(req)
	})
	c, full := newClient(rt), input
	full.PasswordHashingAlgorithm = importjob.HashBCRYPT
	everyCall(t, c)
	_, err := c.Create(t.Context(), full)
	require.NoError(t, err)
	_, _, err = c.List(t.Context(), poolID, importjob.Page{MaxResults: 7, Token: "t"})
	require.NoError(t, err)
	for op, in := range map[string]any{
		"GetCSVHeader": cognito.GetCSVHeaderInput{}, "CreateUserImportJob": cognito.CreateUserImportJobInput{},
		"StartUserImportJob": cognito.StartUserImportJobInput{}, "StopUserImportJob": cognito.StopUserImportJobInput{},
		"DescribeUserImportJob": cognito.DescribeUserImportJobInput{}, "ListUserImportJobs": cognito.ListUserImportJobsInput{},
		"DescribeUserPool": cognito.DescribeUserPoolInput{},
	} {
		var members []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(in)) {
			if f.IsExported() {
				members = append(members, f.Name)
			}
		}
		slices.Sort(members)
		assert.Equal(t, members, sent[op], op)
	}
}

func TestListAsksForSixtyByDefault(t *testing.T) {
	var in struct{ MaxResults int }
	c := newClient(testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		require.NoError(t, json.NewDecoder(req.Body).Decode(&in))
		return answer(200, nil, `{"UserImportJobs":[{"UserPoolId":"`+poolID+`","JobId":"import-a","Status":"Created"},{"UserPoolId":"`+poolID+`","JobId":"import-b","Status":"Created"}],"PaginationToken":"next"}`)(req)
	}))
	jobs, next, err := c.List(t.Context(), poolID, importjob.Page{})
	require.NoError(t, err)
	assert.Equal(t, 60, in.MaxResults)
	assert.Equal(t, []importjob.UserImportJob{{UserPoolID: poolID, JobID: "import-a", Status: "Created"}, {UserPoolID: poolID, JobID: "import-b", Status: "Created"}}, jobs)
	assert.Equal(t, "next", next)
}

// The job of the service's own samples, with both ways to write a date.
func TestDatesOnTheWire(t *testing.T) {
	c := newClient(answer(200, nil, `{"UserImportJob":{"UserPoolId":"`+poolID+`","JobId":"`+jobID+`","CreationDate":1548271795.471,"StartDate":1.667864578676E9,"Status":"Odd"}}`))
	job, err := c.Describe(t.Context(), ref)
	require.NoError(t, err)
	assert.Equal(t, importjob.UserImportJob{
		UserPoolID: poolID, JobID: jobID, CreationDate: time.UnixMilli(1548271795471).UTC(), StartDate: time.UnixMilli(1667864578676).UTC(), Status: "Odd",
	}, job)
}

func TestInputIsCheckedBeforeAnyRequest(t *testing.T) {
	c := newClient(testkit.RoundTripper(func(*http.Request) (*http.Response, error) {
		t.Error("a request was made")
		return nil, io.ErrUnexpectedEOF
	}))
	_, err := c.CSVHeader(t.Context(), "not a pool")
	assert.ErrorIs(t, err, importjob.ErrInvalidParameter)
	_, _, err = c.List(t.Context(), poolID, importjob.Page{MaxResults: 61})
	assert.ErrorIs(t, err, importjob.ErrInvalidParameter)
	err = c.Upload(t.Context(), importjob.UserImportJob{UserPoolID: poolID, JobID: jobID}, strings.NewReader(""), 0)
	assert.ErrorIs(t, err, importjob.ErrInvalidParameter)
}

func TestOptionsAreCopied(t *testing.T) {
	opts := &awsbackend.Options{HTTPClient: &http.Client{Transport: answer(200, nil, "")}}
	c := awsbackend.New(cognito.NewFromConfig(aws.Config{}), opts)
	opts.HTTPClient.Transport = nil
	*opts = awsbackend.Options{}
	job := importjob.UserImportJob{UserPoolID: poolID, JobID: jobID, PreSignedURL: "https://s3.invalid/?X-Amz-Signature=abc"}
	assert.NoError(t, c.Upload(t.Context(), job, strings.NewReader("x"), 1))
}
