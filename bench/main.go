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
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// task is one line of the table: our work beside a reference's.
type task struct {
	name    string
	input   string
	beside  string
	target  float64 // how many times as fast as the reference; or, if atMost, the time at most
	gate    float64 // what -gate demands; 0 means 0.7 of the target
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
		ratio, ref, ours, mallocs := measure(t, *rounds)
		verdict := ""
		if !t.reaches(t.target, ratio) {
			verdict = "  below target"
		}
		if t.gated() && (!t.reaches(t.demand(), ratio) || t.mallocs > 0 && mallocs > t.mallocs) {
			verdict, missed = "  MISSED", true
		}
		fmt.Printf("%-34s %-8s %-22s %9.1f %9.1f %7.3g %7.3g %9.0f%s\n", t.name, t.input, t.beside,
			ms(ref), ms(ours), ratio, t.target, mallocs, verdict)
	}
	runtime.KeepAlive(sink)
	if *gate && missed {
		os.Exit(1)
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// measure runs reference, ours, reference in turn, and compares ours with the mean of the two
// around it. It returns the medians.
func measure(t task, rounds int) (ratio float64, ref, ours time.Duration, mallocs float64) {
	if t.figure != nil {
		return t.figure(), 0, 0, 0
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var ratios []float64
	var refs, ourss []time.Duration
	t.ref()
	t.ours()
	cores := max(1, t.cores)
	refCores := 1
	if t.both {
		refCores = cores
	}
	runtime.GOMAXPROCS(refCores)
	before, _ := clock(t.ref, t.cores > 1)
	for range rounds {
		runtime.GOMAXPROCS(cores)
		mine, n := clock(t.ours, t.cores > 1)
		runtime.GOMAXPROCS(refCores)
		after, _ := clock(t.ref, t.cores > 1)
		around := (before + after) / 2
		if t.atMost {
			ratios = append(ratios, float64(mine)/float64(around))
		} else {
			ratios = append(ratios, float64(around)/float64(mine))
		}
		refs, ourss = append(refs, around), append(ourss, mine)
		if mallocs == 0 || n < mallocs {
			mallocs = n // the runtime makes some of its own
		}
		before = after
	}
	return median(ratios), median(refs), median(ourss), mallocs
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

// gated reports whether the line can fail a run: one that is measured by the wall's clock cannot,
// since whatever else the machine does would fail it.
func (t task) gated() bool { return t.cores <= 1 }

// demand is what a gated line must reach.
func (t task) demand() float64 {
	switch {
	case t.gate != 0:
		return t.gate
	case t.figure != nil:
		return t.target
	case t.atMost:
		return t.target / 0.7
	}
	return 0.7 * t.target
}

func (t task) reaches(goal, ratio float64) bool {
	return t.atMost && ratio <= goal || !t.atMost && ratio >= goal
}

func (t task) selected(only string) bool {
	return only == "" || strings.Contains(t.name, only) || strings.Contains(t.input, only)
}
