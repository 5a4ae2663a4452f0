package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A body that stops on its way is given up; one that has arrived gives its handler all the time it needs.
func TestServeGivesUpOnABodyThatStops(t *testing.T) {
	const patience = 20 * time.Millisecond
	read := make(chan error, 1)
	s := httptest.NewServer(withBodyTimeout(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		read <- err
		if err == nil {
			select {
			case <-r.Context().Done(): // what a deadline that was left would lead to
				t.Error("the request was given up")
			case <-time.After(3 * patience):
			}
		}
	}), patience))
	defer s.Close()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nnot all of it")
	require.NoError(t, err)
	assert.ErrorContains(t, <-read, "timeout")
	_, err = bufio.NewReader(conn).ReadString(0)
	assert.Equal(t, io.EOF, err, "the connection is closed")

	resp, err := http.Post(s.URL, "text/plain", strings.NewReader("all of it"))
	require.NoError(t, err)
	assert.NoError(t, resp.Body.Close())
	assert.NoError(t, <-read)
	assert.Equal(t, http.StatusOK, resp.StatusCode)
}
