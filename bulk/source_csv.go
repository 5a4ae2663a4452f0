package bulk

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// CSVOptions are the options of [CSV]. nil means the defaults: the columns have the names of the columns of the
// pool, and a comma separates values.
type CSVOptions struct {
	// Columns maps a column of the pool (the key) to the column of the file that has its values. It is
	// needed where the names differ. Several columns of the pool can use the same column of the file.
	Columns map[string]string

	// Ignore names columns of the file that are not imported. Each column of the file must be mapped,
	// ignored, or called like a column of the pool. Otherwise the error is [ErrColumns].
	Ignore []string

	// Comma is the character between values. 0 means a comma. A quotation mark, a line end and an
	// invalid character are an error.
	Comma rune
}

// ErrColumns reports a [CSV] file whose columns do not match the columns of the pool. The message names the
// column. Change [CSVOptions] or the header.
var ErrColumns = errors.New("the columns of the file do not match the columns of the pool")

// CSV returns an ordinary CSV file (RFC 4180) as a source: its first record is the header, and values can be quoted.
// A byte order mark and empty lines are ignored. A row that Cognito's dialect cannot hold is rejected, such as one with a line break
// in a value; so is a row with too few or too many values. The source line of a row is the line on which it begins.
//
// The file must be a regular file, since a resumed import reads it again. A quotation mark in the wrong place ends
// the planning with a *[csv.ParseError], and a record of more than 4 MiB ends it with an error.
func CSV(path string, opts *CSVOptions) Source {
	f := csvFile{path: path}
	if opts != nil {
		f.CSVOptions = CSVOptions{Columns: maps.Clone(opts.Columns), Ignore: slices.Clone(opts.Ignore), Comma: opts.Comma}
	}
	f.Comma = cmp.Or(f.Comma, defaultComma)
	return f
}

const (
	csvKind      = "csv" // the kind of the identity; any other comma follows after a space
	defaultComma = ','
)

type csvFile struct {
	path string
	CSVOptions
}

func (f csvFile) identity() (identity, error) {
	kind := csvKind
	if f.Comma != defaultComma {
		kind += " " + string(f.Comma)
	}
	id, err := fileIdentity(kind, f.path)
	id.Columns, id.Ignored = f.Columns, f.Ignore
	return id, err
}

func (f csvFile) plannedIdentity(identity) (identity, error) { return f.identity() }

// normalCSVKind returns the kind without the default comma. Earlier versions wrote it if the caller gave it.
func normalCSVKind(kind string) string {
	if kind == csvKind+" "+string(defaultComma) {
		return csvKind
	}
	return kind
}

func (f csvFile) open(rules sourceRules) (rowReader, error) {
	h, err := openHashedFile(f.path)
	if err != nil {
		return nil, err
	}
	in := &recordLimiter{r: h}
	r := &csvReader{hashedFile: h, in: in, csv: csv.NewReader(skipBOM(in)), encoder: newEncoder(rules)}
	r.csv.ReuseRecord = true
	r.csv.Comma = f.Comma
	header, err := r.csv.Read()
	if err == io.EOF {
		err = importjob.ErrEmptyFile
	}
	if err == nil {
		r.width = len(header)
		r.indexes, err = f.match(header, rules.columns)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", f.path, err), h.close())
	}
	return r, nil
}

// match returns for each column of the pool the index of its value in a record, or -1 if the file does not
// have it.
func (f csvFile) match(header, columns []string) ([]int, error) {
	for i, name := range header {
		if slices.Contains(header[:i], name) && !slices.Contains(f.Ignore, name) {
			return nil, fmt.Errorf("%w: column %d has the same name as an earlier column: rename or ignore it", ErrColumns, i+1)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Columns)) {
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("%w: %s is mapped, but the pool has no such column: correct its name", ErrColumns, name)
		}
	}
	indexes := make([]int, len(columns))
	for i, name := range columns {
		var err error
		if indexes[i], err = f.indexOf(name, header); err != nil {
			return nil, err
		}
	}
	return indexes, f.checkAllUsed(header, indexes)
}

// indexOf returns the index of the value of a column of the pool in a record, or -1.
func (f csvFile) indexOf(name string, header []string) (int, error) {
	from, mapped := f.Columns[name]
	if !mapped {
		from = name
	}
	index := slices.Index(header, from)
	if slices.Contains(f.Ignore, from) {
		if mapped {
			return -1, fmt.Errorf("%w: %s is both ignored and mapped to %s: do one of them", ErrColumns, from, name)
		}
		index = -1
	}
	switch {
	case index >= 0:
		return index, nil
	case mapped:
		return -1, fmt.Errorf("%w: the file has no column %s, which is mapped to %s: correct its name", ErrColumns, from, name)
	case name == importjob.ColumnUsername:
		return -1, fmt.Errorf("%w: the file has no column %s: map one to it", ErrColumns, name)
	}
	return -1, nil
}

// checkAllUsed refuses columns of the file that are neither imported nor ignored. The error has their numbers,
// since in a file without a header the names are values of a user.
func (f csvFile) checkAllUsed(header []string, indexes []int) error {
	var unused []string
	for i, name := range header {
		if !slices.Contains(indexes, i) && !slices.Contains(f.Ignore, name) {
			unused = append(unused, fmt.Sprint(i+1))
		}
	}
	if unused != nil {
		return fmt.Errorf("%w: the pool has no column for %s %s of the file: map or ignore %s", ErrColumns,
			plural(int64(len(unused)), "column", "columns"), strings.Join(unused, ", "), plural(int64(len(unused)), "it", "them"))
	}
	return nil
}

// csvReader reads the rows of an ordinary CSV file.
type csvReader struct {
	*hashedFile
	*encoder
	in      *recordLimiter
	csv     *csv.Reader
	width   int   // values of the header
	indexes []int // by column of the pool: the index of its value in a record, or -1
}

func (r *csvReader) statesAlgorithms() bool { return false }

func (r *csvReader) next(s *sourceRow) error {
	r.in.n = 0
	record, err := r.csv.Read()
	wrongCount := errors.Is(err, csv.ErrFieldCount)
	if err != nil && !wrongCount {
		return err
	}
	line, _ := r.csv.FieldPos(0)
	for i, index := range r.indexes {
		if r.record[i] = ""; index >= 0 && index < len(record) {
			r.record[i] = record[index]
		}
	}
	if wrongCount { // rejected.csv has the values without a column after the others
		values := append(slices.Clone(r.record), record[min(r.width, len(record)):]...)
		*s = sourceRow{line: line, fault: &importjob.CSVError{Err: importjob.ErrFieldCount}, values: values}
		return nil
	}
	*s = r.encode(line)
	return nil
}

// recordBytes limits the size of a record, in bytes. A record that can be imported is smaller.
const recordBytes = 4 << 20

// errRecord reports a record that is too long.
var errRecord = fmt.Errorf("a record has more than %d MiB: look for a quotation mark that is not closed", recordBytes>>20)

// recordLimiter is a reader that fails if one record is too long. After a quotation mark that is not closed, the
// rest of the file is one value, and would have to fit into memory.
type recordLimiter struct {
	r io.Reader
	n int // bytes read for this record
}

func (l *recordLimiter) Read(p []byte) (int, error) {
	if l.n > recordBytes {
		return 0, errRecord
	}
	n, err := l.r.Read(p)
	l.n += n
	return n, err
}

// skipBOM returns a reader without the byte order mark that spreadsheets write at the begin of a file in UTF-8.
func skipBOM(r io.Reader) io.Reader {
	const bom = "\uFEFF"
	begin := make([]byte, len(bom))
	n, err := io.ReadFull(r, begin)
	if string(begin[:n]) == bom {
		n = 0
	}
	rest := r
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		rest = errorReader{err}
	}
	return io.MultiReader(strings.NewReader(string(begin[:n])), rest)
}

// errorReader is a reader that returns an error.
type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }
