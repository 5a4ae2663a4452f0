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
)

// newJobs is a lie about jobs in the answer of Create.
func newJobs(change func(j *importjob.UserImportJob)) func(*liar) {
	return func(l *liar) {
		l.onJob = func(op importjob.Op, job *importjob.UserImportJob) {
			if op == importjob.OpCreate {
				change(job)
			}
		}
	}
}

func jobMutants() []mutant {
	return slices.Concat(createMutants(), uploadMutants(), startMutants(), stopMutants(), expiryMutants())
}

func createMutants() []mutant {
	n := 0
	return []mutant{
		{lie: "a new job has a start date", kills: "create/new-job", tell: newJobs(func(j *importjob.UserImportJob) { j.StartDate = j.CreationDate })},
		{lie: "a new job is Pending", kills: "create/new-job", tell: newJobs(func(j *importjob.UserImportJob) { j.Status = importjob.StatusPending })},
		{lie: "a new job has an algorithm", kills: "create/echo", tell: newJobs(func(j *importjob.UserImportJob) {
			j.PasswordHashingAlgorithm = importjob.BCRYPT
		})},
		{lie: "job names lose their commas", kills: "create/echo", tell: everyJob(func(j *importjob.UserImportJob) {
			j.JobName = strings.ReplaceAll(j.JobName, ",", "")
		})},
		{lie: "job IDs are numbered", kills: "create/id", options: func(o *memory.Options) {
			o.NewJobID = func() string { n++; return fmt.Sprintf("import-%d", n) }
		}},
		{lie: "job IDs have hyphens", kills: "create/id", options: func(o *memory.Options) {
			o.NewJobID = func() string { n++; return fmt.Sprintf("import-abc-%06d", n) }
		}},
		{lie: "creation dates are whole seconds", kills: "create/date", tell: everyJob(func(j *importjob.UserImportJob) {
			j.CreationDate = j.CreationDate.Truncate(time.Second)
		})},
		{lie: "all jobs have one URL", kills: "create/url", tell: everyJob(func(j *importjob.UserImportJob) {
			j.PreSignedURL = "https://s3.us-west-2.amazonaws.com/import?X-Amz-Signature=1"
		})},
		{lie: "URLs are relative", kills: "create/url", tell: everyJob(func(j *importjob.UserImportJob) { j.PreSignedURL = "/" + j.JobID })},
		{lie: "Describe leaves the URL out", kills: "create/described upload/changes-nothing-visible", tell: func(l *liar) {
			l.onJob = func(op importjob.Op, j *importjob.UserImportJob) {
				if op == importjob.OpDescribe {
					j.PreSignedURL = ""
				}
			}
		}},
		{lie: "names are unique", kills: "create/same-name", tell: func(l *liar) {
			seen := map[string]bool{}
			l.create = func(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
				if seen[in.JobName] {
					return importjob.UserImportJob{}, &importjob.Error{Code: importjob.ErrInvalidParameter}
				}
				seen[in.JobName] = true
				return l.Client.Create(ctx, in)
			}
		}},
		{lie: "the limit of jobs is one too high", kills: "create/limit", setup: func(s *backendtest.Setup) { s.MaxJobs++ }},
		{lie: "the limit of jobs is one too low", kills: "create/limit", setup: func(s *backendtest.Setup) { s.MaxJobs = max(s.MaxJobs-1, 1) }},
		{lie: "the limit of jobs is another error", kills: "create/limit create/limit-counts-all",
			tell: becomes(importjob.ErrLimitExceeded, importjob.ErrTooManyRequests)},
		{lie: "the limit of jobs is the account's", kills: "create/limit-is-per-pool", tell: func(l *liar) {
			n := 0
			l.create = func(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
				if n++; n > 1 {
					return importjob.UserImportJob{}, &importjob.Error{Code: importjob.ErrLimitExceeded}
				}
				return l.Client.Create(ctx, in)
			}
		}},
		{lie: "ended jobs make room", kills: "create/limit-counts-all", tell: func(l *liar) {
			l.create = func(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
				job, err := l.Client.Create(ctx, in)
				if errors.Is(err, importjob.ErrLimitExceeded) {
					for old, err := range importjob.Jobs(ctx, l.Client, in.UserPoolID) {
						if err == nil && old.Status.Done() {
							return old, nil
						}
					}
				}
				return job, err
			}
		}},
		{lie: "Create takes any pool", kills: "create/unknown-pool", tell: func(l *liar) {
			l.create = func(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
				job, err := l.Client.Create(ctx, in)
				if errors.Is(err, importjob.ErrNotFound) {
					return importjob.UserImportJob{JobID: "import-0000000000", UserPoolID: in.UserPoolID}, nil
				}
				return job, err
			}
		}},
		{lie: "all pools take password hashes", kills: "create/hashes-refused", setup: inPools(func(p *importjob.Pool) { p.PasswordHashes = true })},
	}
}

// uploads is a lie about the body of an upload: it sends another.
func uploads(change func(body io.Reader, size int64) (string, error)) func(*liar) {
	return func(l *liar) {
		l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
			file, err := change(body, size)
			if err != nil {
				return err
			}
			return l.Client.Upload(ctx, job, strings.NewReader(file), int64(len(file)))
		}
	}
}

func uploadMutants() []mutant {
	return []mutant{
		{lie: "a body is read once", kills: "upload/stream", tell: uploads(func(body io.Reader, size int64) (string, error) {
			p := make([]byte, size)
			n, _ := body.Read(p)
			return string(p[:n]), nil
		})},
		{lie: "a body may be shorter", kills: "upload/short-body", tell: uploads(func(body io.Reader, _ int64) (string, error) {
			data, err := io.ReadAll(body)
			return string(data), err
		})},
		{lie: "a body is cut", kills: "upload/long-body", tell: func(l *liar) {
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				return l.Client.Upload(ctx, job, io.LimitReader(body, size), size)
			}
		}},
		{lie: "a broken body is kept as far as it came", kills: "upload/broken-body upload/broken-leaves-former",
			tell: uploads(func(body io.Reader, _ int64) (string, error) {
				data, _ := io.ReadAll(body)
				return string(data), nil
			})},
		{lie: "why a body broke is not told", kills: "upload/broken-body", tell: func(l *liar) {
			l.onError = func(op importjob.Op, err error) error { return &importjob.Error{Op: op, Err: io.ErrUnexpectedEOF} }
		}},
		{lie: "an upload does not look at its context", kills: "upload/canceled", tell: func(l *liar) {
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				return l.Client.Upload(context.WithoutCancel(ctx), job, body, size)
			}
		}},
		{lie: "a broken upload deletes the file", kills: "upload/broken-leaves-former", tell: func(l *liar) {
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				err := l.Client.Upload(ctx, job, body, size)
				if err != nil {
					_ = l.Client.Upload(ctx, job, strings.NewReader(""), 0)
				}
				return err
			}
		}},
		{lie: "the first upload counts", kills: "upload/again upload/lifetime", tell: func(l *liar) {
			done := map[string]bool{}
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				if done[job.JobID] {
					return nil
				}
				done[job.JobID] = true
				return l.Client.Upload(ctx, job, body, size)
			}
		}},
		{lie: "a file is of all the pool's jobs", kills: "upload/one-job", tell: func(l *liar) {
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				data, _ := io.ReadAll(body)
				for j := range importjob.Jobs(ctx, l.Client, job.UserPoolID) {
					_ = l.Client.Upload(ctx, j, strings.NewReader(string(data)), size)
				}
				return nil
			}
		}},
		{lie: "a file is judged when it is uploaded", kills: "upload/garbage", tell: uploads(func(body io.Reader, _ int64) (string, error) {
			data, err := io.ReadAll(body)
			if !strings.Contains(string(data), "cognito:username") {
				err = errors.New("no column cognito:username")
			}
			return string(data), err
		})},
		{lie: "a URL lives for ten minutes", kills: "upload/lifetime", tell: func(l *liar) {
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				if time.Since(job.CreationDate) > 10*time.Minute {
					return &importjob.Error{Code: importjob.ErrUploadDenied, Err: importjob.ErrURLExpired}
				}
				return l.Client.Upload(ctx, job, body, size)
			}
		}},
		{lie: "an upload that is too late is swallowed", kills: "upload/expired upload/expired-code", tell: func(l *liar) {
			l.onError = func(_ importjob.Op, err error) error {
				if errors.Is(err, importjob.ErrURLExpired) {
					return nil
				}
				return err
			}
		}},
		{lie: "an expired URL is a denial", kills: "upload/expired", tell: says(importjob.ErrUploadDenied, func(_ importjob.Op, e importjob.Error) error {
			e.Err = nil
			return &e
		})},
		{lie: "an expired URL has no code", kills: "upload/expired-code", tell: says(importjob.ErrUploadDenied, func(_ importjob.Op, e importjob.Error) error {
			e.Code = ""
			return &e
		})},
		{lie: "an upload after the start replaces the file", kills: "upload/after-start", tell: func(l *liar) {
			var late int64
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				data, _ := io.ReadAll(body)
				if now, err := l.Client.Describe(ctx, job.Ref()); err == nil && now.Status != importjob.StatusCreated {
					late = int64(strings.Count(string(data), "\n")) - 1
				}
				return l.Client.Upload(ctx, job, strings.NewReader(string(data)), size)
			}
			l.onJob = func(_ importjob.Op, j *importjob.UserImportJob) {
				if j.Status.Done() && late > 0 {
					j.ImportedUsers = late
				}
			}
		}},
	}
}

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
				if errors.Is(err, importjob.ErrNotFound) {
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
			l.users = func(ctx context.Context, pool string, page importjob.Page) ([]importjob.PoolUser, string, error) {
				if stopped {
					return nil, "", nil
				}
				return l.Directory.Users(ctx, pool, page)
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
