package importjob

import (
	"context"
	"iter"

	"github.com/cognito-import/importjob/internal/paging"
)

// Jobs iterates over all jobs of a pool, newest first. It fetches a page when it is needed, and
// none after a break. An error ends it.
func Jobs(ctx context.Context, c Client, userPoolID string) iter.Seq2[UserImportJob, error] {
	return paging.All(func(token string) ([]UserImportJob, string, error) {
		return c.List(ctx, userPoolID, Page{Token: token})
	}, nil)
}

// Results iterates over the outcomes of a job's rows that are logged so far, in the order of the log.
// In memory, and in the logs that were seen in public, that is the file's.
// A log line that cannot be understood is yielded as a result with a *[LogLineError], and the
// iteration goes on; any other error ends it.
func Results(ctx context.Context, c Client, ref Ref) iter.Seq2[RowResult, error] {
	return paging.All(func(token string) ([]RowResult, string, error) {
		return c.Results(ctx, ref, Page{Token: token})
	}, RowResult.Err)
}
