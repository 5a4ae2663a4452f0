package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The names in the example of the reference of the CLI.
//
// Source: https://awscli.amazonaws.com/v2/documentation/api/latest/reference/cognito-idp/create-user-import-job.html
const (
	poolID  = "us-west-2_aaaaaaaaa"
	jobName = "MyImportJob"
	roleARN = "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole"
)

// create is the arguments of the example.
var create = []string{"create-user-import-job", "--user-pool-id", poolID, "--job-name", jobName, "--cloud-watch-logs-role-arn", roleARN}

// The numbers of rows in the file that the function file writes.
const (
	rowsOfFile = 3_000
	good       = "2998" // rows that are imported
)

// file writes a CSV file with the columns of a header. It does not use importjob.Writer. The third row is skipped,
// since it has the username of the first. The fourth row fails, since it has no verified attribute. All other rows are
// imported.
func file(t *testing.T, header []string) string {
	t.Helper()
	rows := []map[string]string{
		{"cognito:username": "zoë", "email": "zoe@example.com", "email_verified": "TRUE", "name": "Zoë, la 1ère", "address": `1\2 Rue, Paris`},
		{"cognito:username": "李雷", "email": "li@example.com", "email_verified": "true", "cognito:mfa_enabled": "FALSE", "birthdate": "02/29/2000"},
		{"cognito:username": "zoë", "email": "other@example.com", "email_verified": "TRUE"},
		{"cognito:username": "unverified", "email": "unverified@example.com", "email_verified": "FALSE"},
	}
	for i := len(rows); i < rowsOfFile; i++ {
		name := fmt.Sprintf("user%d", i)
		rows = append(rows, map[string]string{"cognito:username": name, "email": name + "@example.com", "email_verified": "TRUE"})
	}
	return rowsFile(t, header, rows)
}

// rowsFile writes a CSV file with rows, which have values by the names of columns.
func rowsFile(t *testing.T, header []string, rows []map[string]string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(strings.Join(header, ",") + "\n")
	for _, row := range rows {
		cells := make([]string, len(header))
		for i, column := range header {
			cells[i] = strings.ReplaceAll(row[column], ",", `\,`)
		}
		b.WriteString(strings.Join(cells, ",") + "\n")
	}
	name := filepath.Join(t.TempDir(), "PATH_TO_CSV_FILE")
	require.NoError(t, os.WriteFile(name, []byte(b.String()), 0o600))
	return name
}

// header gets the header of the pool in the form that a shell script can use.
func (a awsCLI) header() []string {
	a.t.Helper()
	text := a.text("cognito-idp", "get-csv-header", "--user-pool-id", poolID, "--query", "CSVHeader", "--output", "text")
	return strings.Split(text, "\t")
}

// curl runs the second command of the example: curl -v -T file [-H header] url.
func curl(t *testing.T, args ...string) (status int, result result) {
	t.Helper()
	got := run(t, nil, find(t, "curl", "apt-get install -y curl"), append([]string{"--silent", "-v"}, args...)...)
	found := regexp.MustCompile(`(?m)^< HTTP/1\.1 (\d{3}) `).FindAllStringSubmatch(got.stderr, -1)
	require.NotEmpty(t, found, got)
	status, err := strconv.Atoi(found[len(found)-1][1]) // after 100 Continue
	require.NoError(t, err)
	return status, got
}

const sseHeader = "x-amz-server-side-encryption:aws:kms"

// upload uploads a file as the example does.
func upload(t *testing.T, file, url string) {
	t.Helper()
	status, got := curl(t, "-T", file, "-H", sseHeader, url)
	require.Equal(t, 200, status, got)
	assert.Empty(t, got.stdout)
	assert.Regexp(t, `(?mi)^< ETag: "[0-9a-f]+"`, got.stderr)
	assert.Regexp(t, `(?mi)^< x-amz-server-side-encryption: aws:kms`, got.stderr)
}

// TestPage runs the example of the page, up to the end of the job and its log.
func TestPage(t *testing.T) {
	t.Parallel()
	find(t, "curl", "apt-get install -y curl")
	a := newAWS(t, "--auto-verified=email", "--rows-per-second=1")
	before := time.Now().Truncate(time.Millisecond)
	created := a.job(create...)
	id, url := created.text("JobId"), created.text("PreSignedUrl")
	a.isCreated(created, before)

	file := file(t, a.header())
	status, got := curl(t, "-T", file, url)
	assert.Equal(t, 403, status)
	assert.Contains(t, got.stdout, "<Code>SignatureDoesNotMatch</Code>")
	upload(t, file, url)

	started := a.onJob("start-user-import-job", id)
	assert.Equal(t, "Pending", started.text("Status"))
	assert.Contains(t, started, "StartDate")
	assert.NotContains(t, started, "CompletionDate")
	a.isUnderWay(id)
	done := a.untilDone(id)
	assert.Equal(t, "Succeeded", done.text("Status"))
	assert.Equal(t, counts(good, "1", "1"), done.counts())
	assert.Equal(t, "Import Job Completed Successfully.", done.text("CompletionMessage"))
	assert.Contains(t, done, "CompletionDate")
	a.logTells(id)
	a.refused("PreconditionNotMetException", "", "start-user-import-job", "--user-pool-id", poolID, "--job-id", id)
}

// isCreated checks that a new job has the members on the page, in the forms on the page.
func (a awsCLI) isCreated(job members, before time.Time) {
	a.t.Helper()
	want := []string{"JobName", "JobId", "UserPoolId", "PreSignedUrl", "CreationDate", "Status",
		"CloudWatchLogsRoleArn", "ImportedUsers", "SkippedUsers", "FailedUsers"}
	require.ElementsMatch(a.t, want, slices.Collect(maps.Keys(job)))
	assert.Equal(a.t, jobName, job["JobName"])
	assert.Regexp(a.t, `^import-[0-9a-zA-Z]{10}$`, job["JobId"])
	assert.Equal(a.t, poolID, job["UserPoolId"])
	assert.Equal(a.t, "Created", job["Status"])
	assert.Equal(a.t, roleARN, job["CloudWatchLogsRoleArn"])
	assert.Equal(a.t, counts("0", "0", "0"), job.counts())
	assert.True(a.t, strings.HasPrefix(job.text("PreSignedUrl"), a.server.url+"/"), "the URL leads elsewhere")
	date := a.date(job["CreationDate"])
	assert.False(a.t, date.Before(before) || date.After(time.Now()), "%v is not now", date)

	wire := a.configured("cli_timestamp_format = wire").onJob("describe-user-import-job", job.text("JobId"))
	assert.Regexp(a.t, `^\d{10}(\.\d{1,3})?$`, wire["CreationDate"], "the number of the page")
	iso := a.configured("cli_timestamp_format = iso8601").onJob("describe-user-import-job", job.text("JobId"))
	assert.Equal(a.t, date, parseISO(a.t, iso["CreationDate"]))
	delete(iso, "CreationDate")
	delete(wire, "CreationDate")
	assert.Equal(a.t, iso, wire)
}

// date parses a date as the CLI prints it by default. Version 1 prints the number that the service sent, as on the
// page, and version 2 prints ISO 8601.
func (a awsCLI) date(printed any) time.Time {
	a.t.Helper()
	if a.version == "2" {
		return parseISO(a.t, printed)
	}
	number, ok := printed.(json.Number)
	require.True(a.t, ok, "%v is no number", printed)
	seconds, err := number.Float64()
	require.NoError(a.t, err)
	return time.UnixMilli(int64(seconds*1000 + 0.5)).UTC()
}

func parseISO(t *testing.T, printed any) time.Time {
	t.Helper()
	text, ok := printed.(string)
	require.True(t, ok, "%v is no text", printed)
	date, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return date.UTC()
}

// isUnderWay checks the progress after ten minutes, at one row per second.
func (a awsCLI) isUnderWay(id string) {
	a.t.Helper()
	a.server.control("advance", "by", "10m")
	job := a.onJob("describe-user-import-job", id)
	assert.Equal(a.t, "InProgress", job.text("Status"))
	assert.NotContains(a.t, job, "CompletionDate")
	n, err := strconv.Atoi(fmt.Sprint(job["ImportedUsers"]))
	require.NoError(a.t, err)
	assert.GreaterOrEqual(a.t, n, 598)
	assert.Less(a.t, n, rowsOfFile-2)
	assert.Equal(a.t, counts(json.Number(strconv.Itoa(n)), "1", "1"), job.counts())
}

// untilDone describes a job each hour of the clock of the server until it has ended.
func (a awsCLI) untilDone(id string) members {
	a.t.Helper()
	const looks = 3
	for range looks {
		a.server.control("advance", "by", "1h")
		job := a.onJob("describe-user-import-job", id)
		if status := job.text("Status"); status != "Pending" && status != "InProgress" {
			return job
		}
	}
	require.Fail(a.t, "the job has not ended")
	return nil
}

// logTells checks the log of the job in CloudWatch Logs.
func (a awsCLI) logTells(id string) {
	a.t.Helper()
	group, stream := "/aws/cognito/userpools/"+poolID+"/MyUserPool", id+"/"+jobName
	names := a.text("logs", "describe-log-streams", "--log-group-name", group, "--log-stream-name-prefix", id+"/",
		"--query", "logStreams[].logStreamName", "--output", "text")
	assert.Equal(a.t, stream, names)
	var messages []string
	a.json(&messages, "logs", "get-log-events", "--log-group-name", group, "--log-stream-name", stream,
		"--start-from-head", "--limit", "7", "--query", "events[].message", "--output", "json")
	assert.Equal(a.t, []string{
		"Cognito User Pools Import - Test Log",
		"Cognito User Pools Import - Test Log",
		"[SUCCEEDED] Line Number 2 - The import succeeded.",
		"[SUCCEEDED] Line Number 3 - The import succeeded.",
		"[SKIPPED] Line Number 4 - The user already exists.",
		"[FAILED] Line Number 5 - The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true).",
		"[SUCCEEDED] Line Number 6 - The import succeeded.",
	}, messages)
	failed := a.text("logs", "filter-log-events", "--log-group-name", group, "--log-stream-names", stream,
		"--filter-pattern", "FAILED", "--query", "length(events)", "--output", "json")
	assert.Equal(a.t, "1", failed)
}
