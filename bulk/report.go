package bulk

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// Summary is what an import has come to. Imported, Skipped, Failed, Rejected and Unknown add up
// to Rows.
type Summary struct {
	Plan       string `json:"plan"` // its name
	UserPoolID string `json:"user_pool_id"`
	Rows       int64  `json:"rows"` // in the input
	Counts
	Rejected     int64 `json:"rejected"`
	NotToldApart int64 `json:"not_told_apart"` // rows in Counts that the report calls unknown: only their number is known
	Parts        int   `json:"parts"`
	Jobs         int   `json:"jobs"` // jobs that were run
	Runs         []Run `json:"runs"` // by part
}

// Run is the job of one part.
type Run struct {
	Part      int              `json:"part"`
	Rows      int              `json:"rows"`
	JobID     string           `json:"job_id,omitempty"` // "" of a part that was not run
	JobName   string           `json:"job_name,omitempty"`
	Status    importjob.Status `json:"status,omitempty"`
	Message   string           `json:"message,omitempty"` // the service's
	Created   time.Time        `json:"created,omitzero"`
	Started   time.Time        `json:"started,omitzero"`
	Completed time.Time        `json:"completed,omitzero"`
	Counts
	NotToldApart int64  `json:"not_told_apart,omitempty"`
	Note         string `json:"note,omitempty"` // why there are rows unknown or not told apart
}

// summary sums up the journal.
func (i *importer) summary() (Summary, error) {
	s := Summary{Plan: i.begun.Name, UserPoolID: i.begun.UserPoolID, Rows: i.planned.Rows, Rejected: i.planned.Rejected, Parts: len(i.parts)}
	for n, p := range i.parts {
		run := Run{Part: n + 1, Rows: i.planned.Parts[n].Rows, Counts: Counts{Unknown: int64(i.planned.Parts[n].Rows)}, Note: notRun}
		if p.closing != nil {
			j := p.job
			run.JobID, run.JobName, run.Status, run.Message = j.JobID, j.JobName, j.Status, j.CompletionMessage
			run.Created, run.Started, run.Completed = j.CreationDate, j.StartDate, j.CompletionDate
			run.Counts, run.NotToldApart, run.Note = p.closing.Counts, p.closing.NotToldApart, p.closing.Note
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
		return s, fmt.Errorf("%w: it has %d rows, but they add up to %d", ErrJournal, s.Rows, sum)
	}
	return s, nil
}

const notRun = "the part was not run"

// reportColumns are those of report.csv; there is one more, "sub", with Options.Lookup.
var reportColumns = []string{"source_line", "part", "job_id", "line", "username", "outcome", "reason"}

// reportRow is one row of report.csv.
type reportRow struct {
	sourceLine int
	part       int // 0 for a row in none
	jobID      string
	line       int // in the part's file
	username   string
	verdict
	values func() []string
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

// writeReport writes report.csv, and asserts that it agrees with the summary.
func (i *importer) writeReport(ctx context.Context, out *csv.Writer, s Summary, page *htmlReport) error {
	columns := reportColumns
	if i.opts.Lookup != nil {
		columns = append(columns[:len(columns):len(columns)], "sub")
	}
	_ = out.Write(columns) // errors stay until Flush
	var counts Counts
	var rejected, rows int64
	err := i.rows(func(r reportRow) error {
		if rows++; rows%rowsPerLook == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			i.opts.tell(Progress{Phase: PhaseReporting, Rows: rows, Total: s.Rows, Parts: s.Parts})
		}
		if r.outcome == OutcomeRejected {
			rejected++
		} else {
			*counts.of(r.outcome)++
		}
		record := []string{strconv.Itoa(r.sourceLine), number(r.part), r.jobID, number(r.line), r.username, string(r.outcome), r.reason}
		if i.opts.Lookup != nil {
			sub, err := i.sub(ctx, r)
			if err != nil {
				return err
			}
			record = append(record, sub)
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
	told := counts.Imported + counts.Skipped + counts.Failed
	if rows != s.Rows || rejected != s.Rejected || counts.Unknown != s.Unknown+s.NotToldApart || told != s.sum()-counts.Unknown {
		return fmt.Errorf("%w: the files of the parts do not agree with it", ErrJournal)
	}
	return nil
}

// number is a number, or nothing instead of 0.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// sub looks up a user that was imported.
func (i *importer) sub(ctx context.Context, r reportRow) (sub string, err error) {
	if r.outcome != OutcomeImported {
		return "", nil
	}
	err = i.retry(ctx, func() error {
		sub, err = i.opts.Lookup(ctx, r.username)
		return err
	})
	if errors.Is(err, userpool.ErrUserNotFound) { // deleted since
		return "", nil
	}
	if err != nil {
		err = fmt.Errorf("looking up the user of source line %d: %w", r.sourceLine, err)
	}
	return sub, err
}
