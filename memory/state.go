package memory

import (
	"slices"
	"sort"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// run is the import of a started job. Start computes the outcome of every row in advance. At any time a caller
// sees the outcomes of the first rows only. After Start, only Stop changes a run, and AddUser, UpdateUser and DeleteUser the
// outcomes of rows that the job has not read. account.mu guards it.
type run struct {
	started       time.Time // the time of Start
	begin         time.Time // the time when Pending ends and the job begins to read rows
	stopped       time.Time // the time when the job becomes Stopped; zero before Stop
	asked         time.Time // the time of Stop; zero before Stop
	latest        time.Time // the latest time at which a caller looked at the run
	failure       string    // why the job reads no row, or ""
	rows          int
	rowsPerSecond int      // of this run; 0 means all at once
	bad           []badRow // the rows that are not imported, in the order of the file
	file          *file
	allRead       bool // done has returned rows once, so later calls need not compute the time

	algorithm importjob.PasswordHashingAlgorithm
	hash      int   // the column of the password hashes, or -1
	otp       []int // the columns with which the pool lets a user sign in without a password
}

// badRow is a row that is not imported.
type badRow struct {
	row     int32
	skipped int32 // the number of skipped rows among the bad rows up to and including this one
	outcome importjob.RowStatus
	reason  string
}

// The service's messages for a job that was stopped or has expired, and its reason for an imported row.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/list-user-import-jobs.html and
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
const (
	messageStopped  = "The Import Job was stopped by the developer."
	messageExpired  = "The user import job has expired."
	reasonSucceeded = "The import succeeded."
)

// busy reports whether the job is active: starting, or started and not ended.
func (j *job) busy(now time.Time, opts *Options) bool {
	return j.starting || j.run != nil && !j.at(now, opts).Status.Done()
}

// at returns the job at a time. It stores the state of a job that has ended, and returns the stored state from then
// on.
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

// seen computes the job at a time.
func (j *job) seen(now time.Time, opts *Options) importjob.UserImportJob {
	seen := j.created
	r := j.run
	if r == nil {
		if end := seen.CreationDate.Add(opts.ExpireAfter); !now.Before(end) && !j.starting {
			seen.Status, seen.CompletionMessage = importjob.StatusExpired, messageExpired
			seen.CompletionDate = backend.Date(end)
			j.setFile(nil) // the service deletes the file, too
		}
		return seen
	}
	now = r.look(now)
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

// look returns the time at which a caller who looks now sees the run: the clock of a machine may go back, but a run
// never does. Time in a testing/synctest bubble is far behind the time outside, so each run keeps its own latest
// time, and the account as a whole follows Options.Now.
func (r *run) look(now time.Time) time.Time {
	if now.After(r.latest) {
		r.latest = now
	}
	return r.latest
}

// status returns the status at a time, and the completion message and date if the run has ended.
func (r *run) status(now time.Time, opts *Options) (importjob.Status, string, time.Time) {
	end := r.begin.Add(duration(r.rows, r.rowsPerSecond))
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

// stop stops the run: at once while the job is Pending, otherwise after Options.StoppingFor.
func (r *run) stop(now time.Time, opts *Options) {
	r.asked, r.stopped = now, now
	if !now.Before(r.begin) {
		r.stopped = now.Add(opts.StoppingFor)
	}
}

// done returns the number of rows read until now.
func (r *run) done(now time.Time, opts *Options) int {
	n := r.doneAt(r.look(now), opts)
	if n == r.rows {
		r.allRead = true
	}
	return n
}

// doneAt returns the number of rows read at a time, which may be in the future.
func (r *run) doneAt(now time.Time, opts *Options) int {
	if !r.asked.IsZero() && now.After(r.stopped) {
		now = r.stopped
	}
	if now.Before(r.begin) || r.failure != "" {
		return 0
	}
	elapsed := now.Sub(r.begin)
	if elapsed >= duration(r.rows, r.rowsPerSecond) {
		return r.rows
	}
	return int(elapsed.Nanoseconds() * int64(r.rowsPerSecond) / int64(time.Second))
}

// duration returns the time that a number of rows takes.
func duration(rows, perSecond int) time.Duration {
	if perSecond <= 0 {
		return 0
	}
	// Round up, so that the last row has been read at the end of the duration.
	return time.Duration((int64(rows)*int64(time.Second) + int64(perSecond) - 1) / int64(perSecond))
}

// neverReads reports whether the run failed as a whole or was stopped before it reads a row.
func (r *run) neverReads(row int, opts *Options) bool {
	return r.failure != "" || !r.asked.IsZero() && row >= r.doneAt(r.stopped, opts)
}

// badBefore returns the number of bad rows among the first rows.
func (r *run) badBefore(rows int) int {
	return sort.Search(len(r.bad), func(i int) bool { return int(r.bad[i].row) >= rows })
}

// counts returns the counters after a number of rows.
func (r *run) counts(rows int) (imported, skipped, failed int64) {
	n := r.badBefore(rows)
	if n > 0 {
		skipped = int64(r.bad[n-1].skipped)
	}
	failed = int64(n) - skipped
	return int64(rows) - skipped - failed, skipped, failed
}

// outcome returns the outcome of a row and the reason in its result line.
func (r *run) outcome(row int) (importjob.RowStatus, string) {
	if n := r.badBefore(row); n < len(r.bad) && int(r.bad[n].row) == row {
		return r.bad[n].outcome, r.bad[n].reason
	}
	return importjob.RowSucceeded, reasonSucceeded
}

// confirms reports whether the user of a row is confirmed: one with a password hash, and one who can sign in with a
// one-time password.
func (r *run) confirms(row int) bool {
	if r.hash >= 0 && r.file.value(row, r.hash) != "" {
		return true
	}
	return slices.ContainsFunc(r.otp, func(column int) bool { return r.file.value(row, column) != "" })
}

// skip makes the run skip a row that it has not read yet. It copies the list, because another goroutine may be
// reading the old one.
func (r *run) skip(row int) {
	n := r.badBefore(row)
	bad := slices.Clone(r.bad[:n])
	bad = appendBad(bad, row, importjob.RowSkipped, importjob.ReasonExists)
	for _, b := range r.bad[n:] {
		bad = appendBad(bad, int(b.row), b.outcome, b.reason)
	}
	r.bad = bad
}

// unskip makes the run import a row that it would have skipped. It copies the list, as skip does.
func (r *run) unskip(row int) {
	n := r.badBefore(row)
	bad := slices.Clone(r.bad[:n])
	for _, b := range r.bad[n+1:] {
		bad = appendBad(bad, int(b.row), b.outcome, b.reason)
	}
	r.bad = bad
}
