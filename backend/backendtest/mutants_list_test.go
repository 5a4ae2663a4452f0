package backendtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// listing is a lie about List.
func listing(do func(l *liar, ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error)) func(*liar) {
	return func(l *liar) {
		l.list = func(ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
			return do(l, ctx, pool, page)
		}
	}
}

// listed is a lie about the jobs and the token on a page.
func listed(change func(page importjob.Page, jobs []importjob.UserImportJob, next string) ([]importjob.UserImportJob, string)) func(*liar) {
	return listing(func(l *liar, ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
		jobs, next, err := l.Client.List(ctx, pool, page)
		if err != nil {
			return nil, "", err
		}
		jobs, next = change(page, jobs, next)
		return jobs, next, nil
	})
}

func listMutants() []mutant {
	type jobs = []importjob.UserImportJob
	return append(resultMutants(), []mutant{
		{lie: "jobs are listed oldest first", kills: "list/newest-first", tell: listed(func(_ importjob.Page, js jobs, next string) (jobs, string) {
			slices.Reverse(js)
			return js, next
		})},
		{lie: "pages overlap", kills: "list/pages", tell: func(l *liar) {
			var last jobs
			listed(func(page importjob.Page, js jobs, next string) (jobs, string) {
				if page.Token != "" && len(last) > 0 {
					js = append(jobs{last[len(last)-1]}, js...)
				}
				last = js
				return js, next
			})(l)
		}},
		{lie: "tokens lead to the first page", kills: "list/pages list/largest-page", tell: listing(
			func(l *liar, ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
				page.Token = ""
				return l.Client.List(ctx, pool, page)
			})},
		{lie: "a page lacks its last job", kills: "list/pages list/page-size list/newest-first", tell: listed(func(_ importjob.Page, js jobs, next string) (jobs, string) {
			return js[:max(len(js)-1, 0)], next
		})},
		{lie: "pages are half as large", kills: "list/page-size", tell: listing(
			func(l *liar, ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
				page.MaxResults = (page.MaxResults + 1) / 2
				return l.Client.List(ctx, pool, page)
			})},
		{lie: "a page holds 50 jobs at most", kills: "list/largest-page", tell: listing(
			func(l *liar, ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
				if page.MaxResults == 0 {
					page.MaxResults = 50
				}
				return l.Client.List(ctx, pool, page)
			})},
		{lie: "there is no second page", kills: "functions/jobs list/largest-page list/pages list/token-form", tell: listed(func(_ importjob.Page, js jobs, _ string) (jobs, string) {
			return js, ""
		})},
		{lie: "tokens have spaces", kills: "list/token-form", tell: listed(func(_ importjob.Page, js jobs, next string) (jobs, string) {
			return js, strings.ReplaceAll(next, "#", " # ")
		})},
		{lie: "a token works once", kills: "list/token-again", tell: func(l *liar) {
			used := map[string]bool{}
			listed(func(page importjob.Page, js jobs, next string) (jobs, string) {
				if used[page.Token] && page.Token != "" {
					return nil, ""
				}
				used[page.Token] = true
				return js, next
			})(l)
		}},
		{lie: "a token is an offset", kills: "list/new-jobs-between-pages list/token-of-another-pool", tell: listing(listByOffset)},
		{lie: "the jobs of all pools are listed", kills: "list/own-pool", tell: func(l *liar) {
			pools := map[string]bool{}
			listing(func(l *liar, ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
				js, next, err := l.Client.List(ctx, pool, page)
				for other := range pools {
					if other != pool {
						more, _, _ := l.Client.List(ctx, other, importjob.Page{})
						js = append(js, more...)
					}
				}
				return js, next, err
			})(l)
			l.onJob = func(_ importjob.Op, j *importjob.UserImportJob) { pools[j.UserPoolID] = true }
		}},
		{lie: "an empty pool has a token", kills: "list/empty", tell: listed(func(_ importjob.Page, js jobs, next string) (jobs, string) {
			if len(js) == 0 {
				next = "end"
			}
			return js, next
		})},
		{lie: "a list is as old as the start of its jobs", kills: "list/as-described", tell: func(l *liar) {
			l.onJob = func(op importjob.Op, j *importjob.UserImportJob) {
				if op == importjob.OpList && j.Status == importjob.StatusInProgress {
					j.ImportedUsers, j.SkippedUsers, j.FailedUsers = 0, 0, 0
				}
			}
		}},
		{lie: "ended jobs are not listed", kills: "list/ended-jobs-stay", tell: listed(func(_ importjob.Page, js jobs, next string) (jobs, string) {
			return slices.DeleteFunc(js, func(j importjob.UserImportJob) bool { return j.Status.Done() }), next
		})},
		{lie: "lists are aliased", kills: "list/not-aliased", tell: func(l *liar) {
			var first jobs
			listed(func(_ importjob.Page, js jobs, next string) (jobs, string) {
				if first == nil {
					first = js
				}
				return first, next
			})(l)
		}},
	}...)
}

// listByOffset lists by tokens that are numbers.
func listByOffset(l *liar, ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	var all []importjob.UserImportJob
	for job, err := range importjob.Jobs(ctx, l.Client, pool) {
		if err != nil {
			return nil, "", err
		}
		all = append(all, job)
	}
	from := min(len(page.Token), len(all))
	to := min(from+max(page.MaxResults, 1), len(all))
	if to == len(all) {
		return all[from:to], "", nil
	}
	return all[from:to], strings.Repeat("x", to), nil
}

func resultMutants() []mutant {
	type rows = []importjob.RowResult
	return []mutant{
		{lie: "lines are counted without the header", kills: "results/lines results/succeeded file/empty-lines", tell: everyRow(func(r *importjob.RowResult) { r.Line-- })},
		{lie: "results are sorted by outcome", kills: "results/lines", tell: resultsAre(func(rs rows) rows {
			slices.SortStableFunc(rs, func(a, b importjob.RowResult) int { return strings.Compare(string(a.Status), string(b.Status)) })
			return rs
		})},
		{lie: "skipped rows are failed", kills: "results/outcomes results/skipped results/prefix", tell: everyRow(func(r *importjob.RowResult) {
			if r.Status == importjob.RowSkipped {
				r.Status = importjob.RowFailed
			}
		})},
		{lie: "success has no words", kills: "results/succeeded", tell: everyRow(func(r *importjob.RowResult) {
			r.Reason = strings.Replace(r.Reason, "The import succeeded.", "", 1)
		})},
		{lie: "a skipped row has other words", kills: "results/skipped", tell: everyRow(func(r *importjob.RowResult) {
			r.Reason = strings.Replace(r.Reason, importjob.ReasonExists, "User already exists.", 1)
		})},
		{lie: "a row without verified attribute has other words", kills: "results/not-verified", tell: everyRow(func(r *importjob.RowResult) {
			r.Reason = strings.Replace(r.Reason, "does not set any", "sets none", 1)
		})},
		{lie: "failures quote the row", kills: "results/no-values", tell: func(l *liar) {
			var lines []string
			l.onFile = func(file string) string { lines = strings.Split(file, "\n"); return file }
			everyRow(func(r *importjob.RowResult) {
				if r.Status == importjob.RowFailed {
					r.Reason += ": " + lines[r.Line-1]
				}
			})(l)
		}},
		{lie: "failures have no reason", kills: "results/no-values", tell: everyRow(func(r *importjob.RowResult) {
			if r.Status == importjob.RowFailed {
				r.Reason = ""
			}
		})},
		{lie: "results come a row late", kills: "results/prefix", tell: resultsWhile(importjob.StatusInProgress, func(rs rows) rows { return rs[:max(len(rs)-1, 0)] })},
		{lie: "results come at the end", kills: "results/prefix", tell: resultsWhile(importjob.StatusInProgress, func(rows) rows { return nil })},
		{lie: "a running job's results are guesses", kills: "results/prefix", tell: resultsWhile(importjob.StatusInProgress, func(rs rows) rows {
			if len(rs) > 1 {
				rs[0], rs[len(rs)-1] = rs[len(rs)-1], rs[0]
			}
			return rs
		})},
		{lie: "a job without a log has no results to find", kills: "results/none-before", tell: func(l *liar) {
			l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
				if job, err := l.Client.Describe(ctx, ref); err == nil && job.Status == importjob.StatusCreated {
					return nil, "", &importjob.Error{Code: importjob.ErrResourceNotFound}
				}
				return l.Client.Results(ctx, ref, page)
			}
		}},
		{lie: "a bad token of results is the first page", kills: "results/bad-token", tell: func(l *liar) {
			l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
				rows, next, err := l.Client.Results(ctx, ref, page)
				if errors.Is(err, importjob.ErrInvalidParameter) {
					return l.Client.Results(ctx, ref, importjob.Page{})
				}
				return rows, next, err
			}
		}},
		{lie: "all results are on one page", kills: "results/pages", tell: func(l *liar) {
			l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
				page.MaxResults = 0
				return l.Client.Results(ctx, ref, page)
			}
		}},
		{lie: "results after the first page are lost", kills: "functions/results results/pages", tell: func(l *liar) {
			l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
				rows, _, err := l.Client.Results(ctx, ref, page)
				return rows, "", err
			}
		}},
		{lie: "results are aliased", kills: "results/not-aliased", tell: func(l *liar) {
			var first rows
			resultsAre(func(rs rows) rows {
				if first == nil {
					first = rs
				}
				return first
			})(l)
		}},
		{lie: "every job has the results of the first job", kills: "results/own-job", tell: func(l *liar) {
			var first importjob.Ref
			l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
				if first.JobID == "" {
					first = ref
				}
				return l.Client.Results(ctx, first, page)
			}
		}},
		{lie: "a job is seen as Failed for a moment", kills: "functions/wait run/statuses", tell: jobsIn(func(j *importjob.UserImportJob) {
			if j.ImportedUsers >= 10 && j.ImportedUsers < 15 {
				j.Status = importjob.StatusFailed
			}
		}, importjob.StatusInProgress)},
		{lie: "a file is seen at the second Start only", kills: "functions/import", tell: func(l *liar) {
			tried := map[string]bool{}
			l.start = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
				if !tried[ref.JobID] {
					tried[ref.JobID] = true
					return importjob.UserImportJob{}, &importjob.Error{Code: importjob.ErrPreconditionNotMet}
				}
				return l.Client.Start(ctx, ref)
			}
		}},
	}
}

// resultsWhile is a lie about the results of jobs in a status.
func resultsWhile(status importjob.Status, change func([]importjob.RowResult) []importjob.RowResult) func(*liar) {
	return func(l *liar) {
		l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
			rows, next, err := l.Client.Results(ctx, ref, page)
			if job, _ := l.Client.Describe(ctx, ref); job.Status == status {
				rows = change(rows)
			}
			return rows, next, err
		}
	}
}
