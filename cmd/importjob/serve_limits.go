package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// limitFlags limit what a client can take from the server.
type limitFlags struct {
	ReadTimeout    time.Duration `placeholder:"DURATION" default:"30s" help:"Time limit for a pause in the body of a request (default ${default})."`
	WriteTimeout   time.Duration `placeholder:"DURATION" default:"30s" help:"Time limit for a pause in reading a response (default ${default})."`
	MinBodyRate    int64         `placeholder:"N" default:"500" help:"End a request whose body comes with fewer bytes per second on average (default ${default}). 0 means no limit."`
	MaxConnections int           `placeholder:"N" default:"1024" help:"Number of open connections (default ${default}). Others wait."`
	MaxUploadBytes int64         `placeholder:"N" default:"1073741824" help:"Bytes that the files of jobs that have not started can have together (default ${default})."`
	MaxHeaderBytes int           `placeholder:"N" default:"65536" help:"Size limit for the header of a request, in bytes (default ${default})."`
}

// validate refuses limits that let nothing through.
func (f *limitFlags) validate() error {
	switch {
	case f.ReadTimeout <= 0:
		return fmt.Errorf("--read-timeout %s: give more than 0", f.ReadTimeout)
	case f.WriteTimeout <= 0:
		return fmt.Errorf("--write-timeout %s: give more than 0", f.WriteTimeout)
	case f.MinBodyRate < 0:
		return fmt.Errorf("--min-body-rate %d: give 0 or more", f.MinBodyRate)
	case f.MaxConnections < 1:
		return fmt.Errorf("--max-connections %d: give 1 or more", f.MaxConnections)
	case f.MaxUploadBytes < 1:
		return fmt.Errorf("--max-upload-bytes %d: give 1 or more", f.MaxUploadBytes)
	case f.MaxHeaderBytes < 1:
		return fmt.Errorf("--max-header-bytes %d: give 1 or more", f.MaxHeaderBytes)
	}
	return nil
}

// server returns a server within the limits.
func (f *limitFlags) server(h http.Handler, log io.Writer) *http.Server {
	return &http.Server{
		Handler:           patiently(h, patience{read: f.ReadTimeout, write: f.WriteTimeout, rate: f.MinBodyRate}),
		ReadHeaderTimeout: 10 * time.Second,
		WriteTimeout:      f.WriteTimeout, // until the handler writes, which moves the deadline
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    f.MaxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(slog.NewTextHandler(log, nil), slog.LevelError),
	}
}

// limitListener returns a listener that accepts a connection only while fewer than limit are open. The others
// wait in the queue of the operating system.
func limitListener(l net.Listener, limit int) net.Listener {
	return &limitedListener{Listener: l, open: make(chan struct{}, limit), closed: make(chan struct{})}
}

type limitedListener struct {
	net.Listener
	open   chan struct{} // has an element for each open connection
	closed chan struct{}
	once   sync.Once
}

// Accept implements net.Listener.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.open <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.open
		return nil, err
	}
	return &limitedConn{Conn: conn, release: sync.OnceFunc(func() { <-l.open })}, nil
}

// Close implements net.Listener.
func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	release func()
}

// Close implements net.Conn.
func (c *limitedConn) Close() error {
	defer c.release()
	return c.Conn.Close()
}

// CloseWrite is called by net/http, so that a client can read an answer to its end.
func (c *limitedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}
