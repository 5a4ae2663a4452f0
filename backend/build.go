package backend

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
)

// Wrap gives err the form that every Client returns, an *[importjob.Error]; nil stays nil. It fills in the
// Op and Ref that are missing. An *Error or a Code that err wraps gives its Code, Message and Ref, so an
// annotation such as fmt.Errorf("audit: %w", err) loses nothing and stays in the text.
func Wrap(op importjob.Op, ref importjob.Ref, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*importjob.Error); ok && e.Op != "" && e.Ref != (importjob.Ref{}) && (e.Code != "" || !hasCode(e.Err)) {
		return e
	}
	full := lift(err)
	if full.Op == "" {
		full.Op = op
	}
	if full.Ref == (importjob.Ref{}) {
		full.Ref = ref
	}
	if full.Code == "" {
		errors.As(full.Err, &full.Code)
	}
	return &full
}

func hasCode(err error) bool {
	var code importjob.Code
	return errors.As(err, &code)
}

// lift makes an Error of err.
func lift(err error) importjob.Error {
	if e, ok := err.(*importjob.Error); ok {
		return *e
	}
	if code, ok := err.(importjob.Code); ok {
		return importjob.Error{Code: code}
	}
	var inner *importjob.Error
	if errors.As(err, &inner) {
		return importjob.Error{Op: inner.Op, Ref: inner.Ref, Code: inner.Code, Message: inner.Message, Err: err}
	}
	return importjob.Error{Err: err}
}

// Date gives an instant the form of the dates in an [importjob.UserImportJob]: UTC, in whole milliseconds.
func Date(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMilli(t.UnixMilli()).UTC()
}

// ParseRowResult reads a line of a job's log in one of the forms
//
//	[SUCCEEDED] Line Number 2 - The import succeeded.
//	[SKIPPED] Line Number 3 - The user already exists.
//	[FAILED] Line Number 4 - the reason
//
// The error for any other line is a *[importjob.LogLineError].
func ParseRowResult(line string) (importjob.RowResult, error) {
	line = strings.TrimRight(line, "\r\n")
	unknown := importjob.RowResult{Reason: line}
	rest, ok := strings.CutPrefix(line, "[")
	if !ok {
		return unknown, unknown.Err()
	}
	outcome, rest, ok := strings.Cut(rest, "] Line Number ")
	if !ok {
		return unknown, unknown.Err()
	}
	number, reason, ok := strings.Cut(rest, " - ")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 1 || number[0] == '+' {
		return unknown, unknown.Err()
	}
	switch o := importjob.RowStatus(outcome); o {
	case importjob.RowSucceeded, importjob.RowSkipped, importjob.RowFailed:
		return importjob.RowResult{Line: n, Status: o, Reason: reason}, nil
	}
	return unknown, unknown.Err()
}
