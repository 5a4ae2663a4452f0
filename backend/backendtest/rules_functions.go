package backendtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
)

const functions = "https://pkg.go.dev/github.com/cognito-import/importjob#Import"

// impatient are options for a clock that only a rule moves. After a thousand looks they give up.
func (e *env) impatient(giveUp func()) *importjob.ImportOptions {
	opts, looks := &importjob.ImportOptions{Patience: -1}, 0
	if e.Advance == nil {
		return opts
	}
	opts.Wait.MinInterval, opts.Wait.MaxInterval = time.Millisecond, time.Millisecond
	opts.Wait.OnProgress = func(importjob.UserImportJob) {
		if looks++; looks > 1000 {
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
		{Name: "functions/import", Source: functions,
			Sentence: "Import runs a job from its creation to its end.",
			check: func(e *env) {
				job, err := e.importFile(e.file(goods(12)...))
				ok("Import", err)
				equal("the counters", counters(job), [3]int64{12, 0, 0})
				sameJob("the job", e.describe(job), job)
			}},
		{Name: "functions/import-fails", Source: functions,
			Sentence: "Import of a file whose rows fail is a *JobError with the job.",
			check: func(e *env) {
				job, err := e.importFile(e.file(unverified("ann"), unverified("bob")))
				ended := (*importjob.JobError)(nil)
				that(errors.As(err, &ended), "got the error %v, want a *JobError", err)
				sameJob("the job of the error", ended.Job, job)
				equal("the counters", counters(job), [3]int64{0, 0, 2})
			}},
		{Name: "functions/import-refused", Source: functions,
			Sentence: "Import while another job is active is refused, and its job stays Created.",
			Setup:    endless(),
			check: func(e *env) {
				e.started(e.file(good("ann")))
				job, err := e.importFile(e.file(good("bob")))
				refused(err, importjob.ErrPreconditionNotMet)
				equal("the status", e.describe(job).Status, importjob.StatusCreated)
			}},
		{Name: "functions/wait", Source: functions,
			Sentence: "Wait looks at a job until it has ended.",
			Setup:    paced(), Advances: true,
			check: func(e *env) {
				job := e.started(e.file(goods(30)...))
				ctx, giveUp := context.WithCancel(e.ctx)
				defer giveUp()
				ended, err := importjob.Wait(ctx, e.Client, job.Ref(), &e.impatient(giveUp).Wait)
				ok("Wait", err)
				equal("the status", ended.Status, importjob.StatusSucceeded)
			}},
		{Name: "functions/jobs", Source: functions,
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
		{Name: "functions/rows", Source: functions,
			Sentence: "Rows iterates over the results of all rows, over several pages.",
			check: func(e *env) {
				const n = 10_003
				job := e.run(e.file(goods(n)...))
				line := 2
				for row, err := range importjob.Rows(e.ctx, e.Client, job.Ref()) {
					ok("Rows", err)
					equal("the line", row.Line, line)
					if line++; line > n+2 {
						break
					}
				}
				equal("the number of rows", line-2, n)
			}},
	}
}

const directory = "https://pkg.go.dev/github.com/cognito-import/importjob#Directory"

func directoryRules() []Rule {
	return []Rule{
		{Name: "directory/users", Source: api("ListUsers"), Users: true,
			Sentence: "Users are listed in the order of their import, over several pages.",
			check: func(e *env) {
				e.run(e.file(goods(130)...))
				users := e.users()
				equal("the number of users", len(users), 130)
				for i, u := range users {
					equal("the username", u.Username, fmt.Sprintf("user%04d", i))
					sameUser(u, e.user(u.Username))
				}
			}},
		{Name: "directory/add-user", Source: api("AdminCreateUser"), Users: true,
			Sentence: "A user that an administrator adds is in status FORCE_CHANGE_PASSWORD and has a sub.",
			check: func(e *env) {
				added := must(e.Directory.AddUser(e.ctx, e.pool, importjob.PoolUser{Username: "ann",
					Attributes: importjob.NewAttributes(importjob.Attribute{Name: "name", Value: "Ann"})}))
				equal("the status", added.Status, importjob.UserForceChangePassword)
				that(added.Sub != "" && !added.CreateDate.IsZero(), "there is no sub or no create date")
				equal("the name", added.Attributes.Value("name"), "Ann")
				sameUser(e.user("ann"), added)
				equal("the number of users", must(e.Directory.CountUsers(e.ctx, e.pool)), 1)
			}},
		{Name: "directory/add-user-twice", Source: api("AdminCreateUser"), Users: true,
			Sentence: "Adding a user whose username is taken is a UsernameExistsException.",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				for _, name := range []string{"ann", "ANN"} {
					_, err := e.Directory.AddUser(e.ctx, e.pool, importjob.PoolUser{Username: name})
					refused(err, importjob.ErrUsernameExists)
				}
			}},
		{Name: "directory/unknown-user", Source: api("AdminGetUser"), Users: true,
			Sentence: "A user that does not exist is a UserNotFoundException, in a pool that does not exist a ResourceNotFoundException; neither names the user.",
			check: func(e *env) {
				e.run(e.file(good("ann-lee-2")))
				e.noUser("ann-lee")
				_, err := e.Directory.User(e.ctx, importjob.UserRef{UserPoolID: e.pool, Username: "ann-lee"})
				that(!strings.Contains(err.Error(), "ann-lee"), "the error names the user")
				_, err = e.Directory.User(e.ctx, importjob.UserRef{UserPoolID: unknownPool, Username: "ann"})
				refused(err, importjob.ErrNotFound)
			}},
		{Name: "directory/create-pool", Source: directory, Users: true,
			Sentence: "A pool that is created without an ID gets one, and is listed.",
			check: func(e *env) {
				p := must(e.Directory.CreatePool(e.ctx, importjob.Pool{Name: "fresh", AutoVerifiedAttributes: []string{"email"}}))
				samePool(must(e.Client.Pool(e.ctx, p.ID)), p)
				listed := pages(func(token string) ([]importjob.Pool, string, error) {
					return e.Directory.Pools(e.ctx, importjob.Page{MaxResults: 1, Token: token})
				})
				equal("the number of pools", len(listed), len(e.setup.Pools)+1)
				equal("the last one", listed[len(listed)-1].ID, p.ID)
			}},
		{Name: "directory/pools-not-aliased", Source: directory, Users: true,
			Sentence: "Changing what was given to or got from a Directory changes no pool.",
			check: func(e *env) {
				given := importjob.Pool{Name: "fresh", Schema: importjob.ClassicSchema(), AutoVerifiedAttributes: []string{"email"}}
				p := must(e.Directory.CreatePool(e.ctx, given))
				clear(given.Schema)
				clear(p.AutoVerifiedAttributes)
				want := importjob.Pool{Name: "fresh", Schema: importjob.ClassicSchema(), AutoVerifiedAttributes: []string{"email"}, MFA: importjob.MFAOff}
				samePool(must(e.Client.Pool(e.ctx, p.ID)), want)
			}},
	}
}
