package live_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// created creates a job.
func (l *lab) created() importjob.UserImportJob { return must(l.create(l.role, "")) }

func (l *lab) create(role string, algorithm importjob.PasswordHashingAlgorithm) (importjob.UserImportJob, error) {
	return l.client.Create(l.ctx, importjob.CreateInput{JobName: "importjob-live-" + l.runID, UserPoolID: l.pool,
		CloudWatchLogsRoleARN: role, PasswordHashingAlgorithm: algorithm})
}

func (l *lab) upload(job importjob.UserImportJob, file string) {
	must(0, l.client.Upload(l.ctx, job, strings.NewReader(file), int64(len(file))))
}

// uploaded creates a job and uploads its file.
func (l *lab) uploaded(file string) importjob.UserImportJob {
	job := l.created()
	l.upload(job, file)
	return job
}

// start starts a job. It repeats a refused Start a few times, since the service can need a moment to see the file.
func (l *lab) start(job importjob.UserImportJob) (importjob.UserImportJob, error) {
	for try := 1; ; try++ {
		started, err := importjob.EnsureStarted(l.ctx, l.client, job.Ref())
		if err == nil || try == 4 || !errors.Is(err, importjob.ErrPreconditionNotMet) && !importjob.Retryable(err) {
			return started, err
		}
		must(0, sleep(l.ctx, l.poll))
	}
}

// ended is how a job ended.
type ended struct {
	job     importjob.UserImportJob
	rows    []importjob.RowResult // by line
	refusal error                 // of Start; then the job was not started
}

// imported runs a job with a file to its end.
func (l *lab) imported(file string) ended { return l.ran(l.uploaded(file)) }

// ran starts a job and waits for its end and its log.
func (l *lab) ran(job importjob.UserImportJob) ended {
	started, err := l.start(job)
	if err != nil {
		return ended{job: job, refusal: err}
	}
	return l.awaited(started)
}

// awaited waits for the end and the log of a job that was started.
func (l *lab) awaited(job importjob.UserImportJob) ended {
	e := ended{job: must(l.finish(l.ctx, job.Ref()))}
	e.rows = must(l.allResults(l.ctx, e.job))
	return e
}

// counts reports whether the job ended with these counters.
func (e ended) counts(imported, skipped, failed int64) bool {
	j := e.job
	return e.refusal == nil && j.ImportedUsers == imported && j.SkippedUsers == skipped && j.FailedUsers == failed
}

// failsWhole reports whether the job failed and read no row.
func (e ended) failsWhole() bool {
	return e.job.Status == importjob.StatusFailed && e.counts(0, 0, 0)
}

// status reports whether the job ended so.
func (e ended) status(s importjob.Status) bool { return e.refusal == nil && e.job.Status == s }

// String says how the job ended, and why rows were not imported.
func (e ended) String() string {
	if e.refusal != nil {
		return "Start: " + fault(e.refusal)
	}
	j := e.job
	text := fmt.Sprintf("%s, %d imported, %d skipped, %d failed: %q", j.Status, j.ImportedUsers, j.SkippedUsers, j.FailedUsers, j.CompletionMessage)
	for _, r := range e.rows {
		if r.Status != importjob.RowSucceeded {
			text += "; " + r.String()
		}
	}
	return text
}

// fault describes an error: the exception and its message.
func fault(err error) string {
	if err == nil {
		return "no error"
	}
	code, message := codeAndMessage(err)
	return fmt.Sprintf("%s %q", code, message)
}

// stored returns the user of a row.
func (l *lab) stored(r row) (userpool.User, error) {
	return l.users("").User(l.ctx, userpool.Ref{UserPoolID: l.pool, Username: r[importjob.ColumnUsername]})
}

// exists reports whether the user of a row exists.
func (l *lab) exists(r row) bool {
	_, err := l.stored(r)
	if err != nil && !errors.Is(err, userpool.ErrUserNotFound) {
		panic(cannot{err})
	}
	return err == nil
}
