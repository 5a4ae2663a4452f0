package source

import (
	"regexp"
	"slices"

	"github.com/cognito-import/importjob/source/format"
)

// Recognition says what an export must have to be recognized as that of a preset, for presets that names alone do not tell from others.
// All of it must hold.
type Recognition struct {
	Columns []format.Path // the export has all of them
	Cells   []int         // the numbers of columns that the table can have; empty means any
	Values  []ValueForm   // each of the first records has values of these forms
}

// ValueForm is the form of the values of one path.
type ValueForm struct {
	From    format.Path
	Pattern string // a regular expression, as in package regexp, that finds something in each value; a missing value is ""
}

// paths returns the paths of which the values are looked at. r can be nil.
func (r *Recognition) paths() (all []format.Path) {
	if r == nil {
		return nil
	}
	all = slices.Clone(r.Columns)
	for _, form := range r.Values {
		all = append(all, form.From)
	}
	return all
}

// fits reports whether an export has all that r says.
func (r *Recognition) fits(e evidence, noHeader bool) bool {
	for _, p := range r.Columns {
		if !e.has(p) {
			return false
		}
	}
	for _, n := range e.cells {
		if len(r.Cells) > 0 && !slices.Contains(r.Cells, n) {
			return false
		}
	}
	return len(r.Values) == 0 || r.fitValues(e, noHeader)
}

// fitValues reports whether the first records have values of the forms. If none can be read, they have not.
func (r *Recognition) fitValues(e evidence, noHeader bool) bool {
	var paths []format.Path
	var patterns []*regexp.Regexp
	for _, form := range r.Values {
		pattern, err := regexp.Compile(form.Pattern)
		if err != nil {
			return false // Validate refuses it
		}
		paths, patterns = append(paths, form.From), append(patterns, pattern)
	}
	records := e.values(noHeader, paths)
	for _, record := range records {
		for i, pattern := range patterns {
			if !pattern.MatchString(record.Values[i].Text) {
				return false
			}
		}
	}
	return len(records) > 0
}
