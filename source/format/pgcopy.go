package format

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// pgcopy reads the text format of PostgreSQL's COPY: tabs between cells, \N for NULL, backslash escapes, and a line \. at the end,
// which can be left out if there is no COPY statement. MySQL's SELECT INTO OUTFILE writes the same by default.
//
// Source: https://www.postgresql.org/docs/current/sql-copy.html, Text Format
type pgcopy struct {
	columns
	w      *window
	line   int
	dump   *dump // nil for the output of COPY TO
	ended  bool
	cells  []cell
	values []Value
}

// newPGCopy returns a reader of the output of COPY TO, or of a dump in SQL that has the rows of a table. Without a COPY statement, the names of
// the columns are those of the header, if there is one, and "" otherwise; their number is that of the first row.
func newPGCopy(r io.Reader, text []byte, o *Options) (*pgcopy, error) {
	p := &pgcopy{w: newWindow(r), line: 1}
	if isDump(text) {
		p.dump = &dump{want: o.Table}
		return p, p.findTable(text)
	}
	length, whole := p.w.line('\n')
	if length < 0 {
		return p, nil
	}
	first := strings.Split(strings.TrimSuffix(p.w.rests()[:length], "\r"), "\t")
	p.names = make([]string, len(first))
	if names := copyHeader(first, p.w.rest()[whole:], p.w.err == nil); names != nil && !o.NoHeader {
		p.names = names
		p.w.pos += whole
		p.line++
	}
	return p, nil
}

func (p *pgcopy) columnNames() []string { return p.names }

func (p *pgcopy) bind(paths []Path, o BindOptions) error {
	if !o.Records.IsZero() {
		return &BindError{Path: o.Records, Reason: "a table has no path to its records"}
	}
	if err := p.columns.bind(paths, o.Where); err != nil {
		return err
	}
	p.values = make([]Value, len(p.bound))
	return nil
}

func (p *pgcopy) next(rec *Record) error {
	for !p.ended {
		length, whole := p.w.line('\n')
		line := p.line
		switch {
		case length < 0:
			if !p.w.skipLine('\n') && p.w.cutOff() != nil {
				return p.w.err
			}
			p.line++
			return &RecordError{Line: line, Err: ErrRecordTooLong}
		case whole == 0 && p.dump != nil && p.w.err == io.EOF:
			return ErrTruncated // its end mark is missing
		case whole == 0:
			return p.w.err
		case length == whole && p.w.cutOff() != nil:
			return p.w.err // the rest may be a part of a row
		}
		row := bytes.TrimSuffix(p.w.rest()[:length], []byte{'\r'})
		p.line++
		if string(row) == `\.` {
			p.ended = true
			p.w.pos += whole
			return p.end()
		}
		if len(row) == 0 && len(p.names) > 1 {
			p.w.pos += whole
			continue
		}
		err := p.read(row, line)
		p.w.pos += whole
		if err != nil {
			return err
		}
		if keepsAll(p.keep, p.values[min(p.count, len(p.values)):]) {
			rec.Line, rec.Values = line, p.values[:p.count]
			ownText(rec.Values, whole)
			return nil
		}
	}
	return io.EOF
}

// read sets the values of the row, which is next in the window.
func (p *pgcopy) read(row []byte, line int) error {
	p.cells = p.cells[:0]
	for start := 0; ; {
		n := bytes.IndexByte(row[start:], '\t')
		if n < 0 {
			p.cells = append(p.cells, cell{from: int32(start), to: int32(len(row))})
			break
		}
		p.cells = append(p.cells, cell{from: int32(start), to: int32(start + n)})
		start += n + 1
	}
	if len(p.cells) != len(p.names) {
		return &RecordError{Line: line, Err: &CellsError{Cells: len(p.cells), Columns: len(p.names)}}
	}
	if !utf8.Valid(row) {
		return &RecordError{Line: line, Err: ErrInvalidText}
	}
	text := p.w.rests()
	for i, b := range p.bound {
		p.values[i] = Value{}
		if b.column < 0 {
			continue
		}
		c := p.cells[b.column]
		v, ok := copyValue(text[c.from:c.to])
		if !ok {
			return &RecordError{Line: line, Column: b.column + 1, Err: ErrInvalidText}
		}
		b.set(&v)
		p.values[i] = v
	}
	return nil
}

// copyValue returns the value of a cell. It returns false if the escapes make invalid UTF-8.
func copyValue(text string) (Value, bool) {
	if text == `\N` {
		return Value{Kind: Null}, true
	}
	if strings.IndexByte(text, '\\') < 0 {
		return Value{Text: text, Kind: String}, true
	}
	text = unescapeCopy(text)
	return Value{Text: text, Kind: String}, utf8.ValidString(text)
}

// unescapeCopy replaces the escapes of a cell: \b \f \n \r \t \v, \ and one to three octal digits, \x and one or two hexadecimal
// digits, and \ before any other character, which means that character.
func unescapeCopy(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		if at := strings.IndexByte("bfnrtv", text[i]); at >= 0 {
			b.WriteByte("\b\f\n\r\t\v"[at])
			continue
		}
		base, from, most := 8, i, 3
		if text[i] == 'x' {
			base, from, most = 16, i+1, 2
		}
		digits := leadingDigits(text[from:min(len(text), from+most)], base)
		if digits == "" {
			b.WriteByte(text[i])
			continue
		}
		n, _ := strconv.ParseUint(digits, base, 16) // digits is nothing but digits
		b.WriteByte(byte(n))
		i = from + len(digits) - 1
	}
	return b.String()
}

// leadingDigits returns the digits of the base at the beginning of the text.
func leadingDigits(text string, base int) string {
	digits := "01234567"
	if base == 16 {
		digits = "0123456789abcdefABCDEF"
	}
	return text[:len(text)-len(strings.TrimLeft(text, digits))]
}
