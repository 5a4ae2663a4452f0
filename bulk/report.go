package bulk

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// Summary is the result of an import, and the content of summary.json. Imported, Skipped, Failed, Unknown and
// Rejected add up to Rows. The zero Summary has an empty Plan.
type Summary struct {
	Plan       string `json:"plan"` // the name of the plan; the names of the jobs begin with it
	UserPoolID string `json:"user_pool_id"`
	Target     Target `json:"target,omitzero"`
	Rows       int64  `json:"rows"` // all rows of the input, with the rejected ones
	Counts            // of the rows in all parts
	Rejected   int64  `json:"rejected"` // rows that went into no job

	// NotToldApart is the number of rows that are imported, skipped or failed in Counts, but unknown in
	// report.csv. The counters of their job include them, but no result line says which rows they are.
	NotToldApart int64 `json:"not_told_apart"`

	Parts int   `json:"parts"` // parts of the plan, and those with the rows that stopped jobs did not read
	Jobs  int   `json:"jobs"`  // parts whose job was run
	Runs  []Run `json:"runs"`  // one for each part, in order
}

// Run is the job of one part. Of a part that was not run, only Part, Rows, Unknown and Note are set.
type Run struct {
	Part         int              `json:"part"` // the number of the part, from 1
	Rows         int              `json:"rows"` // rows of the part, without MovedRows
	JobID        string           `json:"job_id,omitempty"`
	JobName      string           `json:"job_name,omitempty"`
	Status       importjob.Status `json:"status,omitempty"`   // at the end of the job
	Message      string           `json:"message,omitempty"`  // the completion message of the service
	Created      time.Time        `json:"created,omitzero"`   // in UTC, as the next two
	Started      time.Time        `json:"started,omitzero"`   // zero if the service gives none
	Completed    time.Time        `json:"completed,omitzero"` // zero if the service gives none
	Counts                        // of the rows of the part
	NotToldApart int64            `json:"not_told_apart,omitempty"` // as Summary.NotToldApart, of this part
	Note         string           `json:"note,omitempty"`           // why rows are unknown in report.csv; "" if none is

	// MovedRows is the number of rows that a stopped job did not read. The part MovedTo has them.
	MovedRows int `json:"moved_rows,omitempty"`
	MovedTo   int `json:"moved_to,omitempty"`
}

// summary makes the summary from the journal.
func (i *importer) summary() (Summary, error) {
	s := Summary{
		Plan:       i.begun.Name,
		UserPoolID: i.begun.UserPoolID,
		Target:     i.state.target,
		Rows:       i.planned.Rows,
		Rejected:   i.planned.Rejected,
		Parts:      len(i.parts),
	}
	for n, p := range i.parts {
		run := Run{Part: n + 1, Rows: i.files[n].Rows, Counts: Counts{Unknown: int64(i.files[n].Rows)}, Note: notRun}
		if p.result != nil {
			j := p.job
			run.JobID, run.JobName, run.Status, run.Message = j.JobID, j.JobName, j.Status, j.CompletionMessage
			run.Created, run.Started, run.Completed = j.CreationDate, j.StartDate, j.CompletionDate
			run.Counts, run.NotToldApart, run.Note = p.result.Counts, p.result.NotToldApart, p.result.Note
			if p.rest > 0 {
				run.MovedTo, run.MovedRows = p.rest, p.result.Rest.Rows
				run.Rows -= run.MovedRows
			}
			s.Jobs++
		}
		s.Imported += run.Imported
		s.Skipped += run.Skipped
		s.Failed += run.Failed
		s.Unknown += run.Unknown
		s.NotToldApart += run.NotToldApart
		s.Runs = append(s.Runs, run)
	}
	if sum := s.sum() + s.Rejected; sum != s.Rows {
		return s, fmt.Errorf("%w: it has %s, but the outcomes add up to %d", ErrJournal, counted(s.Rows, "row"), sum)
	}
	return s, nil
}

const notRun = "the part was not run"

// reportColumns are the columns of report.csv. With Options.Lookup, report.csv has the column "sub" as well.
var reportColumns = []string{"source_line", "part", "job_id", "line", "username", "outcome", "reason"}

// reportRow is one row of report.csv.
type reportRow struct {
	sourceLine int
	part       int // 0 of a rejected row
	jobID      string
	line       int // in the file of the part
	username   string
	algorithm  importjob.PasswordHashingAlgorithm // of its password hash, if it has one
	rowOutcome
	values  func() []string   // valid until the next row
	unknown map[string]string // of a rejected row: the values under keys that are not columns
}

// report writes report.csv, summary.json and report.html.
func (i *importer) report(ctx context.Context) (Summary, error) {
	s, err := i.summary()
	if err != nil {
		return s, err
	}
	page := newHTMLReport(s)
	err = i.dir.write(reportName, func(w io.Writer) error { return i.writeReport(ctx, csv.NewWriter(w), s, page) })
	if err == nil {
		err = i.dir.write(htmlName, page.write)
	}
	if err == nil {
		err = i.dir.write(summaryName, func(w io.Writer) error {
			enc := json.NewEncoder(w)
			enc.SetIndent("", "  ")
			return enc.Encode(s)
		})
	}
	return s, err
}

// writeReport writes report.csv, and checks that it agrees with the summary.
func (i *importer) writeReport(ctx context.Context, out *csv.Writer, s Summary, page *htmlReport) error {
	columns := reportColumns
	if i.opts.Lookup != nil {
		columns = append(columns[:len(columns):len(columns)], "sub")
	}
	_ = out.Write(columns) // errors stay until Flush
	var counts reportCounts
	err := i.eachRow(func(r reportRow) error {
		counts.add(r.outcome)
		if counts.rows%rowsPerCheck == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			i.opts.reportProgress(Progress{Phase: PhaseReporting, Rows: counts.rows, Total: s.Rows, Parts: s.Parts})
		}
		record := r.record()
		if i.opts.Lookup != nil {
			sub, err := i.sub(ctx, r)
			if err != nil {
				return err
			}
			record = append(record, defused(sub))
		}
		page.add(r)
		return out.Write(record)
	})
	if err != nil {
		return err
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	if !counts.agree(s) {
		return fmt.Errorf("%w: the files in the directory do not match it", ErrJournal)
	}
	return nil
}

// reportCounts counts the rows of report.csv.
type reportCounts struct {
	Counts
	rejected int64
	rows     int64 // all of them
}

func (c *reportCounts) add(o Outcome) {
	c.rows++
	if o == OutcomeRejected {
		c.rejected++
		return
	}
	*c.of(o)++
}

// agree reports whether report.csv agrees with the summary.
func (c *reportCounts) agree(s Summary) bool {
	return c.rows == s.Rows && c.rejected == s.Rejected && c.Unknown == s.Unknown+s.NotToldApart && c.sum() == s.sum()
}

// record returns the values of reportColumns.
func (r *reportRow) record() []string {
	return []string{strconv.Itoa(r.sourceLine), orEmpty(r.part), defused(r.jobID), orEmpty(r.line), defused(r.username), string(r.outcome), defused(r.reason)}
}

// defused returns a value that a spreadsheet shows, and does not run as a formula. It puts an apostrophe before a value
// that begins with a character that begins a formula. It puts one before an apostrophe as well, so that a value that
// begins with an apostrophe always has one more than the original.
//
// Source: https://owasp.org/www-community/attacks/CSV_Injection
func defused(value string) string {
	if value != "" && strings.ContainsRune("=+-@\t\r'", rune(value[0])) {
		return "'" + value
	}
	return value
}

// orEmpty returns a number as text, or "" for 0.
func orEmpty(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// sub looks up the sub of a row that was imported. It returns "" for any other row.
func (i *importer) sub(ctx context.Context, r reportRow) (sub string, err error) {
	if r.outcome != OutcomeImported {
		return "", nil
	}
	err = i.retry(ctx, func() error {
		ctx, cancel := i.opts.limitCall(ctx)
		defer cancel()
		sub, err = i.opts.Lookup(ctx, r.username)
		return err
	})
	if errors.Is(err, userpool.ErrUserNotFound) { // the user was deleted after the import
		return "", nil
	}
	if err != nil {
		err = fmt.Errorf("looking up the user of source line %d: %w", r.sourceLine, err)
	}
	return sub, err
}
