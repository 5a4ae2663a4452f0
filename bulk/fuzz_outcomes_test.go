package bulk

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// resultLines is a Client that has result lines, two to a page.
type resultLines struct {
	importjob.Client
	rows []importjob.RowResult
}

func (l resultLines) Results(_ context.Context, _ importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	from := len(page.Token)
	if len(l.rows)-from <= 2 {
		return l.rows[from:], "", nil
	}
	return l.rows[from : from+2], strings.Repeat("x", from+2), nil
}

// linesOf makes a result line of each two bytes.
func linesOf(data []byte, reason string) (rows []importjob.RowResult) {
	statuses := []importjob.RowStatus{importjob.RowSucceeded, importjob.RowSkipped, importjob.RowFailed, "", importjob.RowFailed}
	for len(data) >= 2 {
		r := importjob.RowResult{Line: int(int8(data[0])), Status: statuses[int(data[1])%len(statuses)]}
		if data[1]%2 == 0 {
			r.Reason = reason
		}
		rows, data = append(rows, r), data[2:]
	}
	return rows
}

// FuzzOutcomes reads any result lines of a job with any counters. Each row gets one outcome, and the counts add up to
// the rows.
func FuzzOutcomes(f *testing.F) {
	f.Add(uint8(3), []byte{2, 0, 3, 1, 4, 2}, int64(1), int64(1), int64(1), "x", false)
	f.Add(uint8(3), []byte{1, 0, 2, 1, 3, 2}, int64(1), int64(1), int64(1), "a\r\nb", false)
	f.Add(uint8(3), []byte{1, 0, 2, 1, 3, 2, 4, 0}, int64(2), int64(0), int64(1), "\"", true)
	f.Add(uint8(5), []byte{2, 0, 2, 1, 9, 0, 0, 3, 255, 2}, int64(1), int64(0), int64(0), "", true)
	f.Add(uint8(5), []byte{2, 0}, int64(5), int64(0), int64(0), "", false)
	f.Add(uint8(5), []byte{2, 0}, int64(1), int64(2), int64(1), "", false)
	f.Add(uint8(0), []byte{2, 0}, int64(0), int64(0), int64(0), "", false)
	f.Add(uint8(5), []byte{}, int64(1)<<62, int64(1)<<62, int64(1)<<62, "", false)
	f.Add(uint8(5), []byte{}, int64(-1), int64(0), int64(0), "", true)
	f.Fuzz(func(t *testing.T, rows uint8, data []byte, imported, skipped, failed int64, reason string, stopped bool) {
		if len(data) > 200 || len(reason) > 50 {
			return
		}
		lines := linesOf(data, reason)
		o := newRowOutcomes(int(rows))
		require.NoError(t, o.read(t.Context(), resultLines{rows: lines}, importjob.Ref{}))
		known := 0
		for _, index := range o.rows {
			if index != 0 {
				known++
			}
		}
		require.EqualValues(t, int(rows)-known, o.counts.Unknown)
		require.EqualValues(t, rows, o.counts.sum())

		result := o.reconcile(importjob.UserImportJob{ImportedUsers: imported, SkippedUsers: skipped, FailedUsers: failed}, stopped)
		var written Counts
		moved := int64(0)
		for row, got := range writtenOutcomes(t, o) {
			r := o.different[o.rows[row]]
			if r.outcome == OutcomeImported { // the file does not have the reason
				r.reason = ""
			}
			r.reason = strings.ReplaceAll(r.reason, "\r\n", "\n") // the reader of the file does so
			require.Equal(t, r, got, "row %d", row)
			if got.outcome == outcomeMoved {
				moved++
				continue
			}
			*written.of(got.outcome)++
		}
		require.GreaterOrEqual(t, min(result.Imported, result.Skipped, result.Failed, result.Unknown), int64(0), "%+v", result)
		require.LessOrEqual(t, max(result.Imported, result.Skipped, result.Failed, result.Unknown), int64(rows), "%+v", result)
		require.EqualValues(t, rows, result.sum()+moved, "%+v", result)
		require.Equal(t, written.Unknown, result.Unknown+result.NotToldApart, "%+v", result)
	})
}

// writtenOutcomes writes the outcomes to a file, and reads the outcome of each row.
func writtenOutcomes(t *testing.T, o *rowOutcomes) (outcomes []rowOutcome) {
	var file bytes.Buffer
	require.NoError(t, o.write(&file))
	r := &outcomeReader{csv: csv.NewReader(&file)}
	r.advance()
	for row := range o.rows {
		got, err := r.at(row + 2)
		require.NoError(t, err)
		outcomes = append(outcomes, got)
	}
	require.Equal(t, io.EOF, r.err, "the file has no other rows")
	return outcomes
}

// The counters of a job can be anything. A sum that overflows is not taken for a small one.
func TestCountersThatOverflow(t *testing.T) {
	const large = int64(1) << 62
	o := newRowOutcomes(5)
	result := o.reconcile(importjob.UserImportJob{ImportedUsers: large, SkippedUsers: large, FailedUsers: large}, false)
	require.Equal(t, Counts{Unknown: 5}, result.Counts)
	require.Contains(t, result.Note, "contradict each other")
}
