package importjob

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNameIndex(t *testing.T) {
	for _, n := range []int{1, 2, 21, 73, manyNames - 1, manyNames, 3000} {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprintf("custom:%d", i)
		}
		x := newNameIndex(names)
		for i, name := range names {
			place, ok := x.find(name)
			require.True(t, ok)
			require.Equal(t, i, place)
		}
		for _, name := range []string{"", "custom:", "custom:-1", fmt.Sprintf("custom:%d", n)} {
			_, ok := x.find(name)
			assert.False(t, ok, name)
		}
	}
}
