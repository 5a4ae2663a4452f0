package main

import (
	"io"
	"net/http"
	"time"
)

// bodyPatience is for how long a request may send nothing of its body.
const bodyPatience = 30 * time.Second

// impatient gives a request up whose body does not go on, so that it does not hold its connection
// for ever. A body that goes on may take as long as it needs.
func impatient(h http.Handler, patience time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = &impatientBody{r.Body, http.NewResponseController(w), patience}
		h.ServeHTTP(w, r)
	})
}

type impatientBody struct {
	io.ReadCloser
	conn     *http.ResponseController
	patience time.Duration
}

func (b *impatientBody) Read(p []byte) (int, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(b.patience)) // a connection of net/http's has one
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF { // the handler may take its time
		_ = b.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}
