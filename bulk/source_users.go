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

// Records returns users from the caller's own code, such as the cursor of a database. Their source
// lines are their numbers, from 1. An error that the sequence yields ends the planning; resuming
// it begins the sequence again.
//
// The sequence must be the same each time. Only a file can be seen to have changed.
func Records(users iter.Seq2[importjob.Record, error]) Source { return userSeq{users} }

type userSeq struct {
	users iter.Seq2[importjob.Record, error]
}

func (s userSeq) identity() (identity, error) { return identity{Kind: "users"}, nil }

func (s userSeq) open(rules sourceRules) (rows, error) {
	next, stop := iter.Pull2(s.users)
	number := 0
	return &userRows{encoder: newEncoder(rules), stop: func() error { stop(); return nil }, pull: func() (pulled, error) {
		user, err, ok := next()
		number++
		return pulled{line: number, user: user}, endOf(err, ok)
	}}, nil
}

// endOf is the error of what a sequence has yielded, if it did: io.EOF at its end and only there. A
// connection that breaks often says io.EOF as well, and must not be taken for the last user.
func endOf(err error, ok bool) error {
	switch {
	case !ok:
		return io.EOF
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	}
	return err
}

// userRows are the rows of users that come one by one.
type userRows struct {
	*encoder
	pull func() (pulled, error)
	stop func() error
}

// pulled is one user of a sequence.
type pulled struct {
	line   int
	user   importjob.Record
	fault  *importjob.CSVError // why values are no user
	values []string
}

func (r *userRows) digest() string { return "" }

func (r *userRows) close() error { return r.stop() }

func (r *userRows) next() (sourceRow, error) {
	p, err := r.pull()
	if err != nil {
		return sourceRow{}, err
	}
	if p.fault != nil {
		return sourceRow{line: p.line, fault: p.fault, values: p.values}, nil
	}
	for i, name := range r.names {
		r.record[i] = p.user[name]
	}
	for _, name := range slices.Sorted(maps.Keys(p.user)) {
		if !slices.Contains(r.names, name) { // what is too much is kept at the end
			return sourceRow{line: p.line, values: append(slices.Clone(r.record), p.user[name]),
				fault: &importjob.CSVError{Attribute: name, Err: importjob.ErrUnknownColumn}}, nil
		}
	}
	return r.encode(p.line), nil
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
	_ = e.writer.Write(e.names) // a buffer takes it, and the names are those of a pool
	_ = e.writer.Flush()
	return e
}

func (e *encoder) columns() []string { return e.names }

// encode makes a row of the record.
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
