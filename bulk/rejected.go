package bulk

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"

	"github.com/cognito-import/importjob"
)

// rejection is a rejected row. It goes into no part.
type rejection struct {
	line      int
	attribute string // the column with the fault, or ""
	reason    string
	values    []string
}

// text returns the reason with the column.
func (r rejection) text() string {
	if r.attribute == "" {
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

// rejectWriter writes a file of rejections in the order of their lines. The file is an ordinary CSV file
// (RFC 4180), so that users can correct the rows in a spreadsheet.
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

// rejectReader reads a file that a rejectWriter has written.
type rejectReader struct {
	file    *os.File
	csv     *csv.Reader
	columns []string
	head    rejection // the next rejection
	err     error     // why there is no head; io.EOF at the end
}

func openRejects(path string) (*rejectReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &rejectReader{file: f, csv: csv.NewReader(f)}
	r.csv.FieldsPerRecord = -1 // a row can be rejected because of its number of values
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
