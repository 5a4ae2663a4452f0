package bulk_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
)

// TestRejectedRowsHaveTheSameColumns rejects rows with too few and too many values, and with keys that are not columns.
// rejected.csv is a CSV file with the same columns in each row, and a retry has the rows as they were.
func TestRejectedRowsHaveTheSameColumns(t *testing.T) {
	m := newCognito(t, memory.Options{})
	unknown := user("joe")
	unknown["mail"], unknown["shoe"] = "joe@example.com", "38"
	header := strings.Join(pool().Header(), ",")
	ordinary := "cognito:username,email,email_verified,address\n"
	for name, c := range map[string]struct {
		source  bulk.Source
		surplus string
		record  importjob.Record // of a retry
	}{
		"unknown keys": {sequence(unknown), `{"unknown":{"mail":"joe@example.com","shoe":"38"}}`, unknown},
		"too many": {bulk.CSV(write(t, ordinary+"joe,joe@example.com,true,street,\"=x,y\",z\n"), nil), `{"values":["=x,y","z"]}`,
			importjob.Record{"cognito:username": "joe", "email": "joe@example.com", "email_verified": "true", "address": "street"}},
		"too many in the dialect": {bulk.CognitoCSV(write(t, header+"\n"+strings.Repeat(",", 20)+"joe,x\n")), `{"values":["x"]}`,
			importjob.Record{"cognito:username": "joe"}},
		"too few in the dialect": {bulk.CognitoCSV(write(t, header+"\njoe,bob\n")), `{"missing":19}`,
			importjob.Record{"name": "joe", "given_name": "bob"}},
		"a bad value": {bulk.CSV(write(t, "cognito:username,email,email_verified\njoe,none,true\n"), nil), ``,
			importjob.Record{"cognito:username": "joe", "email": "none", "email_verified": "true"}},
	} {
		dir := filepath.Join(t.TempDir(), "import")
		p, err := planQuickly(t.Context(), m, input(), c.source, dir, nil)
		require.NoError(t, err, name)
		require.EqualValues(t, 1, p.Rejected)
		records := rejectedIn(t, dir) // all rows have the same number of columns
		last := len(records[0]) - 1
		assert.Equal(t, "surplus", records[0][last])
		assert.Equal(t, c.surplus, records[1][last], name)

		_, err = importQuickly(t.Context(), m, input(), c.source, dir, &bulk.Options{Resume: true, Wait: quick})
		var rows *bulk.RowsError
		require.ErrorAs(t, err, &rows, name)
		rejected := &bulk.RetryOptions{Outcomes: []bulk.Outcome{bulk.OutcomeRejected}}
		second := filepath.Join(t.TempDir(), "second")
		_, err = planQuickly(t.Context(), m, input(), bulk.Retry(dir, rejected), second, nil)
		require.NoError(t, err, name)
		again := rejectedIn(t, second)
		assert.Equal(t, records[1][last], again[1][len(again[1])-1], "%s: a retry rejects the same", name)
		assert.Subset(t, again[1], records[1][3:last], name)
		var seen importjob.Record
		rejected.Edit = func(r bulk.RetryRow) (importjob.Record, error) { seen = r.Record; return nil, nil }
		_, err = planQuickly(t.Context(), m, input(), bulk.Retry(dir, rejected), filepath.Join(t.TempDir(), "third"), nil)
		require.NoError(t, err)
		assert.Equal(t, c.record, seen, name)
	}
}

// rejectedIn reads rejected.csv, all of whose rows must have the same number of columns.
func rejectedIn(t *testing.T, dir string) [][]string {
	records, err := csv.NewReader(strings.NewReader(readFile(t, filepath.Join(dir, "rejected.csv")))).ReadAll()
	require.NoError(t, err)
	return records
}

// TestEveryRowIsRejected has a typo in each row. That is an error, and there is a report.
func TestEveryRowIsRejected(t *testing.T) {
	m := newCognito(t, memory.Options{})
	users := good(3)
	for _, u := range users {
		u["emial"] = u["email"]
		delete(u, "email")
	}
	dir := filepath.Join(t.TempDir(), "import")
	for _, again := range []bool{false, true} {
		s, err := importQuickly(t.Context(), m, input(), sequence(users...), dir, &bulk.Options{Wait: quick, Resume: again})
		var rows *bulk.RowsError
		require.ErrorAs(t, err, &rows)
		assert.Equal(t, bulk.RowsError{Rows: 3, Rejected: 3, Reason: "emial: " + importjob.ErrUnknownColumn.Error()}, *rows)
		assert.EqualError(t, err, "bulk: nothing was imported, since every row was rejected (3); rejected.csv has the reasons, the first is: emial: "+importjob.ErrUnknownColumn.Error())
		assert.EqualValues(t, 3, s.Rejected)
		_, written := readReport(t, dir)
		assert.Equal(t, s, written)
	}
	s, err := importQuickly(t.Context(), m, input(), sequence(), filepath.Join(t.TempDir(), "import"), &bulk.Options{Wait: quick})
	require.NoError(t, err, "no rows are no error")
	assert.NoError(t, s.Err())
	s, err = importQuickly(t.Context(), m, input(), sequence(append(users, good(1)...)...), filepath.Join(t.TempDir(), "import"), &bulk.Options{Wait: quick})
	require.NoError(t, err, "one was imported")
	assert.EqualError(t, s.Err(), "of 4 rows, 0 failed, 3 were rejected and 0 are unknown")
	s, err = importQuickly(t.Context(), m, input(), sequence(good(2)...), filepath.Join(t.TempDir(), "import"), &bulk.Options{Wait: quick})
	require.NoError(t, err)
	assert.Equal(t, bulk.Counts{Imported: 1, Skipped: 1}, s.Counts)
	assert.NoError(t, s.Err(), "imported or skipped")
	assert.EqualError(t, bulk.Summary{Rows: 5, Counts: bulk.Counts{Imported: 2, Failed: 1, Unknown: 1}, Rejected: 1}.Err(),
		"of 5 rows, 1 failed, 1 was rejected and 1 is unknown")
}

// TestReportHasNoFormulas has usernames, a reason and a sub that a spreadsheet would run.
func TestReportHasNoFormulas(t *testing.T) {
	m := newCognito(t, memory.Options{})
	names := []string{"=1+1", "+15551234567", "-x", "@x", "'=x", "a=b"}
	var users []importjob.Record
	for i, name := range names {
		u := user(fmt.Sprintf("user%d", i))
		u["cognito:username"] = name
		users = append(users, u)
	}
	for _, name := range []string{"=bad", "\tbad", "\rbad"} {
		bad := user("bad")
		bad["cognito:username"], bad["email"] = name, "none"
		users = append(users, bad)
	}
	dir := filepath.Join(t.TempDir(), "import")
	opts := &bulk.Options{Wait: quick, Lookup: func(context.Context, string) (string, error) { return "=cmd()", nil }}
	_, err := importQuickly(t.Context(), m, input(), sequence(users...), dir, opts)
	require.NoError(t, err)
	rows, s := readReport(t, dir)
	assert.EqualValues(t, len(names), s.Imported)
	var reported []string
	for _, r := range rows {
		reported = append(reported, r.Username)
	}
	assert.Equal(t, []string{"'=1+1", "'+15551234567", "'-x", "'@x", "''=x", "a=b", "'=bad", "'\tbad", "'\rbad"}, reported)
	assert.Equal(t, "'=cmd()", rows[0].Sub)
	assert.Contains(t, rejectedIn(t, dir)[1], "=bad", "rejected.csv is data")
	assert.Contains(t, readFile(t, filepath.Join(dir, "parts", "0001.csv")), ",=1+1\n")
}

// TestProgressHasNoURL logs the progress in all ways.
func TestProgressHasNoURL(t *testing.T) {
	m := newCognito(t, memory.Options{})
	var text bytes.Buffer
	logs := []*slog.Logger{slog.New(slog.NewJSONHandler(&text, nil)), slog.New(slog.NewTextHandler(&text, nil))}
	jobs := 0
	opts := &bulk.Options{Wait: quick, OnProgress: func(p bulk.Progress) {
		for _, l := range logs {
			l.Info("progress", "p", p, "pointer", &p, "job", p.Job)
		}
		out, err := json.Marshal(p)
		assert.NoError(t, err)
		fmt.Fprintf(&text, "%s %v %+v %#v %v\n", out, p, p, p, &p)
		if p.Job.JobID != "" {
			jobs++
		}
	}}
	_, err := importQuickly(t.Context(), m, input(), sequence(good(3)...), filepath.Join(t.TempDir(), "import"), opts)
	require.NoError(t, err)
	require.Positive(t, jobs)
	assert.NotContains(t, text.String(), "https://")
	assert.NotContains(t, text.String(), "X-Amz")
}

// TestDirectoryThatOthersCanRead has directories with permissions for others. Without an import in it, a directory gets
// the permissions that it needs. With one, others may have changed it.
func TestDirectoryThatOthersCanRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such permissions")
	}
	m := newCognito(t, memory.Options{})
	for _, mode := range []os.FileMode{0o755, 0o770, 0o701, 0o702} {
		dir := t.TempDir()
		require.NoError(t, os.Chmod(dir, mode))
		_, err := planQuickly(t.Context(), m, input(), sequence(good(3)...), dir, nil)
		require.NoError(t, err)
		info, err := os.Stat(dir)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())

		require.NoError(t, os.Chmod(dir, mode))
		_, err = importQuickly(t.Context(), m, input(), sequence(good(3)...), dir, resume)
		require.ErrorIs(t, err, bulk.ErrDirUnsafe)
		assert.ErrorContains(t, err, fmt.Sprintf("%s: the directory is not safe: other users can read or change it (mode %04o): check its files, and run: chmod 700 %s", dir, mode, dir))
		_, err = planQuickly(t.Context(), m, input(), bulk.Retry(dir, nil), filepath.Join(t.TempDir(), "retry"), nil)
		require.ErrorIs(t, err, bulk.ErrDirUnsafe)
		require.NoError(t, os.Chmod(dir, 0o700))
		_, err = planQuickly(t.Context(), m, input(), sequence(good(3)...), dir, resume)
		require.NoError(t, err)
	}
}

// TestSymbolicLinks puts a link in the place of each name that bulk uses.
func TestSymbolicLinks(t *testing.T) {
	m := newCognito(t, memory.Options{})
	for _, name := range []string{"lock", "journal.jsonl", "rejected.csv", "report.csv", "report.csv.new", "summary.json", "report.html", "parts", "scratch", "parts/0001.csv", "parts/0001.lines", "parts/0001.outcomes.csv"} {
		dir := filepath.Join(t.TempDir(), "import")
		_, err := planQuickly(t.Context(), m, input(), sequence(good(3)...), dir, nil)
		require.NoError(t, err)
		path, elsewhere := filepath.Join(dir, filepath.FromSlash(name)), filepath.Join(t.TempDir(), "elsewhere")
		if os.Rename(path, elsewhere) != nil { // the import does not have it yet
			require.NoError(t, os.WriteFile(elsewhere, []byte("mine"), 0o600))
		}
		if err := os.Symlink(elsewhere, path); err != nil {
			t.Skip(err)
		}
		_, err = importQuickly(t.Context(), m, input(), sequence(good(3)...), dir, &bulk.Options{Resume: true, Wait: quick})
		require.ErrorIs(t, err, bulk.ErrDirUnsafe, name)
		assert.ErrorContains(t, err, path)
		assert.Empty(t, usernames(t, m))
	}
	empty := t.TempDir()
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.Symlink(victim, filepath.Join(empty, "lock")); err != nil {
		t.Skip(err)
	}
	_, err := planQuickly(t.Context(), m, input(), sequence(good(3)...), empty, nil)
	require.ErrorIs(t, err, bulk.ErrDirUnsafe)
	assert.NoFileExists(t, victim)
}
