package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/cognito-import/importjob"
)

// ErrPasswordHashes reports users with password hashes, and a pool that takes none.
var ErrPasswordHashes = errors.New("the pool takes no password hashes: leave them out of the input, so that users set a new password, or use a pool that takes them")

// planner makes the files of a plan from a source. It reads the source once. It writes each good row to the
// draft of a part, and adds the username to the duplicates. After the last row, a deduplicator makes the
// parts from the drafts.
type planner struct {
	dir        *directory
	opts       *Options
	pool       importjob.Pool
	in         importjob.CreateInput
	source     rowReader
	header     []byte // of the parts
	username   int    // the index of the username in a row
	hash       int    // the index of the password hash in a row, or -1
	mixed      bool   // the source says the algorithms, so there can be several series
	duplicates *duplicates

	series   []*series
	drafts   []*draft // in the order of their first lines
	files    int      // files of drafts so far, for their names
	rejected *rejectWriter
	rows     int64
}

// newPlanner opens a source.
func (i *importer) newPlanner(ctx context.Context, pool importjob.Pool, source Source) (*planner, error) {
	rules := sourceRules{columns: pool.Header(), allowQuotes: !i.opts.Assumptions.RefuseQuotes,
		ctx: ctx, opening: i.reportOpening, pool: pool, assumptions: i.opts.Assumptions, scratch: i.dir.name(scratchName)}
	if i.in.PasswordHashingAlgorithm != "" && !slices.Contains(rules.columns, importjob.ColumnPasswordHash) {
		rules.columns = append(rules.columns, importjob.ColumnPasswordHash)
	}
	p := &planner{dir: i.dir, opts: i.opts, pool: pool, in: i.in}
	var err error
	if p.source, err = source.open(rules); err != nil {
		return nil, err
	}
	if err := p.prepare(); err != nil {
		return nil, errors.Join(err, p.source.close())
	}
	p.duplicates = newDuplicates(pool, i.dir.name(scratchName), i.hooks)
	return p, nil
}

// reportOpening reports how much was read of a source before its first row.
func (i *importer) reportOpening(done, size int64) {
	i.opts.reportProgress(Progress{Phase: PhasePlanning, Bytes: done, Size: size})
}

// prepare checks that the source suits the pool.
func (p *planner) prepare() (err error) {
	names := p.source.columns()
	p.username, p.hash = slices.Index(names, importjob.ColumnUsername), slices.Index(names, importjob.ColumnPasswordHash)
	first := p.in.PasswordHashingAlgorithm
	if p.mixed = p.source.statesAlgorithms(); p.mixed {
		if !p.pool.PasswordHashes {
			return fmt.Errorf("%s: %w", p.pool.ID, ErrPasswordHashes)
		}
		first = "" // of the rows without a hash
	}
	if _, err := p.seriesOf(first); err != nil {
		return err
	}
	p.header, err = headerOf(names)
	return err
}

// close closes what newPlanner opened.
func (p *planner) close() error { return errors.Join(p.source.close(), p.duplicates.close()) }

// plan writes the files of the plan.
func (p *planner) plan(ctx context.Context) (*planFiles, error) {
	scratch := scratchName + "/" + rejectedName
	err := p.dir.write(scratch, func(w io.Writer) error {
		p.rejected = newRejectWriter(w, p.source.columns())
		if err := errors.Join(p.read(ctx), p.endDrafts()); err != nil {
			return err
		}
		return p.rejected.flush()
	})
	if err != nil {
		return nil, err
	}
	files := &planFiles{Rows: p.rows, Columns: p.source.columns(), Algorithms: p.mixed}
	if r, ok := p.source.(*exportReader); ok {
		if files.Mapping, err = r.mapping(); err != nil {
			return nil, err
		}
	}
	if files.Rejected, err = p.rejectDuplicates(ctx, scratch); err != nil {
		return nil, err
	}
	if err := p.fillDrafts(ctx); err != nil {
		return nil, err
	}
	if files.Parts, err = p.makeParts(); err != nil {
		return nil, err
	}
	files.SHA256, err = p.source.digest()
	return files, err
}

// rejectDuplicates takes the duplicates out of the drafts, writes the file of all rejected rows, and returns their number. bad is the
// file of those that the planner rejected.
func (p *planner) rejectDuplicates(ctx context.Context, bad string) (count int64, err error) {
	found, err := p.duplicates.find()
	if err != nil {
		return 0, err
	}
	if !found {
		return p.rejected.count, p.dir.rename(bad, rejectedName)
	}
	badRows, err := openRejects(p.dir.name(bad), true)
	if err != nil {
		return 0, err
	}
	defer badRows.close()
	err = p.dir.write(rejectedName, func(w io.Writer) error {
		d := deduplicator{planner: p, badRows: badRows, rejected: newRejectWriter(w, p.source.columns())}
		if err := d.run(ctx); err != nil {
			return err
		}
		count = d.rejected.count
		return d.rejected.flush()
	})
	return count, err
}

// rowsPerCheck is how many rows are processed between two checks of the context.
const rowsPerCheck = 4096

// read reads the source and writes the drafts. It does not end the last ones.
func (p *planner) read(ctx context.Context) error {
	var row sourceRow
	for {
		if p.rows%rowsPerCheck == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			done, size := p.source.bytes()
			p.opts.reportProgress(Progress{Phase: PhasePlanning, Rows: p.rows, Bytes: done, Size: size})
		}
		err := p.source.next(&row)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the input, after %d %s: %w", p.rows, plural(p.rows, "row", "rows"), err)
		}
		p.rows++
		if err := p.add(&row); err != nil {
			return err
		}
	}
}

// reasonNoAlgorithm is why a row is rejected whose hash a job would ignore.
const reasonNoAlgorithm = "the hash has no algorithm"

// add writes one row to a draft, or rejects it.
func (p *planner) add(s *sourceRow) error {
	switch {
	case s.text != nil && !s.hasHash: // all rules were checked
		return p.keep(p.series[0], s.line, s.text, s.username)
	case s.text != nil:
		s.row = importjob.ParseRow(string(s.text))
	case s.row == nil:
		p.rejected.add(rejection{line: s.line, attribute: s.fault.Attribute, reason: s.fault.Err.Error(), values: s.values,
			unknown: s.unknown, algorithm: s.algorithm, record: s.record})
		return nil
	}
	series := p.series[0]
	if p.mixed && p.hasHash(s.row) {
		algorithm := cmp.Or(s.algorithm, p.in.PasswordHashingAlgorithm)
		if algorithm == "" {
			p.rejected.add(rejection{line: s.line, attribute: importjob.ColumnPasswordHash, reason: reasonNoAlgorithm, values: valuesOf(s.row)})
			return nil
		}
		var err error
		if series, err = p.seriesOf(algorithm); err != nil {
			return fmt.Errorf("source line %d: %w", s.line, err)
		}
	}
	if f, bad := series.checker.Check(s.row); bad {
		p.rejected.add(rejection{line: s.line, attribute: f.Attribute, reason: f.Reason, values: valuesOf(s.row), algorithm: s.algorithm})
		return nil
	}
	return p.keep(series, s.line, s.row.Text(), s.row.Field(p.username))
}

// keep writes a row to a draft of a series.
func (p *planner) keep(s *series, line int, text, username []byte) error {
	if err := p.write(s, line, text); err != nil {
		return err
	}
	return p.duplicates.add(username, line, s.index)
}

// hasHash reports whether a row has a password hash.
func (p *planner) hasHash(row *importjob.Row) bool {
	return p.hash >= 0 && p.hash < row.Len() && len(row.Field(p.hash)) > 0
}
