package bulk_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// write writes a file.
func write(t *testing.T, text string) string {
	path := filepath.Join(t.TempDir(), "people.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// imported imports a source, and returns the values of a column of all users by name.
func imported(t *testing.T, source bulk.Source, column string) (map[string]string, []outcome) {
	values := map[string]string{}
	var rows []outcome
	synctest.Test(t, func(t *testing.T) {
		c := newCognito(t, memory.Options{})
		dir := filepath.Join(t.TempDir(), "import")
		_, err := importQuickly(t.Context(), c, input(), source, dir, nil)
		require.NoError(t, err)
		rows, _ = readReport(t, dir)
		for u, err := range userpool.All(t.Context(), c, poolID) {
			require.NoError(t, err)
			values[u.Username] = u.Attributes.Value(column)
		}
	})
	return values, rows
}

func TestDialectFile(t *testing.T) {
	header := strings.Join(pool().Header(), ",")
	row := func(name, username string) string {
		return name + strings.Repeat(",", 8) + "," + username + "@example.com,true" + strings.Repeat(",", 9) + "false," + username
	}
	text := "\uFEFF" + header + "\r\n\r\n" + row(`Doe\, Jane`, "jane") + "\r\n" + row(`C:\dir "x"`, "joe") + "\r\ntoo,few\r\n" + row("", "jane") + "\r\n" + row("last", "zoë")
	names, rows := imported(t, bulk.CognitoCSV(write(t, text)), "name")
	assert.Equal(t, map[string]string{"jane": "Doe, Jane", "joe": `C:\dir "x"`, "zoë": "last"}, names)
	var got []string
	for _, r := range rows {
		got = append(got, r.SourceLine+" "+r.Line+" "+r.Username+" "+r.Outcome+" "+r.Reason)
	}
	assert.Equal(t, []string{"3 2 jane imported ", "4 3 joe imported ",
		"5   rejected family_name: the row does not have as many values as the header",
		"6  jane rejected cognito:username: The user already exists. The first is on line 3.", "7 4 zoë imported "}, got)
}

func TestCSVFile(t *testing.T) {
	text := "\uFEFF\"Login\";E-Mail;name;Verified;shoe size\n" +
		"jane;jane@example.com;\"Doe, \"\"Jane\"\"\";true;38\n" +
		"\"two\nlines\";x@example.com;x;true;1\n" +
		"few;values\n" +
		"joe;joe@example.com;a\\;true;2\n" +
		"kim;kim@example.com; padded;true;2\n" +
		"zoë;zoe@example.com;\"one;two\";true;3"
	names, rows := imported(t, bulk.CSV(write(t, text), &bulk.CSVOptions{Comma: ';', Ignore: []string{"shoe size"}, Columns: map[string]string{
		"cognito:username": "Login", "email": "E-Mail", "email_verified": "Verified", "nickname": "name"}}), "nickname")
	assert.Equal(t, map[string]string{"jane": `Doe, "Jane"`, "zoë": "one;two"}, names)
	var got []string
	for _, r := range rows {
		got = append(got, r.SourceLine+" "+r.Username+" "+r.Outcome+" "+r.Reason)
	}
	assert.Equal(t, []string{"2 jane imported ", "3 two\nlines rejected cognito:username: a value cannot hold a line break",
		"5 few rejected the row does not have as many values as the header",
		"6 joe rejected name: " + importjob.ErrTrailingBackslash.Error(), "7 kim rejected name: " + importjob.ErrSurroundingSpace.Error(), "8 zoë imported "}, got)
}

// TestColumnsThatDoNotFit refuses a file before anything is written, and never names a column that
// could be somebody's data.
func TestColumnsThatDoNotFit(t *testing.T) {
	people := "Login,email,email_verified,Jane Doe\njane,jane@example.com,true,x\n"
	login := map[string]string{"cognito:username": "Login"}
	for _, c := range []struct {
		source bulk.Source
		want   string
		is     error
	}{
		{bulk.CSV(write(t, people), nil), "the file has no column cognito:username: map one to it", bulk.ErrColumns},
		{bulk.CSV(write(t, people), &bulk.CSVOptions{Columns: login}), "the pool has no column for column 4 of the file: map or ignore it", bulk.ErrColumns},
		{bulk.CSV(write(t, people), &bulk.CSVOptions{Columns: map[string]string{"custom:x": "Jane Doe"}}), "custom:x is mapped, but the pool has no such column", bulk.ErrColumns},
		{bulk.CSV(write(t, people), &bulk.CSVOptions{Columns: map[string]string{"cognito:username": "Nobody"}}), "the file has no column Nobody, which is mapped to cognito:username", bulk.ErrColumns},
		{bulk.CSV(write(t, "a,a\n"), &bulk.CSVOptions{Columns: map[string]string{"cognito:username": "a"}}), "column 2 has the same name as an earlier column", bulk.ErrColumns},
		{bulk.CSV(write(t, ""), nil), "the file is empty", importjob.ErrEmptyFile},
		{bulk.CSV(write(t, "cognito:username\na\"b,c\n"), nil), `parse error on line 2, column 2: bare " in non-quoted-field`, nil},
		{bulk.CognitoCSV(write(t, people)), "line 1, column 1: the pool has no such attribute", importjob.ErrUnknownColumn},
		{bulk.CognitoCSV(write(t, "")), "the file is empty", importjob.ErrEmptyFile},
		{bulk.CognitoCSV(filepath.Join(t.TempDir(), "none")), "no such file", os.ErrNotExist},
		{bulk.CognitoCSV(t.TempDir()), "is not a regular file", nil},
		{bulk.Retry(t.TempDir(), nil), "no such file", os.ErrNotExist},
	} {
		dir := filepath.Join(t.TempDir(), "import")
		_, err := importQuickly(t.Context(), newCognito(t, memory.Options{}), input(), c.source, dir, nil)
		require.ErrorContains(t, err, c.want)
		assert.NotContains(t, err.Error(), "Jane")
		if c.is != nil {
			assert.ErrorIs(t, err, c.is)
		}
		assert.NoDirExists(t, dir, "it can be tried again with other columns")
	}
}

// TestUsersThatEnd has the sequence fail.
func TestUsersThatEnd(t *testing.T) {
	errDatabase := errors.New("the database is gone")
	broken := bulk.Records(func(yield func(importjob.Record, error) bool) {
		_ = yield(user("a"), nil) && yield(nil, errDatabase)
	})
	dir := filepath.Join(t.TempDir(), "import")
	_, err := planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), broken, dir, nil)
	assert.EqualError(t, err, "bulk: reading the input, after 1 row: the database is gone")
	assert.NoDirExists(t, dir)
	p, err := planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), sequence(), dir, nil)
	require.NoError(t, err)
	assert.Zero(t, p.Rows+p.Rejected+int64(p.Parts))
	s, err := importQuickly(t.Context(), newCognito(t, memory.Options{}), input(), sequence(), dir, &bulk.Options{Resume: true})
	require.NoError(t, err, "nobody to import")
	assert.Zero(t, s.Rows)
}

// TestSameSourceInOtherWords resumes a plan, and one that is not finished, with options that mean the same
// as the options of the first call.
func TestSameSourceInOtherWords(t *testing.T) {
	const text = "Login,email,email_verified,a,b\njane,jane@example.com,true,1,2\n"
	both := []string{"a", "b"}
	for _, half := range []bool{false, true} {
		for _, c := range []struct {
			first, second bulk.CSVOptions
			old           bool // an earlier version wrote the journal
			want          error
		}{
			{first: bulk.CSVOptions{Ignore: both}, second: bulk.CSVOptions{Ignore: both, Comma: ','}},
			{first: bulk.CSVOptions{Ignore: both, Comma: ','}, second: bulk.CSVOptions{Ignore: both}},
			{first: bulk.CSVOptions{Ignore: both, Comma: ','}, second: bulk.CSVOptions{Ignore: both}, old: true},
			{first: bulk.CSVOptions{Ignore: both, Comma: ','}, second: bulk.CSVOptions{Ignore: both, Comma: ','}, old: true},
			{first: bulk.CSVOptions{Ignore: both}, second: bulk.CSVOptions{Ignore: []string{"b", "a", "b"}}},
			{first: bulk.CSVOptions{Ignore: both}, second: bulk.CSVOptions{Ignore: both, Comma: ';'}, want: bulk.ErrSourceChanged},
			{first: bulk.CSVOptions{Ignore: both}, second: bulk.CSVOptions{Ignore: both[:1]}, want: bulk.ErrSourceChanged},
		} {
			c.first.Columns = map[string]string{"cognito:username": "Login"}
			c.second.Columns = c.first.Columns
			m := newCognito(t, memory.Options{})
			path, dir := write(t, text), filepath.Join(t.TempDir(), "import")
			_, err := planQuickly(t.Context(), m, input(), bulk.CSV(path, &c.first), dir, nil)
			require.NoError(t, err)
			journal := filepath.Join(dir, "journal.jsonl")
			lines := readFile(t, journal)
			if half {
				lines = lines[:strings.Index(lines, "\n")+1]
			}
			if c.old {
				lines = strings.Replace(lines, `"kind":"csv"`, `"kind":"csv ,"`, 1)
				require.Contains(t, lines, `"kind":"csv ,"`)
			}
			require.NoError(t, os.WriteFile(journal, []byte(bulk.WithSums(lines)), 0o600))
			s, err := importQuickly(t.Context(), m, input(), bulk.CSV(path, &c.second), dir, &bulk.Options{Resume: true, Wait: quick})
			if c.want != nil {
				assert.ErrorIs(t, err, c.want)
				continue
			}
			require.NoError(t, err)
			assert.Equal(t, bulk.Counts{Imported: 1}, s.Counts)
		}
	}
}

// TestAPlanThatFailsLeavesNoFileOpen has a sequence fail while a part is being written.
func TestAPlanThatFailsLeavesNoFileOpen(t *testing.T) {
	const descriptors = "/proc/self/fd"
	if _, err := os.Stat(descriptors); err != nil {
		t.Skip(err)
	}
	dir := filepath.Join(t.TempDir(), "import")
	errDatabase := errors.New("the database is gone")
	broken := bulk.Records(func(yield func(importjob.Record, error) bool) {
		_ = yield(user("a"), nil) && yield(nil, errDatabase)
	})
	_, err := planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), broken, dir, nil)
	require.ErrorIs(t, err, errDatabase)
	entries, err := os.ReadDir(descriptors)
	require.NoError(t, err)
	for _, e := range entries {
		open, _ := os.Readlink(filepath.Join(descriptors, e.Name())) // it may be closed by now
		assert.False(t, strings.HasPrefix(open, dir), open)
	}
}

// TestPasswordHashes has a column that the pool lacks but the job needs.
func TestPasswordHashes(t *testing.T) {
	u := user("jane")
	u["password_hash"] = "$2a$10$" + strings.Repeat("a", 53)
	worse := user("joe")
	worse["password_hash"] = "secret"
	p := pool()
	p.PasswordHashes = true
	c := memory.New(nil)
	_, err := c.CreatePool(t.Context(), userpool.Pool{Pool: p})
	require.NoError(t, err)
	in := input()
	in.PasswordHashingAlgorithm = importjob.HashBCRYPT
	planned, err := planQuickly(t.Context(), c, in, sequence(u, worse), filepath.Join(t.TempDir(), "import"), nil)
	require.NoError(t, err)
	assert.Equal(t, []int64{2, 1, 1}, []int64{planned.Rows, planned.Rejected, int64(planned.Parts)})
}
