package awsbackend_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/internal/testkit"
)

// expired is an answer of S3 to an expired URL.
const expired = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>120</X-Amz-Expires>` +
	`<Expires>2020-04-25T03:48:04Z</Expires><ServerTime>2020-04-25T03:50:33Z</ServerTime><RequestId>A</RequestId><HostId>B</HostId></Error>`

func TestAnswersOfS3(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		body    string
		code    importjob.Code
		expired bool
		says    string // a part of the message
	}{
		"expired": {403, expired, importjob.ErrS3AccessDenied, true, "Request has expired (create a new job"},
		"expired, in other words": {403, strings.Replace(expired, "Request has expired", "Demande expirée", 1),
			importjob.ErrS3AccessDenied, true, "create a new job"},
		"expired token": {400, "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>",
			"ExpiredToken", true, "create a new job"},
		"denied": {403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
			importjob.ErrS3AccessDenied, false, "Access Denied"},
		"signature": {403, "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match.</Message>" +
			"<CanonicalRequest>PUT</CanonicalRequest></Error>", importjob.ErrS3SignatureDoesNotMatch, false, "x-amz-server-side-encryption: aws:kms"},
		"too large": {400, "<Error><Code>EntityTooLarge</Code><Message>Your proposed upload exceeds the maximum</Message></Error>",
			"EntityTooLarge", false, "exceeds"},
		"moved": {307, "<Error><Code>TemporaryRedirect</Code><Message>Please re-send this request</Message><Endpoint>x</Endpoint></Error>",
			"TemporaryRedirect", false, "redirects are not followed"},
		"a proxy":        {403, "<html><body>Blocked by policy</body></html>", "Forbidden", false, "403"},
		"a text":         {400, "Bad request", "BadRequest", false, ""},
		"nothing":        {405, "", "MethodNotAllowed", false, ""},
		"unclosed":       {403, "<Error><Code>AccessDenied</Code><Message>", "AccessDenied", false, ""},
		"without a code": {404, "<Error><Message>gone</Message></Error>", "NotFound", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			rt := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
				asked++
				resp, err := answer(c.status, nil, c.body)(req)
				resp.Status = "403 Forbidden"
				return resp, err
			})
			err := uploader(rt).Upload(t.Context(), jobAt("https://s3.invalid"), strings.NewReader("x"), 1)
			require.IsType(t, &importjob.Error{}, err)
			e := err.(*importjob.Error)
			assert.Equal(t, c.code, e.Code)
			assert.ErrorIs(t, err, c.code)
			assert.Equal(t, c.expired, errors.Is(err, importjob.ErrURLExpired))
			assert.Contains(t, e.Message, c.says)
			assert.Equal(t, importjob.OpUpload, e.Op)
			assert.Equal(t, ref, e.Ref)
			assert.False(t, importjob.Retryable(err))
			assert.Equal(t, 1, asked, "a refusal is final")
		})
	}
}

// An answer without end is cut.
func TestEndlessAnswerOfS3(t *testing.T) {
	read := 0
	rt := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		resp, err := answer(403, nil, "")(req)
		body := io.MultiReader(strings.NewReader("<Error><Code>AccessDenied</Code><Message>"), zeros{})
		resp.Body = io.NopCloser(io.TeeReader(body, writerFunc(func(p []byte) (int, error) {
			read += len(p)
			return len(p), nil
		})))
		return resp, err
	})
	err := uploader(rt).Upload(t.Context(), jobAt("https://s3.invalid"), strings.NewReader("x"), 1)
	assert.ErrorIs(t, err, importjob.ErrS3AccessDenied)
	assert.LessOrEqual(t, read, 100<<10)
}

// A server that says 200 before it has the file has not got it.
func TestEarlyYesIsNotBelieved(t *testing.T) {
	rt := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		_, _ = req.Body.Read(make([]byte, 3))
		return answer(200, nil, "")(&http.Request{})
	})
	err := uploader(rt).Upload(t.Context(), jobAt("https://s3.invalid"), text("a file"), 6)
	var rewind *awsbackend.RewindError
	assert.ErrorAs(t, err, &rewind)
	assert.ErrorContains(t, err, "3 bytes before the end")
}

// closing notes that a body was closed.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

// The body of a response is closed, also if it is good or too long to be read.
func TestResponseOfAnUploadIsClosed(t *testing.T) {
	for status, text := range map[int]string{200: "", 403: "<Error/>", 400: strings.Repeat("x", 1<<20)} {
		body := &closing{Reader: strings.NewReader(text)}
		rt := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
			_, err := io.Copy(io.Discard, req.Body)
			return &http.Response{StatusCode: status, Body: body, Header: http.Header{}}, err
		})
		err := uploader(rt).Upload(t.Context(), jobAt("https://s3.invalid"), strings.NewReader("x"), 1)
		assert.Equal(t, status != 200, err != nil, "%d: %v", status, err)
		assert.True(t, body.closed, status)
	}
}
