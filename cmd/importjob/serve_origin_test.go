package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asked sends DescribeUserPool with a change.
func (s served) asked(change func(*http.Request)) (*http.Response, string) {
	s.t.Helper()
	return s.send(http.MethodPost, "/", `{"UserPoolId":"us-west-2_aaaaaaaaa"}`, func(r *http.Request) {
		r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService.DescribeUserPool")
		r.Header.Set("X-Amz-Date", "20190123T192955Z")
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20190123/us-west-2/cognito-idp/aws4_request, SignedHeaders=host, Signature=00")
		change(r)
	})
}

// send sends a request with a change.
func (s served) send(method, path, body string, change func(*http.Request)) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	require.NoError(s.t, err)
	change(req)
	res, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	return res, string(answer)
}

// Without credentials only names and pages of this machine are answered.
func TestServeRefusesOtherHostsAndPages(t *testing.T) {
	open := serving(t, "--allow-host=fake.test", "--allow-origin=https://app.example,http://localhost:*")
	signed := serving(t, "--credentials=AKID:secret")
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int // of an open server; with credentials the signature is refused with 400
	}{
		"itself":          {func(*http.Request) {}, 200},
		"localhost":       {func(r *http.Request) { r.Host = "localhost:9229" }, 200},
		"a rebound name":  {func(r *http.Request) { r.Host = "evil.test" }, 403},
		"a page of it":    {func(r *http.Request) { r.Host = "evil.test"; r.Header.Set("Origin", "http://evil.test") }, 403},
		"a host like it":  {func(r *http.Request) { r.Host = "localhost.evil.test" }, 403},
		"an allowed host": {func(r *http.Request) { r.Host = "FAKE.test:80" }, 200},
		"another site":    {func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		"another origin":  {func(r *http.Request) { r.Header.Set("Origin", "https://evil.test") }, 403},
		"no origin":       {func(r *http.Request) { r.Header.Set("Origin", "null") }, 403},
		"an allowed origin": {func(r *http.Request) {
			r.Header.Set("Origin", "https://app.example")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}, 200},
		"another port": {func(r *http.Request) {
			r.Header.Set("Origin", "http://localhost:3000")
			r.Header.Set("Sec-Fetch-Site", "same-site")
		}, 200},
	} {
		res, answer := open.asked(c.change)
		assert.Equal(t, c.status, res.StatusCode, "%s: %s", name, answer)
		if c.status == 403 {
			assert.Contains(t, answer, `"__type":"AccessDeniedException"`, name)
			assert.Empty(t, res.Header.Get("Access-Control-Allow-Origin"), name)
		}
		res, answer = signed.asked(c.change)
		assert.Equal(t, 400, res.StatusCode, "%s: %s", name, answer)
	}
	res, answer := open.send(http.MethodPut, "/x", "", func(r *http.Request) { r.Host = "evil.test" })
	assert.Equal(t, 403, res.StatusCode)
	assert.Contains(t, answer, "<Error><Code>AccessDenied</Code><Message>The host &#34;evil.test&#34; is not allowed")
	assert.Contains(t, open.stop().err, "msg=refused")
}

// Pages of allowed origins get the headers that let them read responses.
func TestServeSharesWithPages(t *testing.T) {
	for _, args := range [][]string{nil, {"--credentials=AKID:secret"}} {
		s := serving(t, args...)
		from := func(origin string) func(*http.Request) {
			return func(r *http.Request) {
				r.Header.Set("Origin", origin)
				r.Header.Set("Access-Control-Request-Method", "POST")
				r.Header.Set("Access-Control-Request-Headers", "authorization,content-type,x-amz-date,x-amz-target")
			}
		}
		for path, method := range map[string]string{"/": "POST", "/111111111111/us-west-2_aaaaaaaaa/import-1?X-Amz-Expires=899": "PUT"} {
			res, _ := s.send(http.MethodOptions, path, "", from("http://localhost:3000"))
			assert.Equal(t, 200, res.StatusCode)
			assert.Equal(t, "*", res.Header.Get("Access-Control-Allow-Origin"))
			assert.Equal(t, method, res.Header.Get("Access-Control-Allow-Methods"))
			assert.Equal(t, "authorization,content-type,x-amz-date,x-amz-target", res.Header.Get("Access-Control-Allow-Headers"))
			res, _ = s.send(http.MethodOptions, path, "", from("http://evil.test"))
			assert.Equal(t, 403, res.StatusCode)
			assert.Empty(t, res.Header.Get("Access-Control-Allow-Origin"))
		}
		res, _ := s.asked(func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:8080") })
		assert.Equal(t, "*", res.Header.Get("Access-Control-Allow-Origin"))
		assert.Equal(t, "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date", res.Header.Get("Access-Control-Expose-Headers"))
		res, _ = s.asked(func(*http.Request) {})
		assert.Empty(t, res.Header.Get("Access-Control-Allow-Origin"), "not without an Origin")
		res, _ = s.send(http.MethodPut, "/x", "", func(r *http.Request) { r.Header.Set("Origin", "http://localhost") })
		assert.Equal(t, 403, res.StatusCode)
		assert.Equal(t, "*", res.Header.Get("Access-Control-Allow-Origin"), "errors too")
	}
}

// /control is for no page of another origin, even if that origin may call the API.
func TestControlIsForNoOtherOrigin(t *testing.T) {
	s := serving(t, "--control", "--allow-host=fake.test")
	for _, method := range []string{http.MethodPost, http.MethodOptions} {
		res, _ := s.send(method, "/control/reset", "", func(r *http.Request) {
			r.Header.Set("Origin", "http://localhost:3000")
			r.Header.Set("Access-Control-Request-Method", "POST")
		})
		assert.NotEqual(t, 200, res.StatusCode, method)
		assert.Empty(t, res.Header.Get("Access-Control-Allow-Origin"), method)
	}
	res, _ := s.send(http.MethodPost, "/control/reset", "", func(r *http.Request) { r.Host = "fake.test" })
	assert.Equal(t, 403, res.StatusCode)
}
