package format

import (
	"errors"
	"fmt"
	"strings"
)

// The causes of a [RecordError].
var (
	// ErrQuote is the cause for a quotation mark inside of a cell that does not begin with one, or for text between a
	// closing quotation mark and the end of its cell.
	ErrQuote = errors.New("a stray quotation mark: write it twice, and the whole cell between quotation marks")
	// ErrUnclosedQuote is the cause for a quoted cell that does not end within [MaxQuoted] bytes.
	ErrUnclosedQuote = errors.New("a quotation mark is not closed")
	// ErrCells is the cause for a record that does not have as many cells as the table has columns. A *[CellsError] has the numbers.
	ErrCells = errors.New("the wrong number of cells")
	// ErrInvalidText is the cause for bytes that are not text in the file's encoding.
	ErrInvalidText = errors.New("bytes that are not valid in the file's encoding")
	// ErrRecordTooLong is the cause for a record of more than [MaxRecord] bytes.
	ErrRecordTooLong = fmt.Errorf("the record is longer than %d MiB", MaxRecord>>20)
	// ErrJSON is the cause for a record that is not valid JSON.
	ErrJSON = errors.New("invalid JSON")
	// ErrNotObject is the cause for a JSON record that is neither an object nor an array.
	ErrNotObject = errors.New("the record is not a JSON object")
)

// Final errors, each wrapped in an [Error].
var (
	// ErrEmpty is the error of a file, or of a directory, with nothing in it.
	ErrEmpty = errors.New("there is nothing in it")
	// ErrTruncated is the error of a JSON document, or of a compressed file, that ends too early. The last record of such a file
	// is not returned, since it may be incomplete.
	ErrTruncated = errors.New("the file is cut off")
)

// RecordError is the error of [Reader.Next] for a record that cannot be read. The next call of Next reads the record after it.
// The text has no values of the record.
type RecordError struct {
	File   int    // the index of the file, from 0
	Name   string // the name of the file
	Line   int    // the line on which the record begins, from 1
	Number int    // as in Record
	Column int    // the cell of a table, from 1; 0 if the error is not in one cell
	Err    error  // wraps one of the causes, such as ErrQuote
}

// Error returns "name:line: cause".
func (e *RecordError) Error() string {
	where := fmt.Sprintf("%s:%d", e.Name, e.Line)
	if e.Column > 0 {
		where += fmt.Sprintf(", cell %d", e.Column)
	}
	return where + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *RecordError) Unwrap() error { return e.Err }

// Error is the error of a file that cannot be opened, recognized, or read to its end.
type Error struct {
	Name string // the name of the file
	Line int    // the line, from 1; 0 if the error is not on one line
	Err  error  // *UnsupportedError, *EncodingError, *SizeError, ErrEmpty, ErrTruncated, or an error of the operating system
}

// Error returns "name: cause" or "name:line: cause".
func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %v", e.Name, e.Line, e.Err)
	}
	return e.Name + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// UnsupportedError is the error of a file in a format that this package recognizes but does not read.
type UnsupportedError struct {
	What   string // such as "an Excel workbook (XLSX)"
	Advice string // what to do
}

// Error returns what the file is and what to do.
func (e *UnsupportedError) Error() string { return "this is " + e.What + ": " + e.Advice }

// TableError is the error of a dump in SQL in which not exactly one table can be the one of [Options].Table. If the first such table has many
// rows, it is the error of [Reader.Next] behind them.
type TableError struct {
	Table   string   // Options.Table
	Tables  []string // the tables in the dump, or only those that can be meant if there are several, in the order of the dump
	Several bool     // several tables can be meant; otherwise none
}

// Error says which tables there are, and what to do.
func (e *TableError) Error() string {
	tables := e.Tables
	more := ""
	if len(tables) > maxTables {
		more = fmt.Sprintf(" and %d more", len(tables)-maxTables)
		tables = tables[:maxTables]
	}
	list := strings.Join(tables, ", ") + more
	switch {
	case !e.Several:
		return fmt.Sprintf("the dump has no table %s: name one of %s", e.Table, list)
	case e.Table == "":
		return fmt.Sprintf("the dump has %d tables: name the one with the users: %s", len(e.Tables), list)
	default:
		return fmt.Sprintf("the dump has %d tables that can be %s: name one with its schema, or use a dump that has it once: %s", len(e.Tables), e.Table, list)
	}
}

// maxTables is the number of tables in the text of a TableError.
const maxTables = 30

// EncodingError is the error of a file that is not UTF-8 and whose encoding cannot be recognized, or of an encoding that is not known.
type EncodingError struct {
	Encoding string // the name in Options.Encoding that is not known; "" if none was given
	Line     int    // the line of the first byte that is not UTF-8, from 1
	Byte     byte   // that byte
}

// Error says which setting to use.
func (e *EncodingError) Error() string {
	if e.Encoding != "" {
		return fmt.Sprintf("unknown encoding %q: use a name such as utf-8, utf-16le, windows-1252 or iso-8859-15", e.Encoding)
	}
	return fmt.Sprintf("the text is not UTF-8 (byte 0x%02X on line %d): name its encoding, such as windows-1252 for a CSV file that Excel wrote in western Europe or America",
		e.Byte, e.Line)
}

// SizeError is the error of a file that has more than [Options].MaxBytes bytes after decompression.
type SizeError struct {
	Limit int64 // in bytes
}

// Error returns the limit.
func (e *SizeError) Error() string {
	return fmt.Sprintf("the file has more than %d bytes after decompression", e.Limit)
}

// PathError is the error of a text that is not a path.
type PathError struct {
	Text   string // the text
	Offset int    // the offset of the faulty character, in bytes; len(Text) for the end
	Reason string
}

// Error returns the text, a mark under the faulty character, and the reason, on one line.
func (e *PathError) Error() string {
	if e.Offset >= len(e.Text) {
		return fmt.Sprintf("path %q, at its end: %s", e.Text, e.Reason)
	}
	return fmt.Sprintf("path %q, at %q: %s", e.Text, firstRune(e.Text[e.Offset:]), e.Reason)
}

// BindError is the error of a path that the recognized format does not have.
type BindError struct {
	Path   Path
	Reason string
}

// Error returns the path and the reason.
func (e *BindError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("path %q: %s", e.Path.String(), e.Reason))
}

// CellsError is ErrCells with the numbers. A record of fewer cells than columns is not filled up: a cell may be missing in the middle, so that each
// value behind it is in the wrong column.
type CellsError struct {
	Cells   int // of the record
	Columns int // of the table
}

// Error returns the numbers.
func (e *CellsError) Error() string {
	return fmt.Sprintf("%v: %d, not %d", ErrCells, e.Cells, e.Columns)
}

// Unwrap returns ErrCells.
func (e *CellsError) Unwrap() error { return ErrCells }
