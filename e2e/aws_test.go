package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/internal/testkit"
)

// awsCLI is the AWS CLI, configured to send requests to a server.
type awsCLI struct {
	t       *testing.T
	path    string
	version string // "1" or "2"
	config  string // the name of its configuration file
	server  server
}

// newAWS finds the AWS CLI, or skips the test, and starts a server for it.
func newAWS(t *testing.T, args ...string) awsCLI {
	t.Helper()
	path := find(t, "aws", "apt-get install -y awscli")
	config := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(config, nil, 0o600))
	version, err := awsVersion()
	require.NoError(t, err)
	require.Regexp(t, `^aws-cli/[12]\.`, version)
	t.Log(version)
	return awsCLI{t, path, version[len("aws-cli/"):][:1], config, serve(t, args...)}
}

// awsVersion returns the output of aws --version.
var awsVersion = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("aws", "--version").CombinedOutput()
	return strings.TrimSpace(string(out)), err
})

// find returns the path of a program. If it is not installed, it skips the test with the command that installs it.
func find(t *testing.T, name, install string) string {
	t.Helper()
	testkit.Long(t, "starts foreign programs many times")
	return testkit.Program(t, install, name)
}

func (a awsCLI) env() []string {
	return []string{
		"AWS_ACCESS_KEY_ID=" + accessKeyID,
		"AWS_SECRET_ACCESS_KEY=" + secretAccessKey,
		"AWS_DEFAULT_REGION=us-west-2",
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=" + a.config,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"AWS_PAGER=",
		"PYTHONIOENCODING=utf-8", // version 1 prints in the encoding of the terminal, and there is none
		"LC_ALL=C.UTF-8",
	}
}

// configured returns the CLI with a setting in its configuration file.
func (a awsCLI) configured(setting string) awsCLI {
	a.t.Helper()
	a.config = filepath.Join(a.t.TempDir(), "config")
	require.NoError(a.t, os.WriteFile(a.config, []byte("[default]\n"+setting+"\n"), 0o600))
	return a
}

// try runs a command.
func (a awsCLI) try(args ...string) result {
	a.t.Helper()
	return run(a.t, a.env(), a.path, append(args, "--endpoint-url", a.server.url)...)
}

// text runs a command that must succeed, and returns what it printed.
func (a awsCLI) text(args ...string) string {
	a.t.Helper()
	got := a.try(args...)
	require.Zero(a.t, got.status, "%q: %+v", args, got)
	return strings.TrimRight(got.stdout, "\n")
}

// json runs a command that must succeed, and decodes what it printed into v.
func (a awsCLI) json(v any, args ...string) {
	a.t.Helper()
	decode(a.t, a.text(args...), v)
}

func decode(t *testing.T, text string, v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber() // keeps a date as it was printed
	require.NoError(t, d.Decode(v), text)
}

// members are the members of a job, as the CLI prints them.
type members map[string]any

func (m members) text(name string) string {
	s, _ := m[name].(string)
	return s
}

// counts returns the numbers of users imported, skipped and failed.
func (m members) counts() [3]any {
	return [3]any{m["ImportedUsers"], m["SkippedUsers"], m["FailedUsers"]}
}

func counts(imported, skipped, failed json.Number) [3]any {
	return [3]any{imported, skipped, failed}
}

// job runs a command of cognito-idp that prints a job.
func (a awsCLI) job(args ...string) members {
	a.t.Helper()
	var printed map[string]members
	a.json(&printed, append([]string{"cognito-idp"}, args...)...)
	require.Len(a.t, printed, 1)
	require.Contains(a.t, printed, "UserImportJob")
	return printed["UserImportJob"]
}

// onJob runs a command of cognito-idp that names a job.
func (a awsCLI) onJob(command, id string, more ...string) members {
	a.t.Helper()
	return a.job(append([]string{command, "--user-pool-id", poolID, "--job-id", id}, more...)...)
}

// refused runs a command of cognito-idp that the service must refuse. message is the begin of the error message, or
// "" if the message of Amazon Cognito is not known.
func (a awsCLI) refused(code, message string, args ...string) {
	a.t.Helper()
	got := a.try(append([]string{"cognito-idp"}, args...)...)
	// Version 2 exits with 254 if the service returned an error. Version 1 exits with 254 or 255.
	// Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html
	assert.Contains(a.t, []int{254, 255}, got.status, got)
	assert.Empty(a.t, got.stdout, args)
	assert.Contains(a.t, got.stderr, "An error occurred ("+code+") when calling the ", "%q", args)
	assert.Contains(a.t, got.stderr, " operation: "+message, "%q", args)
}

// misused runs a command that the CLI itself must refuse.
func (a awsCLI) misused(message string, args ...string) {
	a.t.Helper()
	got := a.try(append([]string{"cognito-idp"}, args...)...)
	assert.Contains(a.t, []int{2, 252, 255}, got.status, got)
	assert.Empty(a.t, got.stdout, args)
	assert.Contains(a.t, got.stderr, message, "%q", args)
}
