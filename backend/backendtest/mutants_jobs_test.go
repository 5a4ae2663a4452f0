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
			j.PasswordHashingAlgorithm = importjob.HashBCRYPT
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
				if errors.Is(err, importjob.ErrResourceNotFound) {
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
					return &importjob.Error{Code: importjob.ErrS3AccessDenied, Err: importjob.ErrURLExpired}
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
		{lie: "an expired URL is a denial", kills: "upload/expired", tell: says(importjob.ErrS3AccessDenied, func(_ importjob.Op, e importjob.Error) error {
			e.Err = nil
			return &e
		})},
		{lie: "an expired URL has no code", kills: "upload/expired-code", tell: says(importjob.ErrS3AccessDenied, func(_ importjob.Op, e importjob.Error) error {
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
