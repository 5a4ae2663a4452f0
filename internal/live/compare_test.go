package live_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
)

// attempt is a row, and what is special about it.
type attempt struct {
	label string
	row   row
}

// compare imports rows, and compares the outcome of each with the one that [importjob.Check] predicts.
func (l *lab) compare(attempts ...attempt) answer {
	rows := make([]row, len(attempts))
	for i, a := range attempts {
		rows[i] = a.row
	}
	return l.compareFile(l.file(rows...), attempts)
}

func (l *lab) compareFile(file string, attempts []attempt) answer {
	e := l.imported(file)
	if len(e.rows) != len(attempts) {
		return answer{verdict: doesNotHold, text: fmt.Sprintf("%d lines in the log for %d rows: %v", len(e.rows), len(attempts), e)}
	}
	want := predicted(l.ctx, l.settled, file, "")
	var seen []string
	same := true
	for i, a := range attempts {
		expected := want.outcomes[i+2]
		text := a.label + " " + string(e.rows[i].Status)
		if e.rows[i].Status != expected {
			same = false
			text += " (expected " + string(expected) + ")"
		}
		if e.rows[i].Status == importjob.RowFailed {
			text += fmt.Sprintf(" %q", e.rows[i].Reason)
		}
		seen = append(seen, text)
	}
	return whether(same, "%s", strings.Join(seen, "; "))
}

// prediction is what importjob.Check says about a file.
type prediction struct {
	outcomes map[int]importjob.RowStatus // by line
	reasons  map[int]string              // of the rows that are not imported
	message  string                      // the completion message
}

// predicted returns what this module, with its default assumptions, expects of a file.
func predicted(ctx context.Context, pool importjob.Pool, file string, algorithm importjob.PasswordHashingAlgorithm) prediction {
	var sum importjob.CheckSummary
	p := prediction{outcomes: map[int]importjob.RowStatus{}, reasons: map[int]string{}}
	opts := &importjob.CheckOptions{PasswordHashingAlgorithm: algorithm, Summary: &sum, OnRows: func(rows *importjob.CheckedRows) {
		for i := range rows.Len() {
			p.outcomes[rows.Row(i).Line] = importjob.RowSucceeded
		}
	}}
	for finding, err := range importjob.Check(ctx, pool, strings.NewReader(file), opts) {
		must(0, err)
		p.outcomes[finding.Line], p.reasons[finding.Line] = finding.Status, finding.Reason
	}
	p.message = sum.Message
	return p
}
