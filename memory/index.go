package memory

// index finds the numbers of users by a 32-bit tag of their username. It is a flat table of
// tag and number with linear probing: eight bytes a slot and nothing for a garbage collector to
// follow. Several numbers can have one tag; the caller's test tells them apart. Numbers are
// never removed.
type index struct {
	slots   []uint64 // tag<<32 | number+1; 0 is empty
	used    int
	touched uint64 // keeps touch from being optimized away
}

// touch fetches the slots of some tags, so that the waits for memory overlap. The line "memory: upload and
// start" of the benchmark table pays for it.
func (x *index) touch(tags []uint32) {
	mask := uint32(len(x.slots) - 1)
	for _, tag := range tags {
		x.touched ^= x.slots[tag&mask]
	}
}

// find returns the number with this tag that passes the test, if there is one.
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

// add adds a number. There must be room.
func (x *index) add(tag, number uint32) {
	x.put(uint64(tag)<<32 | uint64(number+1))
	x.used++
}

func (x *index) put(slot uint64) {
	mask := uint32(len(x.slots) - 1)
	i := uint32(slot>>32) & mask
	for x.slots[i] != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = slot
}

// reserve makes room for n more numbers, so that the table stays at most two thirds full.
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
