package importjob

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cognito-import/importjob/internal/scan"
	"github.com/cognito-import/importjob/internal/seen"
)

// batch has the rows of one chunk of a file and the result of their checks. It does not depend on other
// chunks, so several goroutines can check one batch each. Its line numbers are relative to the
// start of the chunk; merge turns them into line numbers of the file.
type batch struct {
	chunk   scan.Chunk
	row     scan.Row
	scratch []byte
	rows    []batchRow
	bad     []Finding     // one for each bad row, in the order of the rows
	fatal   *CSVError     // a fault after the last row that makes the whole job fail, or nil
	checked chan struct{} // receives a value when the batch has been checked; nil with one worker
}

// batchRow is one row of a batch.
type batchRow struct {
	username         seen.Hash // of a good row
	from, size, line uint32    // from is the index of the row's first byte in the chunk
	name, nameEnd    uint16    // the start and the end of its username, relative to from
	bad              bool
}

// check checks the rows of the chunk.
func (b *batch) check(rules *rowRules) {
	if likely := b.chunk.Len() / 64; cap(b.rows) < likely {
		b.rows = make([]batchRow, 0, likely)
	}
	b.rows, b.bad, b.fatal = b.rows[:0], b.bad[:0], nil
	b.chunk.ProveUTF8()
	for b.chunk.Next(&b.row) {
		if !b.checkRow(rules) {
			return
		}
	}
	if b.chunk.TooLarge() {
		b.fatal = &CSVError{Line: b.chunk.Lines(), Err: ErrFileTooLarge}
	}
}

// checkRow checks the row that was read last. It returns false if the row makes the whole job fail.
func (b *batch) checkRow(rules *rowRules) bool {
	row := &b.row
	if row.Len() != len(rules.names) {
		e := formFault(row, rules.names)
		if rules.countIsFatal && errors.Is(e, ErrFieldCount) {
			b.fatal = e
			return false
		}
		b.add(row, findingOf(e))
		return true
	}
	if i, fault := rules.check(row); fault != nil {
		b.add(row, rules.finding(row, i, fault))
		return true
	}
	r := batchRow{from: uint32(row.Start()), size: uint32(row.Size()), line: uint32(row.Line())}
	r.name = uint16(row.Column(rules.username) - 1)
	r.nameEnd = r.name + uint16(len(row.Untrimmed(rules.username)))
	r.username, b.scratch = seen.HashOf(row.At(rules.username), rules.ignoreCase, b.scratch)
	b.rows = append(b.rows, r)
	return true
}

// add adds a bad row.
func (b *batch) add(row *scan.Row, f Finding) {
	b.bad = append(b.bad, f)
	b.rows = append(b.rows, batchRow{from: uint32(row.Start()), size: uint32(row.Size()), line: uint32(row.Line()), bad: true})
}

// duplicate marks a good row as bad, because an earlier row has its username, and returns the finding.
func (b *batch) duplicate(r *batchRow, firstLine int) Finding {
	r.bad = true
	name := b.chunk.Bytes(int(r.from)+int(r.name), int(r.from)+int(r.nameEnd))
	f := Finding{Line: int(r.line), Column: int(r.name) + 1, Username: string(scan.Trim(name)), Attribute: ColumnUsername,
		Status: RowSkipped, FirstLine: firstLine}
	return f.withCause(faultDuplicate)
}

// after returns the position in the file at which the line after a row begins.
func (b *batch) after(row int) int64 {
	r := &b.rows[row]
	return min(b.chunk.Offset(int(r.from))+int64(r.size)+1, b.chunk.Read())
}

// totals counts the rows of a file that have been read.
type totals struct {
	rows, skipped, failed, bytes int64
	fatal                        string // the completion message if the whole job fails, or ""
}

// summary returns the result of a job whose file has exactly the counted rows.
func (t totals) summary(assume *Assumptions) CheckSummary {
	s := CheckSummary{Rows: t.rows, Bytes: t.bytes}
	if t.fatal != "" { // such a job imports no row
		s.Status, s.Message = StatusFailed, t.fatal
		return s
	}
	s.Imported, s.Skipped, s.Failed = t.rows-t.skipped-t.failed, t.skipped, t.failed
	s.Status, s.Message = assume.finalStatus(s.Imported, s.Skipped, s.Failed)
	return s
}

// upTo returns the totals plus the rows of a batch, up to the row of the last of these findings. places
// has the index of the row for each finding.
func (t totals) upTo(b *batch, findings []Finding, places []int) totals {
	if n := len(findings); n > 0 {
		row := places[n-1]
		t.count(findings)
		t.rows += int64(row + 1)
		t.bytes = b.after(row)
	}
	return t
}

// count adds the findings to the skipped or failed rows.
func (t *totals) count(findings []Finding) {
	for _, f := range findings {
		if f.Status == RowSkipped {
			t.skipped++
		} else {
			t.failed++
		}
	}
}

// merge adds the next batch of the file to the totals. It finds the usernames that are in an earlier row,
// and turns line numbers of the chunk into line numbers of the file.
func (c *checker) merge(b *batch) *CheckedRows {
	c.rows = CheckedRows{Columns: c.header.names, Findings: c.rows.Findings[:0], batch: b, line: c.line}
	c.places = c.places[:0]
	if left := MaxRows - c.total.rows; int64(len(b.rows)) > left {
		b.fatal = &CSVError{Line: int(b.rows[left].line), Err: ErrTooManyRows}
		b.rows = b.rows[:left]
	}
	c.seen.Grow(len(b.rows))
	bad := b.bad
	for from := 0; from < len(b.rows); from += seen.TouchAhead {
		rows := b.rows[from:min(from+seen.TouchAhead, len(b.rows))]
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

// add adds a finding about the row with index place in the batch.
func (c *checker) add(place int, f Finding) {
	f.Line += c.line
	c.rows.Findings = append(c.rows.Findings, f)
	c.places = append(c.places, place)
}

// fatal returns a Fatal finding for e. The text of the first such e becomes the job's completion message.
func (c *checker) fatal(e *CSVError) Finding {
	message := e.Err.Error()
	switch { // in a file without a header, the name of an unknown column is a value of a user
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
