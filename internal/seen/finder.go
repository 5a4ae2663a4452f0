package seen

import (
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"math"
	"os"
)

// Finder finds the duplicates among any number of usernames, in limited memory. It needs no sorting: the hashes are spread over parts
// by their bits, and then each part is searched on its own. What does not fit in memory is written to one file, a block of a part at a
// time.
//
// All usernames of a part of 40,000,000 users, the most of a user pool, take 4 MiB in the search.
type Finder struct {
	Name     string // of the file, which the caller removes; it is made if it is needed
	MaxBytes int    // of hashes in memory; 0 means DefaultBytes

	parts  [finderParts]finderPart
	file   *os.File // nil before the first block is written
	blocks int64    // in the file
	buffer []byte   // for a block of the file
	most   int      // usernames in one pass; 0 means usersInPass
}

// DefaultBytes is the default of Finder.MaxBytes.
const DefaultBytes = 16 << 20

const (
	finderParts = 256
	// A record has the sum, the check, the line and the tag, in this order.
	recordBytes = 8 + 4 + 4 + 1
	// usersInPass leaves room, since passes do not have exactly as many usernames each.
	usersInPass = maxPlaces * 4 / 5
)

// finderPart is the hashes whose sums have the same lowest bits. The highest ones choose the slot of a Set.
type finderPart struct {
	block   []byte  // the last records
	written []int64 // the blocks of the file that have the records before
}

// Repeat is a username that was added before.
type Repeat struct {
	Line  int
	Tag   byte
	First int // the line of the first one
}

// Add adds a username. The line must be greater than in the call before, from 1. The tag is the caller's.
func (f *Finder) Add(h Hash, line int, tag byte) error {
	if uint64(line) > math.MaxUint32 {
		return errors.New("a line number is above 4294967295: split the input")
	}
	p := &f.parts[h.Sum%finderParts]
	if len(p.block)+recordBytes > f.blockBytes() {
		if err := f.write(p); err != nil {
			return err
		}
	}
	b := binary.LittleEndian.AppendUint64(p.block, h.Sum)
	b = binary.LittleEndian.AppendUint32(b, h.check)
	b = binary.LittleEndian.AppendUint32(b, uint32(line))
	p.block = append(b, tag)
	return nil
}

// blockBytes returns the most bytes of a block, which are whole records.
func (f *Finder) blockBytes() int {
	return max(1, cmp.Or(f.MaxBytes, DefaultBytes)/finderParts/recordBytes) * recordBytes
}

// write moves the block of a part to the file. After a crash the search begins anew, so the file need not be on the disk.
func (f *Finder) write(p *finderPart) (err error) {
	if f.file == nil {
		if f.file, err = os.OpenFile(f.Name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
			return err
		}
	}
	if _, err := f.file.Write(p.block); err != nil {
		return err
	}
	p.written = append(p.written, f.blocks)
	p.block = p.block[:0]
	f.blocks++
	return nil
}

// Repeats iterates over the usernames that were added before, in any order. Call it once, after the last Add.
func (f *Finder) Repeats() iter.Seq2[Repeat, error] {
	return func(yield func(Repeat, error) bool) {
		s := search{most: uint64(cmp.Or(f.most, usersInPass))}
		for i := range f.parts {
			p := &f.parts[i]
			n := uint64(len(p.written)*f.blockBytes()+len(p.block)) / recordBytes
			s.passes = (n + s.most - 1) / s.most
			for s.pass = range s.passes {
				if !s.part(f.records(p), yield) {
					return
				}
			}
		}
	}
}

// records iterates over the blocks of a part, first to last.
func (f *Finder) records(p *finderPart) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if len(p.written) > 0 && f.buffer == nil {
			f.buffer = make([]byte, f.blockBytes())
		}
		block := f.buffer
		for _, at := range p.written {
			_, err := f.file.ReadAt(block, at*int64(len(block)))
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			if !yield(block, err) || err != nil {
				return
			}
		}
		yield(p.block, nil)
	}
}

// Close closes the file.
func (f *Finder) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// search finds the duplicates of a part. If the part has more usernames than a Set can hold, each pass finds those of other usernames.
type search struct {
	set          Set
	most         uint64
	pass, passes uint64
}

// part searches the blocks of a part. It returns false if the caller wants no more.
func (s *search) part(blocks iter.Seq2[[]byte, error], yield func(Repeat, error) bool) bool {
	s.set.clear()
	for block, err := range blocks {
		if err != nil {
			yield(Repeat{}, err)
			return false
		}
		for ; len(block) > 0; block = block[recordBytes:] {
			h := Hash{binary.LittleEndian.Uint64(block), binary.LittleEndian.Uint32(block[8:])}
			if s.skips(h) {
				continue
			}
			line := int(binary.LittleEndian.Uint32(block[12:]))
			s.set.Grow(1)
			if first := s.set.Add(h, line); first != 0 && !yield(Repeat{Line: line, Tag: block[16], First: first}, nil) {
				return false
			}
		}
	}
	return true
}

// skips reports whether another pass searches for a username. All hashes of a part have the same lowest bits.
func (s *search) skips(h Hash) bool { return s.passes > 1 && h.Sum/finderParts%s.passes != s.pass }
