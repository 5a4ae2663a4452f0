package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/cognito-import/importjob"
)

// logPatience is how long the lines of a job that has ended may take to appear in its log.
const logPatience = 15 * time.Second

// jobLog is the log of a job, as far as it is there.
type jobLog struct {
	client   importjob.Client
	job      importjob.UserImportJob
	patience time.Duration // how long to wait for rows that the job has counted
	bad      int64         // rows so far that failed or were skipped
}

// rows iterates over the log. The end of ctx ends the waiting, not the reading.
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

// isLine reports whether an error is about one line of a log, which is there none the less.
func isLine(err error) bool {
	var line *importjob.LogLineError
	return errors.As(err, &line)
}

func (l *jobLog) count(row importjob.RowResult) {
	if row.Status == importjob.RowFailed || row.Status == importjob.RowSkipped {
		l.bad++
	}
}

// missing is how many of the rows that the job has counted as failed or skipped its log lacks.
func (l *jobLog) missing() int64 { return l.job.FailedUsers + l.job.SkippedUsers - l.bad }

// complaint says what is missing, and how to see it later; "" when nothing is.
func (l *jobLog) complaint() string {
	if l.missing() <= 0 {
		return ""
	}
	return fmt.Sprintf("%d of the %d rows that failed or were skipped are not in the job's log (yet): see importjob results --user-pool-id %s --job-id %s",
		l.missing(), l.job.FailedUsers+l.job.SkippedUsers, l.job.UserPoolID, l.job.JobID)
}

// sleep waits for d, or until ctx ends.
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
