package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSignInOfTheDocument runs the commands of docs/serve.md that sign in. They print what the document shows.
func TestSignInOfTheDocument(t *testing.T) {
	t.Parallel()
	find(t, "curl", "apt-get install -y curl")
	bash := find(t, "bash", "apt-get install -y bash")
	a := newAWS(t, "--auto-verified=email")
	text, err := os.ReadFile(filepath.Join("..", "docs", "serve.md"))
	require.NoError(t, err)
	block := regexp.MustCompile("(?ms)^```shell-session\n(.*?)^```$").FindStringSubmatch(string(text))
	require.NotNil(t, block)
	var commands, want []string
	for line := range strings.Lines(block[1]) {
		line = strings.TrimSpace(line)
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			commands = append(commands, strings.ReplaceAll(command, "http://127.0.0.1:9229", a.server.url))
		} else {
			want = append(want, line)
		}
	}

	job := a.job(create...)
	users := rowsFile(t, a.header(), []map[string]string{{"cognito:username": "ann", "email": "ann@example.com", "email_verified": "TRUE"}})
	upload(t, users, job.text("PreSignedUrl"))
	a.onJob("start-user-import-job", job.text("JobId"))
	got := run(t, a.env(), bash, "-c", "exec 2>&1\n"+strings.Join(commands, "\n"))
	require.Zero(t, got.status, got)
	printed := regexp.MustCompile(`\n+`).Split(strings.TrimSpace(got.stdout), -1)
	require.Len(t, printed, len(want), got)
	for i, line := range want {
		assert.Contains(t, printed[i], line)
	}
}
