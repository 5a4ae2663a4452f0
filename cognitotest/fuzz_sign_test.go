package cognitotest_test

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
)

// The targets in this file sign a request as a client does, change a piece of its text, and send it. The handler
// must accept it exactly if all that was signed is the same as before.

// splice is a change of a text: from at on, cut bytes are replaced.
type splice struct {
	at, cut uint16
	with    string
}

func (s splice) apply(text string) string {
	at := int(s.at) % (len(text) + 1)
	end := min(len(text), at+int(s.cut))
	return text[:at] + s.with + text[end:]
}

// find returns the splice that replaces the first old in the text.
func find(f *testing.F, text, old, with string) splice {
	at := strings.Index(text, old)
	require.NotEqual(f, -1, at, old)
	return splice{uint16(at), uint16(len(old)), with}
}

// requestText returns a request as its client writes it.
func requestText(r *http.Request, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", r.Method, r.URL.RequestURI(), cmp.Or(r.Host, r.URL.Host), len(body))
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	return b.String() + "\r\n" + body
}

// sentText reads the text as a server does, and passes it to the handler. It returns the request with its body,
// and nil if the text is no request.
func sentText(h http.Handler, text string) (*http.Request, string, *httptest.ResponseRecorder) {
	read := func() *http.Request {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return nil
		}
		return r
	}
	r := read()
	if r == nil {
		return nil, "", nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		body = append(body, " and an error"...)
	}
	return r, string(body), serve(h, read())
}

// signedParts are the parts of a request that its signature covers.
type signedParts struct {
	Method, Path, Host string
	Query              []string // sorted, without the signature
	Headers            []string // in the order in which they were signed, with their values
	Date, Scope        string
	Signature          string
	Body               string
}

// escaped returns an escaped part of a query without its escapes. It leaves a text that is malformed as it is.
func escaped(text string) string {
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return "malformed " + text
	}
	return plain
}

// queryPairs returns the names and values of a query, sorted.
func queryPairs(r *http.Request) (pairs []string) {
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if name, value, _ := strings.Cut(pair, "="); pair != "" && escaped(name) != "X-Amz-Signature" {
			pairs = append(pairs, fmt.Sprintf("%q=%q", escaped(name), escaped(value)))
		}
	}
	slices.Sort(pairs)
	return pairs
}

// headerLines returns the headers with these names.
func headerLines(r *http.Request, names string) (lines []string) {
	for name := range strings.SplitSeq(names, ";") {
		var values []string
		for _, value := range r.Header[http.CanonicalHeaderKey(name)] {
			values = append(values, strings.Join(strings.Fields(value), " "))
		}
		if name == "content-length" {
			values = []string{fmt.Sprint(r.ContentLength)}
		}
		lines = append(lines, name+":"+strings.Join(values, ","))
	}
	return lines
}

var authorizationForm = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^, ]*), SignedHeaders=([^, ]*), Signature=([^, ]*)$`)

// partsOf returns the parts of a request with an Authorization header. ok reports whether the header has the form in
// which the SDK writes it; there are others that mean the same.
func partsOf(r *http.Request, body string) (parts signedParts, ok bool) {
	m := authorizationForm.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		return parts, false
	}
	return signedParts{
		Method: r.Method, Path: cmp.Or(r.URL.Path, "/"), Host: r.Host, Query: queryPairs(r), Headers: headerLines(r, m[2]),
		Date: r.Header.Get("X-Amz-Date"), Scope: m[1], Signature: m[3], Body: body,
	}, true
}

// isPlain reports whether a header value has no other white space than spaces. Clients differ in how they sign a tab.
func isPlain(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
}

// FuzzSignedRequest signs a request with the signer of the SDK, and then changes its text. The handler accepts it only
// if nothing that was signed has changed.
func FuzzSignedRequest(f *testing.F) {
	keys := aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}
	h := cognitotest.Handler(testpool.New(f, nil), &cognitotest.Options{
		Credentials: cognitotest.Credentials{AccessKeyID: keys.AccessKeyID, SecretAccessKey: keys.SecretAccessKey}})
	signer := v4.NewSigner()
	sign := func(t testing.TB, query, meta string) string {
		r, err := http.NewRequest(http.MethodPost, "http://fake.test/", strings.NewReader(headerBody))
		require.NoError(t, err)
		r.URL.RawQuery = query
		r.Header.Set("X-Amz-Target", idp+"GetCSVHeader")
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("User-Agent", "test") // not signed
		if meta != "" {
			r.Header.Set("X-Amz-Meta", meta)
		}
		require.NoError(t, signer.SignHTTP(context.Background(), keys, r, sha256Hex(headerBody), "cognito-idp", "us-west-2", time.Now()))
		return requestText(r, headerBody)
	}
	seed := func(query, meta, old, with string) {
		s := find(f, sign(f, query, meta), old, with)
		f.Add(query, meta, s.at, s.cut, s.with)
	}
	f.Add("", "", uint16(0), uint16(0), "")
	f.Add("a=1&a1=2&a-=3&b=&b=2&b=1", "  x   y ", uint16(0), uint16(0), "")
	seed("", "", "POST", "PUT")
	seed("", "", " / ", " http://fake.test/ ")
	seed("", "", " / ", " /? ")
	seed("", "", " / ", " /%2F ")
	seed("", "", " / ", " //x ")
	seed("a=1&b=2", "", "a=1&b=2", "b=2&&%61=1")
	seed("b=1&b=2", "", "b=1&b=2", "b=2&b=1")
	seed("a=1&b=2", "", "&", ";")
	seed("a=1", "", "a=1", "a=1&a=1")
	seed("a=%2B", "", "%2B", "+")
	seed("", "a b", "a b", "  a   b ")
	seed("", "a,b", "a,b", "a\r\nX-Amz-Meta: b")
	seed("", "a", "X-Amz-Meta: a\r\n", "")
	seed("", "", "GetCSVHeader", "DescribeUserPool")
	seed("", "", "fake.test", "other.test")
	seed("", "", "User-Agent: test", "User-Agent: other\r\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD")
	seed("", "", "us-west-2_", "us-west-2\\u005f")
	seed("", "", poolID, "us-west-2_bbbbbbbbb")
	seed("", "", "/us-west-2/", "/eu-west-1/")
	seed("", "", "/aws4_request", "/aws4_request/")
	seed("", "", ";host", ";Host")
	seed("", "", "host;", "host;host;")
	seed("", "", ", Signed", ",Signed")
	seed("", "", ", Signature=", ", Signature=0, Signature=")
	seed("", "", "Credential=AKID", "Credential=AKIX")
	seed("", "", "X-Amz-Date: ", "X-Amz-Date: 20000101T000000Z\r\nX-Amz-Date: ")
	seed("", "", "Authorization", "Authorization: x\r\nAuthorization")
	seed("", "", "Content-Length: ", "Content-Length: 0")
	f.Fuzz(func(t *testing.T, query, meta string, at, cut uint16, with string) {
		if len(query)+len(meta)+len(with) > fuzzBytes || !isPlain(meta) {
			return
		}
		text := sign(t, query, meta)
		original, body, w := sentText(h, text)
		require.NotNil(t, original, text)
		if w.Code != http.StatusOK {
			t.Fatalf("a good signature is refused: %s\n%s", w.Body, text)
		}
		want, ok := partsOf(original, body)
		require.True(t, ok, text)

		changed := splice{at, cut, with}.apply(text)
		r, body, w := sentText(h, changed)
		if r == nil {
			return
		}
		requireAnswer(t, w)
		got, ok := partsOf(r, body)
		same := reflect.DeepEqual(got, want)
		switch {
		case w.Code == http.StatusOK && ok && !same:
			t.Fatalf("accepted, although what was signed has changed:\n%s\nbefore:\n%s", changed, text)
		case w.Code == http.StatusOK && !ok:
			requireOnlyAuthorizationDiffers(t, r, body, want)
		case w.Code != http.StatusOK && ok && same && !hasToken(r):
			t.Fatalf("refused, although nothing that was signed has changed: %s\n%s\nbefore:\n%s", w.Body, changed, text)
		}
	})
}

// fuzzBytes is the largest size of the inputs. A larger one finds nothing more.
const fuzzBytes = 300

// hasToken reports whether a request has a session token, which long-term keys do not come with.
func hasToken(r *http.Request) bool { return r.Header.Get("X-Amz-Security-Token") != "" }

// requireAnswer demands an answer that the service gives.
func requireAnswer(t *testing.T, w *httptest.ResponseRecorder) {
	if w.Code != http.StatusOK && (w.Code < 400 || w.Code >= 500 && w.Code != http.StatusNotImplemented) {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
}

// requireOnlyAuthorizationDiffers demands that a request was accepted whose Authorization header says the same in
// another form.
func requireOnlyAuthorizationDiffers(t *testing.T, r *http.Request, body string, want signedParts) {
	header := r.Header.Get("Authorization")
	var names []string
	for _, line := range want.Headers {
		name, _, _ := strings.Cut(line, ":")
		names = append(names, name)
	}
	all := strings.Join(names, ";")
	for _, part := range []string{"Credential=" + want.Scope, "SignedHeaders=" + all, "Signature=" + want.Signature} {
		require.Contains(t, header, part)
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+want.Scope+", SignedHeaders="+all+", Signature="+want.Signature)
	got, ok := partsOf(r, body)
	require.True(t, ok)
	require.Equal(t, want, got)
}

// urlParts returns the parts of a request with a pre-signed URL.
func urlParts(r *http.Request) signedParts {
	names := ""
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if name, value, _ := strings.Cut(pair, "="); escaped(name) == "X-Amz-SignedHeaders" {
			names = escaped(value)
		}
	}
	parts := signedParts{Method: r.Method, Path: r.URL.Path, Host: r.Host, Query: queryPairs(r), Headers: headerLines(r, names)}
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if name, value, _ := strings.Cut(pair, "="); escaped(name) == "X-Amz-Signature" {
			parts.Signature += escaped(value) + "&"
		}
	}
	return parts
}

// FuzzSignedURL changes the text of an upload to the URL of a job. The handler takes the file only if nothing that was
// signed has changed.
func FuzzSignedURL(f *testing.F) {
	h := cognitotest.Handler(testpool.New(f, nil), nil)
	to, err := url.Parse(created(f, h))
	require.NoError(f, err)
	file := testpool.CSV("ann")
	good := &http.Request{Method: http.MethodPut, URL: to, Header: http.Header{
		"X-Amz-Server-Side-Encryption": {"aws:kms"}, "Content-Type": {"text/csv"}}}
	text := requestText(good, file)
	original, _, w := sentText(h, text)
	require.Equal(f, http.StatusOK, w.Code, w.Body)
	want := urlParts(original)

	f.Add(uint16(0), uint16(0), "")
	for _, edit := range []struct{ old, with string }{
		{"PUT", "POST"}, {"PUT /", "PUT http://fake.test/"}, {"/import-", "%2Fimport-"}, {"/import-", "//import-"}, {"/import-", "/./import-"}, {"/import-", "/%69mport-"},
		{"/import-", "/other-"}, {"?", "?&&"}, {"&X-Amz-Algorithm=AWS4-HMAC-SHA256", ""}, {"?X-", "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-"}, {"=899", "=900"}, {"=899", "=%389%39"},
		{"=899", "=+899"}, {"&X-Amz-Expires", ";X-Amz-Expires"}, {"us-west-2%2F", "us-west-2/"}, {"us-west-2%2Fs3", "eu-west-1%2Fs3"}, {"%2Fs3%2F", "%2Fec2%2F"}, {"=host%3B", "=host;"},
		{"=host%3B", "=Host%3B"}, {"host%3Bx-amz-server-side-encryption", "host"}, {"&X-Amz-Signature=", "&x=y&X-Amz-Signature="}, {"&X-Amz-Signature=", "&X-Amz-Signature=0&X-Amz-Signature="},
		{"X-Amz-Signature", "x-amz-signature"}, {"X-Amz-Date=2", "X-Amz-Date=3"}, {"aws:kms", " aws:kms "}, {"aws:kms", "AES256"}, {"aws:kms", "aws:kms\r\nX-Amz-Server-Side-Encryption: aws:kms"},
		{"text/csv", "text/plain"}, {"text/csv", "x\r\nX-Amz-Acl: public"}, {"text/csv", "x\r\nAuthorization: x"}, {"text/csv", "x\r\nContent-MD5: AAAA"}, {"Host: fake.test", "Host: fake.test:80"},
		{"Content-Length: ", "Content-Length: 1"}, {"Content-Length", "Transfer-Encoding: chunked\r\nX"}, {"X-Amz-Security-Token", "X-Amz-Security-Tokem"}, {"ann", "bob"},
	} {
		s := find(f, text, edit.old, edit.with)
		f.Add(s.at, s.cut, s.with)
	}
	f.Fuzz(func(t *testing.T, at, cut uint16, with string) {
		if len(with) > fuzzBytes {
			return
		}
		changed := splice{at, cut, with}.apply(text)
		r, _, w := sentText(h, changed)
		if r == nil {
			return
		}
		requireAnswer(t, w)
		same := reflect.DeepEqual(urlParts(r), want)
		switch {
		case w.Code == http.StatusOK && r.URL.Path != "/" && !same:
			t.Fatalf("accepted, although what was signed has changed:\n%s\nbefore:\n%s", changed, text)
		case w.Code == http.StatusForbidden && same && !strings.Contains(w.Body.String(), "<HeadersNotSigned>"):
			t.Fatalf("refused, although nothing that was signed has changed: %s\n%s\nbefore:\n%s", w.Body, changed, text)
		}
	})
}

// The names of parameters are sorted, and not the names with their values: "a=" comes before "a1=", although "=" comes
// after "1".
func TestSortedQuery(t *testing.T) {
	h := cognitotest.Handler(testpool.New(t, nil), &cognitotest.Options{
		Credentials: cognitotest.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}})
	for _, query := range []string{"a=1&a1=2", "a=1&a-=2", "a.=2&a=1", "a=&a=1&a-b", "a=2&a=10"} {
		w := signed(t, h, "secret", "cognito-idp", time.Now(), func(r *http.Request) { r.URL.RawQuery = query }, func(*http.Request) {})
		assert.Equal(t, http.StatusOK, w.Code, "%s: %s", query, w.Body)
	}
}
