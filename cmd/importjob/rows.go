package main

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/cognito-import/importjob"
)

// userRow is what became of a row, and whose it is.
type userRow struct {
	Line     int
	Outcome  importjob.Outcome
	Username string `json:",omitempty"`
	Reason   string
}

// String has the form ":LINE: OUTCOME USERNAME: REASON", which goes behind the name of the file. A log line of
// no known form has neither line nor outcome.
func (r userRow) String() string {
	if r.Outcome == "" {
		return ": " + r.Reason
	}
	return fmt.Sprintf(":%d: %s %s: %s", r.Line, r.Outcome, cmp.Or(r.Username, "(no username)"), r.Reason)
}

// nameless is String without a place for the username.
func (r userRow) nameless() string {
	if r.Outcome == "" {
		return r.String()
	}
	return fmt.Sprintf(":%d: %s: %s", r.Line, r.Outcome, r.Reason)
}

// userRows gives the rows of a job's log their usernames.
func userRows(log iter.Seq2[importjob.RowResult, error], names *usernames) iter.Seq2[userRow, error] {
	return func(yield func(userRow, error) bool) {
		for result, err := range log {
			if err != nil && !isLine(err) {
				yield(userRow{}, err)
				return
			}
			row := userRow{result.Line, result.Outcome, names.at(result.Line), result.Reason}
			if !yield(row, names.fault) {
				return
			}
		}
	}
}

// notImported leaves out the rows that were imported.
func notImported(rows iter.Seq2[userRow, error]) iter.Seq2[userRow, error] {
	return func(yield func(userRow, error) bool) {
		for row, err := range rows {
			if (err != nil || row.Outcome != importjob.OutcomeSucceeded) && !yield(row, err) {
				return
			}
		}
	}
}

// usernames finds the usernames of a file by line, in one pass. A job's log names no user.
type usernames struct {
	reader *importjob.Reader
	column int // -1 when there are none to be found
	row    *importjob.Row
	err    error // of row
	fault  error // of the file
}

func newUsernames(file io.Reader) *usernames {
	u := &usernames{reader: importjob.NewReader(file), column: -1}
	u.reader.NoLimits = true
	if header, _ := u.reader.Header(); header != nil {
		u.column = slices.Index(header, importjob.ColumnUsername)
	}
	return u
}

// at returns the username on a line, "" when it has none that can be told: the values of a row that is too
// short or too long may stand in wrong columns. Lines must be asked for in ascending order.
func (u *usernames) at(line int) string {
	if u.column < 0 {
		return ""
	}
	for u.row == nil || u.row.Line() < line {
		if u.row, u.err = u.reader.ReadRow(); u.row == nil {
			u.column = -1 // the file has ended
			if u.err != io.EOF {
				u.fault = u.err
			}
			return ""
		}
	}
	if u.err != nil || u.row.Line() != line {
		return ""
	}
	return string(u.row.Field(u.column))
}
