package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dial connects to the server and sends text. The deadline only ends a test that would hang.
func (s served) dial(text string) (net.Conn, *bufio.Reader) {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = conn.Close() })
	require.NoError(s.t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(conn, text)
	require.NoError(s.t, err)
	return conn, bufio.NewReader(conn)
}

// The server answers a request that it refuses without waiting for the body.
func TestServeRefusesBeforeTheBodyComes(t *testing.T) {
	s := serving(t)
	for name, head := range map[string]string{
		"a small upload":     "PUT /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n",
		"a large upload":     "PUT /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\n",
		"chunks":             "PUT /x HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n",
		"100-continue":       "PUT /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n",
		"large 100-continue": "PUT /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, answers := s.dial(head)
			res, err := http.ReadResponse(answers, nil)
			require.NoError(t, err, "no answer")
			body, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			assert.Equal(t, http.StatusForbidden, res.StatusCode, "%s", body)
			assert.True(t, res.Close, "the rest of the connection is not a request")
		})
	}
}

// The server asks for a body with 100 Continue when it wants one, and keeps the connection.
func TestServeContinues(t *testing.T) {
	s := serving(t)
	conn, answers := s.dial("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 34\r\nExpect: 100-continue\r\n" +
		"X-Amz-Target: AWSCognitoIdentityProviderService.GetCSVHeader\r\nX-Amz-Date: 20190123T192955Z\r\n" +
		"Authorization: AWS4-HMAC-SHA256 Credential=AKID/20190123/us-west-2/cognito-idp/aws4_request, SignedHeaders=host, Signature=00\r\n\r\n")
	line, err := answers.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "HTTP/1.1 100 Continue\r\n", line)
	_, err = answers.ReadString('\n')
	require.NoError(t, err)
	_, err = io.WriteString(conn, `{"UserPoolId":"us-west-2_aaaaaaa"}`)
	require.NoError(t, err)
	res, err := http.ReadResponse(answers, nil)
	require.NoError(t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	assert.Contains(t, string(body), "ResourceNotFoundException")
	assert.False(t, res.Close)
}
