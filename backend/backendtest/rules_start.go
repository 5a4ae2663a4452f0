package backendtest

import (
	"strings"
	"time"
	"unicode"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// cannotStart ends the check unless Start refuses a job and does not change it.
func (e *env) cannotStart(job importjob.UserImportJob) {
	before := e.describe(job)
	_, err := e.Client.Start(e.ctx, job.Ref())
	refused(err, importjob.ErrPreconditionNotMet)
	sameJob("the refused job", e.describe(job), before)
}

// endless returns a Setup whose jobs do not end during the check, unless they are stopped.
func endless() Setup { return Setup{PendingFor: 24 * time.Hour} }

// endlessIn returns a copy of a Setup whose jobs do not end during the check.
func endlessIn(s Setup) Setup {
	s.PendingFor = 24 * time.Hour
	return s
}

func startRules() []Rule {
	return []Rule{
		{Name: "start/no-file", Kind: KindDocumented, Source: noFile,
			Sentence: "Start of a job without a file returns a PreconditionNotMetException with the message \"No csv file was uploaded for\" and the ID of the job.",
			check:    func(e *env) { e.noCSV(e.create()) }},
		{Name: "start/no-file-then-file", Kind: KindAssumed, Source: "A43",
			Sentence: "A job that Start refuses because it has no file stays Created. It can be started when it has a file.",
			check: func(e *env) {
				job := e.create()
				e.cannotStart(job)
				e.upload(job, e.file(good("ann")))
				equal("the status in the end", e.finish(e.start(job)).Status, importjob.StatusSucceeded)
			}},
		{Name: "start/answer", Kind: KindDocumented, Source: cliStart,
			Sentence: "Start returns the job with status Pending, a start date and zero counters, and without a completion date and message.",
			check: func(e *env) {
				created := e.uploaded(e.file(goods(5)...))
				e.unevenly()
				before := backend.Date(e.Now())
				job := e.start(created)
				that(!job.StartDate.Before(before) && !job.StartDate.After(e.Now()), "the start date is %v, but the clock said %v", job.StartDate, before)
				want := created
				want.Status, want.StartDate = importjob.StatusPending, job.StartDate
				sameJob("the answer", job, want)
			}},
		{Name: "start/twice", Kind: KindAssumed, Source: "A15",
			Sentence: "A job that is active cannot be started again.",
			Setup:    Setup{PendingFor: 10 * time.Second, RowsPerSecond: 1}, Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(20)...))
				e.cannotStart(job)
				e.Advance(15 * time.Second)
				e.cannotStart(job)
			}},
		{Name: "start/ended", Kind: KindAssumed, Source: "A15",
			Sentence: "A job that has Succeeded or Failed cannot be started again.",
			check: func(e *env) {
				e.cannotStart(e.run(e.file(good("ann"))))
				e.cannotStart(e.run(e.file(unverified("bob"))))
			}},
		{Name: "start/stopped", Kind: KindDocumented, Source: guide,
			Sentence: "A job that was stopped cannot be started again.",
			Setup:    endless(),
			check:    func(e *env) { e.cannotStart(e.stop(e.started(e.file(good("ann"))))) }},
		{Name: "start/one-active", Kind: KindDocumented, Source: guide,
			Sentence: "While a job is active, Start of another job returns a PreconditionNotMetException.",
			Setup:    Setup{PendingFor: 10 * time.Second, RowsPerSecond: 1}, Advances: true,
			check: func(e *env) {
				e.started(e.file(goods(20)...))
				second := e.uploaded(e.file(good("ann")))
				e.cannotStart(second) // while the first is Pending
				e.Advance(15 * time.Second)
				e.cannotStart(second) // while it is InProgress
			}},
		{Name: "start/one-active-in-account", Kind: KindDocumented, Source: guide,
			Sentence: "Only one job at a time is active in an account, also if the jobs are in different pools.",
			Setup:    endlessIn(twoPools()),
			check: func(e *env) {
				e.started(e.file(good("ann")))
				second := e.createIn(e.other)
				e.upload(second, e.file(good("bob")))
				e.cannotStart(second)
			}},
		{Name: "start/next", Kind: KindDocumented, Source: guide,
			Sentence: "When the active job has ended, another job can start.",
			check: func(e *env) {
				second := e.uploaded(e.file(good("bob")))
				e.run(e.file(good("ann")))
				equal("the status of the next", e.finish(e.start(second)).Status, importjob.StatusSucceeded)
			}},
		{Name: "start/next-after-stop", Kind: KindDocumented, Source: guide,
			Sentence: "When the active job was stopped, another job can start.",
			Setup:    endless(),
			check: func(e *env) {
				e.stop(e.started(e.file(good("ann"))))
				e.started(e.file(good("bob")))
			}},
		{Name: "start/while-stopping", Kind: KindDocumented, Source: guide,
			Sentence: "A job that is Stopping is still active.",
			Setup:    Setup{RowsPerSecond: 1, StoppingFor: 5 * time.Second}, Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(100)...))
				second := e.uploaded(e.file(good("ann")))
				e.Advance(3 * time.Second)
				equal("the status", e.stop(job).Status, importjob.StatusStopping)
				e.cannotStart(second)
				e.Advance(6 * time.Second)
				e.start(second)
			}},
		{Name: "start/refused-takes-no-slot", Kind: KindAssumed, Source: "A43",
			Sentence: "A job that Start has refused does not prevent another job from starting.",
			check: func(e *env) {
				e.noCSV(e.create())
				e.cannotStart(e.run(e.file(good("ann"))))
				e.started(e.file(good("bob")))
			}},
		{Name: "start/after-url-expired", Kind: KindDocumented, Source: cliList, Advances: true,
			Sentence: "A job with a file can be started after its URL has expired.",
			check: func(e *env) {
				job := e.uploaded(e.file(good("ann")))
				e.Advance(90 * time.Minute)
				equal("the status in the end", e.finish(e.start(job)).Status, importjob.StatusSucceeded)
			}},
		{Name: "start/no-auto-verified", Kind: KindAssumed, Source: "A3",
			Sentence: "In a pool without auto-verified attributes, Start returns a PreconditionNotMetException.",
			Setup:    inPool(func(p *importjob.Pool) { p.AutoVerifiedAttributes = nil }),
			check:    func(e *env) { e.cannotStart(e.uploaded(e.file(good("ann")))) }},
		{Name: "start/unknown-job", Kind: KindDocumented, Source: api("StartUserImportJob"),
			Sentence: "For a job that does not exist, Start, Stop, Describe and Results return a ResourceNotFoundException.",
			check: func(e *env) {
				e.notFound(importjob.UserImportJob{UserPoolID: e.pool, JobID: "import-notthere01"})
				job := e.create()
				e.notFound(importjob.UserImportJob{UserPoolID: e.pool, JobID: "import-" + otherCase(job.JobID[len("import-"):])})
			}},
		{Name: "start/wrong-pool", Kind: KindDocumented, Source: api("StartUserImportJob"),
			Sentence: "A job cannot be found in another pool.",
			Setup:    twoPools(),
			check: func(e *env) {
				job := e.uploaded(e.file(good("ann")))
				astray := job
				astray.UserPoolID = e.other
				e.notFound(astray)
				sameJob("the job", e.describe(job), job)
			}},
	}
}

// otherCase returns a text that differs from s, if possible only in the case of its letters.
func otherCase(s string) string {
	swapped := strings.Map(func(c rune) rune {
		if unicode.IsUpper(c) {
			return unicode.ToLower(c)
		}
		return unicode.ToUpper(c)
	}, s)
	if swapped == s {
		return s + "x"
	}
	return swapped
}

// notFound ends the check unless each method that takes the name of a job returns a ResourceNotFoundException.
func (e *env) notFound(job importjob.UserImportJob) {
	for _, call := range e.calls(job) {
		if call.ofJob {
			_, err := call.do(e.ctx)
			refused(err, importjob.ErrResourceNotFound)
		}
	}
}
