package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// fields finds the values of a JSON record.
type fields struct {
	extractor *extractor
	keep      []Filter
	count     int // the number of paths that are not of filters
	dec       *decoder
}

func newFields(paths []Path, where []Filter) (fields, error) {
	all := append([]Path{}, paths...)
	for _, f := range where {
		all = append(all, f.Path)
	}
	x, err := newExtractor(all)
	return fields{extractor: x, keep: where, count: len(paths), dec: newDecoder()}, err
}

// read finds the values in a record. text is the same bytes. The error says why the record is not valid.
func (f *fields) read(record []byte, text string) error {
	f.extractor.clear()
	f.dec.reset(record)
	switch f.dec.PeekKind() {
	case jsontext.KindBeginObject, jsontext.KindBeginArray, jsontext.KindInvalid:
	default:
		if jsontext.Value(record).IsValid() {
			return ErrNotObject
		}
	}
	if err := f.extractor.read(f.dec, text, f.extractor.root); err != nil {
		return jsonError(err)
	}
	if _, err := f.dec.ReadToken(); err != io.EOF {
		return fmt.Errorf("%w: there is text after the value", ErrJSON)
	}
	return nil
}

// keeps reports whether the filters keep the record that was read.
func (f *fields) keeps() bool { return keepsAll(f.keep, f.extractor.values[f.count:]) }

func (f *fields) values() []Value { return f.extractor.values[:f.count] }

// jsonError makes the error of a decoder one that wraps ErrJSON. It leaves out the place, which can have names from the record.
func jsonError(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("%w: an object has two members of the same name", ErrJSON)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it ends too early", ErrJSON)
	case errors.As(err, &syntax) && syntax.Err != nil:
		return fmt.Errorf("%w: %v", ErrJSON, syntax.Err)
	default:
		return fmt.Errorf("%w: %v", ErrJSON, err)
	}
}

// ndjson reads a file with a JSON value on each line. A line that is not valid is rejected alone.
type ndjson struct {
	w       *window
	line    int // the line at w.pos, from 1
	fields  fields
	records Path
	inLine  *locator // the records in the line that was read last, or nil
	number  int      // of the last record in a line; 0 if a line is a record
	source  decoder
	size    int // of the last record, in bytes
}

func newNDJSON(r io.Reader) *ndjson { return &ndjson{w: newWindow(r), line: 1} }

func (n *ndjson) columnNames() []string { return nil }

func (n *ndjson) bind(paths []Path, o BindOptions) (err error) {
	n.records = o.Records
	if err := checkRecords(n.records); err != nil {
		return err
	}
	n.fields, err = newFields(paths, o.Where)
	return err
}

func (n *ndjson) next(rec *Record) error {
	for {
		var none bool
		var err error
		if n.inLine == nil {
			none, err = n.nextLine()
		} else {
			none, err = n.nextInLine()
		}
		switch {
		case err != nil:
			return err
		case !none && n.fields.keeps():
			ownText(n.fields.values(), n.size)
			rec.Line, rec.Number, rec.Values = n.line-1, n.number, n.fields.values()
			return nil
		}
	}
}

// nextLine reads the record that is the next line. It returns true if the line is empty, or if the records are parts of it.
func (n *ndjson) nextLine() (bool, error) {
	length, whole := n.w.line('\n')
	line := n.line
	switch {
	case length < 0:
		if !n.w.skipLine('\n') && n.w.cutOff() != nil {
			return false, n.w.err
		}
		n.line++
		return false, &RecordError{Line: line, Err: ErrRecordTooLong}
	case whole == 0, length == whole && n.w.cutOff() != nil:
		return false, n.w.err // the rest may be a part of a line
	}
	defer func() { n.w.pos += whole }()
	n.line++
	record := bytes.TrimRight(n.w.rest()[:length], " \t\r")
	if len(bytes.TrimLeft(record, " \t")) == 0 {
		return true, nil
	}
	if !n.records.IsZero() {
		n.inLine = newLocator(n.records)
		n.source.buf = *bytes.NewBuffer(bytes.Clone(record))
		n.inLine.dec = jsontext.NewDecoder(&n.source.buf, lenient...)
		return true, nil
	}
	if err := n.fields.read(record, n.w.rests()[:len(record)]); err != nil {
		return false, &RecordError{Line: line, Err: err}
	}
	n.size = len(record)
	return false, nil
}

// nextInLine reads the next record that is a part of the line. It returns true if there are no more.
func (n *ndjson) nextInLine() (bool, error) {
	record, err := n.inLine.next()
	switch err {
	case nil:
		n.number++
		n.size = len(record)
		err = n.fields.read(record, string(record))
	case io.EOF:
		n.inLine = nil
		return true, nil
	default:
		n.inLine = nil // the rest of the line cannot be read
		err = jsonError(err)
	}
	if err != nil {
		return false, &RecordError{Line: n.line - 1, Number: n.number, Err: err}
	}
	return false, nil
}
