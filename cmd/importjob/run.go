package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"
	"github.com/schollz/progressbar/v3"

	"github.com/cognito-import/importjob"
)

// runCommand imports a file.
type runCommand struct {
	File string `arg:"" help:"The CSV file."`
	jobFlags
	JSON bool `name:"json" help:"Print the job and its bad rows as one JSON object."`
}

// Help is what importjob run --help says besides the flags.
func (c *runCommand) Help() string {
	return `Runs an import job: create, upload, start, wait. The pool is one in memory that the flags describe or,
with --backend aws, the one that --user-pool-id names. Prints the job, then FILE:LINE: OUTCOME
USERNAME: REASON for each row that failed or was skipped. With --json that is one object with the members
UserImportJob and, if there are such rows, Rows; at AWS it lacks PreSignedUrl, which is a credential.
The exit status is 1 when the job did not end Succeeded. Ctrl-C stops the job.`
}

var errInterrupted = errors.New("interrupted")

// Run is called by kong.
func (c *runCommand) Run(ctx context.Context, command *kong.Context, std *streams) error {
	if err := c.agree(flagsOf(command), "user-pool-id", "cloud-watch-logs-role-arn"); err != nil {
		return err
	}
	in, err := c.input()
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
	client, err := c.client(ctx, std)
	if err != nil && ctx.Err() != nil {
		return &negativeError{errInterrupted}
	}
	if err != nil {
		return err
	}
	job, err := c.importFile(ctx, client, in, file, size, std)
	if job.JobID == "" {
		return err
	}
	if reportErr := c.report(ctx, client, job, file, std); reportErr != nil {
		return reportErr
	}
	return err
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
	job, err := importjob.Import(ctx, client, in, body, size, c.importOptions(body))
	bar.end()
	var jobErr *importjob.JobError
	switch {
	case body.err != nil:
		return importjob.UserImportJob{}, body.err
	case job.Status == importjob.StatusSucceeded: // perhaps just before an interruption
		return job, nil
	case errors.As(err, &jobErr):
		return job, &negativeError{} // the report says it
	case ctx.Err() != nil && (job.Status == importjob.StatusPending || job.Status == importjob.StatusInProgress):
		return job, &negativeError{errors.New("interrupted, but the job could not be stopped: it goes on")}
	case ctx.Err() != nil:
		return job, &negativeError{errInterrupted}
	case job.JobID == "":
		return job, serviceError(err)
	}
	return job, &negativeError{oneMessage(err)}
}

func (c *runCommand) importOptions(body *upload) *importjob.ImportOptions {
	o := &importjob.ImportOptions{StopOnCancel: true, Wait: importjob.WaitOptions{OnProgress: body.follow}}
	if c.Backend == atAWS {
		o.Wait.MaxInterval = 5 * time.Second // well below the request rate, and the bar moves
		if c.standIn() {
			o.Patience = 3 * time.Second // most often nobody is there, and somebody waits to be told so
		}
		return o
	}
	o.Patience = -1 // a Cognito of our own has no bad moments
	o.Wait.MinInterval, o.Wait.MaxInterval = 20*time.Millisecond, 250*time.Millisecond
	return o
}

// report prints the job and the rows that it did not import.
func (c *runCommand) report(ctx context.Context, client importjob.Client, job importjob.UserImportJob, file *os.File, std *streams) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	log := &jobLog{client: client, job: job}
	if c.Backend == atAWS {
		log.patience = logPatience
		job.PreSignedURL = "" // in memory it leads nowhere
	}
	rows := notImported(userRows(log.rows(ctx), newUsernames(file)))
	if job.FailedUsers+job.SkippedUsers == 0 {
		rows = func(func(userRow, error) bool) {} // the log would tell nothing
	}
	r, print := report{w: std.out, file: c.File}, (*report).text
	if c.JSON {
		print = (*report).json
	}
	if err := print(&r, job, rows); err != nil {
		return serviceError(err)
	}
	if text := log.complaint(); text != "" {
		complain(std.err, errors.New(text))
	}
	return nil
}
