package cognitotest_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
)

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// onSocket is an SDK client of a handler on a loopback socket.
func onSocket(t testing.TB, h http.Handler) (*cognito.Client, *httptest.Server) {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return cognito.New(cognito.Options{Region: "us-west-2", Credentials: keys("secret"), BaseEndpoint: aws.String(server.URL),
		HTTPClient: server.Client()}), server
}

func TestSDKRunsJobOverSocket(t *testing.T) {
	at := seedTime()
	m := testpool.New(t, &memory.Options{Now: at.Now})
	api, server := onSocket(t, cognitotest.Handler(m, &cognitotest.Options{Directory: m,
		Credentials: cognitotest.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}}))
	ctx := t.Context()
	out, err := api.CreateUserImportJob(ctx, &cognito.CreateUserImportJobInput{
		JobName: aws.String("MyImportJob"), UserPoolId: aws.String(poolID), CloudWatchLogsRoleArn: aws.String(roleARN)})
	require.NoError(t, err)
	job := out.UserImportJob
	assert.True(t, strings.HasPrefix(*job.PreSignedUrl, server.URL+"/"))

	large := strings.Repeat("x", 8<<20) // larger than any buffer, and unread
	res := put(t, http.DefaultTransport, *job.PreSignedUrl+"x", large)
	body, _ := io.ReadAll(res.Body)
	assert.Equal(t, 403, res.StatusCode, "%s", body)

	require.Equal(t, 200, put(t, http.DefaultTransport, *job.PreSignedUrl, testpool.CSV("ann")).StatusCode)
	_, err = api.StartUserImportJob(ctx, &cognito.StartUserImportJobInput{UserPoolId: aws.String(poolID), JobId: job.JobId})
	require.NoError(t, err)
	seen, err := api.DescribeUserImportJob(ctx, &cognito.DescribeUserImportJobInput{UserPoolId: aws.String(poolID), JobId: job.JobId})
	require.NoError(t, err)
	assert.EqualValues(t, 1, seen.UserImportJob.ImportedUsers)
	assert.True(t, at.Now().Equal(*seen.UserImportJob.CompletionDate))
}

// TestSocketByHand writes HTTP requests byte by byte.
func TestSocketByHand(t *testing.T) {
	m := testpool.New(t, nil)
	_, server := onSocket(t, cognitotest.Handler(m, nil))
	talk := func(request string) string {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		_, err = io.WriteString(conn, request)
		require.NoError(t, err)
		answer, err := io.ReadAll(conn)
		require.NoError(t, err)
		return string(answer)
	}
	answer := talk("POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: " + idp + "GetCSVHeader\r\nAuthorization: " + wellFormed +
		"\r\nX-Amz-Date: 20190123T192955Z\r\nConnection: close\r\nContent-Length: 34\r\n\r\n" + `{"UserPoolId":"us-west-2_aaaaaaa"}`)
	assert.True(t, strings.HasPrefix(answer, "HTTP/1.1 400 Bad Request\r\n"), answer)
	assert.True(t, strings.HasSuffix(answer, "\r\n\r\n"+`{"__type":"ResourceNotFoundException","message":"User pool us-west-2_aaaaaaa does not exist."}`), answer)
	assert.NotContains(t, answer, "chunked")

	// a body that is announced to be too large is refused before it is sent
	answer = talk("POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: " + idp + "GetCSVHeader\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
	assert.True(t, strings.HasPrefix(answer, "HTTP/1.1 413 "), answer)
	assert.Contains(t, answer, "RequestEntityTooLargeException")

	answer = talk("GET / HTTP/1.0\r\n\r\n")
	assert.Contains(t, answer, "UnknownOperationException")
	answer = talk("PUT /a/../b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
	assert.Contains(t, answer, "<Code>AccessDenied</Code>", "no redirect to a cleaner path")
}

func TestLargeBodyOverSocket(t *testing.T) {
	_, server := onSocket(t, cognitotest.Handler(testpool.New(t, nil), nil))
	for _, length := range []int64{32 << 20, -1} {
		req, err := http.NewRequest(http.MethodPost, server.URL, io.MultiReader(strings.NewReader(strings.Repeat(" ", 32<<20))))
		require.NoError(t, err)
		req.ContentLength = length
		req.Header.Set("X-Amz-Target", idp+"GetCSVHeader")
		req.Header.Set("Authorization", wellFormed)
		req.Header.Set("X-Amz-Date", "20190123T192955Z")
		res, err := http.DefaultTransport.RoundTrip(req)
		require.NoError(t, err)
		assert.Equal(t, 413, res.StatusCode)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		assert.Contains(t, string(body), `{"__type":"RequestEntityTooLargeException"`)
	}
}

func TestOverIPv6(t *testing.T) {
	listener, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip(err)
	}
	server := httptest.NewUnstartedServer(cognitotest.Handler(testpool.New(t, nil), nil))
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	defer server.Close()
	w := send(server.Config.Handler, idp+"CreateUserImportJob", `{"UserPoolId":"`+poolID+`","JobName":"J","CloudWatchLogsRoleArn":"`+roleARN+`"}`,
		func(r *http.Request) { r.Host = listener.Addr().String() })
	assert.Equal(t, 200, put(t, http.DefaultTransport, jobURL(t, w.Body.String()), testpool.CSV("ann")).StatusCode)
}

func TestUploadThatBreaksOffKeepsNothing(t *testing.T) {
	m := testpool.New(t, nil)
	_, server := onSocket(t, cognitotest.Handler(m, nil))
	job, err := m.Create(t.Context(), importjob.CreateInput{JobName: "J", UserPoolID: poolID, CloudWatchLogsRoleARN: roleARN})
	require.NoError(t, err)
	w := send(server.Config.Handler, idp+"DescribeUserImportJob", `{"UserPoolId":"`+poolID+`","JobId":"`+job.JobID+`"}`,
		func(r *http.Request) { r.Host = server.Listener.Addr().String() })
	req, err := http.NewRequest(http.MethodPut, jobURL(t, w.Body.String()), io.MultiReader(bytes.NewReader([]byte(testpool.CSV("ann"))), brokenReader{}))
	require.NoError(t, err)
	req.ContentLength = int64(len(testpool.CSV("ann"))) + 100
	req.Header.Set("x-amz-server-side-encryption", "aws:kms")
	_, err = http.DefaultTransport.RoundTrip(req)
	require.Error(t, err)
	_, err = m.Start(t.Context(), job.Ref())
	assert.ErrorContains(t, err, "No csv file was uploaded")
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, fmt.Errorf("the disk is gone") }
