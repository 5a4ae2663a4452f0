package importjob

import "hash/maphash"

// nameIndex finds the place of a name in a header. For headers of a usual length it is a perfect
// hash: a seed was looked for with which no two names share a slot, so that one look decides.
type nameIndex struct {
	names []string
	seed  maphash.Seed
	slots []int16        // place+1; 0 is an empty slot
	many  map[string]int // for a header that is longer
}

// manyNames is the number of names from which on a perfect hash would take too large a table.
const manyNames = 128

func newNameIndex(names []string) nameIndex {
	x := nameIndex{names: names}
	if len(names) >= manyNames {
		x.many = make(map[string]int, len(names))
		for i, name := range names {
			x.many[name] = i
		}
		return x
	}
	// With half as many slots as pairs of names, every third seed or so will do.
	size := 16
	for size < len(names)*len(names)/2 {
		size *= 2
	}
	for x.slots = make([]int16, size); !x.fill(); clear(x.slots) {
	}
	return x
}

// fill puts the names in their slots with a new seed. It is false when two share one.
func (x *nameIndex) fill() bool {
	x.seed = maphash.MakeSeed()
	for i, name := range x.names {
		slot := x.slot(name)
		if *slot != 0 {
			return false
		}
		*slot = int16(i + 1)
	}
	return true
}

func (x *nameIndex) slot(name string) *int16 {
	return &x.slots[maphash.String(x.seed, name)&uint64(len(x.slots)-1)]
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
