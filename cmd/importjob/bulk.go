package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/alecthomas/kong"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/source"
)

// bulkCommand imports any number of users.
type bulkCommand struct {
	Files  []string `arg:"" optional:"" name:"export" help:"Files with the users, or directories of them, or - for the standard input, which is saved in the directory. They can have any size, and be packed with gzip or zstd."`
	Dir    string   `required:"" placeholder:"DIR" help:"Directory for the state and the reports of the import. Without --resume it must be empty or not exist."`
	DryRun bool     `help:"Check all rows and write the files of the jobs, but run no job."`
	Resume bool     `help:"Continue the import in the directory, after a dry run, an interruption or an error. No other flag is needed."`
	Retry  string   `placeholder:"DIR" help:"Import the rows that failed or are unknown in the import in this directory. It takes the place of EXPORT."`
	JSON   bool     `name:"json" help:"Print the summary as JSON."`

	exportFlags

	PartRows        int  `group:"Job:" placeholder:"N" default:"500000" help:"Maximum number of rows of one job (default ${default}, the maximum of Cognito)."`
	NoResults       bool `group:"Job:" help:"Do not read the logs of the jobs. If the rows of a job have different outcomes, they are then unknown in the report."`
	StopOnInterrupt bool `group:"Job:" help:"Stop the running job on Ctrl-C. --resume imports the rows that it did not read with another job. Without this flag, the job continues, and --resume waits for its end."`
	jobFlags
}

// Help is the text of importjob bulk --help between the summary and the flags.
func (c *bulkCommand) Help() string {
	return `Splits the users into parts, runs one job for each part, one after the other, and reports the outcome of each
user. EXPORT is what another system writes, or a file in the CSV dialect of import jobs. A line on the standard error
says what was recognized; importjob inspect shows it first. A row that the pool would refuse, or whose username is on an earlier line, goes into no job. DIR/rejected.csv
has these rows with the reason.

DIR/report.csv and DIR/report.html have the outcomes of the rows: imported, skipped, failed, rejected or unknown.
DIR/summary.json has the counts. These files are personal data.

After a dry run, Ctrl-C, a crash or a power failure, importjob bulk --resume --dir DIR continues the import. It
imports no user twice and leaves no user out. It needs no other flag, since the directory has the flags and the names
of the files. Flags that are given must agree with them. The names of the jobs begin with --job-name.

There is no default backend. --backend memory imports into a pool that is gone when the command ends: the output and
the reports say SIMULATION, and --resume can continue only a dry run there. A dry run without --backend checks the
rows against a pool that the flags describe.

Examples:

    importjob bulk users.csv --dir rehearsal --backend memory
    importjob bulk users.csv --dir migration --dry-run --backend aws --user-pool-id us-west-2_aaaaaaaaa \
        --cloud-watch-logs-role-arn arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole
    importjob bulk --resume --dir migration
    importjob bulk crm.csv --dir crm --dry-run --map email=E-Mail --map cognito:username=Login --ignore Notes
    importjob bulk realm/ --dir keycloak --from keycloak --phone-region DE --dry-run
    zcat users.csv.gz | importjob bulk - --dir piped --dry-run
    importjob bulk users.json.gz --dir auth0 --from auth0 --hashes hashes.json --dry-run
    importjob bulk --retry migration --dir second --backend aws --user-pool-id us-west-2_aaaaaaaaa \
        --cloud-watch-logs-role-arn arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole

Exit status:

    0  All rows were imported, or can be imported after a dry run.
    1  A row was not imported, a job ended badly, AWS refused a request, or Ctrl-C ended the command.
    2  The command could not do its work.`
}

// Run is called by kong.
func (c *bulkCommand) Run(ctx context.Context, command *kong.Context, std *streams) error {
	saved, flags, err := c.recall(command)
	if err != nil {
		return err
	}
	if err := c.requireBackend(flags); err != nil {
		return err
	}
	run := bulkRun{bulkCommand: c, flags: flags, progress: newBulkProgress(std)}
	source, err := run.source(saved, std)
	if err != nil {
		return err
	}
	in, err := c.input()
	if err != nil {
		return err
	}
	if c.PartRows < 1 || c.PartRows > importjob.MaxRows {
		return fmt.Errorf("--part-rows %d: give 1 to %d", c.PartRows, importjob.MaxRows)
	}
	ctx, release := std.interruptible(ctx)
	defer release()
	client, target, err := c.clientAndTarget(ctx, std)
	if err != nil && ctx.Err() != nil {
		return &negativeError{errInterrupted}
	}
	if err != nil {
		return err
	}
	run.progress.simulation = target.Simulation
	run.options = c.options(run.progress)
	run.options.Target, run.options.Args = target, c.savedArgs(command)
	defer run.progress.end()
	if c.DryRun {
		return run.plan(ctx, client, in, source, std.out)
	}
	return run.run(ctx, client, in, source, std.out)
}

// source returns the source of the users that the flags choose.
func (r *bulkRun) source(saved *bulk.Saved, std *streams) (bulk.Source, error) {
	c := r.bulkCommand
	switch {
	case c.Dir != "" && c.Files == nil && c.Retry == "" && saved != nil && saved.Source != nil:
		c.takesHashes = saved.IsExport
		return saved.Source, nil
	case c.Dir != "" && c.fromStdin() && saved != nil && saved.IsStream && saved.Source != nil:
		_, _ = fmt.Fprintln(std.err, "the standard input is not read: the directory has it")
		c.takesHashes = saved.IsExport
		return saved.Source, nil
	case c.Dir != "" && c.Files == nil && c.Retry == "" && saved != nil && saved.IsStream:
		return nil, fmt.Errorf("--dir %s: the standard input was not saved completely; give it again: %s < FILE", c.Dir, commandLine(r.resumeFromStdin()))
	case c.Dir == "":
		return nil, errors.New("--dir: the name of the directory is empty; give a directory")
	case c.Files == nil && c.Retry == "":
		return nil, errors.New("give an EXPORT, or --retry with the directory of an import")
	case c.Files != nil && c.Retry != "":
		return nil, errors.New("--retry takes the place of EXPORT; give one of them")
	case slices.Contains(c.Files, "-") && !c.fromStdin():
		return nil, errors.New("- is the only EXPORT if it is given; save the standard input to a file to import several")
	case c.Retry != "" && (c.used() != "" || c.From != ""):
		return nil, fmt.Errorf("%s describes EXPORT, and --retry has none; leave it out", cmp.Or(c.used(), "--from"))
	case c.Retry != "" && sameDirectory(c.Retry, c.Dir):
		return nil, errors.New("--retry and --dir are the same directory; give another one as --dir")
	case c.Retry != "":
		return bulk.Retry(c.Retry, nil), nil
	}
	in, err := c.open(c.Files, std, c.fromStdin())
	if err != nil {
		return nil, err
	}
	if in.dialect {
		if !c.JSON {
			r.progress.recognized = in.recognized()
		}
		if c.fromStdin() {
			return bulk.Stream(in.stream, bulk.CognitoCSV), nil
		}
		return bulk.CognitoCSV(c.Files[0]), nil
	}
	c.takesHashes = true
	if c.fromStdin() {
		return r.exportStream(in, std)
	}
	return bulk.Export(c.Files, r.exportOptions(in.options, std)), nil
}

// exportStream returns the source of an export that is the standard input.
func (r *bulkRun) exportStream(in *input, std *streams) (bulk.Source, error) {
	if name := in.options.Hashes; name != "" { // before the standard input is saved
		if _, err := os.Stat(name); err != nil {
			return nil, fmt.Errorf("--hashes: %w", err)
		}
	}
	stdin := in.options.Format.Stdin // exportOptions removes it
	opts := r.exportOptions(in.options, std)
	return bulk.Stream(stdin, func(path string) bulk.Source { return bulk.Export([]string{path}, opts) }), nil
}

// fromStdin reports whether EXPORT is the standard input.
func (c *bulkCommand) fromStdin() bool { return len(c.Files) == 1 && c.Files[0] == "-" }

// exportOptions returns the options of an export, which print what was found.
func (r *bulkRun) exportOptions(o source.Options, std *streams) *bulk.ExportOptions {
	o.Format.Stdin = nil
	say := func(f func(io.Writer)) {
		r.progress.end()
		f(std.err)
	}
	return &bulk.ExportOptions{
		Source: o,
		OnOpen: func(d source.Description) {
			if r.fromStdin() {
				d.Files.Name = standardInput
			}
			say(func(w io.Writer) { _, _ = fmt.Fprintln(w, oneLine(d.String())) })
		},
		OnRead: func(s bulk.ExportSummary) {
			say(func(w io.Writer) {
				if s.Joined != nil {
					printJoined(w, *s.Joined)
				}
				printFindings(w, s.Findings, s.Passwords)
				printLeft(w, s.Disabled, s.WithGroups)
			})
		},
	}
}

// sameDirectory reports whether two names are names of the same directory, which need not exist.
func sameDirectory(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// options returns the options of package bulk for the backend.
func (c *bulkCommand) options(progress *bulkProgress) *bulk.Options {
	o := &bulk.Options{
		Resume: c.Resume, PartRows: c.PartRows, NoResults: c.NoResults,
		StopOnCancel: c.StopOnInterrupt, OnProgress: progress.show,
	}
	switch {
	case c.Backend != atAWS: // calls of a Cognito in memory do not fail for a passing reason
		o.Patience, o.BusyPatience, o.LogPatience = -1, -1, -1
		o.Wait.MinInterval, o.Wait.MaxInterval = 20*time.Millisecond, 250*time.Millisecond
		return o
	case c.otherEndpoint():
		o.Patience, o.Wait.Patience = otherPatience, otherPatience
		o.BusyPatience = time.Minute
	}
	o.Wait.MaxInterval = 5 * time.Second // often enough for the bar, and far below the limit of requests
	return o
}
