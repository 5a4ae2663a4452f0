package main

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// patience limits how long a client may keep a connection busy.
type patience struct {
	read  time.Duration // how long a request may send nothing of its body
	write time.Duration // how long a client may read nothing of its answer
	rate  int64         // the bytes per second that a body must come with on average, after a first wait of read
}

// patiently gives a handler requests whose bodies come within the limits of p. The handler sees a copy of the
// request: net/http looks at the Body of the original to decide what becomes of a body that nobody reads.
func patiently(h http.Handler, p patience) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn := http.NewResponseController(w)
		body := &patientBody{body: r.Body, conn: conn, patience: p, ended: r.Body == http.NoBody}
		answer := &patientWriter{ResponseWriter: w, conn: conn, patience: p, request: body}
		defer answer.finish()
		r = r.WithContext(r.Context())
		r.Body = body
		h.ServeHTTP(answer, r)
	})
}

// patientBody is a request body that has a deadline in each Read.
type patientBody struct {
	body     io.ReadCloser
	conn     *http.ResponseController
	patience patience

	mu     sync.Mutex
	ended  bool          // whether all of the body was read
	failed bool          // whether a Read has failed
	bytes  int64         // the bytes that were read
	waited time.Duration // in Read; the time that the handler takes between two Reads does not count
}

// Read implements io.Reader.
func (b *patientBody) Read(p []byte) (int, error) {
	began := time.Now()
	_ = b.conn.SetReadDeadline(began.Add(b.allowed()))       // net/http's connections have deadlines
	_ = b.conn.SetWriteDeadline(began.Add(b.patience.write)) // Read may write "100 Continue"
	n, err := b.body.Read(p)
	b.mu.Lock()
	b.bytes += int64(n)
	b.waited += time.Since(began)
	b.ended = b.ended || err == io.EOF
	b.failed = b.failed || err != nil && err != io.EOF
	b.mu.Unlock()
	if err == io.EOF { // the handler may take its time
		_ = b.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// allowed returns how long the next Read may take.
func (b *patientBody) allowed() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	allowed := b.patience.read
	if b.patience.rate > 0 {
		due := time.Duration(float64(b.bytes) / float64(b.patience.rate) * float64(time.Second))
		allowed = min(allowed, b.patience.read+due-b.waited)
	}
	return allowed
}

// Close implements io.Closer.
func (b *patientBody) Close() error { return b.body.Close() }

// state reports whether all of the body was read, and whether a Read has failed.
func (b *patientBody) state() (ended, failed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ended, b.failed
}

// patientWriter is a ResponseWriter that has a deadline in each Write. If the handler answers before it has
// read the request body, the connection ends after the answer. So net/http sends the answer at once instead
// of waiting for the body.
type patientWriter struct {
	http.ResponseWriter
	conn     *http.ResponseController
	patience patience
	request  *patientBody
	began    bool // whether the header was written
}

// Unwrap is for http.ResponseController.
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *patientWriter) WriteHeader(status int) {
	w.begin()
	w.ResponseWriter.WriteHeader(status)
}

func (w *patientWriter) begin() {
	if ended, _ := w.request.state(); !ended && !w.began {
		w.Header().Set("Connection", "close")
	}
	w.began = true
}

// Write implements http.ResponseWriter. Each part of p has a deadline of its own.
func (w *patientWriter) Write(p []byte) (int, error) {
	const part = 32 << 10
	w.begin()
	written := 0
	for {
		_ = w.conn.SetWriteDeadline(time.Now().Add(w.patience.write))
		n, err := w.ResponseWriter.Write(p[written:min(len(p), written+part)])
		written += n
		if err != nil || written == len(p) {
			return written, err
		}
	}
}

// finish sets the deadlines for what net/http does after the handler: it writes the rest of the answer, and
// reads the rest of a small body.
func (w *patientWriter) finish() {
	w.begin()
	_ = w.conn.SetWriteDeadline(time.Now().Add(w.patience.write))
	if ended, failed := w.request.state(); !ended && !failed {
		_ = w.conn.SetReadDeadline(time.Now().Add(w.patience.read))
	}
}
