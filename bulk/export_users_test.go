package bulk_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/userpool"
)

var update = flag.Bool("update", false, "write the golden files")

var exportsDir = filepath.Join("..", "source", "testdata", "exports")

// TestExportsBecomeUsers imports the export of each preset, and compares the users in the pool with the file users.golden beside the export.
func TestExportsBecomeUsers(t *testing.T) {
	dirs, err := os.ReadDir(exportsDir)
	require.NoError(t, err)
	require.Len(t, dirs, len(source.Presets()), "each preset has an export")
	for _, d := range dirs {
		t.Run(d.Name(), func(t *testing.T) {
			cognito := exportCognito(t)
			summary, err := importQuickly(t.Context(), cognito, input(), exportOf(t, d.Name(), goldenOptions(t, d.Name())), t.TempDir(), &bulk.Options{Patience: -1})
			require.NoError(t, err)
			assert.Equal(t, summary.Rows, summary.Imported+summary.Rejected, "no user is lost without a word")
			got := fmt.Sprintf("%d rows: %d imported, %d rejected\n", summary.Rows, summary.Imported, summary.Rejected) + usersText(t, cognito)
			golden := filepath.Join(exportsDir, d.Name(), "users.golden")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

// goldenOptions returns the options for an export of the tests of package source: its preset, its second file, and the constants of its file set.
func goldenOptions(t *testing.T, name string) *bulk.ExportOptions {
	o := source.Options{From: name, Edits: source.Edits{PhoneRegion: "US", IgnoreRest: true, Set: map[string]string{}}}
	if hashes := filepath.Join(exportsDir, name, "hashes.ndjson"); exists(hashes) {
		o.Hashes = hashes
	}
	if set, err := os.ReadFile(filepath.Join(exportsDir, name, "set")); err == nil {
		for line := range strings.Lines(string(set)) {
			column, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			o.Set[column] = value
		}
	}
	return &bulk.ExportOptions{Source: o}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// usersText returns the users of the pool as text, sorted by username, each with what its sign-in would find.
func usersText(t *testing.T, cognito *memory.Cognito) string {
	var users []string
	for u, err := range userpool.All(t.Context(), cognito, poolID) {
		require.NoError(t, err)
		var b bytes.Buffer
		fmt.Fprintf(&b, "%q %s\n", u.Username, u.Status)
		var attributes []string
		for name, value := range u.Attributes.All() {
			attributes = append(attributes, fmt.Sprintf("  %s = %q\n", name, value))
		}
		slices.Sort(attributes)
		b.WriteString(strings.Join(attributes, ""))
		if u.Status == userpool.StatusConfirmed {
			fmt.Fprintf(&b, "  password: %s\n", passwordOf(t, cognito, u.Username))
		}
		users = append(users, b.String())
	}
	slices.Sort(users)
	return strings.Join(users, "")
}

// passwordOf returns which of the passwords of the exports a user has.
func passwordOf(t *testing.T, cognito *memory.Cognito, username string) string {
	for _, password := range []string{german, comic, "correct horse battery staple"} {
		if _, err := cognito.VerifyPassword(t.Context(), userpool.Ref{UserPoolID: poolID, Username: username}, password); err == nil {
			return password
		}
	}
	return "another one"
}
