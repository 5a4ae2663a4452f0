package cognitotest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
)

// failing is a handler whose calls of an operation fail.
func failing(t *testing.T, op importjob.Op, err error) http.Handler {
	faults := backend.Faults(backend.FaultOptions{Faults: []backend.Fault{{Op: op, Err: err}}})
	return cognitotest.Handler(backend.Intercept(testpool.New(t, nil), faults), nil)
}

// describePool sends DescribeUserPool.
func describePool(client *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"UserPoolId":"`+poolID+`"}`))
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-Amz-Target", idp+"DescribeUserPool")
	req.Header.Set("Authorization", wellFormed)
	req.Header.Set("X-Amz-Date", "20190123T192955Z")
	return client.Do(req)
}

// A call that ends with ErrConnectionLost breaks the connection; any other error without a code is a 500.
func TestLostConnectionIsBroken(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status int // 0: no answer
	}{
		"lost":               {backend.ErrConnectionLost, 0},
		"lost, annotated":    {fmt.Errorf("audit: %w", backend.ErrConnectionLost), 0},
		"another error":      {io.ErrUnexpectedEOF, 500},
		"a code":             {importjob.ErrTooManyRequests, 400},
		"an annotated code":  {fmt.Errorf("audit: %w", importjob.ErrTooManyRequests), 400},
		"an annotated error": {fmt.Errorf("audit: %w", &importjob.Error{Code: importjob.ErrNotAuthorized, Message: "no"}), 400},
	} {
		t.Run(name, func(t *testing.T) {
			handler := failing(t, importjob.OpPool, c.err)
			server := httptest.NewServer(handler)
			defer server.Close()
			for kind, client := range map[string]*http.Client{
				"a socket":   server.Client(),
				"in process": {Transport: cognitotest.Transport(handler)},
			} {
				resp, err := describePool(client, server.URL)
				if c.status == 0 {
					require.Error(t, err, kind)
					assert.True(t, errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF), "%s: %v", kind, err)
					continue
				}
				require.NoError(t, err, kind)
				resp.Body.Close()
				assert.Equal(t, c.status, resp.StatusCode, kind)
			}
		})
	}
}

// An upload can be lost as well.
func TestLostUploadIsBroken(t *testing.T) {
	handler := failing(t, importjob.OpUpload, nil)
	url := created(t, handler)
	req, err := http.NewRequest(http.MethodPut, url, strings.NewReader("x"))
	require.NoError(t, err)
	req.Header.Set("x-amz-server-side-encryption", "aws:kms")
	_, err = cognitotest.Transport(handler).RoundTrip(req)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}
