// Package seen remembers which usernames a file has had, without keeping them.
package seen

import (
	"bytes"
	"hash/maphash"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// Key returns what makes a username unique in a pool: the username itself, or in lower case when the
// pool ignores case. (A17)
func Key(username string, ignoreCase bool) string {
	if ignoreCase {
		return strings.ToLower(username)
	}
	return username
}

// seeds are those of the two hashes of a username. They differ from process to process.
var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// Sum returns a hash of a key. It holds for this process only.
func Sum(key string) uint64 { return maphash.String(seeds[0], key) }

// Hash is a hash of a username's key in 96 bits. Two different usernames of a file share one in 10^17
// files, however they were chosen, since the seeds are secret. So the usernames need not be kept.
type Hash struct {
	Sum   uint64 // as the function Sum has it
	check uint32
}

// HashOf hashes the key of a username. It may use scratch, and returns it.
func HashOf(username []byte, ignoreCase bool, scratch []byte) (Hash, []byte) {
	if ignoreCase {
		scratch = append(scratch[:0], username...)
		username = lower(scratch)
	}
	return Hash{maphash.Bytes(seeds[0], username), uint32(maphash.Bytes(seeds[1], username))}, scratch
}

// lower is bytes.ToLower, in place where all is ASCII.
func lower(b []byte) []byte {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return bytes.ToLower(b)
		}
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return b
}

// Set is the set of the usernames of a file, by their hashes. The hashes lie in the order of the file; a
// flat table with linear probing says where. A slot of the table has the place of a hash and twelve
// bits of it, so one look at the table is nearly always enough: a slot takes four bytes, and only what
// is looked at in no order needs to be small. For 500,000 users both take eleven MiB. The line "check:
// peak heap" of the benchmark table pays for it.
type Set struct {
	slots   []uint32 // the low bits: place+1, 0 in an empty slot; the high bits: of the hash
	entries []entry
	touched uint32 // keeps Touch from being optimized away
}

// entry is a username and the line where it was first.
type entry struct {
	sum   uint64
	check uint32
	line  uint32
}

const (
	placeBits = 20 // enough for 500,000
	placeMask = 1<<placeBits - 1
	maxPlaces = 500_000
)

// sizes are the numbers of usernames that there can be room for. A table has three slots for two.
var sizes = [...]int{160, 5_120, 40_960, maxPlaces}

// TouchAhead is how many usernames should be added at a time: touch all of them, then add each. An access to
// the table waits for memory, and the waits of one Touch overlap. The line "check on one core" of the
// benchmark table pays for it.
const TouchAhead = 64

// Grow makes room for n more usernames.
func (s *Set) Grow(n int) {
	most := cap(s.entries)
	for _, larger := range sizes {
		if most < len(s.entries)+n {
			most = max(most, larger)
		}
	}
	if most == cap(s.entries) {
		return
	}
	s.entries = append(make([]entry, 0, most), s.entries...)
	s.slots = make([]uint32, most/2*3)
	for place, e := range s.entries {
		i := s.slot(e.sum)
		for s.slots[i] != 0 {
			i = s.after(i)
		}
		s.slots[i] = slotOf(e.sum, place)
	}
}

func slotOf(sum uint64, place int) uint32 { return uint32(sum)&^placeMask | uint32(place+1) }

func (s *Set) slot(sum uint64) int {
	hi, _ := bits.Mul64(sum, uint64(len(s.slots)))
	return int(hi)
}

func (s *Set) after(i int) int {
	if i++; i < len(s.slots) {
		return i
	}
	return 0
}

// Touch fetches the part of the table where a username is, or will be.
func (s *Set) Touch(h Hash) { s.touched ^= s.slots[s.slot(h.Sum)] }

// Add remembers a username, unless it is there: then it returns the line where it was first, and
// otherwise 0. There must be room.
func (s *Set) Add(h Hash, line int) int {
	i := s.slot(h.Sum)
	for ; s.slots[i] != 0; i = s.after(i) {
		if slot := s.slots[i]; (slot^uint32(h.Sum))&^placeMask == 0 {
			if e := &s.entries[slot&placeMask-1]; e.sum == h.Sum && e.check == h.check {
				return int(e.line)
			}
		}
	}
	s.slots[i] = slotOf(h.Sum, len(s.entries))
	s.entries = append(s.entries, entry{h.Sum, h.check, uint32(line)})
	return 0
}
