package bulk

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
)

// rejection is a rejected row. It goes into no part.
type rejection struct {
	line      int
	attribute string // the column with the fault, or ""
	reason    string
	values    []string
	unknown   map[string]string // the values under keys that are not columns

	record *exportRecord // of an export

	cells []string // of the file, in place of all but line

	algorithm importjob.PasswordHashingAlgorithm // of the password hash, if the source said it
}

// text returns the reason with the column.
func (r rejection) text() string {
	if r.attribute == "" || r.record != nil && r.record.namesColumn(r.reason) {
		return r.reason
	}
	return r.attribute + ": " + r.reason
}

// rejectedColumns are the columns before the columns of the rows.
var rejectedColumns = []string{"source_line", "attribute", "reason"}

func valuesOf(row *importjob.Row) []string {
	values := make([]string, row.Len())
	for i, value := range row.Fields() {
		values[i] = string(value)
	}
	return values
}

// surplusColumn is the column after the columns of the rows. Its value is a surplus as JSON, or "". A file of a directory
// of version 1 does not have it, and has more or fewer values in a row instead.
const surplusColumn = "surplus"

// surplus is what the columns of a row cannot hold.
type surplus struct {
	Values  []string          `json:"values,omitempty"`  // the values after the last column
	Missing int               `json:"missing,omitempty"` // columns at the end for which the row has no value
	Unknown map[string]string `json:"unknown,omitempty"` // the values under keys that are not columns

	// Record is where the row is in an export, and what is wrong with it.
	Record *exportRecord `json:"record,omitempty"`

	// Algorithm is the algorithm of the password hash, if the source said it.
	Algorithm importjob.PasswordHashingAlgorithm `json:"password_hashing_algorithm,omitempty"`
}

// rejectWriter writes a file of rejections in the order of their lines. The file is an ordinary CSV file
// (RFC 4180), so that users can correct the rows in a spreadsheet. All its rows have the same columns.
type rejectWriter struct {
	*csv.Writer
	columns int // of a row
	count   int64
}

func newRejectWriter(w io.Writer, columns []string) *rejectWriter {
	r := &rejectWriter{Writer: csv.NewWriter(w), columns: len(columns)}
	_ = r.Write(append(slices.Concat(rejectedColumns, columns), surplusColumn)) // errors stay until Flush
	return r
}

func (w *rejectWriter) add(r rejection) {
	w.count++
	if r.cells != nil {
		_ = w.Write(r.cells)
		return
	}
	cells, more, missing := r.values, []string(nil), w.columns-len(r.values)
	if missing < 0 {
		cells, more, missing = cells[:w.columns], cells[w.columns:], 0
	}
	record := slices.Concat([]string{strconv.Itoa(r.line), r.attribute, r.reason}, cells, make([]string, missing), []string{""})
	if more != nil || missing > 0 || len(r.unknown) > 0 || r.algorithm != "" || r.record != nil {
		text, _ := json.Marshal(surplus{Values: more, Missing: missing, Unknown: r.unknown, Record: r.record, Algorithm: r.algorithm}) // cannot fail: it has only strings
		record[len(record)-1] = string(text)
	}
	_ = w.Write(record)
}

func (w *rejectWriter) flush() error {
	w.Flush()
	return w.Error()
}

// rejectReader reads a file that a rejectWriter has written.
type rejectReader struct {
	file       *os.File
	csv        *csv.Reader
	hasSurplus bool
	copied     bool
	head       rejection // the next rejection
	err        error     // why there is no head; io.EOF at the end
}

// openRejects opens such a file. If it is only copied, head has nothing but the line and the cells.
func openRejects(path string, copied bool) (*rejectReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &rejectReader{file: f, csv: csv.NewReader(f), copied: copied}
	r.csv.FieldsPerRecord = -1 // see surplusColumn
	header, err := r.csv.Read()
	if err == nil && !isRejectedHeader(header) {
		err = fmt.Errorf("%w: the header of the rejected rows was changed", ErrJournal)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if r.hasSurplus = header[len(header)-1] == surplusColumn; r.hasSurplus {
		r.csv.FieldsPerRecord = len(header)
	}
	r.advance()
	return r, nil
}

// isRejectedHeader reports whether a file that begins with this header is a rejected.csv. The header may begin with a byte
// order mark, since a spreadsheet can have saved the file.
func isRejectedHeader(header []string) bool {
	if len(header) <= len(rejectedColumns) {
		return false
	}
	header = slices.Clone(header[:len(rejectedColumns)])
	header[0] = strings.TrimPrefix(header[0], "\uFEFF")
	return slices.Equal(header, rejectedColumns)
}

// advance reads the next rejection into head.
func (r *rejectReader) advance() {
	record, err := r.csv.Read()
	if err == nil && len(record) < len(rejectedColumns) {
		err = csv.ErrFieldCount
	}
	if r.err = err; err != nil {
		return
	}
	if r.copied {
		r.head = rejection{cells: record}
		r.head.line, r.err = strconv.Atoi(record[0])
		return
	}
	r.head = rejection{attribute: record[1], reason: record[2], values: record[len(rejectedColumns):]}
	if r.head.line, r.err = strconv.Atoi(record[0]); r.hasSurplus && r.err == nil {
		r.err = r.head.splitSurplus()
	}
}

// splitSurplus makes the values of a row from its cells.
func (r *rejection) splitSurplus() error {
	last := len(r.values) - 1
	text, cells := r.values[last], r.values[:last]
	r.values = cells
	if text == "" {
		return nil
	}
	var s surplus
	if err := json.Unmarshal([]byte(text), &s); err != nil || s.Missing < 0 || s.Missing > last {
		return fmt.Errorf("source line %d of the rejected rows: the column %s was changed", r.line, surplusColumn)
	}
	r.values, r.unknown = append(cells[:last-s.Missing:last-s.Missing], s.Values...), s.Unknown
	r.algorithm, r.record = s.Algorithm, s.Record
	return nil
}

func (r *rejectReader) close() { _ = r.file.Close() }
