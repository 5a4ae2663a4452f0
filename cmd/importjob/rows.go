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

// errNotLookedUp is no error of the file: it can be read only once.
var errNotLookedUp = errors.New("a line before the last one of a file that cannot be read again")

// userRow is what became of a row, and whose it is.
type userRow struct {
	Line     int
	Status   importjob.RowStatus
	Username string `json:",omitempty"`
	Reason   string

	err error // why the username is not known although there can be one
}

// String has the form ":LINE: OUTCOME USERNAME: REASON", which goes behind the name of the file. A log line of
// no known form has neither line nor outcome.
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

// nameless is String without a place for the username.
func (r userRow) nameless() string {
	if r.Status == "" {
		return r.String()
	}
	return fmt.Sprintf(":%d: %s: %s", r.Line, r.Status, r.Reason)
}

// rowsInMemory is how many rows of a log are in memory at once. Lines that stand out of order by less cost
// nothing; any others cost one more pass over the file for each batch.
const rowsInMemory = 8192

// userRows gives the rows of a job's log their usernames. It keeps their order, which need not be
// that of the file.
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

// flush looks the usernames of rows up by ascending line, and yields the rows as they stand. It reports
// whether there may be more.
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

// notImported leaves out the rows that were imported.
func notImported(rows iter.Seq2[userRow, error]) iter.Seq2[userRow, error] {
	return func(yield func(userRow, error) bool) {
		for row, err := range rows {
			if (err != nil || row.Status != importjob.RowSucceeded) && !yield(row, err) {
				return
			}
		}
	}
}

// usernames finds the usernames of a file by line. A job's log names no user.
type usernames struct {
	file   io.Reader
	reader *importjob.Reader
	column int // -1 when there are none to be found
	row    *importjob.Row
	line   int   // that was asked for last
	err    error // of row
	fault  error // of the file
	ended  bool
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

// at returns the username on a line, "" when it has none that can be told: the values of a row that is too
// short or too long may stand in wrong columns. A line before the last one costs a new pass, or is
// errNotLookedUp. Any other error is the file's.
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

// rewind begins the file anew, where it can be.
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
