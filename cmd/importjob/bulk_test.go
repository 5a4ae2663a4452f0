package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/cognitotest"
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
func usernamesIn(t *testing.T, d importjob.Directory) []string {
	t.Helper()
	var names []string
	for u, err := range importjob.Users(context.Background(), d, "us-west-2_aaaaaaaaa") {
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
	got := command(t, "bulk", testdata("users.csv"), "--dir", dir, "--part-rows=400")
	assert.Equal(t, 0, got.status)
	assert.Equal(t, strings.ReplaceAll(`Rows      1000
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
	assert.Equal(t, `planning: 0 rows
importing: part 1 of 3, job import-X Created: 0 of 1000 rows
importing: part 1 of 3, job import-X Succeeded: 400 of 1000 rows
importing: part 2 of 3, job import-X Created: 400 of 1000 rows
importing: part 2 of 3, job import-X Succeeded: 800 of 1000 rows
importing: part 3 of 3, job import-X Created: 800 of 1000 rows
importing: part 3 of 3, job import-X Succeeded: 1000 of 1000 rows
`, withoutIDs(got.err))
	assert.Equal(t, map[string]int{"imported": 1000}, outcomes(t, dir))
	for _, name := range []string{"report.html", "summary.json", "journal.jsonl", "rejected.csv", "parts/0003.csv"} {
		assert.FileExists(t, filepath.Join(dir, name))
	}
}

func TestBulkJSONIsTheSummary(t *testing.T) {
	dir := newDir(t)
	got := command(t, "bulk", "--json", "--job-name=night", testdata("broken.csv"), "--dir="+dir, "--part-rows=1")
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
	got := command(t, "bulk", file, "--dry-run", "--dir", dir, "--part-rows=1")
	quoted := "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
	assert.Equal(t, 1, got.status, "two cannot be imported")
	assert.Equal(t, "Rows      4\nRejected  2, see "+dir+"/rejected.csv\nJobs      2\n"+
		"Nothing was imported. To do so, without --dry-run: importjob bulk "+file+" --dir "+quoted+" --part-rows=1 --resume\n", got.out)
	assert.Equal(t, "planning: 0 rows\n", got.err)
	assert.NoFileExists(t, filepath.Join(dir, "report.csv"))

	again := command(t, "bulk", file, "--dry-run", "--dir", dir, "--resume", "--json")
	assert.Regexp(t, `^\{\n    "plan": "MyImportJob-\w{8}",\n    "rows": 4,\n    "rejected": 2,\n    "parts": 2\n\}\n$`, again.out)
	got = command(t, "bulk", file, "--dir", dir, "--part-rows=1", "--resume")
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "Imported  2\n")
	assert.Equal(t, map[string]int{"imported": 2, "rejected": 2}, outcomes(t, dir))

	good := command(t, "bulk", testdata("users.csv"), "--dry-run", "--dir", newDir(t))
	assert.Equal(t, 0, good.status)
	assert.Contains(t, good.out, "Rejected  0\nJobs      1\n")
}

// A shell takes the line that a dry run prints as it stands.
func TestCommandLine(t *testing.T) {
	args := []string{"bulk", "it's", "", "a b", "$HOME", "`id`", `c:\d`, "--map=email=E-Mail", "*", "é", "~", "#", "--dir=x;y"}
	out, err := exec.Command("sh", "-c", strings.Replace(commandLine(args), "importjob", `printf %s\\n`, 1)).CombinedOutput()
	require.NoError(t, err)
	assert.Equal(t, strings.Join(args, "\n")+"\n", string(out))
	assert.Equal(t, "importjob bulk users.csv --dir d --map email=E-Mail", commandLine([]string{"bulk", "users.csv", "--dir", "d", "--map", "email=E-Mail"}))
}

func TestBulkRefusesADirectoryInUse(t *testing.T) {
	dir := newDir(t)
	file := testdata("users.csv")
	require.Equal(t, 0, command(t, "bulk", file, "--dir", dir).status)
	before, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	require.NoError(t, err)
	for _, args := range [][]string{{}, {"--dry-run"}} {
		got := command(t, append([]string{"bulk", file, "--dir", dir}, args...)...)
		assert.Equal(t, result{2, "", "importjob: --dir " + dir + ": not empty: give --resume to go on with the import in it, or another directory\n"}, got)
	}
	after, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	require.NoError(t, err)
	assert.Equal(t, before, after)

	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--job-name=other"}, "the jobs of its import are called MyImportJob"},
		{[]string{"--user-pool-id=eu-west-1_b"}, "it holds an import into the pool us-west-2_aaaaaaaaa"},
		{[]string{"--format=csv"}, "the input is not the one"},
	} {
		got := command(t, append([]string{"bulk", file, "--dir", dir, "--resume"}, c.args...)...)
		assert.Equal(t, 2, got.status)
		assert.Contains(t, got.err, c.want)
		assert.NotContains(t, got.err, "give --resume", "it was")
		assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
	}
	other := csvFile(t, "ann@example.com,TRUE,ann")
	got := command(t, "bulk", other, "--dir", dir, "--resume")
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, "importjob: the input is not the one that this import was planned from")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	copied := textFile(t, string(text))
	assert.Equal(t, 0, command(t, "bulk", copied, "--dir", dir, "--resume").status, "the same file by another name")
}

// Nothing at all can be resumed as well: whoever writes a script need not know how far it came.
func TestBulkResumesNothing(t *testing.T) {
	got := command(t, "bulk", testdata("users.csv"), "--dir", newDir(t), "--resume")
	assert.Equal(t, 0, got.status)
	assert.Contains(t, got.out, "Imported  1000\n")
}

// A directory of somebody's is not taken for half a plan, which would be cleared away.
func TestBulkLeavesOtherDirectoriesAlone(t *testing.T) {
	for _, args := range [][]string{nil, {"--resume"}, {"--resume", "--dry-run"}} {
		dir := t.TempDir()
		note := filepath.Join(dir, "parts", "note.txt")
		require.NoError(t, os.Mkdir(filepath.Dir(note), 0o700))
		require.NoError(t, os.WriteFile(note, []byte("mine"), 0o600))
		got := command(t, append([]string{"bulk", testdata("users.csv"), "--dir", dir}, args...)...)
		assert.Equal(t, 2, got.status)
		if args != nil {
			assert.Equal(t, "importjob: "+dir+": the directory holds something else than an import: take another\n", got.err)
		}
		assert.FileExists(t, note)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Len(t, entries, 1)
	}
}

const crm = "\uFEFFLogin;E-Mail;Checked;Address;Notes, internal\r\n" +
	"ann;ann@example.com;true;\"1 Pine Street, Seattle\";\"likes; tea\"\r\n" +
	"bob;bob@example.com;true;\"2 Elm\nStreet\";\r\n" +
	"\"eve \"\"x\"\"\";eve@example.com;true;;\r\n" +
	"zoe;zoe@example.com;true;;\r\n"

func TestBulkTakesAnOrdinaryCSVFile(t *testing.T) {
	awsEnvironment(t)
	cognito := newPool(t, nil, nil)
	dir := newDir(t)
	args := append([]string{"bulk", textFile(t, crm), "--dir", dir, "--delimiter=;", "--map", "email=E-Mail", "--map=cognito:username=Login",
		"--map", "email_verified=Checked", "--map=address=Address", "--ignore", "Notes, internal"}, atPool...)
	got := atFake(t.Context(), wire(cognito), args...)
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "Imported  2\n")
	assert.ElementsMatch(t, []string{"ann", "zoe"}, usernamesIn(t, cognito))
	ann, err := cognito.User(t.Context(), importjob.UserRef{UserPoolID: "us-west-2_aaaaaaaaa", Username: "ann"})
	require.NoError(t, err)
	assert.Equal(t, "1 Pine Street, Seattle", ann.Attributes.Value("address"))

	// What was rejected is a file to be mended and imported.
	text, err := os.ReadFile(filepath.Join(dir, "rejected.csv"))
	require.NoError(t, err)
	mended := textFile(t, strings.NewReplacer("2 Elm\nStreet", "2 Elm Street", `"eve ""x"""`, "eve").Replace(string(text)))
	second := []string{"bulk", mended, "--dir", newDir(t), "--ignore=source_line", "--ignore=attribute", "--ignore=reason"}
	got = atFake(t.Context(), wire(cognito), append(second, atPool...)...)
	assert.Equal(t, 0, got.status, got.err)
	assert.ElementsMatch(t, []string{"ann", "bob", "eve", "zoe"}, usernamesIn(t, cognito))
}

func TestBulkFormats(t *testing.T) {
	header := "cognito:username\temail\temail_verified\n"
	for _, c := range []struct {
		name, text string
		args       []string
	}{
		{"the names of the pool", strings.ReplaceAll(header, "\t", ",") + "ann,ann@example.com,true\n", []string{"--format=csv"}},
		{"a tab", header + "ann\tann@example.com\ttrue\n", []string{"--delimiter", "\t"}},
		{"a tab by name", header + "ann\tann@example.com\ttrue\n", []string{"--delimiter", `\t`}},
		{"one column for two", "mail,ok\nann@example.com,true\n", []string{"--map=email=mail", "--map=cognito:username=mail", "--map=email_verified=ok"}},
		{"a name with an equals sign", "cognito:username,a=b,email_verified\nann,ann@example.com,true\n", []string{"--map=email=a=b"}},
		{"a dialect file by name", classic + ends + "\n,,,,,,,,,ann@example.com,TRUE,,,,,,,,,,ann\n", []string{"--format=cognito"}},
		{"password hashes", "cognito:username,email,email_verified,hash\nann,ann@example.com,true,$2b$10$" + strings.Repeat("a", 53) + "\n",
			[]string{"--map=password_hash=hash", "--password-hashing-algorithm=BCRYPT"}},
	} {
		got := command(t, append([]string{"bulk", textFile(t, c.text), "--dir", newDir(t)}, c.args...)...)
		assert.Equal(t, 0, got.status, "%s: %s", c.name, got.err)
		assert.Contains(t, got.out, "Rows      1\nImported  1\n", c.name)
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
	_, err := cognito.AddUser(t.Context(), "us-west-2_aaaaaaaaa", importjob.PoolUser{Username: "bob"})
	require.NoError(t, err)
	file := csvFile(t, "ann@example.com,TRUE,ann", "bob@example.com,TRUE,bob", "eve@example.com,TRUE,eve")
	dir := newDir(t)
	got := atFake(t.Context(), wire(cognito), append([]string{"bulk", file, "--dir", dir, "--no-results"}, atPool...)...)
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "Imported      2\nSkipped       1\nFailed        0\nRejected      0\nUnknown       0\n"+
		"NotToldApart  3 of these are unknown in the report: only their number is known\nJobs          1\n")
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
	err = cognito.UpdatePool(t.Context(), strict)
	require.NoError(t, err)

	got := bulkOf(file, "--dir", dir, "--resume")
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "Imported  0\nSkipped   0\nFailed    2\nRejected  1, see "+dir+"/rejected.csv\nUnknown   0\nJobs      1\n")
	err = cognito.UpdatePool(t.Context(), pool)
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

func TestBulkUsage(t *testing.T) {
	awsEnvironment(t)
	good, people := testdata("users.csv"), textFile(t, "Login,E-Mail,email_verified\nann,ann@example.com,true\n")
	old := newDir(t)
	require.Equal(t, 0, command(t, "bulk", good, "--dir", old).status)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{}, "give a FILE, or --retry with the directory of an import"},
		{[]string{good, "--retry", old}, "--retry takes the place of FILE: give one of them"},
		{[]string{"--retry", old, "--map=a=b"}, "--map is about a FILE: --retry has none"},
		{[]string{"--retry", old, "--format=csv"}, "--format is about a FILE: --retry has none"},
		{[]string{"--retry", filepath.Join(old, "parts")}, filepath.Join(old, "parts") + ": it holds no import"},
		{[]string{"--retry", old + "/.", "--dir", old, "--resume"}, "--retry and --dir are the same"},
		{[]string{good, "other.csv"}, "unexpected argument other.csv"},
		{[]string{good, "--mapp=a=b"}, `unknown flag --mapp, did you mean "--map"? (importjob bulk --help)`},
		{[]string{good, "--dryrun"}, `did you mean "--dry-run"?`},
		{[]string{"no-such.csv"}, "no-such.csv: no such file or directory"},
		{[]string{"-"}, "the standard input cannot be imported"},
		{[]string{t.TempDir()}, "is not a file that could be read again"},
		{[]string{"/dev/null"}, "/dev/null is not a file that could be read again"},
		{[]string{good, "--format=xml"}, `--format must be one of "","cognito","csv" but got "xml"`},
		{[]string{good, "--format=cognito", "--ignore=x"}, "--ignore contradicts --format cognito"},
		{[]string{people, "--map=email"}, "--map email: give ATTRIBUTE=COLUMN"},
		{[]string{people, "--map==E-Mail"}, "--map =E-Mail: give ATTRIBUTE=COLUMN"},
		{[]string{people, "--map=email=a", "--map=email=b"}, "--map email=b: email is mapped twice"},
		{[]string{people, "--delimiter=ab"}, "--delimiter ab: give one character, such as ;"},
		{[]string{people, `--delimiter="`}, "give one character"},
		{[]string{people, "--delimiter=\n"}, `--delimiter \n: give one character`},
		{[]string{people, "--delimiter=\xff"}, "give one character"},
		{[]string{people}, "an ordinary CSV file needs --format csv, and --map ATTRIBUTE=COLUMN where names differ"},
		{[]string{people, "--format=csv"}, "no column is, or is mapped to, cognito:username (--map ATTRIBUTE=COLUMN, --ignore COLUMN)"},
		{[]string{people, "--map=cognito:username=Login"}, "nothing of the pool is called like, or mapped to, column 2: map or ignore it (--map"},
		{[]string{people, "--map=mail=E-Mail"}, "mail is mapped, but the pool has no such column"},
		{[]string{people, "--map=email=Email"}, "the file has no column Email, to which email is mapped"},
		{[]string{good, "--part-rows=0"}, "--part-rows 0: a job takes 1 to 500000"},
		{[]string{good, "--part-rows=-1"}, "--part-rows -1: a job takes 1 to 500000"},
		{[]string{good, "--part-rows=500001"}, "500001 rows a part: a job takes 1 to 500000"},
		{[]string{good, "--part-rows=many"}, "--part-rows"},
		{[]string{good, "--job-name", strings.Repeat("x", 128)}, "--job-name: too long: the plan and the part stand behind it in the names of the jobs"},
		{[]string{good, "--job-name=a:b"}, "Value 'a:b' at 'jobName'"},
		{[]string{good, "--rows-per-second=-1"}, "--rows-per-second -1: less than 0"},
		{[]string{good, "--backend=aws"}, "--user-pool-id is needed: at AWS it has no default"},
		{[]string{good, "--backend=aws", atPool[0]}, "--cloud-watch-logs-role-arn is needed"},
		{[]string{good, "--region=eu-west-1"}, "--region needs --backend aws"},
		{[]string{good, "--auto-verified=name"}, "autoVerifiedAttributes"},
		{[]string{good, "--dir", "/proc/nowhere/at/all"}, "no such file or directory"},
		{[]string{good, "--dir", ""}, "--dir: the name of the directory is empty"},
		{[]string{good, "--dir", good}, "users.csv: not a directory"},
	} {
		args := append([]string{"bulk"}, c.args...)
		dir := newDir(t)
		if !strings.Contains(strings.Join(c.args, " "), "--dir") {
			args = append(args, "--dir", dir)
		}
		got := command(t, args...)
		assert.Equal(t, 2, got.status, c.args)
		assert.Empty(t, got.out, c.args)
		assert.Contains(t, got.err, "importjob: ", c.args)
		assert.Contains(t, got.err, c.want, c.args)
		assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
		assert.NoDirExists(t, dir, "nothing was begun: %v", c.args)
	}
	assert.Equal(t, result{2, "", "importjob: missing flags: --dir=DIR (importjob bulk --help)\n"}, command(t, "bulk", good))
}

func TestBulkHelp(t *testing.T) {
	got := command(t, "bulk", "--help")
	assert.Equal(t, 0, got.status)
	for _, want := range []string{"Usage: importjob bulk --dir=DIR [<file>]", "--map=ATTRIBUTE=COLUMN", "--resume", "--retry=DIR", "--user-pool-id=ID", "exit status is 0"} {
		assert.Contains(t, got.out, want)
	}
	assert.Contains(t, command(t, "--help").out, "  bulk ")
}

func TestBulkOutputThatCannotBeWritten(t *testing.T) {
	for _, flag := range []string{"--json", "--dry-run", "--part-rows=300"} {
		errs := strings.Builder{}
		status := run(t.Context(), []string{"bulk", testdata("users.csv"), "--dir", newDir(t), flag},
			streams{out: brokenWriter{}, err: &errs, interruptible: context.WithCancel})
		assert.Equal(t, 2, status, flag)
		assert.Contains(t, errs.String(), "importjob: the output could not be written: no space left on device\n", flag)
	}
}

// Whoever sees the output of an import sees no value of a user in it.
func TestBulkTellsNobodysValues(t *testing.T) {
	awsEnvironment(t)
	files, err := filepath.Glob(testdata("*.csv"))
	require.NoError(t, err)
	files = append(files, textFile(t, crm), headerOf(t, "ann@example.com,+12065550100"), headerOf(t, "Berlin Mitte,ann@example.com,Berlin Mitte"))
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for i, args := range [][]string{
			{"--json"}, {"--format=csv"},
			{"--map=email=E-Mail", "--map=cognito:username=Login", "--ignore=Checked", "--ignore=Address", "--ignore=Notes, internal", "--delimiter=;"},
			append([]string{"--backend=aws", "--part-rows=400"}, atPool...),
		} {
			var out, errs bytes.Buffer
			args = append([]string{"bulk", name, "--dir", newDir(t)}, args...)
			rt := wire(newPool(t, nil, nil))
			run(t.Context(), args, streams{out: &out, err: &errs, terminal: i%2 == 0, transport: rt, interruptible: context.WithCancel})
			for _, cell := range append(cells(string(text)), "X-Amz-", "verysecret") {
				if !strings.Contains(strings.Join(args, " "), cell) && strings.Contains(errs.String()+out.String(), cell) {
					assert.Fail(t, "shown: "+cell, "%v: %s%s", args, errs.String(), out.String())
				}
			}
		}
	}
}

// The lines that stand in the README print what stands below them.
func TestReadmeBulk(t *testing.T) {
	binary := build(t)
	_, section, found := strings.Cut(readme(t), "\n### importjob bulk\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	var shown strings.Builder
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "    importjob ") {
			line = strings.Replace(line, "    ", "    $ ", 1) // nothing is shown of what it prints
		}
		if text, isCode := strings.CutPrefix(line, "    "); isCode {
			shown.WriteString(text)
		}
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "users.csv"), []byte(classic+ends+"\n,,,,,,,,,ann@example.com,TRUE,,,,,,,,,,ann\n"), 0o600))
	steps := strings.Split(shown.String(), "$ ")[1:]
	require.Len(t, steps, 7)
	for _, step := range steps {
		line, want, _ := strings.Cut(step, "\n")
		cmd := exec.Command("sh", "-c", line)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"))
		got := execute(cmd)
		assert.Less(t, got.status, 2, "%s: %s", line, got.err)
		if want != "" {
			assert.Equal(t, want, got.out, line)
		}
	}
}
