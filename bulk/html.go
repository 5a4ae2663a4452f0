package bulk

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// htmlReport is report.html: what a person wants to see of an import, in one file that needs no
// network. It is the same for the same import.
type htmlReport struct {
	Summary Summary
	reasons map[verdict]int64 // of the rows that were not imported
	Rows    []htmlRow         // that were not imported, as far as there is room
	Left    int64             // of those for which there is none
}

// The report must open in a browser, however many rows fail, and however long and different their
// values and reasons are.
const (
	htmlRows         = 10_000
	htmlRowsAtFirst  = 200   // in the table; the script shows more
	htmlReasons      = 1_000 // that are counted each
	htmlReasonsShown = 50
	htmlJobs         = 500
	htmlText         = 300 // characters of a username or a reason
)

// htmlRow is a row that was not imported.
type htmlRow struct {
	SourceLine int
	Part       int // 0 for a row in none
	Username   string
	Outcome    Outcome
	Reason     string
}

// MarshalJSON makes the list that report.js reads.
func (r htmlRow) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{r.SourceLine, r.Part, r.Username, r.Outcome, r.Reason})
}

func newHTMLReport(s Summary) *htmlReport {
	return &htmlReport{Summary: s, reasons: map[verdict]int64{}}
}

const otherReasons = "other reasons"

// add adds a row.
func (h *htmlReport) add(r reportRow) {
	if r.outcome == OutcomeImported {
		return
	}
	v := verdict{r.outcome, alike(r.reason)}
	if _, known := h.reasons[v]; !known && len(h.reasons) >= htmlReasons {
		v.reason = otherReasons
	}
	h.reasons[v]++
	if len(h.Rows) == htmlRows {
		h.Left++
		return
	}
	h.Rows = append(h.Rows, htmlRow{r.sourceLine, r.part, shorten(r.username), r.outcome, shorten(r.reason)})
}

// lineNumber is what makes the same reason another one in each row.
var lineNumber = regexp.MustCompile(`\bon line [0-9]+\.?`)

// alike is what a reason has in common with that of other rows.
func alike(reason string) string {
	if strings.Contains(reason, "on line ") {
		reason = lineNumber.ReplaceAllString(reason, "on line …")
	}
	return shorten(reason)
}

// shorten cuts a text that is too long for a page.
// It returns a copy, since the text may be part of a row, which would stay in memory as a whole.
func shorten(text string) string {
	runes := 0
	for i := range text {
		if runes++; runes > htmlText {
			return text[:i] + "…"
		}
	}
	return strings.Clone(text)
}

// reasonCount says how many rows had an outcome for a reason.
type reasonCount struct {
	Outcome Outcome
	Reason  string
	Rows    int64
	Width   float64 // of its bar, in percent
}

// Search is a text that finds the rows: the reason, as far as it is the same in all of them.
func (r reasonCount) Search() string {
	if r.Reason == otherReasons {
		return ""
	}
	same, _, _ := strings.Cut(r.Reason, "…")
	return strings.TrimSpace(same)
}

// Reasons returns the reasons, the most frequent first, and last what is left of each outcome.
func (h *htmlReport) Reasons() []reasonCount {
	var counts []reasonCount
	others := map[Outcome]int64{}
	for v, n := range h.reasons {
		if v.reason == otherReasons {
			others[v.outcome] += n
			continue
		}
		counts = append(counts, reasonCount{Outcome: v.outcome, Reason: v.reason, Rows: n})
	}
	slices.SortFunc(counts, func(a, b reasonCount) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Reason, b.Reason))
	})
	shown := min(len(counts), htmlReasonsShown)
	for _, c := range counts[shown:] {
		others[c.Outcome] += c.Rows
	}
	counts = counts[:shown]
	for _, o := range slices.Sorted(maps.Keys(others)) {
		counts = append(counts, reasonCount{Outcome: o, Reason: otherReasons, Rows: others[o]})
	}
	var most int64
	for _, c := range counts {
		most = max(most, c.Rows)
	}
	for i := range counts {
		counts[i].Width = percent(counts[i].Rows, most)
	}
	return counts
}

// NotImported is how many rows report.csv does not call imported.
func (h *htmlReport) NotImported() int64 { return int64(len(h.Rows)) + h.Left }

// RowsAtFirst are those that can be read without the script.
func (h *htmlReport) RowsAtFirst() []htmlRow { return h.Rows[:min(len(h.Rows), htmlRowsAtFirst)] }

// Outcomes are those that a row can have which was not imported.
func (h *htmlReport) Outcomes() []Outcome {
	return []Outcome{OutcomeFailed, OutcomeRejected, OutcomeSkipped, OutcomeUnknown}
}

// outcomeCount is one of the numbers at the top.
type outcomeCount struct {
	Outcome Outcome
	Rows    int64
	Share   string
	Width   float64
}

// Counts returns the numbers at the top.
func (h *htmlReport) Counts() []outcomeCount {
	s := h.Summary
	counts := []outcomeCount{{Outcome: OutcomeImported, Rows: s.Imported}, {Outcome: OutcomeSkipped, Rows: s.Skipped},
		{Outcome: OutcomeFailed, Rows: s.Failed}, {Outcome: OutcomeRejected, Rows: s.Rejected}, {Outcome: OutcomeUnknown, Rows: s.Unknown}}
	for i := range counts {
		c := &counts[i]
		c.Share, c.Width = share(c.Rows, s.Rows), percent(c.Rows, s.Rows)
	}
	return counts
}

// share is a percentage for people. It is 0% and 100% only when that is exact.
func share(n, of int64) string {
	p := percent(n, of)
	switch {
	case of == 0:
		return ""
	case n == 0 || n == of:
		return strconv.Itoa(int(p)) + "%"
	case p < 0.1:
		return "< 0.1%"
	case p > 99.9:
		return "> 99.9%"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + "%"
}

// percent is a percentage, to the hundredth.
func percent(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(int64(float64(n)/float64(of)*10_000+0.5)) / 100
}

// grouped is a number with commas between the thousands.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// counted is a number with its noun.
func counted(n int64, noun string) string { return grouped(n) + " " + plural(n, noun, noun+"s") }

// plural returns the word for a number of things.
func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

var (
	//go:embed report.tmpl.html
	htmlSource string

	//go:embed report.js
	htmlScript string

	htmlTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
		"n":       grouped,
		"counted": counted,
		"int64":   func(n int) int64 { return int64(n) },
	}).Parse(htmlSource))
)

// Script is the one script of the page.
func (h *htmlReport) Script() template.JS { return template.JS(htmlScript) }

// Policy forbids everything that the page does not have, all scripts but its own among it.
//
// Source: https://www.w3.org/TR/CSP3/#meta-element
func (h *htmlReport) Policy() string {
	sum := sha256.Sum256([]byte(htmlScript))
	return "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'"
}

func (h *htmlReport) write(w io.Writer) error { return htmlTemplate.Execute(w, h) }
