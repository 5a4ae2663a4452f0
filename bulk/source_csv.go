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

// CSVOptions say how the columns of a [CSV] are meant. nil means that they have the names of the
// pool's.
type CSVOptions struct {
	// Columns gives the column of the file for a column of the pool, where the names differ. One
	// column can stand for several.
	Columns map[string]string

	// Ignore names columns of the file that are not imported. A column that is neither mapped nor
	// ignored nor of the pool is an error, so that none is forgotten.
	Ignore []string

	// Comma is what stands between values; 0 means a comma.
	Comma rune
}

// ErrColumns reports a CSV file with columns that do not fit the pool's.
var ErrColumns = errors.New("the columns do not fit the pool's")

// CSV returns an ordinary CSV file as RFC 4180 describes it, with quoted values. What Cognito's
// dialect cannot hold, such as a line break in a value, is a row that is rejected.
func CSV(path string, opts *CSVOptions) Source {
	f := csvFile{path: path}
	if opts != nil {
		f.CSVOptions = CSVOptions{Columns: maps.Clone(opts.Columns), Ignore: slices.Clone(opts.Ignore), Comma: opts.Comma}
	}
	f.Comma = cmp.Or(f.Comma, defaultComma)
	return f
}

const (
	csvKind      = "csv" // of an identity; a comma other than the default follows after a space
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

// normalCSVKind returns the kind without a default comma. Earlier versions wrote the comma when the
// caller gave it.
func normalCSVKind(kind string) string {
	if kind == csvKind+" "+string(defaultComma) {
		return csvKind
	}
	return kind
}

func (f csvFile) open(rules sourceRules) (rows, error) {
	h, err := openHashed(f.path)
	if err != nil {
		return nil, err
	}
	in := &bounded{r: h}
	r := &csvRows{hashed: h, in: in, csv: csv.NewReader(skipBOM(in)), encoder: newEncoder(rules)}
	r.csv.ReuseRecord = true
	r.csv.Comma = f.Comma
	header, err := r.csv.Read()
	if err == io.EOF {
		err = importjob.ErrEmptyFile
	}
	if err == nil {
		r.width = len(header)
		r.places, err = f.match(header, rules.columns)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", f.path, err), h.close())
	}
	return r, nil
}

// match returns for each column of the pool which value of a record it has, or -1.
func (f csvFile) match(header, columns []string) ([]int, error) {
	used := make([]bool, len(header))
	for i, name := range header {
		used[i] = slices.Contains(f.Ignore, name)
		if slices.Contains(header[:i], name) && !used[i] {
			return nil, fmt.Errorf("%w: column %d has the same name as one before it", ErrColumns, i+1)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Columns)) {
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("%w: %s is mapped, but the pool has no such column", ErrColumns, name)
		}
	}
	places := make([]int, len(columns))
	for i, name := range columns {
		from, mapped := f.Columns[name]
		if !mapped {
			from = name
		}
		places[i] = slices.Index(header, from)
		if slices.Contains(f.Ignore, from) {
			if mapped {
				return nil, fmt.Errorf("%w: %s is ignored, and mapped to %s", ErrColumns, from, name)
			}
			places[i] = -1
		}
		switch {
		case places[i] >= 0:
			used[places[i]] = true
		case mapped:
			return nil, fmt.Errorf("%w: the file has no column %s, to which %s is mapped", ErrColumns, from, name)
		case name == importjob.ColumnUsername:
			return nil, fmt.Errorf("%w: no column is, or is mapped to, %s", ErrColumns, name)
		}
	}
	var unused []string
	for i := range header { // by number: in a file without a header the names are somebody's data
		if !used[i] {
			unused = append(unused, fmt.Sprint(i+1))
		}
	}
	if unused != nil {
		return nil, fmt.Errorf("%w: nothing of the pool is called like, or mapped to, column %s: map or ignore it", ErrColumns, strings.Join(unused, ", "))
	}
	return places, nil
}

type csvRows struct {
	*hashed
	*encoder
	in     *bounded
	csv    *csv.Reader
	width  int   // of the header
	places []int // where in a record the values of the pool's columns are, or -1
}

func (r *csvRows) next() (sourceRow, error) {
	r.in.n = 0
	record, err := r.csv.Read()
	wrongCount := errors.Is(err, csv.ErrFieldCount)
	if err != nil && !wrongCount {
		return sourceRow{}, err
	}
	line, _ := r.csv.FieldPos(0)
	for i, place := range r.places {
		if r.record[i] = ""; place >= 0 && place < len(record) {
			r.record[i] = record[place]
		}
	}
	if wrongCount { // what is too much is kept at the end
		values := append(slices.Clone(r.record), record[min(r.width, len(record)):]...)
		return sourceRow{line: line, fault: &importjob.CSVError{Err: importjob.ErrFieldCount}, values: values}, nil
	}
	return r.encode(line), nil
}

// recordBytes is more than any record has that could be imported.
const recordBytes = 4 << 20

// errRecord reports a record that does not end.
var errRecord = fmt.Errorf("a record has more than %d MiB: its quotation mark may not be closed", recordBytes>>20)

// bounded is a reader that fails when one record takes too much of it. A quotation mark that is not
// closed makes one value of all that follows, which is to fit into memory.
type bounded struct {
	r io.Reader
	n int // bytes for this record
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.n > recordBytes {
		return 0, errRecord
	}
	n, err := b.r.Read(p)
	b.n += n
	return n, err
}

// skipBOM leaves out a byte order mark, with which spreadsheets begin a file in UTF-8.
func skipBOM(r io.Reader) io.Reader {
	const bom = "\uFEFF"
	begin := make([]byte, len(bom))
	n, err := io.ReadFull(r, begin)
	if string(begin[:n]) == bom {
		n = 0
	}
	rest := r
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		rest = failing{err}
	}
	return io.MultiReader(strings.NewReader(string(begin[:n])), rest)
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
