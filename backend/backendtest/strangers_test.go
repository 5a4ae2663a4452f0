package backendtest_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// strangers are lies that were not made up with a rule in mind. Where it says which rule finds
// them out, that was seen afterwards, by checking all rules.
func strangers() []mutant {
	done := []importjob.Status{importjob.StatusSucceeded, importjob.StatusFailed, importjob.StatusStopped}
	return []mutant{
		{lie: "the oldest job is lost", kills: "contract/concurrent-creates create/limit", tell: listed(func(_ importjob.Page, js []importjob.UserImportJob, next string) ([]importjob.UserImportJob, string) {
			if next == "" && len(js) > 1 {
				js = js[:len(js)-1]
			}
			return js, next
		})},
		{lie: "skipped and failed are swapped", kills: "upload/again run/all-bad", tell: everyJob(func(j *importjob.UserImportJob) {
			j.SkippedUsers, j.FailedUsers = j.FailedUsers, j.SkippedUsers
		})},
		{lie: "imported is off by one while a job runs", kills: "stop/halfway results/prefix", tell: jobsIn(func(j *importjob.UserImportJob) { j.ImportedUsers++ }, importjob.StatusInProgress)},
		{lie: "imported includes skipped", kills: "run/threshold run/skipped-are-bad", tell: everyJob(func(j *importjob.UserImportJob) { j.ImportedUsers += j.SkippedUsers })},
		{lie: "completion is a second before start", kills: "run/dates-in-order stop/pending", tell: jobsIn(func(j *importjob.UserImportJob) { j.CompletionDate = j.StartDate.Add(-time.Second) }, done...)},
		{lie: "the last token leads to the last page again", kills: "list/pages list/largest-page", tell: listed(func(page importjob.Page, js []importjob.UserImportJob, next string) ([]importjob.UserImportJob, string) {
			if next == "" && page.Token != "" {
				next = page.Token
			}
			return js, next
		})},
		{lie: "dates have nanoseconds", kills: "contract/json-round-trip contract/dates", tell: everyJob(func(j *importjob.UserImportJob) { j.CreationDate = j.CreationDate.Add(1) })},
		{lie: "a succeeded job is InProgress again after a minute", kills: "run/final list/ended-jobs-stay", tell: jobsIn(func(j *importjob.UserImportJob) {
			if time.Since(j.CompletionDate) > time.Minute {
				j.Status = importjob.StatusInProgress
			}
		}, importjob.StatusSucceeded)},
		{lie: "half of a long body is kept", kills: "upload/short-body upload/long-body", tell: uploads(func(body io.Reader, size int64) (string, error) {
			data, err := io.ReadAll(body)
			if len(data) > 1000 {
				data = data[:len(data)/2]
			}
			return string(data), err
		})},
		{lie: "a body is cut at 64 KiB", kills: "upload/short-body upload/long-body", tell: uploads(func(body io.Reader, _ int64) (string, error) {
			data, err := io.ReadAll(io.LimitReader(body, 64<<10))
			return string(data), err
		})},
		{lie: "duplicates within a file are imported under another name", kills: "run/threshold run/counters-rise", tell: func(l *liar) {
			l.onFile = func(f string) string {
				seen := map[string]bool{}
				return eachRow(func(r map[string]string) map[string]string {
					if name := r["cognito:username"]; name != "" && seen[name] {
						r["cognito:username"] += "-2"
					} else {
						seen[name] = true
					}
					return r
				})(f)
			}
		}},
		{lie: "a stop ends Succeeded", kills: "stop/pending stop/halfway", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.Status, j.CompletionMessage = importjob.StatusSucceeded, importjob.MessageSucceeded
		}, importjob.StatusStopped)},
		{lie: "a job that is stopped halfway completed when it began", kills: "stop/pending stop/halfway", tell: jobsIn(func(j *importjob.UserImportJob) { j.CompletionDate = j.StartDate }, importjob.StatusStopped)},
		{lie: "subs change at each look", kills: "users/sub users/added-untouched", tell: func(l *liar) {
			looks := 0
			l.onUser = func(u *userpool.User) {
				looks++
				u.Sub = u.Sub[:24] + fmt.Sprintf("%012x", looks)
			}
		}},
		{lie: "subs come from the username", kills: "pool/made-again", tell: func(l *liar) {
			l.onUser = func(u *userpool.User) {
				sum := sha256.Sum256([]byte(u.Username))
				u.Sub = fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
			}
			l.addUser = func(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
				added, err := l.Directory.AddUser(ctx, pool, u)
				l.onUser(&added)
				return added, err
			}
		}},
		{lie: "the first row is taken for a second header", kills: "run/succeeded", tell: file(func(f string) string {
			lines := strings.SplitAfterN(f, "\n", 3)
			if len(lines) == 3 {
				return lines[0] + lines[2]
			}
			return f
		})},
		{lie: "the first row is imported twice", kills: "run/succeeded", tell: file(func(f string) string {
			lines := strings.SplitAfterN(f, "\n", 3)
			if len(lines) == 3 {
				return lines[0] + lines[1] + lines[1] + lines[2]
			}
			return f
		})},
		{lie: "IDs of jobs are found in any case", kills: "start/unknown-job", tell: func(l *liar) {
			ids := map[string]string{}
			l.onJob = func(_ importjob.Op, j *importjob.UserImportJob) { ids[strings.ToLower(j.JobID)] = j.JobID }
			l.describe = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				if id, ok := ids[strings.ToLower(ref.JobID)]; ok {
					ref.JobID = id
				}
				return l.Client.Describe(ctx, ref)
			}
		}},
		{lie: "a job of another pool is listed when it is newer", kills: "list/own-pool", tell: func(l *liar) {
			var last importjob.UserImportJob
			l.onJob = func(op importjob.Op, j *importjob.UserImportJob) {
				if op == importjob.OpCreate {
					last = *j
				}
			}
			listing(func(l *liar, ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
				js, next, err := l.Client.List(ctx, pool, page)
				if err == nil && page.Token == "" && last.UserPoolID != pool && last.JobID != "" {
					js = slices.Insert(js, 0, last)
				}
				return js, next, err
			})(l)
		}},
		{lie: "a job is created half a second ago", kills: "create/date", tell: everyJob(func(j *importjob.UserImportJob) { j.CreationDate = j.CreationDate.Add(-500 * time.Millisecond) })},
		{lie: "start dates are early", kills: "start/answer run/start-date-rewritten", tell: everyJob(func(j *importjob.UserImportJob) {
			if !j.StartDate.IsZero() {
				j.StartDate = j.CreationDate
			}
		})},
		{lie: "errors do not name their job", kills: "contract/error-form", tell: func(l *liar) {
			l.onError = func(_ importjob.Op, err error) error {
				e := *err.(*importjob.Error)
				e.Ref.JobID = ""
				return &e
			}
		}},
		{lie: "errors of a job are about its pool", kills: "contract/concurrent-starts upload/short-body", tell: says(importjob.ErrPreconditionNotMet, func(_ importjob.Op, e importjob.Error) error {
			e.Code = importjob.ErrInvalidParameter
			return &e
		})},
		{lie: "all refusals are internal errors", kills: "contract/concurrent-starts input/job-name", tell: func(l *liar) {
			l.onError = func(_ importjob.Op, err error) error {
				e := *err.(*importjob.Error)
				e.Code = importjob.ErrInternal
				return &e
			}
		}},
		{lie: "results are there before the job is started", kills: "results/none-before", tell: func(l *liar) {
			l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
				rows, next, err := l.Client.Results(ctx, ref, page)
				if job, lookErr := l.Client.Describe(ctx, ref); lookErr == nil && job.Status == importjob.StatusCreated {
					rows = []importjob.RowResult{{Line: 2, Status: importjob.RowSucceeded, Reason: "The import succeeded."}}
				}
				return rows, next, err
			}
		}},
		{lie: "failed rows say that they succeeded", kills: "results/no-values", tell: everyRow(func(r *importjob.RowResult) {
			if r.Status == importjob.RowFailed && r.Reason != importjob.ReasonNotVerified {
				r.Reason = "The import succeeded."
			}
		})},
		{lie: "results are in pages of 1,000", kills: "input/limit run/most-bad", tell: func(l *liar) {
			l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
				page.MaxResults = min(max(page.MaxResults, 1), 1000)
				rows, next, err := l.Client.Results(ctx, ref, page)
				return rows, strings.Replace(next, "#1", "#2", 1), err
			}
		}},
		{lie: "an empty name is stored as null", kills: "users/skipped-untouched users/added-untouched", tell: extra("name", "null")},
		{lie: "email_verified is not stored", kills: "stored/booleans", tell: attribute(func(name, value string) (string, string) {
			if name == "email_verified" {
				return "email_verifed", value
			}
			return name, value
		})},
		{lie: "phone numbers lose their plus sign", kills: "stored/attributes", tell: attribute(func(name, value string) (string, string) { return name, strings.TrimPrefix(value, "+") })},
		{lie: "the wrong column is required", kills: "run/succeeded", tell: value("nickname", func(string) string { return strings.Repeat("n", 2049) })},
		{lie: "a job expires when its URL does", kills: "upload/expired start/after-url-expired", options: func(o *memory.Options) { o.ExpireAfter = 15 * time.Minute }},
		{lie: "the clock is an hour ahead", kills: "create/date start/answer", options: func(o *memory.Options) { o.Now = func() time.Time { return time.Now().Add(time.Hour) } }},
		{lie: "the clock never moves", kills: "contract/url-stays-secret pool/busy", options: func(o *memory.Options) {
			start := time.Now()
			o.Now = func() time.Time { return start }
		}},
		{lie: "the clock is slow", kills: "contract/url-stays-secret create/date", options: func(o *memory.Options) {
			start := time.Now()
			o.Now = func() time.Time { return start.Add(time.Since(start) * 9 / 10) }
		}},
		{lie: "Describe is behind by a call", kills: "contract/canceled pool/busy", tell: func(l *liar) {
			last := map[importjob.Ref]importjob.UserImportJob{}
			l.describe = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				job, err := l.Client.Describe(ctx, ref)
				if before, ok := last[ref]; ok && err == nil {
					last[ref] = job
					return before, nil
				}
				last[ref] = job
				return job, err
			}
		}},
		{lie: "a job's counters stay within a hundred", kills: "file/many-rows", tell: everyJob(func(j *importjob.UserImportJob) { j.ImportedUsers = min(j.ImportedUsers, 100) })},
		{lie: "a role without a path is none", kills: "create/echo", tell: everyJob(func(j *importjob.UserImportJob) {
			j.CloudWatchLogsRoleARN = strings.Replace(j.CloudWatchLogsRoleARN, "role/", "role/service-role/", 1)
		})},
		{lie: "nobody is ever created a second after another", kills: "users/dates", tell: func(l *liar) {
			var first time.Time
			l.onUser = func(u *userpool.User) {
				if first.IsZero() {
					first = u.CreateDate
				}
				u.CreateDate, u.LastModifiedDate = first, first
			}
		}},
		{lie: "users are found by any beginning of their name", kills: "directory/unknown-user", tell: func(l *liar) {
			l.user = func(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
				u, err := l.Directory.User(ctx, ref)
				if err != nil {
					for other := range userpool.All(ctx, l.Directory, ref.UserPoolID) {
						if strings.HasPrefix(other.Username, ref.Username) {
							return other, nil
						}
					}
				}
				return u, err
			}
		}},
	}
}
