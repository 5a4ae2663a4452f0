package memory

import (
	"slices"
	"sort"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// run is what a started job does. It is settled at Start; what can be seen of it at an instant is
// a prefix of its rows. Only Stop, and a user who is added meanwhile, change it. account.mu
// guards it.
type run struct {
	started time.Time // by Start
	begin   time.Time // of the first row: the job is no longer Pending
	stopped time.Time // when it is Stopped, zero when nobody asked
	asked   time.Time // when Stop was called
	failure string    // why no row can be read, or ""
	rows    int
	bad     []badRow // the rows that are not imported, by row
	file    *file
	over    bool // all rows have been read, and somebody has seen it

	algorithm importjob.PasswordHashingAlgorithm
}

// badRow is a row that is not imported.
type badRow struct {
	row     int32
	skipped int32 // how many of the bad rows up to and with this one are skipped
	outcome importjob.RowStatus
	reason  string
}

// The words of the service that only a job which has run shows.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/list-user-import-jobs.html and
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
const (
	messageStopped  = "The Import Job was stopped by the developer."
	messageExpired  = "The user import job has expired."
	reasonSucceeded = "The import succeeded."
)

// busy reports whether the job holds the account's active slot.
func (j *job) busy(now time.Time, opts *Options) bool {
	return j.starting || j.run != nil && !j.at(now, opts).Status.Done()
}

// at is the job at an instant. What has ended stays as it is.
func (j *job) at(now time.Time, opts *Options) importjob.UserImportJob {
	if j.ended.Status == "" {
		seen := j.seen(now, opts)
		if !seen.Status.Done() {
			return seen
		}
		j.ended = seen
	}
	return j.ended
}

func (j *job) seen(now time.Time, opts *Options) importjob.UserImportJob {
	seen := j.created
	r := j.run
	if r == nil {
		if end := seen.CreationDate.Add(opts.ExpireAfter); !now.Before(end) && !j.starting {
			seen.Status, seen.CompletionMessage = importjob.StatusExpired, messageExpired
			seen.CompletionDate = backend.Date(end)
			j.file = nil // the service deletes it as well
		}
		return seen
	}
	seen.StartDate = backend.Date(r.started)
	if !now.Before(r.begin) {
		seen.StartDate = backend.Date(r.begin)
	}
	done := r.done(now, opts)
	seen.ImportedUsers, seen.SkippedUsers, seen.FailedUsers = r.counts(done)
	var end time.Time
	seen.Status, seen.CompletionMessage, end = r.status(now, opts)
	seen.CompletionDate = backend.Date(end)
	return seen
}

// status is the status at an instant, and how and when the run ended, if it has.
func (r *run) status(now time.Time, opts *Options) (importjob.Status, string, time.Time) {
	end := r.begin.Add(duration(r.rows, opts.RowsPerSecond))
	switch {
	case !r.asked.IsZero() && now.Before(r.stopped):
		return importjob.StatusStopping, "", time.Time{}
	case !r.asked.IsZero():
		return importjob.StatusStopped, messageStopped, r.stopped
	case now.Before(r.begin):
		return importjob.StatusPending, "", time.Time{}
	case r.failure != "":
		return importjob.StatusFailed, r.failure, r.begin
	case now.Before(end):
		return importjob.StatusInProgress, "", time.Time{}
	}
	if opts.Assumptions.TooManyFailed(r.counts(r.rows)) {
		return importjob.StatusFailed, importjob.MessageTooManyFailed, end
	}
	return importjob.StatusSucceeded, importjob.MessageSucceeded, end
}

// stop ends the run: at once while it is Pending, otherwise after Options.StoppingFor.
func (r *run) stop(now time.Time, opts *Options) {
	r.asked, r.stopped = now, now
	if !now.Before(r.begin) {
		r.stopped = now.Add(opts.StoppingFor)
	}
}

// done is the number of rows that have been read now.
func (r *run) done(now time.Time, opts *Options) int {
	n := r.doneAt(now, opts)
	if n == r.rows {
		r.over = true
	}
	return n
}

// doneAt is the number of rows that have been read at an instant, which may be yet to come.
func (r *run) doneAt(now time.Time, opts *Options) int {
	if !r.asked.IsZero() && now.After(r.stopped) {
		now = r.stopped
	}
	if now.Before(r.begin) || r.failure != "" {
		return 0
	}
	elapsed := now.Sub(r.begin)
	if elapsed >= duration(r.rows, opts.RowsPerSecond) {
		return r.rows
	}
	return int(elapsed.Nanoseconds() * int64(opts.RowsPerSecond) / int64(time.Second))
}

// duration is how long a number of rows takes.
func duration(rows, perSecond int) time.Duration {
	if perSecond <= 0 {
		return 0
	}
	// Rounded up, so that the last row is done when the time is over.
	return time.Duration((int64(rows)*int64(time.Second) + int64(perSecond) - 1) / int64(perSecond))
}

// cut reports whether the run ended before a row, so that the row is never read.
func (r *run) cut(row int, opts *Options) bool {
	return r.failure != "" || !r.asked.IsZero() && row >= r.doneAt(r.stopped, opts)
}

// badBefore is how many of the first rows are not imported.
func (r *run) badBefore(rows int) int {
	return sort.Search(len(r.bad), func(i int) bool { return int(r.bad[i].row) >= rows })
}

// counts are the counters after a number of rows.
func (r *run) counts(rows int) (imported, skipped, failed int64) {
	n := r.badBefore(rows)
	if n > 0 {
		skipped = int64(r.bad[n-1].skipped)
	}
	failed = int64(n) - skipped
	return int64(rows) - skipped - failed, skipped, failed
}

// outcome is what becomes of a row.
func (r *run) outcome(row int) (importjob.RowStatus, string) {
	if n := r.badBefore(row); n < len(r.bad) && int(r.bad[n].row) == row {
		return r.bad[n].outcome, r.bad[n].reason
	}
	return importjob.RowSucceeded, reasonSucceeded
}

// skip makes a row that has not been read yet a skipped one. The list is copied, since others may
// be reading it.
func (r *run) skip(row int) {
	n := r.badBefore(row)
	bad := slices.Clone(r.bad[:n])
	bad = appendBad(bad, row, importjob.RowSkipped, importjob.ReasonExists)
	for _, b := range r.bad[n:] {
		bad = appendBad(bad, int(b.row), b.outcome, b.reason)
	}
	r.bad = bad
}
