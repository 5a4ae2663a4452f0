package importjob

import (
	"context"
	"errors"
	"io"
	"iter"

	"github.com/cognito-import/importjob/internal/seen"
)

// CheckOptions are the options of [Check] and [NewRowChecker]. nil means the defaults.
type CheckOptions struct {
	// PasswordHashingAlgorithm is that of the job which the file is for.
	PasswordHashingAlgorithm PasswordHashingAlgorithm

	// Assumptions settles what the service does not document.
	Assumptions Assumptions

	// Workers is the number of goroutines that check rows, including the caller's. 0 means 1. One
	// goroutine at a time reads from the file, and an iteration that is left early waits for a
	// read under way. The findings and their order do not depend on Workers.
	Workers int

	// OnRows, if not nil, is called with each batch of rows, in the order of the file, before the
	// findings about them are yielded. It runs on the caller's goroutine.
	OnRows func(*CheckedRows)

	// Summary, if not nil, is filled in when Check ends.
	Summary *CheckSummary
}

// CheckedRows is a batch of rows that follow one another in a file. It is valid until
// [CheckOptions].OnRows returns.
type CheckedRows struct {
	Columns  []string     // the names in the header
	Summary  CheckSummary // counts the rows up to and including these
	Findings []Finding    // about the rows that would not be imported, in order; a last one that is Fatal is about no row

	batch *batch
	line  int // of the last line before the batch
}

// CheckedRow is a row of [CheckedRows].
type CheckedRow struct {
	Line         int
	Offset       int64  // where in the file the row begins, in bytes
	Size         int    // in bytes, without the "\n" at its end
	Bad          bool   // there is a Finding about it; findings and bad rows are in the same order
	UsernameHash uint64 // [Pool.UsernameHash], of a row that is not Bad
}

// Len returns the number of rows.
func (b *CheckedRows) Len() int { return len(b.batch.rows) }

// Row returns row i, counted from 0.
func (b *CheckedRows) Row(i int) CheckedRow {
	r := &b.batch.rows[i]
	return CheckedRow{
		Line:         b.line + int(r.line),
		Offset:       b.batch.chunk.Offset(int(r.from)),
		Size:         int(r.size),
		Bad:          r.bad,
		UsernameHash: r.username.Sum,
	}
}

// CheckSummary counts what [Check] found. After a [Finding] that is Fatal, Imported, Skipped and
// Failed are 0, as in the job.
type CheckSummary struct {
	Rows     int64 // rows read, the header not counted
	Imported int64 // rows that would be imported into an empty pool
	Skipped  int64
	Failed   int64
	Bytes    int64 // of the file, as far as it was read

	// Status and Message are how a job with this file would end in an empty pool.
	Status  Status
	Message string
}

// Check is a dry run: it reads a CSV file, checks each row by the rules of the pool, and yields
// a [Finding] for each row that would not be imported into an empty pool. A file whose
// header or size makes the whole job fail gets findings that are Fatal. Package memory imports by
// the same rules. It reads in a stream, and keeps a hash of each username.
//
// An error ends the iteration: it is one of ctx or of r.
func Check(ctx context.Context, pool Pool, r io.Reader, opts *CheckOptions) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		c := newChecker(pool, r, opts)
		if c.opts.Summary != nil {
			defer func() { *c.opts.Summary = c.total.summary(&c.opts.Assumptions) }()
		}
		faults, err := c.readHeader()
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
		if len(faults) > 0 {
			return // no row under such a header is read
		}
		err = c.checkRows(func(b *batch) bool { return c.tell(ctx, b, yield) })
		if ctx.Err() != nil && err != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			yield(Finding{}, err)
		}
	}
}

// checker is one call of Check.
type checker struct {
	pool     Pool
	opts     CheckOptions
	src      io.Reader
	maxBytes int64
	header   header
	rules    *rowRules // made by readHeader
	last     *batch    // that was read last

	seen   seen.Set
	line   int // of the last line before the next batch
	total  totals
	rows   CheckedRows // of the last batch
	places []int       // of the rows that its findings are about
}

func newChecker(pool Pool, r io.Reader, opts *CheckOptions) *checker {
	c := &checker{pool: pool.Clone(), src: r, maxBytes: MaxFileBytes}
	if opts != nil {
		c.opts = *opts
	}
	if c.opts.Assumptions.MaxFileBytes > 0 {
		c.maxBytes = c.opts.Assumptions.MaxFileBytes
	}
	return c
}

// readHeader reads the header and returns what is wrong with it. The error is one of the reader.
func (c *checker) readHeader() ([]Finding, error) {
	first := &batch{}
	h, before, err := readHeader(&first.chunk, c.src, c.maxBytes)
	c.header, c.line, c.last = h, before, first
	c.total.bytes = first.chunk.Read()
	if h.names == nil {
		var fault *CSVError
		if errors.As(err, &fault) {
			return []Finding{c.fatal(fault)}, nil
		}
		return nil, err
	}
	var findings []Finding
	for _, fault := range headerFaults(c.pool, c.opts, h) {
		findings = append(findings, c.fatal(fault))
	}
	c.rules = compileRules(c.pool, h.names, c.opts)
	return findings, nil
}

// read reads the chunk of a batch, and reports whether there is one. Chunks are read in the order of the
// file. The first batch has the chunk that the header came from.
func (c *checker) read(b *batch) bool {
	prev := c.last
	c.last = b
	return b.chunk.Fill(&prev.chunk, c.src, c.maxBytes)
}

// checkRows calls f with each batch, in the order of the file, until it returns false.
func (c *checker) checkRows(f func(*batch) bool) error {
	first := c.last
	if first.chunk.Done() {
		c.line += first.chunk.Lines()
	} else if first.check(c.rules); !f(first) {
		return nil
	}
	if c.opts.Workers > 1 {
		return c.checkConcurrently(f)
	}
	for c.read(first) {
		first.check(c.rules)
		if !f(first) {
			return nil
		}
	}
	return endOf(first.chunk.Err())
}

// endOf is the error of a reader that has ended, nil at the end of the file.
func endOf(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// tell merges a batch and yields its findings. It reports whether to go on. When it does not, the
// summary is that of a file which ends after the row of the finding that was yielded last.
func (c *checker) tell(ctx context.Context, b *batch, yield func(Finding, error) bool) bool {
	if ctx.Err() != nil {
		yield(Finding{}, context.Cause(ctx))
		return false
	}
	before := c.total
	rows := c.merge(b)
	if c.opts.OnRows != nil {
		c.opts.OnRows(rows)
	}
	for i, f := range rows.Findings {
		if i%1024 == 1023 && ctx.Err() != nil {
			c.total = before.upTo(b, rows.Findings[:i], c.places)
			yield(Finding{}, context.Cause(ctx))
			return false
		}
		if !yield(f, nil) {
			if !f.Fatal { // such a finding is about no row
				c.total = before.upTo(b, rows.Findings[:i+1], c.places)
			}
			return false
		}
	}
	return c.total.fatal == ""
}
