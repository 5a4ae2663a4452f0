package memory

import (
	"context"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
)

// maxResultsPage is the maximum number of results in a page.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
const maxResultsPage = 10_000

// Results returns the page that starts at the row in the token. A token is <job>#<row>. (A13)
func (a *account) Results(_ context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	r, done, err := a.read(ref)
	if err != nil {
		return nil, "", err
	}
	from := 0
	if page.Token != "" {
		row, ok := strings.CutPrefix(page.Token, ref.JobID+"#")
		n, err := strconv.ParseUint(row, 10, 31)
		if !ok || err != nil || int(n) > done {
			return nil, "", badToken()
		}
		from = int(n)
	}
	to := min(done, from+pageSize(page, maxResultsPage))
	rows := make([]importjob.RowResult, 0, to-from)
	bad := r.bad[r.badBefore(from):]
	for row := from; row < to; row++ {
		result := importjob.RowResult{Line: r.file.line(row), Status: importjob.RowSucceeded, Reason: reasonSucceeded}
		if len(bad) > 0 && int(bad[0].row) == row {
			result.Status, result.Reason = bad[0].outcome, bad[0].reason
			bad = bad[1:]
		}
		rows = append(rows, result)
	}
	if to == done {
		return rows, "", nil
	}
	return rows, ref.JobID + "#" + strconv.Itoa(to), nil
}

// read returns a copy of a job's run and the number of rows that it has read. For a job that was not started it
// returns an empty run and 0.
func (a *account) read(ref importjob.Ref) (run, int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	j, err := a.job(ref)
	if err != nil || j.run == nil {
		return run{}, 0, err
	}
	return *j.run, j.run.done(a.now(), &a.opts), nil
}
