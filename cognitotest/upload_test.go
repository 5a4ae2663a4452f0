package cognitotest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// created makes a job over the wire and returns its URL.
func created(t testing.TB, h http.Handler) string {
	w := send(h, idp+"CreateUserImportJob", `{"UserPoolId":"`+poolID+`","JobName":"J","CloudWatchLogsRoleArn":"`+roleARN+`"}`)
	require.Equal(t, 200, w.Code, w.Body)
	return jobURL(t, w.Body.String())
}

// upload sends a file to a URL by hand.
func upload(h http.Handler, to, file string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPut, to, strings.NewReader(file))
	r.URL.Scheme, r.URL.Host = "", "" // as a server sees it
	r.Header.Set("x-amz-server-side-encryption", "aws:kms")
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// queried returns a URL with a change to its query.
func queried(t testing.TB, text string, change func(url.Values)) string {
	u, err := url.Parse(text)
	require.NoError(t, err)
	q := u.Query()
	change(q)
	u.RawQuery = q.Encode()
	return u.String()
}

func TestUpload(t *testing.T) {
	m := testpool.New(t, nil)
	h := cognitotest.Handler(m, nil)
	to := created(t, h)
	w := upload(h, to, testpool.CSV("ann"), func(r *http.Request) {
		r.Header.Set("Content-Type", "text/csv") // not signed, so free
		r.Header.Set("Content-Disposition", "attachment")
	})
	assert.Equal(t, 200, w.Code, w.Body)
	assert.Empty(t, w.Body.String())
	assert.Regexp(t, `^"[0-9a-f]{32}"$`, w.Header().Get("ETag"))
	assert.Equal(t, "aws:kms", w.Header().Get("x-amz-server-side-encryption"))
	assert.Regexp(t, `^arn:aws:kms:us-west-2:111111111111:key/[0-9a-f-]{36}$`, w.Header().Get("x-amz-server-side-encryption-aws-kms-key-id"))
	assert.Equal(t, "AmazonS3", w.Header().Get("Server"))

	w = upload(h, queried(t, to, func(url.Values) {}), testpool.CSV("ann", "bob"))
	assert.Equal(t, 200, w.Code, "the order of the query is free, and the last file counts")
	for job, err := range importjob.Jobs(t.Context(), m, poolID) {
		require.NoError(t, err)
		_, err := m.Start(t.Context(), job.Ref())
		require.NoError(t, err)
		job, err = m.Describe(t.Context(), job.Ref())
		require.NoError(t, err)
		assert.EqualValues(t, 2, job.ImportedUsers)
	}
}

func TestUploadRefusals(t *testing.T) {
	m := testpool.New(t, nil)
	h := cognitotest.Handler(m, nil)
	good := created(t, h)
	other := created(t, cognitotest.Handler(m, nil))
	drop := func(name string) string { return queried(t, good, func(q url.Values) { q.Del(name) }) }
	set := func(name, value string) string {
		return queried(t, good, func(q url.Values) { q.Set(name, value) })
	}
	q, _ := url.Parse(good)
	scope := strings.Split(q.Query().Get("X-Amz-Credential"), "/")
	credential := func(i int, value string) string {
		parts := append([]string(nil), scope...)
		parts[i] = value
		return set("X-Amz-Credential", strings.Join(parts, "/"))
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	method := func(m string) func(*http.Request) { return func(r *http.Request) { r.Method = m } }
	const mismatch, denied, query = "SignatureDoesNotMatch", "AccessDenied", "AuthorizationQueryParametersError"
	for name, c := range map[string]struct {
		url    string
		change func(*http.Request)
		status int
		code   string
	}{
		"no header":         {good, func(r *http.Request) { r.Header.Del("x-amz-server-side-encryption") }, 403, mismatch},
		"header value":      {good, header("x-amz-server-side-encryption", "AES256"), 403, mismatch},
		"get":               {good, method("GET"), 403, mismatch},
		"post":              {good, method("POST"), 403, mismatch},
		"host":              {good, func(r *http.Request) { r.Host = "evil.test" }, 403, mismatch},
		"signature":         {set("X-Amz-Signature", strings.Repeat("0", 64)), nil, 403, mismatch},
		"empty signature":   {set("X-Amz-Signature", ""), nil, 403, mismatch},
		"longer life":       {set("X-Amz-Expires", "900"), nil, 403, mismatch},
		"token":             {set("X-Amz-Security-Token", "other"), nil, 403, mismatch},
		"no token":          {drop("X-Amz-Security-Token"), nil, 403, mismatch},
		"more query":        {good + "&partNumber=1", nil, 403, mismatch},
		"signed headers":    {set("X-Amz-SignedHeaders", "host"), nil, 403, denied},
		"extra header":      {good, header("x-amz-acl", "public-read"), 403, denied},
		"other job":         {strings.Replace(good, "/import-", "/import-x", 1), nil, 403, mismatch},
		"other pool":        {strings.Replace(good, poolID, "us-west-2_b", 1), nil, 403, mismatch},
		"other handler":     {other, nil, 403, "InvalidAccessKeyId"},
		"nothing":           {"http://fake.test/111111111111/" + poolID + "/import-1", nil, 403, denied},
		"favicon":           {"http://fake.test/favicon.ico", method("GET"), 403, denied},
		"no signature":      {drop("X-Amz-Signature"), nil, 400, query},
		"no date":           {drop("X-Amz-Date"), nil, 400, query},
		"only algorithm":    {"http://fake.test/x?X-Amz-Algorithm=AWS4-HMAC-SHA256", nil, 400, query},
		"twice":             {good + "&X-Amz-Expires=899", nil, 400, query},
		"date of other day": {set("X-Amz-Date", "20200101T000000Z"), nil, 400, query},
		"bad date":          {set("X-Amz-Date", "yesterday"), nil, 400, query},
		"bad expires":       {set("X-Amz-Expires", "soon"), nil, 400, query},
		"negative":          {set("X-Amz-Expires", "-1"), nil, 400, query},
		"too long a life":   {set("X-Amz-Expires", "604801"), nil, 400, query},
		"algorithm":         {set("X-Amz-Algorithm", "AWS4-HMAC-SHA1"), nil, 400, query},
		"credential":        {set("X-Amz-Credential", "x"), nil, 400, query},
		"region":            {credential(2, "eu-west-1"), nil, 400, query},
		"service":           {credential(3, "ec2"), nil, 400, query},
		"broken query":      {good + "&a=%zz", nil, 400, query},
		"both":              {good, header("Authorization", wellFormed), 400, "InvalidArgument"},
		"chunked":           {good, func(r *http.Request) { r.ContentLength = -1 }, 411, "MissingContentLength"},
		"short":             {good, func(r *http.Request) { r.ContentLength += 5 }, 400, "IncompleteBody"},
		"chunks":            {good, func(r *http.Request) { r.ContentLength, r.TransferEncoding = -1, []string{"chunked"} }, 501, "NotImplemented"},
		"too large":         {good, func(r *http.Request) { r.ContentLength = 5<<30 + 1 }, 400, "EntityTooLarge"},
		"no digest":         {good, header("Content-MD5", "x"), 400, "InvalidDigest"},
		"short digest":      {good, header("Content-MD5", "AAAA"), 400, "InvalidDigest"},
		"empty digest":      {good, header("Content-MD5", ""), 400, "InvalidDigest"},
		"digest":            {good, header("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="), 400, "BadDigest"},
		"semicolon":         {good + "&a;b", nil, 403, mismatch},
	} {
		var change []func(*http.Request)
		if c.change != nil {
			change = append(change, c.change)
		}
		w := upload(h, c.url, testpool.CSV("ann"), change...)
		assert.Equal(t, c.status, w.Code, "%s: %s", name, w.Body)
		assert.Equal(t, "application/xml", w.Header().Get("Content-Type"), name)
		assert.True(t, strings.HasPrefix(w.Body.String(), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"+c.code+"</Code><Message>"), "%s: %s", name, w.Body)
	}
	w := upload(h, good, testpool.CSV("ann"))
	assert.Equal(t, 200, w.Code, "nothing of this spoiled the URL: %s", w.Body)
}

func TestUploadRefusalsSayWhy(t *testing.T) {
	h := cognitotest.Handler(testpool.New(t, nil), nil)
	good := created(t, h)
	w := upload(h, good, "x", func(r *http.Request) { r.Header.Del("x-amz-server-side-encryption") })
	body := w.Body.String()
	assert.Contains(t, body, "<StringToSign>AWS4-HMAC-SHA256&#xA;")
	assert.Contains(t, body, "<CanonicalRequest>PUT&#xA;/111111111111/"+poolID+"/import-")
	assert.Contains(t, body, "x-amz-server-side-encryption:&#xA;&#xA;host;x-amz-server-side-encryption&#xA;UNSIGNED-PAYLOAD</CanonicalRequest>")
	assert.Contains(t, body, "<StringToSignBytes>41 57 53 34 ")
	assert.Contains(t, body, "<RequestId>"+w.Header().Get("x-amz-request-id")+"</RequestId><HostId>")

	w = upload(h, good, "x", func(r *http.Request) { r.Header.Set("X-Amz-Meta-B", "1"); r.Header.Set("X-Amz-Acl", "x") })
	assert.Contains(t, w.Body.String(), "<Message>There were headers present in the request which were not signed</Message>"+
		"<HeadersNotSigned>x-amz-acl, x-amz-meta-b</HeadersNotSigned>")
}

func TestUploadExpiresByTheClientsClock(t *testing.T) {
	at := seedTime()
	h := cognitotest.Handler(testpool.New(t, &memory.Options{Now: at.Now}), nil)
	to := created(t, h)
	at.Advance(time.Unix(1548271795+899, 0).Sub(at.Now()))
	assert.Equal(t, 200, upload(h, to, testpool.CSV("ann")).Code)
	at.Advance(time.Millisecond)
	w := upload(h, to, testpool.CSV("ann"))
	assert.Equal(t, 403, w.Code)
	assert.Contains(t, w.Body.String(), "<Error><Code>AccessDenied</Code><Message>Request has expired</Message>"+
		"<X-Amz-Expires>899</X-Amz-Expires><Expires>2019-01-23T19:44:54Z</Expires><ServerTime>")
}

// The URL of a job is no key to any other one: not to a job of the same name, nor to one that has its ID since the pool
// was deleted and made again.
func TestUploadWithTheURLOfAnOlderJob(t *testing.T) {
	for name, opts := range map[string]memory.Options{
		"of the same name": {},
		"of the same ID":   {NewJobID: func() string { return "import-1" }},
	} {
		at := seedTime()
		opts.Now = at.Now
		m := testpool.New(t, &opts)
		h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
		older := created(t, h)
		at.Advance(time.Second)
		if opts.NewJobID != nil {
			pool, err := m.Pool(t.Context(), poolID)
			require.NoError(t, err)
			require.NoError(t, m.DeletePool(t.Context(), poolID))
			_, err = m.CreatePool(t.Context(), userpool.Pool{Pool: pool})
			require.NoError(t, err)
		}
		newer := created(t, h)
		w := upload(h, older, testpool.CSV("ann"))
		if opts.NewJobID != nil {
			assert.Equal(t, 403, w.Code, name)
			assert.Contains(t, w.Body.String(), "<Code>SignatureDoesNotMatch</Code><Message>The request signature", name)
		}
		jobs, _, err := m.List(t.Context(), poolID, importjob.Page{MaxResults: 1})
		require.NoError(t, err)
		_, err = m.Start(t.Context(), jobs[0].Ref())
		require.ErrorIs(t, err, importjob.ErrPreconditionNotMet, "%s: nothing was uploaded to the newer job", name)
		assert.Equal(t, 200, upload(h, newer, testpool.CSV("ann")).Code, name)
		_, err = m.Start(t.Context(), jobs[0].Ref())
		require.NoError(t, err, name)
	}
}

// uploads is a Client whose Upload does as told.
type uploads struct {
	importjob.Client
	do func(ctx context.Context, body io.Reader, size int64) error
}

func (u uploads) Upload(ctx context.Context, _ importjob.UserImportJob, body io.Reader, size int64) error {
	return u.do(ctx, body, size)
}

func TestUploadErrorsOfTheClient(t *testing.T) {
	failing := errors.New("dial tcp https://secret")
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{&importjob.Error{Code: importjob.ErrS3AccessDenied, Err: importjob.ErrURLExpired}, 403, "AccessDenied"},
		{&importjob.Error{Code: importjob.ErrS3SignatureDoesNotMatch}, 403, "SignatureDoesNotMatch"},
		{&importjob.Error{Code: importjob.ErrResourceNotFound}, 403, "AccessDenied"},
		{&importjob.Error{Code: importjob.ErrTooManyRequests}, 503, "SlowDown"},
		{&importjob.Error{Code: importjob.ErrInternal}, 500, "InternalError"},
		{&importjob.Error{Code: "EntityTooLarge", Message: "big"}, 400, "EntityTooLarge"},
		{backend.Wrap(importjob.OpUpload, importjob.Ref{}, fmt.Errorf("x: %w", io.ErrUnexpectedEOF)), 500, "InternalError"},
		{context.Canceled, 400, "RequestTimeout"},
		{failing, 500, "InternalError"},
	} {
		h := cognitotest.Handler(uploads{Client: testpool.New(t, nil), do: func(context.Context, io.Reader, int64) error { return c.err }}, nil)
		w := upload(h, created(t, h), "x")
		assert.Equal(t, c.status, w.Code)
		assert.Contains(t, w.Body.String(), "<Code>"+c.code+"</Code>")
		assert.NotContains(t, w.Body.String(), "secret")
	}
}

func TestUploadStreams(t *testing.T) {
	first := make(chan string)
	h := cognitotest.Handler(uploads{Client: testpool.New(t, nil), do: func(_ context.Context, body io.Reader, size int64) error {
		assert.EqualValues(t, 6, size)
		b := make([]byte, 3)
		_, err := io.ReadFull(body, b)
		first <- string(b)
		_, _ = io.Copy(io.Discard, body)
		return err
	}}, nil)
	to := created(t, h)
	in, out := io.Pipe()
	req, err := http.NewRequest(http.MethodPut, to, in)
	require.NoError(t, err)
	req.ContentLength = 6
	req.Header.Set("x-amz-server-side-encryption", "aws:kms")
	go func() {
		_, _ = out.Write([]byte("abc"))
		assert.Equal(t, "abc", <-first, "the first bytes are there before the last are sent")
		_, _ = out.Write([]byte("def"))
		_ = out.Close()
	}()
	res, err := cognitotest.Transport(h).RoundTrip(req)
	require.NoError(t, err)
	assert.Equal(t, 200, res.StatusCode)
}

func TestURLsAreOfTheRequestsHost(t *testing.T) {
	m := testpool.New(t, nil)
	created(t, cognitotest.Handler(m, nil))
	list := `{"UserPoolId":"` + poolID + `","MaxResults":1}`
	for _, c := range []struct{ scheme, host, base, want string }{
		{"http", "localhost:9229", "", "http://localhost:9229/"},
		{"https", "idp.test", "", "https://idp.test/"},
		{"https", "cognito-idp.eu-west-1.amazonaws.com", "", "https://cognito-idp.eu-west-1.amazonaws.com.invalid/"},
		{"https", "cognito-idp.cn-north-1.amazonaws.com.cn:443", "", "https://cognito-idp.cn-north-1.amazonaws.com.cn.invalid/"},
		{"http", "localhost:9229", "https://proxy.test:8443/", "https://proxy.test:8443/"},
	} {
		h := cognitotest.Handler(m, &cognitotest.Options{BaseURL: c.base})
		w := send(h, idp+"ListUserImportJobs", list, func(r *http.Request) { r.Host, r.URL.Scheme = c.host, c.scheme })
		url := jobURL(t, w.Body.String())
		assert.True(t, strings.HasPrefix(url, c.want+"111111111111/"), url)
	}
}
