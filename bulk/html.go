package bulk

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
)

// htmlReport is report.html: what a person wants to see of an import, in one file that needs no
// network.
type htmlReport struct {
	Summary Summary
	reasons map[verdict]int64
	Rows    []htmlRow // that were not imported, as far as there is room
	Left    int64     // of those for which there is none
}

// htmlRow is a row that was not imported.
type htmlRow struct {
	SourceLine int
	Part       int
	Username   string
	Outcome    Outcome
	Reason     string
}

// The report must open in a browser, however many rows fail and however different the reasons.
const (
	htmlRows    = 10_000
	htmlReasons = 1_000
)

func newHTMLReport(s Summary) *htmlReport {
	return &htmlReport{Summary: s, reasons: map[verdict]int64{}}
}

// add adds a row.
func (h *htmlReport) add(r reportRow) {
	v := r.verdict
	if _, known := h.reasons[v]; !known && len(h.reasons) >= htmlReasons {
		v.reason = "other reasons"
	}
	h.reasons[v]++
	switch {
	case r.outcome == Imported:
	case len(h.Rows) < htmlRows:
		h.Rows = append(h.Rows, htmlRow{r.sourceLine, r.part, r.username, r.outcome, r.reason})
	default:
		h.Left++
	}
}

// ReasonCount says how many rows had an outcome for a reason.
type reasonCount struct {
	Outcome Outcome
	Reason  string
	Rows    int64
}

// Reasons returns the reasons, the most frequent first.
func (h *htmlReport) Reasons() []reasonCount {
	var counts []reasonCount
	for v, n := range h.reasons {
		counts = append(counts, reasonCount{v.outcome, v.reason, n})
	}
	slices.SortFunc(counts, func(a, b reasonCount) int { return int(b.Rows - a.Rows) })
	return counts
}

//go:embed report.tmpl.html
var htmlText string

var htmlTemplate = template.Must(template.New("report").Parse(htmlText))

func (h *htmlReport) write(w io.Writer) error { return htmlTemplate.Execute(w, h) }
