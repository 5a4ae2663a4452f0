package importjob

import (
	"slices"
	"strings"
)

// headerFaults says what is wrong with the header of a file.
func headerFaults(pool Pool, opts CheckOptions, h header) (faults []*CSVError) {
	if h.bom && !opts.Assumptions.AllowBOM {
		faults = append(faults, &CSVError{Line: h.line, Column: 1, Err: ErrBOM})
	}
	if h.crlf && opts.Assumptions.RefuseCRLF {
		faults = append(faults, &CSVError{Line: h.line, Err: faultCRLF})
	}
	return append(faults, columnFaults(pool, opts, h.names, h.columns, h.line)...)
}

// columnFaults compares the names of columns with those of the pool. columns says where in the line each
// name begins.
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

// headerColumns returns where each name would begin in a header.
func headerColumns(names []string) []int {
	columns, next := make([]int, len(names)), 1
	for i, name := range names {
		columns[i] = next
		next += len(name) + strings.Count(name, ",") + 1
	}
	return columns
}
