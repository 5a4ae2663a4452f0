// Package paging iterates over listings that come in pages.
package paging

import "iter"

// All iterates over the items of all pages. It fetches a page when it is needed, and none after a break.
// An error of fetch ends it. fault, if not nil, gives an item's own error, which does not.
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
