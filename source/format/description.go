package format

import (
	"fmt"
	"strconv"
	"strings"
)

// Format is a way in which an export is written.
type Format string

// The formats that this package reads.
const (
	CSV    Format = "csv"    // a table: cells with a delimiter between them, by RFC 4180
	JSON   Format = "json"   // a JSON document, or several one after the other
	NDJSON Format = "ndjson" // a JSON value on each line
	PGCopy Format = "pgcopy" // the text format of PostgreSQL's COPY, and of MySQL's SELECT INTO OUTFILE
)

// Description says what was recognized, and why.
type Description struct {
	Name        string   // the name of the file, without its directory; "standard input" for "-"
	Compression []string // "gzip" or "zstd", from the outside
	Format      Format
	Encoding    string // such as "UTF-8 with BOM" or "windows-1252 (as set)"

	// Of a table.
	Delimiter    byte
	DelimiterWhy string // such as "sep= line"; "" if the records show it
	Escape       byte   // of CSV: makes text of the character behind it; 0 for none
	Header       bool   // the columns have names
	Columns      int    // the number of columns

	Table string // in a dump in SQL, such as "public.users"; "" for other tables

	// Of JSON.
	Records    Path   // the path to the records that was recognized; BindOptions.Records replaces it
	RecordsWhy string // such as "the longest array of objects"

	Notes []string      // what may be wrong, such as a first record that does not look like a header
	More  []Description // of the other files, in their order
}

// String returns the description on one line, such as
//
//	users.csv.gz: gzip, CSV with ';' (sep= line), UTF-8 with BOM, header of 7 columns
//
// Of several files, it describes the first, and the next one that differs.
func (d Description) String() string {
	text := d.files() + ": " + d.summary()
	for _, more := range d.More {
		if more.summary() != d.summary() {
			return text + "; " + more.Name + ": " + more.summary()
		}
	}
	return text
}

// summary describes one file without its name.
func (d Description) summary() string {
	parts := append([]string{}, d.Compression...)
	parts = append(parts, d.form(), d.Encoding)
	if d.table() {
		parts = append(parts, d.header())
	} else {
		parts = append(parts, d.records())
	}
	return strings.Join(append([]string{strings.Join(parts, ", ")}, d.Notes...), "; ")
}

func (d Description) files() string {
	switch len(d.More) {
	case 0:
		return d.Name
	case 1:
		return d.Name + " and 1 more file"
	default:
		return fmt.Sprintf("%s and %d more files", d.Name, len(d.More))
	}
}

func (d Description) table() bool { return d.Format == CSV || d.Format == PGCopy }

func (d Description) form() string {
	switch d.Format {
	case CSV:
		text := "CSV with " + delimiterName(d.Delimiter)
		if d.DelimiterWhy != "" {
			text += " (" + d.DelimiterWhy + ")"
		}
		if d.Escape != 0 {
			text += ", escapes with " + string(rune(d.Escape))
		}
		return text
	case PGCopy:
		if d.Table != "" {
			return "PostgreSQL COPY text of " + d.Table
		}
		return "PostgreSQL COPY text"
	default:
		return strings.ToUpper(string(d.Format))
	}
}

func delimiterName(c byte) string {
	if c == '\t' {
		return "tabs"
	}
	return strconv.QuoteRune(rune(c))
}

func (d Description) header() string {
	if d.Header {
		return "header of " + count(d.Columns, "column")
	}
	return "no header, " + count(d.Columns, "column")
}

func (d Description) records() string {
	where := "a record on each line"
	switch {
	case !d.Records.IsZero():
		where = "records at " + d.Records.String()
	case d.Format == JSON:
		where = "each value is a record"
	}
	if d.RecordsWhy != "" {
		where += " (" + d.RecordsWhy + ")"
	}
	return where
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
