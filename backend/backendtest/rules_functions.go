package backendtest

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
)

// impatient returns options for a clock that only the rule moves. They move it after each Describe, and call giveUp
// after a thousand.
func (e *env) impatient(giveUp func()) *importjob.ImportOptions {
	opts, calls := &importjob.ImportOptions{Patience: -1}, 0
	if e.Advance == nil {
		return opts
	}
	opts.Wait.MinInterval, opts.Wait.MaxInterval = time.Millisecond, time.Millisecond
	opts.Wait.OnProgress = func(importjob.UserImportJob) {
		if calls++; calls > 1000 {
			giveUp()
		}
		e.Advance(500 * time.Millisecond)
	}
	return opts
}

func (e *env) importFile(file string) (importjob.UserImportJob, error) {
	ctx, giveUp := context.WithCancel(e.ctx)
	defer giveUp()
	return importjob.Import(ctx, e.Client, e.input(), strings.NewReader(file), int64(len(file)), e.impatient(giveUp))
}

func functionRules() []Rule {
	return []Rule{
		{Name: "functions/import", Kind: KindContract, Source: "importjob.Import",
			Sentence: "Import runs a job from its creation to its end.",
			check: func(e *env) {
				job, err := e.importFile(e.file(goods(12)...))
				ok("Import", err)
				equal("the counters", counters(job), [3]int64{12, 0, 0})
				sameJob("the job", e.describe(job), job)
			}},
		{Name: "functions/import-fails", Kind: KindContract, Source: "importjob.JobError",
			Sentence: "If the job ends Failed, Import returns a *JobError with the job.",
			check: func(e *env) {
				job, err := e.importFile(e.file(unverified("ann"), unverified("bob")))
				var ended *importjob.JobError
				that(err != nil, "there is no error, want a *JobError")
				that(errors.As(err, &ended), "got the error %w, want a *JobError", err)
				sameJob("the job of the error", ended.Job, job)
				equal("the counters", counters(job), [3]int64{0, 0, 2})
			}},
		{Name: "functions/import-refused", Kind: KindContract, Source: "importjob.ImportOptions",
			Sentence: "Import is refused while another job is active, and its job stays Created.",
			Setup:    endless(),
			check: func(e *env) {
				e.started(e.file(good("ann")))
				job, err := e.importFile(e.file(good("bob")))
				refused(err, importjob.ErrPreconditionNotMet)
				equal("the status", e.describe(job).Status, importjob.StatusCreated)
			}},
		{Name: "functions/wait", Kind: KindContract, Source: "importjob.Wait",
			Sentence: "Wait returns a job when it has ended.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(30)...))
				ctx, giveUp := context.WithCancel(e.ctx)
				defer giveUp()
				ended, err := importjob.Wait(ctx, e.Client, job.Ref(), &e.impatient(giveUp).Wait)
				ok("Wait", err)
				equal("the status", ended.Status, importjob.StatusSucceeded)
			}},
		{Name: "functions/jobs", Kind: KindContract, Source: "importjob.Jobs",
			Sentence: "Jobs iterates over all jobs of a pool, over several pages.",
			check: func(e *env) {
				want := e.made(61)
				var got []importjob.UserImportJob
				for job, err := range importjob.Jobs(e.ctx, e.Client, e.pool) {
					ok("Jobs", err)
					if got = append(got, job); len(got) > len(want) {
						break
					}
				}
				sameJobs("the jobs", got, want)
			}},
		{Name: "functions/results", Kind: KindContract, Source: "importjob.Results",
			Sentence: "Results iterates over the results of all rows, over several pages.",
			check: func(e *env) {
				const n = 10_003
				job := e.run(e.file(goods(n)...))
				line := 2
				for row, err := range importjob.Results(e.ctx, e.Client, job.Ref()) {
					ok("Results", err)
					equal("the line", row.Line, line)
					if line++; line > n+2 {
						break
					}
				}
				equal("the number of rows", line-2, n)
			}},
	}
}
