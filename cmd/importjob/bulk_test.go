package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/userpool"
)

// newDir is the name of a directory that is not there yet.
func newDir(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "import")
}

// outcomes counts the rows of a report by outcome.
func outcomes(t *testing.T, dir string) map[string]int {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, "report.csv"))
	require.NoError(t, err)
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	require.Equal(t, "outcome", records[0][5])
	counts := map[string]int{}
	for _, r := range records[1:] {
		counts[r[5]]++
	}
	return counts
}

// usernamesIn are those of the pool.
func usernamesIn(t *testing.T, d userpool.Directory) []string {
	t.Helper()
	var names []string
	for u, err := range userpool.All(context.Background(), d, "us-west-2_aaaaaaaaa") {
		require.NoError(t, err)
		names = append(names, u.Username)
	}
	return names
}

// jobsIn are the names of the pool's jobs.
func jobsIn(t *testing.T, c importjob.Client) []string {
	t.Helper()
	var names []string
	for job, err := range importjob.Jobs(context.Background(), c, "us-west-2_aaaaaaaaa") {
		require.NoError(t, err)
		names = append(names, job.JobName)
	}
	return names
}

// textFile writes a file.
func textFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "people.csv")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

// withoutIDs gives jobs and plans of an output the same names each time.
func withoutIDs(text string) string {
	return regexp.MustCompile(`import-[0-9a-zA-Z]{10}`).ReplaceAllString(text, "import-X")
}

func TestBulk(t *testing.T) {
	dir := newDir(t)
	got := command(t, "bulk", "--backend=memory", testdata("users.csv"), "--dir", dir, "--part-rows=400")
	assert.Equal(t, 0, got.status)
	assert.Equal(t, strings.ReplaceAll(`SIMULATION: the pool was in memory and is gone. No user was imported at AWS.
Rows      1000
Imported  1000
Skipped   0
Failed    0
Rejected  0
Unknown   0
Jobs      3
Report    DIR/report.csv
          DIR/report.html
          DIR/summary.json
`, "DIR", dir), got.out)
	assert.Equal(t, `users.csv: Cognito's CSV dialect
SIMULATION: planning: 0 rows
SIMULATION: importing: part 1 of 3, job import-X Created: 0 of 1000 rows
SIMULATION: importing: part 1 of 3, job import-X Succeeded: 400 of 1000 rows
SIMULATION: importing: part 2 of 3, job import-X Created: 400 of 1000 rows
SIMULATION: importing: part 2 of 3, job import-X Succeeded: 800 of 1000 rows
SIMULATION: importing: part 3 of 3, job import-X Created: 800 of 1000 rows
SIMULATION: importing: part 3 of 3, job import-X Succeeded: 1000 of 1000 rows
`, withoutIDs(got.err))
	assert.Equal(t, map[string]int{"imported": 1000}, outcomes(t, dir))
	for _, name := range []string{"report.html", "summary.json", "journal.jsonl", "rejected.csv", "parts/0003.csv"} {
		assert.FileExists(t, filepath.Join(dir, name))
	}
}

func TestBulkJSONIsTheSummary(t *testing.T) {
	dir := newDir(t)
	got := command(t, "bulk", "--backend=memory", "--json", "--job-name=night", testdata("broken.csv"), "--dir="+dir, "--part-rows=1")
	assert.Equal(t, 1, got.status, "30 rows are rejected")
	var printed, written bulk.Summary
	decoder := json.NewDecoder(strings.NewReader(got.out))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&printed))
	require.False(t, decoder.More())
	text, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &written))
	assert.Equal(t, written, printed)
	assert.Equal(t, []int64{32, 2, 30}, []int64{printed.Rows, printed.Imported, printed.Rejected})
	assert.Equal(t, 2, printed.Jobs)
	assert.True(t, strings.HasPrefix(printed.Runs[1].JobName, "night-"), printed.Runs[1].JobName)
	assert.NotContains(t, got.err, "rejected", "the summary says it")
}

// A dry run prints the command that goes on with it, and that command does.
func TestBulkDryRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's an import")
	file := csvFile(t, "ann@example.com,TRUE,ann", "bob.example.com,TRUE,bob", "ann@example.com,TRUE,Ann", "eve@example.com,TRUE,eve")
	got := command(t, "bulk", "--backend=memory", file, "--dry-run", "--dir", dir, "--part-rows=1")
	quoted := "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
	assert.Equal(t, 1, got.status, "two cannot be imported")
	assert.Equal(t, "Rows      4\nRejected  2, see "+dir+"/rejected.csv\nJobs      2\n"+
		"This was a dry run, and no user was imported. To import the users: importjob bulk --resume --dir "+quoted+"\n", got.out)
	assert.Equal(t, "users.csv: Cognito's CSV dialect\nSIMULATION: planning: 0 rows\n", got.err)
	assert.NoFileExists(t, filepath.Join(dir, "report.csv"))

	again := command(t, "bulk", "--backend=memory", file, "--dry-run", "--dir", dir, "--resume", "--json")
	assert.Regexp(t, `^\{\n    "plan": "MyImportJob-\w{8}",\n    "rows": 4,\n    "rejected": 2,\n    "parts": 2\n\}\n$`, again.out)
	got = command(t, "bulk", "--backend=memory", file, "--dir", dir, "--part-rows=1", "--resume")
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "Imported  2\n")
	assert.Equal(t, map[string]int{"imported": 2, "rejected": 2}, outcomes(t, dir))

	good := command(t, "bulk", "--backend=memory", testdata("users.csv"), "--dry-run", "--dir", newDir(t))
	assert.Equal(t, 0, good.status)
	assert.Contains(t, good.out, "Rejected  0\nJobs      1\n")
}

func TestBulkRefusesADirectoryInUse(t *testing.T) {
	dir := newDir(t)
	file := testdata("users.csv")
	require.Equal(t, 0, command(t, "bulk", "--backend=memory", file, "--dir", dir).status)
	before, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	require.NoError(t, err)
	for _, args := range [][]string{{}, {"--dry-run"}} {
		got := command(t, append([]string{"bulk", "--backend=memory", file, "--dir", dir}, args...)...)
		assert.Equal(t, result{2, "", "importjob: --dir " + dir + ": the directory is not empty; give --resume to continue the import in it, or give another directory\n"}, got)
	}
	after, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	require.NoError(t, err)
	assert.Equal(t, before, after)

	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--job-name=other"}, "it holds an import with the job name MyImportJob"},
		{[]string{"--user-pool-id=eu-west-1_b"}, "it holds an import into the pool us-west-2_aaaaaaaaa"},
		{[]string{"--from=csv"}, "the input or its options are not the same"},
	} {
		got := command(t, append([]string{"bulk", "--backend=memory", file, "--dir", dir, "--resume"}, c.args...)...)
		assert.Equal(t, 2, got.status)
		assert.Contains(t, got.err, c.want)
		assert.NotContains(t, got.err, "give --resume", "it was")
		assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
	}
	other := csvFile(t, "ann@example.com,TRUE,ann")
	got := command(t, "bulk", "--backend=memory", other, "--dir", dir, "--resume")
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, "importjob: the input or its options are not the same as in the plan")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	copied := textFile(t, string(text))
	assert.Equal(t, 0, command(t, "bulk", "--backend=memory", copied, "--dir", dir, "--resume").status, "the same file by another name")
}

// An empty directory can be resumed too, so a script need not know how far it came.
func TestBulkResumesNothing(t *testing.T) {
	got := command(t, "bulk", "--backend=memory", testdata("users.csv"), "--dir", newDir(t), "--resume")
	assert.Equal(t, 0, got.status)
	assert.Contains(t, got.out, "Imported  1000\n")
}

// What stands in the directory is not to be changed by hand.
func TestBulkNoticesAPartThatWasChanged(t *testing.T) {
	dir, file := newDir(t), csvFile(t, "ann@example.com,TRUE,ann")
	require.Equal(t, 0, command(t, "bulk", "--backend=memory", file, "--dir", dir, "--dry-run").status)
	part := filepath.Join(dir, "parts", "0001.csv")
	require.NoError(t, os.WriteFile(part, []byte("name\n"), 0o600))
	got := command(t, "bulk", "--backend=memory", file, "--dir", dir, "--resume")
	assert.Equal(t, 2, got.status)
	assert.Equal(t, "importjob: part 1: "+part+": the file of a part was changed after it was planned: restore it, or use another directory", lastLine(got.err))
}

// A directory of somebody's is not taken for half a plan, which would be cleared away.
func TestBulkLeavesOtherDirectoriesAlone(t *testing.T) {
	for _, args := range [][]string{nil, {"--resume"}, {"--resume", "--dry-run"}} {
		dir := t.TempDir()
		note := filepath.Join(dir, "parts", "note.txt")
		require.NoError(t, os.Mkdir(filepath.Dir(note), 0o700))
		require.NoError(t, os.WriteFile(note, []byte("mine"), 0o600))
		got := command(t, append([]string{"bulk", "--backend=memory", testdata("users.csv"), "--dir", dir}, args...)...)
		assert.Equal(t, 2, got.status)
		if args != nil {
			assert.Equal(t, "importjob: "+dir+": the directory has files that are not an import: use another directory\n", got.err)
		}
		assert.FileExists(t, note)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Len(t, entries, 1)
	}
}

func TestBulkOverASocket(t *testing.T) {
	awsEnvironment(t)
	cognito := newPool(t, nil, nil)
	server := httptest.NewServer(cognitotest.Handler(cognito, &cognitotest.Options{Directory: cognito}))
	defer server.Close()
	dir := newDir(t)
	got := command(t, "bulk", "--backend=aws", "--endpoint-url", server.URL, testdata("users.csv"), "--dir", dir, "--part-rows=300", "--job-name=socket")
	assert.Equal(t, 0, got.status, got.err)
	assert.Contains(t, got.out, "Imported  1000\n")
	assert.Len(t, usernamesIn(t, cognito), users)
	names := jobsIn(t, cognito)
	require.Len(t, names, 4)
	for i, name := range names {
		assert.Regexp(t, fmt.Sprintf(`^socket-\w{8}-000%d$`, 4-i), name, "newest first")
	}
	again := command(t, "bulk", "--backend=aws", "--endpoint-url", server.URL, testdata("users.csv"), "--dir", dir, "--job-name=socket", "--resume")
	assert.Equal(t, result{0, got.out, ""}, again, "nothing is left to do")
	assert.Len(t, jobsIn(t, cognito), 4)
}

// Users who are there already are skipped, and the exit status says that not all came in.
func TestBulkSkipsUsersWhoExist(t *testing.T) {
	awsEnvironment(t)
	cognito := newPool(t, nil, nil)
	_, err := cognito.AddUser(t.Context(), "us-west-2_aaaaaaaaa", userpool.User{Username: "bob"})
	require.NoError(t, err)
	file := csvFile(t, "ann@example.com,TRUE,ann", "bob@example.com,TRUE,bob", "eve@example.com,TRUE,eve")
	dir := newDir(t)
	got := atFake(t.Context(), wire(cognito), append([]string{"bulk", file, "--dir", dir, "--no-results"}, atPool...)...)
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "Imported      2\nSkipped       1\nFailed        0\nRejected      0\nUnknown       0\n"+
		"NotToldApart  3 of these are unknown in the report, since only their number is known\nJobs          1\n")
	assert.Contains(t, withoutIDs(got.out), "\nPart 1: job import-X Succeeded: ")
	assert.Equal(t, map[string]int{"unknown": 3}, outcomes(t, dir))

	got = atFake(t.Context(), wire(cognito), append([]string{"bulk", file, "--dir", newDir(t)}, atPool...)...)
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "Imported  0\nSkipped   3\n")
}

// The rules of a pool can change between a plan and its jobs: then rows fail.
func TestBulkRetry(t *testing.T) {
	awsEnvironment(t)
	cognito := newPool(t, nil, nil)
	file := csvFile(t, "ann@example.com,TRUE,ann", "bob@example.com,TRUE,bob", "bad,TRUE,bad")
	dir := newDir(t)
	bulkOf := func(args ...string) result {
		return atFake(t.Context(), wire(cognito), append(append([]string{"bulk"}, args...), atPool...)...)
	}
	require.Equal(t, 1, bulkOf(file, "--dir", dir, "--dry-run").status)
	pool, err := cognito.Pool(t.Context(), "us-west-2_aaaaaaaaa")
	require.NoError(t, err)
	strict := pool.Clone()
	strict.AutoVerifiedAttributes = []string{"phone_number"}
	err = cognito.UpdatePool(t.Context(), userpool.Pool{Pool: strict})
	require.NoError(t, err)

	got := bulkOf(file, "--dir", dir, "--resume")
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "Imported  0\nSkipped   0\nFailed    2\nRejected  1, see "+dir+"/rejected.csv\nUnknown   0\nJobs      1\n")
	err = cognito.UpdatePool(t.Context(), userpool.Pool{Pool: pool})
	require.NoError(t, err)

	second := newDir(t)
	got = bulkOf("--retry", dir, "--dir", second)
	assert.Equal(t, 0, got.status, got.err)
	assert.Contains(t, got.out, "Rows      2\nImported  2\n")
	assert.ElementsMatch(t, []string{"ann", "bob"}, usernamesIn(t, cognito))
	got = bulkOf("--retry", second, "--dir", newDir(t))
	assert.Equal(t, 0, got.status, "nobody failed: there is nothing to do")
	assert.Contains(t, got.out, "Rows      0\n")
	got = bulkOf("--retry", dir, "--dir", second, "--resume")
	assert.Equal(t, 0, got.status, got.err)
	assert.Len(t, jobsIn(t, cognito), 2)
}
