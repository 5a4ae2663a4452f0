package importjob

import (
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// readRow is a row as a reader gives it, with its position and its error.
type readRow struct {
	line    int
	offset  int64
	size    int
	text    string
	fields  []string
	columns []int
	err     error
}

// readFile is all that a reader says about a file.
type readFile struct {
	header    []string
	headerErr error
	rows      []readRow
	end       error // what stopped the reading
}

// line is one line of a file, with the end of the file's bytes up to and including it.
type line struct {
	text   string
	number int
	offset int64
	end    int64
}

// reference reads a file in the slow and obvious way: all of it at once, by regular
// expression. end is what the stream ends in; maxBytes is 0 for no limit.
func reference(data string, end error, maxBytes int64) (f readFile) {
	lines, stop := referenceLines(data, end, maxBytes)
	f.end = stop
	if len(lines) == 0 {
		if stop == io.EOF {
			f.end = &CSVError{Line: 1, Err: ErrEmptyFile}
		}
		f.headerErr = f.end
		return f
	}
	f.header, f.headerErr = referenceHeader(lines[0])
	if f.header == nil {
		f.end = f.headerErr
		return f
	}
	for _, l := range lines[1:] {
		f.rows = append(f.rows, referenceRow(l, f.header))
	}
	return f
}

// referenceLines returns the lines that are not blank, and what comes after them.
func referenceLines(data string, end error, maxBytes int64) (lines []line, stop error) {
	var offset int64
	for number := 1; data != ""; number++ {
		text, rest, complete := strings.Cut(data, "\n")
		if !complete && end != io.EOF {
			return lines, end
		}
		next := offset + int64(len(data)-len(rest))
		if maxBytes > 0 && next > maxBytes {
			return lines, &CSVError{Line: number, Err: ErrFileTooLarge}
		}
		if text != "" && text != "\r" {
			lines = append(lines, line{text, number, offset, next})
		}
		data, offset = rest, next
	}
	return lines, end
}

func referenceHeader(l line) ([]string, error) {
	text, hasBOM := strings.CutPrefix(l.text, "\xEF\xBB\xBF")
	if utf8.RuneCountInString(strings.TrimSuffix(text, "\r")) > 16000 || len(l.text) > 64004 {
		return nil, &CSVError{Line: l.number, Err: ErrRowTooLong}
	}
	names, columns := referenceSplit(text)
	if hasBOM {
		return names, &CSVError{Line: l.number, Column: 1, Err: ErrBOM}
	}
	for i, name := range names {
		if !utf8.ValidString(name) {
			return names, &CSVError{Line: l.number, Column: columns[i], Err: ErrInvalidUTF8}
		}
		if slices.Index(names, name) < i {
			return names, &CSVError{Line: l.number, Column: columns[i], Attribute: name, Err: ErrDuplicateColumn}
		}
	}
	return names, nil
}

func referenceRow(l line, header []string) readRow {
	row := readRow{line: l.number, offset: l.offset, size: len(l.text)}
	if utf8.RuneCountInString(strings.TrimSuffix(l.text, "\r")) > 16000 {
		row.err = &CSVError{Line: l.number, Err: ErrRowTooLong}
		return row
	}
	row.text = strings.TrimSuffix(l.text, "\r")
	row.fields, row.columns = referenceSplit(l.text)
	switch n := len(header); {
	case len(row.fields) < n:
		row.err = &CSVError{Line: l.number, Column: len(l.text) + 1, Attribute: header[len(row.fields)], Err: ErrFieldCount}
	case len(row.fields) > n:
		row.err = &CSVError{Line: l.number, Column: row.columns[n], Err: ErrFieldCount}
	}
	return row
}

var valuePattern = regexp.MustCompile(`(?s)^(?:\\,|[^,])*`)

// referenceSplit returns the values of a line and where each begins, from 1.
func referenceSplit(text string) (fields []string, columns []int) {
	for at := 0; ; at++ {
		raw := valuePattern.FindString(text[at:])
		value := strings.ReplaceAll(raw, `\,`, ",")
		fields = append(fields, strings.TrimFunc(value, func(c rune) bool { return c <= 0x20 }))
		columns = append(columns, at+1)
		if at += len(raw); at == len(text) {
			return fields, columns
		}
	}
}
