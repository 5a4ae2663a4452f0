package testkit

import (
	"net/http"
	"sync"
	"time"
)

// RoundTripper is a function that answers requests.
type RoundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (f RoundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// ReaderFunc is a function that reads.
type ReaderFunc func([]byte) (int, error)

// Read implements io.Reader.
func (f ReaderFunc) Read(p []byte) (int, error) { return f(p) }

// Stuck is a reader that gives nothing and no error, for ever.
type Stuck struct{}

// Read implements io.Reader.
func (Stuck) Read([]byte) (int, error) { return 0, nil }

// Clock is a clock that a test moves. Several goroutines can use it at once.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a Clock that shows an instant.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now returns the instant that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
