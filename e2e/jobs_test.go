package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// TestJobs tests jobs that do not run to their end: stopped, expired, and without a file.
func TestJobs(t *testing.T) {
	t.Parallel()
	a := newAWS(t, "--auto-verified=email", "--rows-per-second=1")
	file := file(t, importjob.Pool{}.Header())
	var jobs []members
	for range 3 {
		jobs = append(jobs, a.job(create...))
	}
	a.lists(jobs)

	first, second, third := jobs[0].text("JobId"), jobs[1].text("JobId"), jobs[2].text("JobId")
	named := func(command, id string) []string { return []string{command, "--user-pool-id", poolID, "--job-id", id} }
	a.refused("PreconditionNotMetException", "No csv file was uploaded for "+first, named("start-user-import-job", first)...)
	upload(t, file, jobs[0].text("PreSignedUrl"))
	upload(t, file, jobs[1].text("PreSignedUrl"))
	assert.Equal(t, "Pending", a.onJob("start-user-import-job", first).text("Status"))
	a.refused("PreconditionNotMetException", "", named("start-user-import-job", second)...)

	a.server.control("advance", "by", "1m")
	stopped := a.onJob("stop-user-import-job", first)
	assert.Contains(t, []string{"Stopping", "Stopped"}, stopped.text("Status"))
	stopped = a.onJob("describe-user-import-job", first)
	assert.Equal(t, "Stopped", stopped.text("Status"))
	assert.NotEmpty(t, stopped.text("CompletionMessage"))
	assert.NotEqual(t, "0", stopped["ImportedUsers"])
	a.refused("PreconditionNotMetException", "", named("stop-user-import-job", first)...)

	a.server.control("advance", "by", "16m")
	status, got := curl(t, "-T", file, "-H", sseHeader, jobs[2].text("PreSignedUrl"))
	assert.Equal(t, 403, status)
	assert.Contains(t, got.stdout, "<Code>AccessDenied</Code><Message>Request has expired</Message>")
	a.server.control("advance", "by", "48h")
	assert.Equal(t, "Expired", a.onJob("describe-user-import-job", third).text("Status"))
}

// lists checks that pages of two jobs list all jobs, the newest first. The CLI does not follow the pages of this
// operation by itself.
func (a awsCLI) lists(jobs []members) {
	a.t.Helper()
	type page struct {
		UserImportJobs  []members
		PaginationToken string
	}
	list := []string{"cognito-idp", "list-user-import-jobs", "--user-pool-id", poolID, "--max-results", "2"}
	var one, two page
	a.json(&one, list...)
	require.Len(a.t, one.UserImportJobs, 2)
	a.json(&two, append(list, "--pagination-token", one.PaginationToken)...)
	listed := append(one.UserImportJobs, two.UserImportJobs...)
	slices.Reverse(listed)
	assert.Equal(a.t, jobs, listed)
	assert.Empty(a.t, two.PaginationToken)
}

// TestRefusals tests errors of the service, and one of the CLI itself. The tests in js have more.
func TestRefusals(t *testing.T) {
	t.Parallel()
	a := newAWS(t)
	a.misused("the following arguments are required: --cloud-watch-logs-role-arn", create[:len(create)-2]...)
	a.refused("InvalidParameterException", "1 validation error detected: Value 'aaaaaaaaa' at 'userPoolId' failed to satisfy constraint: "+
		`Member must satisfy regular expression pattern: [\w-]+_[0-9a-zA-Z]+`, slices.Concat(create, []string{"--user-pool-id", "aaaaaaaaa"})...)
	a.refused("ResourceNotFoundException", "User pool us-west-2_bbbbbbbbb does not exist.",
		slices.Concat(create, []string{"--user-pool-id", "us-west-2_bbbbbbbbb"})...)
	a.refused("ResourceNotFoundException", "", "describe-user-import-job", "--user-pool-id", poolID, "--job-id", "import-qQ0DCt2fRh")
	a.refused("MissingAuthenticationTokenException", "Missing Authentication Token", append(create, "--no-sign-request")...)

	thief := a.configured("")
	credentials := filepath.Join(t.TempDir(), "credentials")
	require.NoError(t, os.WriteFile(credentials, []byte("[thief]\naws_access_key_id="+accessKeyID+"\naws_secret_access_key=guessed\n"), 0o600))
	got := run(t, append(thief.env(), "AWS_SHARED_CREDENTIALS_FILE="+credentials), a.path,
		append(slices.Concat([]string{"cognito-idp"}, create), "--profile", "thief", "--endpoint-url", a.server.url)...)
	assert.NotZero(t, got.status)
	assert.Contains(t, got.stderr, "(InvalidSignatureException)")
	assert.True(t, strings.HasPrefix(strings.TrimSpace(got.stderr), "An error occurred"), got)
}
