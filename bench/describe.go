package main

import (
	"runtime"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// describeTasks returns the lines that compare Describe during an import with Describe alone.
func describeTasks(in input) []task {
	other := pool
	other.ID = "us-west-2_bbbbbbbbb"
	line := func(name string, busy importjob.Pool) task {
		return task{name: name, beside: "Describe alone", target: 3, atMost: true, cores: 2, figure: func() float64 {
			var ratios []float64
			for range 3 {
				ratios = append(ratios, describeBeside(in, busy))
			}
			return median(ratios)
		}}
	}
	return []task{
		line("memory: Describe, p99, pool busy", pool),
		line("memory: Describe, p99, other busy", other),
	}
}

// describeBeside returns the 99th percentile of the time of Describe while a file is imported into pool busy,
// divided by the 99th percentile without an import.
func describeBeside(in input, busy importjob.Pool) float64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	c := newCognito()
	if busy.ID != pool.ID {
		_, err := c.CreatePool(ctx, userpool.Pool{Pool: busy})
		must(err)
	}
	job, err := c.Create(ctx, creation)
	must(err)
	describe := func() {
		for range 100 {
			found, err := c.Describe(ctx, job.Ref())
			must(err)
			sink += len(found.JobID)
		}
	}
	for range 100 {
		describe()
	}
	until := time.Now().Add(200 * time.Millisecond)
	alone := slowest(describe, func() bool { return time.Now().Before(until) })
	var done atomic.Bool
	go func() {
		defer done.Store(true)
		to := creation
		to.UserPoolID = busy.ID
		importedAs(c, in, to)
	}()
	during := slowest(describe, func() bool { return !done.Load() })
	return float64(during) / float64(alone)
}

// slowest calls f while more returns true, and returns the 99th percentile of its time. It leaves out calls
// during which the system took the processor away from the thread, because they measure the machine. It
// keeps calls during which f waited.
func slowest(f func(), more func() bool) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	times := make([]time.Duration, 0, 1<<20)
	for more() {
		robbed := robberies()
		start := time.Now()
		f()
		d := time.Since(start)
		if robberies() == robbed {
			times = append(times, d)
		}
	}
	slices.Sort(times)
	return times[len(times)*99/100]
}

// robberies returns the number of involuntary context switches of this thread.
func robberies() int64 {
	const thread = 1 // RUSAGE_THREAD, which package syscall lacks
	var u syscall.Rusage
	must(syscall.Getrusage(thread, &u))
	return u.Nivcsw
}
