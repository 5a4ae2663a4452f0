package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"

	"github.com/cognito-import/importjob"
)

// resultsCommand prints the outcomes of the rows of a job.
type resultsCommand struct {
	File       string `arg:"" optional:"" help:"CSV file of the job, for the usernames. - is the standard input."`
	JobID      string `name:"job-id" required:"" placeholder:"ID" help:"ID of the job."`
	UserPoolID string `name:"user-pool-id" placeholder:"ID" default:"us-west-2_aaaaaaaaa" help:"ID of the pool (default ${default}, but required at AWS)."`
	All        bool   `help:"Print also the rows that were imported."`
	JSON       bool   `name:"json" help:"Print the rows as JSON, one object a line."`
	Backend    string `group:"Backend:" enum:"aws" placeholder:"NAME" default:"aws" help:"Where the job ran: aws. The jobs of a pool in memory are gone when their command ends."`
	awsFlags   `group:"Backend:"`
}

// Help is the text of importjob results --help between the summary and the flags.
func (c *resultsCommand) Help() string {
	return `Reads the log of a job in CloudWatch Logs and prints a line for each row that failed or was skipped. The
line is FILE:LINE: OUTCOME USERNAME: REASON, or JOB:LINE: OUTCOME: REASON if no file is given. The counters of
the job are printed on the standard error, and a message if the log has no line yet for some of these rows.

Examples:

    importjob results --user-pool-id us-west-2_aaaaaaaaa --job-id import-qQ0DCt2fRh users.csv
    importjob results --user-pool-id us-west-2_aaaaaaaaa --job-id import-qQ0DCt2fRh --all --json

Exit status:

    0  No row failed or was skipped, and the job succeeded or has not ended.
    1  A row failed or was skipped, the job has ended with another status than Succeeded, or AWS refused a request.
    2  The command could not do its work.`
}

// Run is called by kong.
func (c *resultsCommand) Run(ctx context.Context, command *kong.Context, std *streams) error {
	if err := c.requireFlags(flagsOf(command), "user-pool-id"); err != nil {
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
	return c.print(ctx, &jobLog{client: client, job: job, flags: c.awsFlags, all: c.All}, names, std)
}

// usernames returns the usernames in the file. The file must have a column for them.
func (c *resultsCommand) usernames(in io.Reader) (*usernames, error) {
	names := newUsernames(in)
	if names.column < 0 {
		header, err := names.reader.Header()
		if header != nil { // any other error about the header can quote a row of personal data
			err = errors.New("the header has no column " + importjob.ColumnUsername + "; give the file of the job, or no file")
		}
		return nil, fmt.Errorf("%s: %w", shown(c.File), err)
	}
	return names, nil
}

// print prints the rows, and the counters of the job on the standard error.
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
	if text := log.warning(); text != "" {
		printError(std.err, errors.New(text))
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
