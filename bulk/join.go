package bulk

import (
	"io"
	"math"
	"slices"

	"github.com/cognito-import/importjob"
)

// This file joins what the files of a directory say about each row of the input.

// rows calls f for each row of the input, in its order.
func (i *importer) rows(f func(reportRow) error) error {
	rejects, err := openRejects(i.dir.name(rejectedName))
	if err != nil {
		return err
	}
	defer rejects.close()
	username := slices.Index(i.planned.Columns, importjob.ColumnUsername)
	before := func(line int) error {
		for ; rejects.err == nil && rejects.head.line < line; rejects.advance() {
			r := reportRow{sourceLine: rejects.head.line, verdict: verdict{OutcomeRejected, rejects.head.text()}}
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
		err := i.partRows(n+1, username, func(r reportRow) error {
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

// partRows calls f for each row of a part.
func (i *importer) partRows(part, username int, f func(reportRow) error) error {
	state, names := i.parts[part-1], namesOf(partsName, part)
	rows, err := i.dir.openPart(names)
	if err != nil {
		return err
	}
	defer rows.close()
	outcome := func(int) (verdict, error) { return verdict{OutcomeUnknown, notRun}, nil }
	if state.closing != nil {
		o, err := openOutcomes(i.dir.name(names.outcomes))
		if err != nil {
			return err
		}
		defer o.file.Close()
		outcome = o.at
	}
	for {
		row, sourceLine, err := rows.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		v, err := outcome(row.Line())
		if err != nil {
			return err
		}
		r := reportRow{sourceLine: sourceLine, part: part, jobID: state.jobID, line: row.Line(), username: string(row.Field(username)), verdict: v}
		r.values = func() []string { return valuesOf(row) }
		if err := f(r); err != nil {
			return err
		}
	}
}
