package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
)

// runCommand imports a file.
type runCommand struct {
	File string `arg:"" help:"The CSV file."`
	poolFlags
	JobName               string `placeholder:"NAME" default:"MyImportJob" help:"Name of the job (${default})."`
	CloudWatchLogsRoleARN string `name:"cloud-watch-logs-role-arn" placeholder:"ARN" default:"arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole" help:"Role that would log the outcome of each row (${default})."`
	RowsPerSecond         int    `placeholder:"N" help:"Pace of the import; 0 imports all rows at once."`
	JSON                  bool   `name:"json" help:"Print the job and its bad rows as one JSON object."`
}

// Help is what importjob run --help says besides the flags.
func (c *runCommand) Help() string {
	return `Creates a user pool in memory and runs an import job in it: create, upload, start, wait. Prints the
job, then FILE:LINE: OUTCOME USERNAME: REASON for each row that failed or was skipped. With --json
that is one object with the members UserImportJob and, if there are such rows, Rows.
The exit status is 1 when the job did not end Succeeded. Ctrl-C stops the job.`
}

// input returns the input of CreateUserImportJob, if the service would take it.
func (c *runCommand) input() (importjob.CreateInput, error) {
	in := importjob.CreateInput{
		JobName:                  c.JobName,
		UserPoolID:               c.UserPoolID,
		CloudWatchLogsRoleARN:    c.CloudWatchLogsRoleARN,
		PasswordHashingAlgorithm: importjob.PasswordHashingAlgorithm(c.PasswordHashingAlgorithm),
	}
	if c.RowsPerSecond < 0 {
		return in, fmt.Errorf("--rows-per-second %d: less than 0", c.RowsPerSecond)
	}
	return in, withoutOp(in.Validate())
}

// Run is called by kong.
func (c *runCommand) Run(ctx context.Context, std *streams) error {
	in, err := c.input()
	if err != nil {
		return err
	}
	pool, err := c.pool()
	if err != nil {
		return err
	}
	ctx, release := std.interruptible(ctx)
	defer release()

	file, size, err := openUpload(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	client, err := c.inMemory(context.WithoutCancel(ctx), pool) // an interruption is the job's to tell
	if err != nil {
		return err
	}
	job, err := c.importFile(ctx, client, in, file, size, std)
	if job.JobID == "" {
		return err
	}
	if reportErr := c.report(context.WithoutCancel(ctx), client, job, file, std); reportErr != nil {
		return reportErr
	}
	return err
}

// inMemory returns a client of a Cognito in memory with this one pool.
func (c *runCommand) inMemory(ctx context.Context, pool importjob.Pool) (importjob.Client, error) {
	region, _, _ := strings.Cut(pool.ID, "_")
	cognito := memory.New(&memory.Options{Region: region, RowsPerSecond: c.RowsPerSecond})
	if _, err := cognito.CreatePool(ctx, pool); err != nil {
		return nil, withoutOp(err)
	}
	return cognito, nil
}

// importFile runs the job and shows its progress. Without a job there is nothing to report.
func (c *runCommand) importFile(ctx context.Context, client importjob.Client, in importjob.CreateInput,
	file *os.File, size int64, std *streams) (importjob.UserImportJob, error) {
	bar := &progress{}
	if std.terminal {
		bar.w = std.err
	}
	body := &upload{ctx: ctx, file: file, bar: bar}
	bar.begin("Uploading", size, progressbar.OptionShowBytes(true), progressbar.OptionShowTotalBytes(true))
	job, err := importjob.Import(ctx, client, in, body, size, &importjob.ImportOptions{
		Patience:     -1, // a Cognito of our own has no bad moments
		StopOnCancel: true,
		Wait: importjob.WaitOptions{
			MinInterval: 20 * time.Millisecond,
			MaxInterval: 250 * time.Millisecond,
			OnProgress:  body.follow,
		},
	})
	bar.end()
	jobErr := (*importjob.JobError)(nil)
	switch {
	case body.err != nil:
		return importjob.UserImportJob{}, body.err
	case job.Status == importjob.StatusSucceeded: // perhaps just before an interruption
		return job, nil
	case errors.As(err, &jobErr):
		return job, &negativeError{} // the report says it
	case ctx.Err() != nil:
		return job, &negativeError{errors.New("interrupted")}
	}
	return job, &negativeError{err}
}

// report prints the job and the rows that it did not import.
func (c *runCommand) report(ctx context.Context, client importjob.Client, job importjob.UserImportJob, file *os.File, std *streams) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r := report{w: std.out, file: c.File}
	rows := badRows(ctx, client, job.Ref(), file)
	if c.JSON {
		return r.json(job, rows)
	}
	return r.text(job, rows)
}
