package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// outdated is a client that returns the pool as it was before its rules became stricter.
type outdated struct {
	importjob.Client
	pool importjob.Pool
}

func (o outdated) Pool(context.Context, string) (importjob.Pool, error) { return o.pool, nil }

// hostile are usernames that a page must show as they are.
var hostile = []string{
	"</script><img src=x onerror=alert(1)>",
	"</script><svg/onload=document.title='owned'>",
	"<!--<script>",
	`"><b>bold</b>&amp;{{.Rows}}`,
}

// importWithFailures imports n users, of which some fail, some exist and some are rejected. It
// returns the path of report.html.
func importWithFailures(t *testing.T, n int) (string, bulk.Summary) {
	dir := filepath.Join(t.TempDir(), "import")
	var s bulk.Summary
	synctest.Test(t, func(t *testing.T) {
		c := memory.New(&memory.Options{Seed: 1, RowsPerSecond: n / 100})
		strict := pool()
		strict.Schema = importjob.ClassicSchema().With(importjob.SchemaAttribute{Name: "nickname", Type: importjob.TypeString, MinLength: "0", MaxLength: "5"})
		_, err := c.CreatePool(t.Context(), userpool.Pool{Pool: strict})
		require.NoError(t, err)
		users := good(n)
		for i, u := range users {
			switch {
			case i < len(hostile):
				u["cognito:username"] = hostile[i]
				u["nickname"] = "too long a name"
			case i%7 == 3:
				_, err := c.AddUser(t.Context(), poolID, userpool.User{Username: u["cognito:username"]})
				require.NoError(t, err)
			case i%11 == 5:
				u["nickname"] = "too long a name"
			case i%13 == 6:
				u["email"] = fmt.Sprintf("%d at example.com", i)
			case i%97 == 8:
				u["cognito:username"] = "user1"
			case i%89 == 9:
				u["cognito:username"] = "USER2"
			}
		}
		s, err = bulk.Import(t.Context(), outdated{c, pool()}, input(), sequence(users...), dir, &bulk.Options{PartRows: n/4 + 1})
		require.NoError(t, err)
	})
	return filepath.Join(dir, "report.html"), s
}

// TestReportInABrowser looks at reports as people do. It takes one browser, which is slow to start.
func TestReportInABrowser(t *testing.T) {
	c := newChromium(t)
	c.run("what is seen", func(t *testing.T) { testWhatIsSeen(t, c) })
	c.run("links to people", func(t *testing.T) { testLinksToPeople(t, c) })
	c.run("names", func(t *testing.T) { testNames(t, c) })
	c.run("any screen", func(t *testing.T) { testAnyScreen(t, c) })
	c.run("forbidden", func(t *testing.T) { testForbidden(t, c) })
}

// quiet sees to it that a page has loaded nothing else, and that there were no errors, messages or
// dialogs.
func (c *chromium) quiet(path string) {
	c.t.Helper()
	assert.Empty(c.t, c.trouble)
	assert.Equal(c.t, []string{"file://" + path}, c.requests)
}

// testWhatIsSeen compares what a person sees with report.csv and summary.json.
func testWhatIsSeen(t *testing.T, c *chromium) {
	path, s := importWithFailures(t, 2000)
	rows, written := readReport(t, filepath.Dir(path))
	require.Equal(t, written.Counts, s.Counts)
	require.NotZero(t, min(s.Imported, s.Skipped, s.Failed, s.Rejected))
	c.open("file://" + path)
	title := s.Plan + ": import into " + poolID
	require.Equal(t, title, c.text("document.title"))

	c.run("numbers", func(t *testing.T) {
		number := func(n int64) string { return strings.Replace(fmt.Sprintf("%d,%03d", n/1000, n%1000), "0,", "", 1) }
		assert.Equal(t, []string{"2,000", number(s.Imported), number(s.Skipped), number(s.Failed), number(s.Rejected), "0"}, c.texts("dd strong"))
		assert.Len(t, c.texts(".jobs tbody tr"), s.Jobs)
		for n, id := range c.texts(".jobs .code") {
			assert.Equal(t, s.Runs[n].JobID, id)
		}
	})
	c.run("rows", func(t *testing.T) {
		all := matching(rows, "", "")
		require.Greater(t, len(all), 400)
		assert.Equal(t, all[:200], tableOf(c))
		assert.Equal(t, fmt.Sprintf("%d rows; the first 200 are shown.", len(all)), c.text("count.textContent"))
		for range 5 {
			c.text("more.click()")
		}
		assert.Equal(t, all, tableOf(c))
		assert.Equal(t, fmt.Sprintf("%d rows.", len(all)), c.text("count.textContent"))
		assert.Equal(t, "true", c.text("more.hidden"))
	})
	c.run("search", func(t *testing.T) {
		for _, text := range []string{"user11", "USER11", "  user11 ", "Invalid email", "1,9", "rejected", "nobody", `'"><`, ".*", "\\"} {
			c.typeInto("#q", text)
			want := matching(rows, text, "")
			assert.Equal(t, want[:min(200, len(want))], tableOf(c), text)
		}
		c.typeInto("#q", "user1")
		c.choose("#outcome", "skipped")
		want := matching(rows, "user1", "skipped")
		assert.Equal(t, want, tableOf(c))
		assert.Equal(t, fmt.Sprintf("%d of %d rows.", len(want), len(matching(rows, "", ""))), c.text("count.textContent"))
		assert.Equal(t, "#outcome=skipped&q=user1", c.text("location.hash"))
	})
	c.run("a reason", func(t *testing.T) {
		counts := c.texts(".reasons .number")[1:]
		require.Len(t, counts, 5)
		for n, count := range counts {
			c.text("document.querySelectorAll('.reasons a')[%d].click()", n)
			c.text("more.click()")
			c.text("more.click()")
			assert.Equal(t, count, strings.Fields(c.text("count.textContent"))[0])
		}
	})
	c.run("nothing of a user's was run", func(t *testing.T) {
		assert.Equal(t, "0", c.text("document.querySelectorAll('img, svg, b').length"))
		assert.Equal(t, title, c.text("document.title"))
		c.quiet(path)
	})
}

// tableOf returns the rows that are shown.
func tableOf(c *chromium) [][]string {
	cells := c.texts("#found th, #found td")
	return slices.Collect(slices.Chunk(cells, 5))
}

// matching returns the rows that a search finds.
func matching(rows []outcome, text, only string) (found [][]string) {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, exactly := range []bool{true, false} {
		for _, r := range rows {
			cells := []string{r.SourceLine, r.Part, r.Username, r.Outcome, r.Reason}
			if r.Outcome != "imported" && (only == "" || only == r.Outcome) && strings.Contains(strings.ToLower(strings.Join(cells, "\n")), text) &&
				exactly == (strings.ToLower(r.Username) == text) {
				found = append(found, cells)
			}
		}
	}
	return found
}

// testLinksToPeople opens a report at a username, hostile ones among them.
func testLinksToPeople(t *testing.T, c *chromium) {
	path, _ := importWithFailures(t, 200)
	rows, _ := readReport(t, filepath.Dir(path))
	for _, name := range append(hostile, "user11") {
		want := matching(rows, name, "")
		require.NotEmpty(t, want)
		c.open("file://" + path + "#q=" + url.PathEscape(name))
		assert.Equal(t, want, tableOf(c))
		assert.Equal(t, name, tableOf(c)[0][2], "first of all")
		assert.Equal(t, name, c.text("q.value"))
		assert.Empty(t, c.trouble)
	}
	c.open("file://" + path + "#q=user11+x%")
	assert.Equal(t, "user11+x%", c.text("q.value"), "what somebody wrote by hand")
	assert.Equal(t, "0 of "+fmt.Sprint(len(matching(rows, "", "")))+" rows.", c.text("count.textContent"))
	c.open("file://" + path + "#outcome=rejected&q=")
	assert.Equal(t, matching(rows, "", "rejected"), tableOf(c))
}

// testNames searches for names that contain others, and that can be written in two ways.
func testNames(t *testing.T, c *chromium) {
	var rows []bulk.HTMLRow
	for n, name := range []string{"annabel", "joanna", "Anna", "Jose\u0301", "STRASSE", "ΣΟΦΟΣ", "i\u0307stanbul", "a b  c"} {
		rows = append(rows, bulk.HTMLRow{SourceLine: n + 1, Username: name, Outcome: bulk.OutcomeFailed, Reason: "no"})
	}
	c.open("file://" + writeHTML(t, bulk.Summary{Rows: 8}, rows...))
	for text, want := range map[string][]string{"anna": {"Anna", "annabel", "joanna"}, "jos\u00e9": {"Jose\u0301"}, "strasse": {"STRASSE"},
		"σοφος": {"ΣΟΦΟΣ"}, "\u0130stanbul": {"i\u0307stanbul"}, "b  c": {"a b  c"}} {
		c.typeInto("#q", text)
		assert.Equal(t, want, c.texts("#found td:nth-child(3)"), text)
	}
}

// testAnyScreen looks at the page where there is little room, light, dark, and no script.
func testAnyScreen(t *testing.T, c *chromium) {
	path := largeReport(t)
	c.open("file://" + path)
	assert.Equal(t, "10,000 rows; the first 200 are shown. 2,000 more are in report.csv only.", c.text("count.textContent"))
	for _, width := range []int{320, 380, 640, 700, 1024, 1280} {
		c.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false}, nil)
		wide := c.text("[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth).map(e => e.outerHTML.slice(0, 100)).slice(0, 3)")
		assert.Equal(t, "true", c.text("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "%d: no scrolling to the side: %s", width, wide)
		assert.Equal(t, "true", c.text("[...document.querySelectorAll('dd strong')].every(e => e.scrollWidth <= e.clientWidth)"), "%d: no number runs into the next", width)
	}
	backgrounds := map[string]bool{}
	for _, scheme := range []string{"light", "dark"} {
		c.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}}, nil)
		backgrounds[c.text("getComputedStyle(document.body).backgroundColor")] = true
	}
	assert.Len(t, backgrounds, 2)
	c.quiet(path)
	c.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	c.open("file://" + path)
	assert.Len(t, tableOf(c), 200)
	assert.Equal(t, "none", c.text("getComputedStyle(controls).display"))
	assert.Equal(t, "The first 200 are shown; report.csv has them all.", c.text("count.textContent"))
	c.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": false}, nil)
}

// largeReport writes a report with as many and as long values as one can have.
func largeReport(t *testing.T) string {
	long := strings.Repeat("x", 128)
	s := bulk.Summary{Plan: long, UserPoolID: "us-west-2_" + long[:55], Rows: 40_000_000, Counts: bulk.Counts{Imported: 39_000_000, Skipped: 988_000, Failed: 11_200},
		Rejected: 800, NotToldApart: 10_000, Parts: 90, Jobs: 80}
	for n := range 90 {
		r := bulk.Run{Part: n + 1, Rows: 500_000}
		if n < 80 {
			r.JobID, r.JobName, r.Status, r.Message, r.Note = "import-"+long[:40], long, importjob.StatusFailed, long, long
			r.Started = time.Date(2026, 7, 30, n, 0, 0, 0, time.UTC)
			r.Completed = r.Started.Add(50 * time.Minute)
		}
		s.Runs = append(s.Runs, r)
	}
	rows := make([]bulk.HTMLRow, 12_000)
	for n := range rows {
		rows[n] = bulk.HTMLRow{SourceLine: 39_000_000 + n, Part: 78, Username: long, Outcome: bulk.OutcomeFailed, Reason: fmt.Sprint(n%70, long)}
	}
	return writeHTML(t, s, rows...)
}

// writeHTML writes a report.html of its own.
func writeHTML(t *testing.T, s bulk.Summary, rows ...bulk.HTMLRow) string {
	path := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, errors.Join(bulk.WriteHTML(f, s, rows...), f.Close()))
	return path
}

// testForbidden writes into a page what an error in its escaping would.
func testForbidden(t *testing.T, c *chromium) {
	path := filepath.Join(t.TempDir(), "report.html")
	var page strings.Builder
	require.NoError(t, bulk.WriteHTML(&page, bulk.Summary{Plan: "plan", UserPoolID: "pool"}))
	for _, evil := range []string{"<script>document.title='owned'</script>", "<img src=data:, onerror=document.title='owned'>", "<iframe src='javascript:parent.document.title=1'></iframe>",
		"<link rel=stylesheet href=x.css>", "<base href=http://evil.example/>"} {
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(page.String(), "<h1>", evil+"<h1>", 1)), 0o600))
		c.open("file://" + path)
		assert.Equal(t, "plan: import into pool", c.text("document.title"))
		assert.NotEmpty(t, c.trouble, "%s: the browser says that it is forbidden", evil)
	}
}
