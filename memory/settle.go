package memory

import (
	"time"

	"github.com/cognito-import/importjob"
)

// newRun settles what a job will do: which of its rows are skipped, since their user exists.
// users.mu is held, account.mu is not: the rows are read here. No other run is active.
func (a *account) newRun(j *job, f *file, set settings, failure string) *run {
	r := &run{file: f, failure: failure, rows: len(f.offsets), algorithm: j.created.PasswordHashingAlgorithm}
	if r.failure != "" {
		r.rows, r.file = 0, nil // nobody comes from it
		return r
	}
	u := j.pool.users
	subs, names := a.subAsUsername(set), r.rows
	if subs {
		names *= 2
	}
	u.index.reserve(names)
	now, bad := a.now(), f.bad
	for from := 0; from < len(f.tags); from += batch {
		tags := f.tags[from:min(from+batch, len(f.tags))]
		u.index.touch(tags)
		for i, tag := range tags {
			row := from + i
			switch {
			case len(bad) > 0 && int(bad[0].row) == row:
				r.bad = appendBad(r.bad, row, bad[0].outcome, bad[0].reason)
				bad = bad[1:]
			case u.total > 0 && a.exists(u, set, tag, f, row, now):
				r.bad = appendBad(r.bad, row, importjob.OutcomeSkipped, importjob.ReasonExists)
			default:
				number := u.total + uint32(row)
				u.index.add(tag, number)
				if subs {
					u.index.add(set.tag(a.ids.sub(u.subNumber(number))), number)
				}
			}
		}
	}
	f.tags = nil
	if imported, _, _ := r.counts(r.rows); imported == 0 {
		f.data = "" // nobody comes from it
	}
	u.segments = append(u.segments, segment{base: u.total, run: r})
	u.total += uint32(r.rows)
	return r
}

// exists reports whether the user of a row was in the pool before the row's own run: judge has
// seen to those of the same file.
func (a *account) exists(u *users, set settings, tag uint32, f *file, row int, now time.Time) bool {
	_, exists := u.index.find(tag, func(number uint32) bool {
		if number >= u.total || !a.goesBy(u, set, number, f.name(row)) {
			return false
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.standing(u, number, now) == present
	})
	return exists
}
