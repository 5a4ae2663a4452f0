package seen

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Only the whole hash makes two usernames the same, wherever they stand in the table.
func TestUsernamesThatLookAlike(t *testing.T) {
	var u Set
	alike := func(i int) Hash { return Hash{Sum: uint64(i%7) << 61, check: uint32(i / 7)} }
	for i := range 3000 {
		u.Grow(1)
		require.Zero(t, u.Add(alike(i), i+1))
	}
	for i := range 3000 {
		require.Equal(t, i+1, u.Add(alike(i), 1_000_000))
	}
	u.Grow(2)
	require.Zero(t, u.Add(Hash{Sum: 1<<61 + 1, check: 0}, 5))
	require.Zero(t, u.Add(Hash{Sum: 1<<61 + 1<<25, check: 0}, 6))
}
