package cognitotest

import (
	"io"
	"net/http"
	"sync/atomic"

	"github.com/cognito-import/importjob"
)

// freeBody is the number of bytes of each body that do not count towards Options.MaxBodyMemory. Nearly all
// bodies are smaller. So requests with a large body cannot keep others from being served.
const freeBody = 4 << 10

// bodyMemory limits the memory of the request bodies that are held at one time.
type bodyMemory struct {
	left atomic.Int64
}

func newBodyMemory(bytes int64) *bodyMemory {
	m := &bodyMemory{}
	m.left.Store(bytes)
	return m
}

// take takes n bytes. It reports false if not so many are left.
func (m *bodyMemory) take(n int) bool {
	if m.left.Add(-int64(n)) >= 0 {
		return true
	}
	m.left.Add(int64(n))
	return false
}

// read reads a request body. It refuses a body of more than maxBody bytes. The memory grows as bytes come:
// the length that a request announces takes none. The caller must call release, also after an error.
func (m *bodyMemory) read(r *http.Request) (body []byte, release func(), err error) {
	limit := maxBody + 1 // one more, to find a body that is too large
	if r.ContentLength >= 0 {
		limit = int(r.ContentLength)
	}
	taken := 0
	release = func() { m.left.Add(int64(taken)) }
	body = make([]byte, 0, min(limit, freeBody))
	for {
		n, err := io.ReadFull(r.Body, body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case len(body) > maxBody:
			return nil, release, tooLarge()
		case err == nil && len(body) == limit, r.ContentLength < 0 && (err == io.EOF || err == io.ErrUnexpectedEOF):
			return body, release, nil
		case err != nil: // our words (A36)
			return nil, release, refusef(errSerialization, "The request body could not be read to its end.")
		}
		more := min(cap(body), limit-cap(body))
		if !m.take(more) { // our words (A50)
			return nil, release, refusef(importjob.ErrTooManyRequests, "Too many large requests are being read: try again.")
		}
		taken += more
		body = append(make([]byte, 0, cap(body)+more), body...)
	}
}

// tooLarge returns the error of a body of more than maxBody bytes, in our words. (A36)
func tooLarge() error {
	return refusef(errTooLarge, "The request body is larger than %d bytes.", maxBody)
}
