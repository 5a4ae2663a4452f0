package memory

import (
	"slices"
	"sync"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/seen"
)

// newRun returns the run of a job, with the rows that the run will skip because their user exists. The caller holds
// users.mu and not account.mu, because newRun reads all rows. No other run is active.
func (a *account) newRun(j *job, f *file, set settings, failure string) *run {
	r := &run{file: f, failure: failure, rows: len(f.offsets), rowsPerSecond: int(a.rowsPerSecond.Load()),
		algorithm: j.created.PasswordHashingAlgorithm, hash: -1}
	if r.failure != "" {
		r.rows, r.file = 0, nil // no user will be read from the file
		return r
	}
	if r.algorithm != "" {
		r.hash = slices.Index(f.columns, importjob.ColumnPasswordHash)
	}
	r.otp = otpColumns(set, f.columns)
	u := j.pool.users
	a.dropText(u)
	r.bad = f.bad
	if u.total > 0 {
		u.updateIndex()
		r.bad = a.withExisting(u, set, f)
	}
	base, tags, bad := u.total, f.tags, r.bad
	f.tags = nil
	switch imported, skipped, _ := r.counts(r.rows); {
	case imported > 0:
	case skipped > 0 && (r.rowsPerSecond > 0 || a.opts.PendingFor > 0):
		tags = nil // a skipped row can still be imported if its user is deleted in time
	default:
		f.data, tags = text{}, nil // no user will be read from the file
	}
	u.updateIndex = sync.OnceFunc(func() { a.addToIndex(u, set, base, tags, bad) })
	u.segments = append(u.segments, segment{base: base, run: r})
	u.append(r.rows)
	return r
}

// otpColumns returns the columns with which the pool lets a user sign in without a password.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
func otpColumns(set settings, columns []string) []int {
	var found []int
	for _, otp := range []struct{ factor, column string }{
		{"EMAIL_OTP", importjob.AttributeEmail}, {"SMS_OTP", importjob.AttributePhoneNumber},
	} {
		if i := slices.Index(columns, otp.column); i >= 0 && slices.Contains(set.AllowedFirstAuthFactors, otp.factor) {
			found = append(found, i)
		}
	}
	return found
}

// dropText drops the text of the last run if it was stopped before it imported a user. The caller holds users.mu, and
// no run is active.
func (a *account) dropText(u *users) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range slices.Backward(u.segments) {
		r := s.run
		if r == nil {
			continue
		}
		if imported, _, _ := r.counts(r.done(a.now(), &a.opts)); imported == 0 {
			r.file.data = text{}
		}
		return
	}
}

// withExisting returns the bad rows of a file together with the rows whose user is in the pool.
func (a *account) withExisting(u *users, set settings, f *file) (bad []badRow) {
	known := f.bad
	for from := 0; from < len(f.tags); from += seen.TouchAhead {
		tags := f.tags[from:min(from+seen.TouchAhead, len(f.tags))]
		u.index.touch(tags)
		for i, tag := range tags {
			row := from + i
			switch {
			case len(known) > 0 && int(known[0].row) == row:
				bad = appendBad(bad, row, known[0].outcome, known[0].reason)
				known = known[1:]
			case a.exists(u, set, tag, f, row):
				bad = appendBad(bad, row, importjob.RowSkipped, importjob.ReasonExists)
			}
		}
	}
	return bad
}

// exists reports whether the user of a row is in the pool.
func (a *account) exists(u *users, set settings, tag uint32, f *file, row int) bool {
	_, exists := u.index.find(tag, func(number uint32) bool {
		if !a.hasName(u, set, number, f.name(row)) {
			return false
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.presence(u, number) == present
	})
	return exists
}

// addToIndex adds the users of a run to the index by the tags of its rows. It leaves out the bad rows.
func (a *account) addToIndex(u *users, set settings, base uint32, tags []uint32, bad []badRow) {
	subs, names := a.subAsUsername(set), len(tags)
	if subs {
		names *= 2
	}
	u.index.reserve(names)
	for from := 0; from < len(tags); from += seen.TouchAhead {
		some := tags[from:min(from+seen.TouchAhead, len(tags))]
		u.index.touch(some)
		for i, tag := range some {
			row := from + i
			if len(bad) > 0 && int(bad[0].row) == row {
				bad = bad[1:]
				continue
			}
			number := base + uint32(row)
			u.index.add(tag, number)
			if subs {
				u.index.add(set.tag(u.ids.sub(number)), number)
			}
		}
	}
}
