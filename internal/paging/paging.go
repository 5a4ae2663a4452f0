// Package paging iterates over the items of listings that come in pages.
package paging

import "iter"

// All returns an iterator over the items of all pages. It fetches a page when the iteration needs it, and
// no more pages after a break.
//
// An error of fetch ends the iteration, and so does [ErrCycle]. fault may be nil. Otherwise All calls it for
// each item and yields the error that it returns with the item; that error does not end the iteration.
func All[T any](fetch func(token string) ([]T, string, error), fault func(T) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		var tokens Cycle
		for token := ""; ; {
			items, next, err := fetch(token)
			if err != nil {
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
			if err := tokens.Next(next); err != nil {
				yield(zero, err)
				return
			}
			token = next
		}
	}
}
