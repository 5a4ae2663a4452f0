package memory

// index maps the 32-bit tag of a username to the numbers of users. It is a hash table with linear probing. A slot
// has eight bytes and no pointer, so the garbage collector does not scan the table. Several numbers can have the same
// tag, and find takes a function that tells them apart. Numbers are never removed.
type index struct {
	slots   []uint64 // tag<<32 | number+1; 0 is empty
	used    int
	touched uint64 // uses the reads of touch, so that the compiler keeps them
}

// touch loads the slots of some tags into the processor's cache, so that the waits for memory overlap. The benchmark
// "memory: upload and start" shows the gain.
func (x *index) touch(tags []uint32) {
	mask := uint32(len(x.slots) - 1)
	for _, tag := range tags {
		x.touched ^= x.slots[tag&mask]
	}
}

// find returns the first number with the tag for which is returns true, and whether there is one.
func (x *index) find(tag uint32, is func(number uint32) bool) (uint32, bool) {
	if len(x.slots) == 0 {
		return 0, false
	}
	mask := uint32(len(x.slots) - 1)
	for i := tag & mask; x.slots[i] != 0; i = (i + 1) & mask {
		slot := x.slots[i]
		if number := uint32(slot) - 1; uint32(slot>>32) == tag && is(number) {
			return number, true
		}
	}
	return 0, false
}

// add adds a number. The caller has called reserve for it.
func (x *index) add(tag, number uint32) {
	x.put(uint64(tag)<<32 | uint64(number+1))
	x.used++
}

// addOnce adds a number, unless it is there with the same tag.
func (x *index) addOnce(tag, number uint32) {
	if _, found := x.find(tag, func(n uint32) bool { return n == number }); !found {
		x.reserve(1)
		x.add(tag, number)
	}
}

func (x *index) put(slot uint64) {
	mask := uint32(len(x.slots) - 1)
	i := uint32(slot>>32) & mask
	for x.slots[i] != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = slot
}

// reserve grows the table for n more numbers, so that it stays at most two thirds full.
func (x *index) reserve(n int) {
	size := max(len(x.slots), 16)
	for size*2 < (x.used+n)*3 {
		size *= 2
	}
	if size == len(x.slots) {
		return
	}
	old := x.slots
	x.slots = make([]uint64, size)
	for _, slot := range old {
		if slot != 0 {
			x.put(slot)
		}
	}
}
