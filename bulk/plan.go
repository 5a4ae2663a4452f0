package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/cognito-import/importjob"
)

// planner makes the files of a plan from a source. It reads the source once. It writes each good row to the
// draft of a part, and adds the username to the duplicates. After the last row, a deduplicator makes the
// parts from the drafts.
type planner struct {
	dir        *directory
	opts       *Options
	source     rowReader
	header     []byte // of the parts
	checker    *importjob.RowChecker
	username   int // the index of the username in a row
	duplicates *duplicates

	part     *partWriter // the draft that is being written; nil between two drafts
	drafts   []draft
	rejected *rejectWriter
	rows     int64
}

// draft is a part that can still have rows whose username is on an earlier line of the source.
type draft struct {
	partFile
	last int // the line of its last row in the source
}

// newPlanner opens a source.
func (i *importer) newPlanner(pool importjob.Pool, source Source) (*planner, error) {
	rules := sourceRules{columns: pool.Header(), allowQuotes: !i.opts.Assumptions.RefuseQuotes}
	if i.in.PasswordHashingAlgorithm != "" && !slices.Contains(rules.columns, importjob.ColumnPasswordHash) {
		rules.columns = append(rules.columns, importjob.ColumnPasswordHash)
	}
	p := &planner{dir: i.dir, opts: i.opts}
	var err error
	if p.source, err = source.open(rules); err != nil {
		return nil, err
	}
	names := p.source.columns()
	p.checker, err = importjob.NewRowChecker(pool, names, &importjob.CheckOptions{
		PasswordHashingAlgorithm: i.in.PasswordHashingAlgorithm, Assumptions: i.opts.Assumptions})
	if err == nil {
		p.header, err = headerOf(names)
	}
	if err != nil {
		return nil, errors.Join(err, p.source.close())
	}
	p.username = slices.Index(names, importjob.ColumnUsername)
	p.duplicates = newDuplicates(pool, i.dir.name(scratchName), i.hooks)
	return p, nil
}

// plan writes the files of the plan.
func (p *planner) plan(ctx context.Context) (*planFiles, error) {
	scratch := scratchName + "/" + rejectedName
	err := p.dir.write(scratch, func(w io.Writer) error {
		p.rejected = newRejectWriter(w, p.source.columns())
		if err := errors.Join(p.read(ctx), p.endPart()); err != nil {
			return err
		}
		return p.rejected.flush()
	})
	if err != nil {
		return nil, err
	}
	files := &planFiles{Rows: p.rows, SHA256: p.source.digest(), Columns: p.source.columns()}
	badRows, err := openRejects(p.dir.name(scratch))
	if err != nil {
		return nil, err
	}
	defer badRows.close()
	err = p.dir.write(rejectedName, func(w io.Writer) error {
		d := deduplicator{planner: p, badRows: badRows, rejected: newRejectWriter(w, files.Columns)}
		if err := d.run(ctx); err != nil {
			return err
		}
		files.Parts, files.Rejected = d.parts, d.rejected.count
		return d.rejected.flush()
	})
	return files, err
}

// rowsPerCheck is how many rows are processed between two checks of the context.
const rowsPerCheck = 4096

// read reads the source and writes the drafts. It does not end the last one.
func (p *planner) read(ctx context.Context) error {
	for {
		if p.rows%rowsPerCheck == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			p.opts.reportProgress(Progress{Phase: PhasePlanning, Rows: p.rows})
		}
		row, err := p.source.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the input, after %d %s: %w", p.rows, plural(p.rows, "row", "rows"), err)
		}
		p.rows++
		if err := p.add(row); err != nil {
			return err
		}
	}
}

// add writes one row to a draft, or rejects it.
func (p *planner) add(s sourceRow) error {
	if s.row == nil {
		p.rejected.add(rejection{line: s.line, attribute: s.fault.Attribute, reason: s.fault.Err.Error(), values: s.values, unknown: s.unknown})
		return nil
	}
	if f, bad := p.checker.Check(s.row); bad {
		p.rejected.add(rejection{line: s.line, attribute: f.Attribute, reason: f.Reason, values: valuesOf(s.row)})
		return nil
	}
	text := s.row.Text()
	if p.part != nil && (p.part.Rows >= p.opts.PartRows || p.part.Bytes+int64(len(text))+1 > p.opts.PartBytes) {
		if err := p.endPart(); err != nil {
			return err
		}
	}
	if p.part == nil {
		var err error
		if p.part, err = p.dir.createPart(namesOf(scratchName, len(p.drafts)+1), p.header); err != nil {
			return err
		}
	}
	p.part.add(text, s.line)
	return p.duplicates.add(s.row.Field(p.username), s.line)
}

// endPart ends the draft that is being written, if there is one.
func (p *planner) endPart() error {
	if p.part == nil {
		return nil
	}
	err := p.part.close()
	p.drafts = append(p.drafts, draft{partFile: p.part.partFile, last: p.part.last})
	p.part = nil
	return err
}

// deduplicator makes the parts from the drafts. It moves a draft without duplicates, copies any other draft
// without them, and rejects the duplicates.
type deduplicator struct {
	*planner
	badRows  *rejectReader // the rows that the planner rejected
	rejected *rejectWriter // for badRows and the duplicates, in the order of their lines
	parts    []partFile
}

func (d *deduplicator) run(ctx context.Context) error {
	dups := pullDuplicates(d.duplicates.all())
	defer dups.stop()
	for i, draft := range d.drafts {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		names := namesOf(scratchName, i+1)
		if dups.err == nil && dups.head.line <= draft.last {
			clean := namesOf(scratchName, len(d.drafts)+1)
			var err error
			if draft.partFile, err = d.copyWithout(dups, names, clean); err != nil {
				return err
			}
			names = clean
		}
		if dups.err != nil && dups.err != io.EOF {
			return dups.err
		}
		if draft.Rows == 0 { // all its rows were duplicates
			continue
		}
		if err := d.addPart(draft.partFile, names); err != nil {
			return err
		}
	}
	return d.rejectBefore(math.MaxInt)
}

// addPart moves the files of a draft to the parts.
func (d *deduplicator) addPart(file partFile, names partNames) error {
	d.parts = append(d.parts, file)
	part := namesOf(partsName, len(d.parts))
	if err := d.dir.rename(names.csv, part.csv); err != nil {
		return err
	}
	return d.dir.rename(names.lines, part.lines)
}

// copyWithout copies a draft without its duplicates, and rejects them.
func (d *deduplicator) copyWithout(dups *duplicateCursor, from, to partNames) (partFile, error) {
	r, err := d.dir.openPart(from)
	if err != nil {
		return partFile{}, err
	}
	defer r.close()
	w, err := d.dir.createPart(to, d.header)
	if err != nil {
		return partFile{}, err
	}
	for {
		row, line, err := r.next()
		if err == io.EOF {
			err := w.close()
			return w.partFile, err
		}
		if err == nil && dups.err != nil && dups.err != io.EOF {
			err = dups.err
		}
		if err != nil {
			return partFile{}, errors.Join(err, w.close())
		}
		if dups.err != nil || dups.head.line != line {
			w.add(row.Text(), line)
			continue
		}
		if err := d.rejectBefore(line); err != nil {
			return partFile{}, errors.Join(err, w.close())
		}
		reason := fmt.Sprintf("%s The first is on line %d.", importjob.ReasonExists, dups.head.first)
		d.rejected.add(rejection{line: line, attribute: importjob.ColumnUsername, reason: reason, values: valuesOf(row)})
		dups.advance()
	}
}

// rejectBefore copies the bad rows before a line to the rejected rows.
func (d *deduplicator) rejectBefore(line int) error {
	for ; d.badRows.err == nil && d.badRows.head.line < line; d.badRows.advance() {
		d.rejected.add(d.badRows.head)
	}
	if d.badRows.err == io.EOF {
		return nil
	}
	return d.badRows.err
}
