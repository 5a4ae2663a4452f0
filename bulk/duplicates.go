package bulk

import (
	"encoding/binary"
	"iter"
	"path/filepath"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/extsort"
	"github.com/cognito-import/importjob/internal/seen"
)

// duplicates finds the rows whose username is on an earlier line, in limited memory.
type duplicates struct {
	ignoreCase bool
	names      *seen.Finder
	lines      *extsort.Sorter // key: place; payload: the first line with the username
	scratch    []byte
}

// place is a line of the source, and in its lowest bits the series whose drafts have the row.
type place uint64

// A place has seriesBits bits for the index of the series.
const (
	seriesBits = 8
	maxSeries  = 1 << seriesBits
)

func newPlace(line, series int) place { return place(line)<<seriesBits | place(series) }

func (p place) line() int   { return int(p >> seriesBits) }
func (p place) series() int { return int(p % maxSeries) }

// duplicate is a row whose username is on an earlier line.
type duplicate struct {
	place
	first int // the first line with the username
}

// newDuplicates returns duplicates that write their files to a directory.
func newDuplicates(pool importjob.Pool, dir string, h hooks) *duplicates {
	return &duplicates{
		ignoreCase: pool.CaseInsensitive,
		names:      &seen.Finder{Name: filepath.Join(dir, "usernames"), MaxBytes: h.sorterBytes},
		lines:      &extsort.Sorter{Dir: dir, Name: "duplicates", MaxBytes: h.sorterBytes, FanIn: h.sorterRuns},
	}
}

// add adds a username. The line must be greater than in the call before.
func (d *duplicates) add(username []byte, line, series int) error {
	var h seen.Hash
	h, d.scratch = seen.HashOf(username, d.ignoreCase, d.scratch)
	return d.names.Add(h, line, byte(series))
}

// all iterates over the duplicates in the order of their lines, after find.
func (d *duplicates) all() iter.Seq2[duplicate, error] {
	return func(yield func(duplicate, error) bool) {
		for r, err := range d.lines.All() {
			if err != nil {
				yield(duplicate{}, err)
				return
			}
			if !yield(duplicate{place(r.Key), int(binary.BigEndian.Uint64(r.Payload))}, nil) {
				return
			}
		}
	}
}

// find searches for the duplicates, after the last add, and reports whether there are any.
func (d *duplicates) find() (found bool, err error) {
	var first [8]byte
	for r, err := range d.names.Repeats() {
		if err != nil {
			return false, err
		}
		found = true
		binary.BigEndian.PutUint64(first[:], uint64(r.First))
		if err := d.lines.Add(uint64(newPlace(r.Line, int(r.Tag))), first[:]); err != nil {
			return false, err
		}
	}
	return found, d.close()
}

// close frees the memory and the file of the usernames.
func (d *duplicates) close() error {
	if d.names == nil {
		return nil
	}
	err := d.names.Close()
	d.names = nil
	return err
}
