package bulk

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cognito-import/importjob"
)

// ErrSourceChanged reports a source that has changed. A resumed import returns it if the source is not the source that
// the directory was planned from: the file has other content, or the options of the source are different. If the plan
// is not complete, a file with another path is a different source as well, but a file with other content is planned
// anew. Restore the file and the options, or use another directory. An import that plans returns ErrSourceChanged if
// the file changed while the import read it. Then call it again when the file is complete.
var ErrSourceChanged = errors.New("the input or its options are not the same as in the plan: restore them, or use another directory")

// changedMeanwhile is the ErrSourceChanged about a file that changed while it was read.
type changedMeanwhile struct{}

func (changedMeanwhile) Error() string {
	return "the input changed while it was read: begin again when it is complete"
}

func (changedMeanwhile) Is(target error) bool { return target == ErrSourceChanged }

// Source is the users to import, in any number. [CognitoCSV], [CSV], [Records], [Retry] and [Rows] return one. Other
// packages implement a [RowSource] instead.
type Source interface {
	// identity describes the source without reading its rows.
	identity() (identity, error)

	// plannedIdentity is identity for a resumed import whose plan is complete and was made from a source with the
	// identity was. It does not need the rows.
	plannedIdentity(was identity) (identity, error)

	// open opens the source for reading.
	open(sourceRules) (rowReader, error)
}

// sourceRules are the rules of an import that a source needs.
type sourceRules struct {
	columns     []string // the columns of the pool
	allowQuotes bool     // a value can have quotation marks
}

// rowReader reads the rows of a source.
type rowReader interface {
	// columns returns the names of the values of a row.
	columns() []string

	// statesAlgorithms reports whether the rows say which algorithm their password hashes have. Otherwise
	// all hashes of the source have the algorithm of CreateInput.
	statesAlgorithms() bool

	// next returns the next row, which is valid until the next call. The error is io.EOF at the end.
	next() (sourceRow, error)

	// digest returns the SHA-256 of the bytes that were read, in hexadecimal, or "" if the source is not
	// a file.
	digest() string

	close() error
}

// sourceRow is one row of a source. It is small enough to be passed in registers.
type sourceRow struct {
	line int            // the line in the source; greater than the line of the row before
	row  *importjob.Row // the row in Cognito's dialect; nil if the dialect cannot hold it
	bad  *badRow        // why row is nil

	// algorithm is the algorithm of the password hash in the row, if rowReader.statesAlgorithms. "" means the
	// algorithm of CreateInput. It says nothing if the row has no hash.
	algorithm importjob.PasswordHashingAlgorithm
}

// badRow is a row that Cognito's dialect cannot hold.
type badRow struct {
	fault   *importjob.CSVError
	values  []string
	unknown map[string]string // the values under keys that are not columns
}

// identity identifies a source. The journal holds it.
type identity struct {
	Kind    string            `json:"kind"`
	Name    string            `json:"name,omitempty"`
	Size    int64             `json:"size,omitempty"`
	ModTime time.Time         `json:"mod_time,omitzero"`
	Columns map[string]string `json:"columns,omitempty"`
	Ignored []string          `json:"ignored,omitempty"`
}

// sameForm reports whether two sources are read in the same way.
func (i identity) sameForm(other identity) bool {
	return normalKind(i.Kind) == normalKind(other.Kind) && maps.Equal(i.Columns, other.Columns) &&
		slices.Equal(setOf(i.Ignored), setOf(other.Ignored))
}

// normalKind returns the same kind for all kinds that mean the same. A journal can hold any of them.
func normalKind(kind string) string {
	if isRowsKind(kind) {
		return kind
	}
	return normalRetryKind(normalCSVKind(kind))
}

// setOf returns the names of a list, each once, sorted.
func setOf(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// sameFile reports whether two identities belong to the same file, with the same size and time.
func (i identity) sameFile(other identity) bool {
	return i.Size == other.Size && i.Name == other.Name && i.ModTime.Equal(other.ModTime)
}

// isFile reports whether the source is a file.
func (i identity) isFile() bool { return !i.ModTime.IsZero() }

// fileIdentity returns the identity of a file.
func fileIdentity(kind, path string) (identity, error) {
	info, err := os.Stat(path)
	if err != nil {
		return identity{}, err
	}
	if !info.Mode().IsRegular() {
		return identity{}, fmt.Errorf("%s is not a regular file: save the input to one, since a resumed import reads it again", path)
	}
	full, err := filepath.Abs(path)
	return identity{Kind: kind, Name: full, Size: info.Size(), ModTime: info.ModTime().UTC()}, err
}

// hashedFile is a file that hashes the bytes that are read.
type hashedFile struct {
	file *os.File
	sum  hash.Hash
	io.Reader
}

func openHashedFile(path string) (*hashedFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	h := &hashedFile{file: f, sum: sha256.New()}
	h.Reader = io.TeeReader(f, h.sum)
	return h, nil
}

func (h *hashedFile) digest() string { return hex.EncodeToString(h.sum.Sum(nil)) }
func (h *hashedFile) close() error   { return h.file.Close() }

// digestOf returns the SHA-256 of a file.
func digestOf(path string) (string, error) {
	h, err := openHashedFile(path)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(h.sum, h.file)
	return h.digest(), errors.Join(err, h.close())
}

// CognitoCSV returns a file in Cognito's CSV dialect ([importjob.Reader]) as a source. The file can have any
// number of rows and bytes. A byte order mark is ignored. The header must have all columns of the pool, unless
// Assumptions.AllowMissingColumns is set, and no others. Otherwise [Plan] and [Import] return a *[importjob.CSVError].
// The file must be a regular file, since a resumed import reads it again.
func CognitoCSV(path string) Source { return dialectFile(path) }

type dialectFile string

const dialectKind = "cognito"

func (f dialectFile) identity() (identity, error) { return fileIdentity(dialectKind, string(f)) }

func (f dialectFile) plannedIdentity(identity) (identity, error) { return f.identity() }

func (f dialectFile) open(sourceRules) (rowReader, error) {
	h, err := openHashedFile(string(f))
	if err != nil {
		return nil, err
	}
	r := importjob.NewReader(h)
	r.NoLimits = true
	names, err := r.Header()
	if err != nil && !errors.Is(err, importjob.ErrBOM) { // the parts have no byte order mark
		return nil, errors.Join(fmt.Errorf("%s: %w", f, err), h.close())
	}
	return &dialectReader{hashedFile: h, reader: r, names: names}, nil
}

type dialectReader struct {
	*hashedFile
	reader *importjob.Reader
	names  []string
}

func (r *dialectReader) columns() []string { return r.names }

func (r *dialectReader) statesAlgorithms() bool { return false }

func (r *dialectReader) next() (sourceRow, error) {
	row, err := r.reader.ReadRow()
	if row == nil {
		return sourceRow{}, err
	}
	var fault *importjob.CSVError
	if errors.As(err, &fault) {
		return sourceRow{line: row.Line(), bad: &badRow{fault: fault, values: valuesOf(row)}}, nil
	}
	return sourceRow{line: row.Line(), row: row}, nil
}
