package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
)

// bulkCommand imports any number of users.
type bulkCommand struct {
	File   string `arg:"" optional:"" help:"The CSV file."`
	Dir    string `required:"" placeholder:"DIR" help:"Directory of the import: its state, and its reports. It must be empty, or not be there yet, unless --resume is given."`
	DryRun bool   `help:"Check all rows and write the files of the jobs, but run none."`
	Resume bool   `help:"Go on with what stands in the directory, whatever ended it."`
	Retry  string `placeholder:"DIR" help:"Instead of FILE: the rows of the import in this directory that failed or are unknown."`

	Format    string   `enum:",cognito,csv" placeholder:"NAME" default:"" help:"What FILE is: cognito, the dialect of import jobs, or csv, an ordinary CSV file with quoted values (cognito, unless one of the next three flags is given)."`
	Map       []string `sep:"none" placeholder:"ATTRIBUTE=COLUMN" help:"Which column of an ordinary CSV file has an attribute, where their names differ. Repeatable."`
	Ignore    []string `sep:"none" placeholder:"COLUMN" help:"A column of an ordinary CSV file that is not imported. Repeatable."`
	Delimiter string   `placeholder:"CHARACTER" help:"What stands between the values of an ordinary CSV file (a comma); \\t is a tab."`

	PartRows        int  `placeholder:"N" default:"500000" help:"Rows of one job at most (${default}, as many as Cognito takes)."`
	NoResults       bool `help:"Do not read the log of the jobs. Who failed is not told then, but for what their counters say."`
	StopOnInterrupt bool `help:"Ctrl-C stops the job that runs. Without it the job goes on, and --resume picks it up."`
	jobFlags
	JSON bool `name:"json" help:"Print the summary as JSON."`
}

// Help is what importjob bulk --help says besides the flags.
func (c *bulkCommand) Help() string {
	return `Splits the users over as many jobs as they need, runs one after the other, and tells what became of each
user. Rows that the pool would not take, or whose username stands twice, go into no job but to
DIR/rejected.csv, with the reason. DIR/report.csv and DIR/report.html have the outcome of every row:
imported, skipped, failed, rejected or unknown; DIR/summary.json has the counts. All of it is personal data.

Ctrl-C, a crash or a power cut lose nothing: the same command with --resume goes on, imports nobody twice
and leaves nobody out. The names of the jobs begin with --job-name. A pool in memory ends with the command:
there only a dry run can be gone on with.

    importjob bulk users.csv --dir migration
    importjob bulk crm.csv --dir crm --map email=E-Mail --map cognito:username=Login --ignore Notes
    importjob bulk --retry migration --dir second

The exit status is 0 when every row was imported (of a dry run: can be), and 1 when one was not, a job did
not end well, AWS refused a request, or Ctrl-C ended the command.`
}

// Run is called by kong.
func (c *bulkCommand) Run(ctx context.Context, command *kong.Context, std *streams) error {
	if err := c.agree(flagsOf(command), "user-pool-id", "cloud-watch-logs-role-arn"); err != nil {
		return err
	}
	source, err := c.source()
	if err != nil {
		return err
	}
	in, err := c.input()
	if err != nil {
		return err
	}
	if c.PartRows < 1 {
		return fmt.Errorf("--part-rows %d: a job takes 1 to %d", c.PartRows, importjob.MaxRows)
	}
	ctx, release := std.interruptible(ctx)
	defer release()
	client, err := c.client(ctx, std)
	if err != nil && ctx.Err() != nil {
		return &negativeError{errInterrupted}
	}
	if err != nil {
		return err
	}
	run := bulkRun{c, command.Args, newBulkProgress(std)}
	defer run.progress.end()
	if c.DryRun {
		return run.plan(ctx, client, in, source, std.out)
	}
	return run.run(ctx, client, in, source, std.out)
}

// source returns where the users come from.
func (c *bulkCommand) source() (bulk.Source, error) {
	flag := c.csvFlag()
	switch {
	case c.Dir == "":
		return nil, errors.New("--dir: the name of the directory is empty")
	case c.File == "" && c.Retry == "":
		return nil, errors.New("give a FILE, or --retry with the directory of an import")
	case c.File != "" && c.Retry != "":
		return nil, errors.New("--retry takes the place of FILE: give one of them")
	case c.File == "-":
		return nil, errors.New("the standard input cannot be imported: it could not be read again to resume")
	case c.Retry != "" && (flag != "" || c.Format != ""):
		return nil, fmt.Errorf("%s is about a FILE: --retry has none", cmp.Or(flag, "--format"))
	case c.Retry != "" && sameDirectory(c.Retry, c.Dir):
		return nil, errors.New("--retry and --dir are the same: another attempt needs a directory of its own")
	case c.Retry != "":
		return bulk.Retry(c.Retry, nil), nil
	case c.Format == "cognito" && flag != "":
		return nil, fmt.Errorf("%s contradicts --format cognito", flag)
	case c.Format == "csv" || flag != "":
		return c.csv()
	}
	return bulk.CognitoCSV(c.File), nil
}

// csvFlag is a flag that only an ordinary CSV file has, if one was given.
func (c *bulkCommand) csvFlag() string {
	switch {
	case c.Map != nil:
		return "--map"
	case c.Ignore != nil:
		return "--ignore"
	case c.Delimiter != "":
		return "--delimiter"
	}
	return ""
}

func sameDirectory(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// csv returns an ordinary CSV file.
func (c *bulkCommand) csv() (bulk.Source, error) {
	opts := &bulk.CSVOptions{Columns: map[string]string{}, Ignore: c.Ignore}
	for _, m := range c.Map {
		attribute, column, ok := strings.Cut(m, "=")
		if !ok || attribute == "" || column == "" {
			return nil, fmt.Errorf("--map %s: give ATTRIBUTE=COLUMN", m)
		}
		if _, twice := opts.Columns[attribute]; twice {
			return nil, fmt.Errorf("--map %s: %s is mapped twice", m, attribute)
		}
		opts.Columns[attribute] = column
	}
	if c.Delimiter != "" {
		delimiter := c.Delimiter
		if delimiter == `\t` {
			delimiter = "\t"
		}
		comma, size := utf8.DecodeRuneInString(delimiter)
		if size != len(delimiter) || comma == utf8.RuneError || strings.ContainsRune("\"\r\n\x00", comma) {
			return nil, fmt.Errorf("--delimiter %s: give one character, such as ;", c.Delimiter)
		}
		opts.Comma = comma
	}
	return bulk.CSV(c.File, opts), nil
}

// options are those of the package for this kind of backend.
func (c *bulkCommand) options(progress *bulkProgress) *bulk.Options {
	o := &bulk.Options{
		Resume: c.Resume, PartRows: c.PartRows, NoResults: c.NoResults,
		StopOnCancel: c.StopOnInterrupt, OnProgress: progress.show,
	}
	switch {
	case c.Backend == inMemory: // a Cognito of our own has no bad moments
		o.Patience, o.BusyPatience, o.LogPatience = -1, -1, -1
		o.Wait.MinInterval, o.Wait.MaxInterval = 20*time.Millisecond, 250*time.Millisecond
		return o
	case c.standIn(): // most often nobody is there, and somebody waits to be told so
		o.Patience, o.Wait.Patience = 3*time.Second, 3*time.Second
		o.BusyPatience = time.Minute
	}
	o.Wait.MaxInterval = 5 * time.Second // well below the request rate, and the bar moves
	return o
}
