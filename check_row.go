package importjob

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/cognito-import/importjob/internal/form"
	"github.com/cognito-import/importjob/internal/scan"
)

// RowJudge judges rows one by one, by the rules by which [Check] judges a file: for rows that
// come from elsewhere, or are more than one file holds. It does not look for usernames that
// stand twice. It can be used by several goroutines at once.
type RowJudge struct{ rules *rowRules }

// NewRowJudge returns a RowJudge of rows with these columns. The error is a *[CSVError] about the
// first column that is wrong, as it would be in the header of a file.
func NewRowJudge(pool Pool, columns []string, opts *CheckOptions) (*RowJudge, error) {
	if opts == nil {
		opts = &CheckOptions{}
	}
	names := slices.Clone(columns)
	if faults := columnFaults(pool, *opts, names, headerColumns(names), 1); len(faults) > 0 {
		return nil, faults[0]
	}
	return &RowJudge{compileRules(pool.Clone(), names, *opts)}, nil
}

// Judge returns what is wrong with a row, and whether it would be imported into an empty pool.
func (j *RowJudge) Judge(row *Row) (Finding, bool) {
	if row.Len() != len(j.rules.names) {
		return findingOf(formFault(&row.row, j.rules.names)), false
	}
	i, fault := j.rules.check(&row.row)
	if fault == nil {
		return Finding{}, true
	}
	return j.rules.finding(&row.row, i, fault), false
}

// check returns what is wrong first with a row that has as many values as the header, and in which
// column, -1 for the whole row. It returns nil for a good row.
func (r *rowRules) check(row *scan.Row) (int, *fault) {
	row.Locate()
	if r.hasFastPath && r.fastValid(row) {
		return 0, nil
	}
	return r.firstFault(row)
}

// finding makes a finding of what check returns.
func (r *rowRules) finding(row *scan.Row, i int, cause *fault) Finding {
	f := Finding{Line: row.Line(), Username: string(row.At(r.username)), Outcome: OutcomeFailed}
	if i >= 0 {
		f.Column, f.Attribute = row.Column(i), r.names[i]
	}
	return f.because(cause)
}

// fastValid is a fast path: true only if the row certainly keeps all rules; false means "ask
// firstFault". Nearly all rows take it. It looks at the columns whose rules can be broken and trims
// nothing. The line "check on one core" of the benchmark table pays for it.
func (r *rowRules) fastValid(row *scan.Row) bool {
	if !row.ValidUTF8() {
		return false
	}
	if row.Width() > MaxValueBytes { // otherwise no value is longer
		for i := range row.Len() {
			if len(row.Untrimmed(i)) > MaxValueBytes {
				return false
			}
		}
	}
	email, phone := false, false // whether it is verified
	for _, i := range r.booleans {
		if row.IsEmpty(i) {
			continue
		}
		switch v := row.Untrimmed(i); {
		case form.IsTrue(v):
			email, phone = email || i == r.emailVerified, phone || i == r.phoneVerified
		case !form.IsFalse(v):
			return false
		}
	}
	for i := range r.busy {
		c := &r.busy[i]
		if row.IsEmpty(c.column) && !c.required {
			continue
		}
		if v := row.Untrimmed(c.column); len(v) == 0 || v[0] <= ' ' || v[len(v)-1] <= ' ' || !c.holds(v) {
			return false
		}
	}
	if email && (r.email < 0 || row.IsEmpty(r.email)) || phone && (r.phone < 0 || row.IsEmpty(r.phone)) {
		return false
	}
	return email && r.emailCounts || phone && r.phoneCounts
}

// firstFault is check without the fast path. It looks at one value after the other, and then at the row.
func (r *rowRules) firstFault(row *scan.Row) (int, *fault) {
	for i := range r.columns {
		value := row.At(i)
		if fault := r.formFault(value); fault != nil {
			return i, fault
		}
		if fault := r.columns[i].fault(value); fault != nil {
			return i, fault
		}
	}
	email, phone := r.isTrue(row, r.emailVerified), r.isTrue(row, r.phoneVerified)
	switch {
	case r.lacksRequired:
		return -1, faultRequired
	case email && r.isEmpty(row, r.email):
		return r.email, faultNeedsEmail
	case phone && r.isEmpty(row, r.phone):
		return r.phone, faultNeedsPhone
	case email && r.emailCounts, phone && r.phoneCounts:
		return 0, nil
	}
	return r.points, faultNotVerified
}

// formFault applies the rules that the values of all columns have.
func (r *rowRules) formFault(value []byte) *fault {
	switch {
	case len(value) > MaxValueBytes:
		return faultOver2048
	case !utf8.Valid(value):
		return faultInvalidUTF8Value
	case r.refuseQuotes && bytes.IndexByte(value, '"') >= 0:
		return faultQuoteValue
	}
	return nil
}

// fault applies the rules of the column to a value.
func (c *columnRule) fault(value []byte) *fault {
	if len(value) == 0 {
		if c.required {
			return faultRequired
		}
		return nil
	}
	for i := range c.rules {
		if !c.rules[i].holds(value) {
			return c.rules[i].fault
		}
	}
	return nil
}

func (r *rowRules) isTrue(row *scan.Row, i int) bool { return i >= 0 && form.IsTrue(row.At(i)) }

func (r *rowRules) isEmpty(row *scan.Row, i int) bool { return i < 0 || len(row.At(i)) == 0 }
