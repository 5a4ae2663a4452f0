package bulk

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"

	"github.com/cognito-import/importjob"
)

// rejection is a row that goes into no part.
type rejection struct {
	line      int
	attribute string // the column that is wrong, or ""
	reason    string
	values    []string
}

// text is the reason with the column.
func (r rejection) text() string {
	if r.attribute == "" {
		return r.reason
	}
	return r.attribute + ": " + r.reason
}

// rejectedColumns stand before those of the rows.
var rejectedColumns = []string{"source_line", "attribute", "reason"}

func valuesOf(row *importjob.Row) []string {
	values := make([]string, row.Len())
	for i, value := range row.Fields() {
		values[i] = string(value)
	}
	return values
}

// rejectWriter writes a file of rejections, in the order of their lines. It is an ordinary CSV file,
// so that people can mend the rows with a spreadsheet.
type rejectWriter struct {
	*csv.Writer
	count int64
}

func newRejectWriter(w io.Writer, columns []string) *rejectWriter {
	r := &rejectWriter{Writer: csv.NewWriter(w)}
	_ = r.Write(append(rejectedColumns, columns...)) // errors stay until Flush
	return r
}

func (w *rejectWriter) add(r rejection) {
	w.count++
	_ = w.Write(append([]string{strconv.Itoa(r.line), r.attribute, r.reason}, r.values...))
}

func (w *rejectWriter) flush() error {
	w.Flush()
	return w.Error()
}

// rejectReader reads such a file.
type rejectReader struct {
	file    *os.File
	csv     *csv.Reader
	columns []string
	head    rejection // the next one
	err     error     // why there is none
}

func openRejects(path string) (*rejectReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &rejectReader{file: f, csv: csv.NewReader(f)}
	r.csv.FieldsPerRecord = -1 // a row may have been rejected for that
	header, err := r.csv.Read()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r.columns = header[len(rejectedColumns):]
	r.advance()
	return r, nil
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
	r.head = rejection{attribute: record[1], reason: record[2], values: record[len(rejectedColumns):]}
	r.head.line, r.err = strconv.Atoi(record[0])
}

func (r *rejectReader) close() { _ = r.file.Close() }
