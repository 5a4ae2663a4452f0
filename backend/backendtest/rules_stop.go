package backendtest

import (
	"time"

	"github.com/cognito-import/importjob"
)

// cannotStop ends the check unless Stop refuses a job and does not change it.
func (e *env) cannotStop(job importjob.UserImportJob) {
	before := e.describe(job)
	_, err := e.Client.Stop(e.ctx, job.Ref())
	refused(err, importjob.ErrPreconditionNotMet)
	sameJob("the refused job", e.describe(job), before)
}

func stopRules() []Rule {
	return []Rule{
		{Name: "stop/pending", Kind: KindDocumented, Source: cliStop,
			Sentence: "Stop returns a job that was Pending as Stopped, with a completion date and the documented message. The job imports no user.",
			Setup:    Setup{PendingFor: 24 * time.Hour, StoppingFor: time.Hour}, Advances: true, // StoppingFor must not matter, because no row is being read
			check: func(e *env) {
				started := e.started(e.file(goods(5)...))
				e.Advance(2 * time.Second)
				job := e.stop(started)
				want := started
				want.Status, want.CompletionMessage = importjob.StatusStopped, "The Import Job was stopped by the developer."
				want.CompletionDate = job.CompletionDate
				sameJob("the answer", job, want)
				that(!job.CompletionDate.Before(started.StartDate.Add(2*time.Second)) && !job.CompletionDate.After(e.Now()),
					"completed at %v, started at %v", job.CompletionDate, started.StartDate)
				sameJob("the job afterwards", e.describe(job), job)
			}},
		{Name: "stop/halfway", Kind: KindAssumed, Source: "A12",
			Sentence: "A job that is stopped while it imports keeps the counters of the rows that it has read.",
			Setup:    Setup{RowsPerSecond: 10}, Advances: true,
			check: func(e *env) {
				job := e.started(e.file(mixed()...))
				e.Advance(2 * time.Second)
				before := e.describe(job)
				stopped := e.finish(e.stop(job))
				equal("the status", stopped.Status, importjob.StatusStopped)
				that(!stopped.CompletionDate.Before(before.StartDate.Add(2*time.Second)) && !stopped.CompletionDate.After(e.Now()),
					"completed at %v, began at %v", stopped.CompletionDate, before.StartDate)
				that(seen(stopped) >= seen(before) && seen(before) > 0 && seen(stopped) < 40,
					"%d of 40 rows were read before the stop, and %d after", seen(before), seen(stopped))
				equal("the message", stopped.CompletionMessage, "The Import Job was stopped by the developer.")
			}},
		{Name: "stop/results", Kind: KindAssumed, Source: "A12",
			Sentence: "A stopped job has the results of the rows that it has read, and no others.",
			Setup:    Setup{RowsPerSecond: 10}, Advances: true,
			check: func(e *env) {
				job := e.started(e.file(mixed()...))
				e.Advance(2500 * time.Millisecond)
				stopped := e.finish(e.stop(job))
				e.Advance(time.Minute)
				e.agree(stopped, e.results(stopped))
			}},
		{Name: "stop/users-stay", Kind: KindAssumed, Source: "A12", Users: true,
			Sentence: "Users that were imported before a stop stay. After the stop the job imports no user.",
			Setup:    Setup{RowsPerSecond: 10}, Advances: true,
			check: func(e *env) {
				job := e.started(e.file(mixed()...))
				e.Advance(2 * time.Second)
				stopped := e.finish(e.stop(job))
				for range 2 {
					equal("the number of users", must(e.Directory.CountUsers(e.ctx, e.pool)), stopped.ImportedUsers)
					equal("the number of listed users", int64(len(e.users())), stopped.ImportedUsers)
					e.Advance(time.Minute)
				}
				e.user("user0000")
				e.noUser("user0038")
			}},
		{Name: "stop/unread-rows-are-free", Kind: KindAssumed, Source: "A12",
			Sentence: "The next job with the same file imports the rows that a stopped job has not read, and skips those that it has imported.",
			Setup:    Setup{RowsPerSecond: 10}, Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(40)...))
				e.Advance(2 * time.Second)
				first := e.finish(e.stop(job))
				second := e.run(e.file(goods(40)...))
				equal("the counters of the next job", counters(second), [3]int64{40 - first.ImportedUsers, first.ImportedUsers, 0})
			}},
		{Name: "stop/first-unread-row", Kind: KindAssumed, Source: "A12", Users: true,
			Sentence: "The user of the last row that a stopped job read exists. The user of the next row does not, until another job imports it.",
			Setup:    Setup{RowsPerSecond: 10, StoppingFor: time.Second}, Advances: true,
			check: func(e *env) {
				rows := goods(40)
				job := e.started(e.file(rows...))
				e.Advance(1500 * time.Millisecond)
				stopped := e.finish(e.stop(job))
				n := int(stopped.ImportedUsers)
				that(n > 0 && n < len(rows), "%d of %d rows were imported", n, len(rows))
				last, next := rows[n-1][importjob.ColumnUsername], rows[n][importjob.ColumnUsername]
				for range 2 {
					equal("the number of results", len(e.results(stopped)), n)
					equal("the last user", at(e.users(), n-1).Username, last)
					e.user(last)
					e.noUser(next)
					e.Advance(time.Minute)
				}
				equal("the outcomes of the next job", e.outcomes(rows[n-1], rows[n]), "KS")
				equal("the user of the next job", e.user(next).Username, next)
				equal("the number of users", len(e.users()), n+1)
			}},
		{Name: "stop/stopping", Kind: KindDocumented, Source: api("UserImportJobType"),
			Sentence: "A job that is stopped while it imports rows is Stopping, and later Stopped.",
			Setup:    Setup{RowsPerSecond: 10, StoppingFor: 3 * time.Second}, Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(400)...))
				e.Advance(2 * time.Second)
				job = e.stop(job)
				for range 2 {
					equal("the status", job.Status, importjob.StatusStopping)
					that(job.CompletionDate.IsZero() && job.CompletionMessage == "", "a Stopping job has a completion date or message")
					e.Advance(time.Second)
					job = e.describe(job)
				}
				e.Advance(2 * time.Second)
				equal("the status at last", e.describe(job).Status, importjob.StatusStopped)
			}},
		{Name: "stop/stopping-again", Kind: KindAssumed, Source: "A15",
			Sentence: "A job that is Stopping cannot be stopped again.",
			Setup:    Setup{RowsPerSecond: 10, StoppingFor: 3 * time.Second}, Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(400)...))
				e.Advance(2 * time.Second)
				e.cannotStop(e.stop(job))
			}},
		{Name: "stop/final", Kind: KindDocumented, Source: guide,
			Sentence: "A job that was stopped does not change.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(40)...))
				e.Advance(4 * time.Second)
				stopped := e.finish(e.stop(job))
				for range 3 {
					e.Advance(10 * time.Hour)
					sameJob("the job", e.describe(job), stopped)
				}
			}},
		{Name: "stop/keeps-start-date", Kind: KindDocumented, Source: cliStop,
			Sentence: "A stop does not change the start date of a job.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(40)...))
				e.Advance(4 * time.Second)
				running := e.describe(job)
				equal("the start date", e.stop(job).StartDate, running.StartDate)
			}},
		{Name: "stop/created", Kind: KindAssumed, Source: "A15",
			Sentence: "A job that was not started cannot be stopped, and can still be started.",
			check: func(e *env) {
				job := e.uploaded(e.file(good("ann")))
				e.cannotStop(job)
				equal("the status in the end", e.finish(e.start(job)).Status, importjob.StatusSucceeded)
			}},
		{Name: "stop/ended", Kind: KindAssumed, Source: "A15",
			Sentence: "A job that has ended cannot be stopped.",
			check: func(e *env) {
				e.cannotStop(e.run(e.file(good("ann"))))
				e.cannotStop(e.run(e.file(unverified("bob"))))
			}},
		{Name: "stop/twice", Kind: KindAssumed, Source: "A15",
			Sentence: "A job that was stopped cannot be stopped again.",
			Setup:    endless(),
			check:    func(e *env) { e.cannotStop(e.stop(e.started(e.file(good("ann"))))) }},
	}
}

func expiryRules() []Rule {
	return []Rule{
		{Name: "expiry/expired", Kind: KindDocumented, Source: cliList, Advances: true,
			Sentence: "A job that is not started within 24 to 48 hours is Expired, with the documented message and without a start date.",
			check: func(e *env) {
				created := e.uploaded(e.file(good("ann")))
				e.Advance(72 * time.Hour)
				job := e.describe(created)
				want := created
				want.Status, want.CompletionMessage = importjob.StatusExpired, "The user import job has expired."
				want.CompletionDate = job.CompletionDate
				sameJob("the job", job, want)
				age := job.CompletionDate.Sub(job.CreationDate)
				that(age >= 24*time.Hour && age <= 48*time.Hour, "it expired at the age of %v", age)
			}},
		{Name: "expiry/without-file", Kind: KindDocumented, Source: guide, Advances: true,
			Sentence: "A job without a file expires as well.",
			check: func(e *env) {
				job := e.create()
				e.Advance(72 * time.Hour)
				equal("the status", e.describe(job).Status, importjob.StatusExpired)
				equal("the listed status", at(e.jobs(e.pool, 0), 0).Status, importjob.StatusExpired)
			}},
		{Name: "expiry/not-before", Kind: KindDocumented, Source: guide, Advances: true,
			Sentence: "For 24 hours a job stays Created, and can be started.",
			check: func(e *env) {
				job := e.uploaded(e.file(good("ann")))
				e.Advance(23*time.Hour + 59*time.Minute)
				equal("the status", e.describe(job).Status, importjob.StatusCreated)
				equal("the status in the end", e.finish(e.start(job)).Status, importjob.StatusSucceeded)
			}},
		{Name: "expiry/cannot-start", Kind: KindDocumented, Source: guide, Advances: true,
			Sentence: "An expired job can neither be started nor stopped.",
			check: func(e *env) {
				job := e.uploaded(e.file(good("ann")))
				e.Advance(72 * time.Hour)
				e.cannotStart(job)
				e.cannotStop(job)
			}},
		{Name: "expiry/not-while-active", Kind: KindDocumented, Source: api("UserImportJobType"),
			Sentence: "A job that was started in time does not expire.",
			Setup:    Setup{PendingFor: 100 * time.Hour}, Advances: true,
			check: func(e *env) {
				job := e.uploaded(e.file(good("ann")))
				e.Advance(20 * time.Hour)
				e.start(job)
				e.Advance(60 * time.Hour)
				equal("the status", e.describe(job).Status, importjob.StatusPending)
			}},
	}
}
