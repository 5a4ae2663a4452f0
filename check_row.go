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

// RowChecker judges rows one by one, by the rules by which [Check] judges a file: for rows that
// come from elsewhere, or are more than one file holds. It does not look for usernames that
// stand twice. It can be used by several goroutines at once.
type RowChecker struct {
	rules *rowRules
	byLen [][]int // see Writer
}

// NewRowChecker returns a RowChecker for rows with these columns. The error is a *[CSVError] about the
// first column that is wrong, as it would be in the header of a file.
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

// Check returns what is wrong with a row, and whether anything is: false means that an empty pool would
// import the row.
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

// CheckRecord is Check for values by column. It also finds what the dialect cannot hold, such as a line
// break, and a value without a column ([ErrUnknownColumn]). The Line of the finding is 0.
func (c *RowChecker) CheckRecord(record Record) (Finding, bool) {
	var line bytes.Buffer
	w := NewWriter(&line)
	w.AllowQuotes = true // they are for the rules
	w.header, w.byLen = c.rules.names, c.byLen
	w.record = make([]string, len(w.header))
	err := w.WriteRecord(record)
	var fault *CSVError
	if errors.As(err, &fault) {
		f := findingOf(fault)
		f.Line, f.Username = 0, record[ColumnUsername]
		return f, true
	}
	_ = w.Flush() // a buffer takes it
	return c.Check(ParseRow(strings.TrimSuffix(line.String(), "\n")))
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
	f := Finding{Line: row.Line(), Username: string(row.At(r.username)), Status: RowFailed}
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
