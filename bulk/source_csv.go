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
	// Columns maps the name of a column of the pool to the name of a column of the file, where the two
	// differ. Several columns of the pool can have the same column of the file.
	Columns map[string]string

	// Ignore names columns of the file that are not imported, in any order. A column of the file that
	// is neither mapped, nor ignored, nor a column of the pool is an [ErrColumns].
	Ignore []string

	// Comma is the character between values. 0 means a comma.
	Comma rune
}

// ErrColumns reports a CSV file whose columns do not fit the columns of the pool.
var ErrColumns = errors.New("the columns do not fit the pool's")

// CSV returns an ordinary CSV file (RFC 4180), with quoted values and a header, as a source. A row that Cognito's
// dialect cannot hold, such as one with a line break in a value, is rejected. The file must be a regular file,
// since a resumed import reads it again. A record of more than 4 MiB is an error, since a quotation mark is
// probably not closed.
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
			return nil, fmt.Errorf("%w: column %d has the same name as one before it", ErrColumns, i+1)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Columns)) {
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("%w: %s is mapped, but the pool has no such column", ErrColumns, name)
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
			return -1, fmt.Errorf("%w: %s is ignored, and mapped to %s", ErrColumns, from, name)
		}
		index = -1
	}
	switch {
	case index >= 0:
		return index, nil
	case mapped:
		return -1, fmt.Errorf("%w: the file has no column %s, to which %s is mapped", ErrColumns, from, name)
	case name == importjob.ColumnUsername:
		return -1, fmt.Errorf("%w: no column is, or is mapped to, %s", ErrColumns, name)
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
		return fmt.Errorf("%w: nothing of the pool is called like, or mapped to, column %s: map or ignore it", ErrColumns, strings.Join(unused, ", "))
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

func (r *csvReader) next() (sourceRow, error) {
	r.in.n = 0
	record, err := r.csv.Read()
	wrongCount := errors.Is(err, csv.ErrFieldCount)
	if err != nil && !wrongCount {
		return sourceRow{}, err
	}
	line, _ := r.csv.FieldPos(0)
	for i, index := range r.indexes {
		if r.record[i] = ""; index >= 0 && index < len(record) {
			r.record[i] = record[index]
		}
	}
	if wrongCount { // rejected.csv has the values without a column after the others
		values := append(slices.Clone(r.record), record[min(r.width, len(record)):]...)
		return sourceRow{line: line, fault: &importjob.CSVError{Err: importjob.ErrFieldCount}, values: values}, nil
	}
	return r.encode(line), nil
}

// recordBytes limits the size of a record, in bytes. A record that can be imported is smaller.
const recordBytes = 4 << 20

// errRecord reports a record that is too long.
var errRecord = fmt.Errorf("a record has more than %d MiB: its quotation mark may not be closed", recordBytes>>20)

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
