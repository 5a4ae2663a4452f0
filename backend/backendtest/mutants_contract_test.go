package backendtest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cognito-import/importjob"
)

// says is a lie about the errors with a code.
func says(code importjob.Code, change func(op importjob.Op, e importjob.Error) error) func(*liar) {
	return func(l *liar) {
		l.onError = func(op importjob.Op, err error) error {
			var e *importjob.Error
			if errors.As(err, &e) && e.Code == code {
				return change(op, *e)
			}
			return err
		}
	}
}

// becomes is the lie that an error has another code.
func becomes(code, other importjob.Code) func(*liar) {
	return says(code, func(_ importjob.Op, e importjob.Error) error {
		e.Code = other
		return &e
	})
}

// forgives is the lie that a call with a bad input succeeds: it mends the input.
func forgives(mend func(in *importjob.CreateInput)) func(*liar) {
	return func(l *liar) {
		l.create = func(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
			if in.Validate() != nil {
				mend(&in)
			}
			return l.Client.Create(ctx, in)
		}
	}
}

// refuses is the lie that a good input is bad.
func refuses(bad func(in importjob.CreateInput) bool) func(*liar) {
	return func(l *liar) {
		l.create = func(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
			if bad(in) {
				return importjob.UserImportJob{}, &importjob.Error{Op: importjob.OpCreate, Code: importjob.ErrInvalidParameter}
			}
			return l.Client.Create(ctx, in)
		}
	}
}

func contractMutants() []mutant {
	return slices.Concat(errorMutants(), inputMutants(), poolMutants())
}

func errorMutants() []mutant {
	return []mutant{
		{lie: "errors do not name their operation", kills: "contract/error-form", tell: func(l *liar) {
			l.onError = func(_ importjob.Op, err error) error {
				e := *err.(*importjob.Error)
				e.Op = ""
				return &e
			}
		}},
		{lie: "errors are wrapped again", kills: "contract/error-form contract/canceled", tell: func(l *liar) {
			l.onError = func(op importjob.Op, err error) error { return fmt.Errorf("%s: %w", op, err) }
		}},
		{lie: "an *Error wraps an *Error", kills: "contract/error-form", tell: func(l *liar) {
			l.onError = func(op importjob.Op, err error) error {
				return &importjob.Error{Op: op, Ref: err.(*importjob.Error).Ref, Err: err}
			}
		}},
		{lie: "an error comes with half a job", kills: "contract/zero-values", tell: func(l *liar) {
			l.describe = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				job, err := l.Client.Describe(ctx, ref)
				job.JobID, job.UserPoolID = ref.JobID, ref.UserPoolID
				return job, err
			}
		}},
		{lie: "an error comes with an empty list", kills: "contract/zero-values", tell: func(l *liar) {
			l.list = func(ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
				jobs, next, err := l.Client.List(ctx, pool, page)
				return append([]importjob.UserImportJob{}, jobs...), next, err
			}
		}},
		{lie: "Create does not look at its context", kills: "contract/canceled contract/deadline", tell: func(l *liar) {
			l.create = func(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
				return l.Client.Create(context.WithoutCancel(ctx), in)
			}
		}},
		{lie: "the cause of a context's end is lost", kills: "contract/canceled", tell: func(l *liar) {
			l.onError = func(op importjob.Op, err error) error {
				if e := err.(*importjob.Error); e.Code == "" {
					return &importjob.Error{Op: op, Ref: e.Ref, Err: context.Canceled}
				}
				return err
			}
		}},
		{lie: "the error of an upload quotes the URL", kills: "contract/url-stays-secret", tell: func(l *liar) {
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				if err := l.Client.Upload(ctx, job, body, size); err != nil {
					return fmt.Errorf("Put %q: %w", job.PreSignedURL, err)
				}
				return nil
			}
		}},
		{lie: "dates have microseconds", kills: "contract/json-round-trip",
			tell: jobsIn(func(j *importjob.UserImportJob) { j.StartDate = j.StartDate.Add(400 * time.Microsecond) }, importjob.StatusPending)},
		{lie: "dates are local", kills: "contract/dates", tell: everyJob(func(j *importjob.UserImportJob) {
			j.CreationDate = j.CreationDate.In(time.FixedZone("PST", -8*3600))
		})},
		{lie: "dates that are not reached are the epoch", kills: "contract/dates", tell: everyJob(func(j *importjob.UserImportJob) {
			if j.CompletionDate.IsZero() {
				j.CompletionDate = time.UnixMilli(0).UTC()
			}
		})},
		{lie: "a Create at the same instant is taken for a repetition", kills: "contract/concurrent-creates create/id", tell: func(l *liar) {
			var mu sync.Mutex
			var last importjob.UserImportJob
			l.create = func(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
				job, err := l.Client.Create(ctx, in)
				mu.Lock()
				defer mu.Unlock()
				if last.CreationDate != job.CreationDate {
					last = job
				}
				return last, err
			}
		}},
		{lie: "a second Start is taken for a repetition", kills: "contract/concurrent-starts start/twice",
			tell: startAnyway(importjob.StatusCreated, importjob.StatusPending, importjob.StatusInProgress)},
	}
}

func inputMutants() []mutant {
	const terse = "Input fails to satisfy the constraints."
	return []mutant{
		{lie: "a bad job name is mended", kills: "input/job-name input/wording-one input/refused-leaves-nothing",
			tell: forgives(func(in *importjob.CreateInput) { in.JobName = "job" })},
		{lie: "job names have no space, as the console says", kills: "input/job-name-edges",
			tell: refuses(func(in importjob.CreateInput) bool { return strings.Contains(in.JobName, " ") })},
		{lie: "job names have at most 64 characters", kills: "input/job-name-edges",
			tell: refuses(func(in importjob.CreateInput) bool { return len(in.JobName) > 64 })},
		{lie: "a malformed ID is not found", kills: "input/pool-id input/pool-id-everywhere input/job-id input/job-id-everywhere",
			tell: becomes(importjob.ErrInvalidParameter, importjob.ErrResourceNotFound)},
		{lie: "a bad role is mended", kills: "input/role",
			tell: forgives(func(in *importjob.CreateInput) { in.CloudWatchLogsRoleARN = "arn:aws:iam::111111111111:role/logs" })},
		{lie: "roles in China are refused", kills: "input/role",
			tell: refuses(func(in importjob.CreateInput) bool { return strings.HasPrefix(in.CloudWatchLogsRoleARN, "arn:aws-cn") })},
		{lie: "an algorithm is read in any case", kills: "input/algorithm",
			tell: forgives(func(in *importjob.CreateInput) {
				in.PasswordHashingAlgorithm = importjob.PasswordHashingAlgorithm(strings.ToUpper(string(in.PasswordHashingAlgorithm)))
			})},
		{lie: "a page too large is cut", kills: "input/max-results", tell: func(l *liar) {
			l.list = func(ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
				page.MaxResults = min(page.MaxResults, 60)
				return l.Client.List(ctx, pool, page)
			}
		}},
		{lie: "a page of results too large is cut", kills: "input/limit", tell: func(l *liar) {
			l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
				page.MaxResults = min(page.MaxResults, 10_000)
				return l.Client.Results(ctx, ref, page)
			}
		}},
		{lie: "a bad token is the first page", kills: "input/token list/bad-token list/token-of-another-pool", tell: func(l *liar) {
			l.list = func(ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
				jobs, next, err := l.Client.List(ctx, pool, page)
				if errors.Is(err, importjob.ErrInvalidParameter) {
					return l.Client.List(ctx, pool, importjob.Page{MaxResults: page.MaxResults})
				}
				return jobs, next, err
			}
		}},
		{lie: "an upload of a negative size is an empty one", kills: "input/upload", tell: func(l *liar) {
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				return l.Client.Upload(ctx, job, io.LimitReader(body, max(size, 0)), max(size, 0))
			}
		}},
		{lie: "bad input is told in few words", kills: "input/wording-one input/wording-many input/job-name input/pool-id input/role",
			tell: says(importjob.ErrInvalidParameter, func(_ importjob.Op, e importjob.Error) error {
				e.Message = terse
				return &e
			})},
		{lie: "of several broken constraints the first is told", kills: "input/wording-many",
			tell: says(importjob.ErrInvalidParameter, func(_ importjob.Op, e importjob.Error) error {
				e.Message, _, _ = strings.Cut(e.Message, "; ")
				return &e
			})},
		{lie: "a refused Create leaves a job", kills: "input/refused-leaves-nothing", tell: func(l *liar) {
			l.create = func(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
				job, err := l.Client.Create(ctx, in)
				if err != nil {
					in.JobName = "left behind"
					_, _ = l.Client.Create(ctx, in)
				}
				return job, err
			}
		}},
	}
}
