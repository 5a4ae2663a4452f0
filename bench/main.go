// Command bench compares the library with plain programs that do the same work, in one run, and prints a
// table of ratios. Times depend on the machine; ratios hardly do. README.md explains the table.
//
//	go run . -rounds 21  print the table
//	go run . -gate       also exit with status 1 if a line misses its gate
//	go run . -only read  measure only the lines whose name or input contains "read"
package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// task is one line of the table: ours, the work of the library, and ref, the work it is compared with.
type task struct {
	name    string
	input   string
	beside  string
	target  float64 // the lowest good ratio or, if atMost, the highest one
	gate    float64 // the limit of -gate; 0 means the limit that passes computes from target
	atMost  bool    // the ratio is ours to ref, and low is good; otherwise ref to ours, and high is good
	mallocs float64 // the most allocations of one call of ours; 0 means no limit
	cores   int     // GOMAXPROCS of ours; 0 means 1
	both    bool    // ref has as many cores as ours; otherwise 1
	ref     func()
	ours    func()
	figure  func() float64 // measures the ratio itself; ref and ours are then not used
}

func main() {
	rounds := flag.Int("rounds", 5, "how many times to measure each line; the table has the medians")
	gate := flag.Bool("gate", false, "exit with status 1 if a line misses its gate, in three tries (see README.md)")
	only := flag.String("only", "", "measure only the lines whose name or input contains this")
	read := flag.String("read", "", "only read this file with encoding/csv, as the csv reading process of the table")
	peak := flag.Bool("peak", false, "only run the command in the arguments, and print its peak memory in MiB")
	copied := flag.String("copy", "", "only copy this file with encoding/csv, as the csv copying process of the table")
	flag.Parse()
	if *copied != "" {
		copyCSV(*copied)
		return
	}
	if *peak {
		printPeak(flag.Arg(0), flag.Args()[1:]...)
		return
	}
	if *read != "" {
		file, err := os.Open(*read)
		must(err)
		readCSV(file)
		return
	}

	fmt.Printf("%-34s %-8s %-22s %9s %9s %7s %7s %9s\n", "work", "input", "beside", "ref ms", "ours ms", "ratio", "target", "mallocs")
	missed := false
	for t := range tasks(*only) {
		r := measure(t, *rounds)
		for try := 1; *gate && !t.passes(r) && try < tries; try++ {
			r = measure(t, *rounds)
		}
		verdict := ""
		switch {
		case !*gate && !t.reaches(t.target, r.ratio):
			verdict = "  below target"
		case *gate && !t.passes(r) && t.fewMallocs(r) && t.cores > 1 && !twoCores():
			verdict = "  not gated: the machine does not give two processors now"
		case *gate && !t.passes(r):
			verdict, missed = "  MISSED", true
		}
		fmt.Printf("%-34s %-8s %-22s %9.1f %9.1f %7.3g %7.3g %9.0f%s\n", t.name, t.input, t.beside,
			ms(r.ref), ms(r.ours), r.ratio, t.target, r.mallocs, verdict)
	}
	runtime.KeepAlive(sink)
	if missed {
		os.Exit(1)
	}
}

// tries limits how many times a line is measured until it passes its gate, so that other work of the
// machine rarely fails a run.
const tries = 3

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// result is the measurement of a line: medians of ratios and times, and the fewest allocations of one call.
type result struct {
	ratio, mallocs float64
	ref, ours      time.Duration
}

// measure runs ref and ours by turns. It compares each time of ours with the mean of the ref before and
// the ref after it.
func measure(t task, rounds int) result {
	if t.figure != nil {
		return result{ratio: t.figure()}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	cores, refCores := max(1, t.cores), 1
	if t.both {
		refCores = cores
	}
	reference := func() time.Duration {
		runtime.GOMAXPROCS(refCores)
		d, _ := clock(t.ref, t.cores > 1)
		return d
	}
	var ratios []float64
	var refs, ourss []time.Duration
	mallocs := math.Inf(1)
	t.ref()
	t.ours()
	before := reference()
	for range rounds {
		runtime.GOMAXPROCS(cores)
		mine, n := clock(t.ours, t.cores > 1)
		after := reference()
		around := (before + after) / 2
		if t.atMost {
			ratios = append(ratios, float64(mine)/float64(around))
		} else {
			ratios = append(ratios, float64(around)/float64(mine))
		}
		refs, ourss = append(refs, around), append(ourss, mine)
		mallocs = min(mallocs, n) // the runtime adds some allocations of its own
		before = after
	}
	return result{median(ratios), mallocs, median(refs), median(ourss)}
}

// twoCores reports whether the machine gives this process two processors now.
func twoCores() bool {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	work := func() {
		for i := range 100_000_000 {
			runtime.KeepAlive(i)
		}
	}
	start := time.Now()
	work()
	one := time.Since(start)
	start = time.Now()
	var both sync.WaitGroup
	both.Go(work)
	both.Go(work)
	both.Wait()
	return time.Since(start) < one*13/10
}

// clock returns the time of a call and its number of allocations. wall selects wall-clock time. Otherwise
// it is CPU time, which other programs on the machine change less.
func clock(f func(), wall bool) (time.Duration, float64) {
	runtime.GC()
	var m0, m1 runtime.MemStats
	runtime.ReadMemStats(&m0)
	start, began := time.Now(), cpuTime()
	f()
	d := cpuTime() - began
	if wall {
		d = time.Since(start)
	}
	runtime.ReadMemStats(&m1)
	return d, float64(m1.Mallocs - m0.Mallocs)
}

// cpuTime returns the CPU time of this process.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median[T float64 | time.Duration](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

// passes reports whether a line passes its gate. For times it allows 0.7 times the target speed. For figures it
// allows the target itself, unless the line has a gate of its own. Allocations must be within their limit.
func (t task) passes(r result) bool {
	demand := t.gate
	switch {
	case demand != 0:
	case t.figure != nil:
		demand = t.target
	case t.atMost:
		demand = t.target / 0.7
	default:
		demand = 0.7 * t.target
	}
	return t.reaches(demand, r.ratio) && t.fewMallocs(r)
}

func (t task) fewMallocs(r result) bool { return t.mallocs == 0 || r.mallocs <= t.mallocs }

func (t task) reaches(goal, ratio float64) bool {
	return t.atMost && ratio <= goal || !t.atMost && ratio >= goal
}

func (t task) selected(only string) bool {
	return only == "" || strings.Contains(t.name, only) || strings.Contains(t.input, only)
}
