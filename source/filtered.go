package source

import (
	"io"
	"strings"

	"github.com/cognito-import/importjob/source/format"
)

// FilterError is the error of [Source.Next] at the end of an export of which the filters of the mapping kept nothing: an import would lose all
// users without a word.
type FilterError struct {
	Mapping string          // the name of the mapping; "" if it has none
	Where   []format.Filter // the filters
}

// Error returns the filters, and what to do.
func (e *FilterError) Error() string {
	var all []string
	for _, f := range e.Where {
		all = append(all, f.String())
	}
	return "the export has no user: no record passes " + strings.Join(all, " and ") + ", the filter of the mapping; export the users, or change the key where of the mapping"
}

// ended returns the error for the end of the export.
func (s *Source) ended(err error) error {
	nothing := s.row.Line == 0 // as before the first row
	if where := s.mapping.Input.Where; err == io.EOF && nothing && len(where) > 0 {
		return &FilterError{Mapping: s.mapping.Name, Where: where}
	}
	return err
}
