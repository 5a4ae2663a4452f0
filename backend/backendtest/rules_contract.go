package backendtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// call is a call of one method of a Client. do makes the call. It returns whether the values beside the error are zero,
// and the error.
type call struct {
	op    importjob.Op
	do    func(ctx context.Context) (zero bool, err error)
	ofJob bool // the method takes the name of a job, not the job
}

// calls returns a call of each method for one pool and job.
func (e *env) calls(job importjob.UserImportJob) []call {
	c, pool := e.Client, job.UserPoolID
	ofJob := func(op importjob.Op, do func(context.Context, importjob.Ref) (importjob.UserImportJob, error)) call {
		return call{op: op, ofJob: true, do: func(ctx context.Context) (bool, error) {
			got, err := do(ctx, job.Ref())
			return got == importjob.UserImportJob{}, err
		}}
	}
	return []call{
		{op: importjob.OpCSVHeader, do: func(ctx context.Context) (bool, error) {
			header, err := c.CSVHeader(ctx, pool)
			return header == nil, err
		}},
		{op: importjob.OpCreate, do: func(ctx context.Context) (bool, error) {
			in := e.input()
			in.UserPoolID = pool
			got, err := c.Create(ctx, in)
			return got == importjob.UserImportJob{}, err
		}},
		{op: importjob.OpUpload, do: func(ctx context.Context) (bool, error) {
			file := e.file(good("ann"))
			return true, c.Upload(ctx, job, strings.NewReader(file), int64(len(file)))
		}},
		ofJob(importjob.OpStart, c.Start),
		ofJob(importjob.OpStop, c.Stop),
		ofJob(importjob.OpDescribe, c.Describe),
		{op: importjob.OpList, do: func(ctx context.Context) (bool, error) {
			jobs, next, err := c.List(ctx, pool, importjob.Page{})
			return jobs == nil && next == "", err
		}},
		{op: importjob.OpResults, ofJob: true, do: func(ctx context.Context) (bool, error) {
			rows, next, err := c.Results(ctx, job.Ref(), importjob.Page{})
			return rows == nil && next == "", err
		}},
		{op: importjob.OpPool, do: func(ctx context.Context) (bool, error) {
			p, err := c.Pool(ctx, pool)
			return p.ID == "" && p.Name == "" && p.Schema == nil, err
		}},
	}
}

// nowhere returns a job of a pool that does not exist.
func nowhere() importjob.UserImportJob {
	return importjob.UserImportJob{UserPoolID: unknownPool, JobID: "import-notthere01", PreSignedURL: "https://notthere.invalid/"}
}

func contractRules() []Rule {
	return []Rule{
		{Name: "contract/error-form", Kind: KindContract, Source: "importjob.Error",
			Sentence: "An error is an *Error that names the operation and the pool. Its cause is no *Error.",
			check:    checkErrorForm},
		{Name: "contract/zero-values", Kind: KindContract, Source: "importjob.Client",
			Sentence: "A method that returns an error returns zero values with it.",
			check: func(e *env) {
				for _, call := range e.calls(nowhere()) {
					zero, err := call.do(e.ctx)
					that(err != nil, "%s in an unknown pool: there is no error", call.op)
					that(zero, "%s: not the zero value beside the error", call.op)
				}
			}},
		{Name: "contract/canceled", Kind: KindContract, Source: "importjob.Client",
			Sentence: "Every method refuses a context that has ended, with the context's cause, and changes nothing.",
			check:    checkCanceled},
		{Name: "contract/deadline", Kind: KindContract, Source: "importjob.Client",
			Sentence: "Every method refuses a context whose deadline has passed, with context.DeadlineExceeded.",
			check: func(e *env) {
				ctx, cancel := context.WithDeadline(e.ctx, time.Unix(0, 0))
				defer cancel()
				for _, call := range e.calls(e.create()) {
					_, err := call.do(ctx)
					wraps(string(call.op), err, context.DeadlineExceeded)
				}
			}},
		{Name: "contract/url-stays-secret", Kind: KindContract, Source: "importjob.UserImportJob",
			Sentence: "A printed job does not show the pre-signed URL, and neither does the error of an upload.",
			Advances: true,
			check: func(e *env) {
				job := e.create()
				secret := job.PreSignedURL
				_, query, _ := strings.Cut(secret, "?")
				that(query != "", "the URL has no query, so it cannot be signed")
				e.Advance(16 * time.Minute)
				err := e.Client.Upload(e.ctx, job, strings.NewReader("x"), 1)
				that(err != nil, "there is no error")
				for _, text := range []string{fmt.Sprint(job), fmt.Sprintf("%+v %#v %q", job, job, job), fmt.Sprintf("%v %+v", err, err)} {
					that(!strings.Contains(text, secret) && !strings.Contains(text, query), "the URL is printed")
				}
			}},
		{Name: "contract/json-round-trip", Kind: KindContract, Source: "importjob.UserImportJob",
			Sentence: "In every status, a job is the same after it was written as JSON and read again.",
			Setup:    Setup{PendingFor: 10 * time.Second, RowsPerSecond: 1}, Advances: true,
			check: func(e *env) {
				job := e.uploaded(e.file(goods(5)...))
				roundTrip(job)
				roundTrip(e.start(job))
				for range 5 {
					e.Advance(4*time.Second + 7*time.Millisecond)
					roundTrip(e.describe(job))
				}
				expired := e.create()
				e.Advance(72 * time.Hour)
				roundTrip(e.describe(expired))
			}},
		{Name: "contract/dates", Kind: KindContract, Source: "importjob.UserImportJob",
			Sentence: "Dates are UTC in whole milliseconds, and zero until the job reaches them.",
			check:    checkDates},
		{Name: "contract/concurrent-creates", Kind: KindContract, Source: "importjob.Client",
			Sentence: "Jobs that are created at the same time all exist, with different IDs.",
			check:    checkConcurrentCreates},
		{Name: "contract/concurrent-starts", Kind: KindContract, Source: "importjob.Client",
			Sentence: "If a job is started several times at once, exactly one Start succeeds.",
			Setup:    Setup{PendingFor: time.Hour},
			check:    checkConcurrentStarts},
	}
}

func checkErrorForm(e *env) {
	for _, call := range e.calls(nowhere()) {
		if call.op == importjob.OpUpload {
			continue // no service receives a request to the URL, so none can refuse it
		}
		_, err := call.do(e.ctx)
		that(err != nil, "%s in an unknown pool: there is no error", call.op)
		top, ok := err.(*importjob.Error)
		that(ok, "%s: the error is a %T", call.op, err)
		equal("the error's operation", top.Op, call.op)
		equal("the error's pool", top.Ref.UserPoolID, unknownPool)
		if call.ofJob {
			equal("the error's job", top.Ref.JobID, nowhere().JobID)
		}
		_, nested := top.Err.(*importjob.Error) // an annotation may lie between two of them
		that(!nested, "%s: an *Error is the cause of an *Error", call.op)
	}
}

func checkCanceled(e *env) {
	job := e.uploaded(e.file(good("ann")))
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(e.ctx)
	cancel(cause)
	for _, call := range e.calls(job) {
		zero, err := call.do(ctx)
		_, isError := err.(*importjob.Error)
		that(isError, "%s: got %T, want *importjob.Error", call.op, err)
		wraps(string(call.op), err, cause)
		that(zero, "%s: not the zero value beside the error", call.op)
	}
	sameJob("the job afterwards", e.describe(job), job)
	equal("the number of jobs afterwards", len(e.jobs(e.pool, 0)), 1)
}

// roundTrip ends the check unless a job is the same after it was written as JSON and read again.
func roundTrip(job importjob.UserImportJob) {
	data := must(json.Marshal(job))
	var again importjob.UserImportJob
	ok("unmarshalling", json.Unmarshal(data, &again))
	sameJob("the "+string(job.Status)+" job after JSON", again, job)
}

func checkDates(e *env) {
	for _, job := range []importjob.UserImportJob{e.create(), e.started(e.file(good("ann"))), at(e.jobs(e.pool, 0), 0), e.run2()} {
		for _, date := range []time.Time{job.CreationDate, job.StartDate, job.CompletionDate} {
			that(date == backend.Date(date), "the date %v of a %s job is not UTC in whole milliseconds", date, job.Status)
		}
		that(!job.CreationDate.IsZero(), "a %s job has no creation date", job.Status)
		that(job.StartDate.IsZero() == (job.Status == importjob.StatusCreated), "the start date of a %s job is %v", job.Status, job.StartDate)
		that(job.CompletionDate.IsZero() == !job.Status.Done(), "the completion date of a %s job is %v", job.Status, job.CompletionDate)
	}
}

// run2 finishes the job that is active, and runs another.
func (e *env) run2() importjob.UserImportJob {
	e.finish(at(e.jobs(e.pool, 0), 0))
	return e.run(e.file(good("bob")))
}

func checkConcurrentCreates(e *env) {
	const n = 8
	jobs, errs := make([]importjob.UserImportJob, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { jobs[i], errs[i] = e.Client.Create(e.ctx, e.input()) })
	}
	wg.Wait()
	ids := map[string]bool{}
	for i := range n {
		ok("Create", errs[i])
		ids[jobs[i].JobID] = true
		sameJob("a created job, described", e.describe(jobs[i]), jobs[i])
	}
	equal("the number of different IDs", len(ids), n)
	equal("the number of listed jobs", len(e.jobs(e.pool, 0)), n)
}

func checkConcurrentStarts(e *env) {
	job := e.uploaded(e.file(goods(50)...))
	const n = 8
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { _, errs[i] = e.Client.Start(e.ctx, job.Ref()) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		refused(err, importjob.ErrPreconditionNotMet)
	}
	equal("the number of starts that succeeded", won, 1)
}
