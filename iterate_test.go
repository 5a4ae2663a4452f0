package importjob_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// pager gives out pages of two, then one that is empty but not the last, then one of one.
type pager struct {
	importjob.Client
	userpool.Directory
	t      *testing.T
	failOn string // the token of the page that fails
	tokens []string
}

var nextToken = map[string]string{"": "1", "1": "2", "2": "3", "3": ""}
var pageSizes = map[string]int{"": 2, "1": 2, "2": 0, "3": 1}

func (p *pager) page(page importjob.Page) (items []string, next string, err error) {
	assert.Zero(p.t, page.MaxResults, "pages are as large as the service allows")
	p.tokens = append(p.tokens, page.Token)
	if p.failOn != "" && page.Token == p.failOn {
		return nil, "", &importjob.Error{Code: importjob.ErrInternal}
	}
	for i := range pageSizes[page.Token] {
		items = append(items, page.Token+"."+strconv.Itoa(i))
	}
	return items, nextToken[page.Token], nil
}

func (p *pager) List(_ context.Context, userPoolID string, page importjob.Page) (jobs []importjob.UserImportJob, next string, err error) {
	items, next, err := p.page(page)
	for _, item := range items {
		jobs = append(jobs, importjob.UserImportJob{UserPoolID: userPoolID, JobID: item})
	}
	return jobs, next, err
}

func (p *pager) Results(_ context.Context, ref importjob.Ref, page importjob.Page) (rows []importjob.RowResult, next string, err error) {
	assert.Equal(p.t, jobRef, ref)
	items, next, err := p.page(page)
	for _, item := range items {
		row := importjob.RowResult{Line: 2, Status: importjob.RowFailed, Reason: item}
		if item == "1.0" {
			row = importjob.RowResult{Reason: "Test Log"}
		}
		rows = append(rows, row)
	}
	return rows, next, err
}

func (p *pager) Users(_ context.Context, userPoolID string, page importjob.Page) (users []userpool.User, next string, err error) {
	assert.Equal(p.t, "us-west-2_a", userPoolID)
	items, next, err := p.page(page)
	for _, item := range items {
		users = append(users, userpool.User{Username: item})
	}
	return users, next, err
}

func TestJobsIteratesOverAllPages(t *testing.T) {
	p := &pager{t: t}
	var got []string
	for job, err := range importjob.Jobs(t.Context(), p, "us-west-2_a") {
		require.NoError(t, err)
		assert.Equal(t, "us-west-2_a", job.UserPoolID)
		got = append(got, job.JobID)
	}
	assert.Equal(t, []string{".0", ".1", "1.0", "1.1", "3.0"}, got)
	assert.Equal(t, []string{"", "1", "2", "3"}, p.tokens, "an empty page is not the end")
}

func TestIteratorsFetchWhatIsNeeded(t *testing.T) {
	p := &pager{t: t}
	seq := importjob.Jobs(t.Context(), p, "us-west-2_a")
	assert.Empty(t, p.tokens, "nothing before the first item is asked for")
	for job := range seq {
		if job.JobID == ".1" {
			break
		}
	}
	assert.Equal(t, []string{""}, p.tokens, "no page after a break on the last item of one")
	for range seq {
		break
	}
	assert.Equal(t, []string{"", ""}, p.tokens, "a second loop begins anew")
}

func TestIteratorsEndWithAnError(t *testing.T) {
	p := &pager{t: t, failOn: "1"}
	var jobs []string
	var errs []error
	for job, err := range importjob.Jobs(t.Context(), p, "us-west-2_a") {
		jobs, errs = append(jobs, job.JobID), append(errs, err)
	}
	assert.Equal(t, []string{".0", ".1", ""}, jobs)
	require.Len(t, errs, 3)
	assert.NoError(t, errs[1])
	assert.ErrorIs(t, errs[2], importjob.ErrInternal)
	assert.Equal(t, []string{"", "1"}, p.tokens)
}

func TestRowsGoesOnAfterAnUnknownLine(t *testing.T) {
	p := &pager{t: t}
	var reasons []string
	var faults int
	for row, err := range importjob.Results(t.Context(), p, jobRef) {
		reasons = append(reasons, row.Reason)
		if err != nil {
			assert.Equal(t, &importjob.LogLineError{Text: "Test Log"}, err)
			assert.Zero(t, row.Line)
			faults++
		}
	}
	assert.Equal(t, []string{".0", ".1", "Test Log", "1.1", "3.0"}, reasons)
	assert.Equal(t, 1, faults)

	p = &pager{t: t, failOn: "2"}
	var last error
	for _, err := range importjob.Results(t.Context(), p, jobRef) {
		last = err
	}
	assert.ErrorIs(t, last, importjob.ErrInternal)
}

func TestUsersIteratesOverAllPages(t *testing.T) {
	p := &pager{t: t}
	var got []string
	for user, err := range userpool.All(t.Context(), p, "us-west-2_a") {
		require.NoError(t, err)
		got = append(got, user.Username)
	}
	assert.Equal(t, []string{".0", ".1", "1.0", "1.1", "3.0"}, got)
}

// roundabout is a Client whose pages never end.
type roundabout struct{ importjob.Client }

func (roundabout) List(context.Context, string, importjob.Page) ([]importjob.UserImportJob, string, error) {
	return nil, "again", nil
}

func TestIteratorsDoNotGoRound(t *testing.T) {
	var errs []error
	for _, err := range importjob.Jobs(t.Context(), roundabout{}, "us-west-2_a") {
		errs = append(errs, err)
	}
	require.Len(t, errs, 1)
	assert.ErrorContains(t, errs[0], "token")
}
