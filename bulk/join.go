package bulk

import (
	"io"
	"math"
	"slices"

	"github.com/cognito-import/importjob"
)

// This file joins the files of a directory to one report row for each row of the input.

// eachRow calls f for each row of the input, in the order of the input.
func (i *importer) eachRow(f func(reportRow) error) error {
	rejects, err := openRejects(i.dir.name(rejectedName))
	if err != nil {
		return err
	}
	defer rejects.close()
	username := slices.Index(i.planned.Columns, importjob.ColumnUsername)
	before := func(line int) error {
		for ; rejects.err == nil && rejects.head.line < line; rejects.advance() {
			r := reportRow{sourceLine: rejects.head.line, rowOutcome: rowOutcome{OutcomeRejected, rejects.head.text()}}
			if values := rejects.head.values; username < len(values) {
				r.username = values[username]
			}
			r.values = func() []string { return rejects.head.values }
			if err := f(r); err != nil {
				return err
			}
		}
		if rejects.err == io.EOF {
			return nil
		}
		return rejects.err
	}
	for n := range i.parts {
		err := i.eachRowOfPart(n+1, username, func(r reportRow) error {
			if err := before(r.sourceLine); err != nil {
				return err
			}
			return f(r)
		})
		if err != nil {
			return err
		}
	}
	return before(math.MaxInt)
}

// eachRowOfPart calls f for each row of a part.
func (i *importer) eachRowOfPart(part, username int, f func(reportRow) error) error {
	state, names := i.parts[part-1], namesOf(partsName, part)
	rows, err := i.dir.openPart(names)
	if err != nil {
		return err
	}
	defer rows.close()
	var outcomes *outcomeReader // nil of a part that was not run
	if state.result != nil {
		if outcomes, err = openOutcomes(i.dir.name(names.outcomes)); err != nil {
			return err
		}
		defer outcomes.close()
	}
	for {
		row, sourceLine, err := rows.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		outcome, err := outcomes.at(row.Line())
		if err != nil {
			return err
		}
		r := reportRow{
			sourceLine: sourceLine,
			part:       part,
			jobID:      state.jobID,
			line:       row.Line(),
			username:   string(row.Field(username)),
			rowOutcome: outcome,
			values:     func() []string { return valuesOf(row) },
		}
		if err := f(r); err != nil {
			return err
		}
	}
}
