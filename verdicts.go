package importjob

import (
	"bytes"
	"errors"
)

// verdicts are what the rules say of the rows in one window. They depend on no other window, so
// that several can be found at the same time.
type verdicts struct {
	window  window
	start   int // where in the window the first line is
	lines   lines
	row     Row
	scratch []byte
	rows    []rowVerdict
	bad     []Finding     // of the bad rows; lines count from the window's
	fatal   *CSVError     // after the rows: the whole job fails
	ready   chan struct{} // told when the rows have been judged, for whoever merges; nil without goroutines
}

// rowVerdict is that of one row.
type rowVerdict struct {
	username usernameHash // of a good row
	at       uint32       // where in the window it begins
	line     uint32       // counted from the window's first
	bad      bool
}

// judge judges the rows of the window.
func (v *verdicts) judge(rules *rowRules) {
	if likely := len(v.window.buf) / 64; cap(v.rows) < likely {
		v.rows = make([]rowVerdict, 0, likely)
	}
	v.rows, v.bad, v.fatal = v.rows[:0], v.bad[:0], nil
	v.lines.number = 0
	v.row.tokens = &v.lines.tokenizer
	v.lines.read(&v.window, rules.maxBytes)
	v.lines.next = v.start
	v.lines.utf8 = proveUTF8(v.window.buf[v.start:v.window.cut])
	v.start = 0
	for {
		from, to, ok := v.lines.line()
		if !ok {
			v.fatal = v.lines.fault()
			return
		}
		if !v.judgeRow(rules, from, to) {
			return
		}
	}
}

// judgeRow judges the line between two indices of the window, and reports whether to go on.
func (v *verdicts) judgeRow(rules *rowRules, from, to int) bool {
	row := &v.row
	if v.lines.row(row, from, to) {
		row.locate()
	}
	if row.values != len(rules.names) {
		fault := row.formFault(rules.names)
		if rules.countIsFatal && errors.Is(fault, ErrFieldCount) {
			v.fatal = fault
			return false
		}
		v.addBad(from, Finding{Column: fault.Column, Attribute: fault.Attribute, Reason: fault.Err.Error()})
		return true
	}
	if i, reason := rules.judge(row); reason != "" {
		v.addBad(from, rules.finding(row, i, reason))
		return true
	}
	var h usernameHash
	h, v.scratch = hashUsername(row.field(rules.username), rules.caseSensitive, v.scratch)
	v.rows = append(v.rows, rowVerdict{h, uint32(from), uint32(v.lines.number), false})
	return true
}

// addBad adds the verdict on a row that is not imported, the one that was read last.
func (v *verdicts) addBad(from int, f Finding) {
	f.Line, f.Outcome = v.lines.number, OutcomeFailed
	v.bad = append(v.bad, f)
	v.rows = append(v.rows, rowVerdict{at: uint32(from), line: uint32(f.Line), bad: true})
}

// after returns where in the stream the line after a row begins.
func (v *verdicts) after(row int) int64 {
	w, from := &v.window, int(v.rows[row].at)
	if n := bytes.IndexByte(w.buf[from:w.cut], '\n'); n >= 0 {
		return w.offset + int64(from+n+1)
	}
	return w.after()
}

// username reads the username of a row again. Its escapes have been resolved, and no backslash is
// looked for in what lies before the last row.
func (v *verdicts) username(row *rowVerdict, column int) (name string, at int) {
	from, to := int(row.at), v.window.cut
	if n := bytes.IndexByte(v.window.buf[from:to], '\n'); n >= 0 {
		to = from + n
	}
	v.lines.split(&v.row, from, to)
	return string(v.row.Field(column)), v.row.Column(column)
}
