package bulk

import (
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
)

// RowSource is a source that another package implements, such as a file in the export format of another system. [Rows]
// makes a [Source] of it.
type RowSource interface {
	// Info describes the source. It reads no rows. Each call returns the same, until the source or its
	// options change.
	Info() (RowSourceInfo, error)

	// Open opens the source for reading from the first row. columns are the columns of the pool, in the order of
	// SourceRow.Values.
	Open(columns []string) (RowReader, error)
}

// RowSourceInfo describes a [RowSource]. The journal keeps Kind and Path.
type RowSourceInfo struct {
	// Kind identifies the format, and all options that decide how a row is made. A resumed import needs the same
	// Kind: another one is [ErrSourceChanged]. It must hold no secret. A long one can be a hash.
	Kind string

	// Path is the file with the rows, which must be a regular file. A resumed import compares its contents with the
	// plan. "" means that the rows do not come from one file. Then a resumed import whose plan is not complete reads
	// them again from the first, and cannot detect that they have changed.
	Path string

	// Algorithms says that rows can have a password hash, and that SourceRow.Algorithm names the algorithm of
	// each. Then the pool must take password hashes. Otherwise [Plan] and [Import] return [ErrPasswordHashes].
	Algorithms bool
}

// RowReader reads the rows of a [RowSource].
type RowReader interface {
	// Next returns the next row. It is valid until the next call. The error is io.EOF at the end. Any other error
	// ends the planning, and the error of [Plan] or [Import] wraps it.
	Next() (SourceRow, error)

	// SHA256 returns the SHA-256 of the bytes of RowSourceInfo.Path, in hexadecimal. bulk calls it after Next has
	// returned io.EOF. The value for an empty Path is "".
	SHA256() string

	// Close ends the reading. bulk calls it once.
	Close() error
}

// SourceRow is one row of a [RowSource].
type SourceRow struct {
	Line   int      // the line in the source, from 1; greater than the line of the row before
	Values []string // one for each column of Open; "" is an empty value

	// Algorithm is the algorithm of the password hash in Values, if RowSourceInfo.Algorithms is set. "" means
	// CreateInput.PasswordHashingAlgorithm; a hash without either is rejected. It says nothing about a row without
	// a hash, which goes into any job.
	Algorithm importjob.PasswordHashingAlgorithm

	// Fault, if not nil, says why the row cannot be imported, with the column in Attribute and the reason in Err.
	// The row is rejected. Values can then have any number of values.
	Fault *importjob.CSVError

	// Unknown has more values of a row with a Fault, by names that are not columns. rejected.csv keeps them.
	Unknown map[string]string
}

// Rows returns a source that another package implements. A row that breaks a rule of the pool or of the dialect is
// rejected. If the rows have password hashes of several algorithms, each algorithm gets parts of its own, since a job
// takes one of them. Rows without a hash fill these parts.
func Rows(s RowSource) Source { return otherRows{s} }

type otherRows struct{ rows RowSource }

// rowsKind begins the kind of an identity.
const rowsKind = "rows "

// isRowsKind reports whether a kind is that of a source of another package, which can hold any text.
func isRowsKind(kind string) bool { return strings.HasPrefix(kind, rowsKind) }

func (s otherRows) identity() (identity, error) {
	info, err := s.rows.Info()
	if err != nil || info.Path == "" {
		return identity{Kind: rowsKind + info.Kind}, err
	}
	return fileIdentity(rowsKind+info.Kind, info.Path)
}

func (s otherRows) plannedIdentity(identity) (identity, error) { return s.identity() }

func (s otherRows) open(rules sourceRules) (rowReader, error) {
	info, err := s.rows.Info()
	if err != nil {
		return nil, err
	}
	r, err := s.rows.Open(rules.columns)
	if err != nil {
		return nil, err
	}
	return &otherReader{encoder: newEncoder(rules), rows: r, algorithms: info.Algorithms, isFile: info.Path != ""}, nil
}

// otherReader makes rows of the values of a RowReader.
type otherReader struct {
	*encoder
	rows       RowReader
	algorithms bool
	isFile     bool
	last       int // the line of the last row
}

func (r *otherReader) statesAlgorithms() bool { return r.algorithms }

func (r *otherReader) digest() (string, error) {
	if !r.isFile {
		return "", nil
	}
	return r.rows.SHA256(), nil
}

func (r *otherReader) bytes() (done, size int64) { return 0, 0 }

func (r *otherReader) close() error { return r.rows.Close() }

func (r *otherReader) next(s *sourceRow) error {
	row, err := r.rows.Next()
	if err != nil {
		return err
	}
	if row.Line <= r.last {
		return fmt.Errorf("the source has line %d after line %d", row.Line, r.last)
	}
	r.last = row.Line
	*s = sourceRow{line: row.Line, fault: row.Fault, values: row.Values, unknown: row.Unknown}
	if row.Fault == nil {
		if len(row.Values) != len(r.names) {
			return fmt.Errorf("the source has %d values on line %d, for %d columns", len(row.Values), row.Line, len(r.names))
		}
		r.record = row.Values
		*s = r.encode(row.Line)
	}
	if r.algorithms {
		s.algorithm = row.Algorithm
	}
	return nil
}
