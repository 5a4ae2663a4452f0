package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
)

// ran imports a file into a Cognito of its own and returns the job.
func ran(t *testing.T, name string) (*memory.Cognito, importjob.UserImportJob) {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	cognito := newPool(t, nil, nil)
	job, err := importjob.Import(t.Context(), cognito, importjob.CreateInput{
		JobName: "night", UserPoolID: "us-west-2_aaaaaaaaa", CloudWatchLogsRoleARN: "arn:aws:iam::222222222222:role/Logs",
	}, bytes.NewReader(text), int64(len(text)), nil)
	var ended *importjob.JobError
	if !errors.As(err, &ended) {
		require.NoError(t, err)
	}
	return cognito, job
}

func TestResults(t *testing.T) {
	awsEnvironment(t)
	file := csvFile(t, "ann@example.com,TRUE,ann", "bob.example.com,TRUE,bob", "ann@example.com,TRUE,Ann", "x,y,z,too,many", "zoe@example.com,TRUE,zoe")
	cognito, job := ran(t, file)
	results := func(args ...string) result {
		return atFake(t.Context(), wire(cognito), append([]string{"results", "--job-id", job.JobID, atPool[0]}, args...)...)
	}
	counters := job.JobID + ": Failed: 2 imported, 1 skipped, 2 failed\n"
	want := strings.ReplaceAll(`FILE:3: FAILED bob: Invalid email address format.
FILE:4: SKIPPED Ann: The user already exists.
FILE:5: FAILED (no username): the row does not have as many values as the header
`, "FILE", file)
	assert.Equal(t, result{1, want, counters}, results(file))
	assert.Equal(t, result{1, strings.ReplaceAll(`JOB:3: FAILED: Invalid email address format.
JOB:4: SKIPPED: The user already exists.
JOB:5: FAILED: the row does not have as many values as the header
`, "JOB", job.JobID), counters}, results())

	all := results("--all", "--json", file)
	assert.Equal(t, 1, all.status)
	var rows []userRow
	for line := range strings.Lines(all.out) {
		row := userRow{}
		require.NoError(t, json.Unmarshal([]byte(line), &row), line)
		rows = append(rows, row)
	}
	require.Len(t, rows, 5)
	assert.Equal(t, userRow{2, importjob.RowSucceeded, "ann", "The import succeeded.", nil}, rows[0])
	assert.Equal(t, userRow{3, importjob.RowFailed, "bob", "Invalid email address format.", nil}, rows[1])
	assert.Equal(t, userRow{6, importjob.RowSucceeded, "zoe", "The import succeeded.", nil}, rows[4])
	assert.Equal(t, `{"Line":3,"Status":"FAILED","Reason":"Invalid email address format."}`+"\n", strings.SplitAfter(results("--json").out, "\n")[0])
}

func TestResultsOfTheStandardInput(t *testing.T) {
	awsEnvironment(t)
	cognito, job := ran(t, testdata("broken.csv"))
	text, err := os.ReadFile(testdata("broken.csv"))
	require.NoError(t, err)
	out := bytes.Buffer{}
	run(t.Context(), []string{"results", "--job-id", job.JobID, atPool[0], "-"},
		streams{in: bytes.NewReader(text), out: &out, err: io.Discard, transport: wire(cognito), interruptible: context.WithCancel})
	assert.Contains(t, out.String(), "<stdin>:5: FAILED over-128-")
	assert.Equal(t, 30, strings.Count(out.String(), "\n"))
}

func TestResultsStatus(t *testing.T) {
	awsEnvironment(t)
	for name, want := range map[string]int{"users.csv": 0, "header-only.csv": 0, "broken.csv": 1, "broken-bom.csv": 1} {
		cognito, job := ran(t, testdata(name))
		got := atFake(t.Context(), wire(cognito), "results", "--job-id", job.JobID, atPool[0])
		assert.Equal(t, want, got.status, name)
		if name != "broken.csv" {
			assert.Empty(t, got.out, name)
		}
	}
	t.Run("not started", func(t *testing.T) {
		cognito := newPool(t, nil, nil)
		job, err := cognito.Create(t.Context(), importjob.CreateInput{
			JobName: "J", UserPoolID: "us-west-2_aaaaaaaaa", CloudWatchLogsRoleARN: "arn:aws:iam::222222222222:role/Logs"})
		require.NoError(t, err)
		assert.Equal(t, result{0, "", job.JobID + ": Created: 0 imported, 0 skipped, 0 failed\n"},
			atFake(t.Context(), wire(cognito), "results", "--job-id", job.JobID, atPool[0]))
	})
}

func TestResultsThatAreNotLogged(t *testing.T) {
	awsEnvironment(t)
	cognito, job := ran(t, testdata("broken.csv"))
	log := &lateLog{Client: cognito, lines: 3, until: job.CompletionDate.AddDate(1, 0, 0)}
	got := atFake(t.Context(), wire(log), "results", "--job-id", job.JobID, atPool[0])
	assert.Equal(t, 1, got.status)
	assert.Equal(t, 2, strings.Count(got.out, "\n"))
	assert.Contains(t, got.err, "importjob: the log has no line yet for 28 of the 30 rows that failed or were skipped")
}

// The counters of a job can be ahead of its log, also about rows that were imported.
func TestResultsOfALogThatIsBehind(t *testing.T) {
	awsEnvironment(t)
	file := csvFile(t, "a@example.com,TRUE,a", "b@example.com,TRUE,b", "c@example.com,TRUE,c", "d@example.com,TRUE,d", "e@example.com,TRUE,e")
	good, goodJob := ran(t, file)
	mixedFile := csvFile(t, "a@example.com,TRUE,a", "b@example.com,TRUE,b", "c,TRUE,c")
	mixed, mixedJob := ran(t, mixedFile)
	for _, c := range []struct {
		cognito *memory.Cognito
		job     importjob.UserImportJob
		lines   int // in the log
		args    []string
		status  int
		printed int
		warning string
	}{
		{good, goodJob, 5, []string{"--all"}, 0, 5, ""},
		{good, goodJob, 4, nil, 0, 0, ""},
		{good, goodJob, 4, []string{"--all"}, 0, 4, "the log has no line yet for 1 of the 5 rows that the job has counted"},
		{good, goodJob, 0, []string{"--all"}, 0, 0, "the log has no line yet for 5 of the 5 rows that the job has counted"},
		{mixed, mixedJob, 2, nil, 1, 0, "the log has no line yet for 1 of the 1 row that failed or was skipped"},
		{mixed, mixedJob, 2, []string{"--all"}, 1, 2, "the log has no line yet for 1 of the 3 rows that the job has counted"},
		{mixed, mixedJob, 3, []string{"--all"}, 1, 3, ""},
	} {
		log := &lateLog{Client: c.cognito, lines: c.lines, until: c.job.CompletionDate.AddDate(1, 0, 0)}
		got := atFake(t.Context(), wire(log), append([]string{"results", "--job-id", c.job.JobID, atPool[0]}, c.args...)...)
		name := fmt.Sprint(c.lines, " lines, ", c.args, " of ", c.job.Status)
		assert.Equal(t, c.status, got.status, name)
		assert.Equal(t, c.printed, strings.Count(got.out, "\n"), "%s: %s", name, got.out)
		if c.warning == "" {
			assert.NotContains(t, got.err, "importjob: ", name)
			continue
		}
		assert.Contains(t, got.err, "importjob: "+c.warning+"; try later: importjob results --user-pool-id us-west-2_aaaaaaaaa --job-id "+c.job.JobID, name)
	}
}

// A line of the log can name a line of the file that holds no row. It gets no username of another row.
func TestResultsOfALineWithoutARow(t *testing.T) {
	awsEnvironment(t)
	file := csvFile(t, "ann,TRUE,ann")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	text = append(text, "\n\r\n"...)
	more, err := os.ReadFile(csvFile(t, "bob,TRUE,bob"))
	require.NoError(t, err)
	_, more, _ = bytes.Cut(more, []byte("\n"))
	require.NoError(t, os.WriteFile(file, append(text, more...), 0o600)) // ann is on line 2, bob on line 5
	cognito, job := ran(t, file)
	lines := []importjob.RowResult{}
	for _, line := range []int{1, 2, 3, 4, 5, 6} {
		lines = append(lines, importjob.RowResult{Line: line, Status: importjob.RowFailed, Reason: "bad"})
	}
	got := atFake(t.Context(), wire(otherLog{cognito, lines}), "results", "--job-id", job.JobID, atPool[0], file)
	assert.Equal(t, strings.ReplaceAll(`FILE:1: FAILED (no username): bad
FILE:2: FAILED ann: bad
FILE:3: FAILED (no username): bad
FILE:4: FAILED (no username): bad
FILE:5: FAILED bob: bad
FILE:6: FAILED (no username): bad
`, "FILE", file), got.out)
}

// otherLog is a Client whose logs have the same lines for each job.
type otherLog struct {
	importjob.Client
	rows []importjob.RowResult
}

func (c otherLog) Results(context.Context, importjob.Ref, importjob.Page) ([]importjob.RowResult, string, error) {
	return c.rows, "", nil
}

func TestResultsUsage(t *testing.T) {
	awsEnvironment(t)
	cognito, job := ran(t, testdata("broken.csv"))
	nameless := t.TempDir() + "/nameless.csv"
	require.NoError(t, os.WriteFile(nameless, []byte("name,email\nann,ann@example.com\n"), 0o600))
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "missing flags: --job-id=ID"},
		{[]string{"--job-id=job"}, "Value 'job' at 'jobId' failed to satisfy constraint"},
		{[]string{"--job-id", job.JobID, "no-such.csv"}, "open no-such.csv: no such file or directory"},
		{[]string{"--job-id", job.JobID, nameless}, nameless + ": the header has no column cognito:username"},
		{[]string{"--job-id", job.JobID, testdata("broken-empty.csv")}, "broken-empty.csv: line 1: the file is empty"},
		{[]string{"--job-id", job.JobID, testdata("broken-header-none.csv")}, "broken-header-none.csv: the header has no column cognito:username"},
		{[]string{"--job-id", job.JobID, "a.csv", "b.csv"}, "unexpected argument b.csv"},
	} {
		got := atFake(t.Context(), wire(cognito), append([]string{"results", atPool[0]}, c.args...)...)
		assert.Equal(t, 2, got.status, c.args)
		assert.Empty(t, got.out)
		assert.Contains(t, got.err, c.want)
		assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
	}
}

func TestResultsThatCannotBeWritten(t *testing.T) {
	awsEnvironment(t)
	cognito, job := ran(t, testdata("broken.csv"))
	for _, flag := range []string{"--all", "--json"} {
		errs := strings.Builder{}
		status := run(t.Context(), []string{"results", "--job-id", job.JobID, atPool[0], flag},
			streams{out: brokenWriter{}, err: &errs, transport: wire(cognito), interruptible: context.WithCancel})
		assert.Equal(t, 2, status)
		assert.Contains(t, errs.String(), "importjob: the output could not be written: no space left on device\n")
	}
}

// brokenReader fails after some bytes, like a disk.
type brokenReader struct{ io.Reader }

func (r brokenReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err == io.EOF {
		err = errors.New("input/output error")
	}
	return n, err
}

// A file that cannot be read to its end must not pass for one without usernames.
func TestResultsOfAFileThatBreaks(t *testing.T) {
	awsEnvironment(t)
	cognito, job := ran(t, testdata("broken.csv"))
	text, err := os.ReadFile(testdata("broken.csv"))
	require.NoError(t, err)
	out, errs := bytes.Buffer{}, bytes.Buffer{}
	status := run(t.Context(), []string{"results", "--job-id", job.JobID, atPool[0], "-"}, streams{
		in: brokenReader{bytes.NewReader(text[:len(text)/2])}, out: &out, err: &errs, transport: wire(cognito), interruptible: context.WithCancel})
	assert.Equal(t, 2, status)
	assert.Contains(t, errs.String(), "input/output error")
}

// Pages of a log that has more than one are read as they are needed.
func TestResultsOfManyRows(t *testing.T) {
	awsEnvironment(t)
	rows := make([]string, 25_000)
	for i := range rows {
		rows[i] = fmt.Sprintf("u%d@example.com,%v,user%d", i, i%5 != 0, i)
	}
	file := csvFile(t, rows...)
	cognito, job := ran(t, file)
	got := atFake(t.Context(), wire(cognito), "results", "--job-id", job.JobID, atPool[0], file)
	assert.Equal(t, 1, got.status)
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	require.Len(t, lines, 5000)
	assert.Contains(t, lines[4999], ":24997: FAILED user24995: ")
}

// shuffledLog logs its lines in an order of its own.
type shuffledLog struct{ importjob.Client }

func (c shuffledLog) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	rows, next, err := c.Client.Results(ctx, ref, page)
	rows = slices.Clone(rows)
	slices.Reverse(rows)
	return rows, next, err
}

// Nothing promises that a log has the order of the file.
func TestResultsOutOfOrder(t *testing.T) {
	awsEnvironment(t)
	rows := make([]string, 2*rowsInMemory+100)
	for i := range rows {
		rows[i] = fmt.Sprintf("u%d@example.com,%v,user%d", i, i%2 != 0, i)
	}
	file := csvFile(t, rows...)
	cognito, job := ran(t, file)
	got := atFake(t.Context(), wire(shuffledLog{cognito}), "results", "--all", "--job-id", job.JobID, atPool[0], file)
	lines := regexp.MustCompile(`(?m):(\d+): \w+ user(\d+): `).FindAllStringSubmatch(got.out, -1)
	require.Len(t, lines, len(rows))
	for _, line := range lines {
		n, err := strconv.Atoi(line[2])
		require.NoError(t, err)
		require.Equal(t, strconv.Itoa(n+2), line[1])
	}
}

// What can be read only once is joined as far as it goes, and nobody is said to have no name.
func TestUsernamesOfAPipe(t *testing.T) {
	text, err := os.ReadFile(csvFile(t, "a@example.com,TRUE,ann", "b@example.com,TRUE,bob"))
	require.NoError(t, err)
	names := newUsernames(io.NopCloser(bytes.NewReader(text)))
	log := func(lines ...int) func(func(importjob.RowResult, error) bool) {
		return func(yield func(importjob.RowResult, error) bool) {
			for _, line := range lines {
				yield(importjob.RowResult{Line: line, Status: importjob.RowFailed, Reason: "bad"}, nil)
			}
		}
	}
	shown := ""
	for _, log := range []iter.Seq2[importjob.RowResult, error]{log(3, 3, 9), log(2)} {
		for row, err := range userRows(log, names) {
			require.NoError(t, err)
			shown += row.String() + "\n"
		}
	}
	assert.Equal(t, ":3: FAILED bob: bad\n:3: FAILED bob: bad\n:9: FAILED (no username): bad\n:2: FAILED (username not looked up): bad\n", shown)
}

// The built command, as a client and as the service.
func TestBinaryAtTheFake(t *testing.T) {
	binary := build(t)
	awsEnvironment(t)
	t.Setenv("AWS_SESSION_TOKEN", "") // the service's keys are long-term ones
	s := serving(t, "--credentials=AKIDEXAMPLE:verysecretkey")
	endpoint := "--endpoint-url=" + s.url
	ran := execute(exec.Command(binary, "run", "--backend=aws", endpoint, "--json", testdata("broken.csv")))
	assert.Equal(t, 1, ran.status)
	assert.Empty(t, ran.err)
	r := parseReport(t, ran.out)
	assert.Equal(t, parseReport(t, command(t, "run", "--json", testdata("broken.csv")).out).Rows, r.Rows)

	results := execute(exec.Command(binary, "results", endpoint, "--job-id", r.UserImportJob.JobID, testdata("broken.csv")))
	assert.Equal(t, 1, results.status)
	assert.Equal(t, 30, strings.Count(results.out, "\n"))
	assert.Equal(t, command(t, "header"), execute(exec.Command(binary, "header", "--backend=aws", endpoint)))
	assert.Equal(t, command(t, "check", testdata("broken.csv")), execute(exec.Command(binary, "check", "--backend=aws", endpoint, testdata("broken.csv"))))

	t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong")
	refused := execute(exec.Command(binary, "header", "--backend=aws", endpoint))
	assert.Equal(t, 1, refused.status)
	assert.Contains(t, refused.err, "importjob: GetCSVHeader us-west-2_aaaaaaaaa: InvalidSignatureException: ")
	assert.Equal(t, 1, strings.Count(refused.err, "\n"), refused.err)
	_ = s.stop()
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	gone := execute(exec.Command(binary, "header", "--backend=aws", endpoint))
	assert.Equal(t, 2, gone.status)
	assert.Equal(t, "importjob: no response from "+s.url+": connection refused; check the network and the endpoint\n", gone.err)

	// On a machine of Amazon's that has no role, the SDK itself has something to say.
	machine := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer machine.Close()
	for name, value := range map[string]string{"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": machine.URL,
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""} {
		t.Setenv(name, value)
	}
	nobody := execute(exec.Command(binary, "header", "--backend=aws", atPool[0]))
	assert.Equal(t, 2, nobody.status)
	assert.Equal(t, 1, strings.Count(nobody.err, "\n"), nobody.err)
}
