package backendtest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
)

// made creates n jobs a second apart and returns them newest first.
func (e *env) made(n int) []importjob.UserImportJob {
	jobs := make([]importjob.UserImportJob, n)
	for i := range jobs {
		if i > 0 && e.Advance != nil {
			e.Advance(time.Second)
		}
		in := e.input()
		in.JobName = fmt.Sprintf("job %d", i)
		jobs[n-1-i] = must(e.Client.Create(e.ctx, in))
	}
	return jobs
}

// sameJobs ends the check unless two lists of jobs are the same.
func sameJobs(what string, got, want []importjob.UserImportJob) {
	for i := range min(len(got), len(want)) {
		sameJob(fmt.Sprintf("%s: job %d", what, i), got[i], want[i])
	}
	equal(what+": the number of jobs", len(got), len(want))
}

// page lists one page of the first pool.
func (e *env) page(size int, token string) ([]importjob.UserImportJob, string) {
	jobs, next, err := e.Client.List(e.ctx, e.pool, importjob.Page{MaxResults: size, Token: token})
	ok("List", err)
	return jobs, next
}

func listRules() []Rule {
	return []Rule{
		{Name: "list/newest-first", Kind: KindDocumented, Source: cliList,
			Sentence: "Jobs are listed newest first, each as Create returned it.",
			check: func(e *env) {
				want := e.made(5)
				sameJobs("the list", e.jobs(e.pool, 0), want)
			}},
		{Name: "list/pages", Kind: KindDocumented, Source: api("ListUserImportJobs"),
			Sentence: "Pages of any size contain each job once, in order.",
			check: func(e *env) {
				want := e.made(7)
				for _, size := range []int{1, 2, 3, 6, 7, 8, 60} {
					sameJobs(fmt.Sprintf("pages of %d", size), e.jobs(e.pool, size), want)
				}
			}},
		{Name: "list/page-size", Kind: KindDocumented, Source: api("ListUserImportJobs"),
			Sentence: "A page holds as many jobs as the caller asks for, if the pool has that many.",
			check: func(e *env) {
				e.made(5)
				for size := 1; size <= 5; size++ {
					jobs, _ := e.page(size, "")
					equal("the number of jobs", len(jobs), size)
				}
			}},
		{Name: "list/largest-page", Kind: KindDocumented, Source: api("ListUserImportJobs"),
			Sentence: "A page holds 60 jobs when the caller sets no size, and its token leads to the other jobs.",
			check: func(e *env) {
				want := e.made(63)
				first, token := e.page(0, "")
				equal("the number of jobs", len(first), 60)
				second, last := e.page(0, token)
				equal("the last token", last, "")
				sameJobs("both pages", append(first, second...), want)
			}},
		{Name: "list/token-form", Kind: KindDocumented, Source: api("ListUserImportJobs"),
			Sentence: "A token is text without white space.",
			check: func(e *env) {
				e.made(3)
				_, token := e.page(1, "")
				that(token != "", "there is no token after one of three jobs")
				that(!strings.ContainsAny(token, " \t\r\n"), "the token %q has white space", token)
			}},
		{Name: "list/token-again", Kind: KindAssumed, Source: "A41",
			Sentence: "A token gives the same page each time.",
			check: func(e *env) {
				e.made(4)
				_, token := e.page(2, "")
				once, _ := e.page(2, token)
				twice, _ := e.page(2, token)
				sameJobs("the page", twice, once)
			}},
		{Name: "list/new-jobs-between-pages", Kind: KindAssumed, Source: "A41",
			Sentence: "A job that is created between two pages neither repeats nor hides an older job.",
			check: func(e *env) {
				want := e.made(4)
				first, token := e.page(2, "")
				e.create()
				second, _ := e.page(2, token)
				sameJobs("both pages", append(first, second...), want)
			}},
		{Name: "list/token-of-another-pool", Kind: KindAssumed, Source: "A41",
			Sentence: "List with a token of another pool returns an InvalidParameterException.",
			Setup:    twoPools(),
			check: func(e *env) {
				e.made(2)
				_, token := e.page(1, "")
				_, _, err := e.Client.List(e.ctx, e.other, importjob.Page{Token: token})
				refused(err, importjob.ErrInvalidParameter)
			}},
		{Name: "list/bad-token", Kind: KindAssumed, Source: "A41",
			Sentence: "A token that the service did not return is refused with an InvalidParameterException.",
			check: func(e *env) {
				e.made(2)
				for _, token := range []string{"x", e.pool + "#import-notthere01#1", "##", "AAAA=="} {
					refused(e.tryList(importjob.Page{Token: token}), importjob.ErrInvalidParameter)
				}
			}},
		{Name: "list/own-pool", Kind: KindDocumented, Source: api("ListUserImportJobs"),
			Sentence: "Only the jobs of the pool are listed.",
			Setup:    twoPools(),
			check: func(e *env) {
				one, two := e.createIn(e.pool), e.createIn(e.other)
				sameJobs("the first pool", e.jobs(e.pool, 0), []importjob.UserImportJob{one})
				sameJobs("the second pool", e.jobs(e.other, 0), []importjob.UserImportJob{two})
			}},
		{Name: "list/empty", Kind: KindContract, Source: "importjob.Client",
			Sentence: "A pool without jobs has one page without jobs and without a token.",
			check: func(e *env) {
				jobs, token := e.page(0, "")
				equal("the number of jobs", len(jobs), 0)
				equal("the token", token, "")
			}},
		{Name: "list/as-described", Kind: KindDocumented, Source: api("ListUserImportJobs"),
			Sentence: "At each moment, List and Describe return the same job.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.started(e.file(mixed()...))
				e.create()
				for range 10 {
					jobs := e.jobs(e.pool, 1)
					sameJobs("the list", jobs, []importjob.UserImportJob{e.describe(at(jobs, 0)), e.describe(job)})
					e.Advance(700 * time.Millisecond)
				}
			}},
		{Name: "list/ended-jobs-stay", Kind: KindDocumented, Source: cliList, Advances: true,
			Sentence: "Jobs that have ended stay in the list.",
			check: func(e *env) {
				ran := e.run(e.file(good("ann")))
				e.create()
				e.Advance(1000 * time.Hour)
				jobs := e.jobs(e.pool, 0)
				equal("the number of jobs", len(jobs), 2)
				sameJob("the older one", jobs[1], ran)
			}},
		{Name: "list/not-aliased", Kind: KindContract, Source: "importjob.Client",
			Sentence: "A caller that changes a returned page does not change later pages.",
			check: func(e *env) {
				want := e.made(3)
				jobs, _ := e.page(0, "")
				clear(jobs)
				sameJobs("the list", e.jobs(e.pool, 0), want)
			}},
	}
}

// agree ends the check unless the results agree with the counters of the job.
func (e *env) agree(job importjob.UserImportJob, rows []importjob.RowResult) {
	got := [3]int64{count(rows, importjob.RowSucceeded), count(rows, importjob.RowSkipped), count(rows, importjob.RowFailed)}
	equal("the results by outcome, against the counters", got, counters(job))
	equal("the number of results", int64(len(rows)), seen(job))
}

func resultRules() []Rule {
	return []Rule{
		{Name: "results/lines", Kind: KindAssumed, Source: "A29",
			Sentence: "Results come in the order of the file, one for each row. The header is line 1.",
			check: func(e *env) {
				rows := e.results(e.run(e.file(mixed()...)))
				equal("the number of results", len(rows), 40)
				for i, r := range rows {
					equal("the line", r.Line, i+2)
				}
			}},
		{Name: "results/outcomes", Kind: KindDocumented, Source: guide,
			Sentence: "Each result has the outcome of its row.",
			check: func(e *env) {
				equal("the outcomes", e.outcomes(good("ann"), unverified("bob"), good("ann"), good("cid"), good("bob")), "SFKSS")
			}},
		{Name: "results/succeeded", Kind: KindDocumented, Source: guide,
			Sentence: "The line of an imported row is \"[SUCCEEDED] Line Number 2 - The import succeeded.\"",
			check: func(e *env) {
				rows := e.results(e.run(e.file(good("ann"))))
				that(slices.Equal(rows, []importjob.RowResult{{Line: 2, Status: "SUCCEEDED", Reason: "The import succeeded."}}), "the results are %v", rows)
			}},
		{Name: "results/skipped", Kind: KindDocumented, Source: guide,
			Sentence: "The line of a skipped row is \"[SKIPPED] Line Number 3 - The user already exists.\"",
			check: func(e *env) {
				r := at(e.results(e.run(e.file(good("ann"), good("ann")))), 1)
				equal("the result", r, importjob.RowResult{Line: 3, Status: "SKIPPED", Reason: "The user already exists."})
			}},
		{Name: "results/not-verified", Kind: KindDocumented, Source: oneWord,
			Sentence: "The reason for a row without a verified attribute is the documented sentence.",
			check: func(e *env) {
				r := at(e.results(e.run(e.file(unverified("ann")))), 0)
				const before, after = "The User Record does not set any of the auto verified attributes to ", ". (Example: email_verified to true)."
				that(r.Reason == before+"verified"+after || r.Reason == before+"true"+after, "the reason is %q", r.Reason)
			}},
		{Name: "results/no-values", Kind: KindDocumented, Source: guide,
			Sentence: "Each result has a reason that fits its outcome. No reason contains a value of the file.",
			check: func(e *env) {
				const secret = "s3cr3t"
				for _, r := range e.results(e.run(e.file(
					good(secret), good(secret), unverified(secret+"2"), good(secret+" x"),
					good("ann").with("email", secret), good("bob").with("birthdate", secret), good("cid").with("phone_number", secret),
					good("dan").with("email_verified", secret), good("eve").with("updated_at", secret), good("fay").with("cognito:mfa_enabled", secret),
				))) {
					that(!strings.Contains(r.String(), secret), "line %d shows a value", r.Line)
					that(r.Reason != "", "line %d has no reason", r.Line)
					that((r.Reason == "The import succeeded.") == (r.Status == importjob.RowSucceeded) &&
						(r.Reason == importjob.ReasonExists) == (r.Status == importjob.RowSkipped), "%q is the reason of a %s row", r.Reason, r.Status)
				}
			}},
		{Name: "results/prefix", Kind: KindAssumed, Source: "A45",
			Sentence: "While a job runs, its results agree with its counters. New results come after the earlier ones, which do not change.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.started(e.file(mixed()...))
				var before []importjob.RowResult
				for range 11 {
					rows := e.results(job)
					e.agree(e.describe(job), rows)
					that(len(rows) >= len(before) && slices.Equal(rows[:len(before)], before), "results that were there have changed")
					before = rows
					e.Advance(650 * time.Millisecond)
				}
				equal("the number of results in the end", len(before), 40)
			}},
		{Name: "results/none-before", Kind: KindContract, Source: "importjob.Client",
			Sentence: "A job that has not been started has one page without results and without a token.",
			check: func(e *env) {
				rows, token, err := e.Client.Results(e.ctx, e.uploaded(e.file(good("ann"))).Ref(), importjob.Page{})
				ok("Results", err)
				equal("the number of results", len(rows), 0)
				equal("the token", token, "")
			}},
		{Name: "results/pages", Kind: KindContract, Source: "importjob.Client",
			Sentence: "Pages of any size contain each result once, in order. No page holds more results than the caller asks for.",
			check:    checkResultPages},
		{Name: "results/bad-token", Kind: KindAssumed, Source: "A41",
			Sentence: "A token that the service did not return is refused with an InvalidParameterException.",
			check: func(e *env) {
				job := e.run(e.file(goods(3)...))
				for _, token := range []string{"x", job.JobID + "#100", job.JobID + "#-1"} {
					_, _, err := e.Client.Results(e.ctx, job.Ref(), importjob.Page{Token: token})
					refused(err, importjob.ErrInvalidParameter)
				}
			}},
		{Name: "results/not-aliased", Kind: KindContract, Source: "importjob.Client",
			Sentence: "A caller that changes returned results does not change later results.",
			check: func(e *env) {
				job := e.run(e.file(mixed()...))
				want := e.results(job)
				rows, _, err := e.Client.Results(e.ctx, job.Ref(), importjob.Page{})
				ok("Results", err)
				clear(rows)
				equalLists("the results", e.results(job), want)
			}},
		{Name: "results/own-job", Kind: KindDocumented, Source: guide,
			Sentence: "The results of a job are about the rows of its own file.",
			check: func(e *env) {
				one, two := e.run(e.file(goods(3)...)), e.run(e.file(unverified("ann")))
				equal("the first job's", letters(e.results(one)), "SSS")
				equal("the second job's", letters(e.results(two)), "F")
			}},
	}
}

func checkResultPages(e *env) {
	job := e.run(e.file(mixed()...))
	want := e.results(job)
	equal("the number of results", len(want), 40)
	for _, size := range []int{1, 3, 39, 40, 41, 10_000} {
		got := pages(func(token string) ([]importjob.RowResult, string, error) {
			rows, next, err := e.Client.Results(e.ctx, job.Ref(), importjob.Page{MaxResults: size, Token: token})
			that(len(rows) <= size, "a page of at most %d has %d results", size, len(rows))
			return rows, next, err
		})
		equalLists(fmt.Sprintf("pages of %d", size), got, want)
	}
}
