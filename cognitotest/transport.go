package cognitotest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Transport returns an [http.RoundTripper] that calls h for each request, in process and in the goroutine
// of the caller. There is no socket and nothing to close, so it works in a testing/synctest bubble. It
// sends every request to h, whatever the scheme and host of its URL. Several goroutines can use it at once
// if they can call h at once.
//
// h reads the request body from the caller's reader, without a copy in memory. A body that is longer or
// shorter than its ContentLength is an error. The whole response is held in memory: RoundTrip returns it
// after h has returned.
//
// When the context of the request ends, the context that h sees ends too, and the request body is closed.
// RoundTrip then waits until h returns, and returns the error of the context. If h panics with
// [http.ErrAbortHandler], RoundTrip returns an error that wraps [io.ErrUnexpectedEOF]. Any other panic of
// h reaches the caller of RoundTrip.
func Transport(h http.Handler) http.RoundTripper { return transport{h: h} }

type transport struct{ h http.Handler }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body := newRequestBody(req)
	defer body.Close()
	ctx, cancel := context.WithCancel(req.Context()) // as at a server, the context ends when h has returned
	defer cancel()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if body.src != nil && ctx.Done() != nil {
		stop := context.AfterFunc(req.Context(), func() { _ = body.Close() }) // ends a Read that blocks
		defer stop()
	}
	aborted := false
	w := &recorder{header: http.Header{}}
	length := body.length()
	if body.err == nil {
		aborted = t.serve(w, serverRequest(ctx, req, body, length))
	}
	switch {
	case req.Context().Err() != nil:
		return nil, req.Context().Err()
	case body.err != nil:
		return nil, body.err
	case aborted:
		return nil, fmt.Errorf("cognitotest: the handler broke the connection: %w", io.ErrUnexpectedEOF)
	}
	return w.response(req), nil
}

// serve calls the handler, and reports whether it broke the connection.
func (t transport) serve(w http.ResponseWriter, r *http.Request) (aborted bool) {
	defer func() {
		switch v := recover(); {
		case v == http.ErrAbortHandler:
			aborted = true
		case v != nil:
			panic(v)
		}
	}()
	t.h.ServeHTTP(w, r)
	return false
}

// serverRequest returns the request that a server would pass to the handler.
func serverRequest(ctx context.Context, req *http.Request, body io.ReadCloser, length int64) *http.Request {
	r := req.WithContext(ctx)
	r.Header = req.Header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	r.RequestURI = req.URL.RequestURI()
	r.RemoteAddr = "127.0.0.1:0"
	r.Body, r.ContentLength, r.GetBody = body, length, nil
	if length < 0 {
		r.TransferEncoding = []string{"chunked"}
	}
	return r
}

// requestBody is the request body that the handler reads. If it is longer or shorter than its ContentLength,
// Read fails, as in net/http.
type requestBody struct {
	src   io.Reader // nil at the end
	first []byte    // the first byte, if length has read it and Read has not returned it
	left  int64
	sized bool // whether left is the number of bytes that are left
	err   error

	close   io.Closer
	closing sync.Once
}

func newRequestBody(req *http.Request) *requestBody {
	if req.Body == nil || req.Body == http.NoBody {
		return &requestBody{sized: true}
	}
	return &requestBody{src: req.Body, close: req.Body, left: req.ContentLength, sized: req.ContentLength > 0}
}

// length returns the length of the body, or -1 if it is unknown. A ContentLength of 0 with a body can mean
// either, so length reads the first byte, as net/http does.
func (b *requestBody) length() int64 {
	if b.sized || b.left < 0 {
		return b.left
	}
	first := make([]byte, 1)
	switch _, err := io.ReadFull(b.src, first); {
	case err == io.EOF:
		b.src = nil
		return 0
	case err != nil:
		b.err = err
	}
	b.first = first
	return -1
}

// Read implements io.Reader.
func (b *requestBody) Read(p []byte) (int, error) {
	switch {
	case b.err != nil:
		return 0, b.err
	case b.src == nil:
		return 0, io.EOF
	case len(b.first) > 0:
		n := copy(p, b.first)
		b.first = b.first[n:]
		return n, nil
	case b.sized && int64(len(p)) > b.left:
		p = p[:b.left+1] // one more, to find a body that is too long
	}
	n, err := b.src.Read(p)
	if b.sized {
		if b.left -= int64(n); b.left < 0 {
			n, err = 0, errors.New("cognitotest: the request body is longer than its ContentLength")
		} else if err == io.EOF && b.left > 0 {
			err = fmt.Errorf("cognitotest: the request body is %d bytes shorter than its ContentLength: %w", b.left, io.ErrUnexpectedEOF)
		}
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// Close implements io.Closer.
func (b *requestBody) Close() error {
	var err error
	b.closing.Do(func() {
		if b.close != nil {
			err = b.close.Close()
		}
	})
	return err
}

// recorder records the response of a handler.
type recorder struct {
	header http.Header
	sent   http.Header // header when the status was sent
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status, w.sent = status, w.header.Clone()
	}
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

func (w *recorder) response(req *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	length := int64(w.body.Len())
	body := io.NopCloser(io.Reader(&w.body))
	if req.Method == http.MethodHead {
		body = http.NoBody
	}
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode: w.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        w.sent,
		Body:          body,
		ContentLength: length,
		Request:       req,
	}
}
