package bulk_test

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
)

// The tests in this file resume imports whose directories an earlier version left behind. They are
// in testdata/v1, and are never made anew: its README says what they are.
const (
	v1Path  = "testdata/v1"
	v1Input = "/INPUT" // what the journals have instead of the path of the input
)

// v1Scenario is an import: scenario.json.
type v1Scenario struct {
	Source    v1Source                           `json:"source"`
	JobName   string                             `json:"job_name"`
	Algorithm importjob.PasswordHashingAlgorithm `json:"password_hashing_algorithm,omitempty"`
	PartRows  int                                `json:"part_rows"`
	NoResults bool                               `json:"no_results,omitempty"`
	Existing  []string                           `json:"existing,omitempty"`  // users in the pool before
	JobsRun   int                                `json:"jobs_run"`            // in the account, when all is done
	JobsLeft  int                                `json:"jobs_left,omitempty"` // that were made, but never run

	path string
}

// v1Source is where the users come from.
type v1Source struct {
	Kind     string            `json:"kind"`            // cognito, csv, users or retry
	Input    string            `json:"input,omitempty"` // a file beside scenario.json; for retry a directory in testdata/v1
	ModTime  time.Time         `json:"mod_time,omitzero"`
	Columns  map[string]string `json:"columns,omitempty"`
	Ignore   []string          `json:"ignore,omitempty"`
	Comma    string            `json:"comma,omitempty"`
	Outcomes []string          `json:"outcomes,omitempty"`
}

// v1Account is an account at the moment when an import ended, and what is to know of the directory:
// account.json.
type v1Account struct {
	Stage     string   `json:"stage"`
	Plan      string   `json:"plan"`       // the name that the directory has for its plan, if any
	Planned   bool     `json:"planned"`    // the plan is whole
	EmptyDirs []string `json:"empty_dirs"` // of import, which git does not keep
	Calls     []v1Call `json:"calls"`      // that had taken effect
	Now       string   `json:"now"`        // how long after the account was made
}

// v1Call is a call that changed the account.
type v1Call struct {
	At        string                             `json:"at"` // how long after the account was made
	Op        string                             `json:"op"` // create, upload, start or stop
	JobID     string                             `json:"job_id"`
	JobName   string                             `json:"job_name,omitempty"`
	Role      string                             `json:"role,omitempty"` // if it is not the usual one
	Algorithm importjob.PasswordHashingAlgorithm `json:"password_hashing_algorithm,omitempty"`
	File      string                             `json:"file,omitempty"` // what was uploaded: in import, or in first, the directory that is retried
}

// v1Outcomes are the outcomes by the names that rows.csv has for them.
var v1Outcomes = map[string]bulk.Outcome{
	"imported": bulk.Imported, "skipped": bulk.Skipped, "failed": bulk.Failed, "rejected": bulk.Rejected, "unknown": bulk.Unknown,
}

// source returns the source of an import whose input is in root.
func (s *v1Scenario) source(t *testing.T, root string) bulk.Source {
	input := filepath.Join(root, "input")
	switch s.Source.Kind {
	case "cognito":
		return bulk.File(input)
	case "csv":
		opts := &bulk.CSVOptions{Columns: s.Source.Columns, Ignore: s.Source.Ignore}
		for _, comma := range s.Source.Comma {
			opts.Comma = comma
		}
		return bulk.CSV(input, opts)
	case "users":
		var users []importjob.User
		readJSON(t, input, &users)
		return sequence(users...)
	}
	require.Equal(t, "retry", s.Source.Kind)
	var outcomes []bulk.Outcome
	for _, o := range s.Source.Outcomes {
		outcomes = append(outcomes, v1Outcomes[o])
	}
	return bulk.Retry(filepath.Join(root, "first"), &bulk.RetryOptions{Outcomes: outcomes})
}

// createInput is that of the jobs.
func (s *v1Scenario) createInput() importjob.CreateInput {
	in := input()
	in.JobName, in.PasswordHashingAlgorithm = s.JobName, s.Algorithm
	return in
}

// resume goes on with an import.
func (s *v1Scenario) resume(t *testing.T, c importjob.Client, root string, partRows int) (bulk.Summary, error) {
	opts := &bulk.Options{Resume: true, PartRows: partRows, NoResults: s.NoResults}
	return bulk.Import(t.Context(), c, s.createInput(), s.source(t, root), filepath.Join(root, "import"), opts)
}

// newAccount returns the account as it was before the import. Its jobs are numbered.
func (s *v1Scenario) newAccount(t *testing.T) *memory.Cognito {
	jobs := 0
	c := memory.New(&memory.Options{
		Seed:     1,
		NewJobID: func() string { jobs++; return fmt.Sprintf("import-%010d", jobs) },
		AssumeRole: func(arn string) error {
			if strings.HasSuffix(arn, "/Broken") {
				return errors.New("it is broken")
			}
			return nil
		},
		PendingFor:    2 * time.Second,
		RowsPerSecond: 1,
		Assumptions:   importjob.Assumptions{RefuseQuotes: true}, // so that some rows fail
	})
	p := pool()
	p.PasswordHashes = s.Algorithm != ""
	for _, attribute := range importjob.ClassicSchema() { // a few columns make small files
		if slices.Contains([]string{"name", "nickname", "email", "email_verified"}, attribute.Name) {
			p.Schema = append(p.Schema, attribute)
		}
	}
	_, err := c.CreatePool(t.Context(), p)
	require.NoError(t, err)
	for _, name := range s.Existing {
		_, err := c.AddUser(t.Context(), poolID, importjob.PoolUser{Username: name})
		require.NoError(t, err)
	}
	return c
}

// replay makes an account what it was.
func (a *v1Account) replay(t *testing.T, c importjob.Client, root string) {
	began := time.Now()
	sleepUntil := func(at string) {
		d, err := time.ParseDuration(at)
		require.NoError(t, err)
		time.Sleep(time.Until(began.Add(d)))
	}
	jobs := map[string]importjob.UserImportJob{}
	for _, call := range a.Calls {
		sleepUntil(call.At)
		job, err := jobs[call.JobID], error(nil)
		switch call.Op {
		case "create":
			in := input()
			in.JobName, in.PasswordHashingAlgorithm = call.JobName, call.Algorithm
			in.CloudWatchLogsRoleARN = cmp.Or(call.Role, in.CloudWatchLogsRoleARN)
			job, err = c.Create(t.Context(), in)
			jobs[job.JobID] = job
		case "upload":
			text := readFile(t, filepath.Join(root, filepath.FromSlash(call.File)))
			err = c.Upload(t.Context(), job, strings.NewReader(text), int64(len(text)))
		case "start":
			_, err = c.Start(t.Context(), job.Ref())
		case "stop":
			_, err = c.Stop(t.Context(), job.Ref())
		default:
			t.Fatalf("unknown call %q", call.Op)
		}
		require.NoError(t, err, "%+v", call)
		require.Equal(t, call.JobID, job.JobID)
	}
	sleepUntil(a.Now)
}

// canExpire reports whether a job has been made that was not started.
func (a *v1Account) canExpire() bool {
	open := map[string]bool{}
	for _, call := range a.Calls {
		open[call.JobID] = call.Op != "start" && call.Op != "stop"
	}
	return slices.Contains(slices.Collect(maps.Values(open)), true)
}

// layOut copies what an import had on the disk to a directory of the test: the state of the import,
// and its input.
func (s *v1Scenario) layOut(t *testing.T, stage string, a *v1Account) (root string) {
	root = t.TempDir()
	copyV1(t, filepath.Join(s.path, stage, "import"), root, "import")
	for _, name := range a.EmptyDirs {
		require.NoError(t, os.MkdirAll(filepath.Join(root, "import", filepath.FromSlash(name)), 0o700))
	}
	if s.Source.Kind == "retry" {
		copyV1(t, filepath.Join(v1Path, filepath.FromSlash(s.Source.Input)), root, "first")
		return root
	}
	input := filepath.Join(root, "input")
	require.NoError(t, os.WriteFile(input, []byte(readFile(t, filepath.Join(s.path, s.Source.Input))), 0o600))
	if !s.Source.ModTime.IsZero() {
		require.NoError(t, os.Chtimes(input, s.Source.ModTime, s.Source.ModTime))
	}
	return root
}

// copyV1 copies a directory to one in root, in whose journal the input is the one in root.
func copyV1(t *testing.T, from, root, name string) {
	path, err := json.Marshal(filepath.Join(root, "input"))
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir(from, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		to := filepath.Join(root, name, inside)
		if e.IsDir() {
			return os.Mkdir(to, 0o700)
		}
		text, err := os.ReadFile(file)
		if inside == "journal.jsonl" {
			text = []byte(strings.ReplaceAll(string(text), `"`+v1Input+`"`, string(path)))
		}
		return errors.Join(err, os.WriteFile(to, text, 0o600))
	}))
}

// isWhole demands that each row was imported once, that nobody else was, and that the report says so.
func (s *v1Scenario) isWhole(t *testing.T, c *memory.Cognito, root string, a *v1Account, pause time.Duration, summary bulk.Summary) {
	rows, written := readReport(t, filepath.Join(root, "import"))
	assert.Equal(t, written, summary)
	got := [][]string{{"source_line", "part", "line", "username", "outcome"}}
	jobOf := map[string]string{} // by part
	for _, r := range rows {
		got = append(got, []string{r.SourceLine, r.Part, r.Line, r.Username, r.Outcome})
		assert.Equal(t, r.Part == "", r.JobID == "")
		if jobOf[r.Part] == "" {
			jobOf[r.Part] = r.JobID
		}
		assert.Equal(t, jobOf[r.Part], r.JobID, "the job of part %s", r.Part)
		assert.Equal(t, r.Outcome == string(bulk.Imported), r.Reason == "", "the reason of source line %s", r.SourceLine)
	}
	want := readCSV(t, filepath.Join(s.path, "rows.csv"))
	for _, r := range want[1:] {
		require.Contains(t, v1Outcomes, r[4])
		r[4] = string(v1Outcomes[r[4]])
	}
	assert.Equal(t, want, got, "report.csv")
	assert.Equal(t, readCSV(t, filepath.Join(s.path, "users.csv")), usersOf(t, c), "users")

	if a.Plan != "" {
		assert.Equal(t, a.Plan, summary.Plan)
	}
	for _, run := range summary.Runs {
		job, err := c.Describe(t.Context(), importjob.Ref{UserPoolID: poolID, JobID: run.JobID})
		require.NoError(t, err)
		assert.Equal(t, []any{job.JobName, job.Status, job.CompletionMessage, job.CreationDate, job.StartDate, job.CompletionDate, job.ImportedUsers, job.SkippedUsers, job.FailedUsers},
			[]any{run.JobName, run.Status, run.Message, run.Created, run.Started, run.Completed, run.Imported, run.Skipped, run.Failed})
		assert.Equal(t, run.Unknown+run.NotToldApart == 0, run.Note == "")
	}
	ran, left, imported := map[string]bool{}, 0, int64(0)
	for job, err := range importjob.Jobs(t.Context(), c, poolID) {
		require.NoError(t, err)
		if job.StartDate.IsZero() {
			left++
			continue
		}
		assert.False(t, ran[job.JobName], "two jobs %s were run", job.JobName)
		ran[job.JobName] = true
		imported += job.ImportedUsers
		if part, ok := strings.CutPrefix(job.JobName, summary.Plan+"-0"); ok {
			assert.Equal(t, jobOf[strings.TrimLeft(part, "0")], job.JobID, "the report has the job that was run")
		}
	}
	assert.Len(t, ran, s.JobsRun)
	if pause == 0 {
		assert.LessOrEqual(t, left, s.JobsLeft, "jobs that were made before are found by their names")
	}
	users, err := c.CountUsers(t.Context(), poolID)
	require.NoError(t, err)
	assert.Equal(t, users-int64(len(s.Existing)), imported)

	for _, name := range everyFile(t, filepath.Join(root, "import")) {
		assert.NotContains(t, name, ".new")
		assert.NotContains(t, filepath.ToSlash(name), "/scratch/")
	}
}

// keepsParts demands that the files of a whole plan stay what they were, and that the report has the
// reasons that stood in the directory already.
func (s *v1Scenario) keepsParts(t *testing.T, stage, root string) {
	before := filepath.Join(s.path, stage, "import")
	for _, name := range everyFile(t, before) {
		inside, err := filepath.Rel(before, name)
		require.NoError(t, err)
		if inside == "rejected.csv" || filepath.Dir(inside) == "parts" && filepath.Ext(inside) != ".new" {
			assert.Equal(t, readFile(t, name), readFile(t, filepath.Join(root, "import", inside)), inside)
		}
	}
	rows, _ := readReport(t, filepath.Join(root, "import"))
	reasons := map[string]string{}
	for _, r := range rows {
		reasons[r.SourceLine], reasons[r.Part+":"+r.Line] = r.Reason, r.Reason
	}
	for _, rejected := range readCSV(t, filepath.Join(before, "rejected.csv"))[1:] {
		assert.Contains(t, reasons[rejected[0]], rejected[1]) // the column
		assert.Contains(t, reasons[rejected[0]], rejected[2])
	}
	files, err := filepath.Glob(filepath.Join(before, "parts", "*.outcomes.csv"))
	require.NoError(t, err)
	for _, name := range files {
		part := strings.TrimLeft(strings.TrimSuffix(filepath.Base(name), ".outcomes.csv"), "0")
		for _, r := range readCSV(t, name) {
			assert.Equal(t, r[2], reasons[part+":"+r[0]])
		}
	}
}

// usersOf returns the users of the pool, in order of creation.
func usersOf(t *testing.T, c *memory.Cognito) [][]string {
	users := [][]string{{"username", "status", "email", "name", "nickname"}}
	for u, err := range importjob.Users(t.Context(), c, poolID) {
		require.NoError(t, err)
		users = append(users, []string{u.Username, string(u.Status), u.Attributes.Value("email"), u.Attributes.Value("name"), u.Attributes.Value("nickname")})
	}
	return users
}

func readCSV(t *testing.T, path string) [][]string {
	r := csv.NewReader(strings.NewReader(readFile(t, path)))
	r.FieldsPerRecord = -1 // rows are rejected for that as well
	records, err := r.ReadAll()
	require.NoError(t, err)
	return records
}

func readJSON(t *testing.T, path string, v any) {
	require.NoError(t, json.Unmarshal([]byte(readFile(t, path)), v), path)
}

// v1Scenarios returns the scenarios and the stages of each.
func v1Scenarios(t *testing.T) map[*v1Scenario][]string {
	found := map[*v1Scenario][]string{}
	paths, err := filepath.Glob(filepath.Join(v1Path, "*", "scenario.json"))
	require.NoError(t, err)
	for _, path := range paths {
		s := &v1Scenario{path: filepath.Dir(path)}
		readJSON(t, path, s)
		stages, err := filepath.Glob(filepath.Join(s.path, "*", "account.json"))
		require.NoError(t, err)
		require.NotEmpty(t, stages, s.path)
		for _, stage := range stages {
			found[s] = append(found[s], filepath.Base(filepath.Dir(stage)))
		}
	}
	return found
}

// TestResumeFromV1Directories goes on with imports that ended at all kinds of places: at once, when
// the URLs of their jobs have expired, and when the jobs have.
func TestResumeFromV1Directories(t *testing.T) {
	stages := 0
	for s, names := range v1Scenarios(t) {
		for _, stage := range names {
			stages++
			var a v1Account
			readJSON(t, filepath.Join(s.path, stage, "account.json"), &a)
			pauses := []time.Duration{0, 20 * time.Minute, 49 * time.Hour}
			if !a.canExpire() {
				pauses = pauses[:1]
			}
			for _, pause := range pauses {
				t.Run(fmt.Sprintf("%s/%s/%s", filepath.Base(s.path), stage, pause), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { s.resumeFrom(t, stage, &a, pause) })
				})
			}
		}
	}
	assert.Equal(t, v1Stages, stages, "none is lost")
}

// v1Stages is how many directories there are.
const v1Stages = 63

// resumeFrom goes on with one import after a pause, and then once more.
func (s *v1Scenario) resumeFrom(t *testing.T, stage string, a *v1Account, pause time.Duration) {
	root := s.layOut(t, stage, a)
	c := s.newAccount(t)
	a.replay(t, c, root)
	time.Sleep(pause)
	partRows := s.PartRows
	if a.Planned {
		partRows = 0 // whatever it is now, the parts stay
	}
	summary, err := s.resume(t, c, root, partRows)
	require.NoError(t, err)
	s.isWhole(t, c, root, a, pause, summary)
	if a.Planned {
		s.keepsParts(t, stage, root)
	}
	if pause > 0 {
		return
	}
	again, err := s.resume(t, c, root, 0)
	require.NoError(t, err, "it has nothing to do any more")
	assert.Equal(t, summary, again)
	s.isWhole(t, c, root, a, pause, again)
}

// TestV1DirectoriesWithAnotherInput refuses to go on when the input, or the file of a part, is not
// what it was when the import ended, and goes on when it is again.
func TestV1DirectoriesWithAnotherInput(t *testing.T) {
	for _, c := range []struct {
		scenario, stage, file string
		want                  error
	}{
		{"file", "02-begun", "input", bulk.ErrSourceChanged},
		{"file", "07-planned", "input", bulk.ErrSourceChanged},
		{"file", "21-closed-1", "input", bulk.ErrSourceChanged},
		{"csv", "2-planned", "input", bulk.ErrSourceChanged},
		{"file", "11-created-1", "import/parts/0001.csv", bulk.ErrPartChanged},
		{"users", "3-planned", "import/parts/0002.csv", bulk.ErrPartChanged},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &v1Scenario{path: filepath.Join(v1Path, c.scenario)}
			readJSON(t, filepath.Join(s.path, "scenario.json"), s)
			var a v1Account
			readJSON(t, filepath.Join(s.path, c.stage, "account.json"), &a)
			root := s.layOut(t, c.stage, &a)
			account := s.newAccount(t)
			a.replay(t, account, root)
			path := filepath.Join(root, filepath.FromSlash(c.file))
			info, err := os.Stat(path)
			require.NoError(t, err)
			change := func(text string, at time.Time) {
				require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
				require.NoError(t, os.Chtimes(path, at, at))
			}
			text, at := readFile(t, path), info.ModTime()
			other := strings.Replace(text, "@example.com", "@Example.com", 1)
			require.NotEqual(t, text, other)
			if a.Planned {
				change(other, at)
			} else {
				change(text, at.Add(time.Second)) // without a plan, the time counts
			}
			_, err = s.resume(t, account, root, s.PartRows)
			require.ErrorIs(t, err, c.want, "%s/%s", c.scenario, c.stage)
			change(text, at)
			summary, err := s.resume(t, account, root, s.PartRows)
			require.NoError(t, err)
			s.isWhole(t, account, root, &a, 0, summary)
		})
	}
}

// TestV1DirectoryInUse has a process of an earlier version at work in the directory.
func TestV1DirectoryInUse(t *testing.T) {
	s := &v1Scenario{path: filepath.Join(v1Path, "file")}
	readJSON(t, filepath.Join(s.path, "scenario.json"), s)
	root := s.layOut(t, "08-plan-only", &v1Account{})
	lock := flock.New(filepath.Join(root, "import", "lock"))
	locked, err := lock.TryLock()
	require.NoError(t, err)
	require.True(t, locked)
	_, err = s.resume(t, s.newAccount(t), root, 0)
	require.ErrorIs(t, err, bulk.ErrLocked)
	require.NoError(t, lock.Close())
}
