package backendtest

import (
	"slices"
	"time"

	"github.com/cognito-import/importjob"
)

// paced returns a Setup whose jobs are Pending for two seconds and then import ten rows a second.
func paced() Setup { return Setup{PendingFor: 2 * time.Second, RowsPerSecond: 10} }

// mixed returns forty rows, of which 8 fail and 4 are skipped.
func mixed() []user {
	rows := goods(40)
	for i := range rows {
		switch {
		case i%5 == 2:
			rows[i] = rows[i].with("email_verified", "FALSE")
		case i%8 == 7:
			rows[i] = good("user0000")
		}
	}
	return rows
}

// watch describes a job every 300 ms until it has ended, and returns the answers. The first one is job itself.
func (e *env) watch(job importjob.UserImportJob) []importjob.UserImportJob {
	looks := []importjob.UserImportJob{job}
	for range 1000 {
		now := e.describe(job)
		looks = append(looks, now)
		if now.Status.Done() {
			return looks
		}
		e.Advance(300 * time.Millisecond)
	}
	failf("the job has not ended: it is %s", looks[len(looks)-1].Status)
	return nil
}

func runRules() []Rule {
	return []Rule{
		{Name: "run/succeeded", Kind: KindDocumented, Source: cliList,
			Sentence: "A job whose rows are good ends Succeeded, with the documented message and all rows imported.",
			check: func(e *env) {
				created := e.uploaded(e.file(goods(7)...))
				job := e.finish(e.start(created))
				want := created
				want.Status, want.CompletionMessage, want.ImportedUsers = importjob.StatusSucceeded, "Import Job Completed Successfully.", 7
				want.StartDate, want.CompletionDate = job.StartDate, job.CompletionDate
				sameJob("the job", job, want)
			}},
		{Name: "run/all-bad", Kind: KindDocumented, Source: guide,
			Sentence: "A job of five rows that all fail ends Failed, with the documented message.",
			check: func(e *env) {
				var rows []user
				for _, row := range goods(5) {
					rows = append(rows, row.with("email_verified", "FALSE"))
				}
				job := e.run(e.file(rows...))
				equal("the status", job.Status, importjob.StatusFailed)
				equal("the counters", counters(job), [3]int64{0, 0, 5})
				equal("the message", job.CompletionMessage, "Too many users have failed or been skipped during the import.")
			}},
		{Name: "run/most-bad", Kind: KindDocumented, Source: tooMany,
			Sentence: "A job with 14 good rows and 32 rows that fail reads all of them, imports the good ones, and ends Failed.",
			check: func(e *env) {
				rows := goods(46)
				for i := range 32 {
					rows[i+7] = rows[i+7].with("email_verified", "FALSE")
				}
				job := e.run(e.file(rows...))
				equal("the status", job.Status, importjob.StatusFailed)
				equal("the counters", counters(job), [3]int64{14, 0, 32})
				e.agree(job, e.results(job))
				equal("the message", job.CompletionMessage, "Too many users have failed or been skipped during the import.")
			}},
		{Name: "run/threshold", Kind: KindAssumed, Source: "A1",
			Sentence: "A job ends Failed when more rows failed or were skipped than were imported. Otherwise it ends Succeeded.",
			check: func(e *env) {
				rows := goods(4) // two good, one that fails, one that is skipped
				rows[2], rows[3] = unverified("bad"), rows[0]
				job := e.run(e.file(rows...))
				equal("the counters", counters(job), [3]int64{2, 1, 1})
				equal("the status of half", job.Status, importjob.StatusSucceeded)
				job = e.run(e.file(append(rows, good("new"))...))
				equal("the counters of the second run", counters(job), [3]int64{1, 3, 1})
				equal("its status", job.Status, importjob.StatusFailed)
			}},
		{Name: "run/skipped-are-bad", Kind: KindAssumed, Source: "A1",
			Sentence: "A job whose rows are all skipped ends Failed, with the message that too many users have been skipped.",
			check: func(e *env) {
				e.run(e.file(goods(5)...))
				job := e.run(e.file(goods(5)...))
				equal("the counters", counters(job), [3]int64{0, 5, 0})
				equal("the status", job.Status, importjob.StatusFailed)
				equal("the message", job.CompletionMessage, importjob.MessageTooManyFailed)
			}},
		{Name: "run/statuses", Kind: KindDocumented, Source: api("UserImportJobType"),
			Sentence: "A job goes through Pending and InProgress to its end, and never back.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				looks := e.watch(e.started(e.file(mixed()...)))
				var statuses []importjob.Status
				for i, job := range looks {
					that(i == 0 || reaches(looks[i-1].Status, job.Status), "from %s to %s", looks[max(i-1, 0)].Status, job.Status)
					statuses = append(statuses, job.Status)
				}
				equalLists("the statuses", slices.Compact(statuses),
					[]importjob.Status{importjob.StatusPending, importjob.StatusInProgress, importjob.StatusSucceeded})
			}},
		{Name: "run/pending-reads-nothing", Kind: KindDocumented, Source: api("UserImportJobType"),
			Sentence: "While a job is Pending its counters are zero, and it has no results.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(20)...))
				e.Advance(1900 * time.Millisecond)
				pending := e.describe(job)
				equal("the status", pending.Status, importjob.StatusPending)
				equal("the counters", counters(pending), [3]int64{})
				equal("the number of results", len(e.results(job)), 0)
			}},
		{Name: "run/counters-rise", Kind: KindAssumed, Source: "A31",
			Sentence: "While a job runs, each of its counters rises from zero to its final value, and never falls.",
			Setup:    paced(), Advances: true,
			check: checkCountersRise},
		{Name: "run/pace", Kind: KindAssumed, Source: "A31",
			Sentence: "After half of its running time, a job has imported about half of its rows.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(40)...))
				e.Advance(4 * time.Second)
				n := e.describe(job).ImportedUsers
				that(n >= 15 && n <= 25, "after two of four seconds %d of 40 rows are imported", n)
			}},
		{Name: "run/start-date-rewritten", Kind: KindAssumed, Source: "A47",
			Sentence: "Start sets the start date to the time of the call. When the import of rows begins, the start date changes to that time.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				started := e.started(e.file(goods(20)...))
				e.Advance(time.Second)
				equal("the start date while Pending", e.describe(started).StartDate, started.StartDate)
				e.Advance(2 * time.Second)
				running := e.describe(started)
				that(running.StartDate.After(started.StartDate), "the start date is still %v", running.StartDate)
				equal("the start date in the end", e.finish(running).StartDate, running.StartDate)
			}},
		{Name: "run/dates-in-order", Kind: KindDocumented, Source: cliList,
			Sentence: "A job is created, starts and completes in this order. It completes when its import ends.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				looks := e.watch(e.started(e.file(mixed()...)))
				job, before := looks[len(looks)-1], looks[len(looks)-2]
				equal("the creation date", job.CreationDate, before.CreationDate)
				that(!job.StartDate.Before(job.CreationDate), "started at %v, created at %v", job.StartDate, job.CreationDate)
				took := job.CompletionDate.Sub(job.StartDate)
				that(took >= 3*time.Second && took <= 5*time.Second, "40 rows at ten a second took %v", took)
				that(!job.CompletionDate.After(e.Now()), "the completion date %v is in the future", job.CompletionDate)
			}},
		{Name: "run/no-early-end", Kind: KindDocumented, Source: cliStart,
			Sentence: "A job has no completion date and no message until it has ended.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				for _, job := range e.watch(e.started(e.file(mixed()...))) {
					equal("whether the date is there", !job.CompletionDate.IsZero(), job.Status.Done())
					equal("whether the message is there", job.CompletionMessage != "", job.Status.Done())
				}
			}},
		{Name: "run/nothing-lost", Kind: KindDocumented, Source: api("UserImportJobType"),
			Sentence: "The name, IDs, URL, creation date, role and algorithm of a job never change.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				created := e.uploaded(e.file(mixed()...))
				for _, job := range e.watch(e.start(created)) {
					want := job
					want.JobName, want.JobID, want.UserPoolID, want.PreSignedURL = created.JobName, created.JobID, created.UserPoolID, created.PreSignedURL
					want.CreationDate, want.CloudWatchLogsRoleARN = created.CreationDate, created.CloudWatchLogsRoleARN
					want.PasswordHashingAlgorithm = created.PasswordHashingAlgorithm
					sameJob("a look", job, want)
				}
			}},
		{Name: "run/final", Kind: KindDocumented, Source: cliList, Advances: true,
			Sentence: "A job that has ended does not change.",
			check: func(e *env) {
				good, bad := e.run(e.file(good("ann"))), e.run(e.file(unverified("bob")))
				for range 3 {
					e.Advance(25 * time.Hour)
					sameJob("the succeeded job", e.describe(good), good)
					sameJob("the failed job", e.describe(bad), bad)
				}
			}},
		{Name: "run/role", Kind: KindDocumented, Source: guide,
			Sentence: "A job whose role cannot be assumed ends Failed and imports no user.",
			Setup:    Setup{RoleFails: true},
			check: func(e *env) {
				job := e.started(e.file(goods(3)...))
				e.fails(e.finish(job))
			}},
	}
}

func checkCountersRise(e *env) {
	looks := e.watch(e.started(e.file(mixed()...)))
	last := looks[len(looks)-1]
	equal("the counters in the end", counters(last), [3]int64{28, 4, 8})
	between := map[int64]bool{}
	for i, job := range looks[1:] {
		for c, n := range counters(job) {
			that(n >= counters(looks[i])[c], "a counter fell: from %s to %s", looks[i], job)
			that(n <= counters(last)[c], "a counter is above its end value: %s", job)
		}
		between[seen(job)] = true
	}
	that(len(between) >= 5, "only %d different counts were seen", len(between))
}

// fails ends the check unless a job failed as a whole: it is Failed, read no row, and has a message that says why.
func (e *env) fails(job importjob.UserImportJob) {
	equal("the status", job.Status, importjob.StatusFailed)
	equal("the counters", counters(job), [3]int64{})
	that(job.CompletionMessage != "" && job.CompletionMessage != importjob.MessageTooManyFailed &&
		job.CompletionMessage != importjob.MessageSucceeded, "the message is %q", job.CompletionMessage)
	that(!job.CompletionDate.IsZero(), "there is no completion date")
	equal("the number of results", len(e.results(job)), 0)
	if e.Directory != nil {
		equal("the number of users", must(e.Directory.CountUsers(e.ctx, e.pool)), 0)
	}
}
