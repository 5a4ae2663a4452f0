package source

import (
	"io"
	"strings"

	"github.com/cognito-import/importjob/source/format"
)

// FilterError is the error of [Source.Next] at the end of an export in which the mapping found no record: nothing is where the mapping says that
// the records are, or its filters kept nothing. An import would lose all users without a word.
type FilterError struct {
	Mapping string          // the name of the mapping; "" if it has none
	Records format.Path     // where the records are in JSON; the zero Path if the mapping does not say it
	Where   []format.Filter // the filters
}

// Error returns the filters, and what to do.
func (e *FilterError) Error() string {
	if len(e.Where) == 0 {
		return "the export has no user: no record is at " + e.Records.String() + ", where the mapping looks for them; export the users, or change the key records of the mapping"
	}
	at, keys := "", "key where"
	if !e.Records.IsZero() {
		at, keys = " at "+e.Records.String(), "keys records or where"
	}
	var all []string
	for _, f := range e.Where {
		all = append(all, f.String())
	}
	return "the export has no user: no record" + at + " passes " + strings.Join(all, " and ") + ", the filter of the mapping; export the users, or change the " + keys + " of the mapping"
}

// ended returns the error for the end of the export.
func (s *Source) ended(err error) error {
	in, nothing := s.bindOptions(), s.row.Line == 0 // as before the first row
	if err == io.EOF && nothing && (len(in.Where) > 0 || !in.Records.IsZero()) {
		return &FilterError{Mapping: s.mapping.Name, Records: in.Records, Where: in.Where}
	}
	return err
}
