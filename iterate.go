package importjob

import (
	"context"
	"iter"

	"github.com/cognito-import/importjob/internal/paging"
)

// Jobs iterates over all jobs of a pool, newest first. It calls [Client].List for one page at a
// time, when the loop needs it, and makes no further call after a break. An error is yielded with a
// zero job and ends the iteration.
func Jobs(ctx context.Context, c Client, userPoolID string) iter.Seq2[UserImportJob, error] {
	return paging.All(func(token string) ([]UserImportJob, string, error) {
		return c.List(ctx, userPoolID, Page{Token: token})
	}, nil)
}

// Results iterates over the row outcomes that a job has logged so far, in the order of the log.
// Package memory logs the rows in the order of the file, and so did Cognito in the logs that are
// public. At AWS a log line can appear some seconds after the job has ended.
//
// Results calls [Client].Results for one page at a time, when the loop needs it, and makes no
// further call after a break. If a log line has an unknown form, Results yields it with a
// *[LogLineError] and continues. Any other error is yielded with a zero result and ends the
// iteration.
func Results(ctx context.Context, c Client, ref Ref) iter.Seq2[RowResult, error] {
	return paging.All(func(token string) ([]RowResult, string, error) {
		return c.Results(ctx, ref, Page{Token: token})
	}, RowResult.Err)
}
