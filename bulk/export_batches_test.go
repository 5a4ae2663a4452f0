package bulk

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// TestBatchesOfRejectedRowsAreBounded has rows that are rejected and long: a batch has few of them.
func TestBatchesOfRejectedRowsAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "users.csv")
	row := "ann,a@example.com,true," + strings.Repeat("x", 60_000) + "\n"
	require.NoError(t, os.WriteFile(path, []byte("username,email,email_verified,name\n"+strings.Repeat(row, 100)), 0o600))
	pool := importjob.Pool{ID: "us-west-2_aaaaaaaaa", AutoVerifiedAttributes: []string{"email"}}
	opened, err := Export([]string{path}, nil).open(sourceRules{ctx: t.Context(), pool: pool, opening: func(int64, int64) {}})
	require.NoError(t, err)
	r := opened.(*exportReader)
	var b exportBatch
	rows := 0
	for more := true; more; {
		more = r.fill(&b)
		require.LessOrEqual(t, len(b.rows), batchBytes/60_000+1)
		for _, e := range b.rows {
			require.NotNil(t, e.rejected)
		}
		rows += len(b.rows)
	}
	require.Equal(t, io.EOF, b.err)
	require.Equal(t, 100, rows)
	require.NoError(t, r.close())
}
