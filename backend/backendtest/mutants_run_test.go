package backendtest_test

import (
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/backend/backendtest"
	"github.com/cognito-import/importjob/memory"
)

// endsBy is another rule about how jobs end.
func endsBy(tooMany func(imported, skipped, failed int64) bool) func(*memory.Options) {
	return func(o *memory.Options) { o.Assumptions.TooManyFailed = tooMany }
}

func runMutants() []mutant {
	return []mutant{
		{lie: "the message of success has no dot", kills: "run/succeeded", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.CompletionMessage = strings.TrimSuffix(j.CompletionMessage, ".")
		}, importjob.StatusSucceeded)},
		{lie: "one imported row is not counted", kills: "run/succeeded functions/import", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.ImportedUsers--
		}, importjob.StatusSucceeded)},
		{lie: "a failed job has another message", kills: "run/all-bad run/most-bad run/skipped-are-bad", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.CompletionMessage = "The import job failed."
		}, importjob.StatusFailed)},
		{lie: "a job fails when nobody was imported", kills: "run/most-bad",
			options: endsBy(func(imported, skipped, failed int64) bool { return imported == 0 && skipped+failed > 0 })},
		{lie: "a job fails by half of its rows", kills: "run/threshold",
			options: endsBy(func(imported, skipped, failed int64) bool { return skipped+failed >= imported })},
		{lie: "a job fails by any bad row", kills: "run/threshold",
			options: endsBy(func(_, skipped, failed int64) bool { return skipped+failed > 0 })},
		{lie: "skipped rows are not bad", kills: "run/skipped-are-bad run/threshold",
			options: endsBy(func(imported, _, failed int64) bool { return failed > imported })},
		{lie: "jobs always succeed", kills: "run/all-bad run/most-bad functions/import-fails",
			options: endsBy(func(_, _, _ int64) bool { return false })},
		{lie: "a job is Pending again now and then", kills: "run/statuses", tell: jobsIn(func(j *importjob.UserImportJob) {
			if seen := j.ImportedUsers; seen%4 == 3 {
				j.Status = importjob.StatusPending
			}
		}, importjob.StatusInProgress)},
		{lie: "no job is ever Pending", kills: "run/statuses", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.Status = importjob.StatusInProgress
		}, importjob.StatusPending)},
		{lie: "no job is ever InProgress", kills: "run/statuses", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.Status = importjob.StatusPending
		}, importjob.StatusInProgress)},
		{lie: "a Pending job has imported somebody", kills: "run/pending-reads-nothing", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.ImportedUsers = 1
		}, importjob.StatusPending)},
		{lie: "a job is never long Pending", kills: "run/pending-reads-nothing", setup: func(s *backendtest.Setup) { s.PendingFor /= 2 }},
		{lie: "while a job runs, skipped and failed are swapped", kills: "run/counters-rise", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.SkippedUsers, j.FailedUsers = j.FailedUsers, j.SkippedUsers
		}, importjob.StatusInProgress)},
		{lie: "counters show at the end only", kills: "run/counters-rise run/pace", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.ImportedUsers, j.SkippedUsers, j.FailedUsers = 0, 0, 0
		}, importjob.StatusInProgress)},
		{lie: "rows take twice as long", kills: "run/pace run/dates-in-order", options: func(o *memory.Options) { o.RowsPerSecond /= 2 }},
		{lie: "rows take no time", kills: "run/pace run/dates-in-order run/statuses run/counters-rise", options: func(o *memory.Options) { o.RowsPerSecond = 0 }},
		{lie: "the start date never changes after Start", kills: "run/start-date-rewritten", tell: func(l *liar) {
			dates := map[string]time.Time{}
			l.onJob = func(op importjob.Op, j *importjob.UserImportJob) {
				if op == importjob.OpStart {
					dates[j.JobID] = j.StartDate
				}
				if date, ok := dates[j.JobID]; ok {
					j.StartDate = date
				}
			}
		}},
		{lie: "a job completes before it starts", kills: "run/dates-in-order", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.StartDate, j.CompletionDate = j.CompletionDate, j.StartDate
		}, importjob.StatusSucceeded)},
		{lie: "a job completes when somebody looks", kills: "run/final", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.CompletionDate = backend.Date(time.Now())
		}, importjob.StatusSucceeded)},
		{lie: "a running job says how it will end", kills: "run/no-early-end", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.CompletionMessage = importjob.MessageSucceeded
		}, importjob.StatusInProgress)},
		{lie: "a running job says when it will end", kills: "run/no-early-end", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.CompletionDate = j.StartDate.Add(time.Minute)
		}, importjob.StatusInProgress)},
		{lie: "a running job has no role", kills: "run/nothing-lost", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.CloudWatchLogsRoleARN = ""
		}, importjob.StatusInProgress)},
		{lie: "a job loses its URL when it has ended", kills: "run/nothing-lost run/succeeded", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.PreSignedURL = ""
		}, importjob.StatusSucceeded)},
		{lie: "ended jobs expire", kills: "run/final", tell: jobsIn(func(j *importjob.UserImportJob) {
			if time.Since(j.CreationDate) > 24*time.Hour {
				j.Status, j.CompletionMessage = importjob.StatusExpired, "The user import job has expired."
			}
		}, importjob.StatusSucceeded, importjob.StatusFailed)},
		{lie: "roles are not looked at", kills: "run/role", setup: func(s *backendtest.Setup) { s.RoleFails = false }},
		{lie: "a job that fails as a whole blames its users", kills: "run/role file/missing-column hashes/no-column", tell: jobsIn(func(j *importjob.UserImportJob) {
			j.CompletionMessage = importjob.MessageTooManyFailed
		}, importjob.StatusFailed)},
	}
}
