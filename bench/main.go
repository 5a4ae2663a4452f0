// Command bench measures the library beside plain programs that do the same work, in one run, and
// prints a table of ratios. Absolute times move with the machine; ratios hardly do.
//
//	go run .            the table
//	go run . -gate      also exit with 1 when a line misses its gate, or a count its target
//	go run . -only read only the lines whose name has "read" in it
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

// task is one line of the table: our work beside a reference's.
type task struct {
	name    string
	input   string
	beside  string
	target  float64 // how many times as fast as the reference; or, if atMost, the time at most
	gate    float64 // what -gate demands; 0 means what passes says
	atMost  bool
	mallocs float64 // at most, for one call; 0 means not looked at
	cores   int     // for ours; 0 means 1
	both    bool    // the reference has as many
	ref     func()
	ours    func()
	figure  func() float64 // instead of both: a ratio that is measured otherwise
}

func main() {
	rounds := flag.Int("rounds", 5, "interleaved rounds of each line")
	gate := flag.Bool("gate", false, "exit with 1 when a line misses 0.7 of its target")
	only := flag.String("only", "", "measure only the lines whose name or input contains this")
	read := flag.String("read", "", "only read this file with encoding/csv")
	peak := flag.Bool("peak", false, "only run a command and print the most memory it had")
	flag.Parse()
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
			verdict = "  not gated: there are no two processors to be had"
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

// tries is how often a line is measured that misses its gate: whatever else the machine does for a
// moment should not fail a run.
const tries = 3

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// result is what was measured for a line: medians, and the fewest allocations of one call.
type result struct {
	ratio, mallocs float64
	ref, ours      time.Duration
}

// measure runs reference, ours, reference in turn, and compares ours with the mean of the two
// around it.
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
		mallocs = min(mallocs, n) // the runtime makes some of its own
		before = after
	}
	return result{median(ratios), mallocs, median(refs), median(ourss)}
}

// twoCores reports whether the machine gives this process two processors right now.
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

// clock returns the time of a call and its number of allocations. The time of a call on one core
// is that of the processor, which other programs on the machine disturb less than the wall's.
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

// cpuTime is the time that the processors have spent on this process.
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

// passes reports whether a line passes its gate: 0.7 of the target for times, the target itself for
// allocations and other figures.
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
