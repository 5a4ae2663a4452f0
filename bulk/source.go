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

// ErrSourceChanged reports that the input is not the one that the directory was planned from.
var ErrSourceChanged = errors.New("the input is not the one that this import was planned from: import it into a directory of its own")

// Source is where the users come from: [CognitoCSV], [CSV], [Records] or [Retry] make one. It can be of
// any size.
type Source interface {
	// identity says what the source is, as far as that is seen without reading it.
	identity() (identity, error)

	// open begins to read rows.
	open(sourceRules) (rows, error)
}

// sourceRules are what a source must know of the import.
type sourceRules struct {
	columns     []string // that the pool has
	allowQuotes bool
}

// rows are the rows of a source that is being read.
type rows interface {
	// columns are the names of the values.
	columns() []string

	// next returns the next row, valid until the next call. The error is io.EOF at the end.
	next() (sourceRow, error)

	// digest returns the SHA-256 of what was read, in hexadecimal, where that makes sense.
	digest() string

	close() error
}

// sourceRow is one row of a source.
type sourceRow struct {
	line   int                 // where it is in the source; it rises from row to row
	row    *importjob.Row      // in Cognito's dialect; nil when the dialect cannot hold it
	fault  *importjob.CSVError // why row is nil
	values []string            // of a row that is nil
}

// identity tells one source from another.
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

// normalKind returns the one spelling of all kinds that mean the same. A journal can hold any of them.
func normalKind(kind string) string { return normalRetryKind(normalCSVKind(kind)) }

// setOf returns the different names of a list, sorted.
func setOf(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// same reports whether two sources are the same as far as that is seen without reading them.
func (i identity) same(other identity) bool {
	return i.sameForm(other) && i.Size == other.Size && i.Name == other.Name && i.ModTime.Equal(other.ModTime)
}

// fileIdentity is that of a file.
func fileIdentity(kind, path string) (identity, error) {
	info, err := os.Stat(path)
	if err != nil {
		return identity{}, err
	}
	if !info.Mode().IsRegular() {
		return identity{}, fmt.Errorf("%s is not a file that could be read again", path)
	}
	full, err := filepath.Abs(path)
	return identity{Kind: kind, Name: full, Size: info.Size(), ModTime: info.ModTime().UTC()}, err
}

// hashed is a file of which all that is read is hashed.
type hashed struct {
	file *os.File
	sum  hash.Hash
	io.Reader
}

func openHashed(path string) (*hashed, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	h := &hashed{file: f, sum: sha256.New()}
	h.Reader = io.TeeReader(f, h.sum)
	return h, nil
}

func (h *hashed) digest() string { return hex.EncodeToString(h.sum.Sum(nil)) }
func (h *hashed) close() error   { return h.file.Close() }

// digestOf returns the SHA-256 of a file.
func digestOf(path string) (string, error) {
	h, err := openHashed(path)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(h.sum, h.file)
	return h.digest(), errors.Join(err, h.close())
}

// CognitoCSV returns a file in Cognito's CSV dialect ([importjob.Reader]), but for its limits on rows
// and bytes. Its header must have the columns of the pool.
func CognitoCSV(path string) Source { return dialectFile(path) }

type dialectFile string

func (f dialectFile) identity() (identity, error) { return fileIdentity("cognito", string(f)) }

func (f dialectFile) open(sourceRules) (rows, error) {
	h, err := openHashed(string(f))
	if err != nil {
		return nil, err
	}
	r := importjob.NewReader(h)
	r.NoLimits = true
	names, err := r.Header()
	if err != nil && !errors.Is(err, importjob.ErrBOM) { // the parts get a header of their own
		return nil, errors.Join(fmt.Errorf("%s: %w", f, err), h.close())
	}
	return &dialectRows{h, r, names}, nil
}

type dialectRows struct {
	*hashed
	reader *importjob.Reader
	names  []string
}

func (r *dialectRows) columns() []string { return r.names }

func (r *dialectRows) next() (sourceRow, error) {
	row, err := r.reader.ReadRow()
	if row == nil {
		return sourceRow{}, err
	}
	s := sourceRow{line: row.Line(), row: row}
	if errors.As(err, &s.fault) {
		s.row, s.values = nil, valuesOf(row)
	}
	return s, nil
}
