package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// reported is what importjob run --json prints.
type reported struct {
	UserImportJob importjob.UserImportJob
	Rows          []userRow
}

func parseReport(t *testing.T, out string) reported {
	t.Helper()
	r := reported{}
	decoder := json.NewDecoder(strings.NewReader(out))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&r), out)
	require.False(t, decoder.More(), "more than one JSON value")
	return r
}

func TestRunImportsTheUsersFile(t *testing.T) {
	got := command(t, "run", testdata("users.csv"))
	assert.Equal(t, 0, got.status)
	assert.Empty(t, got.err, "no progress where there is no terminal")
	for _, want := range []string{
		"JobName                MyImportJob\n",
		"UserPoolId             us-west-2_aaaaaaaaa\n",
		"CloudWatchLogsRoleArn  arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole\n",
		"Status                 Succeeded\n",
		"ImportedUsers          1000\n",
		"SkippedUsers           0\n",
		"FailedUsers            0\n",
		"CompletionMessage      Import Job Completed Successfully.\n",
	} {
		assert.Contains(t, got.out, want)
	}
	assert.NotContains(t, got.out, "https://", "the URL is a credential")
	assert.NotContains(t, got.out, "users.csv:", "no row is bad")
}

// The members and their order are those of the page on create-user-import-job of the AWS CLI.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/create-user-import-job.html
func TestRunJSON(t *testing.T) {
	before := backend.Date(time.Now())
	got := command(t, "run", "--json", testdata("users.csv"), "--job-name", "Über  uns"[2:], "--user-pool-id=eu-west-1_bbbb")
	assert.Equal(t, 0, got.status)
	assert.Empty(t, got.err)

	keys := []string{}
	for line := range strings.Lines(got.out) {
		if key, isMember := strings.CutPrefix(line, `        "`); isMember {
			keys = append(keys, key[:strings.IndexByte(key, '"')])
		}
	}
	assert.Equal(t, []string{"JobName", "JobId", "UserPoolId", "PreSignedUrl", "CreationDate", "StartDate", "CompletionDate", "Status",
		"CloudWatchLogsRoleArn", "ImportedUsers", "SkippedUsers", "FailedUsers", "CompletionMessage"}, keys)
	assert.True(t, strings.HasPrefix(got.out, "{\n    \"UserImportJob\": {\n        \"JobName\": \"ber  uns\",\n"), got.out)
	assert.True(t, strings.HasSuffix(got.out, "\n    }\n}\n"), got.out)
	assert.NotContains(t, got.out, `\u0026`)

	r := parseReport(t, got.out)
	assert.Nil(t, r.Rows)
	assert.Equal(t, importjob.StatusSucceeded, r.UserImportJob.Status)
	assert.EqualValues(t, users, r.UserImportJob.ImportedUsers)
	assert.Equal(t, "eu-west-1_bbbb", r.UserImportJob.UserPoolID)
	assert.Contains(t, r.UserImportJob.PreSignedURL, "eu-west-1")
	assert.Contains(t, r.UserImportJob.PreSignedURL, ".invalid/", "no file can leave the machine")
	assert.False(t, r.UserImportJob.CreationDate.Before(before))
	assert.False(t, r.UserImportJob.CompletionDate.Before(r.UserImportJob.StartDate))
}

func TestRunNamesWhoFailed(t *testing.T) {
	file := csvFile(t,
		"ann@example.com,TRUE,ann",
		"bob.example.com,TRUE,bob",
		"", // a row that is blank but for its commas
		"ann@example.com,TRUE,Ann",
		"eve@example.com,TRUE,eve,too,many",
		"zoe@example.com,TRUE,zoe",
		"eva@example.com,FALSE,\x1b[31mé\x1b",
		"ian@example.com,TRUE,ian\n\n\nkim@example.com,TRUE",
	)
	want := strings.ReplaceAll(`FILE:3: FAILED bob: Invalid email address format.
FILE:4: FAILED (no username): a value is required
FILE:5: SKIPPED Ann: The user already exists.
FILE:6: FAILED (no username): the row does not have as many values as the header
FILE:8: FAILED [31mé: The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true).
FILE:12: FAILED (no username): the row does not have as many values as the header
`, "FILE", file)
	got := command(t, "run", file)
	assert.Equal(t, 1, got.status)
	assert.Empty(t, got.err)
	assert.Contains(t, got.out, "Status                 Failed\n")
	_, rows, _ := strings.Cut(got.out, "CompletionMessage      Too many users have failed or been skipped during the import.\n")
	assert.Equal(t, want, rows)

	r := parseReport(t, command(t, "run", file, "--json").out)
	require.Len(t, r.Rows, 6)
	assert.Equal(t, userRow{3, importjob.RowFailed, "bob", "Invalid email address format.", nil}, r.Rows[0])
	assert.Equal(t, userRow{5, importjob.RowSkipped, "Ann", "The user already exists.", nil}, r.Rows[2])
	assert.EqualValues(t, 3, r.UserImportJob.ImportedUsers)
	assert.EqualValues(t, 1, r.UserImportJob.SkippedUsers)
	assert.EqualValues(t, 5, r.UserImportJob.FailedUsers)
}

// Bad rows alone do not make a job fail, and the exit status is that of the job.
func TestRunSucceedsWithSomeBadRows(t *testing.T) {
	got := command(t, "run", csvFile(t, "a@example.com,TRUE,a", "b@example.com,TRUE,b", "c,TRUE,c"))
	assert.Equal(t, 0, got.status)
	assert.Contains(t, got.out, ":4: FAILED c: Invalid email address format.\n")
}

// run and check are two ways to the same verdict.
func TestRunAndCheckAgree(t *testing.T) {
	file := testdata("broken.csv")
	ran := parseReport(t, command(t, "run", file, "--json").out)
	found := []userRow{}
	checked := command(t, "check", file, "--json")
	for line := range strings.Lines(checked.out) {
		f := findingLine{}
		require.NoError(t, json.Unmarshal([]byte(line), &f))
		username := f.Username
		found = append(found, userRow{f.Line, f.Status, username, f.Reason, nil})
	}
	assert.Equal(t, found, ran.Rows)
	assert.Len(t, found, len(brokenRows)-2)
}

func TestRunRefusedByTheService(t *testing.T) {
	got := command(t, "run", testdata("users.csv"), "--auto-verified=")
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "Status                 Created\n")
	assert.Contains(t, got.err, "PreconditionNotMetException")
	assert.Equal(t, 1, strings.Count(got.err, "\n"))
}

func TestRunWithPasswordHashes(t *testing.T) {
	hash := "$2b$10$" + strings.Repeat("a", 53)
	text := classic + ends + ",password_hash\n,,,,,,,,,ann@example.com,TRUE,,,,,,,,,,ann," + hash + "\n"
	file := t.TempDir() + "/hashes.csv"
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	r := parseReport(t, command(t, "run", file, "--json", "--password-hashing-algorithm", "BCRYPT").out)
	assert.Equal(t, importjob.HashBCRYPT, r.UserImportJob.PasswordHashingAlgorithm)
	assert.EqualValues(t, 1, r.UserImportJob.ImportedUsers)

	assert.Equal(t, 1, command(t, "run", file).status, "without the flag the pool has no such column")
}

func TestRunProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := commandWith(t.Context(), "", true, "run", testdata("users.csv"), "--rows-per-second=100")
		assert.Equal(t, 0, got.status)
		assert.Contains(t, got.err, "Uploading")
		assert.Contains(t, got.err, "Importing")
		assert.Regexp(t, `Importing +5\d%.*\(5\d\d/1000\)`, got.err)
		assert.NotContains(t, got.out, "Importing")
		assert.True(t, strings.HasSuffix(got.err, "\r") || strings.HasSuffix(got.err, "\x1b[2K"), "the bar is cleared: %q", got.err[max(0, len(got.err)-40):])
	})
}

// No bar is shown for nothing: an empty file, or a file without rows.
func TestRunProgressOfSmallFiles(t *testing.T) {
	oneRow := csvFile(t, "ann@example.com,TRUE,ann")
	for _, c := range []struct {
		file                 string
		status               int
		uploading, importing bool
	}{
		{testdata("broken-empty.csv"), 1, false, false},
		{testdata("header-only.csv"), 0, true, false},
		{testdata("broken-bom.csv"), 1, true, true},
		{oneRow, 0, true, true},
	} {
		got := commandWith(t.Context(), "", true, "run", c.file)
		assert.Equal(t, c.status, got.status, c.file)
		assert.Equal(t, c.uploading, strings.Contains(got.err, "Uploading"), "%s: %q", c.file, got.err)
		assert.Equal(t, c.importing, strings.Contains(got.err, "Importing"), "%s: %q", c.file, got.err)
		assert.NotContains(t, got.err, "importjob:", c.file)
	}
}

func TestRunInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second+time.Millisecond)
		defer cancel()
		got := commandWith(ctx, "", false, "run", "--json", testdata("broken.csv"), "--rows-per-second=2")
		assert.Equal(t, 1, got.status)
		assert.Equal(t, "importjob: interrupted\n", got.err)
		r := parseReport(t, got.out)
		assert.Equal(t, importjob.StatusStopped, r.UserImportJob.Status)
		assert.EqualValues(t, 10, r.UserImportJob.ImportedUsers+r.UserImportJob.SkippedUsers+r.UserImportJob.FailedUsers)
		assert.Len(t, r.Rows, 9)
	})
}

func TestRunInterruptedBeforeItBegins(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := commandWith(ctx, "", false, "run", testdata("users.csv"))
	assert.Equal(t, result{1, "", "importjob: interrupted\n"}, got)
}

// A log line of no known form is shown as it is.
func TestRowsOfAnUnknownForm(t *testing.T) {
	client := resultsClient{rows: []importjob.RowResult{
		{Line: 2, Status: importjob.RowFailed, Reason: "first"},
		{Reason: "Cognito User Pools Import - Test Log"},
		{Line: 3, Status: importjob.RowSucceeded, Reason: "The import succeeded."},
		{Line: 99, Status: importjob.RowFailed, Reason: "beyond the end"},
	}}
	file := bytes.NewBufferString("cognito:username\nann\nbob\n")
	rows := []userRow{}
	log := &jobLog{client: client}
	for row, err := range notImported(userRows(log.rows(t.Context()), newUsernames(file))) {
		require.NoError(t, err)
		rows = append(rows, row)
	}
	assert.Equal(t, []userRow{
		{2, importjob.RowFailed, "ann", "first", nil},
		{0, "", "", "Cognito User Pools Import - Test Log", nil},
		{99, importjob.RowFailed, "", "beyond the end", nil},
	}, rows)
	assert.Equal(t, ":2: FAILED ann: first", rows[0].String())
	assert.Equal(t, ": Cognito User Pools Import - Test Log", rows[1].String())
	assert.Equal(t, ":99: FAILED (no username): beyond the end", rows[2].String())
}

// resultsClient is a Client that has result lines only.
type resultsClient struct {
	importjob.Client
	rows []importjob.RowResult
}

func (c resultsClient) Results(context.Context, importjob.Ref, importjob.Page) ([]importjob.RowResult, string, error) {
	return c.rows, "", nil
}
