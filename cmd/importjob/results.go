package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"

	"github.com/cognito-import/importjob"
)

// resultsCommand prints the rows of a job that has run.
type resultsCommand struct {
	File       string `arg:"" optional:"" help:"The CSV file of the job, for the usernames; - is the standard input."`
	JobID      string `name:"job-id" required:"" placeholder:"ID" help:"ID of the job."`
	UserPoolID string `name:"user-pool-id" placeholder:"ID" default:"us-west-2_aaaaaaaaa" help:"ID of the pool (${default})."`
	Backend    string `enum:"aws" placeholder:"NAME" default:"aws" help:"Where the job ran: aws. A pool in memory ends with the command that made it."`
	awsFlags
	All  bool `help:"Print the rows that were imported as well."`
	JSON bool `name:"json" help:"Print the rows as JSON, one in a line."`
}

// Help is what importjob results --help says besides the flags.
func (c *resultsCommand) Help() string {
	return `Reads the log of a job and prints FILE:LINE: OUTCOME USERNAME: REASON for each row that failed or was
skipped, or JOB:LINE: OUTCOME: REASON without a file. The counters of the job go to the standard error.
The exit status is 1 when a row failed or was skipped, or the job has ended other than Succeeded.`
}

// Run is called by kong.
func (c *resultsCommand) Run(ctx context.Context, command *kong.Context, std *streams) error {
	if err := c.complete(flagsOf(command), "user-pool-id"); err != nil {
		return err
	}
	ref := importjob.Ref{UserPoolID: c.UserPoolID, JobID: c.JobID}
	if err := ref.Validate(); err != nil {
		return withoutOp(err)
	}
	names := &usernames{column: -1}
	if c.File != "" {
		in, err := openInput(c.File, std)
		if err != nil {
			return err
		}
		defer in.Close()
		if names, err = c.usernames(in); err != nil {
			return err
		}
	}
	client, err := c.connect(ctx, c.UserPoolID, std)
	if err != nil {
		return err
	}
	job, err := client.Describe(ctx, ref)
	if err != nil {
		return serviceError(err)
	}
	return c.print(ctx, &jobLog{client: client, job: job}, names, std)
}

// usernames returns those of the file, which must have some.
func (c *resultsCommand) usernames(in io.Reader) (*usernames, error) {
	names := newUsernames(in)
	if names.column < 0 {
		header, err := names.reader.Header()
		if header != nil { // what else is wrong with it may quote a row of somebody's data
			err = errors.New("the header has no column " + importjob.ColumnUsername)
		}
		return nil, fmt.Errorf("%s: %w", shown(c.File), err)
	}
	return names, nil
}

// print prints the rows and, on the standard error, the job's counters.
func (c *resultsCommand) print(ctx context.Context, log *jobLog, names *usernames, std *streams) error {
	rows := userRows(log.rows(ctx), names)
	if !c.All {
		rows = notImported(rows)
	}
	for row, err := range rows {
		if err != nil {
			return serviceError(err)
		}
		if err := c.printRow(std.out, row); err != nil {
			return err
		}
	}
	job := log.job
	_, _ = fmt.Fprintf(std.err, "%s: %s: %d imported, %d skipped, %d failed\n", c.JobID, job.Status, job.ImportedUsers, job.SkippedUsers, job.FailedUsers)
	if text := log.complaint(); text != "" {
		complain(std.err, errors.New(text))
	}
	if log.bad > 0 || log.missing() > 0 || job.Status.Done() && job.Status != importjob.StatusSucceeded {
		return &negativeError{}
	}
	return nil
}

func (c *resultsCommand) printRow(w io.Writer, row userRow) error {
	text := c.JobID + row.nameless()
	if c.File != "" {
		text = shown(c.File) + row.String()
	}
	if c.JSON {
		line, err := marshal(row)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s\n", line)
		return err
	}
	_, err := fmt.Fprintln(w, oneLine(text))
	return err
}
