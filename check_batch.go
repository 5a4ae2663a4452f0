package importjob

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cognito-import/importjob/internal/scan"
	"github.com/cognito-import/importjob/internal/seen"
)

// batch is the rows of one chunk of a file and what the rules say of them. It depends on no other chunk,
// so that several goroutines can check one batch each. Lines count from the chunk's first.
type batch struct {
	chunk   scan.Chunk
	row     scan.Row
	scratch []byte
	rows    []batchRow
	bad     []Finding     // about the bad rows, in order
	fatal   *CSVError     // after the rows: the whole job fails
	checked chan struct{} // told when the batch has been checked; nil without goroutines
}

// batchRow is one row of a batch.
type batchRow struct {
	username         seen.Hash // of a good row
	from, size, line uint32    // from is in the chunk, and says where the row begins
	name, nameEnd    uint16    // where its username is
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

// checkRow checks the row that was read last, and reports whether to go on.
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

// duplicate makes a good row one whose username was in the file before.
func (b *batch) duplicate(r *batchRow, firstLine int) Finding {
	r.bad = true
	name := b.chunk.Bytes(int(r.from)+int(r.name), int(r.from)+int(r.nameEnd))
	f := Finding{Line: int(r.line), Column: int(r.name) + 1, Username: string(scan.Trim(name)), Attribute: ColumnUsername,
		Status: RowSkipped, FirstLine: firstLine}
	return f.because(faultDuplicate)
}

// after returns where in the file the line after a row begins.
func (b *batch) after(row int) int64 {
	r := &b.rows[row]
	return min(b.chunk.Offset(int(r.from))+int64(r.size)+1, b.chunk.Read())
}

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
	s.Status, s.Message = assume.finalStatus(s.Imported, s.Skipped, s.Failed)
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

// merge puts a batch after those before it, in the order of the file: it counts rows and lines, and finds
// the usernames that were in the file before.
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
