package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"
	"github.com/schollz/progressbar/v3"

	"github.com/cognito-import/importjob"
)

// runCommand imports a file.
type runCommand struct {
	File string `arg:"" help:"CSV file in Cognito's dialect: at most 500,000 rows and 100 MB."`
	jobFlags
	JSON bool `name:"json" help:"Print the job, and the rows that were not imported, as one JSON object."`
}

// Help is the text of importjob run --help between the summary and the flags.
func (c *runCommand) Help() string {
	return `Creates an import job, uploads the file, starts the job and waits for its end. The pool is a pool in memory
that the flags describe, or with --backend aws the pool with the ID --user-pool-id. A pool in memory is gone when
the command ends. Ctrl-C stops the job.

The command prints the job, and a line FILE:LINE: OUTCOME USERNAME: REASON for each row that failed or was skipped.
With --json it prints one object with the member UserImportJob, and the member Rows if there are such rows. At AWS
it leaves out PreSignedUrl, which is a credential.

Examples:

    importjob run users.csv
    importjob run users.csv --auto-verified phone_number --custom team --json
    importjob run users.csv --backend aws --user-pool-id us-west-2_aaaaaaaaa \
        --cloud-watch-logs-role-arn arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole

Exit status:

    0  The job succeeded. Some rows may have failed or been skipped.
    1  The job did not succeed, AWS refused a request, or Ctrl-C ended the command.
    2  The command could not do its work.`
}

var errInterrupted = errors.New("interrupted")

// Run is called by kong.
func (c *runCommand) Run(ctx context.Context, command *kong.Context, std *streams) error {
	if err := c.checkFlags(flagsOf(command), "user-pool-id", "cloud-watch-logs-role-arn"); err != nil {
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

// importFile runs the job and shows its progress. It returns a zero job if there is none to report.
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
	case job.Status == importjob.StatusSucceeded: // also if the interruption came just after its end
		return job, nil
	case errors.As(err, &jobErr):
		return job, &negativeError{} // the report has the status and the message of the job
	case ctx.Err() != nil && (job.Status == importjob.StatusPending || job.Status == importjob.StatusInProgress):
		return job, &negativeError{fmt.Errorf("interrupted, but the job could not be stopped and continues; see its rows later: %s", resultsCommandOf(job, c.awsFlags))}
	case ctx.Err() != nil:
		return job, &negativeError{errInterrupted}
	case job.JobID == "":
		return job, serviceError(err)
	}
	return job, &negativeError{oneMessage(err)}
}

// importOptions returns the options for the backend.
func (c *runCommand) importOptions(body *upload) *importjob.ImportOptions {
	o := &importjob.ImportOptions{StopOnCancel: true, Wait: importjob.WaitOptions{OnProgress: body.follow}}
	if c.Backend == atAWS {
		o.Wait.MaxInterval = 5 * time.Second // often enough for the bar, and far below the limit of requests
		if c.otherEndpoint() {
			o.Patience = otherPatience
		}
		return o
	}
	o.Patience = -1 // calls of a Cognito in memory do not fail for a passing reason
	o.Wait.MinInterval, o.Wait.MaxInterval = 20*time.Millisecond, 250*time.Millisecond
	return o
}

// report prints the job and the rows that it did not import.
func (c *runCommand) report(ctx context.Context, client importjob.Client, job importjob.UserImportJob, file *os.File, std *streams) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	log := &jobLog{client: client, job: job, flags: c.awsFlags}
	if c.Backend == atAWS {
		log.patience = logPatience
		job.PreSignedURL = "" // a credential; in memory the URL has no server
	}
	rows := notImported(userRows(log.rows(ctx), newUsernames(file)))
	if job.FailedUsers+job.SkippedUsers == 0 {
		rows = func(func(userRow, error) bool) {} // the log has no such rows
	}
	r, print := report{w: std.out, file: c.File}, (*report).text
	if c.JSON {
		print = (*report).json
	}
	if err := print(&r, job, rows); err != nil {
		return serviceError(err)
	}
	if text := log.warning(); text != "" {
		printError(std.err, errors.New(text))
	}
	return nil
}
