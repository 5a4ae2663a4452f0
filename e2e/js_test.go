package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/internal/testkit"
)

// TestJavaScript runs the tests in js. Each file has a server of its own.
func TestJavaScript(t *testing.T) {
	t.Parallel()
	node := find(t, "node", "the tests in e2e/js need Node.js 20 or newer")
	if _, err := os.Stat("js/node_modules"); err != nil {
		testkit.Missing(t, "the packages of e2e/js are not installed: npm ci --prefix e2e/js")
	}
	files, err := filepath.Glob("js/*.test.js")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test.js"), func(t *testing.T) {
			t.Parallel()
			s := serve(t, "--auto-verified=email", "--rows-per-second=1", "--password-hashing-algorithm=BCRYPT")
			got := run(t, []string{
				"IMPORTJOB_ENDPOINT=" + s.url,
				"AWS_ACCESS_KEY_ID=" + accessKeyID,
				"AWS_SECRET_ACCESS_KEY=" + secretAccessKey,
				"AWS_EC2_METADATA_DISABLED=true",
				"AWS_CONFIG_FILE=" + os.DevNull,
				"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
			}, node, "--test", "--test-reporter=tap", file)
			assert.Zero(t, got.status, "%s\n%s", got.stdout, got.stderr)
			assert.Regexp(t, `(?m)^# pass [1-9]`, got.stdout)
			assert.Contains(t, got.stdout, "# skipped 0\n")
		})
	}
}
