package source

import (
	"cmp"
	"fmt"
	"strconv"
)

// Place is where a record of an export is. To print the name of the file, use [Source.Files]:
//
//	fmt.Printf("%s: %s", s.Files()[f.File], f)
type Place struct {
	File   int `json:"file"`             // the index of the file, from 0; see [Source.Files]
	Line   int `json:"line"`             // the line on which the record begins, from 1
	Record int `json:"record,omitempty"` // the number of the record in its file, from 1, in a JSON document, where several records can begin on one line; 0 if the line tells which record it is, as in a table and in NDJSON
}

// String returns the place without the name of the file, such as "line 12", "record 3 on line 51" or "line 12 of file 2".
func (p Place) String() string {
	text := fmt.Sprintf("line %d", p.Line)
	if p.Record > 0 {
		text = fmt.Sprintf("record %d on %s", p.Record, text)
	}
	return text + p.ofFile()
}

// word says what the number counts.
func (p Place) word() string {
	if p.Record > 0 {
		return "record"
	}
	return "line"
}

// number returns the number of the record or else of the line, with the number of the file from 1 if it is not the first.
func (p Place) number() string {
	return strconv.Itoa(cmp.Or(p.Record, p.Line)) + p.ofFile()
}

func (p Place) ofFile() string {
	if p.File == 0 {
		return ""
	}
	return fmt.Sprintf(" of file %d", p.File+1)
}
