package live_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// fileProbes ask how a file is read.
func fileProbes() []probe {
	return slices.Concat(thresholdProbes(), headerProbes(), []probe{
		{number: "A8", name: "crlf", ask: func(l *lab) answer {
			e := l.imported(strings.ReplaceAll(l.file(l.good("a"), l.good("b")), "\n", "\r\n"))
			return whether(e.counts(2, 0, 0), "%v", e)
		}},
		{number: "A10", name: "too-few-values", ask: func(l *lab) answer {
			line := l.line(l.good("b"))
			e := l.imported(l.file(l.good("a")) + line[:strings.LastIndexByte(line, ',')] + "\n" + l.line(l.good("c")) + "\n")
			return whether(e.counts(2, 0, 1), "%v", e)
		}},
		{number: "A10", name: "too-many-values", ask: func(l *lab) answer {
			e := l.imported(l.file(l.good("a")) + l.line(l.good("b")) + ",x\n" + l.line(l.good("c")) + "\n")
			return whether(e.counts(2, 0, 1), "%v", e)
		}},
		{number: "A10", name: "long-row", ask: askLongRow},
		{number: "A10", name: "not-utf-8", ask: func(l *lab) answer {
			e := l.imported(l.file(l.good("a"), l.good("b").with("name", "Jos\xe9"), l.good("c")))
			return whether(e.counts(2, 0, 1), "%v", e)
		}},
		{number: "A11", name: "empty-lines", ask: func(l *lab) answer {
			header, rest, _ := strings.Cut(l.file(l.good("a"), l.good("b")), "\n")
			first, second, _ := strings.Cut(rest, "\n")
			e := l.imported(header + "\n\n" + first + "\n\n\n" + second)
			return whether(e.counts(2, 0, 0) && slices.Equal(linesIn(e), []int{3, 6}), "lines %v: %v", linesIn(e), e)
		}},
		{number: "A30", name: "no-rows", ask: func(l *lab) answer {
			e := l.imported(l.file())
			return whether(e.status(importjob.StatusSucceeded) && e.counts(0, 0, 0), "%v", e)
		}},
		{number: "A30", name: "empty-file", ask: func(l *lab) answer {
			e := l.imported("")
			return whether(e.failsWhole(), "%v", e)
		}},
	})
}

// linesIn returns the line numbers in a log.
func linesIn(e ended) []int {
	var lines []int
	for _, r := range e.rows {
		lines = append(lines, r.Line)
	}
	return lines
}

// thresholdProbes ask when too many bad rows make a job Failed. (A1)
func thresholdProbes() []probe {
	var all []probe
	for _, c := range []struct{ bad, rows int }{{1, 2}, {2, 3}, {1, 3}, {2, 5}, {1, 10}} {
		all = append(all, probe{number: "A1", name: fmt.Sprintf("%d-of-%d-failed", c.bad, c.rows), ask: func(l *lab) answer {
			var rows []row
			for i := range c.rows {
				if i < c.bad {
					rows = append(rows, l.bad(fmt.Sprint(i)))
				} else {
					rows = append(rows, l.good(fmt.Sprint(i)))
				}
			}
			return l.threshold(rows, int64(c.rows-c.bad), 0, int64(c.bad))
		}})
	}
	return append(all,
		probe{number: "A1", name: "1-of-2-skipped", ask: func(l *lab) answer {
			a := l.good("a")
			return l.threshold([]row{a, a}, 1, 1, 0)
		}},
		probe{number: "A1, A30", name: "all-skipped", ask: func(l *lab) answer {
			a, b := l.good("a"), l.good("b")
			if e := l.imported(l.file(a, b)); !e.counts(2, 0, 0) {
				return answer{verdict: undecided, text: "the users could not be imported first: " + e.String()}
			}
			return l.threshold([]row{a, b}, 0, 2, 0)
		}})
}

// threshold imports rows, and compares the status of the job with the default of A1.
func (l *lab) threshold(rows []row, imported, skipped, failed int64) answer {
	e := l.imported(l.file(rows...))
	if !e.counts(imported, skipped, failed) {
		return answer{verdict: undecided, text: "the counters are not as expected: " + e.String()}
	}
	want := importjob.StatusSucceeded
	if failed+skipped > imported {
		want = importjob.StatusFailed
	}
	return whether(e.status(want), "%v", e)
}

// headerProbes ask which headers fail a job.
func headerProbes() []probe {
	whole := func(e ended) answer { return whether(e.failsWhole(), "%v", e) }
	return []probe{
		{number: "A6", name: "unknown-column", ask: func(l *lab) answer {
			return whole(l.imported(strings.Join(l.header, ",") + ",shoe_size\n" + l.line(l.good("a")) + ",42\n"))
		}},
		{number: "A6", name: "missing-column", ask: func(l *lab) answer {
			return whole(l.imported(l.without("nickname", l.good("a"))))
		}},
		{number: "A6", name: "repeated-column", ask: func(l *lab) answer {
			return whole(l.imported(strings.Join(l.header, ",") + ",nickname\n" + l.line(l.good("a")) + ",x\n"))
		}},
		{number: "A7", name: "byte-order-mark", ask: func(l *lab) answer {
			return whole(l.imported("\uFEFF" + l.file(l.good("a"))))
		}},
		{number: "A16", name: "completion-message", ask: func(l *lab) answer {
			file := l.without(importjob.ColumnUsername, l.good("a"))
			e := l.imported(file)
			return whether(e.failsWhole() && e.job.CompletionMessage == predicted(l.ctx, l.settled, file, "").message, "%v", e)
		}},
	}
}

// without returns a file that lacks a column.
func (l *lab) without(column string, r row) string {
	part := *l
	part.header = slices.DeleteFunc(slices.Clone(l.header), func(name string) bool { return name == column })
	return part.file(r)
}

// askLongRow sends a row of 16,000 characters and one that is longer.
func askLongRow(l *lab) answer {
	fill := func(r row, size int) row {
		for _, column := range strings.Fields("name given_name family_name middle_name nickname profile picture website address") {
			left := size - len(l.line(r))
			r = r.with(column, r[column]+strings.Repeat("x", min(max(left, 0), 2048-len(r[column]))))
		}
		return r
	}
	e := l.imported(l.file(fill(l.good("a"), 16_000), fill(l.good("b"), 16_001), l.good("c")))
	return whether(e.counts(2, 0, 1), "%v", e)
}
