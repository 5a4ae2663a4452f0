package awsbackend_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/internal/testkit"
)

// hides demands that neither an error nor a log of it shows what signs the URL.
func hides(t *testing.T, err error) {
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Error("upload", "error", err)
	slog.New(slog.NewTextHandler(&out, nil)).Error("upload", "error", err)
	text := fmt.Sprintf("%v %+v %#v %q %s", err, err, err, err, &out)
	var quoting *url.Error
	assert.NotErrorAs(t, err, &quoting, "a *url.Error quotes the URL")
	wrappedOnce(t, err)
	for _, secret := range []string{query, "d34db33f", "FwoGZXIvYXdzTOKEN", "ASIAEXAMPLEKEY"} {
		assert.NotContains(t, text, secret)
	}
}

func TestURLIsInNoErrorAndNoLog(t *testing.T) {
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") })
	tls := serveTLS(t)
	gone := httptest.NewServer(nil)
	gone.Close()
	redirect := func(status int, to string) string {
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Location"] = []string{strings.ReplaceAll(to, "QUERY", r.URL.RawQuery)}
			w.WriteHeader(status)
		}).URL
	}
	for name, base := range map[string]string{
		"bad port":            "https://s3.invalid:x",
		"no host":             "https://",
		"no scheme":           "s3.invalid",
		"another scheme":      "ftp://s3.invalid",
		"control character":   "https://s3.invalid/\x7f",
		"bad escape":          "https://s3.invalid/%zz",
		"closed port":         gone.URL,
		"TLS":                 tls.URL,
		"redirect":            redirect(307, elsewhere.URL+"/?QUERY"),
		"permanent redirect":  redirect(308, elsewhere.URL+"/?QUERY"),
		"found":               redirect(302, elsewhere.URL+"/?QUERY"),
		"see other":           redirect(303, elsewhere.URL+"/?QUERY"),
		"redirect to nowhere": redirect(301, "://QUERY"),
		"redirect without":    redirect(307, ""),
		"cut off":             serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }).URL,
		"no HTTP":             "http://" + strings.TrimPrefix(tls.URL, "https://"),
		"denied":              serve(t, s3Error(403, "AccessDenied", "Access Denied")).URL,
		"echo": serve(t, func(w http.ResponseWriter, r *http.Request) {
			s3Error(403, "SignatureDoesNotMatch", strings.ReplaceAll(r.URL.RawQuery, "&", "&amp;"))(w, r)
		}).URL,
		"echo of the token": serve(t, func(w http.ResponseWriter, r *http.Request) {
			s3Error(400, "InvalidToken", r.URL.Query().Get("X-Amz-Security-Token"))(w, r)
		}).URL,
		"echo of the credential": serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, escaped, _ := strings.Cut(r.URL.RawQuery, "X-Amz-Credential=")
			escaped, _, _ = strings.Cut(escaped, "&")
			s3Error(403, "InvalidAccessKeyId", escaped)(w, r)
		}).URL,
		"echo of the host": serve(t, func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.URL.String(), http.StatusForbidden) }).URL,
	} {
		t.Run(name, func(t *testing.T) {
			err := uploader(nil).Upload(t.Context(), jobAt(base), strings.NewReader("x"), 1)
			require.IsType(t, &importjob.Error{}, err)
			hides(t, err)
		})
	}
}

// serveTLS is a server that nobody trusts.
func serveTLS(t *testing.T) *httptest.Server {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// noSuchHost dials as if no name had an address.
func noSuchHost(_ context.Context, _, address string) (net.Conn, error) {
	return nil, &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}
}

func TestURLIsInNoErrorOfABodyOrATransport(t *testing.T) {
	job := jobAt("https://s3.invalid")
	quoting := func(wrap func(string) error) http.RoundTripper {
		return testkit.RoundTripper(func(req *http.Request) (*http.Response, error) { return nil, wrap(req.URL.String()) })
	}
	inner := errors.New("inner")
	for name, c := range map[string]struct {
		rt   http.RoundTripper
		body io.Reader
	}{
		"broken body":         {answer(200, nil, ""), iotest.ErrReader(inner)},
		"short body":          {answer(200, nil, ""), strings.NewReader("")},
		"bad host":            {&http.Transport{DialContext: noSuchHost}, strings.NewReader("x")},
		"url.Error":           {quoting(func(u string) error { return &url.Error{Op: "Put", URL: u, Err: inner} }), strings.NewReader("x")},
		"url.Error, wrapped":  {quoting(func(u string) error { return fmt.Errorf("a: %w", &url.Error{Op: "Put", URL: u, Err: inner}) }), strings.NewReader("x")},
		"a text":              {quoting(func(u string) error { return fmt.Errorf("cannot PUT %s: %w", u, inner) }), strings.NewReader("x")},
		"a text, no seeker":   {quoting(func(u string) error { return fmt.Errorf("cannot PUT %s: %w", u, inner) }), text("x")},
		"the signature alone": {quoting(func(string) error { return fmt.Errorf("d34db33fd34db33f: %w", inner) }), strings.NewReader("x")},
	} {
		t.Run(name, func(t *testing.T) {
			err := uploader(c.rt).Upload(t.Context(), job, c.body, 1)
			require.IsType(t, &importjob.Error{}, err)
			if name != "short body" && name != "bad host" {
				assert.ErrorIs(t, err, inner, "the cause is still found")
			}
			if strings.HasPrefix(name, "url.Error") {
				assert.ErrorContains(t, err, "inner")
			}
			hides(t, err)
		})
	}
}

func TestURLIsInNoErrorOfAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	rt := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		cancel()
		return nil, fmt.Errorf("canceled: %s: %w", req.URL, ctx.Err())
	})
	err := uploader(rt).Upload(ctx, jobAt("https://s3.invalid"), strings.NewReader("x"), 1)
	assert.ErrorIs(t, err, context.Canceled)
	hides(t, err)
}

func TestURLIsInNoLogOfCalls(t *testing.T) {
	var out bytes.Buffer
	c := backend.Intercept(uploader(answer(403, nil, "no")), backend.Logging(slog.New(slog.NewTextHandler(&out, nil))))
	assert.Error(t, c.Upload(t.Context(), jobAt("https://s3.invalid"), strings.NewReader("x"), 1))
	assert.NotContains(t, out.String(), "d34db33f")
}

func TestUntrustedServerIsAskedOnce(t *testing.T) {
	tls := serveTLS(t)
	var asked atomic.Int32
	rt := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		asked.Add(1)
		return http.DefaultTransport.RoundTrip(req)
	})
	assert.Error(t, uploader(rt).Upload(t.Context(), jobAt(tls.URL), strings.NewReader("x"), 1))
	assert.Equal(t, int32(1), asked.Load())
}
