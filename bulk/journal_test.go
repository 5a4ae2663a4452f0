package bulk_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
)

// TestEveryFlippedBitOfTheJournalIsDetected flips each bit of the journal of an import that has ended.
func TestEveryFlippedBitOfTheJournalIsDetected(t *testing.T) {
	m := newCognito(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	opts := &bulk.Options{Wait: quick, Target: bulk.Target{Backend: "aws", Region: "us-west-2"}}
	_, err := importQuickly(t.Context(), m, input(), sequence(good(2)...), dir, opts)
	require.NoError(t, err)
	journal := filepath.Join(dir, "journal.jsonl")
	text := readFile(t, journal)
	require.Equal(t, 8, strings.Count(text, "\n"))
	for i := range len(text) {
		for bit := range 8 {
			changed := []byte(text)
			changed[i] ^= 1 << bit
			require.ErrorIs(t, bulk.ReadJournal(changed), bulk.ErrJournal, "bit %d of byte %d: %s", bit, i, changed)
		}
	}
	opts.Resume = true
	require.NoError(t, os.WriteFile(journal, []byte(strings.Replace(text, `"part":1`, `"part":3`, 1)), 0o600))
	_, err = importQuickly(t.Context(), m, input(), sequence(good(2)...), dir, opts)
	require.ErrorIs(t, err, bulk.ErrJournal)
	require.NoError(t, os.WriteFile(journal, []byte(text), 0o600))
	_, err = importQuickly(t.Context(), m, input(), sequence(good(2)...), dir, opts)
	require.NoError(t, err)
}

// TestLinesOfTheJournal loses, repeats and moves whole lines, which have the right checksums of their own.
func TestLinesOfTheJournal(t *testing.T) {
	m := newCognito(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	_, err := importQuickly(t.Context(), m, input(), sequence(good(4)...), dir, &bulk.Options{Wait: quick, PartRows: 2})
	require.NoError(t, err)
	journal := filepath.Join(dir, "journal.jsonl")
	lines := strings.SplitAfter(strings.TrimSuffix(readFile(t, journal), "\n"), "\n")
	lines[len(lines)-1] += "\n"
	for i := range lines[1:] {
		without := append(append([]string{}, lines[:i]...), lines[i+1:]...)
		twice := append(append([]string{}, lines[:i+1]...), lines[i:]...)
		swapped := append([]string{}, lines...)
		swapped[i], swapped[i+1] = lines[i+1], lines[i]
		for name, changed := range map[string][]string{"without": without, "twice": twice, "swapped": swapped} {
			require.ErrorIs(t, bulk.ReadJournal([]byte(strings.Join(changed, ""))), bulk.ErrJournal, "%s line %d", name, i+1)
		}
	}
}

// TestTornJournal cuts the journal after each byte, as a crash does. That is no damage.
func TestTornJournal(t *testing.T) {
	m := newCognito(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	_, err := planQuickly(t.Context(), m, input(), sequence(good(2)...), dir, nil)
	require.NoError(t, err)
	journal := filepath.Join(dir, "journal.jsonl")
	text := readFile(t, journal)
	first := strings.Index(text, "\n") + 1
	for cut := first; cut <= len(text); cut++ {
		require.NoError(t, bulk.ReadJournal([]byte(text[:cut])), cut)
	}
}

// TestTornJournalIsResumedTwice resumes an import whose journal ends in a part of a line. The process of the first
// resume is killed after a record, and leaves a part of another one behind. The second one finishes the import.
func TestTornJournalIsResumedTwice(t *testing.T) {
	killed := errors.New("killed")
	path := dialect(t, good(3)...)
	for _, torn := range []func(line string) string{
		func(line string) string { return line[:1] },
		func(line string) string { return line[:len(line)/2] },
		func(line string) string { return line[:len(line)-1] }, // all but the line end
	} {
		for _, at := range []string{"journaled, not synced begun", "journaled planned", "journaled, not synced creating 1", "journaled created 1", "journaled starting 1"} {
			m := newCognito(t, memory.Options{})
			dir := filepath.Join(t.TempDir(), "import")
			_, err := planQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, nil)
			require.NoError(t, err)
			journal := filepath.Join(dir, "journal.jsonl")
			tear := func() {
				lines := strings.SplitAfter(readFile(t, journal), "\n")
				last := lines[len(lines)-2] // the one behind the last line end is empty
				lines[len(lines)-2] = torn(last)
				require.NoError(t, os.WriteFile(journal, []byte(strings.Join(lines, "")), 0o600))
				require.NoError(t, bulk.ReadJournal([]byte(readFile(t, journal))))
			}
			tear()
			opts := &bulk.Options{Resume: true, Wait: quick}
			_, err = bulk.ImportWith(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts, bulk.Hooks{Step: func(name string) error {
				if name == at {
					return killed
				}
				return nil
			}})
			require.ErrorIs(t, err, killed, at)
			tear()
			s, err := importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts)
			require.NoError(t, err, at)
			assert.Equal(t, bulk.Counts{Imported: 3}, s.Counts, at)
			text := readFile(t, journal)
			require.True(t, strings.HasSuffix(text, "}\n"), at)
			for line := range strings.Lines(text) {
				assert.True(t, json.Valid([]byte(line)), "%s: nothing is left of the torn lines: %s", at, line)
			}
			require.NoError(t, bulk.ReadJournal([]byte(text)), at)
			line, _, _ := strings.Cut(text, "\n") // as if the import had gone on
			require.NoError(t, os.WriteFile(journal, []byte(text+torn(line+"\n")), 0o600))
			_, err = importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts)
			require.NoError(t, err, "%s: it is done", at)
			assert.Equal(t, text, readFile(t, journal), "the torn line is cut off although no record follows")
		}
	}
}

// TestLockIsRemoved removes the lock file, or the journal, while an import is at work, before each of its calls. Another
// import can then lock the directory, and the first one starts no job any more.
func TestLockIsRemoved(t *testing.T) {
	for _, op := range []importjob.Op{importjob.OpCreate, importjob.OpUpload, importjob.OpDescribe} {
		for name, want := range map[string]error{"lock": bulk.ErrLocked, "journal.jsonl": bulk.ErrJournal} {
			m := newCognito(t, memory.Options{})
			path := dialect(t, good(5)...)
			dir := plannedDir(t, m, path)
			removed := false
			opts := &bulk.Options{Resume: true, Wait: quick}
			remove := before(op, func() error {
				if removed {
					return nil
				}
				removed = true
				file := filepath.Join(dir, name)
				text := readFile(t, file)
				assert.NoError(t, os.Remove(file))
				if name == "lock" { // somebody else is at work
					s, err := importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts)
					assert.NoError(t, err)
					assert.Equal(t, bulk.Counts{Imported: 5}, s.Counts)
					return nil
				}
				assert.NoError(t, os.WriteFile(file, []byte(text), 0o600))
				return nil
			})
			_, err := importQuickly(t.Context(), backend.Intercept(m, remove), input(), bulk.CognitoCSV(path), dir, opts)
			require.ErrorIs(t, err, want, "%s at %s", name, op)
			ran := map[string]int{}
			for job, err := range importjob.Jobs(t.Context(), m, poolID) {
				require.NoError(t, err)
				if !job.StartDate.IsZero() {
					ran[job.JobName]++
				}
			}
			for job, n := range ran {
				assert.Equal(t, 1, n, job)
			}
			if name == "lock" {
				readReport(t, dir)
				assert.Len(t, ran, 3)
			}
		}
	}
}

// TestLockIsReplacedWhileItIsLocked has another process replace the lock file between its opening and its locking.
func TestLockIsReplacedWhileItIsLocked(t *testing.T) {
	m := newCognito(t, memory.Options{})
	path := dialect(t, good(5)...)
	dir := plannedDir(t, m, path)
	calls := 0
	hooks := bulk.Hooks{Step: func(name string) error {
		if calls++; name == "journal creating 1" {
			require.NoError(t, os.Remove(filepath.Join(dir, "lock")))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "lock"), nil, 0o600))
		}
		return nil
	}}
	_, err := bulk.ImportWith(t.Context(), m, input(), bulk.CognitoCSV(path), dir, &bulk.Options{Resume: true, Wait: quick}, hooks)
	require.ErrorIs(t, err, bulk.ErrLocked)
	assert.ErrorContains(t, err, "was removed or replaced while it was open")
	assert.Equal(t, map[importjob.Status]int{importjob.StatusCreated: 1}, jobsOf(t, m), "no job was started")
}

// TestV1JournalStaysV1 continues a journal of version 1, which has no checksums.
func TestV1JournalStaysV1(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &v1Scenario{path: filepath.Join(v1Path, "file")}
		readJSON(t, filepath.Join(s.path, "scenario.json"), s)
		var a v1Account
		readJSON(t, filepath.Join(s.path, "07-planned", "account.json"), &a)
		root := s.layOut(t, "07-planned", &a)
		_, err := s.resume(t, s.newAccount(t), root, 0)
		require.NoError(t, err)
		text := readFile(t, filepath.Join(root, "import", "journal.jsonl"))
		assert.NotContains(t, text, "crc32c")
		assert.NotContains(t, text, `"version":2`)
		assert.Greater(t, strings.Count(text, "\n"), 10)
		saved, err := bulk.Load(filepath.Join(root, "import"))
		require.NoError(t, err)
		assert.Equal(t, importjob.CreateInput{JobName: "migration", UserPoolID: poolID}, saved.Input)
		assert.Zero(t, saved.Target)
		s2, err := importQuickly(t.Context(), s.newAccount(t), s.createInput(), saved.Source, filepath.Join(root, "import"), &bulk.Options{Resume: true})
		require.NoError(t, err, "all is done")
		assert.NotZero(t, s2.Imported)
	})
}

// TestRowsThatDoNotAddUp has numbers of rows that no import has. A number says how large a list is that is made later.
func TestRowsThatDoNotAddUp(t *testing.T) {
	m := newCognito(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	_, err := importQuickly(t.Context(), m, input(), sequence(good(4)...), dir, &bulk.Options{Wait: quick, PartRows: 2})
	require.NoError(t, err)
	text := readFile(t, filepath.Join(dir, "journal.jsonl"))
	for _, c := range []struct{ old, with, want string }{
		{`"parts":[{"rows":2`, `"parts":[{"rows":-2`, "the rows of its plan do not add up"},
		{`"parts":[{"rows":2`, `"parts":[{"rows":500001`, "the rows of its plan do not add up"},
		{`"parts":[{"rows":2`, `"parts":[{"rows":3`, "the rows of its plan do not add up"},
		{`"files":{"rows":4,"rejected":0`, `"files":{"rows":-9223372036854775805,"rejected":9223372036854775807`, "the rows of its plan do not add up"},
		{`"files":{"rows":4,"rejected":0`, `"files":{"rows":3,"rejected":-1`, "the rows of its plan do not add up"},
		{`"bytes":`, `"bytes":-`, "the rows of its plan do not add up"},
		{`"close":{"imported":2`, `"close":{"imported":1`, "the outcomes of part 1 do not add up to its rows"},
		{`"close":{"imported":2,"skipped":0`, `"close":{"imported":3,"skipped":-1`, "the outcomes of part 1 do not add up to its rows"},
		{`"close":{"imported":2`, `"close":{"rest":{"rows":2,"bytes":9},"imported":2`, "the outcomes of part 1 do not add up to its rows"},
		{`"close":{"imported":2`, `"close":{"rest":{"rows":0,"bytes":9},"imported":2`, "the outcomes of part 1 do not add up to its rows"},
		{`"close":{"imported":2`, `"close":{"not_told_apart":3,"imported":2`, "the outcomes of part 1 do not add up to its rows"},
	} {
		damaged := strings.Replace(text, c.old, c.with, 1)
		require.NotEqual(t, text, damaged, c.old)
		err := bulk.ReadJournal([]byte(bulk.WithSums(damaged)))
		require.ErrorIs(t, err, bulk.ErrJournal, c.with)
		assert.ErrorContains(t, err, c.want, c.with)
	}
	require.NoError(t, bulk.ReadJournal([]byte(bulk.WithSums(text))))
}

// TestColumnsThatThePartsLack has a journal with a column that the files of the parts do not have.
func TestColumnsThatThePartsLack(t *testing.T) {
	m := newCognito(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	opts := &bulk.Options{Wait: quick}
	_, err := importQuickly(t.Context(), m, input(), sequence(good(2)...), dir, opts)
	require.NoError(t, err)
	journal := filepath.Join(dir, "journal.jsonl")
	text := strings.Replace(readFile(t, journal), `"columns":["`, `"columns":["x","`, 1)
	require.NoError(t, os.WriteFile(journal, []byte(bulk.WithSums(text)), 0o600))
	opts.Resume = true
	_, err = importQuickly(t.Context(), m, input(), sequence(good(2)...), dir, opts)
	require.ErrorIs(t, err, bulk.ErrJournal)
	assert.ErrorContains(t, err, "part 1 has other columns")
}
