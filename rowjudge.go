package importjob

import (
	"slices"
	"strings"
)

// RowJudge judges rows one by one, by the rules by which [Check] judges a file: for rows that
// come from elsewhere, or are more than one file holds. It does not look for usernames that
// stand twice. It can be used by several goroutines at once.
type RowJudge struct{ rules *rowRules }

// NewRowJudge returns a RowJudge of rows with these columns. The error is a *[CSVError] about the
// first column that is wrong, as it would be in the header of a file.
func NewRowJudge(pool Pool, columns []string, opts *CheckOptions) (*RowJudge, error) {
	if opts == nil {
		opts = &CheckOptions{}
	}
	names := slices.Clone(columns)
	if faults := columnFaults(pool, *opts, names, headerColumns(names), 1); len(faults) > 0 {
		return nil, faults[0]
	}
	return &RowJudge{compileRules(pool.Clone(), names, *opts)}, nil
}

// Judge returns what is wrong with a row, and whether it would be imported into an empty pool.
func (j *RowJudge) Judge(row *Row) (Finding, bool) {
	if fault := row.formFault(j.rules.names); fault != nil {
		return Finding{Line: row.line, Column: fault.Column, Attribute: fault.Attribute,
			Outcome: OutcomeFailed, Reason: fault.Err.Error()}, false
	}
	i, reason := j.rules.judge(row)
	if reason == "" {
		return Finding{}, true
	}
	return j.rules.finding(row, i, reason), false
}

// finding says what is wrong with value i of a row; -1 is the whole row.
func (r *rowRules) finding(row *Row, i int, reason string) Finding {
	f := Finding{Line: row.line, Username: string(row.Field(r.username)), Outcome: OutcomeFailed, Reason: reason}
	if i >= 0 {
		f.Column, f.Attribute = row.Column(i), r.names[i]
	}
	return f
}

// columnFaults compares the names of columns with those of the pool. They begin at these columns
// of a line.
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
