package bulk_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
)

// plannedDir is a directory with a plan of three parts.
func plannedDir(t *testing.T, c importjob.Client, path string) string {
	dir := filepath.Join(t.TempDir(), "import")
	p, err := planQuickly(t.Context(), c, input(), bulk.CognitoCSV(path), dir, &bulk.Options{PartRows: 2})
	require.NoError(t, err)
	require.Equal(t, 3, p.Parts)
	require.True(t, strings.HasPrefix(p.Name, "migration-"))
	return dir
}

var resume = &bulk.Options{Resume: true}

func TestAnotherInputIsRefused(t *testing.T) {
	c := newCognito(t, memory.Options{})
	path := dialect(t, good(5)...)
	dir := plannedDir(t, c, path)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.Replace(text, []byte("user3"), []byte("User3"), 1), 0o600))
	require.NoError(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
	for name, source := range map[string]bulk.Source{
		"same size and time": bulk.CognitoCSV(path),
		"longer":             bulk.CognitoCSV(dialect(t, good(6)...)),
		"another kind":       bulk.CSV(path, nil),
		"a sequence":         sequence(good(5)...),
	} {
		_, err := importQuickly(t.Context(), c, input(), source, dir, resume)
		assert.ErrorIs(t, err, bulk.ErrSourceChanged, name)
	}
	copied := filepath.Join(t.TempDir(), "elsewhere.csv")
	require.NoError(t, os.WriteFile(copied, text, 0o600))
	s, err := importQuickly(t.Context(), c, input(), bulk.CognitoCSV(copied), dir, resume)
	require.NoError(t, err, "the same input in another place, and the plan is still there")
	assert.EqualValues(t, 5, s.Imported)
}

// halfPlannedDir is a directory whose plan is not finished, with a draft of a part.
func halfPlannedDir(t *testing.T, c importjob.Client, path string) string {
	dir := plannedDir(t, c, path)
	journal := filepath.Join(dir, "journal.jsonl")
	begun, _, _ := strings.Cut(readFile(t, journal), "\n")
	require.NoError(t, os.WriteFile(journal, []byte(begun+"\n"+`{"event":"plan`), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "scratch"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "scratch", "0001.csv"), nil, 0o600))
	return dir
}

// TestHalfAPlan has the input change before the plan is whole. The input is planned anew, unless it is another file.
func TestHalfAPlan(t *testing.T) {
	c := newCognito(t, memory.Options{})
	path := dialect(t, good(5)...)
	dir := halfPlannedDir(t, c, path)
	before := readFile(t, filepath.Join(dir, "journal.jsonl"))
	_, err := importQuickly(t.Context(), c, input(), bulk.CognitoCSV(dialect(t, good(5)...)), dir, resume)
	assert.ErrorIs(t, err, bulk.ErrSourceChanged)
	_, err = importQuickly(t.Context(), c, input(), bulk.CSV(path, nil), dir, resume)
	assert.ErrorIs(t, err, bulk.ErrSourceChanged)
	assert.True(t, strings.HasPrefix(before, readFile(t, filepath.Join(dir, "journal.jsonl"))), "what is refused is left as it is")
	require.NoError(t, os.Chtimes(path, time.Unix(1e9, 0), time.Unix(1e9, 0)))
	p, err := planQuickly(t.Context(), c, input(), bulk.CognitoCSV(path), dir, resume)
	require.NoError(t, err, "it was only touched")
	assert.Contains(t, before, p.Name)
	dir = halfPlannedDir(t, c, path)
	require.NoError(t, os.WriteFile(path, []byte(readFile(t, dialect(t, good(6)...))), 0o600))
	s, err := importQuickly(t.Context(), c, input(), bulk.CognitoCSV(path), dir, &bulk.Options{Resume: true, Wait: quick})
	require.NoError(t, err)
	assert.Equal(t, bulk.Counts{Imported: 6}, s.Counts)
}

// TestResumeThatFailsKeepsTheDirectory resumes a plan that is not finished, and fails for a reason that
// passes. The directory stays, and the next call goes on with the import that it holds.
func TestResumeThatFailsKeepsTheDirectory(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	refuse := before(importjob.OpPool, func() error { return importjob.ErrAccessDenied })
	for name, c := range map[string]struct {
		ctx   context.Context
		calls backend.Interceptor
		away  bool // the input is missing for a moment
		hooks bulk.Hooks
		want  error
	}{
		"the input is missing": {ctx: t.Context(), away: true, want: os.ErrNotExist},
		"the pool is refused":  {ctx: t.Context(), calls: refuse, want: importjob.ErrAccessDenied},
		"the context ended":    {ctx: ended, want: context.Canceled},
		"the disk is full": {ctx: t.Context(), want: errDisk, hooks: bulk.Hooks{Step: func(name string) error {
			if name == "rename to parts/0002.csv" {
				return errDisk
			}
			return nil
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newCognito(t, memory.Options{})
			path := dialect(t, good(5)...)
			dir := halfPlannedDir(t, m, path)
			journal := filepath.Join(dir, "journal.jsonl")
			begun := readFile(t, journal)
			client := importjob.Client(m)
			if c.calls != nil {
				client = backend.Intercept(m, c.calls)
			}
			if c.away {
				require.NoError(t, os.Rename(path, path+".away"))
			}
			opts := &bulk.Options{Resume: true, PartRows: 2, Wait: quick}
			_, err := bulk.ImportWith(c.ctx, client, input(), bulk.CognitoCSV(path), dir, opts, c.hooks)
			require.ErrorIs(t, err, c.want)
			require.FileExists(t, journal)
			if c.away {
				require.NoError(t, os.Rename(path+".away", path))
			}
			s, err := importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts)
			require.NoError(t, err)
			assert.Equal(t, bulk.Counts{Imported: 5}, s.Counts)
			assert.Contains(t, begun, `"name":"`+s.Plan+`"`, "it is the same import")
		})
	}
}

// TestRemovalThatFails has the removal of what a half-made plan left fail. What comes after it stays.
func TestRemovalThatFails(t *testing.T) {
	for _, name := range []string{"scratch", "parts", "rejected.csv"} {
		m := newCognito(t, memory.Options{})
		path := dialect(t, good(5)...)
		dir := halfPlannedDir(t, m, path)
		hooks := bulk.Hooks{Step: func(step string) error {
			if step == "remove "+name {
				return errDisk
			}
			return nil
		}}
		_, err := bulk.PlanWith(t.Context(), m, input(), bulk.CognitoCSV(path), dir, resume, hooks)
		require.ErrorIs(t, err, errDisk)
		_, err = os.Stat(filepath.Join(dir, name))
		assert.NoError(t, err, "%s was not removed", name)
	}
}

// TestJournalThatLostItsRecords resumes directories whose journals are empty, or end before the plan, beside files
// that are later. They are refused, and stay as they are.
func TestJournalThatLostItsRecords(t *testing.T) {
	for _, records := range []int{0, 1} {
		for _, finished := range []bool{false, true} {
			m := newCognito(t, memory.Options{})
			path := dialect(t, good(5)...)
			dir := plannedDir(t, m, path)
			opts := &bulk.Options{Resume: true, Wait: quick}
			if finished {
				_, err := importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts)
				require.NoError(t, err)
			}
			journal := filepath.Join(dir, "journal.jsonl")
			kept := strings.Join(strings.SplitAfter(readFile(t, journal), "\n")[:records], "")
			require.NoError(t, os.WriteFile(journal, []byte(kept), 0o600))
			contents := contentsOf(t, dir)
			_, err := importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts)
			if records == 1 && !finished { // that is a half-made plan
				require.NoError(t, err)
				continue
			}
			require.ErrorIs(t, err, bulk.ErrJournal, "%d records, finished: %v", records, finished)
			assert.ErrorContains(t, err, "it has lost its records")
			_, err = bulk.Load(dir)
			require.ErrorIs(t, err, bulk.ErrJournal)
			assert.Equal(t, contents, contentsOf(t, dir))
		}
	}
}

// contentsOf returns the files of a directory by their names.
func contentsOf(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	for _, name := range everyFile(t, dir) {
		files[name] = readFile(t, name)
	}
	return files
}

// TestTwoImportsBeginAtOnce has another import begin and end in the directory after the first has found
// it empty, and before the first has locked it.
func TestTwoImportsBeginAtOnce(t *testing.T) {
	m := newCognito(t, memory.Options{})
	path := dialect(t, good(5)...)
	dir := filepath.Join(t.TempDir(), "import")
	var journal string
	hooks := bulk.Hooks{Step: func(name string) error {
		if name == "lock" {
			_, err := planQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, nil)
			require.NoError(t, err)
			journal = readFile(t, filepath.Join(dir, "journal.jsonl"))
		}
		return nil
	}}
	_, err := bulk.PlanWith(t.Context(), m, input(), bulk.CognitoCSV(path), dir, nil, hooks)
	assert.ErrorIs(t, err, bulk.ErrDirInUse)
	assert.NotEmpty(t, journal)
	assert.Equal(t, journal, readFile(t, filepath.Join(dir, "journal.jsonl")))
	_, err = importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, &bulk.Options{Resume: true, Wait: quick})
	assert.NoError(t, err, "the directory is unlocked")
}

func TestAnotherImportIsRefused(t *testing.T) {
	c := newCognito(t, memory.Options{})
	path := dialect(t, good(5)...)
	dir := plannedDir(t, c, path)
	for want, change := range map[string]func(*importjob.CreateInput){
		"an import into the pool us-west-2_aaaaaaaaa":               func(in *importjob.CreateInput) { in.UserPoolID = "us-west-2_b" },
		"it holds an import with the job name migration":            func(in *importjob.CreateInput) { in.JobName = "other" },
		`it holds an import with the password hashing algorithm ""`: func(in *importjob.CreateInput) { in.PasswordHashingAlgorithm = importjob.HashBCRYPT },
	} {
		in := input()
		change(&in)
		_, err := importQuickly(t.Context(), c, in, bulk.CognitoCSV(path), dir, resume)
		assert.ErrorIs(t, err, bulk.ErrDirInUse)
		assert.ErrorContains(t, err, want)
	}
	role := input()
	role.CloudWatchLogsRoleARN += "2"
	_, err := importQuickly(t.Context(), c, role, bulk.CognitoCSV(path), dir, resume)
	assert.NoError(t, err, "a role can be mended")
}

func TestBadOptionsAndInput(t *testing.T) {
	c := newCognito(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	for _, o := range []bulk.Options{{PartRows: 500_001}, {PartRows: -1}, {PartBytes: 100_000_001}, {PartBytes: -1}} {
		_, err := planQuickly(t.Context(), c, input(), sequence(), dir, &o)
		assert.ErrorContains(t, err, "per part: Part")
	}
	assert.NoDirExists(t, dir)
	full := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(full, "mine.txt"), nil, 0o600))
	_, err := planQuickly(t.Context(), c, input(), sequence(), full, nil)
	assert.ErrorIs(t, err, bulk.ErrDirInUse)
	entries, err := os.ReadDir(full)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

// TestJobName has names that are refused. The errors are about what the caller gave.
func TestJobName(t *testing.T) {
	c := newCognito(t, memory.Options{})
	for _, bad := range []struct{ name, want string }{
		{"", "Value '' at 'jobName' failed to satisfy constraint: "},
		{"a:b", "Value 'a:b' at 'jobName' failed to satisfy constraint: "},
		{strings.Repeat("x", 129), "Value '" + strings.Repeat("x", 129) + "' at 'jobName' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{strings.Repeat("x", 114), "the job name has 114 characters, and at most 113 are possible: the service allows 128, and bulk appends up to 15 for the plan and the part"},
	} {
		in, dir := input(), filepath.Join(t.TempDir(), "import")
		in.JobName = bad.name
		_, err := planQuickly(t.Context(), c, in, sequence(good(1)...), dir, nil)
		var refused *importjob.Error
		if assert.ErrorAs(t, err, &refused, bad.name) {
			assert.Equal(t, importjob.ErrInvalidParameter, refused.Code)
			assert.Contains(t, refused.Message, bad.want)
			assert.NotContains(t, refused.Message, bad.name+"xx", "the name as it was given")
		}
		assert.NoDirExists(t, dir)
	}
	in := input()
	in.JobName = strings.Repeat("x", 113)
	_, err := importQuickly(t.Context(), c, in, sequence(good(1)...), filepath.Join(t.TempDir(), "import"), &bulk.Options{Wait: quick})
	assert.NoError(t, err)
}

// TestOneAtATime has a second import on the directory while the first is at work.
func TestOneAtATime(t *testing.T) {
	c := newCognito(t, memory.Options{})
	path := dialect(t, good(5)...)
	dir := plannedDir(t, c, path)
	second := 0
	intrude := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		if call.Op == importjob.OpStart {
			second++
			_, err := importQuickly(ctx, c, input(), bulk.CognitoCSV(path), dir, resume)
			assert.ErrorIs(t, err, bulk.ErrLocked)
			_, err = planQuickly(ctx, c, input(), bulk.Retry(dir, nil), filepath.Join(t.TempDir(), "retry"), nil)
			assert.ErrorIs(t, err, bulk.ErrLocked)
		}
		return next(ctx)
	}
	_, err := importQuickly(t.Context(), backend.Intercept(c, intrude), input(), bulk.CognitoCSV(path), dir, &bulk.Options{Resume: true, Wait: quick})
	require.NoError(t, err)
	assert.Equal(t, 3, second)
}

var quick = importjob.WaitOptions{MinInterval: time.Millisecond}

func TestDamage(t *testing.T) {
	path := dialect(t, good(5)...)
	for name, c := range map[string]struct {
		file string
		from string
		to   string
		want error
	}{
		"a line in the middle": {"journal.jsonl", `{"event":"planned"`, `{"event":planned"`, bulk.ErrJournal},
		"another version":      {"journal.jsonl", `"version":2`, `"version":3`, bulk.ErrJournal},
		"no plan first":        {"journal.jsonl", `"event":"begun"`, `"event":"x"`, bulk.ErrJournal},
		"a part too many":      {"journal.jsonl", "\n{\"event\":\"planned\"", "\n{\"event\":\"created\",\"part\":9}\n{\"event\":\"planned\"", bulk.ErrJournal},
		"a part":               {"parts/0002.csv", "user3", "user4", bulk.ErrPartChanged},
		"rejected rows lost":   {"rejected.csv", "source_line", "source_line,attribute,reason\n99,,,,,,x\nsource", bulk.ErrJournal},
	} {
		m := newCognito(t, memory.Options{})
		dir := plannedDir(t, m, path)
		file := filepath.Join(dir, c.file)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		damaged := strings.Replace(string(text), c.from, c.to, 1)
		require.NotEqual(t, string(text), damaged)
		if c.file == "journal.jsonl" {
			damaged = bulk.WithSums(damaged)
		}
		require.NoError(t, os.WriteFile(file, []byte(damaged), 0o600))
		_, err = importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, &bulk.Options{Resume: true, Wait: quick})
		assert.Error(t, err, name)
		if name != "no plan first" && name != "rejected rows lost" {
			assert.ErrorIs(t, err, c.want, name)
		}
	}
}

// TestSomebodyStopsAJob ends with a report at a job that somebody stopped, and goes on with the next part when
// it is resumed.
func TestSomebodyStopsAJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newCognito(t, memory.Options{RowsPerSecond: 1})
		dir := filepath.Join(t.TempDir(), "import")
		opts := &bulk.Options{PartRows: 50, Wait: importjob.WaitOptions{MaxInterval: time.Second}}
		opts.OnProgress = func(p bulk.Progress) {
			if p.Part == 2 && p.Job.ImportedUsers > 20 && p.Job.Status == importjob.StatusInProgress {
				_, err := m.Stop(t.Context(), p.Job.Ref())
				assert.NoError(t, err)
			}
		}
		s, err := importQuickly(t.Context(), m, input(), sequence(good(120)...), dir, opts)
		var job *importjob.JobError
		require.ErrorAs(t, err, &job, "it is somebody's wish")
		assert.Equal(t, importjob.StatusStopped, job.Job.Status)
		assert.ErrorContains(t, err, "resume to import the rest")
		half := job.Job.ImportedUsers
		assert.Equal(t, bulk.Counts{Imported: 50 + half, Unknown: 50 - half + 20}, s.Counts)
		rows, _ := readReport(t, dir)
		assert.Equal(t, "the part was not run", rows[119].Reason)
		opts.Resume, opts.OnProgress = true, nil
		s, err = importQuickly(t.Context(), m, input(), sequence(good(120)...), dir, opts)
		require.NoError(t, err)
		assert.Equal(t, bulk.Counts{Imported: 120}, s.Counts)
		assert.Len(t, usernames(t, m), 120)
	})
}

// TestCancel ends the context in the middle of the second job, and goes on.
func TestCancel(t *testing.T) {
	for _, stop := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			m := newCognito(t, memory.Options{RowsPerSecond: 1})
			dir := filepath.Join(t.TempDir(), "import")
			ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
			defer cancel()
			opts := &bulk.Options{PartRows: 50, StopOnCancel: stop, Wait: importjob.WaitOptions{MaxInterval: time.Second}}
			_, err := importQuickly(ctx, m, input(), sequence(good(120)...), dir, opts)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			assert.ErrorContains(t, err, "part 2: ")
			assert.NoFileExists(t, filepath.Join(dir, "report.csv"))
			time.Sleep(time.Hour)
			opts.Resume = true
			s, err := importQuickly(t.Context(), m, input(), sequence(good(120)...), dir, opts)
			if !stop {
				require.NoError(t, err)
				assert.Equal(t, bulk.Counts{Imported: 120}, s.Counts)
				return
			}
			require.NoError(t, err)
			half := s.Runs[1].Imported
			assert.Equal(t, importjob.StatusStopped, s.Runs[1].Status)
			assert.Greater(t, half, int64(30))
			assert.Less(t, half, int64(50))
			assert.Equal(t, bulk.Counts{Imported: 120}, s.Counts)
			assert.Equal(t, []int64{50 - half, 4, 4}, []int64{int64(s.Runs[1].MovedRows), int64(s.Runs[1].MovedTo), int64(s.Parts)})
			assert.Empty(t, s.Runs[1].Note)
			assert.Len(t, usernames(t, m), 120)
			rows, _ := readReport(t, dir)
			for i, r := range rows {
				require.Equal(t, fmtInt(int64(i+1)), r.SourceLine, "the rows are in the order of the input")
			}
			assert.Equal(t, []string{"4", "2"}, []string{rows[50+half].Part, rows[50+half].Line}, "the first row that the stopped job did not read")
		})
	}
}

var errDisk = errors.New("no space left on device")

// TestTheDiskFailsAtEveryStep has each write fail in turn, and goes on.
func TestTheDiskFailsAtEveryStep(t *testing.T) {
	path := dialect(t, append(good(5), user("USER1"))...)
	steps := 0
	for at := 0; at == 0 || at <= steps; at++ {
		m := newCognito(t, memory.Options{})
		dir := filepath.Join(t.TempDir(), "import")
		opts := &bulk.Options{PartRows: 3, Wait: quick}
		n, failed, after := 0, "", []string(nil)
		hooks := bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}, Step: func(name string) error {
			switch n++; {
			case n == at:
				failed = name
				return errDisk
			case failed != "":
				after = append(after, name)
			}
			return nil
		}}
		_, err := bulk.ImportWith(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts, hooks)
		if at == 0 {
			require.NoError(t, err)
			steps = n
			require.Greater(t, steps, 50)
			continue
		}
		require.ErrorIs(t, err, errDisk, failed)
		require.Empty(t, after, "nothing is written after %q has failed", failed)
		opts.Resume = true
		s, err := importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts)
		require.NoError(t, err, failed)
		require.Equal(t, bulk.Counts{Imported: 5}, s.Counts, failed)
		readReport(t, dir)
		require.Len(t, usernames(t, m), 5)
		for _, name := range everyFile(t, dir) {
			require.NotContains(t, name, ".new", failed)
		}
	}
}
