package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/cognito-import/importjob"
)

// logPatience limits the time for which run waits for missing lines in the log of a job that has ended.
const logPatience = 15 * time.Second

// jobLog reads the log of a job.
type jobLog struct {
	client   importjob.Client
	job      importjob.UserImportJob
	flags    awsFlags      // of the command, for a hint
	patience time.Duration // limits the wait for the lines of rows that the job has counted
	all      bool          // warning is about the rows that were imported, too
	bad      int64         // lines so far about rows that failed or were skipped
	imported int64         // lines so far about rows that were imported
}

// rows iterates over the lines of the log. It reads the log again until it has a line for each row that failed or
// was skipped, until patience has passed, or until ctx ends. It yields each line once. The end of ctx does not
// interrupt a call.
func (l *jobLog) rows(ctx context.Context) iter.Seq2[importjob.RowResult, error] {
	return func(yield func(importjob.RowResult, error) bool) {
		deadline, read := time.Now().Add(l.patience), 0
		for pause := time.Second; ; pause *= 2 {
			skip := read
			for row, err := range importjob.Results(context.WithoutCancel(ctx), l.client, l.job.Ref()) {
				if skip > 0 && (err == nil || isLine(err)) {
					skip--
					continue
				}
				read++
				l.count(row)
				if !yield(row, err) {
					return
				}
			}
			left := time.Until(deadline)
			if l.missing() <= 0 || left <= 0 || sleep(ctx, min(pause, left)) != nil {
				return
			}
		}
	}
}

// isLine reports whether an error is about a line of the log that has no known form.
func isLine(err error) bool {
	var line *importjob.LogLineError
	return errors.As(err, &line)
}

func (l *jobLog) count(row importjob.RowResult) {
	switch row.Status {
	case importjob.RowFailed, importjob.RowSkipped:
		l.bad++
	case importjob.RowSucceeded:
		l.imported++
	}
}

// missing returns how many rows the job has counted as failed or skipped that have no line in the log.
func (l *jobLog) missing() int64 { return l.job.FailedUsers + l.job.SkippedUsers - l.bad }

// warning returns a message about missing lines, or "" if none is missing.
func (l *jobLog) warning() string {
	bad := l.job.FailedUsers + l.job.SkippedUsers
	missing, of := l.missing(), counted(bad, "row")+" that failed or "+plural(bad, "was", "were")+" skipped"
	if l.all {
		missing = max(missing, 0) + max(l.job.ImportedUsers-l.imported, 0)
		of = counted(bad+l.job.ImportedUsers, "row") + " that the job has counted"
	}
	if missing <= 0 {
		return ""
	}
	return fmt.Sprintf("the log has no line yet for %d of the %s; try later: %s", missing, of, resultsCommandOf(l.job, l.flags))
}

// resultsCommandOf returns the command line that prints the results of a job at AWS.
func resultsCommandOf(job importjob.UserImportJob, f awsFlags) string {
	return commandLine(append([]string{"results", "--user-pool-id", job.UserPoolID, "--job-id", job.JobID}, f.args()...))
}

// sleep waits for d. If ctx ends first, it returns the error of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
