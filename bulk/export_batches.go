package bulk

import (
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/ahead"
	"github.com/cognito-import/importjob/source"
)

// This file reads an export in a goroutine of its own, so that reading and writing use two processors.

const (
	batchRows  = 2048
	batchBytes = 512 << 10
	batches    = 8
)

// exportBatch is some rows of an export.
type exportBatch struct {
	rows []exportRow
	text []byte // the rows in Cognito's dialect
	name []byte // the usernames
	bad  int    // bytes of the values of rejected rows
	err  error  // after the last row
}

// exportRow is a row in a batch.
type exportRow struct {
	line       int
	begin, end int // of the row in exportBatch.text, without the line end; the same if the row is rejected
	name       int // the begin of the username in exportBatch.name
	nameEnd    int
	hasHash    bool
	algorithm  importjob.PasswordHashingAlgorithm
	rejected   *sourceRow
}

// batchReader reads the rows of an export ahead.
type batchReader struct {
	batches *ahead.Batches[exportBatch]
	now     *exportBatch
	at      int // the next row of now
}

// startBatches starts the goroutine.
func (r *exportReader) startBatches() *batchReader {
	return &batchReader{now: &exportBatch{}, batches: ahead.Fill(batches, r.fill)}
}

// fill reads the rows of a batch. It returns false after the last one.
func (r *exportReader) fill(b *exportBatch) bool {
	b.rows, b.text, b.name, b.bad = b.rows[:0], b.text[:0], b.name[:0], 0
	for len(b.rows) < batchRows && len(b.text)+b.bad < batchBytes && b.err == nil {
		var row *source.Row
		if row, b.err = r.source.Next(); b.err == nil {
			b.rows = append(b.rows, r.rowOf(b, row))
		}
	}
	return b.err == nil
}

// rowOf copies a row into the batch.
func (r *exportReader) rowOf(b *exportBatch, row *source.Row) exportRow {
	e := exportRow{line: r.lineOf(row), algorithm: row.Hash.Algorithm}
	if len(row.Findings) > 0 {
		r.findings.Add(row.Findings...)
		for _, value := range row.Values {
			b.bad += len(value)
		}
		e.rejected = &sourceRow{line: e.line, algorithm: e.algorithm, fault: exportFaultOf(row.Findings), values: cloned(row.Values), record: r.recordOf(row)}
		return e
	}
	if row.Disabled {
		r.disabled++
	}
	if len(row.Groups) > 0 {
		r.grouped++
	}
	e.begin, e.hasHash = len(b.text), row.Hash.Value != ""
	b.text = append(b.text, row.Text[:len(row.Text)-1]...)
	e.end = len(b.text)
	e.name = len(b.name)
	b.name = append(b.name, row.Values[r.username]...)
	e.nameEnd = len(b.name)
	return e
}

// cloned returns copies of values, which the source overwrites.
func cloned(values []string) []string {
	values = slices.Clone(values)
	for i, v := range values {
		values[i] = strings.Clone(v)
	}
	return values
}

// next sets s to the next row, which is valid until the next call.
func (b *batchReader) next(s *sourceRow) error {
	for b.at == len(b.now.rows) {
		if b.now.err != nil {
			return b.now.err
		}
		b.now, b.at = b.batches.Next(), 0
	}
	e := &b.now.rows[b.at]
	b.at++
	if e.rejected != nil {
		*s = *e.rejected
		return nil
	}
	*s = sourceRow{line: e.line, text: b.now.text[e.begin:e.end], username: b.now.name[e.name:e.nameEnd], hasHash: e.hasHash, algorithm: e.algorithm}
	return nil
}
