package importjob

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// UsernameKey returns what makes a username unique in the pool: the username itself, or in
// lower case when the pool ignores case. (A17)
func (p Pool) UsernameKey(username string) string {
	if p.CaseSensitive {
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
func isLower(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if !isLower8(binary.LittleEndian.Uint64(b)) {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

func isLower8(x uint64) bool {
	fromA := x&lows + (0x80-'A')*ones // high bit: at least 'A'
	overZ := x&lows + (0x7f-'Z')*ones // high bit: more than 'Z'
	return (fromA&^overZ|x)&highs == 0
}

// usernames remembers the usernames of a file by their hashes: a flat table with linear probing
// and 16 bytes a slot, a third of which stays empty. For 500,000 users it has ten MiB.
type usernames struct {
	slots []usernameSlot
	used  int
}

type usernameSlot struct {
	usernameHash
	line uint32 // where the username stood first; 0 is an empty slot
}

// tableSizes are the sizes that the table takes; the last is enough for MaxRows.
var tableSizes = [...]int{256, 8 << 10, 64 << 10, MaxRows * 13 / 10}

// grow makes room for n more usernames.
func (u *usernames) grow(n int) {
	size := len(u.slots)
	for _, larger := range tableSizes {
		if size*3 < (u.used+n)*4 || size == 0 {
			size = max(size, larger)
		}
	}
	if size == len(u.slots) {
		return
	}
	old := u.slots
	u.slots = make([]usernameSlot, size)
	for _, s := range old {
		if s.line != 0 {
			u.put(s)
		}
	}
}

func (u *usernames) slot(hash uint64) int {
	hi, _ := bits.Mul64(hash, uint64(len(u.slots)))
	return int(hi)
}

// put stores a username, unless it is there: then it returns the line where it stood first.
func (u *usernames) put(s usernameSlot) uint32 {
	for i := u.slot(s.hash); ; i++ {
		if i == len(u.slots) {
			i = 0
		}
		switch at := &u.slots[i]; {
		case at.line == 0:
			*at = s
			return 0
		case at.usernameHash == s.usernameHash:
			return at.line
		}
	}
}

// add is put for a username that is new to the table or to the file; there must be room.
func (u *usernames) add(h usernameHash, line int) int {
	first := u.put(usernameSlot{h, uint32(line)})
	if first == 0 {
		u.used++
	}
	return int(first)
}
