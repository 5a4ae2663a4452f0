package bulk

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// TestDuplicatesCloseTheirFile has more usernames than fit in memory.
func TestDuplicatesCloseTheirFile(t *testing.T) {
	dir := t.TempDir()
	for _, ended := range []bool{false, true} {
		d := newDuplicates(importjob.Pool{}, dir, hooks{sorterBytes: 1})
		names := d.names
		for line := 1; line <= 4; line++ {
			require.NoError(t, d.add([]byte("ann"), line, 0))
		}
		require.FileExists(t, filepath.Join(dir, "usernames"))
		if ended {
			found, err := d.find()
			require.NoError(t, err)
			require.True(t, found)
			n := 0
			for duplicate, err := range d.all() {
				require.NoError(t, err)
				require.Equal(t, 1, duplicate.first)
				n++
			}
			require.Equal(t, 3, n)
		}
		require.NoError(t, d.close())
		require.ErrorIs(t, names.Close(), os.ErrClosed)
	}
}
