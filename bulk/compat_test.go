package bulk_test

import (
	"fmt"
	"os"
	"path/filepath"
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
	"github.com/cognito-import/importjob/userpool"
)

// The tests in this file resume imports whose directories an earlier version left behind. They are
// in testdata/v1, and are never made anew: its README says what they are.

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
		assert.Equal(t, r.Outcome == string(bulk.OutcomeImported), r.Reason == "", "the reason of source line %s", r.SourceLine)
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
		_, kind, _ := strings.Cut(filepath.Base(inside), ".")
		if filepath.Dir(inside) == "parts" && (kind == "csv" || kind == "lines") || inside == "rejected.csv" {
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
	for u, err := range userpool.All(t.Context(), c, poolID) {
		require.NoError(t, err)
		users = append(users, []string{u.Username, string(u.Status), u.Attributes.Value("email"), u.Attributes.Value("name"), u.Attributes.Value("nickname")})
	}
	return users
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
