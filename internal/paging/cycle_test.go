package paging

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A circle of any length, after a tail of any length, is found after a few times around it.
func TestCycleIsFound(t *testing.T) {
	for _, tail := range []int{0, 1, 5, 100} {
		for _, length := range []int{1, 2, 3, 7, 64, 1000} {
			var c Cycle
			steps := 0
			for n := 0; ; n++ {
				token := n
				if n >= tail {
					token = tail + (n-tail)%length
				}
				if c.Next(strconv.Itoa(token)) != nil {
					break
				}
				steps++
				if !assert.Less(t, steps, 4*(tail+length)+4) {
					return
				}
			}
		}
	}
}

func TestCycleIsNotFoundWhereNoneIs(t *testing.T) {
	var c Cycle
	for n := range 10_000 {
		assert.NoError(t, c.Next(strconv.Itoa(n)))
	}
}

// A listing whose tokens go round between two ends with an error.
func TestAllEndsACircleOfTwo(t *testing.T) {
	calls := 0
	var last error
	for _, err := range All(func(token string) ([]int, string, error) {
		calls++
		if token == "a" {
			return []int{1}, "b", nil
		}
		return []int{1}, "a", nil
	}, nil) {
		last = err
	}
	assert.ErrorIs(t, last, ErrCycle)
	assert.Less(t, calls, 10)
}
