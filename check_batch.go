package importjob

import (
	"errors"

	"github.com/cognito-import/importjob/internal/scan"
	"github.com/cognito-import/importjob/internal/seen"
)

// batch is the rows of one chunk of a file and what the rules say of them. It depends on no other chunk,
// so that several goroutines can check one batch each. Lines count from the chunk's first.
type batch struct {
	chunk   scan.Chunk
	row     scan.Row
	scratch []byte
	rows    []batchRow
	bad     []Finding     // about the bad rows, in order
	fatal   *CSVError     // after the rows: the whole job fails
	checked chan struct{} // told when the batch has been checked; nil without goroutines
}

// batchRow is one row of a batch.
type batchRow struct {
	username         seen.Hash // of a good row
	from, size, line uint32    // from is in the chunk, and says where the row begins
	name, nameEnd    uint16    // where its username is
	bad              bool
}

// check checks the rows of the chunk.
func (b *batch) check(rules *rowRules) {
	if likely := b.chunk.Len() / 64; cap(b.rows) < likely {
		b.rows = make([]batchRow, 0, likely)
	}
	b.rows, b.bad, b.fatal = b.rows[:0], b.bad[:0], nil
	b.chunk.ProveUTF8()
	for b.chunk.Next(&b.row) {
		if !b.checkRow(rules) {
			return
		}
	}
	if b.chunk.TooLarge() {
		b.fatal = &CSVError{Line: b.chunk.Lines(), Err: ErrFileTooLarge}
	}
}

// checkRow checks the row that was read last, and reports whether to go on.
func (b *batch) checkRow(rules *rowRules) bool {
	row := &b.row
	if row.Len() != len(rules.names) {
		e := formFault(row, rules.names)
		if rules.countIsFatal && errors.Is(e, ErrFieldCount) {
			b.fatal = e
			return false
		}
		b.add(row, findingOf(e))
		return true
	}
	if i, fault := rules.check(row); fault != nil {
		b.add(row, rules.finding(row, i, fault))
		return true
	}
	r := batchRow{from: uint32(row.Start()), size: uint32(row.Size()), line: uint32(row.Line())}
	r.name = uint16(row.Column(rules.username) - 1)
	r.nameEnd = r.name + uint16(len(row.Untrimmed(rules.username)))
	r.username, b.scratch = seen.HashOf(row.At(rules.username), rules.ignoreCase, b.scratch)
	b.rows = append(b.rows, r)
	return true
}

// add adds a bad row.
func (b *batch) add(row *scan.Row, f Finding) {
	b.bad = append(b.bad, f)
	b.rows = append(b.rows, batchRow{from: uint32(row.Start()), size: uint32(row.Size()), line: uint32(row.Line()), bad: true})
}

// duplicate makes a good row one whose username was in the file before.
func (b *batch) duplicate(r *batchRow, firstLine int) Finding {
	r.bad = true
	name := b.chunk.Bytes(int(r.from)+int(r.name), int(r.from)+int(r.nameEnd))
	f := Finding{Line: int(r.line), Column: int(r.name) + 1, Username: string(scan.Trim(name)), Attribute: ColumnUsername,
		Status: RowSkipped, FirstLine: firstLine}
	return f.because(faultDuplicate)
}

// after returns where in the file the line after a row begins.
func (b *batch) after(row int) int64 {
	r := &b.rows[row]
	return min(b.chunk.Offset(int(r.from))+int64(r.size)+1, b.chunk.Read())
}
