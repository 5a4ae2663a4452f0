package backendtest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend/backendtest"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// startIf is a lie about which jobs can start: a job that may not is refused.
func startIf(may func(job importjob.UserImportJob) bool) func(*liar) {
	return func(l *liar) {
		l.start = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
			if job, err := l.Client.Describe(ctx, ref); err == nil && !may(job) {
				return importjob.UserImportJob{}, &importjob.Error{Code: importjob.ErrPreconditionNotMet}
			}
			return l.Client.Start(ctx, ref)
		}
	}
}

// startBeside pretends that a job starts beside an active one that is in one of these statuses
// and passes the filter.
func startBeside(other func(active, job importjob.UserImportJob) bool, statuses ...importjob.Status) func(*liar) {
	return func(l *liar) {
		var active importjob.UserImportJob
		l.start = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
			job, err := l.Client.Start(ctx, ref)
			if err == nil {
				active = job
				return job, nil
			}
			now, _ := l.Client.Describe(ctx, active.Ref())
			job, _ = l.Client.Describe(ctx, ref)
			if now.JobID != ref.JobID && job.Status == importjob.StatusCreated && slices.Contains(statuses, now.Status) && other(now, job) {
				job.Status = importjob.StatusPending
				return job, nil
			}
			return importjob.UserImportJob{}, err
		}
	}
}

func startMutants() []mutant {
	anyOther := func(_, _ importjob.UserImportJob) bool { return true }
	return []mutant{
		{lie: "a job starts without a file", kills: "start/no-file upload/short-body", tell: func(l *liar) {
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				if err := l.Client.Upload(ctx, job, body, size); err != nil {
					_ = l.Client.Upload(ctx, job, strings.NewReader(""), 0)
					return err
				}
				return nil
			}
			l.onError = func(op importjob.Op, err error) error {
				if e := err.(*importjob.Error); op == importjob.OpStart && strings.HasPrefix(e.Message, "No csv") {
					return nil
				}
				return err
			}
		}},
		{lie: "a missing file is told in other words", kills: "start/no-file", tell: says(importjob.ErrPreconditionNotMet,
			func(_ importjob.Op, e importjob.Error) error {
				e.Message = strings.Replace(e.Message, "No csv file", "No CSV file", 1)
				return &e
			})},
		{lie: "a job that starts without a file is Failed", kills: "start/no-file-then-file", tell: func(l *liar) {
			failed := map[string]bool{}
			l.start = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				job, err := l.Client.Start(ctx, ref)
				failed[ref.JobID] = err != nil
				return job, err
			}
			l.onJob = func(_ importjob.Op, j *importjob.UserImportJob) {
				if failed[j.JobID] {
					j.Status = importjob.StatusFailed
				}
			}
		}},
		{lie: "Start answers InProgress", kills: "start/answer", tell: jobsIn(func(j *importjob.UserImportJob) { j.Status = importjob.StatusInProgress }, importjob.StatusPending)},
		{lie: "Start answers without a start date", kills: "start/answer", tell: jobsIn(func(j *importjob.UserImportJob) { j.StartDate = time.Time{} }, importjob.StatusPending)},
		{lie: "start dates are whole seconds", kills: "start/answer", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.StartDate = j.StartDate.Truncate(time.Second)
		}, importjob.StatusPending)},
		{lie: "an ended job starts again", kills: "start/ended", tell: startAnyway(importjob.StatusSucceeded)},
		{lie: "a failed job starts again", kills: "start/ended", tell: startAnyway(importjob.StatusFailed)},
		{lie: "a stopped job starts again", kills: "start/stopped", tell: startAnyway(importjob.StatusStopped)},
		{lie: "jobs run side by side", kills: "start/one-active start/one-active-in-account functions/import-refused",
			tell: startBeside(anyOther, importjob.StatusPending, importjob.StatusInProgress)},
		{lie: "one job at a time is active in a pool", kills: "start/one-active-in-account",
			tell: startBeside(func(a, j importjob.UserImportJob) bool { return a.UserPoolID != j.UserPoolID }, importjob.StatusPending)},
		{lie: "a Pending job is not active", kills: "start/one-active", tell: startBeside(anyOther, importjob.StatusPending)},
		{lie: "an InProgress job is not active", kills: "start/one-active", tell: startBeside(anyOther, importjob.StatusInProgress)},
		{lie: "a Stopping job is not active", kills: "start/while-stopping", tell: startBeside(anyOther, importjob.StatusStopping)},
		{lie: "the active slot is never free again", kills: "start/next start/next-after-stop", tell: func(l *liar) {
			started := false
			l.start = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				if started {
					return importjob.UserImportJob{}, &importjob.Error{Code: importjob.ErrPreconditionNotMet}
				}
				job, err := l.Client.Start(ctx, ref)
				started = err == nil
				return job, err
			}
		}},
		{lie: "a stop does not free the active slot", kills: "start/next-after-stop", tell: func(l *liar) {
			stopped := false
			l.stop = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				stopped = true
				return l.Client.Stop(ctx, ref)
			}
			l.start = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				if stopped {
					return importjob.UserImportJob{}, &importjob.Error{Code: importjob.ErrPreconditionNotMet}
				}
				return l.Client.Start(ctx, ref)
			}
		}},
		{lie: "a refused start takes the active slot", kills: "start/refused-takes-no-slot", tell: func(l *liar) {
			var taken error
			l.start = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				if taken != nil {
					return importjob.UserImportJob{}, taken
				}
				job, err := l.Client.Start(ctx, ref)
				taken = err
				return job, err
			}
		}},
		{lie: "a job must start before its URL expires", kills: "start/after-url-expired expiry/not-before",
			tell: startIf(func(j importjob.UserImportJob) bool { return time.Since(j.CreationDate) < 15*time.Minute })},
		{lie: "a pool without auto-verified attributes fails the job", kills: "start/no-auto-verified",
			options: func(o *memory.Options) { o.NoAutoVerifiedFailsJob = true }},
		{lie: "a job that does not exist has no results", kills: "start/unknown-job", tell: func(l *liar) {
			l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
				rows, next, err := l.Client.Results(ctx, ref, page)
				if errors.Is(err, importjob.ErrResourceNotFound) {
					err = nil
				}
				return rows, next, err
			}
		}},
		{lie: "a job is found in any pool", kills: "start/wrong-pool", tell: func(l *liar) {
			pools := map[string]string{}
			l.onJob = func(_ importjob.Op, j *importjob.UserImportJob) { pools[j.JobID] = j.UserPoolID }
			l.describe = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				if pool, ok := pools[ref.JobID]; ok {
					ref.UserPoolID = pool
				}
				return l.Client.Describe(ctx, ref)
			}
		}},
	}
}

func stopMutants() []mutant {
	return []mutant{
		{lie: "a stop takes its time also while Pending", kills: "stop/pending", tell: func(l *liar) {
			l.onJob = func(op importjob.Op, j *importjob.UserImportJob) {
				if op == importjob.OpStop {
					j.Status = importjob.StatusStopping
				}
			}
		}},
		{lie: "a Pending job is as long Stopping as one that reads rows", kills: "stop/pending", tell: func(l *liar) {
			pending := map[string]time.Time{} // when jobs were stopped
			l.stop = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				before, _ := l.Client.Describe(ctx, ref)
				job, err := l.Client.Stop(ctx, ref)
				if err == nil && before.Status == importjob.StatusPending {
					pending[ref.JobID] = time.Now()
				}
				return job, err
			}
			l.onJob = func(_ importjob.Op, j *importjob.UserImportJob) {
				if stopped, ok := pending[j.JobID]; ok && time.Since(stopped) < time.Minute {
					j.Status, j.CompletionMessage, j.CompletionDate = importjob.StatusStopping, "", time.Time{}
				}
			}
		}},
		{lie: "a stopped job has no completion date", kills: "stop/pending", tell: jobsIn(func(j *importjob.UserImportJob) { j.CompletionDate = time.Time{} }, importjob.StatusStopped)},
		{lie: "a stopped job has another message", kills: "stop/pending stop/halfway", tell: jobsIn(func(j *importjob.UserImportJob) { j.CompletionMessage = "Stopped." }, importjob.StatusStopped)},
		{lie: "a stop takes all users back", kills: "stop/halfway", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.ImportedUsers, j.SkippedUsers, j.FailedUsers = 0, 0, 0
		}, importjob.StatusStopped)},
		{lie: "a stopped job reads to its end", kills: "stop/halfway", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.ImportedUsers, j.SkippedUsers, j.FailedUsers = 28, 4, 8
		}, importjob.StatusStopped)},
		{lie: "a stopped job forgets its last result", kills: "stop/results", tell: func(l *liar) {
			l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
				rows, next, err := l.Client.Results(ctx, ref, page)
				if job, _ := l.Client.Describe(ctx, ref); job.Status == importjob.StatusStopped {
					rows = rows[:len(rows)-1]
				}
				return rows, next, err
			}
		}},
		{lie: "users go when their job is stopped", kills: "stop/users-stay", tell: func(l *liar) {
			stopped := false
			l.stop = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				stopped = true
				return l.Client.Stop(ctx, ref)
			}
			l.users = func(ctx context.Context, pool string, page importjob.Page) ([]userpool.User, string, error) {
				if stopped {
					return nil, "", nil
				}
				return l.Directory.Users(ctx, pool, page)
			}
		}},
		{lie: "the row after the last one is imported all the same", kills: "stop/first-unread-row", tell: func(l *liar) {
			l.user = func(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
				u, err := l.Directory.User(ctx, ref)
				var n int
				if count, _ := l.Directory.CountUsers(ctx, ref.UserPoolID); err != nil && count > 0 {
					if _, scanErr := fmt.Sscanf(ref.Username, "user%d", &n); scanErr == nil && int64(n) == count {
						return userpool.User{Username: ref.Username}, nil
					}
				}
				return u, err
			}
		}},
		{lie: "a user whom a stopped job has not imported is never found", kills: "stop/first-unread-row", tell: func(l *liar) {
			missing := map[string]bool{}
			l.user = func(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
				u, err := l.Directory.User(ctx, ref)
				if err == nil && missing[ref.Username] {
					return userpool.User{}, &importjob.Error{Op: userpool.OpUser, Code: userpool.ErrUserNotFound}
				}
				missing[ref.Username] = missing[ref.Username] || err != nil
				return u, err
			}
		}},
		{lie: "a stopped job keeps the usernames of all its rows", kills: "stop/unread-rows-are-free", tell: func(l *liar) {
			stopped := ""
			l.onJob = func(op importjob.Op, j *importjob.UserImportJob) {
				if op == importjob.OpStop {
					stopped = j.JobID
				}
				if stopped != "" && j.JobID != stopped {
					j.SkippedUsers, j.ImportedUsers = j.SkippedUsers+j.ImportedUsers, 0
				}
			}
		}},
		{lie: "no job is ever Stopping", kills: "stop/stopping start/while-stopping", options: func(o *memory.Options) { o.StoppingFor = 0 }},
		{lie: "a Stopping job is Stopping for ever", kills: "stop/stopping", setup: func(s *backendtest.Setup) { s.StoppingFor *= 1000 }},
		{lie: "a Stopping job can be stopped", kills: "stop/stopping-again", tell: stopAnyway(importjob.StatusStopping)},
		{lie: "a stopped job succeeds later", kills: "stop/final", tell: jobsIn(func(j *importjob.UserImportJob) {
			if time.Since(j.CompletionDate) > time.Hour {
				j.Status = importjob.StatusSucceeded
			}
		}, importjob.StatusStopped)},
		{lie: "a stop is the new start date", kills: "stop/keeps-start-date", tell: jobsIn(func(j *importjob.UserImportJob) { j.StartDate = j.CompletionDate }, importjob.StatusStopped)},
		{lie: "a Created job can be stopped", kills: "stop/created", tell: stopAnyway(importjob.StatusCreated)},
		{lie: "a succeeded job can be stopped", kills: "stop/ended", tell: stopAnyway(importjob.StatusSucceeded)},
		{lie: "a failed job can be stopped", kills: "stop/ended", tell: stopAnyway(importjob.StatusFailed)},
		{lie: "a stopped job can be stopped", kills: "stop/twice", tell: stopAnyway(importjob.StatusStopped)},
	}
}

func expiryMutants() []mutant {
	return []mutant{
		{lie: "jobs expire after 12 hours", kills: "expiry/expired expiry/not-before", options: func(o *memory.Options) { o.ExpireAfter = 12 * time.Hour }},
		{lie: "jobs expire after 60 hours", kills: "expiry/expired", options: func(o *memory.Options) { o.ExpireAfter = 60 * time.Hour }},
		{lie: "jobs never expire", kills: "expiry/expired expiry/without-file expiry/cannot-start",
			options: func(o *memory.Options) { o.ExpireAfter = 1e6 * time.Hour }},
		{lie: "an expired job has a start date", kills: "expiry/expired", tell: jobsIn(func(j *importjob.UserImportJob) { j.StartDate = j.CreationDate }, importjob.StatusExpired)},
		{lie: "an expired job has no message", kills: "expiry/expired", tell: jobsIn(func(j *importjob.UserImportJob) { j.CompletionMessage = "" }, importjob.StatusExpired)},
		{lie: "a job without a file does not expire", kills: "expiry/without-file", tell: func(l *liar) {
			l.onFile = func(file string) string { return file }
			filed := map[string]bool{}
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				filed[job.JobID] = true
				return l.Client.Upload(ctx, job, body, size)
			}
			l.onJob = func(_ importjob.Op, j *importjob.UserImportJob) {
				if j.Status == importjob.StatusExpired && !filed[j.JobID] {
					j.Status = importjob.StatusCreated
				}
			}
		}},
		{lie: "an expired job can be started", kills: "expiry/cannot-start", tell: startAnyway(importjob.StatusExpired)},
		{lie: "an expired job can be stopped", kills: "expiry/cannot-start", tell: stopAnyway(importjob.StatusExpired)},
		{lie: "an active job expires", kills: "expiry/not-while-active", tell: jobsIn(func(j *importjob.UserImportJob) {
			if time.Since(j.CreationDate) > 24*time.Hour {
				j.Status = importjob.StatusExpired
			}
		}, importjob.StatusPending)},
	}
}
