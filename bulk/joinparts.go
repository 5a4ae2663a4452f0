package bulk

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
)

// This file merges the rows of the parts. Parts with different algorithms can overlap: a line of one part can be between
// two lines of another.

// partRows iterates over the rows of the parts of the plan. If all parts have one algorithm, it reads one part after
// the other. Otherwise it merges the parts by their lines. It opens a part at its first line, so only parts that overlap
// are open at the same time.
func (i *importer) partRows(username int) iter.Seq2[reportRow, error] {
	return func(yield func(reportRow, error) bool) {
		m := partMerger{importer: i, username: username}
		defer m.close()
		err := m.begin()
		for err == nil {
			var next *joinedRows
			if next, err = m.first(); err != nil || next == nil {
				break
			}
			if !yield(next.head, nil) {
				return
			}
			err = m.advance(next)
		}
		if err != nil {
			yield(reportRow{}, err)
		}
	}
}

// partMerger merges the rows of the parts.
type partMerger struct {
	*importer
	username int
	starts   []int         // by part of the plan: its first line; nil if no parts overlap
	opened   int           // parts that were opened so far
	open     []*joinedRows // each has a head
}

// begin finds the first lines of the parts.
func (m *partMerger) begin() error {
	if !m.planned.Algorithms {
		return nil
	}
	for n := range m.planned.Parts {
		line, err := m.dir.firstLine(namesOf(partsName, n+1))
		if err != nil {
			return err
		}
		if n > 0 && line <= m.starts[n-1] {
			return fmt.Errorf("%w: part %d begins with source line %d, before the part before", ErrJournal, n+1, line)
		}
		m.starts = append(m.starts, line)
	}
	return nil
}

// firstLine returns the line in the source of the first row of a part.
func (d *directory) firstLine(names partNames) (int, error) {
	f, err := os.Open(d.name(names.lines))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	line, err := binary.ReadUvarint(bufio.NewReaderSize(f, binary.MaxVarintLen64))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", f.Name(), io.ErrUnexpectedEOF)
	}
	return int(line), nil
}

// first returns the part whose head is the next row, or nil after the last row.
func (m *partMerger) first() (*joinedRows, error) {
	least := m.least()
	for m.opened < len(m.planned.Parts) && (least == nil || m.starts != nil && m.starts[m.opened] < least.head.sourceLine) {
		m.opened++
		rows, err := m.openJoined(m.opened, m.username)
		if err != nil {
			return nil, err
		}
		m.open = append(m.open, rows)
		if err := m.advance(rows); err != nil {
			return nil, err
		}
		least = m.least()
	}
	return least, nil
}

// least returns the open part with the least line, or nil if no part is open.
func (m *partMerger) least() (least *joinedRows) {
	for _, rows := range m.open {
		if least == nil || rows.head.sourceLine < least.head.sourceLine {
			least = rows
		}
	}
	return least
}

// advance reads the next row of a part. It closes the part at its end.
func (m *partMerger) advance(rows *joinedRows) (err error) {
	if rows.head, err = rows.next(); err == io.EOF {
		rows.close()
		m.open = slices.DeleteFunc(m.open, func(r *joinedRows) bool { return r == rows })
		return nil
	}
	return err
}

func (m *partMerger) close() {
	for _, rows := range m.open {
		rows.close()
	}
}

// joinedRows reads the rows of a part of the plan. The part with the rows that its stopped job did not read has their
// outcomes.
type joinedRows struct {
	*outcomeRows
	rest *joinedRows // nil if the job read all rows
	head reportRow   // of a partMerger
}

// openJoined opens a part, and the parts with the rows that its job, and the job of those, did not read.
func (i *importer) openJoined(part, username int) (*joinedRows, error) {
	rows, err := i.openRows(part, username)
	if err != nil {
		return nil, err
	}
	j := &joinedRows{outcomeRows: rows}
	if n := i.parts[part-1].rest; n > 0 {
		if j.rest, err = i.openJoined(n, username); err != nil {
			rows.close()
			return nil, err
		}
	}
	return j, nil
}

// next returns the next row, which is valid until the next call. The error is io.EOF at the end.
func (j *joinedRows) next() (reportRow, error) {
	r, err := j.outcomeRows.next()
	if err != nil || r.outcome != outcomeMoved {
		return r, err
	}
	line, found := r.sourceLine, false
	if j.rest != nil {
		r, err = j.rest.next()
		found = err == nil && r.sourceLine == line
	}
	if err == io.EOF || err == nil && !found {
		err = fmt.Errorf("%w: part %d does not have the rows that its stopped job did not read", ErrJournal, j.part)
	}
	return r, err
}

func (j *joinedRows) close() {
	j.outcomeRows.close()
	if j.rest != nil {
		j.rest.close()
	}
}
