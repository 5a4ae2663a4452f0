package bulk

import (
	"errors"
	"fmt"
)

// RowsError reports rows that were not imported, and were not in the pool before. [Summary.Err] returns one. [Import]
// returns one if the plan rejected every row of the source, so that there was nothing to import.
type RowsError struct {
	Rows     int64 // all rows of the input
	Failed   int64
	Rejected int64
	Unknown  int64
	Reason   string // of an error of Import: why the first row was rejected, with the column
}

// Error has the counts, and the reason if there is one.
func (e *RowsError) Error() string {
	if e.Reason != "" && e.Rejected == e.Rows {
		return fmt.Sprintf("nothing was imported, since every row was rejected (%d); rejected.csv has the reasons, the first is: %s", e.Rows, e.Reason)
	}
	return fmt.Sprintf("of %s, %d failed, %d %s rejected and %d %s unknown", counted(e.Rows, "row"),
		e.Failed, e.Rejected, plural(e.Rejected, "was", "were"), e.Unknown, plural(e.Unknown, "is", "are"))
}

// Err returns nil if every row was imported, or skipped since the pool had the user already. Otherwise it returns a
// *[RowsError]. It goes by the counts of the Summary, which include the rows in NotToldApart.
func (s Summary) Err() error {
	if s.Failed+s.Rejected+s.Unknown == 0 {
		return nil
	}
	return &RowsError{Rows: s.Rows, Failed: s.Failed, Rejected: s.Rejected, Unknown: s.Unknown}
}

// allRejected returns the error of an import that has rows, but none for a job. A mistake in a name of a column can
// reject every row.
func (i *importer) allRejected(s Summary) error {
	if s.Rows == 0 || s.Rejected < s.Rows {
		return nil
	}
	rejects, err := openRejects(i.dir.name(rejectedName), false)
	if err != nil {
		return err
	}
	defer rejects.close()
	if rejects.err != nil {
		return rejects.err
	}
	var rows *RowsError
	_ = errors.As(s.Err(), &rows)
	rows.Reason = rejects.head.text()
	return rows
}
