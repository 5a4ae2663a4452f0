package cognitotest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
)

const idp = "AWSCognitoIdentityProviderService."

// wellFormed is an Authorization header that anybody could have made up.
const wellFormed = "AWS4-HMAC-SHA256 Credential=AKID/20190123/us-west-2/cognito-idp/aws4_request," +
	" SignedHeaders=host;x-amz-date, Signature=0123"

// send sends a request by hand and returns the answer as it came.
func send(h http.Handler, target, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://fake.test/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Authorization", wellFormed)
	r.Header.Set("X-Amz-Date", "20190123T192955Z")
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// seedTime is the creation of the job in the service's own sample.
func seedTime() *testkit.Clock { return testkit.NewClock(time.UnixMilli(1548271795471)) }

func TestJobOnTheWire(t *testing.T) {
	at := seedTime()
	m := testpool.New(t, &memory.Options{Now: at.Now, NewJobID: func() string { return "import-qQ0DCt2fRh" }})
	h := cognitotest.Handler(m, nil)
	w := send(h, idp+"CreateUserImportJob",
		`{"UserPoolId":"`+poolID+`","JobName":"MyImportJob","CloudWatchLogsRoleArn":"`+roleARN+`"}`)
	require.Equal(t, 200, w.Code, w.Body)
	assert.Equal(t, "application/x-amz-json-1.1", w.Header().Get("Content-Type"))
	assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, w.Header().Get("x-amzn-requestid"))
	url := jobURL(t, w.Body.String())
	assert.Equal(t, `{"UserImportJob":{"JobName":"MyImportJob","JobId":"import-qQ0DCt2fRh","UserPoolId":"us-west-2_aaaaaaaaa",`+
		`"PreSignedUrl":"`+url+`","CreationDate":1548271795.471,"Status":"Created",`+
		`"CloudWatchLogsRoleArn":"arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",`+
		`"ImportedUsers":0,"SkippedUsers":0,"FailedUsers":0}}`, w.Body.String())
	assert.Regexp(t, `^http://fake\.test/111111111111/us-west-2_aaaaaaaaa/import-qQ0DCt2fRh\?X-Amz-Security-Token=\w+`+
		`&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20190123T192955Z&X-Amz-SignedHeaders=host%3Bx-amz-server-side-encryption`+
		`&X-Amz-Expires=899&X-Amz-Credential=ASIA[A-Z0-9]{16}%2F20190123%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Signature=[0-9a-f]{64}$`, url)

	at.Advance(time.Minute)
	w = send(h, idp+"StartUserImportJob", `{"UserPoolId":"`+poolID+`","JobId":"import-qQ0DCt2fRh"}`)
	assert.Equal(t, 400, w.Code)
	assert.Equal(t, `{"__type":"PreconditionNotMetException","message":"No csv file was uploaded for import-qQ0DCt2fRh"}`, w.Body.String())
	assert.Equal(t, "PreconditionNotMetException:", w.Header().Get("x-amzn-errortype"))
	assert.Equal(t, "No csv file was uploaded for import-qQ0DCt2fRh", w.Header().Get("x-amzn-errormessage"))
	assert.NotEmpty(t, w.Header().Get("x-amzn-requestid"))

	w = send(h, idp+"DescribeUserImportJob", `{"UserPoolId":"`+poolID+`","JobId":"import-qQ0DCt2fRh"}`)
	assert.Equal(t, url, jobURL(t, w.Body.String()), "the URL of a job does not change")
}

// jobURL cuts the URL out of an answer.
func jobURL(t testing.TB, body string) string {
	_, rest, ok := strings.Cut(body, `"PreSignedUrl":"`)
	require.True(t, ok, body)
	url, _, _ := strings.Cut(rest, `"`)
	return url
}

func TestAnswersOnTheWire(t *testing.T) {
	m := testpool.New(t, nil)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	pool := `"UserPoolId":"` + poolID + `"`
	null := func(member string) string {
		return `{"__type":"InvalidParameterException","message":"1 validation error detected: Value null at '` + member +
			`' failed to satisfy constraint: Member must not be null"}`
	}
	for _, c := range []struct {
		op, body string
		status   int
		want     string // the body, or its beginning
	}{
		{"GetCSVHeader", `{` + pool + `}`, 200, `{"UserPoolId":"us-west-2_aaaaaaaaa","CSVHeader":["name","given_name",`},
		{"ListUserImportJobs", `{` + pool + `,"MaxResults":60}`, 200, `{"UserImportJobs":[]}`},
		{"ListUserImportJobs", `{` + pool + `,"MaxResults":6e1}`, 200, `{"UserImportJobs":[]}`},
		{"ListUserImportJobs", `{` + pool + `}`, 400, null("maxResults")},
		{"ListUserImportJobs", `{"MaxResults":1}`, 400, null("userPoolId")},
		{"ListUserImportJobs", `{` + pool + `,"MaxResults":null}`, 400, null("maxResults")},
		{"ListUserImportJobs", `{` + pool + `,"MaxResults":0}`, 400, `{"__type":"InvalidParameterException","message":"1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1"}`},
		{"ListUserImportJobs", `{` + pool + `,"MaxResults":61}`, 400, `{"__type":"InvalidParameterException","message":"1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60"}`},
		{"ListUserImportJobs", `{` + pool + `,"MaxResults":5,"PaginationToken":""}`, 400, `{"__type":"InvalidParameterException","message":"1 validation error detected: Value '' at 'paginationToken'`},
		{"ListUserImportJobs", `{` + pool + `,"MaxResults":"5"}`, 400, `{"__type":"SerializationException","message":"STRING_VALUE can not be converted to a Integer`},
		{"ListUserImportJobs", `{` + pool + `,"MaxResults":1.5}`, 400, `{"__type":"SerializationException"`},
		{"ListUserImportJobs", `{` + pool + `,"MaxResults":1e400}`, 400, `{"__type":"SerializationException"`},
		{"DescribeUserImportJob", `{` + pool + `}`, 400, null("jobId")},
		{"DescribeUserImportJob", `{"UserPoolId":7,"JobId":"import-1"}`, 400, `{"__type":"SerializationException","message":"NUMBER_VALUE can not be converted to a String`},
		{"DescribeUserImportJob", `{` + pool + `,"jobid":"import-1"}`, 400, null("jobId")}, // names are exact
		{"DescribeUserImportJob", `{` + pool + `,"JobId":"import-1"}`, 400, `{"__type":"ResourceNotFoundException","message":"User import job import-1 does not exist."}`},
		{"DescribeUserImportJob", `{` + pool + `,"JobId":["import-1"]}`, 400, `{"__type":"SerializationException","message":"START_ARRAY`},
		{"DescribeUserImportJob", `{` + pool + `,"JobId":{"a":1}}`, 400, `{"__type":"SerializationException","message":"Start of structure or map found where not expected."}`},
		{"DescribeUserImportJob", `{` + pool + `,"JobId":true}`, 400, `{"__type":"SerializationException","message":"TRUE_VALUE can not be converted to a String`},
		{"CreateUserImportJob", `{}`, 400, `{"__type":"InvalidParameterException","message":"3 validation errors detected: Value null at 'jobName' failed to satisfy constraint: Member must not be null; Value null at 'userPoolId' failed`},
		{"CreateUserImportJob", `{` + pool + `,"JobName":"a","CloudWatchLogsRoleArn":"` + roleARN + `","PasswordHashingAlgorithm":"MD5"}`, 400,
			`{"__type":"InvalidParameterException","message":"1 validation error detected: Value 'MD5' at 'passwordHashingAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [BCRYPT, SCRYPT, ARGON2ID, PBKDF2_SHA256]"}`},
		{"CreateUserImportJob", `{` + pool + `,"JobName":"","CloudWatchLogsRoleArn":"` + roleARN + `"}`, 400, `{"__type":"InvalidParameterException","message":"2 validation errors detected: Value '' at 'jobName'`},
		{"DescribeUserPool", `{}`, 400, null("userPoolId")},
		{"DescribeUserPool", `{` + pool + `,"Unknown":{"a":[1]}}`, 200, `{"UserPool":{"Id":"us-west-2_aaaaaaaaa","Name":"people","Arn":"arn:aws:cognito-idp:us-west-2:111111111111:userpool/us-west-2_aaaaaaaaa","SchemaAttributes":[{"Name":"sub","AttributeDataType":"String","DeveloperOnlyAttribute":false,"Mutable":false,"Required":true,"StringAttributeConstraints":{"MinLength":"1","MaxLength":"2048"}},`},
		{"GetCSVHeader", `{`, 400, `{"__type":"SerializationException"`},
		{"GetCSVHeader", ``, 400, `{"__type":"SerializationException"`},
		{"GetCSVHeader", `[]`, 400, `{"__type":"SerializationException"`},
		{"GetCSVHeader", `null`, 400, `{"__type":"SerializationException"`},
		{"GetCSVHeader", `{} {}`, 400, `{"__type":"SerializationException"`},
		{"DeleteUser", `{}`, 400, `{"__type":"UnknownOperationException","message":"The operation DeleteUser is not served: `},
		{"", `{}`, 400, `{"__type":"UnknownOperationException"`},
		{"describeuserpool", `{}`, 400, `{"__type":"UnknownOperationException"`},
	} {
		w := send(h, idp+c.op, c.body)
		assert.Equal(t, c.status, w.Code, "%s %s", c.op, c.body)
		assert.True(t, strings.HasPrefix(w.Body.String(), c.want), "%s %s: got %s, want %s", c.op, c.body, w.Body, c.want)
		assert.Equal(t, "application/x-amz-json-1.1", w.Header().Get("Content-Type"))
	}
}

func TestNoTargetOrMethod(t *testing.T) {
	h := cognitotest.Handler(testpool.New(t, nil), nil)
	for _, r := range []*http.Request{
		httptest.NewRequest("GET", "http://fake.test/", nil),
		httptest.NewRequest("POST", "http://fake.test/", nil),
		httptest.NewRequest("OPTIONS", "http://fake.test/?a;b", nil),
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		assert.Equal(t, 400, w.Code)
		assert.True(t, strings.HasPrefix(w.Body.String(), `{"__type":"UnknownOperationException",`), w.Body)
	}
	w := send(h, idp+"ListUsers", `{}`)
	assert.True(t, strings.HasPrefix(w.Body.String(), `{"__type":"UnknownOperationException","message":"The operation needs a Directory`), w.Body)
}

func TestBodySizes(t *testing.T) {
	h := cognitotest.Handler(testpool.New(t, nil), nil)
	large := `{"UserPoolId":"` + poolID + `","Padding":"` + strings.Repeat("x", 1<<20) + `"}`
	w := send(h, idp+"GetCSVHeader", large)
	assert.Equal(t, 413, w.Code)
	assert.Equal(t, `{"__type":"RequestEntityTooLargeException","message":"The request body is larger than 1048576 bytes."}`, w.Body.String())
	w = send(h, idp+"GetCSVHeader", large, func(r *http.Request) { r.ContentLength = -1 })
	assert.Equal(t, 413, w.Code)
	w = send(h, idp+"GetCSVHeader", large[:1<<20-1], func(r *http.Request) { r.ContentLength = -1 })
	assert.Contains(t, w.Body.String(), "SerializationException")
	w = send(h, idp+"GetCSVHeader", "", func(r *http.Request) { r.ContentLength, r.Body = 100, io.NopCloser(strings.NewReader("{")) })
	assert.Contains(t, w.Body.String(), "SerializationException", "a body that ends early")
}

func TestErrorHeadersAreHeaders(t *testing.T) {
	h := cognitotest.Handler(testpool.New(t, nil), nil)
	name := `a\r\nSet-Cookie: x=\u0001é` + strings.Repeat("y", 100_000)
	w := send(h, idp+"CreateUserImportJob", `{"UserPoolId":"`+poolID+`","JobName":"`+name+`","CloudWatchLogsRoleArn":"`+roleARN+`"}`)
	assert.Equal(t, 400, w.Code)
	text := w.Header().Get("x-amzn-errormessage")
	assert.Regexp(t, `^[ -~]{1,600}$`, text)
	assert.Contains(t, w.Body.String(), `\u0001é`)
}

func TestInternalTroubleSaysNothingOfItsCause(t *testing.T) {
	h := cognitotest.Handler(brokenClient{Client: testpool.New(t, nil)}, nil)
	w := send(h, idp+"GetCSVHeader", `{"UserPoolId":"`+poolID+`"}`)
	assert.Equal(t, 500, w.Code)
	assert.Equal(t, `{"__type":"InternalErrorException","message":"The service failed with an internal error: try again."}`, w.Body.String())
}

// brokenClient loses its connection.
type brokenClient struct{ importjob.Client }

func (brokenClient) CSVHeader(context.Context, string) ([]string, error) {
	return nil, backend.Wrap(importjob.OpCSVHeader, importjob.Ref{}, fmt.Errorf("PUT https://secret: %w", io.ErrUnexpectedEOF))
}
