package importjob

// Judged is a stretch of rows of a file that follow one another, as a [Judge] judges them.
type Judged struct {
	// Findings are about the rows that would not be imported, in order. A last one that is
	// Fatal is about no row: the whole job fails.
	Findings []Finding

	v      *verdicts
	places []int // of the rows that the findings are about
	line   int   // the number of the line before the first

	rows, skipped, failed, bytes int64 // before these
}

// JudgedRow is a row of a [Judged].
type JudgedRow struct {
	Line         int
	Offset       int64  // where in the file the row begins, in bytes
	Bad          bool   // there is a Finding about it; findings and bad rows have the same order
	UsernameHash uint64 // [Pool.UsernameHash], of a row that is not Bad
}

// Len returns the number of rows.
func (b *Judged) Len() int { return len(b.v.rows) }

// Row returns row i, counted from 0.
func (b *Judged) Row(i int) JudgedRow {
	r := &b.v.rows[i]
	return JudgedRow{
		Line:         b.line + int(r.line),
		Offset:       b.v.window.offset + int64(r.at),
		Bad:          r.bad,
		UsernameHash: r.username.hash,
	}
}

// add adds a finding about a row.
func (b *Judged) add(place int, f Finding) {
	f.Line += b.line
	b.Findings = append(b.Findings, f)
	b.places = append(b.places, place)
}
