package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// defaultLimits are the defaults of the flags.
var defaultLimits = &limitFlags{ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, MinBodyRate: 500, MaxConnections: 1024, MaxUploadBytes: 1 << 30, MaxHeaderBytes: 65536}

// pipes is a listener in process, so that a bubble can have a server.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.IPAddr{} }

// dial connects and sends text in the background.
func (p *pipes) dial(text string) net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	if text != "" {
		go func() { _, _ = io.WriteString(client, text) }()
	}
	return client
}

// inBubble serves a handler in a bubble with the default limits.
func inBubble(t *testing.T, h http.HandlerFunc, test func(*testing.T, *pipes)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		listener, ended := newPipes(), make(chan error, 1)
		go func() { ended <- serve(ctx, listener, defaultLimits.server(h, io.Discard)) }()
		test(t, listener)
		cancel()
		require.NoError(t, <-ended)
	})
}

const put100 = "PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"

// A body that stops ends its request.
func TestServeGivesUpOnABodyThatStops(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); assert.ErrorContains(t, err, "timeout") {
			http.Error(w, "timeout", http.StatusBadRequest)
		}
	}, func(t *testing.T, l *pipes) {
		began := time.Now()
		conn := l.dial(put100 + "not all of it")
		answer, err := io.ReadAll(conn)
		require.NoError(t, err)
		assert.Contains(t, string(answer), "HTTP/1.1 400 ")
		assert.Equal(t, 30*time.Second, time.Since(began))
	})
}

// A refused request whose body never comes holds its connection for a limited time.
func TestServeEndsARefusedRequestWithoutABody(t *testing.T) {
	for name, head := range map[string]string{
		"small":        put100,
		"large":        "PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n",
		"chunks":       "PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
		"100-continue": "PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, "no", http.StatusForbidden)
			}, func(t *testing.T, l *pipes) {
				began := time.Now()
				conn := l.dial(head)
				answers := bufio.NewReader(conn)
				res, err := http.ReadResponse(answers, nil)
				require.NoError(t, err)
				assert.Equal(t, http.StatusForbidden, res.StatusCode)
				assert.Zero(t, time.Since(began), "the answer does not wait")
				_, _ = io.Copy(io.Discard, answers)
				assert.LessOrEqual(t, time.Since(began), 31*time.Second)
			})
		})
	}
}

// A body that drips ends its request, and a slow one does not.
func TestServeDemandsARate(t *testing.T) {
	for name, c := range map[string]struct {
		every time.Duration
		part  string
		ok    bool
		parts int
	}{
		"a drip": {every: 20 * time.Second, part: "x", parts: 100},
		"slow":   {every: 20 * time.Second, part: strings.Repeat("x", 15_000), parts: 100, ok: true},
	} {
		t.Run(name, func(t *testing.T) {
			var got chan error
			inBubble(t, func(_ http.ResponseWriter, r *http.Request) {
				_, err := io.Copy(io.Discard, r.Body)
				got <- err
			}, func(t *testing.T, l *pipes) {
				got = make(chan error, 1) // a bubble waits for its own channels only
				began := time.Now()
				conn := l.dial("PUT /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
				go func() { _, _ = io.Copy(io.Discard, conn) }()
				synctest.Wait()
				chunked := newChunks(conn)
				var err error
				for i := 0; i < c.parts && err == nil; i++ {
					time.Sleep(c.every)
					err = chunked(c.part)
				}
				if c.ok {
					require.NoError(t, chunked(""))
					require.NoError(t, <-got)
					return
				}
				assert.ErrorContains(t, <-got, "timeout")
				assert.LessOrEqual(t, time.Since(began), 41*time.Second)
			})
		})
	}
}

// newChunks returns a function that sends a chunk.
func newChunks(w io.Writer) func(string) error {
	return func(text string) error {
		const digits = "0123456789abcdef"
		var size []byte
		for n := len(text); n > 0 || len(size) == 0; n /= 16 {
			size = append([]byte{digits[n%16]}, size...)
		}
		_, err := io.WriteString(w, string(size)+"\r\n"+text+"\r\n")
		return err
	}
}

// A handler may take as long as it wants when the body has come.
func TestServeLetsHandlersTakeTheirTime(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		time.Sleep(time.Hour)
		assert.NoError(t, r.Context().Err())
		_, _ = io.WriteString(w, "done")
	}, func(t *testing.T, l *pipes) {
		conn := l.dial(put100 + strings.Repeat("x", 100))
		for i := range 2 { // the connection goes on
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, res.StatusCode)
			assert.False(t, res.Close)
			_, err = io.Copy(io.Discard, res.Body)
			require.NoError(t, err)
			if i == 0 {
				_, err = io.WriteString(conn, put100+strings.Repeat("x", 100))
				require.NoError(t, err)
			}
		}
		_ = conn.Close()
	})
}

// A client that reads nothing of its answer loses the connection; one that reads slowly gets all of it.
func TestServeGivesUpOnAnAnswerThatNobodyReads(t *testing.T) {
	large := strings.Repeat("x", 1<<20)
	var got chan error
	handler := func(w http.ResponseWriter, _ *http.Request) {
		_, err := io.WriteString(w, large)
		got <- err
	}
	inBubble(t, handler, func(t *testing.T, l *pipes) {
		got = make(chan error, 1) // a bubble waits for its own channels only
		began := time.Now()
		conn := l.dial("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		assert.ErrorContains(t, <-got, "timeout")
		assert.Equal(t, 30*time.Second, time.Since(began))
		_ = conn.Close()
	})
	inBubble(t, handler, func(t *testing.T, l *pipes) {
		got = make(chan error, 1) // a bubble waits for its own channels only
		conn := l.dial("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		total := 0
		for part := make([]byte, 32<<10); ; time.Sleep(20 * time.Second) {
			n, err := io.ReadFull(conn, part)
			if total += n; err != nil {
				break
			}
		}
		assert.NoError(t, <-got)
		assert.Greater(t, total, 1<<20)
	})
}

// The listener accepts a connection when another one has ended.
func TestServeLimitsConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := newPipes()
		l := limitListener(inner, 2)
		accepted := make(chan net.Conn)
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					close(accepted)
					return
				}
				accepted <- conn
			}
		}()
		inner.dial("")
		first := <-accepted
		inner.dial("")
		<-accepted
		dialed := make(chan struct{})
		go func() { inner.dial(""); close(dialed) }()
		synctest.Wait()
		select {
		case <-dialed:
			t.Fatal("a third connection was accepted")
		default:
		}
		require.NoError(t, first.Close())
		_ = first.Close() // a second time changes nothing
		<-accepted
		synctest.Wait()
		require.NoError(t, l.Close())
		_, open := <-accepted
		assert.False(t, open)
	})
}

func TestServeLimitsHeaders(t *testing.T) {
	s := serving(t)
	_, answers := s.dial("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + strings.Repeat("x", 60_000) + "\r\n\r\n")
	res, err := http.ReadResponse(answers, nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusBadRequest, res.StatusCode)
	_, answers = s.dial("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + strings.Repeat("x", 70_000))
	res, err = http.ReadResponse(answers, nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusRequestHeaderFieldsTooLarge, res.StatusCode)
}
