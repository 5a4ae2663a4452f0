package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/cognito-import/importjob/cognitotest"
)

// serveCommand serves a Cognito in memory.
type serveCommand struct {
	Addr string `placeholder:"HOST:PORT" default:"127.0.0.1:9229" help:"Address to listen at; port 0 picks one (${default})."`
	poolFlags
	PoolName      string `placeholder:"NAME" default:"MyUserPool" help:"Name of the pool (${default})."`
	RowsPerSecond int    `placeholder:"N" help:"Pace of the import; 0 imports all rows at once."`
	Credentials   string `placeholder:"AKID:SECRET" help:"Keys with which requests must be signed. Without them any signature passes, on this machine only."`
	Control       bool   `help:"Serve /control as well, where tests move the clock and set faults."`
}

// Help is what importjob serve --help says besides the flags.
func (c *serveCommand) Help() string {
	return `Serves a Cognito in memory with one user pool, by the protocol of Amazon Cognito, until Ctrl-C: for the
AWS CLI (--endpoint-url), the AWS SDKs and curl. The first line on the standard output is
"listening on http://HOST:PORT"; requests are logged on the standard error, without secrets.

With --control, POST requests from this machine steer it:
  /control/advance?by=16m                        moves the clock forward
  /control/fault?fault=OPERATION:EXCEPTION:N     fails the next N calls, 1 by default
  /control/latency?duration=200ms                makes each call take as long
  /control/role?assumable=false                  no role can be assumed from now on
  /control/reset                                 empties the pool and undoes all of the above
and GET /control shows the state. Parameters can stand in the body as a form. Faults and latency are for
the calls of import jobs, uploads (PutObject), DescribeUserPool and GetLogEvents; others, such as
ListUsers and AdminGetUser, are left alone.`
}

// shutdownTimeout is how long requests may take to end after an interruption.
const shutdownTimeout = 5 * time.Second

// Run is called by kong.
func (c *serveCommand) Run(ctx context.Context, std *streams) error {
	world, err := c.world(std.err)
	if err != nil {
		return err
	}
	listener, err := c.listen()
	if err != nil {
		return err
	}
	ctx, release := std.interruptible(ctx)
	defer release()
	if err := announce(std.out, listener.Addr()); err != nil {
		_ = listener.Close()
		return err
	}
	return serve(ctx, listener, world, std.err)
}

// world returns the handler of everything that is served.
func (c *serveCommand) world(log io.Writer) (http.Handler, error) {
	pool, err := c.pool()
	if err != nil {
		return nil, err
	}
	pool.Name = c.PoolName
	if err := pool.Validate(); err != nil {
		return nil, withoutOp(err)
	}
	if c.RowsPerSecond < 0 {
		return nil, fmt.Errorf("--rows-per-second %d: less than 0", c.RowsPerSecond)
	}
	credentials, err := c.credentials()
	if err != nil {
		return nil, err
	}
	w := &world{pool: pool, rowsPerSecond: c.RowsPerSecond, options: cognitotest.Options{
		Credentials: credentials,
		Logger:      slog.New(slog.NewTextHandler(log, nil)),
	}}
	if err := w.reset(); err != nil {
		return nil, err
	}
	if c.Control {
		return withControl(w), nil
	}
	return w, nil
}

// credentials reads --credentials.
func (c *serveCommand) credentials() (cognitotest.Credentials, error) {
	if c.Credentials == "" {
		return cognitotest.Credentials{}, nil
	}
	id, secret, _ := strings.Cut(c.Credentials, ":")
	if id == "" || secret == "" {
		return cognitotest.Credentials{}, errors.New("--credentials: give an access key ID and a secret as AKID:SECRET")
	}
	return cognitotest.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
}

// listen opens the socket: without credentials only one that the machine itself can reach.
func (c *serveCommand) listen() (net.Listener, error) {
	addr, err := net.ResolveTCPAddr("tcp", c.Addr)
	if err != nil {
		return nil, fmt.Errorf("--addr %s: %w", c.Addr, err)
	}
	if !addr.IP.IsLoopback() && c.Credentials == "" {
		return nil, fmt.Errorf("--addr %s: others can reach this address: it needs --credentials, or else a loopback address such as 127.0.0.1:9229", c.Addr)
	}
	return net.ListenTCP("tcp", addr)
}

// announce prints the first line. Whoever started the command waits for it, so it is not kept back.
func announce(out io.Writer, addr net.Addr) error {
	if _, err := fmt.Fprintf(out, "listening on http://%s\n", addr); err != nil {
		return err
	}
	if buffer, ok := out.(interface{ Flush() error }); ok {
		return buffer.Flush()
	}
	return nil
}

// serve serves until ctx ends, and lets the requests that are under way end.
func serve(ctx context.Context, listener net.Listener, h http.Handler, log io.Writer) error {
	server := &http.Server{
		Handler:           impatient(h, bodyPatience),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(slog.NewTextHandler(log, nil), slog.LevelError),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		_ = server.Close()
	}
	<-failed
	return nil
}
