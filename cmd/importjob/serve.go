package main

import (
	"cmp"
	"context"
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
	Addr        string `placeholder:"HOST:PORT" default:"127.0.0.1:9229" help:"Address to listen on (default ${default}). Port 0 chooses a free port."`
	Credentials string `placeholder:"AKID:SECRET" env:"IMPORTJOB_CREDENTIALS" help:"Access key that requests must be signed with, or @FILE for a file that contains it. Without it, any signature is accepted, and the address must be a loopback address."`
	Control     bool   `help:"Serve /control too, for tests that move the clock or inject faults."`
	poolFlags
	PoolName       string `group:"Settings of a pool in memory:" placeholder:"NAME" default:"MyUserPool" help:"Name of the pool (default ${default})."`
	RowsPerSecond  int    `group:"Settings of a pool in memory:" placeholder:"N" help:"Speed of the import, in rows per second. 0 imports all rows at once (default 0)."`
	SubAsUsername  bool   `group:"Settings of a pool in memory:" help:"Store the users of a pool with --username-attributes under their sub."`
	PasswordHashes *bool  `group:"Settings of a pool in memory:" negatable:"" help:"Whether all pools take password hashes. By default, the pools that CreateUserPool makes do, and the first pool does only with --password-hashing-algorithm."`
	AccountID      string `name:"account-id" placeholder:"ID" default:"111111111111" help:"AWS account in URLs and ARNs (default ${default})."`
	proxyFlags
	originFlags
	limitFlags
}

// Help is the text of importjob serve --help between the summary and the flags.
func (c *serveCommand) Help() string {
	return `Serves a Cognito in memory with one user pool until Ctrl-C. It speaks the protocol of Amazon Cognito, for the
AWS CLI (--endpoint-url), the AWS SDKs and curl. The first line on the standard output is
"listening on http://HOST:PORT". Requests are logged on the standard error, without secrets.

With --control, tests on this machine can change the server with POST requests:

    /control/advance?by=16m                       moves the clock forward
    /control/fault?fault=OPERATION:EXCEPTION:N    fails the next N calls of an operation (default 1)
    /control/latency?duration=200ms               delays each call from now on
    /control/speed?rows-per-second=10             sets the speed of jobs that start from now on
    /control/role?assumable=false                 makes jobs fail, since no role can be assumed
    /control/reset                                empties the pool and undoes the changes above

GET /control shows the state as JSON, and GET /control/code?user_pool_id=ID&username=NAME the last confirmation code of
a user, since no message is sent. Parameters can also be in the body, as a form. Faults and latency apply to the
operations of import jobs, uploads (PutObject), DescribeUserPool and GetLogEvents. They do not apply to others, such
as ListUsers and AdminGetUser.

Examples:

    importjob serve
    importjob serve --addr 127.0.0.1:0 --control --rows-per-second 10
    importjob run users.csv --backend aws --endpoint-url http://127.0.0.1:9229

Exit status:

    0  Ctrl-C ended the server.
    2  The command could not do its work.`
}

// shutdownTimeout limits the time for running requests to end after Ctrl-C.
const shutdownTimeout = 5 * time.Second

// Run is called by kong.
func (c *serveCommand) Run(ctx context.Context, std *streams) error {
	if err := cmp.Or(c.limitFlags.validate(), c.originFlags.validate(), c.proxyFlags.validate()); err != nil {
		return err
	}
	if len(c.AccountID) != 12 || strings.Trim(c.AccountID, "0123456789") != "" {
		return fmt.Errorf("--account-id %s: give 12 digits", c.AccountID)
	}
	handler, err := c.handler(std.err)
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
	return serve(ctx, limitListener(listener, c.MaxConnections), c.server(handler, std.err))
}

// handler returns the handler of the server.
func (c *serveCommand) handler(log io.Writer) (http.Handler, error) {
	pool, err := c.pool()
	if err != nil {
		return nil, err
	}
	pool.Name = c.PoolName
	if err := pool.Validate(); err != nil {
		return nil, withoutOp(err)
	}
	if c.RowsPerSecond < 0 {
		return nil, fmt.Errorf("--rows-per-second %d: give 0 or more", c.RowsPerSecond)
	}
	credentials, err := c.credentials()
	if err != nil {
		return nil, err
	}
	if c.PasswordHashes != nil {
		pool.PasswordHashes = *c.PasswordHashes
	}
	logger := slog.New(slog.NewTextHandler(log, nil))
	f := &fake{
		pool: pool, rowsPerSecond: c.RowsPerSecond, subAsUsername: c.SubAsUsername,
		hashes: c.PasswordHashes == nil || *c.PasswordHashes,
		options: cognitotest.Options{
			Credentials:    credentials,
			Logger:         logger,
			AccountID:      c.AccountID,
			BaseURL:        c.BaseURL,
			Issuer:         c.Issuer,
			MaxUploadBytes: c.MaxUploadBytes,
			NewPoolID:      newPoolID,
		},
	}
	if err := f.reset(); err != nil {
		return nil, err
	}
	guarded := &guard{handler: c.proxyFlags.forwarded(f), flags: c.originFlags, proxy: c.proxyFlags, open: c.Credentials == "", log: logger}
	if c.Control {
		return withControl(f, guarded), nil
	}
	return guarded, nil
}

// listen opens the socket. Without credentials, it accepts only a loopback address.
func (c *serveCommand) listen() (net.Listener, error) {
	addr, err := net.ResolveTCPAddr("tcp", c.Addr)
	if err != nil {
		return nil, fmt.Errorf("--addr %s: %w", c.Addr, err)
	}
	if !addr.IP.IsLoopback() && c.Credentials == "" {
		return nil, fmt.Errorf("--addr %s: other machines can reach this address; give --credentials, or a loopback address such as 127.0.0.1:9229", c.Addr)
	}
	return net.ListenTCP("tcp", addr)
}

// announce prints the first line and flushes it, since the program that started the command waits for it.
func announce(out io.Writer, addr net.Addr) error {
	if _, err := fmt.Fprintf(out, "listening on http://%s\n", addr); err != nil {
		return err
	}
	if buffer, ok := out.(interface{ Flush() error }); ok {
		return buffer.Flush()
	}
	return nil
}

// serve serves until ctx ends. Then it waits up to shutdownTimeout for the running requests.
func serve(ctx context.Context, listener net.Listener, server *http.Server) error {
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
