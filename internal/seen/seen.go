// Package seen finds duplicate usernames in a file. It keeps a hash of each username, not the username.
package seen

import (
	"bytes"
	"hash/maphash"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// Key returns the form in which a pool compares usernames: the username, in lower case if the pool ignores
// case. (A17)
func Key(username string, ignoreCase bool) string {
	if ignoreCase {
		return strings.ToLower(username)
	}
	return username
}

// seeds are the seeds of the two hashes of a username. Each process has other seeds.
var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// Sum returns a hash of a key. Another process returns another hash.
func Sum(key string) uint64 { return maphash.String(seeds[0], key) }

// Hash is a hash of a username's key, of 96 bits. Two different usernames in one file have the same hash
// in one of 10^17 files. No one can choose usernames with the same hash, since the seeds are secret.
// Therefore the hash can replace the username.
type Hash struct {
	Sum   uint64 // the result of the function Sum
	check uint32 // 32 more bits
}

// HashOf returns the hash of a username's key. It uses scratch as a buffer, and returns it for the next
// call, since the buffer can have grown.
func HashOf(username []byte, ignoreCase bool, scratch []byte) (Hash, []byte) {
	if ignoreCase {
		scratch = append(scratch[:0], username...)
		username = lower(scratch)
	}
	return Hash{maphash.Bytes(seeds[0], username), uint32(maphash.Bytes(seeds[1], username))}, scratch
}

// lower is bytes.ToLower. If b is ASCII, it changes b itself, to avoid an allocation.
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

// Set is a set of the hashes of usernames. The zero value is an empty set.
//
// entries has the hashes in the order in which they were added. slots is a hash table with linear
// probing that has, for each hash, its index in entries and twelve of its bits. With these bits, a
// lookup nearly always reads entries only if the hash is there. The table is accessed in random
// order, so it is kept small, at four bytes for each slot. For 500,000 users, the two take 11 MiB
// together. The line "check: peak heap" of the benchmark table shows the effect.
type Set struct {
	slots   []uint32 // the low bits are the index in entries + 1, or 0 in an empty slot; the high bits are of the hash
	entries []entry
	touched uint32 // a result of Touch, so that the compiler does not remove it
}

// entry is the hash of a username, and the line number at which it was added.
type entry struct {
	sum   uint64
	check uint32
	line  uint32
}

const (
	placeBits = 20 // enough for maxPlaces
	placeMask = 1<<placeBits - 1
	maxPlaces = 500_000
)

// sizes are the capacities that a Set can have. For every two usernames, the table has three slots.
var sizes = [...]int{160, 5_120, 40_960, maxPlaces}

// TouchAhead is the number of usernames to add together: first call Touch for each of them, then Add for
// each. An access to the table waits for the memory of the machine; the waits of several Touch calls
// overlap. The line "check on one core" of the benchmark table shows the effect.
const TouchAhead = 64

// Grow allocates memory for n more usernames. A Set holds those of one job at most, 500,000.
func (s *Set) Grow(n int) {
	if len(s.entries)+n > maxPlaces {
		panic("seen: a Set holds the usernames of one job only")
	}
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

// clear makes the set empty, and keeps its memory.
func (s *Set) clear() {
	clear(s.slots)
	s.entries = s.entries[:0]
}

// Touch reads the slot at which Add starts, so that the processor has it in its cache.
func (s *Set) Touch(h Hash) { s.touched ^= s.slots[s.slot(h.Sum)] }

// Add adds a username and returns 0. If the set has the username already, Add returns the line number at
// which it was added. Call Grow first, to allocate memory for the hash.
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
