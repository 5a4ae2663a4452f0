package importjob

// This file finds the rows that nothing is wrong with, which are nearly all, without asking why not.
// A row that it does not recognize is judged by rules.go, which knows more: how to trim a value,
// say, and in which order to look for what is wrong.

// fine reports whether it is plain that a row keeps all rules, in a pool of which a glance can tell:
// above all, what says that an attribute is verified is one of the Booleans. The row has been located.
func (r *rowRules) fine(row *Row) bool {
	if !row.tokens.utf8 && !validUTF8(row.text) {
		return false
	}
	if len(row.text) > MaxValueBytes { // so no value is longer in one that is not
		for i := range row.values {
			if len(row.untrimmed(i)) > MaxValueBytes {
				return false
			}
		}
	}
	email, phone := false, false // whether it is verified
	for _, i := range r.booleans {
		if row.isEmpty(i) {
			continue
		}
		switch v := row.untrimmed(i); {
		case isTrue(v):
			email, phone = email || i == r.emailVerified, phone || i == r.phoneVerified
		case !isFalse(v):
			return false
		}
	}
	for i := range r.busy {
		c := &r.busy[i]
		if row.isEmpty(c.column) && !c.required {
			continue
		}
		if v := row.untrimmed(c.column); len(v) == 0 || v[0] <= ' ' || v[len(v)-1] <= ' ' || !c.holds(v) {
			return false
		}
	}
	if email && (r.email < 0 || row.isEmpty(r.email)) || phone && (r.phone < 0 || row.isEmpty(r.phone)) {
		return false
	}
	return email && r.emailCounts || phone && r.phoneCounts
}
