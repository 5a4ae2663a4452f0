package format

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// jsondoc reads a JSON document, or several one after the other. A record that is not good is rejected alone; a
// fault between the records ends the file.
type jsondoc struct {
	in     *lineCounter
	loc    *locator
	fields fields
	number int // of the record that was read last
}

func newJSONDoc(r io.Reader) *jsondoc { return &jsondoc{in: &lineCounter{r: r, line: 1}} }

func (j *jsondoc) columnNames() []string { return nil }

func (j *jsondoc) bind(paths []Path, o BindOptions) (err error) {
	if err := checkRecords(o.Records); err != nil {
		return err
	}
	if j.fields, err = newFields(paths, o.Where); err != nil {
		return err
	}
	j.loc = newLocator(o.Records)
	j.loc.dec = jsontext.NewDecoder(j.in, lenient...)
	j.loc.before = func() { j.in.consume(j.loc.dec.InputOffset()) }
	return nil
}

func (j *jsondoc) next(rec *Record) error {
	for {
		record, err := j.loc.next()
		if err != nil {
			return j.final(err)
		}
		j.in.consume(j.loc.dec.InputOffset() - int64(len(record)))
		line := j.in.line
		j.number++
		if err := j.fields.read(record, string(record)); err != nil {
			return &RecordError{Line: line, Number: j.number, Err: err}
		}
		if j.fields.keeps() {
			ownText(j.fields.values(), len(record))
			rec.Line, rec.Number, rec.Values = line, j.number, j.fields.values()
			return nil
		}
	}
}

// final returns the error that ends the file.
func (j *jsondoc) final(err error) error {
	switch {
	case err == io.EOF:
		return err
	case j.in.err != nil && j.in.err != io.EOF:
		err = j.in.err
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = ErrTruncated
	default:
		var syntax *jsontext.SyntacticError
		if errors.As(err, &syntax) {
			j.in.consume(syntax.ByteOffset)
		}
		err = jsonError(err)
	}
	return &Error{Line: j.in.line, Err: err}
}

// lineCounter counts the lines of what a decoder consumed, which is less than what it read. It fails if the decoder wants to have more than
// MaxRecord bytes at a time in memory.
type lineCounter struct {
	r        io.Reader
	pending  []byte // read and not consumed
	consumed int64
	line     int // the line at consumed, from 1
	err      error
}

func (c *lineCounter) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	if len(c.pending) > MaxRecord {
		c.err = ErrRecordTooLong
		return 0, c.err
	}
	n, err := c.r.Read(p)
	c.pending = append(c.pending, p[:n]...)
	c.err = err
	return n, err
}

// consume counts the lines before an offset.
func (c *lineCounter) consume(offset int64) {
	n := int(offset - c.consumed)
	if n <= 0 {
		return
	}
	n = min(n, len(c.pending))
	c.line += bytes.Count(c.pending[:n], []byte{'\n'})
	c.consumed += int64(n)
	c.pending = c.pending[n:]
}
