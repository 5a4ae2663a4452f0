package importjob

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNameIndex(t *testing.T) {
	sets := [][]string{{""}, {"a", "b", "", "ab", "abc", "abd", "abcd", "abce"}, append((Pool{}).Header(), ColumnPasswordHash)}
	for _, n := range []int{1, 2, 21, 73, manyNames - 1, manyNames, 3000} {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprintf("custom:%d", i)
		}
		sets = append(sets, names)
	}
	alike := []string{"custom:a_of_this_user", "custom:b_of_this_user", "x"} // to the hash
	for _, names := range append(sets, alike) {
		n := len(names)
		x := newNameIndex(names)
		for i, name := range names {
			place, ok := x.find(name)
			require.True(t, ok)
			require.Equal(t, i, place)
		}
		for _, name := range []string{"custom:", "custom:c_of_this_user", "custom:-1", fmt.Sprintf("custom:%d", n)} {
			_, ok := x.find(name)
			assert.False(t, ok, name)
		}
		assert.Equal(t, n >= manyNames || slices.Equal(names, alike), x.many != nil, n)
	}
}
