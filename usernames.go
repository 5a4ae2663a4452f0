package importjob

import (
	"bytes"
	"hash/maphash"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// UsernameKey returns what makes a username unique in the pool: the username itself, or in
// lower case when the pool ignores case. (A17)
func (p Pool) UsernameKey(username string) string {
	if p.CaseSensitive || isLower(username) {
		return username
	}
	return strings.ToLower(username)
}

// seeds are those of the two hashes of a username. They differ from process to process.
var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// UsernameHash returns a hash of [Pool.UsernameKey]. It holds for this process only.
func (p Pool) UsernameHash(username string) uint64 {
	return maphash.String(seeds[0], p.UsernameKey(username))
}

// usernameHash is a hash of a username's key in 96 bits: two different usernames of a file have
// the same one in 10^17 files, however they were chosen, since the seeds are secret. So a file's
// usernames need not be kept.
type usernameHash struct {
	hash  uint64
	check uint32
}

// hashUsername hashes a username. It may use scratch, and returns it.
func hashUsername(username []byte, caseSensitive bool, scratch []byte) (usernameHash, []byte) {
	if !caseSensitive && !isLower(username) {
		scratch = append(scratch[:0], username...)
		username = lower(scratch)
	}
	return usernameHash{maphash.Bytes(seeds[0], username), uint32(maphash.Bytes(seeds[1], username))}, scratch
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

// isLower reports whether all bytes are ASCII and none is an upper-case letter. It looks at
// eight at once.
func isLower[T string | []byte](s T) bool {
	if len(s) >= 8 {
		ok := areLower(eight(s[len(s)-8:]))
		for ; ok && len(s) > 8; s = s[8:] {
			ok = areLower(eight(s))
		}
		return ok
	}
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// eight is binary.LittleEndian.Uint64 for strings as well; the compiler makes one load of it.
func eight[T string | []byte](s T) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func areLower(x uint64) bool {
	fromA := x&lows + (0x80-'A')*ones // high bit: at least 'A'
	overZ := x&lows + (0x7f-'Z')*ones // high bit: more than 'Z'
	return (fromA&^overZ|x)&highs == 0
}

// usernames remembers the usernames of a file by their hashes. The hashes stand in the order of
// the file; a flat table with linear probing says where. A slot of the table has the place of a
// hash and twelve bits of it, so that a look at the table is nearly always all: it has four
// bytes a slot, and only what is looked at in no order should be small. For 500,000 users both
// have eleven MiB.
type usernames struct {
	slots []uint32 // the low bits: place+1, 0 in an empty slot; the high bits: of the hash
	seen  []seenUsername
}

// seenUsername is a username and the line where it stood first.
type seenUsername struct {
	hash  uint64
	check uint32
	line  uint32
}

const (
	placeBits = 20 // enough for MaxRows
	placeMask = 1<<placeBits - 1
)

// usernamesMost are how many usernames there is room for; each step takes the next one. A table has
// three slots for two.
var usernamesMost = [...]int{160, 5_120, 40_960, MaxRows}

// grow makes room for n more usernames.
func (u *usernames) grow(n int) {
	most := cap(u.seen)
	for _, larger := range usernamesMost {
		if most < len(u.seen)+n {
			most = max(most, larger)
		}
	}
	if most == cap(u.seen) {
		return
	}
	u.seen = append(make([]seenUsername, 0, most), u.seen...)
	u.slots = make([]uint32, most/2*3)
	for place, seen := range u.seen {
		i := u.slot(seen.hash)
		for u.slots[i] != 0 {
			i = u.after(i)
		}
		u.slots[i] = slotOf(seen.hash, place)
	}
}

func slotOf(hash uint64, place int) uint32 {
	return uint32(hash)&^placeMask | uint32(place+1)
}

func (u *usernames) slot(hash uint64) int {
	hi, _ := bits.Mul64(hash, uint64(len(u.slots)))
	return int(hi)
}

func (u *usernames) after(i int) int {
	if i++; i < len(u.slots) {
		return i
	}
	return 0
}

// add remembers a username, unless it is there: then it returns the line where it stood first,
// and otherwise 0. There must be room.
func (u *usernames) add(h usernameHash, line int) int {
	i := u.slot(h.hash)
	for ; u.slots[i] != 0; i = u.after(i) {
		if s := u.slots[i]; (s^uint32(h.hash))&^placeMask == 0 {
			if seen := &u.seen[s&placeMask-1]; seen.hash == h.hash && seen.check == h.check {
				return int(seen.line)
			}
		}
	}
	u.slots[i] = slotOf(h.hash, len(u.seen))
	u.seen = append(u.seen, seenUsername{h.hash, h.check, uint32(line)})
	return 0
}
