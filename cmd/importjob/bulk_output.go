package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
)

// table prints rows of a name and a value. It leaves out zero rows.
func table(w io.Writer, rows ...[2]any) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		if row != ([2]any{}) {
			fmt.Fprintf(t, "%s\t%s\n", row[0], oneLine(fmt.Sprint(row[1])))
		}
	}
	return t.Flush()
}

// plannedJSON is the output of a dry run with --json. The names are the names of summary.json.
type plannedJSON struct {
	Plan     string `json:"plan"`
	Rows     int64  `json:"rows"`
	Rejected int64  `json:"rejected"`
	Parts    int    `json:"parts"`
}

// printPlan prints the result of a dry run.
func (r *bulkRun) printPlan(w io.Writer, p bulk.Planned) error {
	if r.JSON {
		return printJSON(w, plannedJSON{p.Name, p.Rows, p.Rejected, p.Parts})
	}
	if err := table(w, [2]any{"Rows", p.Rows}, r.rejected(p.Rejected), [2]any{"Jobs", p.Parts}); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "This was a dry run, and no user was imported. To import the users: %s\n", oneLine(commandLine(r.resumeArgs("--dry-run"))))
	return err
}

// rejected returns the table row about the rejected rows.
func (r *bulkRun) rejected(rows int64) [2]any {
	if rows == 0 {
		return [2]any{"Rejected", 0}
	}
	return [2]any{"Rejected", fmt.Sprintf("%d, see %s", rows, filepath.Join(r.Dir, "rejected.csv"))}
}

// print prints the result of an import.
func (r *bulkRun) print(w io.Writer, s bulk.Summary) error {
	if r.JSON {
		return printJSON(w, s)
	}
	jobs, notToldApart := fmt.Sprint(s.Jobs), [2]any{}
	if s.Jobs < s.Parts {
		jobs = fmt.Sprintf("%d of %d", s.Jobs, s.Parts)
	}
	if s.NotToldApart > 0 {
		notToldApart = [2]any{"NotToldApart", fmt.Sprintf("%d of these %s unknown in the report, since only their number is known", s.NotToldApart, plural(s.NotToldApart, "is", "are"))}
	}
	err := table(w, [2]any{"Rows", s.Rows}, [2]any{"Imported", s.Imported}, [2]any{"Skipped", s.Skipped}, [2]any{"Failed", s.Failed},
		r.rejected(s.Rejected), [2]any{"Unknown", s.Unknown}, notToldApart, [2]any{"Jobs", jobs},
		[2]any{"Report", filepath.Join(r.Dir, "report.csv")}, [2]any{"", filepath.Join(r.Dir, "report.html")}, [2]any{"", filepath.Join(r.Dir, "summary.json")})
	for _, run := range s.Runs {
		if line := r.badEnd(run); err == nil && line != "" {
			_, err = fmt.Fprintln(w, oneLine(line))
		}
	}
	return err
}

// badEnd returns a line about a job that ended badly or has rows with an unknown outcome, and "" about any other.
func (r *bulkRun) badEnd(run bulk.Run) string {
	if run.JobID == "" || (run.Status == importjob.StatusSucceeded || run.Status == importjob.StatusFailed && run.Unknown == 0) && run.Note == "" {
		return ""
	}
	line := fmt.Sprintf("Part %d: job %s %s: %s", run.Part, run.JobID, run.Status, run.Message)
	if run.Note != "" {
		line += " " + run.Note
	}
	return line
}

// printJSON prints a value as indented JSON.
func printJSON(w io.Writer, v any) error {
	text, err := marshal(v)
	if err != nil {
		return err
	}
	b := bytes.Buffer{}
	if err := json.Indent(&b, text, "", "    "); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", b.Bytes())
	return err
}
