package memory

import (
	"context"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/scan"
)

// file is an uploaded CSV file whose rows have been checked. A pool keeps the file as long as it has users from it,
// because it reads the attributes of these users from data.
type file struct {
	data    text
	size    int64  // the number of bytes of data when it was uploaded
	header  string // the line of the header of a file that is too large to be kept
	columns []string
	forms   []form   // the form of each column's values
	offsets []uint32 // the offset of each row in data
	tags    []uint32 // the tag of each row's username, for the index of users; nil after the job has started
	lines   []int32  // the line of each row; nil if there is no gap between the lines, from first on
	first   int32    // the line of the first row
	bad     []badRow
	failure string // the completion message if the file as a whole cannot be imported, else ""
	version int    // the version of the settings by which the rows were checked

	username int // the index of the username column
}

// check reads a file of size bytes from r and checks its rows. It returns an error of ctx or of r only.
func (a *account) check(ctx context.Context, r io.Reader, size int64, set settings, algorithm importjob.PasswordHashingAlgorithm) (*file, error) {
	f := &file{version: set.version}
	var sum importjob.CheckSummary
	opts := &importjob.CheckOptions{
		PasswordHashingAlgorithm: algorithm,
		Assumptions:              a.opts.Assumptions,
		Workers:                  workers(size),
		Summary:                  &sum,
		OnRows: func(rows *importjob.CheckedRows) {
			if f.columns == nil {
				f.columns = slices.Clone(rows.Columns)
				f.username = slices.Index(f.columns, importjob.ColumnUsername)
				f.forms = forms(f.columns, set, a.opts.ISOBirthdate)
			}
			f.reserve(rows, size)
			f.add(rows)
		},
	}
	fatal := false
	for finding, err := range importjob.Check(ctx, set.Pool.Pool, r, opts) {
		if err != nil {
			return nil, err
		}
		fatal = finding.Fatal
	}
	if fatal {
		return &file{version: f.version, failure: sum.Message, columns: f.columns}, nil
	}
	return f, nil
}

// workers returns the number of goroutines that check a file. One goroutine at a time reads the file, so more than
// four would mostly wait.
func workers(size int64) int {
	const large = 4 << 20
	if size < large {
		return 1
	}
	return min(runtime.GOMAXPROCS(0), 4)
}

// reserve grows offsets and tags to the number of rows that the whole file will have, but to at most eight times as
// many as have come. It estimates the number from the mean length of the rows so far. Growing with append would
// allocate five times as much in total.
func (f *file) reserve(rows *importjob.CheckedRows, size int64) {
	const sample = 64 << 10 // the number of bytes that give a good mean
	more, sofar := rows.Len(), rows.Summary
	if len(f.offsets)+more <= cap(f.offsets) || sofar.Bytes < sample {
		return
	}
	left := int(float64(sofar.Rows) * float64(size-sofar.Bytes) / float64(sofar.Bytes) * 1.02)
	more += min(max(left, 0), 15*(len(f.offsets)+more), importjob.MaxRows)
	f.offsets, f.tags = slices.Grow(f.offsets, more), slices.Grow(f.tags, more)
}

// add stores the offsets, lines and tags of a batch of rows, and which of the rows are bad.
func (f *file) add(rows *importjob.CheckedRows) {
	findings := rows.Findings
	from := len(f.offsets)
	for i := range rows.Len() {
		row := rows.Row(i)
		if row.Bad {
			f.bad = appendBad(f.bad, from+i, findings[0].Status, findings[0].Reason)
			findings = findings[1:]
		}
		f.addLine(from+i, row.Line)
		f.offsets = append(f.offsets, uint32(row.Offset))
		f.tags = append(f.tags, uint32(row.UsernameHash))
	}
}

// addLine stores the line of a row. It allocates lines only at the first gap, such as an empty line.
func (f *file) addLine(row, line int) {
	if row == 0 {
		f.first = int32(line)
	}
	if f.lines == nil {
		if line == int(f.first)+row {
			return
		}
		for i := range row {
			f.lines = append(f.lines, f.first+int32(i))
		}
	}
	f.lines = append(f.lines, int32(line))
}

// appendBad appends a row that is not imported, and counts the skipped rows so far.
func appendBad(bad []badRow, row int, outcome importjob.RowStatus, reason string) []badRow {
	b := badRow{row: int32(row), outcome: outcome, reason: reason}
	if len(bad) > 0 {
		b.skipped = bad[len(bad)-1].skipped
	}
	if outcome == importjob.RowSkipped {
		b.skipped++
	}
	return append(bad, b)
}

// checkedBy returns the file as checked by the settings set. It checks the file again if the settings have changed
// since the upload (A44).
func (a *account) checkedBy(f *file, set settings, algorithm importjob.PasswordHashingAlgorithm) *file {
	if f.version == set.version {
		return f
	}
	if f.header != "" {
		return a.headerCheckedBy(f, set, algorithm)
	}
	if f.size == 0 {
		return f
	}
	again, err := a.check(context.Background(), f.data.reader(), f.size, set, algorithm)
	if err != nil {
		return f // cannot happen: reading a text does not fail
	}
	again.data, again.size = f.data, f.size
	return again
}

// messageTooLarge is the completion message of a job whose file has more than Assumptions.MaxFileBytes. (A16)
var messageTooLarge = "The .csv file could not be read: " + importjob.ErrFileTooLarge.Error() + "."

// headerCheckedBy is checkedBy for a file that was too large to be kept. Only the faults of its header depend on the
// settings. A file without such a fault fails for the reason that it had at the upload, or, if the header was faulty
// then, so that no row was read, for its size.
func (a *account) headerCheckedBy(f *file, set settings, algorithm importjob.PasswordHashingAlgorithm) *file {
	again, err := a.check(context.Background(), strings.NewReader(f.header), int64(len(f.header)), set, algorithm)
	switch {
	case err != nil:
		return f // cannot happen: reading a text does not fail
	case again.failure != "":
		return again
	case f.columns == nil:
		return &file{version: set.version, failure: messageTooLarge}
	}
	return &file{version: set.version, failure: f.failure}
}

// line returns the line number of a row.
func (f *file) line(row int) int {
	if f.lines != nil {
		return int(f.lines[row])
	}
	return int(f.first) + row
}

// text returns the text of a row without the "\n" at its end. To be fast it cuts the text at the offset of the next
// row. It searches for the "\n" only if empty lines follow the row, or if the row ends in a carriage return. A file
// whose text was dropped has empty rows.
func (f *file) text(row int) string {
	end := f.data.size
	if end == 0 {
		return ""
	}
	if row+1 < len(f.offsets) {
		end = int(f.offsets[row+1])
	}
	text := strings.TrimSuffix(f.data.row(int(f.offsets[row]), end), "\n")
	if strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\r") {
		text, _, _ = strings.Cut(text, "\n")
	}
	return text
}

// value returns the value of a row in a column, counted from 0.
func (f *file) value(row, column int) string {
	return scan.Value(f.text(row), column, len(f.columns))
}

// name returns the username of a row.
func (f *file) name(row int) string { return f.value(row, f.username) }
