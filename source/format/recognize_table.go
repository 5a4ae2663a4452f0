package format

import (
	"bytes"
	"io"
	"regexp"
	"strings"
)

const delimiters = ",;\t|" // the first of equally likely ones wins

// sampled is the number of records that recognition looks at.
const sampled = 200

// recognizedTable is what the beginning of a table shows.
type recognizedTable struct {
	dialect
	why     string // of the delimiter
	columns int    // the most frequent number of cells
	faults  int    // the records of the sample that cannot be read, or have another number of cells
	first   []string
}

// recognizeTable finds the dialect of a table. delimiter and escape are those that are set, or 0. Without one, a backslash is an
// escape if the table has quotation marks behind backslashes, and fewer records are faulty if it is: SELECT INTO OUTFILE of MySQL writes
// these, and others write the mark twice.
//
// Source: https://dev.mysql.com/doc/refman/8.4/en/select-into.html
func recognizeTable(text []byte, complete bool, delimiter, escape byte) recognizedTable {
	t := recognizeDelimiter(text, complete, delimiter, escape)
	if escape == 0 && t.faults > 0 && bytes.Contains(text, []byte(`\"`)) {
		if escaped := recognizeDelimiter(text, complete, delimiter, '\\'); escaped.faults < t.faults {
			return escaped
		}
	}
	return t
}

// recognizeDelimiter finds the delimiter. With a delimiter of 0, each likely one is tried: it must cut half of the records, and the first,
// into the same number of cells, and of several, the one that makes the most cells wins.
func recognizeDelimiter(text []byte, complete bool, delimiter, escape byte) recognizedTable {
	t := recognizedTable{dialect: dialect{escape: escape, terminator: '\n'}}
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') >= 0 {
		t.terminator = '\r'
	}
	line, _, _ := bytes.Cut(text, []byte{t.terminator})
	var announced byte
	announced, t.sepLine = sepLine(string(line))
	switch {
	case delimiter != 0:
		t.delimiter, t.why = delimiter, "as set"
	case t.sepLine:
		t.delimiter, t.why = announced, "sep= line"
	}
	if t.delimiter != 0 {
		s := sampleTable(text, complete, t.dialect)
		t.columns, t.first, t.faults = s.columns, s.first, s.records-s.regular
		return t
	}
	t.delimiter = delimiters[0]
	best := sampleTable(text, complete, t.dialect)
	for i := 1; i < len(delimiters); i++ {
		d := t.dialect
		d.delimiter = delimiters[i]
		if s := sampleTable(text, complete, d); s.columns > 1 && s.betterThan(best) {
			best, t.dialect = s, d
		}
	}
	t.columns, t.first, t.faults = best.columns, best.first, best.records-best.regular
	return t
}

// sepLine returns the delimiter that a line announces to Excel: sep=; or "sep=;".
func sepLine(line string) (byte, bool) {
	line = strings.TrimSuffix(line, "\r")
	if len(line) == len(`"sep=;"`) && line[0] == '"' && line[len(line)-1] == '"' {
		line = line[1 : len(line)-1]
	}
	if len(line) == len("sep=;") && strings.EqualFold(line[:4], "sep=") && validDelimiter(line[4]) {
		return line[4], true
	}
	return 0, false
}

// validDelimiter reports whether the character can be between cells.
func validDelimiter(c byte) bool {
	return c < 0x80 && c != '"' && c != '\n' && c != '\r' && c != 0
}

// sample is how a delimiter cuts the first records.
type sample struct {
	records, regular int // regular ones have the most frequent number of cells
	columns          int // that number
	first            []string
}

func sampleTable(text []byte, complete bool, d dialect) sample {
	t := newTable(bytes.NewReader(text), d, nil, false)
	counts := map[int]int{}
	s := sample{}
	for s.records < sampled {
		_, length, err := t.record()
		if err == io.EOF {
			break
		}
		s.records++
		if err != nil {
			continue // a record that is not good counts as one that is not regular
		}
		if !complete && t.w.pos+length == len(t.w.buf) && t.w.err != nil && s.first != nil {
			break // the rest of it may be missing
		}
		n := len(t.scan.cells)
		if s.first == nil {
			for i := range n {
				s.first = append(s.first, t.value(t.w.rests(), i).Text)
			}
		}
		if counts[n]++; counts[n] > s.regular || counts[n] == s.regular && n > s.columns {
			s.regular, s.columns = counts[n], n
		}
		t.consume(length)
	}
	return s
}

// good reports whether the delimiter is likely.
func (s sample) good() bool {
	return s.columns > 1 && len(s.first) == s.columns && s.regular*2 >= s.records
}

func (s sample) betterThan(other sample) bool {
	if s.good() != other.good() {
		return s.good()
	}
	return s.columns > other.columns && (s.good() || s.regular >= other.regular)
}

// looksLikeData says why the first record is probably no header, or returns "".
func looksLikeData(first []string) string {
	seen := map[string]bool{}
	for _, cell := range first {
		cell = strings.TrimSpace(cell)
		switch {
		case strings.Contains(cell, "@") && strings.Contains(cell, "."):
			return "the first record has an e-mail address: is it a header?"
		case cell != "" && strings.Trim(cell, "0123456789") == "":
			return "the first record has a number: is it a header?"
		case cell != "" && seen[cell]:
			return "two columns have the same name: use #1 for the first column, and so on"
		}
		seen[cell] = true
	}
	return ""
}

// looksLikeCopy reports whether the text is in the format of PostgreSQL's COPY: it is a dump, or has the end mark, or tabs and \N without
// cells between quotation marks.
func looksLikeCopy(text []byte, t recognizedTable) bool {
	return isDump(text) || bytes.Contains(text, []byte("\n\\.\n")) || bytes.Contains(text, []byte("\n\\.\r\n")) ||
		t.delimiter == '\t' && t.why == "" && (bytes.Contains(text, []byte("\t\\N\t")) || bytes.Contains(text, []byte("\t\\N\n")) || bytes.Contains(text, []byte("\n\\N\t"))) &&
			!isQuotedTable(text, t)
}

var quotedCell = regexp.MustCompile(`(?m)(^|\t)"[^"\t\n]*"(\t|\r?$)`)

// isQuotedTable reports whether a table with tabs and \N has cells between quotation marks, as Snowflake writes it. In the format of COPY the
// marks would be a part of the values. It needs a header, since a user of COPY can have marks at both ends of a value.
//
// Source: https://docs.snowflake.com/en/sql-reference/sql/create-file-format, FIELD_OPTIONALLY_ENCLOSED_BY and NULL_IF
func isQuotedTable(text []byte, t recognizedTable) bool {
	return t.faults == 0 && quotedCell.Match(text) && areNames(t.first)
}
