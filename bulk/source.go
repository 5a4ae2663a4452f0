package bulk

import (
	"context"
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

// Source is the users to import, in any number. [CognitoCSV], [CSV], [Export], [Records], [Retry], [Rows] and [Stream] return one. Other
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

	ctx         context.Context        // ends the opening, which can take long
	opening     func(done, size int64) // is called while a source is opened that reads all of its bytes for that
	pool        importjob.Pool
	assumptions importjob.Assumptions
	scratch     string // a directory for temporary files
}

// rowReader reads the rows of a source.
type rowReader interface {
	// columns returns the names of the values of a row.
	columns() []string

	// statesAlgorithms reports whether the rows say which algorithm their password hashes have. Otherwise
	// all hashes of the source have the algorithm of CreateInput.
	statesAlgorithms() bool

	// next sets s to the next row, which is valid until the next call. The error is io.EOF at the end. (A row as a result would be
	// copied by each function on its way.)
	next(s *sourceRow) error

	// digest returns the SHA-256 of the bytes that were read, in hexadecimal, or "" if the source is not
	// a file.
	digest() (string, error)

	// bytes returns how many bytes of the files were read, and their size. The size is 0 if it is not known.
	bytes() (done, size int64)

	close() error
}

// sourceRow is one row of a source.
type sourceRow struct {
	line   int                 // the line in the source; greater than the line of the row before
	row    *importjob.Row      // the row in Cognito's dialect; nil if the dialect cannot hold it
	fault  *importjob.CSVError // why row is nil
	values []string            // the values, if row is nil

	// unknown are the values of the row under keys that are not columns, if row is nil.
	unknown map[string]string

	// record is the place of a rejected record of an export, if row is nil.
	record *exportRecord

	// text is the row in Cognito's dialect, without the line end. A source that has checked all rules but those of the password
	// hash sets it, and leaves row nil. username and hasHash say what is in it.
	text     []byte
	username []byte
	hasHash  bool

	// algorithm is the algorithm of the password hash in the row, if rowReader.statesAlgorithms. "" means the
	// algorithm of CreateInput. It says nothing if the row has no hash.
	algorithm importjob.PasswordHashingAlgorithm
}

// identity identifies a source. The journal holds it.
type identity struct {
	Kind    string            `json:"kind"`
	Name    string            `json:"name,omitempty"`
	Size    int64             `json:"size,omitempty"`
	ModTime time.Time         `json:"mod_time,omitzero"`
	Columns map[string]string `json:"columns,omitempty"`
	Ignored []string          `json:"ignored,omitempty"`
	Export  *exportIdentity   `json:"export,omitempty"`
	Saved   bool              `json:"saved,omitempty"` // the file is the one in the directory to which a Stream was saved
}

// sameForm reports whether two sources are read in the same way.
func (i identity) sameForm(other identity) bool {
	return normalKind(i.Kind) == normalKind(other.Kind) && maps.Equal(i.Columns, other.Columns) &&
		slices.Equal(setOf(i.Ignored), setOf(other.Ignored)) && i.Export.sameForm(other.Export)
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
	if i.Export != nil && other.Export != nil {
		return i.Export.sameFiles(other.Export)
	}
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
	size int64
	done int64
}

func openHashedFile(path string) (*hashedFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	h := &hashedFile{file: f, sum: sha256.New()}
	if info, err := f.Stat(); err == nil {
		h.size = info.Size()
	}
	return h, nil
}

func (h *hashedFile) Read(p []byte) (int, error) {
	n, err := h.file.Read(p)
	_, _ = h.sum.Write(p[:n])
	h.done += int64(n)
	return n, err
}

func (h *hashedFile) digest() (string, error)   { return hex.EncodeToString(h.sum.Sum(nil)), nil }
func (h *hashedFile) bytes() (done, size int64) { return h.done, h.size }
func (h *hashedFile) close() error              { return h.file.Close() }

// digestOf returns the SHA-256 of a file.
func digestOf(ctx context.Context, path string) (string, error) {
	h, err := openHashedFile(path)
	if err != nil {
		return "", err
	}
	buffer := make([]byte, fileBuffer)
	for err == nil && ctx.Err() == nil {
		_, err = h.Read(buffer)
	}
	digest, _ := h.digest()
	if err == nil {
		err = context.Cause(ctx)
	} else if err == io.EOF {
		err = nil
	}
	return digest, errors.Join(err, h.close())
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

// digest returns the SHA-256 of the file that an identity names.
func (i identity) digest(ctx context.Context) (string, error) {
	if i.Export != nil {
		return i.Export.digest(ctx)
	}
	return digestOf(ctx, i.Name)
}

func (r *dialectReader) columns() []string { return r.names }

func (r *dialectReader) statesAlgorithms() bool { return false }

func (r *dialectReader) next(s *sourceRow) error {
	row, err := r.reader.ReadRow()
	if row == nil {
		return err
	}
	*s = sourceRow{line: row.Line(), row: row}
	if err != nil && errors.As(err, &s.fault) {
		s.row, s.values = nil, valuesOf(row)
	}
	return nil
}
