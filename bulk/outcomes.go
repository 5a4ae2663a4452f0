package bulk

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/retry"
)

// Outcome is what became of one row of the input.
type Outcome string

// The outcomes of a row.
const (
	OutcomeImported Outcome = "imported"
	OutcomeSkipped  Outcome = "skipped"  // the user existed already
	OutcomeFailed   Outcome = "failed"   // the service refused the row
	OutcomeRejected Outcome = "rejected" // the service would have refused the row: it went into no job
	OutcomeUnknown  Outcome = "unknown"  // what a job that ended early, or a missing result line, leaves open
)

// outcomeOf gives an outcome of the service the name that it has here.
var outcomeOf = map[importjob.RowStatus]Outcome{
	importjob.RowSucceeded: OutcomeImported,
	importjob.RowSkipped:   OutcomeSkipped,
	importjob.RowFailed:    OutcomeFailed,
}

// Counts counts rows by outcome.
type Counts struct {
	Imported int64 `json:"imported"`
	Skipped  int64 `json:"skipped"`
	Failed   int64 `json:"failed"`
	Unknown  int64 `json:"unknown"`
}

func (c Counts) sum() int64 { return c.Imported + c.Skipped + c.Failed + c.Unknown }

// of returns the counter of an outcome.
func (c *Counts) of(o Outcome) *int64 {
	switch o {
	case OutcomeImported:
		return &c.Imported
	case OutcomeSkipped:
		return &c.Skipped
	case OutcomeFailed:
		return &c.Failed
	}
	return &c.Unknown
}

// verdict is what became of a row, and why.
type verdict struct {
	outcome Outcome
	reason  string
}

// verdicts are those on the rows of a part, as far as they are known. Few are different, so a row
// has the number of one.
type verdicts struct {
	rows    []uint32 // 0 is a row of which nothing is known
	known   []verdict
	numbers map[verdict]uint32
	counts  Counts // by result line; Unknown is the rows without
	strange int64  // result lines that say nothing about a row of the part
	first   int    // the number of the first row in the result lines
}

func newVerdicts(rows int) *verdicts {
	v := &verdicts{rows: make([]uint32, rows), first: 2} // line 1 is the header (A29)
	v.reset()
	return v
}

// reset forgets all.
func (v *verdicts) reset() {
	clear(v.rows)
	v.known, v.numbers = make([]verdict, 1), map[verdict]uint32{}
	v.counts, v.strange = Counts{Unknown: int64(len(v.rows))}, 0
}

// set notes the verdict on a row, from 0. The first holds: a log may repeat a line.
func (v *verdicts) set(row int, d verdict) {
	if v.rows[row] != 0 {
		return
	}
	n, ok := v.numbers[d]
	if !ok {
		n = uint32(len(v.known))
		v.known = append(v.known, d)
		v.numbers[d] = n
	}
	v.rows[row] = n
	v.counts.Unknown--
	*v.counts.of(d.outcome)++
}

// read reads the result lines of a job. Nothing is logged of the header, so a log with a line 1, and
// none behind the last row, counts from the first user. Whichever it is may be seen late only; then
// all is read again. (A29)
func (v *verdicts) read(ctx context.Context, c importjob.Client, ref importjob.Ref) error {
	first, last := false, false
	v.strange = 0
	for line, err := range importjob.Results(ctx, c, ref) {
		row := line.Line - v.first
		first, last = first || line.Line == 1, last || line.Line == len(v.rows)+1
		switch {
		case err != nil && !errors.As(err, new(*importjob.LogLineError)):
			return err
		case err != nil || row < 0 || row >= len(v.rows):
			v.strange++
			continue
		}
		v.set(row, verdict{outcomeOf[line.Status], line.Reason})
	}
	number := 2
	if first && !last {
		number = 1
	}
	if number == v.first {
		return nil
	}
	v.first = number
	v.reset()
	return v.read(ctx, c, ref)
}

// rest is what the counters of a job have beyond the result lines.
func (v *verdicts) rest(job importjob.UserImportJob) Counts {
	return Counts{Imported: job.ImportedUsers - v.counts.Imported, Skipped: job.SkippedUsers - v.counts.Skipped, Failed: job.FailedUsers - v.counts.Failed}
}

// close finds out what became of the rows of a part, and writes it down.
func (r *partRun) close(ctx context.Context, job importjob.UserImportJob) error {
	v := newVerdicts(r.file.Rows)
	trouble, err := r.results(ctx, job, v)
	if err != nil {
		return err
	}
	c := v.reconcile(job)
	if v.strange > 0 {
		c.Note = join(c.Note, fmt.Sprintf("%d %s not understood", v.strange, plural(v.strange, "result line was", "result lines were")))
	}
	if trouble != nil && v.counts.Unknown > 0 {
		c.Note = join(c.Note, "the result lines could not be read: "+trouble.Error())
	}
	if err := r.dir.write(namesOf(partsName, r.part).outcomes, v.write); err != nil {
		return err
	}
	return r.add(record{Event: closed, Part: r.part, JobID: job.JobID, Close: &c})
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// results reads the result lines until they are as many as the job's counters say, within
// patience. trouble is why there are none to be had.
func (r *partRun) results(ctx context.Context, job importjob.UserImportJob, v *verdicts) (trouble, err error) {
	if r.opts.NoResults || job.ImportedUsers == int64(len(v.rows)) {
		return nil, nil // none to be had, or none needed
	}
	late := errors.New("lines are missing")
	trouble = retry.Do(ctx, r.opts.LogPatience, func() (bool, error) {
		r.tell(PhaseImporting, job)
		err := v.read(ctx, r.c, job.Ref())
		if rest := v.rest(job); err == nil && max(rest.Imported, rest.Skipped, rest.Failed) > 0 {
			err = late
		}
		return err == late || importjob.Retryable(err) || errors.Is(err, importjob.ErrResourceNotFound), err
	})
	if ctx.Err() != nil && trouble != nil {
		return nil, trouble
	}
	if trouble == late {
		trouble = nil // reconcile says it
	}
	return trouble, nil
}

// reconcile gives the rows without a result line the outcome that the job's counters leave for
// them, where that is one only. What cannot be told apart it counts all the same.
func (v *verdicts) reconcile(job importjob.UserImportJob) closing {
	rest := v.rest(job)
	open := v.counts.Unknown
	if open == 0 {
		return closing{Counts: v.counts}
	}
	fits := rest.Imported >= 0 && rest.Skipped >= 0 && rest.Failed >= 0 && rest.sum() <= open
	if !fits {
		note := "the result lines and the counters of the job contradict each other"
		v.fill(verdict{OutcomeUnknown, note})
		return closing{Counts: v.counts, Note: note}
	}
	for _, o := range []Outcome{OutcomeImported, OutcomeSkipped, OutcomeFailed} {
		if *rest.of(o) == open {
			v.fill(verdict{o, "The counters of the job say so; there is no result line."})
			return closing{Counts: v.counts}
		}
	}
	unread := open - rest.sum()
	note := fmt.Sprintf("of %d %s without a result line, the job counts %d imported, %d skipped and %d failed", open, plural(open, "row", "rows"), rest.Imported, rest.Skipped, rest.Failed)
	if unread == open {
		note = fmt.Sprintf("the job ended %s before it read %s", job.Status, plural(open, "this row", fmt.Sprintf("these %d rows", open)))
	} else if unread > 0 {
		note += fmt.Sprintf(", and it ended %s before it read %d", job.Status, unread)
	}
	v.fill(verdict{OutcomeUnknown, note})
	c := closing{Counts: v.counts, NotToldApart: rest.sum(), Note: note}
	c.Imported += rest.Imported
	c.Skipped += rest.Skipped
	c.Failed += rest.Failed
	c.Unknown = unread
	return c
}

// fill gives all rows without a verdict this one.
func (v *verdicts) fill(d verdict) {
	for row := range v.rows {
		v.set(row, d)
	}
}

// write writes the verdicts on the rows that were not imported: line in the part, outcome, reason.
func (v *verdicts) write(w io.Writer) error {
	out := csv.NewWriter(w)
	for row, n := range v.rows {
		if d := v.known[n]; d.outcome != OutcomeImported {
			_ = out.Write([]string{strconv.Itoa(row + 2), string(d.outcome), d.reason}) // errors stay until Flush
		}
	}
	out.Flush()
	return out.Error()
}

// outcomeReader reads what write has written.
type outcomeReader struct {
	file *os.File
	csv  *csv.Reader
	line int // of the next verdict in the part
	head verdict
	err  error // why there is none
}

func openOutcomes(path string) (*outcomeReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &outcomeReader{file: f, csv: csv.NewReader(f)}
	r.csv.FieldsPerRecord = 3
	r.csv.ReuseRecord = true
	r.advance()
	return r, nil
}

func (r *outcomeReader) advance() {
	record, err := r.csv.Read()
	if r.err = err; err == nil {
		r.head = verdict{Outcome(record[1]), record[2]}
		r.line, r.err = strconv.Atoi(record[0])
	}
}

// at returns the verdict on the row of a line. Lines must rise.
func (r *outcomeReader) at(line int) (verdict, error) {
	if r.err == nil && r.line == line {
		d := r.head
		r.advance()
		return d, nil
	}
	if r.err != nil && r.err != io.EOF {
		return verdict{}, r.err
	}
	return verdict{outcome: OutcomeImported}, nil
}
