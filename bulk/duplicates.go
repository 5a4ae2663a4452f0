package bulk

import (
	"bytes"
	"encoding/binary"
	"io"
	"iter"

	"github.com/cognito-import/importjob"
)

// duplicates finds the usernames that stand more than once, exactly, in bounded memory. It sorts
// them by a hash, with the username and the line behind it, so that those of one user end up
// beside each other in the order of the lines.
type duplicates struct {
	pool    importjob.Pool
	names   *sorter // key: hash; payload: length of the username, username, line
	lines   *sorter // key: line; payload: the first line with the username
	payload []byte
}

// duplicate is a row whose username stands on an earlier line.
type duplicate struct {
	line  int
	first int // the line where it stands first
}

// newDuplicates returns one that sorts in a directory.
func newDuplicates(pool importjob.Pool, dir string, h hooks) *duplicates {
	sorter := func(name string) *sorter {
		return &sorter{dir: dir, name: name, most: h.sorterBytes, width: h.sorterRuns}
	}
	return &duplicates{pool: pool, names: sorter("usernames"), lines: sorter("duplicates")}
}

// add notes a username. Lines must rise.
func (d *duplicates) add(username []byte, line int) error {
	key := d.pool.UsernameKey(string(username))
	p := binary.BigEndian.AppendUint16(d.payload[:0], uint16(len(key)))
	p = append(p, key...)
	d.payload = binary.BigEndian.AppendUint64(p, uint64(line))
	return d.names.add(d.pool.UsernameHash(key), d.payload)
}

// all iterates over the rows whose username stands on an earlier line, by line.
func (d *duplicates) all() iter.Seq2[duplicate, error] {
	return func(yield func(duplicate, error) bool) {
		if err := d.find(); err != nil {
			yield(duplicate{}, err)
			return
		}
		for r, err := range d.lines.all() {
			if err != nil {
				yield(duplicate{}, err)
				return
			}
			if !yield(duplicate{int(r.key), int(binary.BigEndian.Uint64(r.payload))}, nil) {
				return
			}
		}
	}
}

// find goes through the usernames and fills lines.
func (d *duplicates) find() error {
	var name, first []byte
	for r, err := range d.names.all() {
		if err != nil {
			return err
		}
		cut := len(r.payload) - 8
		if name != nil && bytes.Equal(name, r.payload[:cut]) {
			if err := d.lines.add(binary.BigEndian.Uint64(r.payload[cut:]), first); err != nil {
				return err
			}
			continue
		}
		name = append(name[:0], r.payload[:cut]...)
		first = append(first[:0], r.payload[cut:]...)
	}
	d.names = nil
	return nil
}

// duplicateCursor is at one duplicate after the other.
type duplicateCursor struct {
	head duplicate
	err  error // why there is none
	next func() (duplicate, error, bool)
	stop func()
}

func pullDuplicates(all iter.Seq2[duplicate, error]) *duplicateCursor {
	c := &duplicateCursor{}
	c.next, c.stop = iter.Pull2(all)
	c.advance()
	return c
}

func (c *duplicateCursor) advance() {
	d, err, ok := c.next()
	if c.head, c.err = d, err; !ok {
		c.err = io.EOF
	}
}
