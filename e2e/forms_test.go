package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestForms tests the other ways of the CLI to give arguments and to print output.
func TestForms(t *testing.T) {
	t.Parallel()
	a := newAWS(t)
	t.Run("skeleton", a.skeleton)
	t.Run("input", a.input)
	t.Run("output", a.output)
}

// skeleton creates a job with the output of --generate-cli-skeleton.
func (a awsCLI) skeleton(t *testing.T) {
	a.t = t
	var skeleton map[string]string
	a.json(&skeleton, "cognito-idp", "create-user-import-job", "--generate-cli-skeleton")
	for _, member := range []string{"JobName", "UserPoolId", "CloudWatchLogsRoleArn"} {
		assert.Contains(t, skeleton, member)
	}
	clear(skeleton) // a newer CLI has more members
	skeleton["JobName"], skeleton["UserPoolId"], skeleton["CloudWatchLogsRoleArn"] = "from a file", poolID, roleARN
	filled, err := json.Marshal(skeleton)
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "input.json")
	require.NoError(t, os.WriteFile(name, filled, 0o600))
	job := a.job("create-user-import-job", "--cli-input-json", "file://"+name)
	assert.Equal(t, "from a file", job["JobName"])
}

// input gives arguments as JSON and as YAML. Arguments on the command line override them.
func (a awsCLI) input(t *testing.T) {
	a.t = t
	in := `{"JobName": "in JSON", "UserPoolId": "` + poolID + `", "CloudWatchLogsRoleArn": "` + roleARN + `"}`
	job := a.job("create-user-import-job", "--cli-input-json", in, "--job-name", "on the line",
		"--no-verify-ssl", "--no-paginate", "--color", "off", "--region", "us-west-2",
		"--cli-read-timeout", "50", "--cli-connect-timeout", "50")
	assert.Equal(t, "on the line", job["JobName"])
	assert.Equal(t, roleARN, job["CloudWatchLogsRoleArn"])
	if a.version == "2" {
		job = a.job("create-user-import-job", "--cli-input-yaml", in, "--no-cli-pager", "--no-cli-auto-prompt")
		assert.Equal(t, "in JSON", job["JobName"])
	}
}

// output prints a job in each form.
func (a awsCLI) output(t *testing.T) {
	a.t = t
	job := a.job(create...)
	id := job.text("JobId")
	describe := func(more ...string) string {
		return a.text(append([]string{"cognito-idp", "describe-user-import-job", "--user-pool-id", poolID, "--job-id", id}, more...)...)
	}
	text := strings.Split(describe("--output", "text"), "\t")
	date := text[2]
	assert.Equal(t, []string{"USERIMPORTJOB", roleARN, date, "0", "0", id, jobName, job.text("PreSignedUrl"), "0", "Created", poolID}, text)

	const three = "UserImportJob.[JobName, Status, ImportedUsers]"
	assert.Equal(t, jobName+"\tCreated\t0", describe("--query", three, "--output", "text"))
	assert.JSONEq(t, `["MyImportJob", "Created", 0]`, describe("--query", three, "--output", "json"))
	table := describe("--query", "UserImportJob.{Name: JobName, Failed: FailedUsers, Date: CreationDate}", "--output", "table")
	assert.Regexp(t, `\| +DescribeUserImportJob +\|`, table)
	assert.Regexp(t, `\| +Date +\| +Failed +\| +Name +\|`, table)
	assert.Regexp(t, `\| +`+regexp.QuoteMeta(date)+` +\| +0 +\| +MyImportJob +\|`, table)
	if a.version == "2" {
		assert.Contains(t, describe("--output", "yaml"), "  Status: Created\n")
		assert.Contains(t, describe("--output", "yaml-stream"), "- UserImportJob:\n")
	}
}
