package importjob

import (
	"slices"
	"strings"
)

// headerFaults returns the faults of the header of a file.
func headerFaults(pool Pool, opts CheckOptions, h header) (faults []*CSVError) {
	if h.bom && !opts.Assumptions.AllowBOM {
		faults = append(faults, &CSVError{Line: h.line, Column: 1, Err: ErrBOM})
	}
	if h.crlf && opts.Assumptions.RefuseCRLF {
		faults = append(faults, &CSVError{Line: h.line, Err: faultCRLF})
	}
	return append(faults, columnFaults(pool, opts, h.names, h.columns, h.line)...)
}

// columnFaults compares column names with the names that the pool requires, and returns the unknown,
// duplicate and missing ones. columns has the position of each name in its line, from 1.
func columnFaults(pool Pool, opts CheckOptions, names []string, columns []int, line int) (faults []*CSVError) {
	want := pool.Header()
	if opts.PasswordHashingAlgorithm != "" && !pool.PasswordHashes {
		want = append(want, ColumnPasswordHash)
	}
	for i, name := range names {
		var fault error
		switch {
		case slices.Contains(names[:i], name):
			fault = ErrDuplicateColumn
		case !slices.Contains(want, name):
			fault = ErrUnknownColumn
		default:
			continue
		}
		faults = append(faults, &CSVError{Line: line, Column: columns[i], Attribute: name, Err: fault})
	}
	for _, name := range want {
		needed := name == ColumnUsername ||
			name == ColumnPasswordHash && opts.PasswordHashingAlgorithm != "" ||
			name != ColumnPasswordHash && !opts.Assumptions.AllowMissingColumns
		if needed && !slices.Contains(names, name) {
			faults = append(faults, &CSVError{Line: line, Attribute: name, Err: ErrMissingColumn})
		}
	}
	return faults
}

// headerColumns returns the position that each name would have in a header line, from 1.
func headerColumns(names []string) []int {
	columns, next := make([]int, len(names)), 1
	for i, name := range names {
		columns[i] = next
		next += len(name) + strings.Count(name, ",") + 1
	}
	return columns
}
