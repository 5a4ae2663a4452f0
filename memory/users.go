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

// users are the users of a pool. They are numbered in the order in which they came; the rows of
// a run have numbers that follow one another, whether they are imported or not.
type users struct {
	ids *ids // of the pool, for subs

	mu       sync.RWMutex
	index    index  // of those whose row is imported, or will be
	catchUp  func() // adds those of the last run to the index, once: for whoever looks somebody up
	segments []segment
	total    uint32
}

// segment is a stretch of numbers: the rows of a run, or users that were added one by one.
type segment struct {
	base  uint32
	run   *run
	added []userpool.User
}

// segment finds the segment of a number, and the number's place in it.
func (u *users) segment(number uint32) (*segment, int) {
	i := sort.Search(len(u.segments), func(i int) bool { return u.segments[i].base > number })
	s := &u.segments[i-1]
	return s, int(number - s.base)
}

// tag is the hash of what makes a username unique.
func (s settings) tag(username string) uint32 {
	return uint32(s.UsernameHash(username))
}

// hasName reports whether a user has a name: the username, or the username, or by the sub as well where that
// is the username.
func (a *account) hasName(u *users, set settings, number uint32, name string) bool {
	s, place := u.segment(number)
	if s.run == nil {
		return set.same(s.added[place].Username, name)
	}
	return set.same(s.run.file.name(place), name) || a.subAsUsername(set) && u.ids.sub(number) == name
}

// same reports whether two usernames are the same in the pool.
func (s settings) same(a, b string) bool { return a == b || s.UsernameKey(a) == s.UsernameKey(b) }

func (a *account) subAsUsername(set settings) bool {
	return a.opts.SubAsUsername && len(set.UsernameAttributes) > 0
}

// presence says whether a user is in the pool.
type presence int

const (
	absent   presence = iota // the row is not imported, and will not be
	expected                 // the row will be imported
	present
)

// presence looks whether the user with a number is in the pool. account.mu is held.
func (a *account) presence(u *users, number uint32) presence {
	s, row := u.segment(number)
	switch {
	case s.run == nil:
		return present
	case s.run.cut(row, &a.opts):
		return absent
	}
	if outcome, _ := s.run.outcome(row); outcome != importjob.RowSucceeded {
		return absent
	}
	if !s.run.over && row >= s.run.done(a.now(), &a.opts) {
		return expected
	}
	return present
}

// find looks for a user by name. account.mu is held for each look at a candidate only.
func (a *account) find(u *users, set settings, name string) (uint32, presence) {
	u.catchUp()
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

// present iterates over the numbers of the users in the pool, from one number on.
func (a *account) present(u *users, from uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		now := a.now()
		for _, s := range u.segments {
			a.mu.Lock()
			place := max(0, int(from)-int(s.base))
			size, bad := len(s.added), []badRow(nil)
			if s.run != nil {
				size, bad = s.run.done(now, &a.opts), s.run.bad[s.run.badBefore(place):]
			}
			a.mu.Unlock()
			for ; place < size; place++ {
				if len(bad) > 0 && int(bad[0].row) == place {
					bad = bad[1:]
					continue
				}
				if !yield(s.base + uint32(place)) {
					return
				}
			}
		}
	}
}

// user reads the user with a number into where it is wanted: to copy one whose sub has just been
// written means to wait for memory.
func (a *account) user(u *users, set settings, number uint32, user *userpool.User) {
	s, row := u.segment(number)
	if s.run == nil {
		*user = s.added[row]
		return
	}
	f := s.run.file
	user.Attributes = userpool.LazyAttributes(f, row)
	user.CreateDate = backend.Date(s.run.begin.Add(duration(row+1, a.opts.RowsPerSecond)))
	user.LastModifiedDate = user.CreateDate
	user.Status = userpool.StatusResetRequired
	if s.run.algorithm != "" && f.value(row, slices.Index(f.columns, importjob.ColumnPasswordHash)) != "" {
		user.Status = userpool.StatusConfirmed
	}
	user.Sub = u.ids.sub(number)
	if user.Username = user.Sub; !a.subAsUsername(set) {
		user.Username = f.name(row)
	}
}
