package backend

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
)

// Wrap returns err as an *[importjob.Error], the type that every method of a Client returns. Wrap returns nil if err
// is nil.
//
// If err is an *Error or wraps one, the result has its Op, Ref, Code and Message. If err is or wraps an
// [importjob.Code], the result has the Code. op and ref fill in an Op and a Ref that are empty. The text of an
// annotation such as fmt.Errorf("audit: %w", err) stays in the text of the result, and errors.Is and errors.As find
// every Code and cause that err wraps.
func Wrap(op importjob.Op, ref importjob.Ref, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*importjob.Error); ok && e.Op != "" && e.Ref != (importjob.Ref{}) && (e.Code != "" || !hasCode(e.Err)) {
		return e
	}
	full := toError(err)
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

// hasCode reports whether err is or wraps a Code.
func hasCode(err error) bool {
	var code importjob.Code
	return errors.As(err, &code)
}

// toError returns err as an Error, with the fields that err sets.
func toError(err error) importjob.Error {
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

// Date returns t in UTC, cut to whole milliseconds and without a monotonic clock reading. The dates in an
// [importjob.UserImportJob] have this form, so that jobs can be compared with ==. The zero time stays zero.
func Date(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMilli(t.UnixMilli()).UTC()
}

// ParseRowResult parses one line of a job's log. A line has one of these forms:
//
//	[SUCCEEDED] Line Number 2 - The import succeeded.
//	[SKIPPED] Line Number 3 - The user already exists.
//	[FAILED] Line Number 4 - the reason
//
// A line end is ignored. For any other line, ParseRowResult returns a *[importjob.LogLineError], and a result
// whose Reason is the line and whose other fields are zero.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
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
