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
	// PasswordHashingAlgorithm is the algorithm of the job that will import the file. With "",
	// the values of the column password_hash are not checked.
	PasswordHashingAlgorithm PasswordHashingAlgorithm

	// Assumptions are the choices where Cognito's behavior is not documented.
	Assumptions Assumptions

	// Workers is the number of goroutines that check rows, including the caller's. 0 means 1. The
	// findings and their order are the same for each number. At any time, at most one goroutine
	// reads from the file. If the loop over the findings breaks while a goroutine is in a read,
	// the loop ends after that read. A [RowChecker] ignores Workers.
	Workers int

	// OnRows, if not nil, is called once for each batch of rows, in the order of the file. Check
	// then yields the findings about the rows of the batch. OnRows runs on the caller's
	// goroutine. Check does not call it if the header is faulty. A RowChecker ignores it.
	OnRows func(*CheckedRows)

	// Summary, if not nil, points to a variable that Check sets when the loop over the findings
	// ends. If the loop breaks early, the summary counts only the rows up to the one of the last
	// finding. A RowChecker ignores it.
	Summary *CheckSummary
}

// CheckedRows is a batch of consecutive rows of a file, both good and bad ones. Do not use it or its
// Findings after [CheckOptions].OnRows has returned.
type CheckedRows struct {
	Columns  []string     // the column names in the header
	Summary  CheckSummary // counts all rows of the file up to the end of this batch
	Findings []Finding    // one for each bad row, in the order of the rows; a Fatal finding, if there is one, is the last

	batch *batch
	line  int // the number of the last line before the batch
}

// CheckedRow tells where a row is in the file and whether it would be imported.
type CheckedRow struct {
	Line         int    // the line number in the file; the header is line 1
	Offset       int64  // the position of the row's first byte in the file, from 0
	Size         int    // the number of bytes of the row, without the "\n" at its end
	Bad          bool   // true if the row would not be imported; the Findings are in the same order as the bad rows
	UsernameHash uint64 // the [Pool.UsernameHash] of the row's username; meaningless if Bad is true
}

// Len returns the number of rows in the batch.
func (b *CheckedRows) Len() int { return len(b.batch.rows) }

// Row returns row i of the batch, counted from 0. It panics if i is not less than Len.
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

// CheckSummary counts the rows that [Check] has read, and predicts how a job with the file would end. If
// there was a Fatal [Finding], Imported, Skipped and Failed are 0, since such a job imports no row.
type CheckSummary struct {
	Rows     int64 // the number of rows read, without the header
	Imported int64 // the number of rows that an empty pool would import
	Skipped  int64 // the number of rows whose username is in an earlier row
	Failed   int64 // the number of rows that break a rule
	Bytes    int64 // the number of bytes of the file up to the end of the last counted row

	Status  Status // the status with which the job would end: Succeeded or Failed
	Message string // the job's CompletionMessage
}

// Check is a dry run of an import. It reads the CSV file r, checks each row by the rules of the pool, and
// yields one [Finding] for each row that would not be imported into an empty pool. A row with
// several faults gives one finding, for the first fault. Check makes no request, so it does not know
// which users exist. nil opts mean the defaults.
//
// If a fault of the file makes the whole job fail, such as a missing column or too many rows, Check
// yields a finding that is Fatal and stops. For a faulty header it yields one such finding for each
// fault. Package memory imports by the same rules.
//
// Check reads the file once, as a stream. Its memory does not grow with the size of the rows, only
// with their number: it keeps a hash of each username, about 11 MiB for 500,000 rows.
//
// An error ends the iteration and comes with a zero Finding. It is the cause of ctx, or an error of r.
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
			return // with such a header, no row is read
		}
		err = c.checkRows(func(b *batch) bool { return c.yieldBatch(ctx, b, yield) })
		if ctx.Err() != nil && err != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			yield(Finding{}, err)
		}
	}
}

// checker is the state of one iteration of Check.
type checker struct {
	pool     Pool
	opts     CheckOptions
	src      io.Reader
	maxBytes int64
	header   header
	rules    *rowRules // set by readHeader
	last     *batch    // the batch that was read last

	seen   seen.Set
	line   int         // the number of the last line before the next batch
	total  totals      // of all merged batches
	rows   CheckedRows // the batch that was merged last
	places []int       // for each of its findings, except a Fatal one, the index of the row in the batch
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

// readHeader reads the header and returns its faults. The error is an error of the file's reader.
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

// read reads the next chunk of the file into a batch. It returns false at the end of the file or after an
// error. The chunk of the first batch is the one that readHeader read.
func (c *checker) read(b *batch) bool {
	prev := c.last
	c.last = b
	return b.chunk.Fill(&prev.chunk, c.src, c.maxBytes)
}

// checkRows checks the rows of each batch and calls f with the batch, in the order of the file, until f
// returns false.
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

// endOf returns nil for io.EOF, and any other error unchanged.
func endOf(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// yieldBatch merges a batch and yields its findings. It returns false if the iteration has to end. Then
// the summary counts the rows up to the one of the finding that was yielded last.
func (c *checker) yieldBatch(ctx context.Context, b *batch, yield func(Finding, error) bool) bool {
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
			if !f.Fatal { // a Fatal finding has no row to count up to
				c.total = before.upTo(b, rows.Findings[:i+1], c.places)
			}
			return false
		}
	}
	return c.total.fatal == ""
}
