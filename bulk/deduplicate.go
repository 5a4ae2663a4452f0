package bulk

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/cognito-import/importjob"
)

// deduplicator copies each draft that has duplicates without them. It rejects the duplicates in the order of their
// lines, so it copies one draft of each series at the same time. It does not read any other draft.
type deduplicator struct {
	*planner
	badRows  *rejectReader // the rows that the planner rejected
	rejected *rejectWriter // for badRows and the duplicates, in the order of their lines
	copies   []*draftCopy  // by series; nil if no draft is being copied
}

func (d *deduplicator) run(ctx context.Context) error {
	d.copies = make([]*draftCopy, len(d.series))
	defer d.discard()
	for duplicate, err := range d.duplicates.all() {
		if err == nil {
			err = d.reject(ctx, duplicate)
		}
		if err != nil {
			return err
		}
	}
	for series := range d.copies {
		if err := d.endCopy(series); err != nil {
			return err
		}
	}
	return d.rejectBefore(math.MaxInt)
}

// reject rejects a duplicate, and copies the rows before it.
func (d *deduplicator) reject(ctx context.Context, dup duplicate) error {
	series := d.series[dup.series()]
	if c := d.copies[series.index]; c == nil || c.draft.last < dup.line() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := d.endCopy(series.index); err != nil {
			return err
		}
		var err error
		if d.copies[series.index], err = d.copyDraft(series, dup.line()); err != nil {
			return err
		}
	}
	row, err := d.copies[series.index].copyTo(dup.line())
	if err != nil {
		return err
	}
	if err := d.rejectBefore(dup.line()); err != nil {
		return err
	}
	reason := fmt.Sprintf("%s The first is on line %d.", importjob.ReasonExists, dup.first)
	r := rejection{line: dup.line(), attribute: importjob.ColumnUsername, reason: reason, values: valuesOf(row)}
	if d.mixed {
		r.algorithm = series.algorithm
	}
	d.rejected.add(r)
	return nil
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

// draftCopy copies a draft without its duplicates.
type draftCopy struct {
	draft *draft
	from  *partReader
	to    *partWriter
	names partNames // of to
}

// copyDraft begins to copy the draft of a series that has a line.
func (p *planner) copyDraft(s *series, line int) (*draftCopy, error) {
	c := &draftCopy{}
	for _, c.draft = range s.drafts {
		if line <= c.draft.last {
			break
		}
	}
	var err error
	if c.from, err = p.dir.openPart(c.draft.names); err != nil {
		return nil, err
	}
	if c.to, c.names, err = p.createDraft(); err != nil {
		c.from.close()
		return nil, err
	}
	return c, nil
}

// copyTo copies the rows before a line, and returns the row on the line. That row is valid until the next call.
func (c *draftCopy) copyTo(line int) (*importjob.Row, error) {
	for {
		row, at, err := c.from.next()
		if err == io.EOF || err == nil && at > line {
			err = fmt.Errorf("%s: %w", c.draft.names.lines, io.ErrUnexpectedEOF)
		}
		if err != nil || at == line {
			return row, err
		}
		c.to.add(row.Text(), at)
	}
}

// endCopy copies the rest of the draft of a series that is being copied.
func (d *deduplicator) endCopy(series int) error {
	c := d.copies[series]
	if c == nil {
		return nil
	}
	for {
		row, line, err := c.from.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		c.to.add(row.Text(), line)
	}
	d.copies[series] = nil
	c.from.close()
	if err := c.to.close(); err != nil {
		return err
	}
	return d.replaceFiles(c.draft, c.to, c.names)
}

// discard ends the copies after an error.
func (d *deduplicator) discard() {
	for _, c := range d.copies {
		if c != nil {
			c.from.close()
			_ = c.to.discard() // another error has ended the plan
		}
	}
}
