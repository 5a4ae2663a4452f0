package backendtest

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// failure is the panic value of a check that fails. judge recovers it.
type failure struct{ err error }

// judge runs the check of a rule and returns why it failed, or nil. It does not recover a panic of the Client.
func (e *env) judge(check func(*env)) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case failure:
			err = v.err
		default:
			panic(v)
		}
	}()
	check(e)
	return nil
}

// failf ends the check of a rule.
func failf(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

// that ends the check unless the condition holds.
func that(condition bool, format string, args ...any) {
	if !condition {
		failf(format, args...)
	}
}

// ok ends the check if there is an error.
func ok(what string, err error) {
	if err != nil {
		failf("%s: %w", what, err)
	}
}

// must returns a value. It ends the check if there is an error.
func must[T any](v T, err error) T {
	if err != nil {
		failf("%w", err)
	}
	return v
}

// equal ends the check unless got equals want.
func equal[T comparable](what string, got, want T) {
	that(got == want, "%s: got %v, want %v", what, got, want)
}

// equalLists is equal for lists.
func equalLists[T comparable](what string, got, want []T) {
	that(slices.Equal(got, want), "%s: got %v, want %v", what, got, want)
}

// sameJob is equal for jobs. It names the first field that differs, and does not show the URL.
func sameJob(what string, got, want importjob.UserImportJob) {
	if got == want {
		return
	}
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		name := g.Type().Field(i).Name
		switch {
		case g.Field(i).Interface() == w.Field(i).Interface():
		case name == "PreSignedURL":
			failf("%s: PreSignedURL differs", what)
		default:
			failf("%s: %s: got %v, want %v", what, name, g.Field(i), w.Field(i))
		}
	}
}

// refused ends the check unless err is an *importjob.Error with the code.
func refused(err error, code importjob.Code) {
	that(err != nil, "there is no error, want %s", code)
	var e *importjob.Error
	that(errors.As(err, &e), "the error %w is no *importjob.Error", err)
	that(errors.Is(err, code), "got the error %w, want %s", err, code)
}

// wraps ends the check unless err is or wraps the error want.
func wraps(what string, err, want error) {
	that(err != nil, "%s: there is no error, want %v", what, want)
	that(errors.Is(err, want), "%s: got the error %w, want %v", what, err, want)
}

// at returns item i of a list. It ends the check if the list is too short.
func at[T any](list []T, i int) T {
	that(i < len(list), "there are only %d items", len(list))
	return list[i]
}

// count returns the number of results with an outcome.
func count(rows []importjob.RowResult, outcome importjob.RowStatus) int64 {
	n := int64(0)
	for _, r := range rows {
		if r.Status == outcome {
			n++
		}
	}
	return n
}

// letters returns a letter for each result, as outcomes does.
func letters(rows []importjob.RowResult) string {
	var b strings.Builder
	for _, r := range rows {
		switch r.Status {
		case importjob.RowSucceeded:
			b.WriteByte('S')
		case importjob.RowSkipped:
			b.WriteByte('K')
		case importjob.RowFailed:
			b.WriteByte('F')
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

// counters returns the counters of a job: imported, skipped, failed.
func counters(job importjob.UserImportJob) [3]int64 {
	return [3]int64{job.ImportedUsers, job.SkippedUsers, job.FailedUsers}
}

// seen returns the number of rows that a job has read.
func seen(job importjob.UserImportJob) int64 {
	return job.ImportedUsers + job.SkippedUsers + job.FailedUsers
}

// user is a row of a CSV file: values by column, escaped as in the file.
type user map[string]string

// good returns a row that the plain pool imports.
func good(name string) user {
	return user{importjob.ColumnUsername: name, "email": name + "@example.com", "email_verified": "TRUE"}
}

// unverified returns a row that fails in the plain pool.
func unverified(name string) user { return good(name).with("email_verified", "FALSE") }

// goods returns n good rows.
func goods(n int) []user {
	rows := make([]user, n)
	for i := range rows {
		rows[i] = good(fmt.Sprintf("user%04d", i))
	}
	return rows
}

// with returns a copy of the row with one value changed.
func (u user) with(column, value string) user {
	u = maps.Clone(u)
	u[column] = value
	return u
}

// named returns a copy of the row with another username and the same e-mail address.
func (u user) named(name string) user { return u.with(importjob.ColumnUsername, name) }

// csv returns a file with a header and rows. It does not check or escape them.
func csv(header []string, rows ...user) string {
	var b strings.Builder
	b.WriteString(strings.Join(header, ",") + "\n")
	for _, row := range rows {
		b.WriteString(row.line(header) + "\n")
	}
	return b.String()
}

// line returns the row without its line end.
func (u user) line(header []string) string {
	values := make([]string, len(header))
	for i, column := range header {
		values[i] = u[column]
	}
	return strings.Join(values, ",")
}

// reaches reports whether a job can go from one status to another in any number of steps.
func reaches(from, to importjob.Status) bool {
	if from == to {
		return true
	}
	for _, next := range importjob.Statuses() {
		if from.CanBecome(next) && reaches(next, to) {
			return true
		}
	}
	return false
}
