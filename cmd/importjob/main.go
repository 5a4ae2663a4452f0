// Command importjob runs Amazon Cognito user import jobs, at AWS or in a Cognito in memory that needs no
// AWS account. It has these commands:
//
//	importjob run users.csv                     # import a CSV file with one job
//	importjob bulk users.csv --dir migration    # import any number of users with several jobs
//	importjob check users.csv                   # list the rows that an import would not take
//	importjob inspect export.json               # show what is in an export of another system
//	importjob mappings keycloak                 # print the mapping of such an export
//	importjob header                            # print the header that a file must have
//	importjob results --user-pool-id ID --job-id ID users.csv    # list the rows that a job did not import
//	importjob serve                             # serve a Cognito in memory over HTTP
//
// With --backend aws, a command uses a pool at AWS:
//
//	importjob run --backend aws --user-pool-id ID --cloud-watch-logs-role-arn ARN users.csv
//
// The exit status is
//
//   - 0 if the command did its work with a good result
//   - 1 if the result is bad: the job did not end Succeeded, check found something, bulk or results has rows
//     that were not imported, AWS refused a request, or Ctrl-C ended run, bulk, or check or inspect with --hashes
//   - 2 if the command could not do its work: a usage error, a file that cannot be read, an output that cannot
//     be written, no credentials, no response
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
	statusNegative = 1 // the command did its work, and the result is bad
	statusUnable   = 2 // the command could not do its work
)

// commands are the commands and the flags of all commands.
type commands struct {
	Run runCommand `cmd:"" help:"Import a CSV file into a user pool, in memory or at AWS."`
	//lint:ignore SA5008 kong takes several variables
	Bulk     bulkCommand     `cmd:"" set:"backends=,memory,aws" set:"backend=" set:"backend_help=memory, where the import is a simulation, or aws. Required, except for a dry run and for --resume, which knows it from the directory." help:"Import any number of users with several jobs, and report each user."`
	Check    checkCommand    `cmd:"" help:"List the rows of a file that an import would not take."`
	Inspect  inspectCommand  `cmd:"" help:"Show what is in an export of another system, and what an import would make of it."`
	Mappings mappingsCommand `cmd:"" help:"List the mappings for the exports of other systems, or print one."`
	Header   headerCommand   `cmd:"" help:"Print the header that a CSV file must have."`
	Results  resultsCommand  `cmd:"" help:"List the rows that a job at AWS did not import."`
	Serve    serveCommand    `cmd:"" help:"Serve a Cognito in memory to the AWS CLI, the AWS SDKs and curl."`

	Version kong.VersionFlag `help:"Print the version."`
}

// streams are the standard streams and the other surroundings of a command, which a test replaces.
type streams struct {
	in       io.Reader
	out      io.Writer
	err      io.Writer
	terminal bool // err is a terminal, so the command shows its progress there

	reading *readingBar // hides while out is written; nil means a new one

	transport http.RoundTripper // sends the requests to AWS; nil means the network

	// interruptible returns a context that Ctrl-C ends. A command uses it if it has to clean up. Ctrl-C
	// ends any other command at once.
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
	context.AfterFunc(ctx, release) // a second Ctrl-C ends the process at once
	return ctx, release
}

// run runs the command with its arguments and returns its exit status.
func run(ctx context.Context, args []string, std streams) int {
	if std.reading == nil {
		std.reading = &readingBar{}
	}
	lines := &withoutBar{w: std.out, bar: std.reading}
	out := bufio.NewWriterSize(lines, 64<<10)
	std.out = out
	err := dispatch(ctx, args, &std)
	if flushErr := cmp.Or(out.Flush(), lines.flush()); flushErr != nil {
		err = fmt.Errorf("the output could not be written: %w", flushErr)
	}
	var negative *negativeError
	switch {
	case err == nil:
		return statusOK
	case !errors.As(err, &negative):
		printError(std.err, err)
		return statusUnable
	case negative.err != nil:
		printError(std.err, negative.err)
	}
	return statusNegative
}

// topics is what importjob --help prints after the commands.
const topics = `
Examples:
  importjob check users.csv
  importjob run users.csv
  importjob bulk users.csv --dir migration --dry-run
  importjob run users.csv --backend aws --user-pool-id ID --cloud-watch-logs-role-arn ARN

Environment:
  With --backend aws, the commands read the variables and the files that the AWS CLI reads, such as
  AWS_REGION, AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL.

Exit status:
  0  The command did its work, and the result is good.
  1  The result is bad, AWS refused a request, or Ctrl-C ended run or bulk.
  2  The command could not do its work: a usage error, a file that cannot be read, an output that
     cannot be written, no credentials, or no response.
`

// printHelp prints the help of the command on the command line, or of importjob itself.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil || ctx.Selected() != nil {
		return err
	}
	_, err := io.WriteString(ctx.Stdout, topics)
	return err
}

// dispatch parses the command line and runs its command.
func dispatch(ctx context.Context, args []string, std *streams) error {
	done := false // help or the version was printed
	parser, err := kong.New(&commands{},
		kong.Name("importjob"),
		kong.Description("Run Amazon Cognito user import jobs, at AWS or without an AWS account."),
		kong.Help(printHelp),
		kong.Vars{
			"version":      "importjob " + version(),
			"backends":     "memory,aws", // bulk has another default, and its own help
			"backend":      inMemory,
			"backend_help": "memory or aws (default memory).",
		},
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
		return errors.New("no command given; importjob --help lists the commands")
	case err != nil:
		return fmt.Errorf("%s (see %s --help)", withoutEmptyChoice(err), commandOf(err))
	}
	return command.Run()
}

// withoutEmptyChoice returns the message of a parse error. It leaves the empty string out of the choices of a flag: to
// kong it is the value of a flag that is not given.
func withoutEmptyChoice(err error) string {
	return strings.Replace(err.Error(), ` must be one of "",`, " must be one of ", 1)
}

// commandOf returns the command whose arguments a parse error is about.
func commandOf(err error) string {
	var parseErr *kong.ParseError
	if errors.As(err, &parseErr) && parseErr.Context.Selected() != nil {
		return "importjob " + parseErr.Context.Selected().Name
	}
	return "importjob"
}

// negativeError is the error of a command that did its work with a bad result, for the exit status 1. If err
// is nil, no message is printed, since the output has the result.
type negativeError struct{ err error }

func (e *negativeError) Error() string { return fmt.Sprint(e.err) }

// printError prints an error as one line.
func printError(w io.Writer, err error) {
	_, _ = fmt.Fprintf(w, "importjob: %s\n", oneLine(err.Error()))
}

// oneLine escapes line breaks and the control characters of terminals. Arguments, file names and usernames can
// have any characters.
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
