package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

var (
	ctx      = context.Background()
	creation = importjob.CreateInput{
		JobName:               "bench",
		UserPoolID:            pool.ID,
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
	}
)

// newCognito returns a Cognito with one pool.
func newCognito() *memory.Cognito {
	c := memory.New(nil)
	_, err := c.CreatePool(ctx, userpool.Pool{Pool: pool})
	must(err)
	return c
}

// upload creates a job and uploads a file to it.
func upload(c importjob.Client, data []byte, to importjob.CreateInput) importjob.UserImportJob {
	job, err := c.Create(ctx, to)
	must(err)
	must(c.Upload(ctx, job, bytes.NewReader(data), int64(len(data))))
	return job
}

// imported runs a whole job, and panics unless all rows were imported.
func imported(c importjob.Client, in input) importjob.UserImportJob {
	return importedAs(c, in, creation)
}

func importedAs(c importjob.Client, in input, to importjob.CreateInput) importjob.UserImportJob {
	job := upload(c, in.data, to)
	_, err := c.Start(ctx, job.Ref())
	must(err)
	job, err = c.Describe(ctx, job.Ref())
	must(err)
	if job.Status != importjob.StatusSucceeded || job.ImportedUsers != int64(in.rows) {
		panic(job.String())
	}
	return job
}

// usernames returns the usernames of an input in an order that defeats the caches of the processor.
func usernames(in input) []string {
	r := importjob.NewReader(bytes.NewReader(in.data))
	header, err := r.Header()
	must(err)
	names := make([]string, in.rows)
	for i := range names {
		row, err := r.ReadRow()
		must(err)
		names[(i*7919)%in.rows] = string(row.Field(len(header) - 1))
	}
	return names
}

// memoryTasks returns the lines about package memory. They share one pool with all users of the input.
func memoryTasks(in input) []task {
	var once sync.Once
	var c *memory.Cognito
	var names []string
	users := map[string]userpool.User{}
	var one sync.Mutex
	jobs := map[importjob.Ref]importjob.UserImportJob{}
	var job importjob.UserImportJob
	prepare := func() {
		c, names = newCognito(), usernames(in)
		job = imported(c, in)
		jobs[job.Ref()] = job
		for user, err := range userpool.All(ctx, c, pool.ID) {
			must(err)
			users[user.Username] = user
		}
	}
	copied := make([]byte, len(in.data))
	return []task{
		{name: "memory: upload and start", beside: "check on one core", target: 1.25, atMost: true,
			ref: func() { check(in.data, 1) }, ours: func() { imported(newCognito(), in) }},
		{name: "memory: heap kept, to the file", target: 1.15, atMost: true, figure: func() float64 { return heap(in).bytes }},
		{name: "memory: objects kept, a user", target: 0.01, atMost: true, figure: func() float64 { return heap(in).objects }},
		{name: "memory: full GC, ms over empty", target: 2, gate: 20, atMost: true, figure: func() float64 { return heap(in).gc }},
		{name: "memory: a user by name", beside: "map[string]User", target: 5, atMost: true,
			ref: func() {
				once.Do(prepare)
				for _, name := range names {
					sink += len(users[name].Sub)
				}
			},
			ours: func() {
				once.Do(prepare)
				for _, name := range names {
					user, err := c.User(ctx, userpool.Ref{UserPoolID: pool.ID, Username: name})
					must(err)
					sink += len(user.Sub)
				}
			}},
		{name: "memory: page through all users", beside: "a copy of the bytes", target: 10, gate: 25, atMost: true, // machines differ in how fast they copy
			ref: func() { once.Do(prepare); sink += copy(copied, in.data) },
			ours: func() {
				once.Do(prepare)
				for user, err := range userpool.All(ctx, c, pool.ID) {
					must(err)
					sink += len(user.Username)
				}
			}},
		{name: "memory: Describe, 100,000 times", beside: "mutex and map", target: 4.5, atMost: true, mallocs: 200_100, // the input check costs about 30 ns a call
			ref: func() {
				once.Do(prepare)
				for range 100_000 {
					one.Lock()
					found := jobs[job.Ref()]
					one.Unlock()
					sink += int(found.ImportedUsers)
				}
			},
			ours: func() {
				once.Do(prepare)
				for range 100_000 {
					found, err := c.Describe(ctx, job.Ref())
					must(err)
					sink += int(found.ImportedUsers)
				}
			}},
	}
}

// kept is the growth of the heap by an import: bytes per byte of the file, objects per user, and
// milliseconds of a garbage collection.
type kept struct{ bytes, objects, gc float64 }

var heaps = map[string]kept{}

// heap returns the growth of the heap by an import of in. It measures it once for each input.
func heap(in input) kept {
	if k, ok := heaps[in.name]; ok {
		return k
	}
	before, empty := settled()
	c := newCognito()
	imported(c, in)
	_, err := c.User(ctx, userpool.Ref{UserPoolID: pool.ID, Username: "somebody"}) // makes the index
	if !errors.Is(err, userpool.ErrUserNotFound) {
		panic(err)
	}
	after, full := settled()
	runtime.KeepAlive(c)
	k := kept{
		bytes:   float64(after.HeapAlloc-before.HeapAlloc) / float64(len(in.data)),
		objects: float64(after.HeapObjects-before.HeapObjects) / float64(in.rows),
		gc:      ms(full - empty),
	}
	heaps[in.name] = k
	return k
}

// settled collects garbage seven times. It returns the statistics of the heap, and the median time of a
// collection.
func settled() (runtime.MemStats, time.Duration) {
	var times []time.Duration
	for range 7 {
		start := time.Now()
		runtime.GC()
		times = append(times, time.Since(start))
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m, median(times)
}

// jobTasks returns the lines that compare an account of 100,000 jobs with an account of 1,000.
func jobTasks() []task {
	few, many := jobsIn(10, 1000), jobsIn(1000, 100_000)
	var tasks []task
	for _, op := range []struct {
		name string
		call func(account)
	}{
		{"Create", account.create}, {"a List page", account.list}, {"Describe", account.describe},
	} {
		tasks = append(tasks, task{name: "memory: " + op.name + " of 100,000 jobs", input: "-", beside: "of 1,000 jobs", target: 1.5, atMost: true,
			ref: func() { op.call(few) }, ours: func() { op.call(many) }})
	}
	return tasks
}

// account is an account of many pools with a hundred jobs each. refs are a thousand jobs of all pools. Small and
// large accounts have the same number of refs, so that the caches of the processor help both alike.
type account struct {
	c    *memory.Cognito
	refs []importjob.Ref
}

func jobsIn(pools, jobs int) account {
	a := account{c: memory.New(&memory.Options{MaxJobs: 1 << 30})}
	for i := range pools {
		p := pool
		p.ID = fmt.Sprintf("us-west-2_%09d", i)
		_, err := a.c.CreatePool(ctx, userpool.Pool{Pool: p})
		must(err)
	}
	for i := range jobs {
		ref := a.add(i % pools)
		if i%(jobs/1000) == 0 {
			a.refs = append(a.refs, ref)
		}
	}
	return a
}

func (a account) add(poolNumber int) importjob.Ref {
	in := creation
	in.UserPoolID = fmt.Sprintf("us-west-2_%09d", poolNumber)
	job, err := a.c.Create(ctx, in)
	must(err)
	return job.Ref()
}

func (a account) create() {
	for i := range 2000 {
		a.add(i % 10)
	}
}

func (a account) list() {
	for i := range 2000 {
		jobs, _, err := a.c.List(ctx, a.refs[(i*7919)%len(a.refs)].UserPoolID, importjob.Page{})
		must(err)
		sink += len(jobs)
	}
}

func (a account) describe() {
	for i := range 20_000 {
		job, err := a.c.Describe(ctx, a.refs[(i*7919)%len(a.refs)])
		must(err)
		sink += len(strings.TrimSpace(job.JobID))
	}
}
