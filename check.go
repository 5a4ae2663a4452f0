package importjob

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
)

// CheckOptions are the options of [Check] and [NewJudge]. nil means the defaults.
type CheckOptions struct {
	// PasswordHashingAlgorithm is that of the job which the file is for.
	PasswordHashingAlgorithm PasswordHashingAlgorithm

	// Assumptions settles what the service does not document.
	Assumptions Assumptions

	// Workers is among how many goroutines Check and [Judge.All] divide the work, the caller's
	// included; 0 and 1 mean that it does all. One of them at a time reads; who leaves the iteration
	// waits for a read under way. What they find, and in which order, does not depend on it.
	Workers int

	// Summary, if not nil, is filled in when Check ends.
	Summary *Summary
}

// Finding is one thing that is wrong with a file.
type Finding struct {
	Line      int     // in the file; the header is line 1
	Column    int     // of the first byte of the value within its line, from 1; 0 when it is about the whole line
	Username  string  // of the row, "" when it has none
	Attribute string  // the column's name, "" when it is about the whole row
	Outcome   Outcome // what becomes of the row: OutcomeFailed or OutcomeSkipped
	Reason    string  // what is wrong; never holds a value
	FirstLine int     // for a username that stands twice: the line where it stood first
	Fatal     bool    // the whole job fails, and no row of it is imported
}

// String has the form "line 3, column 17: email: reason". It leaves the username out.
func (f Finding) String() string {
	cause := errors.New(f.Reason)
	for _, known := range []error{ErrUnknownColumn, ErrDuplicateColumn} {
		if f.Reason == known.Error() {
			cause = known
		}
	}
	return (&CSVError{f.Line, f.Column, f.Attribute, cause}).Error()
}

// Summary counts what [Check] found. After a [Finding] that is Fatal, Imported, Skipped and
// Failed are 0, as in the job.
type Summary struct {
	Rows     int64 // rows read, the header not counted
	Imported int64 // rows that would be imported into an empty pool
	Skipped  int64
	Failed   int64
	Bytes    int64 // of the file, as far as it was read

	// Status and Message are how a job with this file would end in an empty pool.
	Status  Status
	Message string
}

// Check is a dry run: it reads a CSV file, judges each row by the rules of the pool, and yields
// a [Finding] for each row that would not be imported into an empty pool. A file whose
// header or size makes the whole job fail gets findings that are Fatal. Package memory imports by
// the same rules. It reads in a stream, and keeps a hash of each username.
//
// An error ends the iteration: it is one of ctx or of r.
func Check(ctx context.Context, pool Pool, r io.Reader, opts *CheckOptions) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		j := NewJudge(pool, r, opts)
		if opts != nil && opts.Summary != nil {
			defer func() { *opts.Summary = j.Summary() }()
		}
		faults, err := j.Header()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			yield(Finding{}, err)
			return
		}
		for _, f := range faults {
			if !yield(f, nil) {
				return
			}
		}
		for judged, err := range j.All() {
			if err != nil {
				yield(Finding{}, cmp.Or(context.Cause(ctx), err))
				return
			}
			if !j.tell(ctx, judged, yield) {
				return
			}
		}
	}
}

// tell yields the findings about a stretch of rows, and reports whether to go on. When it does
// not, the summary counts up to the finding that was yielded last.
func (j *Judge) tell(ctx context.Context, judged *Judged, yield func(Finding, error) bool) bool {
	for i := 0; ; i++ {
		if i%1024 == 0 && ctx.Err() != nil {
			j.countTo(judged, i)
			yield(Finding{}, context.Cause(ctx))
			return false
		}
		if i == len(judged.Findings) {
			return true
		}
		if !yield(judged.Findings[i], nil) {
			j.countTo(judged, i+1)
			return false
		}
	}
}

// countTo makes the summary that of a file which ends after the row that one of the findings is
// about, the last of so many; without any, before these rows.
func (j *Judge) countTo(b *Judged, findings int) {
	if findings > 0 && b.Findings[findings-1].Fatal {
		return // it is about no row
	}
	j.sum.Status, j.sum.Message = "", ""
	rows := 0
	if j.bytes = b.bytes; findings > 0 {
		row := b.places[findings-1]
		rows, j.bytes = row+1, b.v.after(row)
	}
	j.count(b, findings, int64(rows))
}
