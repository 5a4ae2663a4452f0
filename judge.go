package importjob

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
)

// Judge reads a CSV file and says what an import would do with its rows. [Check] and package
// memory are both made of it.
type Judge struct {
	pool     Pool
	opts     CheckOptions
	reader   *Reader
	rules    *rowRules // made by Header
	headRead bool
	faults   []Finding
	headErr  error

	work    verdicts  // of Next
	prev    *verdicts // on the window read last
	judged  Judged
	seen    usernames
	touched uint32  // keeps the first pass over a batch from being optimized away
	line    int     // the number of the line before the next window
	sum     Summary // but for Rows, Imported and Bytes
	rows    int64   // judged
	bytes   int64   // of the file that was judged
	err     error   // the end
}

// NewJudge returns a Judge of the rows of r by the rules of pool.
func NewJudge(pool Pool, r io.Reader, opts *CheckOptions) *Judge {
	j := &Judge{pool: pool.Clone(), reader: NewReader(r)}
	if opts != nil {
		j.opts = *opts
	}
	if j.opts.Assumptions.MaxFileBytes > 0 {
		j.reader.maxBytes = j.opts.Assumptions.MaxFileBytes
	}
	return j
}

// Columns returns the names in the header, once [Judge.Header] has read it.
func (j *Judge) Columns() []string { return slices.Clone(j.reader.header) }

// Header reads the header and returns what is wrong with it; each such finding is Fatal. The
// error is one of the underlying reader.
func (j *Judge) Header() ([]Finding, error) {
	if !j.headRead {
		j.headRead = true
		j.faults, j.headErr = j.judgeHeader()
		j.line, j.bytes = j.reader.lines.number, j.reader.lines.after()
		j.err = j.headErr
		if len(j.faults) > 0 {
			j.err = io.EOF // no rows under such a header
		}
	}
	return slices.Clone(j.faults), j.headErr
}

func (j *Judge) judgeHeader() ([]Finding, error) {
	names, err := j.reader.Header()
	if names == nil {
		if fault := (*CSVError)(nil); errors.As(err, &fault) {
			return []Finding{j.fatal(fault)}, nil
		}
		return nil, err
	}
	var faults []Finding
	for _, e := range j.headerFaults(names) {
		faults = append(faults, j.fatal(e))
	}
	j.rules = compileRules(j.pool, names, j.opts)
	j.rules.maxBytes = j.reader.maxBytes
	return faults, nil
}

// headerFaults compares the names of the columns with those of the pool.
func (j *Judge) headerFaults(names []string) (faults []*CSVError) {
	assume := j.opts.Assumptions
	line := j.reader.lines.number
	if j.reader.bom && !assume.AllowBOM {
		faults = append(faults, &CSVError{Line: line, Column: 1, Err: ErrBOM})
	}
	if j.reader.crlf && assume.RefuseCRLF {
		faults = append(faults, &CSVError{Line: line, Err: ErrCRLF})
	}
	return append(faults, columnFaults(j.pool, j.opts, names, j.reader.columns, line)...)
}

// fatal notes that the whole job fails.
func (j *Judge) fatal(e *CSVError) Finding {
	message := e.Err.Error()
	switch { // the name of an unknown column may be a person's, in a file without a header
	case errors.Is(e, ErrMissingColumn), slices.Contains(j.pool.Header(), e.Attribute):
		message = e.Attribute + ": " + message
	case e.Column > 0:
		message = fmt.Sprintf("column %d: %s", e.Column, message)
	}
	if j.sum.Status == "" {
		j.sum.Status, j.sum.Message = StatusFailed, fmt.Sprintf("The .csv file could not be read: %s.", message) // A16
	}
	return Finding{Line: e.Line, Column: e.Column, Attribute: e.Attribute, Outcome: OutcomeFailed, Reason: e.Err.Error(), Fatal: true}
}

// Summary returns the counts of the rows judged so far, and how the job would end if the file
// ended here.
func (j *Judge) Summary() Summary {
	s := j.sum
	s.Rows = j.rows
	s.Imported = s.Rows - s.Skipped - s.Failed
	s.Bytes = j.bytes
	if s.Status != "" { // no row of such a job is imported
		s.Imported, s.Skipped, s.Failed = 0, 0, 0
	} else {
		s.Status, s.Message = j.opts.Assumptions.FinalStatus(s.Imported, s.Skipped, s.Failed)
	}
	return s
}

// Next returns the next stretch of rows, judged, valid until the next call. The error is io.EOF
// at the end, or one of the underlying reader.
func (j *Judge) Next() (*Judged, error) {
	if _, err := j.Header(); err != nil || j.err != nil {
		return nil, j.err
	}
	v := &j.work
	if !j.read(v) {
		j.err = v.window.err
		return nil, j.err
	}
	v.judge(j.rules)
	return j.merge(v), nil
}

// read makes v the verdicts on the next window. It reports whether there is one.
func (j *Judge) read(v *verdicts) bool {
	prev := j.prev
	j.prev = v
	if prev == nil { // the window that the header came from
		v.window, v.start = j.reader.window, j.reader.lines.next
		j.reader.window = window{}
		if v.start < v.window.cut {
			return true
		}
		prev = v
	}
	v.start = 0
	return v.window.follow(&prev.window, j.reader.src)
}

// batch is how many look-ups of usernames are done at a time. Each is a wait for memory; the
// first pass over a batch makes the waits overlap.
const batch = 64

// merge puts the verdicts on a window after those before it: it counts rows and lines, and finds
// the usernames that stood before.
func (j *Judge) merge(v *verdicts) *Judged {
	b := &j.judged
	*b = Judged{Findings: b.Findings[:0], places: b.places[:0], v: v, line: j.line, rows: j.rows,
		skipped: j.sum.Skipped, failed: j.sum.Failed, bytes: j.bytes}
	if left := MaxRows - j.rows; int64(len(v.rows)) > left {
		v.fatal = &CSVError{Line: int(v.rows[left].line), Err: ErrTooManyRows}
		v.rows = v.rows[:left]
	}
	j.seen.grow(len(v.rows))
	bad := v.bad
	for from := 0; from < len(v.rows); from += batch {
		rows := v.rows[from:min(from+batch, len(v.rows))]
		for i := range rows {
			j.touched ^= j.seen.slots[j.seen.slot(rows[i].username.hash)]
		}
		for i := range rows {
			if rows[i].bad {
				b.add(from+i, bad[0])
				bad = bad[1:]
			} else if first := j.seen.add(rows[i].username, j.line+int(rows[i].line)); first != 0 {
				b.add(from+i, j.twice(v, &rows[i], first))
			}
		}
	}
	j.count(b, len(b.Findings), int64(len(v.rows)))
	if v.fatal != nil {
		f := j.fatal(v.fatal)
		f.Line += j.line
		b.Findings = append(b.Findings, f)
		j.err = io.EOF
	}
	j.line += v.lines.number
	j.bytes = v.lines.after()
	return b
}

// twice makes a row bad whose username stood before.
func (j *Judge) twice(v *verdicts, row *rowVerdict, first int) Finding {
	row.bad = true
	name, column := v.username(row, j.rules.username)
	return Finding{Line: int(row.line), Column: column, Username: name, Attribute: ColumnUsername,
		Outcome: OutcomeSkipped, Reason: ReasonExists, FirstLine: first}
}

// count makes the counters those after some of the rows, and of the findings about them.
func (j *Judge) count(b *Judged, findings int, rows int64) {
	j.sum.Skipped, j.sum.Failed = b.skipped, b.failed
	for _, f := range b.Findings[:findings] {
		if f.Outcome == OutcomeSkipped {
			j.sum.Skipped++
		} else {
			j.sum.Failed++
		}
	}
	j.rows = b.rows + rows
}

// All iterates over all stretches of rows, judged, each valid until the next. It divides the judging
// among CheckOptions.Workers. An error ends the iteration; it is one of the underlying reader. Who
// leaves the iteration early cannot go on with the rest: rows have been read that nobody was told of.
func (j *Judge) All() iter.Seq2[*Judged, error] {
	all := j.serial
	if j.opts.Workers > 1 {
		all = j.parallel
	}
	return func(yield func(*Judged, error) bool) {
		left := true
		defer func() {
			if left { // or it panicked
				j.err = cmp.Or(j.err, errLeft)
			}
		}()
		for b, err := range all {
			if !yield(b, err) {
				return
			}
		}
		left = false
	}
}

var errLeft = errors.New("the iteration over the rows of this file was left before its end")

// serial is All without goroutines.
func (j *Judge) serial(yield func(*Judged, error) bool) {
	for {
		b, err := j.Next()
		if err == io.EOF || !yield(b, err) || err != nil {
			return
		}
	}
}
