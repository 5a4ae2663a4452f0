package backendtest

import (
	"context"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// roleARN is the role of the jobs that rules create.
const roleARN = "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole"

// plainPool is the pool of the rules whose Setup has no pools.
func plainPool() importjob.Pool {
	return importjob.Pool{
		ID:                     "us-west-2_Rules0001",
		Name:                   "rules",
		Schema:                 importjob.ClassicSchema(),
		AutoVerifiedAttributes: []string{importjob.AttributeEmail},
		MFA:                    importjob.MFAOff,
	}
}

// inPool returns a Setup with the plain pool, changed by change.
func inPool(change func(*importjob.Pool)) Setup {
	p := plainPool()
	change(&p)
	return Setup{Pools: []importjob.Pool{p}}
}

// twoPools returns a Setup with two pools.
func twoPools() Setup {
	other := plainPool()
	other.ID, other.Name = "us-west-2_Rules0002", "others"
	return Setup{Pools: []importjob.Pool{plainPool(), other}}
}

// unknownPool is the ID of a pool that does not exist.
const unknownPool = "us-west-2_NotThere1"

// env is the environment in which one rule is checked. Its methods are the steps of the checks. A step that fails ends
// the check.
type env struct {
	Fixture
	ctx   context.Context
	pool  string // the ID of the first pool
	other string // the ID of the last pool
	setup Setup
}

func newEnv(ctx context.Context, setup Setup, f Fixture) *env {
	e := &env{Fixture: f, ctx: ctx, setup: setup}
	ids := f.UserPoolIDs
	if ids == nil {
		for _, p := range setup.Pools {
			ids = append(ids, p.ID)
		}
	}
	e.pool, e.other = ids[0], ids[len(ids)-1]
	if e.Now == nil {
		e.Now = time.Now
	}
	return e
}

// input returns a valid input of Create.
func (e *env) input() importjob.CreateInput {
	return importjob.CreateInput{JobName: "MyImportJob", UserPoolID: e.pool, CloudWatchLogsRoleARN: roleARN}
}

func (e *env) create() importjob.UserImportJob { return e.createIn(e.pool) }

func (e *env) createIn(pool string) importjob.UserImportJob {
	in := e.input()
	in.UserPoolID = pool
	return must(e.Client.Create(e.ctx, in))
}

func (e *env) upload(job importjob.UserImportJob, file string) {
	ok("Upload", e.Client.Upload(e.ctx, job, strings.NewReader(file), int64(len(file))))
}

// uploaded creates a job and uploads a file to it.
func (e *env) uploaded(file string) importjob.UserImportJob {
	job := e.create()
	e.upload(job, file)
	return job
}

func (e *env) start(job importjob.UserImportJob) importjob.UserImportJob {
	return must(e.Client.Start(e.ctx, job.Ref()))
}

func (e *env) stop(job importjob.UserImportJob) importjob.UserImportJob {
	return must(e.Client.Stop(e.ctx, job.Ref()))
}

func (e *env) describe(job importjob.UserImportJob) importjob.UserImportJob {
	return must(e.Client.Describe(e.ctx, job.Ref()))
}

// started creates a job, uploads a file to it and starts it.
func (e *env) started(file string) importjob.UserImportJob { return e.start(e.uploaded(file)) }

// run creates a job, uploads a file to it, starts it and waits for its end.
func (e *env) run(file string) importjob.UserImportJob { return e.finish(e.started(file)) }

// finish lets time pass until the job has ended.
func (e *env) finish(job importjob.UserImportJob) importjob.UserImportJob {
	for range 1000 {
		if job = e.describe(job); job.Status.Done() {
			return job
		}
		e.pass(time.Second)
	}
	failf("the job has not ended after 1000 calls of Describe: it is %s", job.Status)
	return job
}

// pass lets time pass. It sleeps in real time if the fixture has no Advance.
func (e *env) pass(d time.Duration) {
	if e.Advance != nil {
		e.Advance(d)
		return
	}
	time.Sleep(d)
}

// unevenly moves the clock, if it can be moved, to a time that is not a whole number of seconds or milliseconds.
func (e *env) unevenly() {
	if e.Advance != nil {
		e.Advance(1234567 * time.Microsecond)
	}
}

// results returns all results of a job.
func (e *env) results(job importjob.UserImportJob) []importjob.RowResult {
	return pages(func(token string) ([]importjob.RowResult, string, error) {
		return e.Client.Results(e.ctx, job.Ref(), importjob.Page{Token: token})
	})
}

// jobs lists all jobs of a pool, with size jobs in a page.
func (e *env) jobs(pool string, size int) []importjob.UserImportJob {
	return pages(func(token string) ([]importjob.UserImportJob, string, error) {
		return e.Client.List(e.ctx, pool, importjob.Page{MaxResults: size, Token: token})
	})
}

// users lists all users of the first pool.
func (e *env) users() []userpool.User {
	return pages(func(token string) ([]userpool.User, string, error) {
		return e.Directory.Users(e.ctx, e.pool, importjob.Page{Token: token})
	})
}

func (e *env) user(name string) userpool.User {
	return must(e.Directory.User(e.ctx, userpool.Ref{UserPoolID: e.pool, Username: name}))
}

// noUser demands that a user does not exist.
func (e *env) noUser(name string) {
	_, err := e.Directory.User(e.ctx, userpool.Ref{UserPoolID: e.pool, Username: name})
	refused(err, userpool.ErrUserNotFound)
}

// outcomes imports rows and returns a letter for the outcome of each: S for succeeded, K for skipped, F for failed.
func (e *env) outcomes(rows ...user) string {
	return e.fileOutcomes(e.file(rows...))
}

func (e *env) fileOutcomes(file string) string {
	return letters(e.results(e.run(file)))
}

// file returns a CSV file for the first pool.
func (e *env) file(rows ...user) string { return csv(e.setup.Pools[0].Header(), rows...) }

// pages returns the items of all pages of a listing. The check fails if there are more than 500 pages.
func pages[T any](fetch func(token string) ([]T, string, error)) []T {
	var all []T
	token := ""
	for range 500 {
		items, next, err := fetch(token)
		ok("a page", err)
		all = append(all, items...)
		if next == "" {
			return all
		}
		token = next
	}
	failf("the listing has not ended after 500 pages")
	return nil
}
