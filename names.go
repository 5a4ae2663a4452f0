package importjob

import (
	"math/bits"
	"math/rand/v2"
)

// nameIndex finds the place of a name in a header. For headers of a usual length it is a perfect
// hash: a seed was looked for with which no two names share a slot, so that one look decides.
type nameIndex struct {
	names []string
	seed  uint64
	shift int            // what is left of a hash is a slot
	slots []int16        // place+1; 0 is an empty slot
	many  map[string]int // for a header that is longer, or has names that are too much alike
}

const (
	manyNames = 128 // from as many on a perfect hash would take too large a table
	seedTries = 100
)

func newNameIndex(names []string) nameIndex {
	x := nameIndex{names: names}
	if len(names) < manyNames {
		// With half as many slots as pairs of names, every third seed or so will do.
		x.shift = 64 - bits.Len(uint(max(15, len(names)*len(names)/2)))
		x.slots = make([]int16, 1<<(64-x.shift))
		for range seedTries {
			if x.fill() {
				return x
			}
			clear(x.slots)
		}
	}
	x.many = make(map[string]int, len(names))
	for i, name := range names {
		x.many[name] = i
	}
	return x
}

// fill puts the names in their slots with a new seed. It is false when two share one.
func (x *nameIndex) fill() bool {
	x.seed = rand.Uint64() | 1
	for i, name := range x.names {
		slot := x.slot(name)
		if *slot != 0 {
			return false
		}
		*slot = int16(i + 1)
	}
	return true
}

// slot looks at the length of a name and twelve bytes of it: its first, middle and last four. That
// tells apart all attributes that the service has.
func (x *nameIndex) slot(name string) *int16 {
	n, key := len(name), uint64(len(name))
	if n >= 4 {
		key += four(name) | four(name[n-4:])<<32 ^ four(name[n/2-2:])<<16
	} else if n > 0 {
		key += uint64(name[0])<<8 | uint64(name[n/2])<<16 | uint64(name[n-1])<<24
	}
	return &x.slots[key*x.seed>>(x.shift&63)]
}

// four is the first four bytes of a string, which the compiler loads at once.
func four(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// find returns the place of a name, and whether it is there.
func (x *nameIndex) find(name string) (int, bool) {
	if x.many != nil {
		i, ok := x.many[name]
		return i, ok
	}
	i := int(*x.slot(name)) - 1
	return i, i >= 0 && x.names[i] == name
}
