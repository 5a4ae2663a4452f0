package bulk_test

import (
	"cmp"
	"context"
	"io"
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
	"github.com/cognito-import/importjob/userpool"
)

// TestAnErrorEOFIsNoEnd has a source, and an edit, fail with io.EOF, as broken connections do.
func TestAnErrorEOFIsNoEnd(t *testing.T) {
	m := newCognito(t, memory.Options{})
	broken := bulk.Records(func(yield func(importjob.Record, error) bool) {
		_ = yield(user("a"), nil) && yield(nil, io.EOF)
	})
	_, err := planQuickly(t.Context(), m, input(), broken, filepath.Join(t.TempDir(), "import"), nil)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "who comes after it is not left out")
	bad := user("bad")
	bad["email"] = "none"
	first := filepath.Join(t.TempDir(), "first")
	_, err = importQuickly(t.Context(), m, input(), sequence(good(1)[0], bad), first, &bulk.Options{Wait: quick})
	require.NoError(t, err)
	again := bulk.Retry(first, &bulk.RetryOptions{Outcomes: []bulk.Outcome{bulk.OutcomeRejected},
		Edit: func(bulk.RetryRow) (importjob.Record, error) { return nil, io.EOF }})
	_, err = planQuickly(t.Context(), m, input(), again, filepath.Join(t.TempDir(), "second"), nil)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// TestIgnoredColumn ignores a column that the pool has as well.
func TestIgnoredColumn(t *testing.T) {
	people := "cognito:username,email,email_verified,nickname\njane,jane@example.com,true,secret\n"
	names, _ := imported(t, bulk.CSV(write(t, people), &bulk.CSVOptions{Ignore: []string{"nickname"}}), "nickname")
	assert.Equal(t, map[string]string{"jane": ""}, names)
	for _, opts := range []bulk.CSVOptions{
		{Ignore: []string{"nickname"}, Columns: map[string]string{"name": "nickname"}},
		{Ignore: []string{"cognito:username"}},
	} {
		_, err := planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), bulk.CSV(write(t, people), &opts), filepath.Join(t.TempDir(), "import"), nil)
		assert.ErrorIs(t, err, bulk.ErrColumns)
	}
}

// TestRetryOfRowsThatAreNoUsers does not make users of rows by leaving out what has no column.
func TestRetryOfRowsThatAreNoUsers(t *testing.T) {
	m := newCognito(t, memory.Options{})
	header := strings.Join(pool().Header(), ",")
	row := strings.Repeat(",", 9) + "x@example.com,true" + strings.Repeat(",", 9) + "false,smith"
	unknown := user("joe")
	unknown["shoe"] = "38"
	for want, source := range map[string]bulk.Source{
		importjob.ErrFieldCount.Error():               bulk.CognitoCSV(write(t, header+"\n"+row+", john\n")), // a comma that is not escaped
		"shoe: " + importjob.ErrUnknownColumn.Error(): sequence(unknown),
	} {
		first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
		var rows *bulk.RowsError
		_, err := importQuickly(t.Context(), m, input(), source, first, &bulk.Options{Wait: quick})
		require.ErrorAs(t, err, &rows)
		rejected := &bulk.RetryOptions{Outcomes: []bulk.Outcome{bulk.OutcomeRejected}}
		_, err = importQuickly(t.Context(), m, input(), bulk.Retry(first, rejected), second, &bulk.Options{Wait: quick})
		require.ErrorAs(t, err, &rows)
		reported, _ := readReport(t, second)
		require.Len(t, reported, 1)
		assert.Equal(t, []string{"rejected", want}, []string{reported[0].Outcome, reported[0].Reason})
		rejected.Edit = func(r bulk.RetryRow) (importjob.Record, error) {
			assert.Equal(t, unknown["shoe"], cmp.Or(r.Record["shoe"], unknown["shoe"]))
			delete(r.Record, "shoe")
			return r.Record, nil
		}
		s, err := importQuickly(t.Context(), m, input(), bulk.Retry(second, rejected), filepath.Join(t.TempDir(), "third"), &bulk.Options{Wait: quick})
		require.NoError(t, err)
		assert.EqualValues(t, 1, s.Imported, "somebody has looked at it")
	}
}

// TestLookupOfADeletedUser reports although somebody has deleted a user meanwhile.
func TestLookupOfADeletedUser(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "import")
	_, err := importQuickly(t.Context(), newCognito(t, memory.Options{}), input(), sequence(good(2)...), dir,
		&bulk.Options{Wait: quick, Lookup: func(_ context.Context, name string) (string, error) {
			if name == "user1" {
				return "", backend.Wrap(userpool.OpUser, importjob.Ref{}, userpool.ErrUserNotFound)
			}
			return "a-sub", nil
		}})
	require.NoError(t, err)
	rows, _ := readReport(t, dir)
	assert.Equal(t, []string{"", "a-sub"}, []string{rows[0].Sub, rows[1].Sub})
}

// TestDamagedJournal has records that no import writes.
func TestDamagedJournal(t *testing.T) {
	for name, damage := range map[string]func(lines []string) []string{
		"a plan without files": func(l []string) []string { return append(l[:1], `{"event":"planned"}`) },
		"no username":          func(l []string) []string { return []string{l[0], strings.Replace(l[1], "cognito:username", "x", 1)} },
		"begun once more":      func(l []string) []string { return append(l, l[0]) },
		"closed, not ended":    func(l []string) []string { return append(l, `{"event":"closed","part":1,"close":{"imported":2}}`) },
	} {
		m := newCognito(t, memory.Options{})
		path := dialect(t, good(5)...)
		dir := plannedDir(t, m, path)
		journal := filepath.Join(dir, "journal.jsonl")
		lines := damage(strings.Split(strings.TrimSpace(readFile(t, journal)), "\n"))
		require.NoError(t, os.WriteFile(journal, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
		_, err := importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, resume)
		assert.ErrorIs(t, err, bulk.ErrJournal, name)
		assert.Empty(t, jobsOf(t, m), name)
	}
}

// deaf is a service whose first Start has no effect.
type deaf struct {
	*memory.Cognito
	starts *int
}

func (d deaf) Start(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	if *d.starts++; *d.starts > 1 {
		return d.Cognito.Start(ctx, ref)
	}
	job, err := d.Describe(ctx, ref)
	job.Status = importjob.StatusPending
	return job, err
}

// TestAJobThatNeverRan has a job expire that was started.
func TestAJobThatNeverRan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newCognito(t, memory.Options{})
		s, err := importQuickly(t.Context(), deaf{m, new(int)}, input(), sequence(good(3)...), filepath.Join(t.TempDir(), "import"), nil)
		require.NoError(t, err)
		assert.Equal(t, bulk.Counts{Imported: 3}, s.Counts)
		assert.Equal(t, map[importjob.Status]int{importjob.StatusExpired: 1, importjob.StatusSucceeded: 1}, jobsOf(t, m))
	})
}

// TestAQuoteThatIsNotClosed does not take the rest of the file into memory.
func TestAQuoteThatIsNotClosed(t *testing.T) {
	text := "cognito:username,email\njane,\"jane@example.com\n" + strings.Repeat("joe,joe@example.com\n", 400_000)
	_, err := planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), bulk.CSV(write(t, text), nil), filepath.Join(t.TempDir(), "import"), nil)
	assert.ErrorContains(t, err, "a quotation mark that is not closed")
	assert.NotContains(t, err.Error(), "jane")
}

// TestDirectoryOfSomebody does not remove a directory that was there before.
func TestDirectoryOfSomebody(t *testing.T) {
	dir := t.TempDir()
	_, err := planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), bulk.CognitoCSV("none"), dir, nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

// TestPartsKeepToTheAssumedSize assumes that a job takes less than the documentation says.
func TestPartsKeepToTheAssumedSize(t *testing.T) {
	assumed := importjob.Assumptions{MaxFileBytes: 2000}
	m := newCognito(t, memory.Options{Assumptions: assumed})
	opts := &bulk.Options{Wait: quick, Assumptions: assumed}
	s, err := importQuickly(t.Context(), m, input(), sequence(good(100)...), filepath.Join(t.TempDir(), "import"), opts)
	require.NoError(t, err)
	assert.Equal(t, bulk.Counts{Imported: 100}, s.Counts)
	opts.PartBytes = 2001
	_, err = planQuickly(t.Context(), m, input(), sequence(good(1)...), filepath.Join(t.TempDir(), "import"), opts)
	assert.ErrorContains(t, err, "PartBytes must be 1 to 2000")
}

// TestAnInputThatChanges has a file change while it is read: it grows or shrinks before its end is read, or is changed
// behind the place where the import reads. Its size and time can be the same.
func TestAnInputThatChanges(t *testing.T) {
	six := readFile(t, dialect(t, good(6)...))
	for name, text := range map[string]string{
		"grows":   readFile(t, dialect(t, good(7)...)),
		"shrinks": readFile(t, dialect(t, good(5)...)),
		"cut":     six[:len(six)-3],
		"changes": strings.Replace(six, "user1", "User1", 1),
	} {
		for _, at := range []string{"planning", "rename to rejected.csv"} {
			m := newCognito(t, memory.Options{})
			path := dialect(t, good(6)...)
			info, err := os.Stat(path)
			require.NoError(t, err)
			change := func() {
				assert.NoError(t, os.WriteFile(path, []byte(text), 0o600))
				if name == "changes" {
					assert.NoError(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
				}
			}
			dir := filepath.Join(t.TempDir(), "import")
			changed := false
			opts := &bulk.Options{Wait: quick, OnProgress: func(p bulk.Progress) {
				if at == string(p.Phase) && !changed {
					changed = true
					change()
				}
			}}
			hooks := bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}, Step: func(step string) error {
				if step == at {
					change()
				}
				return nil
			}}
			_, err = bulk.ImportWith(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts, hooks)
			require.ErrorIs(t, err, bulk.ErrSourceChanged, "%s at %s", name, at)
			assert.ErrorContains(t, err, "the input changed while it was read: begin again when it is complete")
			assert.NoDirExists(t, dir, "the next call begins anew")
			assert.Empty(t, usernames(t, m))
		}
	}
}
