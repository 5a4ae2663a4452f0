package main

import (
	"io"
	"net/http"
	"time"
)

// bodyTimeout limits the time between two reads of a request body.
const bodyTimeout = 30 * time.Second

// withBodyTimeout ends a request whose body stops for longer than timeout, so that it does not hold its connection
// for ever. The whole body can take any time.
func withBodyTimeout(h http.Handler, timeout time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = &timeoutBody{r.Body, http.NewResponseController(w), timeout}
		h.ServeHTTP(w, r)
	})
}

// timeoutBody is a request body with a time limit for each read.
type timeoutBody struct {
	io.ReadCloser
	conn    *http.ResponseController
	timeout time.Duration
}

func (b *timeoutBody) Read(p []byte) (int, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(b.timeout)) // the connections of net/http support it
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF { // no limit for the handler
		_ = b.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}
