package bulk

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/cognito-import/importjob"
)

// Records returns a sequence of users as a source, such as one that reads the cursor of a database. The keys of a
// record are columns of the pool, and a missing key is an empty value. The source line of a user is its number in
// the sequence, from 1. A user with a key that is not a column of the pool is rejected. If the sequence yields an
// error, the planning ends, and the error of [Plan] or [Import] wraps it; io.EOF becomes io.ErrUnexpectedEOF.
//
// A resumed import iterates over the sequence again if its plan is not complete. Then the sequence must yield
// all users again from the first. Import cannot detect that a sequence has changed.
func Records(users iter.Seq2[importjob.Record, error]) Source { return userSeq{users} }

type userSeq struct {
	users iter.Seq2[importjob.Record, error]
}

func (s userSeq) identity() (identity, error) { return identity{Kind: "users"}, nil }

func (s userSeq) plannedIdentity(identity) (identity, error) { return s.identity() }

func (s userSeq) open(rules sourceRules) (rowReader, error) {
	next, stop := iter.Pull2(s.users)
	number := 0
	return &userReader{
		encoder: newEncoder(rules),
		stop:    func() error { stop(); return nil },
		pull: func() (sourceUser, error) {
			record, err, ok := next()
			number++
			return sourceUser{line: number, record: record}, sequenceError(err, ok)
		},
	}, nil
}

// sequenceError returns io.EOF at the end of a sequence, and otherwise the error that the sequence has yielded.
// A connection that breaks can return io.EOF as well, and that must not look like the end of the sequence.
func sequenceError(err error, ok bool) error {
	switch {
	case !ok:
		return io.EOF
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	}
	return err
}

// userReader reads users from a sequence, and makes a row of each.
type userReader struct {
	*encoder
	algorithms bool                       // the users have an algorithm
	pull       func() (sourceUser, error) // returns the next user; the error is io.EOF at the end
	stop       func() error
}

// sourceUser is one user of a sequence.
type sourceUser struct {
	line   int
	record importjob.Record
	fault  *importjob.CSVError // why the values are not a user; nil if they are
	values []string            // of a fault

	algorithm importjob.PasswordHashingAlgorithm // as in a sourceRow
}

func (r *userReader) digest() (string, error) { return "", nil }

func (r *userReader) bytes() (done, size int64) { return 0, 0 }

func (r *userReader) statesAlgorithms() bool { return r.algorithms }

func (r *userReader) close() error { return r.stop() }

func (r *userReader) next(s *sourceRow) error {
	u, err := r.pull()
	if err != nil {
		return err
	}
	*s = r.rowOf(u)
	if r.algorithms {
		s.algorithm = u.algorithm
	}
	return nil
}

// rowOf makes a row of a user.
func (r *userReader) rowOf(u sourceUser) sourceRow {
	if u.fault != nil {
		return sourceRow{line: u.line, fault: u.fault, values: u.values}
	}
	for i, name := range r.names {
		r.record[i] = u.record[name]
	}
	unknown := map[string]string{}
	for name, value := range u.record {
		if !slices.Contains(r.names, name) {
			unknown[name] = value
		}
	}
	if len(unknown) > 0 {
		fault := &importjob.CSVError{Attribute: slices.Min(slices.Collect(maps.Keys(unknown))), Err: importjob.ErrUnknownColumn}
		return sourceRow{line: u.line, fault: fault, values: slices.Clone(r.record), unknown: unknown}
	}
	return r.encode(u.line)
}

// encoder writes records in Cognito's dialect.
type encoder struct {
	names  []string
	record []string // the values of the next row
	writer *importjob.Writer
	text   bytes.Buffer
}

func newEncoder(rules sourceRules) *encoder {
	e := &encoder{names: rules.columns, record: make([]string, len(rules.columns))}
	e.writer = importjob.NewWriter(&e.text)
	e.writer.NoLimits, e.writer.AllowQuotes = true, rules.allowQuotes
	_ = e.writer.Write(e.names) // cannot fail: the names are the columns of a pool, and text is a buffer
	_ = e.writer.Flush()
	return e
}

func (e *encoder) columns() []string { return e.names }

// encode returns the record as a row.
func (e *encoder) encode(line int) sourceRow {
	e.text.Reset()
	err := e.writer.Write(e.record)
	_ = e.writer.Flush()
	s := sourceRow{line: line}
	if errors.As(err, &s.fault) {
		s.values = slices.Clone(e.record)
		return s
	}
	s.row = importjob.ParseRow(string(bytes.TrimSuffix(e.text.Bytes(), []byte{'\n'})))
	return s
}
