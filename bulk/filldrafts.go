package bulk

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/cognito-import/importjob"
)

// This file saves jobs. Rows without a password hash go into the room that the last draft of each algorithm has.

// fillDrafts moves the rows of drafts without hashes to drafts with an algorithm. It moves all rows of a draft or none,
// since the others would need a job of their own. It begins with the last draft, which has the fewest rows.
func (p *planner) fillDrafts(ctx context.Context) error {
	if !p.mixed {
		return nil
	}
	without, targets := p.series[0].drafts, p.fillable()
	for _, d := range slices.Backward(without) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if d.Rows == 0 {
			continue
		}
		if moved, err := p.moveRows(d, targets); err != nil || !moved {
			return err
		}
	}
	return nil
}

// fillable returns the last draft of each algorithm, the one with the most room first. The drafts before it are full,
// but for duplicates. The report has all parts open that overlap, and a filled part can overlap with all others, so only
// a few are filled.
func (p *planner) fillable() []*draft {
	var drafts []*draft
	for _, s := range p.series[1:] {
		for _, d := range slices.Backward(s.drafts) {
			if d.Rows > 0 {
				drafts = append(drafts, d)
				break
			}
		}
	}
	slices.SortStableFunc(drafts, func(a, b *draft) int { return cmp.Compare(a.Rows, b.Rows) })
	return drafts
}

// moveRows moves all rows of a draft to other drafts. It reports whether they have room for all.
func (p *planner) moveRows(from *draft, targets []*draft) (moved bool, err error) {
	rows, bytes := 0, int64(0)
	for _, t := range targets {
		rows += max(0, p.opts.PartRows-t.Rows)
		bytes += max(0, p.opts.PartBytes-t.Bytes)
	}
	if rows < from.Rows || bytes < from.Bytes-int64(len(p.header))-1 {
		return false, nil
	}
	source, err := p.openRows(from)
	if err != nil {
		return false, err
	}
	defer source.close()
	var filled []func() error
	for _, t := range targets {
		if source.err != nil {
			break
		}
		if t.Rows >= p.opts.PartRows || t.Bytes >= p.opts.PartBytes {
			continue
		}
		done, err := p.fill(t, source)
		if err != nil {
			return false, err
		}
		filled = append(filled, done)
	}
	if source.err != io.EOF { // nil if rows are left: rows are long, and not each byte of the room can be used
		return false, source.err
	}
	for _, done := range filled {
		if err := done(); err != nil {
			return false, err
		}
	}
	from.Rows = 0
	return true, nil
}

// fill writes a copy of a draft that also has the next rows of a source, as many as the part can have. The draft is
// the copy after a call of done.
func (p *planner) fill(t *draft, source *draftRows) (done func() error, err error) {
	own, err := p.openRows(t)
	if err != nil {
		return nil, err
	}
	defer own.close()
	w, names, err := p.createDraft()
	if err != nil {
		return nil, err
	}
	left, room := p.opts.PartRows-t.Rows, p.opts.PartBytes-t.Bytes // of the rows of the source
	for {
		fits := source.err == nil && left > 0 && int64(len(source.row.Text()))+1 <= room
		next := own
		if fits && (own.err != nil || source.line < own.line) {
			next = source
			left, room = left-1, room-int64(len(source.row.Text()))-1
		}
		if next.err != nil {
			break
		}
		w.add(next.row.Text(), next.line)
		next.advance()
	}
	if err := errors.Join(w.close(), notEOF(own.err), notEOF(source.err)); err != nil {
		return nil, err
	}
	return func() error { return p.replaceFiles(t, w, names) }, nil
}

// notEOF returns an error, or nil if it is io.EOF.
func notEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// draftRows reads a draft, one row ahead.
type draftRows struct {
	*partReader
	row  *importjob.Row
	line int
	err  error // why there is no row; io.EOF at the end
}

func (p *planner) openRows(d *draft) (*draftRows, error) {
	part, err := p.dir.openPart(d.names)
	if err != nil {
		return nil, err
	}
	r := &draftRows{partReader: part}
	r.advance()
	return r, nil
}

func (r *draftRows) advance() { r.row, r.line, r.err = r.next() }
