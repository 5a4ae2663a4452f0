package bulk

import (
	"errors"
	"io"
)

// This file makes a part of the rows that a stopped job did not read.

// writeRest writes the files of one more part, with the rows whose outcome is outcomeMoved. It returns nil if there
// are none. The record that closes the part of the job adds the other part to the import. If the process ends before,
// the next one writes the files again.
func (r *partRun) writeRest(o *rowOutcomes) (*partFile, error) {
	moved, ok := o.indexes[rowOutcome{outcome: outcomeMoved}]
	if !ok {
		return nil, nil
	}
	header, err := headerOf(r.planned.Columns)
	if err != nil {
		return nil, err
	}
	rows, err := r.openPlannedPart(r.part)
	if err != nil {
		return nil, err
	}
	defer rows.close()
	names := namesOf(partsName, len(r.parts)+1)
	if err := r.dir.step("write " + names.csv); err != nil {
		return nil, err
	}
	w, err := r.dir.createPart(names, header)
	if err != nil {
		return nil, err
	}
	for _, index := range o.rows {
		row, line, err := rows.next()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		if index == moved {
			w.add(row.Text(), line)
		}
	}
	if err := w.close(); err != nil {
		return nil, err
	}
	if err := r.dir.step("written " + names.csv); err != nil {
		return nil, err
	}
	w.Algorithm = r.file.Algorithm
	return &w.partFile, nil // the file of the outcomes comes next, and syncs the directory
}
