package bulk

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/cognito-import/importjob"
)

// This file joins the files of a directory to one report row for each row of the input.

// eachRow calls f for each row of the input, in the order of the input. It returns an error if the files of the
// directory do not have the rows in order, such as a rejected.csv that was sorted in a spreadsheet.
func (i *importer) eachRow(f func(reportRow) error) error {
	last := 0
	return i.eachSavedRow(func(r reportRow) error {
		if r.sourceLine <= last {
			return fmt.Errorf("%w: its files have source line %d after line %d", ErrJournal, r.sourceLine, last)
		}
		last = r.sourceLine
		return f(r)
	})
}

// eachSavedRow calls f for each row that the files of the directory have.
func (i *importer) eachSavedRow(f func(reportRow) error) error {
	rejects, err := openRejects(i.dir.name(rejectedName), false)
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
			r.unknown, r.algorithm = rejects.head.unknown, rejects.head.algorithm
			if err := f(r); err != nil {
				return err
			}
		}
		if rejects.err == io.EOF {
			return nil
		}
		return rejects.err
	}
	for r, err := range i.partRows(username) {
		if err == nil {
			err = before(r.sourceLine)
		}
		if err == nil {
			err = f(r)
		}
		if err != nil {
			return err
		}
	}
	return before(math.MaxInt)
}

// outcomeRows reads the rows of a part with their outcomes.
type outcomeRows struct {
	*partReader
	outcomes *outcomeReader // nil of a part that was not run
	part     int
	jobID    string
	username int

	algorithm importjob.PasswordHashingAlgorithm // of the job
}

func (i *importer) openRows(part, username int) (*outcomeRows, error) {
	state, names := i.parts[part-1], namesOf(partsName, part)
	rows, err := i.openPlannedPart(part)
	if err != nil {
		return nil, err
	}
	o := &outcomeRows{partReader: rows, part: part, jobID: state.jobID, username: username,
		algorithm: cmp.Or(i.files[part-1].Algorithm, i.begun.Algorithm)}
	if state.result != nil {
		if o.outcomes, err = openOutcomes(i.dir.name(names.outcomes)); err != nil {
			rows.close()
			return nil, err
		}
	}
	return o, nil
}

// openPlannedPart opens the files of a part. It returns an error if the part does not have the columns that the journal
// says.
func (i *importer) openPlannedPart(part int) (*partReader, error) {
	rows, err := i.dir.openPart(namesOf(partsName, part))
	if err != nil {
		return nil, err
	}
	names, err := rows.reader.Header()
	if err == nil && !slices.Equal(names, i.planned.Columns) {
		err = fmt.Errorf("%w: part %d has other columns", ErrJournal, part)
	}
	if err != nil {
		rows.close()
		return nil, err
	}
	return rows, nil
}

// next returns the next row. The error is io.EOF at the end.
func (o *outcomeRows) next() (reportRow, error) {
	row, sourceLine, err := o.partReader.next()
	if err != nil {
		return reportRow{}, err
	}
	outcome, err := o.outcomes.at(row.Line())
	return reportRow{
		sourceLine: sourceLine,
		part:       o.part,
		jobID:      o.jobID,
		line:       row.Line(),
		username:   string(row.Field(o.username)),
		algorithm:  o.algorithm,
		rowOutcome: outcome,
		values:     func() []string { return valuesOf(row) },
	}, err
}

func (o *outcomeRows) close() {
	o.partReader.close()
	if o.outcomes != nil {
		o.outcomes.close()
	}
}
