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

// htmlReport is report.html: the report of an import for people, in one file that needs no network. The same
// import has the same report.
type htmlReport struct {
	Summary Summary
	reasons map[rowOutcome]int64 // rows that were not imported, by outcome and reason
	Rows    []htmlRow            // rows that were not imported, the first htmlRows
	Left    int64                // rows that were not imported and are not in Rows
}

// Limits of the report. A browser must open it, however many rows fail, and however long and different their
// values and reasons are.
const (
	htmlRows         = 10_000 // rows
	htmlRowsAtFirst  = 200    // rows in the table; the script shows the others
	htmlReasons      = 1_000  // different reasons that are counted
	htmlReasonsShown = 50     // different reasons in the table
	htmlJobs         = 500    // jobs in the table
	htmlText         = 300    // characters of a username or a reason
)

// htmlRow is a row that was not imported.
type htmlRow struct {
	SourceLine int
	Part       int // 0 of a rejected row
	Username   string
	Outcome    Outcome
	Reason     string
}

// MarshalJSON writes the list that report.js reads.
func (r htmlRow) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{r.SourceLine, r.Part, r.Username, r.Outcome, r.Reason})
}

func newHTMLReport(s Summary) *htmlReport {
	return &htmlReport{Summary: s, reasons: map[rowOutcome]int64{}}
}

const otherReasons = "other reasons"

// add adds a row, unless it was imported.
func (h *htmlReport) add(r reportRow) {
	if r.outcome == OutcomeImported {
		return
	}
	key := rowOutcome{r.outcome, withoutLineNumber(r.reason)}
	if _, known := h.reasons[key]; !known && len(h.reasons) >= htmlReasons {
		key.reason = otherReasons
	}
	h.reasons[key]++
	if len(h.Rows) == htmlRows {
		h.Left++
		return
	}
	h.Rows = append(h.Rows, htmlRow{
		SourceLine: r.sourceLine,
		Part:       r.part,
		Username:   shorten(r.username),
		Outcome:    r.outcome,
		Reason:     shorten(r.reason),
	})
}

// lineNumber matches the part of a reason that is different in each row.
var lineNumber = regexp.MustCompile(`\bon line [0-9]+\.?`)

// withoutLineNumber returns the part of a reason that other rows can have as well.
func withoutLineNumber(reason string) string {
	if strings.Contains(reason, "on line ") {
		reason = lineNumber.ReplaceAllString(reason, "on line …")
	}
	return shorten(reason)
}

// shorten cuts a text after htmlText characters. It returns a copy, since the text can be a part of a row, and the
// whole row would stay in memory.
func shorten(text string) string {
	runes := 0
	for i := range text {
		if runes++; runes > htmlText {
			return text[:i] + "…"
		}
	}
	return strings.Clone(text)
}

// reasonCount is the number of rows with an outcome and a reason.
type reasonCount struct {
	Outcome Outcome
	Reason  string
	Rows    int64
	Width   float64 // of the bar, in percent
}

// Search returns a text that finds the rows: the reason up to the first part that is different in each row.
func (r reasonCount) Search() string {
	if r.Reason == otherReasons {
		return ""
	}
	same, _, _ := strings.Cut(r.Reason, "…")
	return strings.TrimSpace(same)
}

// Reasons returns the reasons, the most frequent first. At the end it returns the other reasons of each outcome
// together.
func (h *htmlReport) Reasons() []reasonCount {
	var counts []reasonCount
	others := map[Outcome]int64{}
	for key, n := range h.reasons {
		if key.reason == otherReasons {
			others[key.outcome] += n
			continue
		}
		counts = append(counts, reasonCount{Outcome: key.outcome, Reason: key.reason, Rows: n})
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

// NotImported returns how many rows are not imported in report.csv.
func (h *htmlReport) NotImported() int64 { return int64(len(h.Rows)) + h.Left }

// RowsAtFirst returns the rows that are in the table without the script.
func (h *htmlReport) RowsAtFirst() []htmlRow { return h.Rows[:min(len(h.Rows), htmlRowsAtFirst)] }

// Outcomes returns the outcomes of rows that were not imported.
func (h *htmlReport) Outcomes() []Outcome {
	return []Outcome{OutcomeFailed, OutcomeRejected, OutcomeSkipped, OutcomeUnknown}
}

// outcomeCount is one of the numbers at the top: the rows with an outcome.
type outcomeCount struct {
	Outcome Outcome
	Rows    int64
	Share   string
	Width   float64
}

// Counts returns the numbers at the top.
func (h *htmlReport) Counts() []outcomeCount {
	s := h.Summary
	counts := []outcomeCount{
		{Outcome: OutcomeImported, Rows: s.Imported},
		{Outcome: OutcomeSkipped, Rows: s.Skipped},
		{Outcome: OutcomeFailed, Rows: s.Failed},
		{Outcome: OutcomeRejected, Rows: s.Rejected},
		{Outcome: OutcomeUnknown, Rows: s.Unknown},
	}
	for i := range counts {
		c := &counts[i]
		c.Share, c.Width = share(c.Rows, s.Rows), percent(c.Rows, s.Rows)
	}
	return counts
}

// share returns a percentage for people. It is 0% or 100% only if that is exact.
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

// percent returns a percentage, rounded to a hundredth.
func percent(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(int64(float64(n)/float64(of)*10_000+0.5)) / 100
}

// grouped returns a number with commas between the thousands.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// counted returns a number with its noun.
func counted(n int64, noun string) string { return grouped(n) + " " + plural(n, noun, noun+"s") }

// plural returns one for 1, and many for any other number.
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

// Script returns the script of the page.
func (h *htmlReport) Script() template.JS { return template.JS(htmlScript) }

// Policy returns the content security policy of the page. It forbids everything that the page does not use, and
// all other scripts.
//
// Source: https://www.w3.org/TR/CSP3/#meta-element
func (h *htmlReport) Policy() string {
	sum := sha256.Sum256([]byte(htmlScript))
	return "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'"
}

func (h *htmlReport) write(w io.Writer) error { return htmlTemplate.Execute(w, h) }
