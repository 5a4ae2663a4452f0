package paging

import (
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

// pages gives two items a page.
func pages(n int, calls *int) func(string) ([]int, string, error) {
	return func(token string) ([]int, string, error) {
		*calls++
		page, _ := strconv.Atoi(token)
		if page == n-1 {
			return []int{2 * page, 2*page + 1}, "", nil
		}
		return []int{2 * page, 2*page + 1}, strconv.Itoa(page + 1), nil
	}
}

func TestAll(t *testing.T) {
	calls := 0
	var got []int
	for i, err := range All(pages(3, &calls), nil) {
		assert.NoError(t, err)
		got = append(got, i)
	}
	assert.Equal(t, []int{0, 1, 2, 3, 4, 5}, got)
	assert.Equal(t, 3, calls)

	calls = 0
	for i := range All(pages(3, &calls), nil) {
		if i == 1 {
			break
		}
	}
	assert.Equal(t, 1, calls, "no page is fetched after a break")
}

func TestAllEndsWithAnError(t *testing.T) {
	broken := errors.New("broken")
	var errs []error
	for _, err := range All(func(string) ([]int, string, error) { return []int{1}, "", broken }, nil) {
		errs = append(errs, err)
	}
	assert.Equal(t, []error{broken}, errs)

	errs = nil
	for _, err := range All(func(string) ([]int, string, error) { return []int{1}, "again", nil }, nil) {
		errs = append(errs, err)
	}
	assert.Equal(t, []error{nil, nil, ErrCycle}, errs)

	calls := 0
	errs = nil
	for _, err := range All(pages(1, &calls), func(i int) error {
		if i == 0 {
			return broken
		}
		return nil
	}) {
		errs = append(errs, err)
	}
	assert.Equal(t, []error{broken, nil}, errs, "an item's own error ends nothing")
}
