package bulk

import (
	"bytes"
	"encoding/binary"
	"io"
	"iter"

	"github.com/cognito-import/importjob"
)

// duplicates finds the rows whose username is on an earlier line, in limited memory. It sorts the usernames
// by a hash, then by the username, then by the line. So equal usernames are next to each other, in the order
// of their lines.
type duplicates struct {
	pool    importjob.Pool
	names   *sorter // key: hash; payload: length of the username, username, line
	lines   *sorter // key: line; payload: the first line with the username
	payload []byte
}

// duplicate is a row whose username is on an earlier line.
type duplicate struct {
	line  int
	first int // the first line with the username
}

// newDuplicates returns duplicates that write their files to a directory.
func newDuplicates(pool importjob.Pool, dir string, h hooks) *duplicates {
	sorter := func(name string) *sorter {
		return &sorter{dir: dir, name: name, maxBytes: h.sorterBytes, fanIn: h.sorterRuns}
	}
	return &duplicates{pool: pool, names: sorter("usernames"), lines: sorter("duplicates")}
}

// add adds a username. The line must be greater than in the call before.
func (d *duplicates) add(username []byte, line int) error {
	key := d.pool.UsernameKey(string(username))
	p := binary.BigEndian.AppendUint16(d.payload[:0], uint16(len(key)))
	p = append(p, key...)
	d.payload = binary.BigEndian.AppendUint64(p, uint64(line))
	return d.names.add(d.pool.UsernameHash(key), d.payload)
}

// all iterates over the duplicates in the order of their lines.
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
			if !yield(duplicate{line: int(r.key), first: int(binary.BigEndian.Uint64(r.payload))}, nil) {
				return
			}
		}
	}
}

// find reads the sorted usernames and adds the duplicates to lines.
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

// duplicateCursor reads the duplicates one by one.
type duplicateCursor struct {
	head duplicate
	err  error // why there is no head; io.EOF at the end
	next func() (duplicate, error, bool)
	stop func()
}

func pullDuplicates(all iter.Seq2[duplicate, error]) *duplicateCursor {
	c := &duplicateCursor{}
	c.next, c.stop = iter.Pull2(all)
	c.advance()
	return c
}

// advance reads the next duplicate into head.
func (c *duplicateCursor) advance() {
	d, err, ok := c.next()
	if c.head, c.err = d, err; !ok {
		c.err = io.EOF
	}
}
