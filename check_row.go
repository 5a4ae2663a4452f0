package importjob

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob/internal/form"
	"github.com/cognito-import/importjob/internal/scan"
)

// RowChecker checks single rows by the same rules as [Check]. Use it for rows that do not come from a CSV
// file, or that are too many for one file. It does not find duplicate usernames, since it checks
// each row on its own. Several goroutines can use it at the same time. Create one with
// [NewRowChecker].
type RowChecker struct {
	rules *rowRules
	byLen [][]int // see columnsByLen
}

// NewRowChecker returns a RowChecker for rows with these columns, which must be columns that a file for
// the pool can have; see [Pool.Header]. Otherwise it returns a *[CSVError] for the first unknown,
// duplicate or missing column. nil opts mean the defaults. Of the options, only
// PasswordHashingAlgorithm and Assumptions matter.
func NewRowChecker(pool Pool, columns []string, opts *CheckOptions) (*RowChecker, error) {
	if opts == nil {
		opts = &CheckOptions{}
	}
	names := slices.Clone(columns)
	if faults := columnFaults(pool, *opts, names, headerColumns(names), 1); len(faults) > 0 {
		return nil, faults[0]
	}
	return &RowChecker{compileRules(pool.Clone(), names, *opts), columnsByLen(names)}, nil
}

// Check checks a row of a [Reader] or of [ParseRow]. If the row is bad, Check returns its first fault and
// true. If an empty pool would import the row, Check returns a zero Finding and false.
func (c *RowChecker) Check(row *Row) (Finding, bool) {
	if row.Len() != len(c.rules.names) {
		return findingOf(formFault(&row.row, c.rules.names)), true
	}
	i, fault := c.rules.check(&row.row)
	if fault == nil {
		return Finding{}, false
	}
	return c.rules.finding(&row.row, i, fault), true
}

// CheckRecord checks a user whose values are given by column name. A column that is not in the record is
// empty. If the record is bad, CheckRecord returns its first fault and true. In addition to the faults
// that Check finds, these are a value that a CSV file cannot represent, such as one with a line
// break, and a column that the RowChecker does not have ([ErrUnknownColumn]). The Line of the
// Finding is 0, and its Column is the position in the row that [Writer.WriteRecord] would write.
func (c *RowChecker) CheckRecord(record Record) (Finding, bool) {
	var line bytes.Buffer
	w := NewWriter(&line)
	w.AllowQuotes = true // Assumptions.RefuseQuotes decides, see rowRules
	w.header, w.byLen = c.rules.names, c.byLen
	w.record = make([]string, len(w.header))
	err := w.WriteRecord(record)
	var fault *CSVError
	if errors.As(err, &fault) {
		f := findingOf(fault)
		f.Line, f.Username = 0, record[ColumnUsername]
		return f, true
	}
	_ = w.Flush() // a bytes.Buffer returns no error
	return c.Check(ParseRow(strings.TrimSuffix(line.String(), "\n")))
}

// check returns the first fault of a row, and the index of its column, or -1 if the fault has no column.
// The row must have as many values as the header. For a good row the fault is nil.
func (r *rowRules) check(row *scan.Row) (int, *fault) {
	row.Locate()
	if r.hasFastPath && r.fastValid(row) {
		return 0, nil
	}
	return r.firstFault(row)
}

// finding returns a finding for the results of check.
func (r *rowRules) finding(row *scan.Row, i int, cause *fault) Finding {
	f := Finding{Line: row.Line(), Username: string(row.At(r.username)), Status: RowFailed}
	if i >= 0 {
		f.Column, f.Attribute = row.Column(i), r.names[i]
	}
	return f.withCause(cause)
}

// fastValid is a fast path for good rows, which are nearly all. true means that the row certainly keeps
// all rules; false means that firstFault must decide. fastValid is fast because it checks only the
// columns that have rules, and because it does not trim values. The line "check on one core" of the
// benchmark table shows its effect.
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
	email, phone := false, false // true if it is verified
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
	for i := range r.constrained {
		c := &r.constrained[i]
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

// firstFault is check without the fast path. It checks the values in the order of the columns, and then
// the rules for the whole row.
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
	return r.notVerified, faultNotVerified
}

// formFault checks the rules that apply to the values of all columns.
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

// fault checks the rules of the column.
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
