package bulk

import (
	"bytes"
	"encoding/binary"
	"iter"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/extsort"
)

// duplicates finds the rows whose username is on an earlier line, in limited memory. It sorts the usernames
// by a hash, then by the username, then by the line. So equal usernames are next to each other, in the order
// of their lines.
type duplicates struct {
	pool    importjob.Pool
	names   *extsort.Sorter // key: hash; payload: length of the username, username, place
	lines   *extsort.Sorter // key: place; payload: the first line with the username
	payload []byte
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
	sorter := func(name string) *extsort.Sorter {
		return &extsort.Sorter{Dir: dir, Name: name, MaxBytes: h.sorterBytes, FanIn: h.sorterRuns}
	}
	return &duplicates{pool: pool, names: sorter("usernames"), lines: sorter("duplicates")}
}

// add adds a username. The line must be greater than in the call before.
func (d *duplicates) add(username string, at place) error {
	key := d.pool.UsernameKey(username)
	p := binary.BigEndian.AppendUint16(d.payload[:0], uint16(len(key)))
	p = append(p, key...)
	d.payload = binary.BigEndian.AppendUint64(p, uint64(at))
	return d.names.Add(d.pool.UsernameHash(key), d.payload)
}

// all iterates over the duplicates in the order of their lines.
func (d *duplicates) all() iter.Seq2[duplicate, error] {
	return func(yield func(duplicate, error) bool) {
		if err := d.find(); err != nil {
			yield(duplicate{}, err)
			return
		}
		for r, err := range d.lines.All() {
			if err != nil {
				yield(duplicate{}, err)
				return
			}
			if !yield(duplicate{place(r.Key), place(binary.BigEndian.Uint64(r.Payload)).line()}, nil) {
				return
			}
		}
	}
}

// find reads the sorted usernames and adds the duplicates to lines.
func (d *duplicates) find() error {
	var name, first []byte
	for r, err := range d.names.All() {
		if err != nil {
			return err
		}
		cut := len(r.Payload) - 8
		if name != nil && bytes.Equal(name, r.Payload[:cut]) {
			if err := d.lines.Add(binary.BigEndian.Uint64(r.Payload[cut:]), first); err != nil {
				return err
			}
			continue
		}
		name = append(name[:0], r.Payload[:cut]...)
		first = append(first[:0], r.Payload[cut:]...)
	}
	d.names = nil
	return nil
}
