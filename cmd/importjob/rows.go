package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/cognito-import/importjob"
)

// errNotLookedUp reports that usernames.at cannot go back in a file that can be read only once.
var errNotLookedUp = errors.New("the line is before the last line, and the file cannot be read again")

// userRow is the outcome of a row, with its username.
type userRow struct {
	Line     int
	Status   importjob.RowStatus
	Username string `json:",omitempty"`
	Reason   string

	err error // why the username could not be looked up
}

// String returns ":LINE: OUTCOME USERNAME: REASON", to follow the name of the file. It returns ": REASON" for a log
// line of no known form, which has no line number and no outcome.
func (r userRow) String() string {
	if r.Status == "" {
		return ": " + r.Reason
	}
	username := cmp.Or(r.Username, "(no username)")
	if r.err != nil {
		username = "(username not looked up)"
	}
	return fmt.Sprintf(":%d: %s %s: %s", r.Line, r.Status, username, r.Reason)
}

// nameless returns String without the username.
func (r userRow) nameless() string {
	if r.Status == "" {
		return r.String()
	}
	return fmt.Sprintf(":%d: %s: %s", r.Line, r.Status, r.Reason)
}

// rowsInMemory is the number of rows in a batch. The usernames of one batch need one pass over the file, and the next
// batch continues that pass if its lines are all later. If they are not, it reads the file again from the start.
const rowsInMemory = 8192

// userRows adds the usernames to the rows of a log. It keeps the order of the log, which can differ from the order
// of the file.
func userRows(log iter.Seq2[importjob.RowResult, error], names *usernames) iter.Seq2[userRow, error] {
	return func(yield func(userRow, error) bool) {
		rows := make([]userRow, 0, 64)
		for result, err := range log {
			if err != nil && !isLine(err) {
				if flush(rows, names, yield) {
					yield(userRow{}, err)
				}
				return
			}
			rows = append(rows, userRow{Line: result.Line, Status: result.Status, Reason: result.Reason})
			if len(rows) == rowsInMemory {
				if !flush(rows, names, yield) {
					return
				}
				rows = rows[:0]
			}
		}
		flush(rows, names, yield)
	}
}

// flush looks up the usernames of a batch in the order of the file, and yields the rows in the order of the log. It
// reports whether the caller wants more rows.
func flush(rows []userRow, names *usernames, yield func(userRow, error) bool) bool {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rows[a].Line, rows[b].Line) })
	for _, i := range order {
		if rows[i].Status != "" {
			rows[i].Username, rows[i].err = names.at(rows[i].Line)
		}
	}
	for _, row := range rows {
		err := row.err
		if err == errNotLookedUp {
			err = nil
		}
		if !yield(row, err) {
			return false
		}
	}
	return true
}

// notImported iterates over the rows that were not imported.
func notImported(rows iter.Seq2[userRow, error]) iter.Seq2[userRow, error] {
	return func(yield func(userRow, error) bool) {
		for row, err := range rows {
			if (err != nil || row.Status != importjob.RowSucceeded) && !yield(row, err) {
				return
			}
		}
	}
}

// usernames finds usernames in a file by line number. The log of a job has only line numbers.
type usernames struct {
	file   io.Reader
	reader *importjob.Reader
	column int // of the usernames, from 0; -1 if the file has none
	row    *importjob.Row
	line   int   // the argument of the last call of at
	err    error // why row is not a good row
	fault  error // why the file cannot be read
	ended  bool  // there are no more rows
}

func newUsernames(file io.Reader) *usernames {
	u := &usernames{file: file, column: -1}
	u.begin()
	if header, _ := u.reader.Header(); header != nil {
		u.column = slices.Index(header, importjob.ColumnUsername)
	}
	return u
}

func (u *usernames) begin() {
	u.reader, u.row, u.err, u.ended = importjob.NewReader(u.file), nil, nil, false
	u.reader.NoLimits = true
}

// at returns the username on a line. It returns "" for a line that is not a good row: in a row with too few or too many
// values, the value in the column can be another one. If the line is before the line of the last call, at reads the
// file again, or returns errNotLookedUp if that is not possible. Any other error is about reading the file.
func (u *usernames) at(line int) (string, error) {
	if u.column < 0 || u.fault != nil {
		return "", u.fault
	}
	if line < u.line && !u.rewind() {
		return "", errNotLookedUp
	}
	u.line = line
	for !u.ended && (u.row == nil || u.row.Line() < line) {
		if u.row, u.err = u.reader.ReadRow(); u.row == nil {
			u.ended = true
			if u.err != io.EOF {
				u.fault = u.err
			}
		}
	}
	if u.ended || u.err != nil || u.row.Line() != line {
		return "", u.fault
	}
	return string(u.row.Field(u.column)), nil
}

// rewind goes back to the begin of the file. It reports whether that was possible.
func (u *usernames) rewind() bool {
	seeker, ok := u.file.(io.Seeker)
	if !ok {
		return false
	}
	if _, err := seeker.Seek(0, io.SeekStart); err != nil {
		return false // a pipe
	}
	u.begin()
	return true
}
