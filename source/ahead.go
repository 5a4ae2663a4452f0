package source

import (
	"errors"

	"github.com/cognito-import/importjob/internal/ahead"
	"github.com/cognito-import/importjob/source/format"
)

// This file reads the records of regular files in a goroutine of its own, so that reading and making rows use two processors. Other files
// can keep a read waiting, and with it Close.

const (
	batchRecords = 1024
	batchValues  = 32 << 10 // or few more, as for the bytes
	batchBytes   = 1 << 20
	batches      = 8 // so many that neither side waits often for the other
)

// readAhead reads the records of a reader ahead.
type readAhead struct {
	batches *ahead.Batches[batch]
	now     *batch
	at      int // the next record of now
}

// batch is some records, and the error after them.
type batch struct {
	records []aheadRecord
	values  []format.Value // of the records
	err     error
}

// aheadRecord is a record, or why one cannot be read.
type aheadRecord struct {
	format.Record
	rejected *format.RecordError
}

// next reads the next record. Exactly one of rejected and err is not nil if there is none.
func (s *Source) next() (record *format.Record, rejected *format.RecordError, err error) {
	if s.ahead == nil && s.regular {
		s.ahead = &readAhead{now: &batch{}, batches: ahead.Fill(batches, func(b *batch) bool { return b.fill(s.reader) })}
	}
	if s.ahead != nil {
		return s.ahead.next()
	}
	s.record, rejected, err = nextOf(s.reader)
	return &s.record, rejected, err
}

// nextOf tells the errors of a record and of the reader apart.
func nextOf(r format.Reader) (record format.Record, rejected *format.RecordError, err error) {
	if record, err = r.Next(); err == nil {
		return record, nil, nil
	}
	if e := (*format.RecordError)(nil); errors.As(err, &e) {
		return record, e, nil
	}
	return record, nil, err
}

// fill reads the records of the batch. It returns false after the last one.
func (b *batch) fill(r format.Reader) bool {
	b.records, b.values = b.records[:0], b.values[:0]
	for bytes := 0; len(b.records) < batchRecords && len(b.values) < batchValues && bytes < batchBytes; {
		record, rejected, err := nextOf(r)
		if err != nil {
			b.err = err
			return false
		}
		b.values = append(b.values, record.Values...) // if it moves, the records before keep the old ones
		record.Values = b.values[len(b.values)-len(record.Values):]
		for i := range record.Values {
			bytes += len(record.Values[i].Text)
		}
		b.records = append(b.records, aheadRecord{record, rejected})
	}
	return true
}

// next is Source.next. The record is valid until the next call.
func (a *readAhead) next() (*format.Record, *format.RecordError, error) {
	for a.at == len(a.now.records) {
		if a.now.err != nil {
			return nil, nil, a.now.err
		}
		a.now, a.at = a.batches.Next(), 0
	}
	r := &a.now.records[a.at]
	a.at++
	return &r.Record, r.rejected, nil
}
