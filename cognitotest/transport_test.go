package cognitotest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/cognitotest"
)

// echo answers with what it saw of a request.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Saw", r.Method+" "+r.Host+" "+r.RequestURI+" "+r.Header.Get("X"))
	w.WriteHeader(http.StatusTeapot)
	w.Header().Set("Late", "too late")
	_, _ = w.Write(body)
})

func roundTrip(h http.Handler, r *http.Request) (*http.Response, string, error) {
	res, err := cognitotest.Transport(h).RoundTrip(r)
	if err != nil {
		return nil, "", err
	}
	body, _ := io.ReadAll(res.Body)
	return res, string(body), nil
}

// TestTransportIsLikeASocket sends the same requests both ways.
func TestTransportIsLikeASocket(t *testing.T) {
	server := httptest.NewServer(echo)
	defer server.Close()
	for name, make := range map[string]func() *http.Request{
		"get":  func() *http.Request { return httptest.NewRequest("GET", server.URL+"/a%2Fb?x=1", nil) },
		"head": func() *http.Request { return httptest.NewRequest("HEAD", server.URL, nil) },
		"post": func() *http.Request { return httptest.NewRequest("POST", server.URL, strings.NewReader("hello")) },
		"chunked": func() *http.Request {
			return newRequest("PUT", server.URL, io.MultiReader(strings.NewReader("hello")), -1)
		},
		"unsized": func() *http.Request {
			return newRequest("PUT", server.URL, io.MultiReader(strings.NewReader("hello")), 0)
		},
		"empty": func() *http.Request { return newRequest("PUT", server.URL, io.MultiReader(), 0) },
		"bytes": func() *http.Request {
			return newRequest("PUT", server.URL, iotest.OneByteReader(strings.NewReader("hello")), 5)
		},
		"eof": func() *http.Request {
			return newRequest("PUT", server.URL, iotest.DataErrReader(strings.NewReader("hello")), 5)
		},
	} {
		t.Run(name, func(t *testing.T) {
			request := func() *http.Request {
				r := make()
				r.RequestURI, r.Header = "", http.Header{"X": {"y"}}
				return r
			}
			real, err := http.DefaultTransport.RoundTrip(request())
			require.NoError(t, err)
			want, _ := io.ReadAll(real.Body)
			got, body, err := roundTrip(echo, request())
			require.NoError(t, err)
			assert.Equal(t, string(want), body)
			assert.Equal(t, real.Status, got.Status)
			assert.Equal(t, real.Header.Get("Saw"), got.Header.Get("Saw"))
			assert.Empty(t, got.Header.Get("Late"))
		})
	}
}

func newRequest(method, url string, body io.Reader, length int64) *http.Request {
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		panic(err)
	}
	r.ContentLength = length
	return r
}

func TestTransportBodyOfWrongLength(t *testing.T) {
	for _, length := range []int64{4, 6, 1, 100} {
		_, _, err := roundTrip(echo, newRequest("PUT", "http://x", io.MultiReader(strings.NewReader("hello")), length))
		assert.ErrorContains(t, err, "ContentLength", "length %d", length)
	}
}

// closed notes whether a body was closed.
type closed struct {
	io.Reader
	times int
}

func (c *closed) Close() error { c.times++; return nil }

func TestTransportClosesTheBody(t *testing.T) {
	boom := errors.New("boom")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		body io.Reader
		h    http.HandlerFunc
		err  error
	}{
		"read":       {t.Context(), strings.NewReader("hello"), echo, nil},
		"unread":     {t.Context(), strings.NewReader("hello"), func(http.ResponseWriter, *http.Request) {}, nil},
		"failing":    {t.Context(), iotest.ErrReader(boom), echo, boom},
		"over":       {ended, strings.NewReader("hello"), echo, context.Canceled},
		"aborted":    {t.Context(), strings.NewReader("hello"), func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, io.ErrUnexpectedEOF},
		"first byte": {t.Context(), iotest.TimeoutReader(strings.NewReader("")), echo, nil},
	} {
		body := &closed{Reader: c.body}
		r, err := http.NewRequestWithContext(c.ctx, "PUT", "http://x/", body)
		require.NoError(t, err)
		_, _, err = roundTrip(c.h, r)
		assert.ErrorIs(t, err, c.err, name)
		assert.Equal(t, 1, body.times, name)
	}
}

func TestTransportPanicsAreTheCallers(t *testing.T) {
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("bug") })
	assert.PanicsWithValue(t, "bug", func() { _, _, _ = roundTrip(h, newRequest("GET", "http://x", nil, 0)) })
}

func TestTransportHonoursTheContext(t *testing.T) {
	before := runtime.NumGoroutine()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		in, out := io.Pipe() // nobody ever writes
		r, err := http.NewRequestWithContext(ctx, "PUT", "http://x", in)
		require.NoError(t, err)
		r.ContentLength = 5
		began := time.Now()
		_, _, err = roundTrip(echo, r)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Minute, time.Since(began), "a body that waits is woken")
		_, err = out.Write([]byte("x"))
		assert.ErrorIs(t, err, io.ErrClosedPipe)

		r, err = http.NewRequestWithContext(ctx, "GET", "http://x", nil)
		require.NoError(t, err)
		_, _, err = roundTrip(echo, r)
		assert.ErrorIs(t, err, context.DeadlineExceeded)

		var seen context.Context
		_, _, err = roundTrip(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.Context() }), newRequest("GET", "http://x", nil, 0))
		require.NoError(t, err)
		assert.Error(t, seen.Err(), "the context of a request ends with it")
	})
	assert.LessOrEqual(t, runtime.NumGoroutine(), before+1)
}

func TestTransportWaitsWhenTheLengthIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		in, _ := io.Pipe()
		r, err := http.NewRequestWithContext(ctx, "PUT", "http://x", in)
		require.NoError(t, err)
		_, _, err = roundTrip(echo, r) // the first byte is looked at before the handler runs
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestTransportLeavesTheRequestAlone(t *testing.T) {
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { r.Header.Set("X", "changed"); r.Host = "changed" })
	r := newRequest("PUT", "http://x", bytes.NewReader(nil), 0)
	r.Header.Set("X", "y")
	_, _, err := roundTrip(h, r)
	require.NoError(t, err)
	assert.Equal(t, "y", r.Header.Get("X"))
	assert.Equal(t, "x", r.Host)
}
