package format

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// table reads the records of a CSV file.
//
// An error of quotation marks rejects the first line of its record only. What follows a mark that is not closed is as likely good
// records as it is the rest of a cell.
type table struct {
	columns
	w          *window
	scan       scanner
	line       int // the line at w.pos, from 1
	nulls      []string
	transcoded bool // the file was not UTF-8: U+FFFD marks what was invalid in it
	values     []Value
}

// dialect is how a table is written.
type dialect struct {
	delimiter  byte
	escape     byte // 0 for none
	terminator byte
	sepLine    bool // the first line is sep= and the delimiter
}

func newTable(r io.Reader, d dialect, nulls []string, transcoded bool) *table {
	t := &table{w: newWindow(r), line: 1, nulls: nulls, transcoded: transcoded}
	t.scan = scanner{delimiter: d.delimiter, escape: d.escape, terminator: d.terminator}
	if d.sepLine {
		t.w.skipLine(d.terminator)
		t.line++
	}
	return t
}

// readHeader makes the next record the names of the columns.
func (t *table) readHeader() error {
	line, length, err := t.record()
	if err == io.EOF {
		err = ErrEmpty
	}
	if err != nil {
		return err
	}
	if fault := t.fault(line, length, len(t.scan.cells)); fault != nil {
		return fault
	}
	header := make([]string, len(t.scan.cells))
	for i := range header {
		header[i] = strings.Clone(t.value(t.w.rests(), i).Text)
	}
	t.names = trimmed(header)
	t.consume(length)
	return nil
}

func (t *table) columnNames() []string { return t.names }

func (t *table) bind(paths []Path, o BindOptions) error {
	if !o.Records.IsZero() {
		return &BindError{Path: o.Records, Reason: "a table has no path to its records"}
	}
	if err := t.columns.bind(paths, o.Where); err != nil {
		return err
	}
	t.values = make([]Value, len(t.bound))
	return nil
}

// next reads the next record that the filters keep.
func (t *table) next(rec *Record) error {
	for {
		line, length, err := t.record()
		if err != nil {
			return err
		}
		fault := t.fault(line, length, len(t.names))
		if fault == nil {
			t.read()
		}
		t.consume(length)
		if fault != nil {
			return fault
		}
		if keepsAll(t.keep, t.values[min(t.count, len(t.values)):]) {
			rec.Line, rec.Values = line, t.values[:t.count]
			ownText(rec.Values, length)
			return nil
		}
	}
}

// record finds the next record that has a cell that is not empty. It returns its line and its length in the window.
func (t *table) record() (line, length int, err error) {
	for {
		rest, final := t.w.rest(), t.w.err != nil
		length, result := t.scan.scan(t.w)
		switch {
		case result == needMore && len(rest) <= MaxRecord && t.w.fill():
		case result == notClosed && t.w.cutOff() != nil:
			return t.line, 0, t.w.err // what follows the mark may be the rest of its cell
		case result != scanned:
			return t.line, 0, t.reject(result)
		case len(rest) == 0:
			return t.line, 0, t.w.err
		case final && length == len(rest) && t.w.cutOff() != nil:
			return t.line, 0, t.w.err // the rest may be a part of a record
		case t.empty():
			t.consume(length)
		default:
			return t.line, length, nil
		}
	}
}

// reject consumes the first line of a record that cannot be read.
func (t *table) reject(result outcome) error {
	rejected := &RecordError{Line: t.line, Column: len(t.scan.cells)}
	switch result {
	case stray:
		rejected.Err = ErrQuote
	case notClosed:
		rejected.Err = ErrUnclosedQuote
	default:
		rejected.Err, rejected.Column = ErrRecordTooLong, 0
	}
	if !t.w.skipLine(t.scan.terminator) && t.w.cutOff() != nil {
		return t.w.err
	}
	t.line++
	return rejected
}

// empty reports whether all cells of the record are empty.
func (t *table) empty() bool {
	for _, c := range t.scan.cells {
		if c.from != c.to {
			return false
		}
	}
	return true
}

// consume goes on behind the record, and counts its lines. Only quoted cells have line ends.
func (t *table) consume(length int) {
	lines := 1
	if t.scan.quoted {
		lines = max(1, bytes.Count(t.w.rest()[:length], []byte{t.scan.terminator}))
	}
	t.line += lines
	t.w.pos += length
}

// fault returns what is wrong with the record that was scanned.
func (t *table) fault(line, length, want int) error {
	switch got := len(t.scan.cells); {
	case got != want:
		return &RecordError{Line: line, Err: &CellsError{Cells: got, Columns: want}}
	case !t.w.valid(t.w.pos + length), t.transcoded && bytes.Contains(t.w.rest()[:length], []byte("\uFFFD")):
		return &RecordError{Line: line, Column: t.invalidCell(), Err: ErrInvalidText}
	default:
		return nil
	}
}

// invalidCell returns the number of the first cell that is not valid text.
func (t *table) invalidCell() int {
	for i, c := range t.scan.cells {
		text := t.w.rest()[c.from:c.to]
		if !bytes.Equal(bytes.ToValidUTF8(text, []byte("\uFFFD")), text) || t.transcoded && bytes.Contains(text, []byte("\uFFFD")) {
			return i + 1
		}
	}
	return 0
}

// read sets the values of the record that was scanned.
func (t *table) read() {
	text, cells := t.w.rests(), t.scan.cells
	special := t.scan.quoted || len(t.nulls) > 0 || t.scan.escape != 0
	for i := range t.bound {
		b, v := &t.bound[i], &t.values[i]
		switch {
		case b.column < 0:
			continue // it stays Missing
		case special:
			*v = t.value(text, b.column)
		default:
			c := cells[b.column]
			v.Text, v.Kind, v.Quoted = text[c.from:c.to], String, false
		}
		if b.json != nil {
			b.set(v)
		}
	}
}

// value returns the value of a cell of the record that begins text.
func (t *table) value(text string, column int) Value {
	c := t.scan.cells[column]
	v := Value{Text: text[c.from:c.to], Kind: String, Quoted: c.quoted}
	switch {
	case !c.quoted && (slices.Contains(t.nulls, v.Text) || t.scan.escape != 0 && v.Text == "NULL"):
		return Value{Kind: Null}
	case c.doubled && t.scan.escape != 0:
		return escapedValue(v, t.scan.escape)
	case c.doubled:
		v.Text = strings.ReplaceAll(v.Text, `""`, `"`)
	}
	return v
}
