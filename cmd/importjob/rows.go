package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/cognito-import/importjob"
)

// badRow is a row that was not imported, and whose it is.
type badRow struct {
	Line     int
	Outcome  importjob.Outcome
	Username string `json:",omitempty"`
	Reason   string
}

// String has the form ":LINE: OUTCOME USERNAME: REASON", which goes behind the name of the file. A log line of
// no known form has neither line nor outcome.
func (r badRow) String() string {
	if r.Outcome == "" {
		return ": " + r.Reason
	}
	return fmt.Sprintf(":%d: %s %s: %s", r.Line, r.Outcome, cmp.Or(r.Username, "(no username)"), r.Reason)
}

// badRows iterates over the rows of a job that were not imported. A job's log names no user, so the
// usernames come from the file, which is read along.
func badRows(ctx context.Context, client importjob.Client, ref importjob.Ref, file io.Reader) iter.Seq2[badRow, error] {
	return func(yield func(badRow, error) bool) {
		names := newUsernames(file)
		for result, err := range importjob.Rows(ctx, client, ref) {
			unknown := (*importjob.LogLineError)(nil)
			switch {
			case errors.As(err, &unknown):
				// The line may be about anyone: show what it says.
			case err != nil:
				yield(badRow{}, err)
				return
			case result.Outcome == importjob.OutcomeSucceeded:
				continue
			}
			row := badRow{result.Line, result.Outcome, names.at(result.Line), result.Reason}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// usernames finds the usernames of a file by line, in one pass.
type usernames struct {
	reader *importjob.Reader
	column int
	row    *importjob.Row
	err    error // of row
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
			return ""
		}
	}
	if u.err != nil || u.row.Line() != line {
		return ""
	}
	return string(u.row.Field(u.column))
}
