// Command importjob runs Amazon Cognito user import jobs, at AWS or without an AWS account: it
// imports a CSV file into a user pool, says beforehand which rows would fail and afterwards which
// did, prints the header that a file must have, and serves a Cognito in memory to programs in any
// language.
//
//	importjob run users.csv
//	importjob bulk users.csv --dir migration
//	importjob check users.csv
//	importjob header
//	importjob serve
//	importjob run --backend aws --user-pool-id ID --cloud-watch-logs-role-arn ARN users.csv
//	importjob results --user-pool-id ID --job-id ID users.csv
//
// It exits with 0 when all is well; 1 when the job did not end Succeeded, check found something,
// bulk or results has rows that were not imported, or AWS refused a request; 2 when it could not do what
// it was asked to: wrong usage, a file that cannot be read, an output that cannot be written, no
// credentials, no answer.
package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// The exit statuses.
const (
	statusOK       = 0
	statusNegative = 1 // the work was done, and its outcome is bad
	statusUnable   = 2 // the work could not be done
)

// commands is the grammar of the command line.
type commands struct {
	Run     runCommand     `cmd:"" help:"Import a CSV file into a user pool, in memory or at AWS."`
	Bulk    bulkCommand    `cmd:"" help:"Import any number of users over as many jobs as they need, and report each of them."`
	Check   checkCommand   `cmd:"" help:"Say which rows of a CSV file an import would not take."`
	Header  headerCommand  `cmd:"" help:"Print the header row that a CSV file must have."`
	Results resultsCommand `cmd:"" help:"Say which rows a job at AWS did not import."`
	Serve   serveCommand   `cmd:"" help:"Serve a Cognito in memory to the AWS CLI, the AWS SDKs and curl."`

	Version kong.VersionFlag `help:"Print the version."`
}

// streams are the standard streams of the process, or those of a test.
type streams struct {
	in       io.Reader
	out      io.Writer
	err      io.Writer
	terminal bool // err is a terminal: progress is shown there

	transport http.RoundTripper // carries the requests to AWS; nil is the network

	// interruptible returns a context that ends with Ctrl-C, for a command that has something to
	// clean up; any other is just ended.
	interruptible func(context.Context) (context.Context, context.CancelFunc)
}

func main() {
	os.Exit(run(context.Background(), os.Args[1:], streams{
		in:            os.Stdin,
		out:           os.Stdout,
		err:           os.Stderr,
		terminal:      term.IsTerminal(int(os.Stderr.Fd())),
		interruptible: interruptible,
	}))
}

func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, release := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, release) // a second Ctrl-C ends the process
	return ctx, release
}

// run runs the command with its arguments and returns its exit status.
func run(ctx context.Context, args []string, std streams) int {
	out := bufio.NewWriterSize(std.out, 64<<10)
	std.out = out
	err := dispatch(ctx, args, &std)
	if flushErr := out.Flush(); flushErr != nil {
		err = fmt.Errorf("the output could not be written: %w", flushErr)
	}
	var negative *negativeError
	switch {
	case err == nil:
		return statusOK
	case !errors.As(err, &negative):
		complain(std.err, err)
		return statusUnable
	case negative.err != nil:
		complain(std.err, negative.err)
	}
	return statusNegative
}

// dispatch parses the command line and runs the command it names.
func dispatch(ctx context.Context, args []string, std *streams) error {
	done := false // help or the version was asked for
	parser, err := kong.New(&commands{},
		kong.Name("importjob"),
		kong.Description("Amazon Cognito user import jobs, at AWS or without an AWS account."),
		kong.Vars{"version": "importjob " + version()},
		kong.Writers(std.out, std.err),
		kong.Exit(func(int) { done = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Bind(std),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return err
	}
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help")
	}
	command, err := parser.Parse(args)
	switch {
	case done:
		return nil
	case len(args) == 0:
		return errors.New("no command given; importjob --help lists them")
	case err != nil:
		return fmt.Errorf("%w (%s --help)", err, commandOf(err))
	}
	return command.Run()
}

// commandOf returns the command that a parse error is about.
func commandOf(err error) string {
	var parseErr *kong.ParseError
	if errors.As(err, &parseErr) && parseErr.Context.Selected() != nil {
		return "importjob " + parseErr.Context.Selected().Name
	}
	return "importjob"
}

// negativeError is the error of a command that has done its work with a bad outcome. err is nil when the
// output has said it all.
type negativeError struct{ err error }

func (e *negativeError) Error() string { return fmt.Sprint(e.err) }

// complain prints an error as one line.
func complain(w io.Writer, err error) {
	_, _ = fmt.Fprintf(w, "importjob: %s\n", oneLine(err.Error()))
}

// oneLine escapes what could break a line or command a terminal: arguments, file names and
// usernames can hold anything.
func oneLine(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) < 0 {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	var b strings.Builder
	for _, r := range s {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRune(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// version returns the version of the module that the command was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	return cmp.Or(info.Main.Version, "(devel)")
}
