package importjob

import (
	"context"
	"errors"
	"iter"
)

// Jobs iterates over all jobs of a pool, newest first. It fetches a page when it is needed, and
// none after a break. An error ends it.
func Jobs(ctx context.Context, c Client, userPoolID string) iter.Seq2[UserImportJob, error] {
	return pages(func(token string) ([]UserImportJob, string, error) {
		return c.List(ctx, userPoolID, Page{Token: token})
	}, nil)
}

// Rows iterates over the outcomes of a job's rows that are logged so far, in the order of the log.
// In memory, and in the logs that were seen in public, that is the file's.
// A log line that cannot be understood is yielded as a result with a *[LogLineError], and the
// iteration goes on; any other error ends it.
func Rows(ctx context.Context, c Client, ref Ref) iter.Seq2[RowResult, error] {
	return pages(func(token string) ([]RowResult, string, error) {
		return c.Results(ctx, ref, Page{Token: token})
	}, RowResult.Err)
}

// Users iterates over all users of a pool, in order of creation. An error ends it.
func Users(ctx context.Context, d Directory, userPoolID string) iter.Seq2[PoolUser, error] {
	return pages(func(token string) ([]PoolUser, string, error) {
		return d.Users(ctx, userPoolID, Page{Token: token})
	}, nil)
}

// errSameToken keeps an iteration from going on forever.
var errSameToken = errors.New("importjob: a page came with its own token as that of the next page")

// pages iterates over the items of all pages. fault, if not nil, gives an item's own error.
func pages[T any](fetch func(token string) ([]T, string, error), fault func(T) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for token := ""; ; {
			items, next, err := fetch(token)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, item := range items {
				var err error
				if fault != nil {
					err = fault(item)
				}
				if !yield(item, err) {
					return
				}
			}
			if next == "" {
				return
			}
			if next == token {
				var zero T
				yield(zero, errSameToken)
				return
			}
			token = next
		}
	}
}
