package bulk

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// WriteHTML writes a report.html.
func WriteHTML(w io.Writer, s Summary, rows ...HTMLRow) error {
	h := newHTMLReport(s)
	for _, r := range rows {
		h.add(r.row())
	}
	return h.write(w)
}

// HTMLRow is a row of report.html.
type HTMLRow htmlRow

func (r HTMLRow) row() reportRow {
	return reportRow{sourceLine: r.SourceLine, part: r.Part, username: r.Username, rowOutcome: rowOutcome{r.Outcome, r.Reason}}
}

func pageOf(t *testing.T, s Summary, rows ...HTMLRow) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, WriteHTML(&b, s, rows...))
	return b.String()
}

func failed(username, reason string) HTMLRow {
	return HTMLRow{SourceLine: 7, Part: 1, Username: username, Outcome: OutcomeFailed, Reason: reason}
}

func noon() time.Time { return time.Date(2026, 7, 30, 12, 0, 0, 0, time.UTC) }

// ranJob is a run that began some time after noon.
func ranJob(part int, after, took time.Duration) Run {
	return Run{Part: part, Rows: 10, JobID: fmt.Sprint("import-", part), Status: importjob.StatusSucceeded,
		Created: noon(), Started: noon().Add(after), Completed: noon().Add(after + took)}
}

const hostileText = "</script><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>'\"\u2028<!--"

func TestHTMLReportNeedsNothingElse(t *testing.T) {
	run := ranJob(1, 0, time.Minute)
	run.JobID, run.Message, run.Note, run.Status = hostileText, hostileText, hostileText, importjob.Status(hostileText)
	page := pageOf(t, Summary{Plan: hostileText, UserPoolID: hostileText, Rows: 3, Counts: Counts{Failed: 3}, Parts: 1, Jobs: 1, Runs: []Run{run}},
		failed(hostileText, hostileText), failed("javascript:alert(1)", "javascript:alert(1)"), HTMLRow{1, 0, hostileText, Outcome(hostileText), hostileText})
	assert.NotContains(t, page, "ZgotmplZ", "no value is where it cannot be")
	assert.NotContains(t, page, "<img")
	assert.NotContains(t, page, "<!--")
	assert.Equal(t, 2, strings.Count(page, "</script"), "the data and the script")
	assert.NotRegexp(t, `@import|url\(`, page)
	elements, attributes := markup(t, page)
	assert.Subset(t, strings.Fields("html head meta title style body main section h1 h2 p a br dl div dt dd strong span"+
		" table caption thead tbody tr th td label input select option button script"), elements)
	assert.Subset(t, strings.Fields("lang charset http-equiv content name id class style aria-labelledby aria-hidden aria-live role scope for type"+
		" autocomplete autocapitalize spellcheck value hidden data-left href"), slices.Collect(maps.Keys(attributes)))
	for _, to := range attributes["href"] {
		assert.Regexp(t, `^(#outcome=[^&"]*&q=[^&"]*|report\.csv)$`, html.UnescapeString(to))
	}
}

// markup returns the names of the elements of a page, and the values of its attributes as they are
// written.
func markup(t *testing.T, page string) (elements []string, attributes map[string][]string) {
	t.Helper()
	page = regexp.MustCompile(`(?s)(<(?:script|style)[^>]*>).*?(</(?:script|style)>)`).ReplaceAllString(page, "$1$2")
	tags := regexp.MustCompile(`<([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>`).FindAllStringSubmatch(page, -1)
	require.Len(t, tags, strings.Count(page, "<")-strings.Count(page, "</")-strings.Count(page, "<!doctype"), "all tags are understood")
	attributes = map[string][]string{}
	for _, tag := range tags {
		elements = append(elements, tag[1])
		for _, a := range regexp.MustCompile(` ([a-z-]+)(?:="([^"]*)")?`).FindAllStringSubmatch(tag[2], -1) {
			attributes[a[1]] = append(attributes[a[1]], a[2])
		}
	}
	return elements, attributes
}

func TestHTMLReportAllowsItsOwnScriptOnly(t *testing.T) {
	page := pageOf(t, Summary{Rows: 1}, failed("john", "no"))
	policy := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="([^"]*)">`).FindStringSubmatch(page)
	require.NotNil(t, policy)
	script := regexp.MustCompile(`(?s)<script>(.*)</script>`).FindStringSubmatch(page)
	require.NotNil(t, script)
	sum := sha256.Sum256([]byte(script[1]))
	assert.Equal(t, "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; base-uri 'none'; form-action 'none'", html.UnescapeString(policy[1]))
	assert.Less(t, strings.Index(page, "charset="), 1024, "where browsers look for it")
}

// TestHTMLReportData reads the rows out of the page as the script does.
func TestHTMLReportData(t *testing.T) {
	page := pageOf(t, Summary{}, failed(hostileText, "a\u2029b"), HTMLRow{8, 0, "bytes \xff\x00", OutcomeRejected, "çé 🙂 {{.}} ${x} `"}, HTMLRow{9, 1, "fine", OutcomeImported, ""})
	m := regexp.MustCompile(`(?s)<script type="application/json" id="data" data-left="0">(.*?)</script>`).FindStringSubmatch(page)
	require.NotNil(t, m)
	var rows [][]any
	require.NoError(t, json.Unmarshal([]byte(m[1]), &rows))
	assert.Equal(t, [][]any{
		{7.0, 1.0, hostileText, "failed", "a\u2029b"},
		{8.0, 0.0, "bytes \ufffd\x00", "rejected", "çé 🙂 {{.}} ${x} `"},
	}, rows)
}

func TestHTMLReportHasRoom(t *testing.T) {
	h := newHTMLReport(Summary{Rows: 12_000})
	for i := range 12_000 {
		h.add(HTMLRow{i + 1, 0, strings.Repeat("ü", 1000), OutcomeRejected, fmt.Sprintf("reason %d: %s", i/3, strings.Repeat("x", 1000))}.row())
	}
	for range 5 {
		h.add(failed("x", "new").row())
	}
	assert.Len(t, h.Rows, 10_000)
	assert.EqualValues(t, 2_005, h.Left)
	assert.EqualValues(t, 12_005, h.NotImported())
	reasons := h.Reasons()
	require.Len(t, reasons, 52)
	var sum int64
	for _, r := range reasons {
		sum += r.Rows
	}
	assert.EqualValues(t, 12_005, sum, "every row is counted")
	assert.Equal(t, []string{"other reasons", "other reasons"}, []string{reasons[50].Reason, reasons[51].Reason})
	assert.Equal(t, []Outcome{OutcomeFailed, OutcomeRejected}, []Outcome{reasons[50].Outcome, reasons[51].Outcome})
	assert.Empty(t, reasons[51].Search())
	var b strings.Builder
	require.NoError(t, h.write(&b))
	assert.Less(t, b.Len(), 20<<20)
	assert.Contains(t, b.String(), `This page holds the first 10,000; <a href="report.csv">report.csv</a> has the other 2,005 as well.`)
	assert.Equal(t, 200, strings.Count(b.String(), strings.Repeat("ü", 300)+"…</td>"), "in the table without a script")
}

func TestHTMLReportReasons(t *testing.T) {
	h := newHTMLReport(Summary{})
	for _, o := range []rowOutcome{{OutcomeSkipped, "b"}, {OutcomeFailed, "b"}, {OutcomeFailed, "a"}, {OutcomeRejected, "most"}, {OutcomeImported, "counted"},
		{OutcomeRejected, "The user already exists. The first is on line 3."}, {OutcomeRejected, "most"}, {OutcomeRejected, "The user already exists. The first is on line 40."}, {OutcomeRejected, "most"}} {
		h.add(reportRow{rowOutcome: o})
	}
	want := []reasonCount{{OutcomeRejected, "most", 3, 100}, {OutcomeRejected, "The user already exists. The first is on line …", 2, 66.67},
		{OutcomeFailed, "a", 1, 33.33}, {OutcomeFailed, "b", 1, 33.33}, {OutcomeSkipped, "b", 1, 33.33}}
	for range 20 { // whatever the order of the map
		require.Equal(t, want, h.Reasons())
	}
	assert.Equal(t, "The user already exists. The first is on line", want[1].Search())
}

func TestHTMLReportIsTheSameForTheSameImport(t *testing.T) {
	s := Summary{Plan: "p", Rows: 300, Runs: []Run{ranJob(1, 0, time.Hour), ranJob(2, time.Hour, time.Minute)}}
	var rows []HTMLRow
	for i := range 300 {
		rows = append(rows, failed(fmt.Sprint("user", i), fmt.Sprint("reason ", i)))
	}
	page := pageOf(t, s, rows...)
	for range 5 {
		require.Equal(t, page, pageOf(t, s, rows...))
	}
}

func TestHTMLReportSaysWhatIsNotKnown(t *testing.T) {
	s := Summary{Rows: 1_234_567, Counts: Counts{Imported: 1_000_000, Unknown: 234_567}, NotToldApart: 1_500, Parts: 5, Jobs: 2, Runs: []Run{
		ranJob(1, 0, time.Hour), {Part: 2, Rows: 1}, ranJob(3, time.Hour, time.Hour), {Part: 4, Rows: 500_000}, {Part: 5, Rows: 1_000}}}
	s.Runs[2].Note = "of 1500 rows without a result line, some are good"
	page := pageOf(t, s)
	for _, text := range []string{"<strong>1,234,567</strong>", "<strong>234,567</strong>", "The outcome of 1,500 rows is not known one by one", "5 parts, 2 jobs,",
		"Part 2 was not run: 1 row.", "Parts 4 to 5 were not run: 501,000 rows.", "of 1500 rows without a result line, some are good"} {
		assert.Contains(t, page, text)
	}
	empty := pageOf(t, Summary{})
	assert.Contains(t, empty, "The input has no rows.")
	assert.Contains(t, empty, "No job was run.")
	assert.NotContains(t, empty, "one by one")
	assert.NotContains(t, empty, "NaN")
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		n, of int64
		want  string
	}{{0, 0, ""}, {0, 9, "0%"}, {9, 9, "100%"}, {1, 3, "33.3%"}, {1, 5_000_000, "< 0.1%"}, {4_999_999, 5_000_000, "> 99.9%"}, {999, 1000, "99.9%"}, {1, 1000, "0.1%"}} {
		assert.Equal(t, c.want, share(c.n, c.of), "%d of %d", c.n, c.of)
	}
	assert.Equal(t, []string{"0", "999", "1,000", "12,345", "40,000,000"}, []string{grouped(0), grouped(999), grouped(1000), grouped(12345), grouped(40_000_000)})
}
