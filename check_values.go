package importjob

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob/internal/form"
	"github.com/cognito-import/importjob/internal/scan"
)

// CheckValues checks a user whose values are given in the order of the columns, and appends one Finding for each fault to
// findings. A user without a fault adds none. It is for programs that want to say all that is wrong with a user at once, where
// [RowChecker.Check] stops at the first fault. The Finding of [RowChecker.CheckRecord] is one of them.
//
// There is at most one Finding for each value, in the order of the columns. The Findings about the whole row come last. What only
// follows from another fault is left out: the code not-verified, if email_verified or phone_number_verified is itself at fault.
// The Line of a Finding is 0, and its Column is the position in the row that [Writer.Write] would write.
func (c *RowChecker) CheckValues(values []string, findings []Finding) []Finding {
	if len(values) != len(c.rules.names) {
		return append(findings, Finding{Status: RowFailed}.withCause(ErrFieldCount.(*fault)))
	}
	text, ends, _ := joinValues(nil, nil, values)
	return c.rules.allFaults(values, joinedValues{text, 0, ends}, findings)
}

// AppendRow appends the row of a user to dst, as [Writer.Write] with AllowQuotes would write it, with the "\n" at its end. The values are
// given in the order of the columns. If an empty pool would not import the user, AppendRow returns dst and false, and
// [RowChecker.CheckValues] says why. It is the fastest way to check and write many users.
func (c *RowChecker) AppendRow(dst []byte, values []string) (row []byte, ok bool) {
	if len(values) != len(c.rules.names) {
		return dst, false
	}
	var few [64]int
	text, ends, plain := joinValues(dst, few[:0], values)
	line := text[len(dst):]
	if !(plain && c.rules.hasFastPath && isPlainRow(line) && c.rules.plainlyValid(text, len(dst), ends)) && len(c.CheckValues(values, nil)) > 0 {
		return dst, false
	}
	if escapes := bytes.Count(line, []byte{','}) - (len(values) - 1); escapes > 0 {
		w := Writer{buf: text}
		w.escape(values, escapes)
		text = w.buf
	}
	return append(text, '\n'), true
}

// joinValues appends the values to text, with commas between them, and sets ends to their ends in text. There must be a value. It returns false if a value may be
// one that a CSV file cannot represent.
func joinValues(text []byte, ends []int, values []string) ([]byte, []int, bool) {
	size := len(values)
	for i := range values {
		size += len(values[i])
	}
	ok, at := true, len(text)
	text = slices.Grow(text, size)[:at+size]
	ends = slices.Grow(ends, len(values))[:len(values)]
	for i, value := range values {
		if value != "" {
			first, last := value[0], value[len(value)-1]
			ok = ok && first > ' ' && last > ' ' && last != '\\' && len(value) <= MaxValueBytes
			at += copy(text[at:], value)
		}
		ends[i] = at
		text[at] = ','
		at++
	}
	return text[:at-1], ends, ok
}

// isPlainRow is a fast path: true only if the row is certainly not empty, not too long, and valid text without line breaks.
func isPlainRow(row []byte) bool {
	return len(row) > 0 && 2*len(row) <= MaxRowChars && bytes.IndexByte(row, '\n') < 0 && bytes.IndexByte(row, '\r') < 0 && scan.ValidUTF8(row)
}

// joinedValues are what joinValues appends. The first value begins at start.
type joinedValues struct {
	text  []byte
	start int
	ends  []int
}

func (j joinedValues) at(i int) []byte {
	from := j.start
	if i > 0 {
		from = j.ends[i-1] + 1
	}
	return j.text[from:j.ends[i]]
}

func (j joinedValues) isEmpty(i int) bool { return i < 0 || len(j.at(i)) == 0 }

func (j joinedValues) isTrue(i int) bool { return i >= 0 && form.IsTrue(j.at(i)) }

// plainlyValid does for joined values what fastValid does for a row. Its arguments are the fields of joinedValues; as a struct, ends would
// be allocated for each row.
func (r *rowRules) plainlyValid(text []byte, start int, ends []int) bool {
	at := func(i int) []byte {
		if i == 0 {
			return text[start:ends[0]]
		}
		return text[ends[i-1]+1 : ends[i]]
	}
	email, phone := false, false
	for _, i := range r.booleans {
		switch v := at(i); {
		case len(v) == 0:
		case form.IsTrue(v):
			email, phone = email || i == r.emailVerified, phone || i == r.phoneVerified
		case !form.IsFalse(v):
			return false
		}
	}
	for i := range r.constrained {
		c := &r.constrained[i]
		if v := at(c.column); len(v) > 0 && !c.holds(v) || len(v) == 0 && c.required {
			return false
		}
	}
	if email && (r.email < 0 || len(at(r.email)) == 0) || phone && (r.phone < 0 || len(at(r.phone)) == 0) {
		return false
	}
	return email && r.emailCounts || phone && r.phoneCounts
}

// allFaults appends a finding for each fault of a row.
func (r *rowRules) allFaults(values []string, j joinedValues, findings []Finding) []Finding {
	before, column := len(findings), 1
	add := func(column, i int, cause *fault) {
		f := Finding{Column: column, Status: RowFailed}
		if r.username >= 0 {
			f.Username = values[r.username]
		}
		if i >= 0 {
			f.Attribute = r.names[i]
		}
		findings = append(findings, f.withCause(cause))
	}
	verifiedFaulty := false
	columns := make([]int, len(values))
	for i, value := range values {
		columns[i] = column
		if cause := r.valueFault(i, value, j.at(i)); cause != nil {
			add(column, i, cause)
			verifiedFaulty = verifiedFaulty || i == r.emailVerified || i == r.phoneVerified
		}
		column += len(value) + strings.Count(value, ",") + 1
	}
	if column-2 > MaxRowChars && r.rowChars(values) > MaxRowChars {
		add(0, -1, ErrRowTooLong.(*fault))
	}
	if len(values) == 1 && values[0] == "" && len(findings) == before {
		add(0, -1, ErrEmptyRow.(*fault))
	}
	for _, f := range r.wholeFaults(j) {
		if f.cause == faultNotVerified && verifiedFaulty {
			continue
		}
		at := 0
		if f.column >= 0 {
			at = columns[f.column]
		}
		add(at, f.column, f.cause)
	}
	return findings
}

// rowChars returns the number of characters of the row with these values.
func (r *rowRules) rowChars(values []string) int {
	n := len(values) - 1
	for _, value := range values {
		n += utf8.RuneCountInString(value) + strings.Count(value, ",")
	}
	return n
}

// valueFault returns what is wrong with one value, or nil.
func (r *rowRules) valueFault(i int, value string, bytes []byte) *fault {
	if err := (&Writer{AllowQuotes: true}).refuse(value); err != nil {
		return err.(*fault)
	}
	if cause := r.formFault(bytes); cause != nil {
		return cause
	}
	return r.columns[i].fault(bytes)
}

// wholeFault is a fault that follows from several columns.
type wholeFault struct {
	column int // that is to blame, or -1
	cause  *fault
}

func (r *rowRules) wholeFaults(j joinedValues) (faults []wholeFault) {
	email, phone := j.isTrue(r.emailVerified), j.isTrue(r.phoneVerified)
	if r.lacksRequired {
		faults = append(faults, wholeFault{-1, faultRequired})
	}
	if email && j.isEmpty(r.email) {
		faults = append(faults, wholeFault{r.email, faultNeedsEmail})
	}
	if phone && j.isEmpty(r.phone) {
		faults = append(faults, wholeFault{r.phone, faultNeedsPhone})
	}
	if !(email && r.emailCounts || phone && r.phoneCounts) {
		faults = append(faults, wholeFault{r.notVerified, faultNotVerified})
	}
	return faults
}
