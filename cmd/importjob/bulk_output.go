package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
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
	_, err := fmt.Fprintln(w, oneLine(r.next(p)))
	return err
}

// next returns what to do after a dry run.
func (r *bulkRun) next(p bulk.Planned) string {
	resume := commandLine([]string{"bulk", "--resume", "--dir", r.Dir})
	const dryRun = "This was a dry run, and no user was imported. "
	switch {
	case p.Parts > 0 && p.Ended == p.Parts:
		return "The import in this directory has ended: see " + filepath.Join(r.Dir, "report.csv")
	case p.Ended > 0:
		return fmt.Sprintf("The import in this directory has begun, and %d of its %d jobs have ended. To continue it: %s", p.Ended, p.Parts, resume)
	case r.Backend != "":
		return dryRun + "To import the users: " + resume
	case slices.Contains(r.flags, "user-pool-id"):
		return dryRun + "To import the users: " + resume + " --backend aws --cloud-watch-logs-role-arn ARN"
	}
	return dryRun + "It checked the rows against a pool that the flags describe. For a pool at AWS, make a dry run in another directory with --backend aws; " +
		"for a simulation: " + resume + " --backend memory"
}

// simulation is the first line of the output of an import into a pool in memory.
const simulation = "SIMULATION: the pool was in memory and is gone. No user was imported at AWS."

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
	if s.Target.Simulation {
		if _, err := fmt.Fprintln(w, simulation); err != nil {
			return err
		}
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
	if run.MovedTo > 0 {
		line += fmt.Sprintf(" It did not read %s: part %d has them.", counted(int64(run.MovedRows), "row"), run.MovedTo)
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
