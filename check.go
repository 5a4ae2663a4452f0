package importjob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
)

// CheckOptions are the options of [Check] and [NewJudge]. nil means the defaults.
type CheckOptions struct {
	// PasswordHashingAlgorithm is that of the job which the file is for.
	PasswordHashingAlgorithm PasswordHashingAlgorithm

	// Assumptions settles what the service does not document.
	Assumptions Assumptions

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
	return (&CSVError{f.Line, f.Column, f.Attribute, errors.New(f.Reason)}).Error()
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
// the same rules. It reads in a stream and remembers only the usernames.
//
// An error ends the iteration: it is one of ctx or of r.
func Check(ctx context.Context, pool Pool, r io.Reader, opts *CheckOptions) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		j := NewJudge(pool, r, opts)
		if opts != nil && opts.Summary != nil {
			defer func() { *opts.Summary = j.Summary() }()
		}
		if faults, err := j.Header(); err != nil {
			yield(Finding{}, err)
			return
		} else if len(faults) > 0 {
			for _, f := range faults {
				if !yield(f, nil) {
					return
				}
			}
			return
		}
		for n := 0; ; n++ {
			if n%1024 == 0 && ctx.Err() != nil {
				yield(Finding{}, context.Cause(ctx))
				return
			}
			_, finding, err := j.Next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Finding{}, err)
				return
			}
			if finding != nil && !yield(*finding, nil) {
				return
			}
		}
	}
}

// Judge reads a CSV file and says row by row what an import would do. [Check] and package memory
// are both made of it.
type Judge struct {
	pool     Pool
	opts     CheckOptions
	reader   *Reader
	rules    *rowRules // made by Header
	seen     map[string]int
	key      []byte // scratch
	sum      Summary
	finding  Finding
	headRead bool
	faults   []Finding
	err      error
}

// NewJudge returns a Judge of the rows of r by the rules of pool.
func NewJudge(pool Pool, r io.Reader, opts *CheckOptions) *Judge {
	j := &Judge{pool: pool.Clone(), reader: NewReader(r), seen: map[string]int{}}
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

// Summary returns the counts so far, and how the job would end if the file ended here.
func (j *Judge) Summary() Summary {
	s := j.sum
	s.Rows = s.Imported + s.Skipped + s.Failed
	s.Bytes = j.reader.lines.after
	if s.Status != "" { // no row of such a job is imported
		s.Imported, s.Skipped, s.Failed = 0, 0, 0
	} else {
		s.Status, s.Message = j.opts.Assumptions.FinalStatus(s.Imported, s.Skipped, s.Failed)
	}
	return s
}

// Header reads the header and returns what is wrong with it; each such finding is Fatal. The
// error is one of the underlying reader.
func (j *Judge) Header() ([]Finding, error) {
	if !j.headRead {
		j.headRead = true
		j.faults, j.err = j.judgeHeader()
	}
	return slices.Clone(j.faults), j.err
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
	want := j.pool.Header()
	if j.opts.PasswordHashingAlgorithm != "" && !j.pool.PasswordHashes {
		want = append(want, ColumnPasswordHash)
	}
	for i, name := range names {
		e := &CSVError{Line: line, Column: j.reader.columns[i], Attribute: name}
		switch {
		case slices.Contains(names[:i], name):
			e.Err = ErrDuplicateColumn
		case !slices.Contains(want, name):
			e.Err = ErrUnknownColumn
		default:
			continue
		}
		faults = append(faults, e)
	}
	for _, name := range want {
		needed := name == ColumnUsername ||
			name == ColumnPasswordHash && j.opts.PasswordHashingAlgorithm != "" ||
			name != ColumnPasswordHash && !assume.AllowMissingColumns
		if needed && !slices.Contains(names, name) {
			faults = append(faults, &CSVError{Line: line, Attribute: name, Err: ErrMissingColumn})
		}
	}
	return faults
}

// fatal notes that the whole job fails.
func (j *Judge) fatal(e *CSVError) Finding {
	message := e.Err.Error()
	if e.Attribute != "" {
		message = e.Attribute + ": " + message
	}
	if j.sum.Status == "" {
		j.sum.Status, j.sum.Message = StatusFailed, fmt.Sprintf("The .csv file could not be read: %s.", message) // A16
	}
	return Finding{Line: e.Line, Column: e.Column, Attribute: e.Attribute, Outcome: OutcomeFailed, Reason: e.Err.Error(), Fatal: true}
}

// Next returns the next row and what is wrong with it; nil means that it would be imported. A
// Finding without a row is Fatal: the file is too large. Both are valid until the next call. The
// error is io.EOF at the end, or one of the underlying reader.
func (j *Judge) Next() (*Row, *Finding, error) {
	if _, err := j.Header(); err != nil || j.sum.Status != "" { // a fault that was told before
		return nil, nil, cmp.Or(err, io.EOF)
	}
	row, err := j.reader.ReadRow()
	if err == nil {
		return row, j.judge(row), nil
	}
	fault := (*CSVError)(nil)
	switch {
	case !errors.As(err, &fault):
		return nil, nil, err
	case row == nil, errors.Is(err, ErrFieldCount) && j.opts.Assumptions.FieldCountFailsJob:
		j.finding = j.fatal(fault)
		return nil, &j.finding, nil
	}
	j.sum.Failed++
	j.finding = Finding{Line: fault.Line, Column: fault.Column, Attribute: fault.Attribute,
		Outcome: OutcomeFailed, Reason: fault.Err.Error()}
	return row, &j.finding, nil
}

// judge judges a row whose form is right.
func (j *Judge) judge(row *Row) *Finding {
	username := row.Field(j.rules.username)
	if i, reason := j.rules.judge(row); reason != "" {
		j.sum.Failed++
		j.finding = Finding{Line: row.Line(), Username: string(username), Outcome: OutcomeFailed, Reason: reason}
		if i >= 0 {
			j.finding.Column, j.finding.Attribute = row.Column(i), j.reader.header[i]
		}
		return &j.finding
	}
	j.key = j.pool.appendKey(j.key[:0], username)
	if first, ok := j.seen[string(j.key)]; ok {
		j.sum.Skipped++
		j.finding = Finding{Line: row.Line(), Column: row.Column(j.rules.username), Username: string(username),
			Attribute: ColumnUsername, Outcome: OutcomeSkipped, Reason: ReasonExists, FirstLine: first}
		return &j.finding
	}
	j.seen[string(j.key)] = row.Line()
	j.sum.Imported++
	return nil
}
