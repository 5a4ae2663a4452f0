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

// Outcome is the result of one row of the input.
type Outcome string

// The outcomes of a row.
const (
	// OutcomeImported: the job created the user.
	OutcomeImported Outcome = "imported"

	// OutcomeSkipped: the pool had the user already.
	OutcomeSkipped Outcome = "skipped"

	// OutcomeFailed: the service refused the row.
	OutcomeFailed Outcome = "failed"

	// OutcomeRejected: the plan put the row into no job, since the service would refuse it, or since its
	// username is on an earlier line.
	OutcomeRejected Outcome = "rejected"

	// OutcomeUnknown: the job ended before it read the row, the row has no result line, or its part was not
	// run.
	OutcomeUnknown Outcome = "unknown"
)

// outcomeMoved is an outcome in the files of a directory, but not in the reports: a stopped job did not read the row,
// and another part has it.
const outcomeMoved Outcome = "moved"

// outcomeOf maps a row status of the service to an outcome.
var outcomeOf = map[importjob.RowStatus]Outcome{
	importjob.RowSucceeded: OutcomeImported,
	importjob.RowSkipped:   OutcomeSkipped,
	importjob.RowFailed:    OutcomeFailed,
}

// Counts is the number of rows by outcome. It does not include rejected rows, which are in no part.
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

// rowOutcome is the outcome of a row, and the reason for it.
type rowOutcome struct {
	outcome Outcome
	reason  string
}

// rowOutcomes holds the outcomes of the rows of a part. Few of them are different, so it holds each
// different one once, and for each row an index.
type rowOutcomes struct {
	rows      []uint32     // by row: the index in different; 0 means that the outcome is not known
	different []rowOutcome // the one at 0 is empty
	indexes   map[rowOutcome]uint32
	counts    Counts // of the rows with an outcome; Unknown counts the others
	unusable  int64  // result lines that are not about a row of the part
	firstLine int    // the line number of the first row in the result lines
}

func newRowOutcomes(rows int) *rowOutcomes {
	o := &rowOutcomes{rows: make([]uint32, rows), firstLine: 2} // line 1 is the header (A29)
	o.reset()
	return o
}

// reset forgets all outcomes.
func (o *rowOutcomes) reset() {
	clear(o.rows)
	o.different, o.indexes = make([]rowOutcome, 1), map[rowOutcome]uint32{}
	o.counts, o.unusable = Counts{Unknown: int64(len(o.rows))}, 0
}

// set sets the outcome of a row, from 0. It ignores a second outcome of the same row, since a log can
// repeat a line.
func (o *rowOutcomes) set(row int, r rowOutcome) {
	if o.rows[row] != 0 {
		return
	}
	index, ok := o.indexes[r]
	if !ok {
		index = uint32(len(o.different))
		o.different = append(o.different, r)
		o.indexes[r] = index
	}
	o.rows[row] = index
	o.counts.Unknown--
	if r.outcome != outcomeMoved { // the other part counts it
		*o.counts.of(r.outcome)++
	}
}

// read reads the result lines of a job. The service does not log the header, so the numbers of a log with
// a line 1, and without a line after the last row, begin with the first user (A29). Lines can be late, so
// this can change from one call to the next. Then read begins again with the other numbers.
func (o *rowOutcomes) read(ctx context.Context, c importjob.Client, ref importjob.Ref) error {
	hasFirst, hasLast := false, false
	o.unusable = 0
	for line, err := range importjob.Results(ctx, c, ref) {
		row := line.Line - o.firstLine
		hasFirst, hasLast = hasFirst || line.Line == 1, hasLast || line.Line == len(o.rows)+1
		var unreadable *importjob.LogLineError
		switch {
		case err != nil && !errors.As(err, &unreadable):
			return err
		case err != nil || row < 0 || row >= len(o.rows):
			o.unusable++
			continue
		}
		o.set(row, rowOutcome{outcomeOf[line.Status], line.Reason})
	}
	firstLine := 2
	if hasFirst && !hasLast {
		firstLine = 1
	}
	if firstLine == o.firstLine {
		return nil
	}
	o.firstLine = firstLine
	o.reset()
	return o.read(ctx, c, ref)
}

// withoutLine returns how many rows the job has counted that have no result line.
func (o *rowOutcomes) withoutLine(job importjob.UserImportJob) Counts {
	return Counts{
		Imported: job.ImportedUsers - o.counts.Imported,
		Skipped:  job.SkippedUsers - o.counts.Skipped,
		Failed:   job.FailedUsers - o.counts.Failed,
	}
}

// close finds the outcomes of the rows of the part, writes them to the disk, and closes the part.
func (r *partRun) close(ctx context.Context, job importjob.UserImportJob) error {
	o := newRowOutcomes(r.file.Rows)
	readErr, err := r.readResults(ctx, job, o)
	if err != nil {
		return err
	}
	result := o.reconcile(job, job.Status == importjob.StatusStopped && r.version != noSumsVersion)
	if result.Rest, err = r.writeRest(o); err != nil {
		return err
	}
	if o.unusable > 0 {
		result.Note = joinNotes(result.Note, fmt.Sprintf("%d %s not understood", o.unusable, plural(o.unusable, "result line was", "result lines were")))
	}
	if readErr != nil && o.counts.Unknown > 0 {
		result.Note = joinNotes(result.Note, "the result lines could not be read: "+readErr.Error())
	}
	if err := r.dir.write(namesOf(partsName, r.part).outcomes, o.write); err != nil {
		return err
	}
	return r.add(record{Event: eventClosed, Part: r.part, JobID: job.JobID, Close: &result})
}

func joinNotes(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// readResults reads the result lines until there are as many as the job has counted, or until
// Options.LogPatience has passed. readErr is the reason why they could not be read, which does not end the
// import.
func (r *partRun) readResults(ctx context.Context, job importjob.UserImportJob, o *rowOutcomes) (readErr, err error) {
	if r.opts.NoResults || job.ImportedUsers == int64(len(o.rows)) {
		return nil, nil // the counters of the job decide
	}
	errLate := errors.New("lines are missing")
	readErr = retry.Do(ctx, r.opts.LogPatience, func() (bool, error) {
		r.reportProgress(PhaseImporting, job)
		err := o.read(ctx, r.c, job.Ref())
		if missing := o.withoutLine(job); err == nil && max(missing.Imported, missing.Skipped, missing.Failed) > 0 {
			err = errLate
		}
		return err == errLate || importjob.Retryable(err) || errors.Is(err, importjob.ErrResourceNotFound), err
	})
	if ctx.Err() != nil && readErr != nil {
		return nil, readErr
	}
	if readErr == errLate {
		readErr = nil // reconcile writes a note about them
	}
	return readErr, nil
}

// reconcile gives an outcome to the rows without a result line, if all of them have the same outcome by the
// counters of the job. Otherwise it counts them by the counters, and they stay unknown. If move is set, and each row
// that the job has counted has a line, the job did not read the others, and they are moved to another part (A62).
func (o *rowOutcomes) reconcile(job importjob.UserImportJob, move bool) partResult {
	open := o.counts.Unknown
	if open == 0 {
		return partResult{Counts: o.counts}
	}
	missing := o.withoutLine(job)
	least, most := min(missing.Imported, missing.Skipped, missing.Failed), max(missing.Imported, missing.Skipped, missing.Failed)
	if least < 0 || most > open || missing.sum() > open { // a sum of large counters overflows
		note := "the result lines and the counters of the job contradict each other"
		o.fill(rowOutcome{OutcomeUnknown, note})
		return partResult{Counts: o.counts, Note: note}
	}
	if move && missing == (Counts{}) {
		o.fill(rowOutcome{outcome: outcomeMoved})
		return partResult{Counts: o.counts}
	}
	for _, outcome := range []Outcome{OutcomeImported, OutcomeSkipped, OutcomeFailed} {
		if *missing.of(outcome) == open {
			o.fill(rowOutcome{outcome, "The counters of the job say so; there is no result line."})
			return partResult{Counts: o.counts}
		}
	}
	note := missingNote(job.Status, open, missing)
	o.fill(rowOutcome{OutcomeUnknown, note})
	result := partResult{Counts: o.counts, NotToldApart: missing.sum(), Note: note}
	result.Imported += missing.Imported
	result.Skipped += missing.Skipped
	result.Failed += missing.Failed
	result.Unknown = open - missing.sum()
	return result
}

// missingNote describes open rows without a result line, of which the job has counted some.
func missingNote(status importjob.Status, open int64, counted Counts) string {
	unread := open - counted.sum()
	if unread == open {
		return fmt.Sprintf("the job ended %s before it read %s", status, plural(open, "this row", fmt.Sprintf("these %d rows", open)))
	}
	note := fmt.Sprintf("of %d %s without a result line, the job counts %d imported, %d skipped and %d failed",
		open, plural(open, "row", "rows"), counted.Imported, counted.Skipped, counted.Failed)
	if unread > 0 {
		note += fmt.Sprintf(", and it ended %s before it read %d", status, unread)
	}
	return note
}

// fill sets the outcome of all rows that have none.
func (o *rowOutcomes) fill(r rowOutcome) {
	for row := range o.rows {
		o.set(row, r)
	}
}

// write writes the outcomes of the rows that were not imported: line in the part, outcome, reason.
func (o *rowOutcomes) write(w io.Writer) error {
	out := csv.NewWriter(w)
	for row, index := range o.rows {
		if r := o.different[index]; r.outcome != OutcomeImported {
			_ = out.Write([]string{strconv.Itoa(row + 2), string(r.outcome), r.reason}) // errors stay until Flush
		}
	}
	out.Flush()
	return out.Error()
}

// outcomeReader reads a file that rowOutcomes.write has written.
type outcomeReader struct {
	file *os.File
	csv  *csv.Reader
	line int        // the line of head in the part
	head rowOutcome // the next outcome of the file
	err  error      // why there is no head; io.EOF at the end
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

// advance reads the next outcome into head.
func (r *outcomeReader) advance() {
	record, err := r.csv.Read()
	if r.err = err; err == nil {
		r.head = rowOutcome{Outcome(record[1]), record[2]}
		r.line, r.err = strconv.Atoi(record[0])
	}
}

// at returns the outcome of the row on a line. The line must be greater than in the call before. A nil reader
// is the reader of a part that was not run.
func (r *outcomeReader) at(line int) (rowOutcome, error) {
	if r == nil {
		return rowOutcome{OutcomeUnknown, notRun}, nil
	}
	if r.err == nil && r.line == line {
		o := r.head
		r.advance()
		return o, nil
	}
	if r.err != nil && r.err != io.EOF {
		return rowOutcome{}, r.err
	}
	return rowOutcome{outcome: OutcomeImported}, nil
}

func (r *outcomeReader) close() { _ = r.file.Close() }
