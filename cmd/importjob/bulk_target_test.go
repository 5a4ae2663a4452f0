package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
)

// withPool runs a command line as it is, where every request to AWS goes to the client.
func withPool(t *testing.T, cognito *memory.Cognito, args ...string) result {
	t.Helper()
	var out, errs strings.Builder
	status := run(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &errs, transport: wire(cognito), interruptible: context.WithCancel})
	return result{status, out.String(), errs.String()}
}

// An import needs a backend, since one in memory looks like a real one.
func TestBulkHasNoDefaultBackend(t *testing.T) {
	dir := newDir(t)
	for _, args := range [][]string{{}, {"--resume"}} {
		got := command(t, append([]string{"bulk", testdata("users.csv"), "--dir", dir}, args...)...)
		assert.Equal(t, result{2, "", "importjob: give --backend aws, or --backend memory for a simulation, or --dry-run; there is no default backend\n"}, got)
		assert.NoDirExists(t, dir)
	}
	got := command(t, "bulk", testdata("users.csv"), "--dir", dir, "--dry-run", "--region=us-west-2")
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, "--region works only with --backend aws")
}

// An import into a pool in memory says so wherever it is reported.
func TestBulkSaysSimulation(t *testing.T) {
	dir := newDir(t)
	got := command(t, "bulk", "--backend=memory", "--json", testdata("users.csv"), "--dir", dir)
	require.Equal(t, 0, got.status, got.err)
	for line := range strings.Lines(got.err) {
		assert.True(t, strings.HasPrefix(line, "SIMULATION: "), line)
	}
	var printed bulk.Summary
	require.NoError(t, json.Unmarshal([]byte(got.out), &printed))
	assert.Equal(t, bulk.Target{Backend: "memory", Account: "111111111111", Simulation: true}, printed.Target)
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	require.NoError(t, err)
	assert.Contains(t, string(page), "<h1>SIMULATION: ")
	assert.Contains(t, string(page), "No user was imported into a pool at AWS.")
}

// A dry run at AWS is continued at AWS, with no other flag. Any other service is refused.
func TestBulkResumesWhereItWasPlanned(t *testing.T) {
	awsEnvironment(t)
	cognito := newPool(t, nil, nil)
	file, dir := csvFile(t, people(3)...), newDir(t)
	args := append([]string{"bulk", file, "--dir", dir, "--dry-run", "--backend=aws", "--region=us-west-2", "--part-rows=2", "--job-name=night"}, atPool...)
	got := withPool(t, cognito, args...)
	require.Equal(t, 0, got.status, got.err)
	assert.Equal(t, "This was a dry run, and no user was imported. To import the users: importjob bulk --resume --dir "+dir, lastLine(got.out))
	for _, c := range []struct {
		flag, want string
	}{
		{"--backend=memory", "--backend is not the same as in the import in " + dir + "; leave it out, or give --backend=aws\n"},
		{"--region=eu-west-1", "--region is not the same as in the import in " + dir + "; leave it out, or give --region=us-west-2\n"},
		{"--endpoint-url=https://example.com", `it holds an import with the endpoint that is the default, not "https://example.com"; give --backend aws --region us-west-2, and a role of the account 222222222222 as --cloud-watch-logs-role-arn, or another directory` + "\n"},
		{"--cloud-watch-logs-role-arn=arn:aws:iam::333333333333:role/Logs", `it holds an import with the account "222222222222", not "333333333333"; give --backend aws --region us-west-2, and a role of the account 222222222222 as --cloud-watch-logs-role-arn, or another directory` + "\n"},
		{"--job-name=day", "--job-name is not the same as in the import in " + dir + "; leave it out, or give --job-name=night\n"},
		{"--user-pool-id=us-west-2_b", "--user-pool-id is not the same as in the import in " + dir + "; leave it out, or give --user-pool-id=us-west-2_aaaaaaaaa\n"},
	} {
		got := withPool(t, cognito, "bulk", "--resume", "--dir", dir, c.flag)
		assert.Equal(t, 2, got.status, c.flag)
		assert.Contains(t, got.err, c.want)
	}
	t.Setenv("AWS_REGION", "eu-west-1")
	got = withPool(t, cognito, "bulk", "--resume", "--dir", dir, "--cloud-watch-logs-role-arn=arn:aws:iam::222222222222:role/Mended")
	require.Equal(t, 0, got.status, got.err)
	assert.Contains(t, got.out, "Imported  3\n")
	assert.NotContains(t, got.out+got.err, "SIMULATION")
	assert.Len(t, usernamesIn(t, cognito), 3)
	names := jobsIn(t, cognito)
	require.Len(t, names, 2, "--part-rows is that of the plan")
	assert.True(t, strings.HasPrefix(names[0], "night-"))
	saved, err := bulk.Load(dir)
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:iam::222222222222:role/Mended", saved.Input.CloudWatchLogsRoleARN, "the last one")

	got = withPool(t, cognito, "bulk", "--resume", "--dry-run", "--dir", dir)
	assert.Equal(t, "The import in this directory has ended: see "+filepath.Join(dir, "report.csv"), lastLine(got.out))
}

// A dry run without a backend says nothing about the service, so the import needs one.
func TestBulkDryRunWithoutABackend(t *testing.T) {
	awsEnvironment(t)
	cognito := newPool(t, nil, nil)
	for _, id := range []string{"", "us-west-2_aaaaaaaaa"} {
		file, dir := csvFile(t, people(3)...), newDir(t)
		args := []string{"bulk", file, "--dir", dir, "--dry-run"}
		if id != "" {
			args = append(args, "--user-pool-id", id)
		}
		got := command(t, args...)
		require.Equal(t, 0, got.status, got.err)
		assert.NotContains(t, got.out, "SIMULATION", "it imports nothing anyway")
		if id == "" {
			assert.Contains(t, got.out, "make a dry run in another directory with --backend aws; for a simulation: importjob bulk --resume --dir "+dir+" --backend memory\n")
		} else {
			assert.Contains(t, got.out, "To import the users: importjob bulk --resume --dir "+dir+" --backend aws --cloud-watch-logs-role-arn ARN\n")
		}
		got = command(t, "bulk", "--resume", "--dir", dir)
		assert.Equal(t, 2, got.status)
		assert.Contains(t, got.err, "there is no default backend")
		if id == "" {
			got = command(t, "bulk", "--resume", "--dir", dir, "--backend=memory")
			assert.Contains(t, got.out, simulation+"\nRows      3\nImported  3\n")
			got = withPool(t, cognito, append([]string{"bulk", "--resume", "--dir", dir, "--backend=aws"}, atPool...)...)
			assert.Equal(t, 2, got.status)
			assert.Contains(t, got.err, `it holds an import with the backend "memory", not "aws"`)
			assert.Empty(t, usernamesIn(t, cognito))
			continue
		}
		got = withPool(t, cognito, "bulk", "--resume", "--dir", dir, "--backend=aws")
		assert.Contains(t, got.err, "--cloud-watch-logs-role-arn is required at AWS", "the role of the dry run was made up")
		got = withPool(t, cognito, "bulk", "--resume", "--dir", dir, "--backend=aws", atPool[1])
		assert.Equal(t, 0, got.status, got.err)
		assert.Len(t, usernamesIn(t, cognito), 3)
	}
}

// The directory has all that is needed to continue: a file with mapped columns, and a retry.
func TestBulkResumeNeedsOnlyTheDirectory(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, &memory.Options{RowsPerSecond: 1}, nil)
		dir, second := newDir(t), newDir(t)
		mapped := []string{"--delimiter=;", "--map", "email=E-Mail", "--map=cognito:username=Login", "--map", "email_verified=Checked", "--map=address=Address", "--ignore", "Notes, internal"}
		file := textFile(t, crm)
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		got := bulkAt(ctx, cognito, append([]string{file, "--dir", dir}, mapped...)...)
		require.Contains(t, got.err, "continue with importjob bulk --resume --dir "+dir+"\n")
		refused := withPool(t, cognito, "bulk", "--resume", "--dir", dir, "--map=email=Login")
		assert.Contains(t, refused.err, "--map is not the same as in the import in "+dir)
		got = withPool(t, cognito, "bulk", "--resume", "--dir", dir)
		assert.Equal(t, 1, got.status, got.err)
		assert.Contains(t, got.out, "Imported  3\nSkipped   0\nFailed    0\nRejected  1,")
		got = withPool(t, cognito, "bulk", file, "--resume", "--dir", dir)
		assert.Contains(t, got.out, "Imported  3\n", "the flags about the file are those of the plan")

		got = bulkAt(t.Context(), cognito, "--retry", dir, "--dir", second, "--dry-run")
		require.Equal(t, 0, got.status, got.err)
		require.NoError(t, os.RemoveAll(dir))
		got = withPool(t, cognito, "bulk", "--resume", "--dir", second)
		assert.Equal(t, 0, got.status, got.err)
		assert.Contains(t, got.out, "Rows      0\n")
	})
}

// The hint to read the results later leads to the same endpoint.
func TestResultsHintHasTheEndpoint(t *testing.T) {
	f := awsFlags{EndpointURL: "http://127.0.0.1:9229", Region: "eu-west-1", Profile: "my profile"}
	assert.Equal(t, "importjob results --user-pool-id us-west-2_a --job-id import-1 --endpoint-url http://127.0.0.1:9229 --region eu-west-1 --profile 'my profile'",
		resultsCommandOf(jobOf("us-west-2_a", "import-1"), f))
}

func jobOf(pool, id string) importjob.UserImportJob {
	return importjob.UserImportJob{UserPoolID: pool, JobID: id}
}
