package cognitotest_test

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
)

// S3 stores an upload only if it has the Content-MD5, and says the sizes of one that is too large.
func TestUploadDigestAndSize(t *testing.T) {
	m := testpool.New(t, nil)
	file := testpool.CSV("ann")
	h := cognitotest.Handler(m, &cognitotest.Options{MaxUploadBytes: int64(len(file))})
	to := created(t, h)
	digest := func(text string) func(*http.Request) {
		sum := md5.Sum([]byte(text))
		return func(r *http.Request) { r.Header.Set("Content-MD5", base64.StdEncoding.EncodeToString(sum[:])) }
	}
	w := upload(h, to, file, digest("other"))
	assert.Contains(t, w.Body.String(), "<ExpectedDigest>")
	w = upload(h, to, "", digest("other"))
	assert.Contains(t, w.Body.String(), "<Code>BadDigest</Code>")
	for job, err := range importjob.Jobs(t.Context(), m, poolID) {
		require.NoError(t, err)
		_, err = m.Start(t.Context(), job.Ref())
		assert.ErrorContains(t, err, "No csv file was uploaded")
	}
	w = upload(h, to, "", digest(""))
	assert.Equal(t, 200, w.Code, w.Body)
	w = upload(h, to, file, digest(file))
	assert.Equal(t, 200, w.Code, w.Body)
	w = upload(h, to, file+"\n")
	assert.Contains(t, w.Body.String(), fmt.Sprintf("<Message>Your proposed upload exceeds the maximum allowed size</Message>"+
		"<ProposedSize>%d</ProposedSize><MaxSizeAllowed>%d</MaxSizeAllowed>", len(file)+1, len(file)))
}

// A PUT with neither a length nor chunks has no length; an empty file has one.
func TestUploadWithoutALength(t *testing.T) {
	server := httptest.NewServer(cognitotest.Handler(testpool.New(t, nil), nil))
	defer server.Close()
	w := send(server.Config.Handler, idp+"CreateUserImportJob", `{"UserPoolId":"`+poolID+`","JobName":"J","CloudWatchLogsRoleArn":"`+roleARN+`"}`,
		func(r *http.Request) { r.Host = server.Listener.Addr().String() })
	path := strings.TrimPrefix(jobURL(t, w.Body.String()), server.URL)
	for header, want := range map[string]string{
		"":                               "HTTP/1.1 411 Length Required\r\n",
		"Content-Length: 0\r\n":          "HTTP/1.1 200 OK\r\n",
		"Transfer-Encoding: chunked\r\n": "HTTP/1.1 501 Not Implemented\r\n",
	} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		require.NoError(t, err)
		_, err = fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nx-amz-server-side-encryption: aws:kms\r\n%s\r\n0\r\n\r\n",
			path, server.Listener.Addr(), header)
		require.NoError(t, err)
		answer, err := io.ReadAll(conn)
		require.NoError(t, err)
		require.NoError(t, conn.Close())
		assert.True(t, strings.HasPrefix(string(answer), want), "%q: %s", header, answer)
	}
}
