package importjob

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cognito-import/importjob/internal/seen"
)

// This file puts batches together, in the order of the file: it counts rows and lines, and finds the
// usernames that were in the file before.

// totals count what has been read of a file.
type totals struct {
	rows, skipped, failed, bytes int64
	fatal                        string // why the whole job fails, or ""
}

// summary says how the job would end if the file ended here.
func (t totals) summary(assume *Assumptions) CheckSummary {
	s := CheckSummary{Rows: t.rows, Bytes: t.bytes}
	if t.fatal != "" { // no row of such a job is imported
		s.Status, s.Message = StatusFailed, t.fatal
		return s
	}
	s.Imported, s.Skipped, s.Failed = t.rows-t.skipped-t.failed, t.skipped, t.failed
	s.Status, s.Message = assume.FinalStatus(s.Imported, s.Skipped, s.Failed)
	return s
}

// upTo adds the rows of a batch up to the one that the last of some findings is about. places are the
// rows of the findings.
func (t totals) upTo(b *batch, findings []Finding, places []int) totals {
	if n := len(findings); n > 0 {
		row := places[n-1]
		t.count(findings)
		t.rows += int64(row + 1)
		t.bytes = b.after(row)
	}
	return t
}

func (t *totals) count(findings []Finding) {
	for _, f := range findings {
		if f.Status == RowSkipped {
			t.skipped++
		} else {
			t.failed++
		}
	}
}

// merge adds a batch.
func (c *checker) merge(b *batch) *CheckedRows {
	c.rows = CheckedRows{Columns: c.header.names, Findings: c.rows.Findings[:0], batch: b, line: c.line}
	c.places = c.places[:0]
	if left := MaxRows - c.total.rows; int64(len(b.rows)) > left {
		b.fatal = &CSVError{Line: int(b.rows[left].line), Err: ErrTooManyRows}
		b.rows = b.rows[:left]
	}
	c.seen.Grow(len(b.rows))
	bad := b.bad
	for from := 0; from < len(b.rows); from += seen.Batch {
		rows := b.rows[from:min(from+seen.Batch, len(b.rows))]
		for i := range rows {
			c.seen.Touch(rows[i].username)
		}
		for i := range rows {
			if rows[i].bad {
				c.add(from+i, bad[0])
				bad = bad[1:]
			} else if first := c.seen.Add(rows[i].username, c.line+int(rows[i].line)); first != 0 {
				c.add(from+i, b.duplicate(&rows[i], first))
			}
		}
	}
	c.total.count(c.rows.Findings)
	c.total.rows += int64(len(b.rows))
	c.total.bytes = b.chunk.Read()
	if b.fatal != nil {
		f := c.fatal(b.fatal)
		f.Line += c.line
		c.rows.Findings = append(c.rows.Findings, f)
	}
	c.line += b.chunk.Lines()
	c.rows.Summary = c.total.summary(&c.opts.Assumptions)
	return &c.rows
}

// add adds a finding about a row.
func (c *checker) add(place int, f Finding) {
	f.Line += c.line
	c.rows.Findings = append(c.rows.Findings, f)
	c.places = append(c.places, place)
}

// fatal makes a finding of an error that makes the whole job fail. The first one is the job's message.
func (c *checker) fatal(e *CSVError) Finding {
	message := e.Err.Error()
	switch { // the name of an unknown column may be a person's, in a file without a header
	case errors.Is(e, ErrMissingColumn), slices.Contains(c.pool.Header(), e.Attribute):
		message = e.Attribute + ": " + message
	case e.Column > 0:
		message = fmt.Sprintf("column %d: %s", e.Column, message)
	}
	if c.total.fatal == "" {
		c.total.fatal = fmt.Sprintf("The .csv file could not be read: %s.", message) // A16
	}
	f := findingOf(e)
	f.Fatal = true
	return f
}
