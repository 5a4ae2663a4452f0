package memory

import (
	"iter"
	"slices"
	"sort"
	"sync"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

// users are the users of a pool. Each has a number: users that came later have higher numbers. A run numbers all its
// rows, also those that are not imported.
type users struct {
	ids *ids // of the pool, for subs

	mu          sync.RWMutex
	index       index  // the users whose row is imported or will be, except those that updateIndex still has to add
	updateIndex func() // adds the users of the last run to the index; only its first call does something
	segments    []segment
	order       []span // all numbers below total, in the order of Users: oldest first
	total       uint32
	changes     map[uint32]*change // of the users that were changed
	deleted     int                // the number of deleted users
	claims      uint32             // the number of changes of aliases
	aliases     aliases
	groups      []*group // sorted by name
	serial      uint64   // of the last group that was created
}

// span is a range of numbers from the same segment: from up to but not including to.
type span struct{ from, to uint32 }

// append adds n new numbers of the last segment at the end of the order.
func (u *users) append(n int) {
	from := u.total
	u.total += uint32(n)
	if n == 0 {
		return
	}
	if last := len(u.order) - 1; last >= 0 && u.order[last].to == from && u.order[last].from >= u.segments[len(u.segments)-1].base {
		u.order[last].to = u.total
		return
	}
	u.order = append(u.order, span{from, u.total})
}

// insert adds one new number to the order before those that begin at next, which are rows that a run has still to read.
func (u *users) insert(next uint32) {
	last := u.order[len(u.order)-1]
	u.order = u.order[:len(u.order)-1]
	if next > last.from {
		u.order = append(u.order, span{last.from, next})
	}
	u.append(1)
	u.order = append(u.order, span{next, last.to})
}

// segment is a range of numbers that starts at base: the rows of a run, or users that were added one by one.
type segment struct {
	base    uint32
	run     *run
	added   []userpool.User
	deleted int // the number of deleted users
}

// segment returns the segment of a number, and the index of the number in the segment.
func (u *users) segment(number uint32) (*segment, int) {
	i := sort.Search(len(u.segments), func(i int) bool { return u.segments[i].base > number })
	s := &u.segments[i-1]
	return s, int(number - s.base)
}

// tag returns a hash of the username. Two usernames that are the same in the pool have the same tag.
func (s settings) tag(username string) uint32 {
	return uint32(s.UsernameHash(username))
}

// hasName reports whether name is the username of a user, or its sub where Options.SubAsUsername makes the sub the
// username.
func (a *account) hasName(u *users, set settings, number uint32, name string) bool {
	s, place := u.segment(number)
	if s.run == nil {
		is := func(typed string) bool { return set.same(typed, name) }
		return is(s.added[place].Username) || slices.ContainsFunc(a.typedNames(u, set, number), is)
	}
	return set.same(s.run.file.name(place), name) || a.subAsUsername(set) && set.same(u.ids.sub(number), name)
}

// typedNames returns the attributes with which a user of a pool with UsernameAttributes signs in, if AddUser added the
// user. They take the place of the username: a job skips a row that has one of them as username.
func (a *account) typedNames(u *users, set settings, number uint32) (names []string) {
	if s, _ := u.segment(number); s.run != nil || len(set.UsernameAttributes) == 0 {
		return nil
	}
	attributes := a.attributes(u, number)
	for _, attribute := range set.UsernameAttributes {
		if value := attributes.Value(attribute); value != "" {
			names = append(names, value)
		}
	}
	return names
}

// nameOf returns the username that a user came with.
func (a *account) nameOf(u *users, number uint32) string {
	s, place := u.segment(number)
	if s.run == nil {
		return s.added[place].Username
	}
	return s.run.file.name(place)
}

// same reports whether two usernames are the same in the pool, which may ignore case.
func (s settings) same(a, b string) bool { return a == b || s.UsernameKey(a) == s.UsernameKey(b) }

// subAsUsername reports whether an import stores users with their sub as username. (A20)
func (a *account) subAsUsername(set settings) bool {
	return a.opts.SubAsUsername && len(set.UsernameAttributes) > 0
}

// presence says whether a user is in the pool.
type presence int

const (
	absent   presence = iota // the row is not imported and will not be
	expected                 // the run has not read the row yet and will import it
	present
)

// presence returns whether the user with a number is in the pool. The caller holds account.mu.
func (a *account) presence(u *users, number uint32) presence {
	s, row := u.segment(number)
	switch {
	case u.isDeleted(number):
		return absent
	case s.run == nil:
		return present
	case s.run.neverReads(row, &a.opts):
		return absent
	}
	if outcome, _ := s.run.outcome(row); outcome != importjob.RowSucceeded {
		return absent
	}
	if !s.run.allRead && row >= s.run.done(a.now(), &a.opts) {
		return expected
	}
	return present
}

// find returns the number of the user with a name, and its presence. It locks account.mu only while it checks one
// candidate.
func (a *account) find(u *users, set settings, name string) (uint32, presence) {
	u.updateIndex()
	found := absent
	number, _ := u.index.find(set.tag(name), func(number uint32) bool {
		if !a.hasName(u, set, number, name) {
			return false
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		found = a.presence(u, number)
		return found != absent
	})
	return number, found
}

// has reports whether a number is in the span.
func (s span) has(number uint32) bool { return s.from <= number && number < s.to }

// first returns the number that comes first in the order, or 0 if there is none.
func (u *users) first() uint32 {
	if len(u.order) == 0 {
		return 0
	}
	return u.order[0].from
}

// present iterates over the numbers of the users in the pool, oldest first, beginning with the number from.
func (a *account) present(u *users, from uint32) iter.Seq[uint32] {
	first := slices.IndexFunc(u.order, func(s span) bool { return s.has(from) })
	return func(yield func(uint32) bool) {
		if first < 0 {
			return
		}
		now := a.now()
		for i, part := range u.order[first:] {
			if i == 0 {
				part.from = from
			}
			s, place := u.segment(part.from)
			size, bad := int(part.to-s.base), []badRow(nil)
			if s.run != nil {
				a.mu.Lock()
				size, bad = min(size, s.run.done(now, &a.opts)), s.run.bad[s.run.badBefore(place):]
				a.mu.Unlock()
			}
			for ; place < size; place++ {
				if len(bad) > 0 && int(bad[0].row) == place {
					bad = bad[1:]
					continue
				}
				if number := s.base + uint32(place); !u.isDeleted(number) && !yield(number) {
					return
				}
			}
		}
	}
}

// attributes returns the attributes of a user.
func (a *account) attributes(u *users, number uint32) userpool.Attributes {
	if c := u.changes[number]; c != nil && c.attributes != nil {
		return userpool.NewAttributes(c.attributes...)
	}
	s, place := u.segment(number)
	if s.run == nil {
		return s.added[place].Attributes
	}
	return userpool.LazyAttributes(s.run.file, place)
}

// user stores the user with a number in *user. It returns no copy, because to copy a struct whose sub has just been
// written is slow.
func (a *account) user(u *users, set settings, number uint32, user *userpool.User) {
	s, place := u.segment(number)
	if s.run == nil {
		*user = s.added[place]
	} else {
		a.imported(u, set, s, place, user)
	}
	u.changes[number].apply(user)
}

// imported stores the user of a row in *user.
func (a *account) imported(u *users, set settings, s *segment, row int, user *userpool.User) {
	f := s.run.file
	user.Attributes = userpool.LazyAttributes(f, row)
	user.CreateDate = backend.Date(s.run.begin.Add(duration(row+1, s.run.rowsPerSecond)))
	user.LastModifiedDate = user.CreateDate
	user.Status = userpool.StatusResetRequired
	if s.run.confirms(row) {
		user.Status = userpool.StatusConfirmed
	}
	user.Sub = u.ids.sub(s.base + uint32(row))
	if user.Username = user.Sub; !a.subAsUsername(set) {
		user.Username = f.name(row)
	}
}
