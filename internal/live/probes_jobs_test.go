package live_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// jobProbes ask what becomes of jobs.
func jobProbes() []probe {
	return slices.Concat(refusalProbes(), listProbes(), []probe{
		{number: "A2", name: "role-cannot-be-assumed", ask: askRole},
		{number: "A3", name: "no-auto-verified-attribute", kind: func(p importjob.Pool) string {
			if jobsStart(p) == "" {
				return "the pool has an auto-verified attribute"
			}
			return ""
		}, ask: func(l *lab) answer {
			job := l.uploaded(l.file(l.good("a")))
			e := l.ran(job)
			after := must(l.client.Describe(l.ctx, job.Ref()))
			return whether(errors.Is(e.refusal, importjob.ErrPreconditionNotMet) && after.Status == importjob.StatusCreated, "%v; then the job is %s", e, after.Status)
		}},
		{number: "A12", name: "stop-at-once", ask: askStop},
		{number: "A22", name: "upload-after-start", ask: askLateUpload},
		{number: "A38", name: "short-upload", ask: askShortUpload},
		{number: "A39", name: "counters-and-lines", ask: askLateLines},
		{number: "A46", name: "users-of-a-failed-job", ask: func(l *lab) answer {
			a := l.good("a")
			e := l.imported(l.file(a, l.bad("b"), l.bad("c"), l.bad("d")))
			if !e.status(importjob.StatusFailed) || !e.counts(1, 0, 3) {
				return answer{verdict: undecided, text: e.String()}
			}
			return whether(l.exists(a), "the imported user is there: %v; %v", l.exists(a), e)
		}},
		{number: "A47", name: "start-date", ask: func(l *lab) answer {
			started := must(l.start(l.uploaded(l.file(l.good("a")))))
			e := l.awaited(started)
			moved := e.job.StartDate.Sub(started.StartDate)
			return whether(moved > 0, "the start date moves by %v, and the job ends %v after it", moved, e.job.CompletionDate.Sub(e.job.StartDate))
		}},
	})
}

// many returns good rows.
func (l *lab) many(n int) []row {
	var rows []row
	for i := range n {
		rows = append(rows, l.good(fmt.Sprint(i)))
	}
	return rows
}

func askRole(l *lab) answer {
	job, err := l.create(l.badRole, "")
	if err != nil {
		return answer{verdict: doesNotHold, text: "Create: " + fault(err)}
	}
	l.upload(job, l.file(l.good("a")))
	e := l.ran(job)
	return whether(e.failsWhole(), "%v", e)
}

// askStop stops a job right after its Start.
func askStop(l *lab) answer {
	job := must(l.start(l.uploaded(l.file(l.many(50)...))))
	stopped, err := l.client.Stop(l.ctx, job.Ref())
	if err != nil {
		return answer{verdict: undecided, text: "Stop: " + fault(err)}
	}
	end := must(l.finish(l.ctx, job.Ref()))
	return whether(stopped.Status == importjob.StatusStopped && end.ImportedUsers == stopped.ImportedUsers,
		"Stop answers %s with %d imported; in the end the job is %s with %d imported: %q",
		stopped.Status, stopped.ImportedUsers, end.Status, end.ImportedUsers, end.CompletionMessage)
}

// askLateUpload replaces the file of a job that was started.
func askLateUpload(l *lab) answer {
	a, b := l.good("a"), l.good("b")
	job := l.uploaded(l.file(a))
	started := must(l.start(job))
	file := l.file(b)
	err := l.client.Upload(l.ctx, job, strings.NewReader(file), int64(len(file)))
	e := l.awaited(started)
	return whether(err == nil && l.exists(a) && !l.exists(b), "the upload: %s; the first file was imported: %v, the second: %v; %v",
		fault(err), l.exists(a), l.exists(b), e)
}

// refusalProbes ask with which exception something is refused.
func refusalProbes() []probe {
	return []probe{
		{number: "A15", name: "start-twice", ask: func(l *lab) answer {
			job := must(l.start(l.uploaded(l.file(l.many(20)...))))
			_, err := l.client.Start(l.ctx, job.Ref())
			return whether(errors.Is(err, importjob.ErrPreconditionNotMet), "the second Start: %s", fault(err))
		}},
		{number: "A15", name: "start-ended", ask: func(l *lab) answer {
			e := l.imported(l.file(l.good("a")))
			_, err := l.client.Start(l.ctx, e.job.Ref())
			after := must(l.client.Describe(l.ctx, e.job.Ref()))
			return whether(errors.Is(err, importjob.ErrPreconditionNotMet) && after == e.job, "Start of a %s job: %s", e.job.Status, fault(err))
		}},
		{number: "A15", name: "stop-idle", ask: func(l *lab) answer {
			created := l.uploaded(l.file(l.good("a")))
			_, err := l.client.Stop(l.ctx, created.Ref())
			e := l.ran(created)
			_, again := l.client.Stop(l.ctx, created.Ref())
			return whether(errors.Is(err, importjob.ErrPreconditionNotMet) && errors.Is(again, importjob.ErrPreconditionNotMet) && e.counts(1, 0, 0),
				"Stop of a Created job: %s; of a %s job: %s", fault(err), e.job.Status, fault(again))
		}},
		{number: "A15", name: "unknown-job", ask: func(l *lab) answer {
			ref := importjob.Ref{UserPoolID: l.pool, JobID: "import-notthere01"}
			_, describe := l.client.Describe(l.ctx, ref)
			_, start := l.client.Start(l.ctx, ref)
			_, stop := l.client.Stop(l.ctx, ref)
			all := true
			for _, err := range []error{describe, start, stop} {
				all = all && errors.Is(err, importjob.ErrResourceNotFound)
			}
			return whether(all, "Describe: %s; Start: %s; Stop: %s", fault(describe), fault(start), fault(stop))
		}},
		{number: "A40", name: "start-beside-active", ask: askSecondStart},
		{number: "A43", name: "refused-start-changes-nothing", ask: func(l *lab) answer {
			job := l.created()
			_, err := l.client.Start(l.ctx, job.Ref())
			after := must(l.client.Describe(l.ctx, job.Ref()))
			l.upload(job, l.file(l.good("a")))
			e := l.ran(job)
			return whether(errors.Is(err, importjob.ErrPreconditionNotMet) && after.Status == importjob.StatusCreated && e.counts(1, 0, 0),
				"Start without a file: %s; then the job is %s; with a file: %v", fault(err), after.Status, e)
		}},
	}
}

// askSecondStart starts a job while another one is active.
func askSecondStart(l *lab) answer {
	second := l.uploaded(l.file(l.good("b")))
	first := must(l.start(l.uploaded(l.file(l.many(50)...))))
	_, err := l.client.Start(l.ctx, second.Ref())
	now := must(l.client.Describe(l.ctx, first.Ref()))
	if err == nil && now.Status.Done() {
		return answer{verdict: undecided, text: "the first job ended before the second Start"}
	}
	return whether(errors.Is(err, importjob.ErrPreconditionNotMet), "Start while another job was active: %s", fault(err))
}

// listProbes ask about page tokens. They need no job that starts.
func listProbes() []probe {
	anyPool := func(importjob.Pool) string { return "" }
	return []probe{
		{number: "A13", name: "token-of-the-last-page", kind: anyPool, ask: askLastToken},
		{number: "A15, A41", name: "bad-token", kind: anyPool, ask: func(l *lab) answer {
			l.created()
			_, _, err := l.client.List(l.ctx, l.pool, importjob.Page{MaxResults: 1, Token: "x"})
			return whether(errors.Is(err, importjob.ErrInvalidParameter), "List with the token x: %s", fault(err))
		}},
		{number: "A41", name: "token-again", kind: anyPool, ask: func(l *lab) answer {
			ids := func(token string) (string, string) {
				jobs, next, err := l.client.List(l.ctx, l.pool, importjob.Page{MaxResults: 1, Token: token})
				must(0, err)
				text := fmt.Sprint(len(jobs), " jobs")
				for _, j := range jobs {
					text += " " + j.JobID
				}
				return text, next
			}
			older, newer := l.created(), l.created()
			_, token := ids("")
			once, _ := ids(token)
			l.created()
			again, _ := ids(token)
			return whether(once == again && strings.HasSuffix(once, older.JobID), "jobs %s and %s: the page after the newer one: %s; after a new job: %s",
				older.JobID, newer.JobID, once, again)
		}},
	}
}

// askLastToken lists all jobs with a last page that is exactly full.
func askLastToken(l *lab) answer {
	l.created()
	count := 0
	for _, err := range importjob.Jobs(l.ctx, l.client, l.pool) {
		must(0, err)
		count++
	}
	token := ""
	for left := count; left > 0; {
		page := importjob.Page{MaxResults: min(left, 60), Token: token}
		jobs, next, err := l.client.List(l.ctx, l.pool, page)
		must(0, err)
		if len(jobs) == 0 {
			return answer{verdict: undecided, text: fmt.Sprintf("an empty page with %d of %d jobs left", left, count)}
		}
		left, token = left-len(jobs), next
	}
	if token == "" {
		return whether(true, "the last page of %d jobs is full, and has no token", count)
	}
	jobs, next, err := l.client.List(l.ctx, l.pool, importjob.Page{MaxResults: 1, Token: token})
	return whether(false, "the last page of %d jobs is full, and has a token; the next page has %d jobs, a token: %v, %s", count, len(jobs), next != "", fault(err))
}

// askLateLines looks at a job that has just ended, and again later.
func askLateLines(l *lab) answer {
	rows := append(l.many(20), l.bad("x"), l.bad("y"))
	job := must(l.start(l.uploaded(l.file(rows...))))
	first := must(l.finish(l.ctx, job.Ref()))
	before := must(l.results(l.ctx, job.Ref()))
	all := must(l.allResults(l.ctx, first))
	must(0, sleep(l.ctx, 3*l.poll))
	later := must(l.client.Describe(l.ctx, job.Ref()))
	final := first == later
	return whether(final && len(all) == len(rows), "%d rows: %d lines when the job had just ended, %d in the end; counters %d, %d, %d, and later %d, %d, %d",
		len(rows), len(before), len(all), first.ImportedUsers, first.SkippedUsers, first.FailedUsers, later.ImportedUsers, later.SkippedUsers, later.FailedUsers)
}
