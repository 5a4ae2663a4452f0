package bulk

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
)

// rejectedImport runs an import of four rows, of which two are rejected, and returns its directory.
func rejectedImport(t testing.TB) string {
	dir := filepath.Join(t.TempDir(), "import")
	users := func(yield func(importjob.Record, error) bool) {
		for _, name := range []string{"ann", "bob\n", "cid", "ann"} {
			user := importjob.Record{"cognito:username": name, "email": "x@example.com", "email_verified": "true"}
			if strings.HasPrefix(name, "bob") {
				user["shoe"] = "38"
			}
			if !yield(user, nil) {
				return
			}
		}
	}
	in := importjob.CreateInput{JobName: "J", UserPoolID: testpool.ID, CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/Logs"}
	s, err := Import(t.Context(), testpool.New(t, nil), in, Records(users), dir, nil)
	require.NoError(t, err)
	require.EqualValues(t, []int64{2, 2}, []int64{s.Imported, s.Rejected})
	return dir
}

// FuzzRetry reads the rows of an import whose rejected.csv is damaged. A row that Retry gives keeps to the order of the
// lines, and has the columns of the pool.
func FuzzRetry(f *testing.F) {
	dir := rejectedImport(f)
	path := filepath.Join(dir, rejectedName)
	data, err := os.ReadFile(path)
	require.NoError(f, err)
	real := string(data)
	lines := strings.SplitAfter(real, "\n")
	f.Add("", "")
	for _, edit := range []struct{ old, with string }{
		{lines[0], ""}, {real, ""}, {real, lines[0]}, {real, "a,b,surplus\n1,x,y\n"}, {real, "surplus\n1\n"}, {real, "\n\n"}, {real, "a,b,c,surplus\n2,x,y,\n"}, {"\n2,", "\n5,"}, {"\n2,", "\n1,"}, {"\n2,", "\n-2,"}, {"\n2,", "\n0,"},
		{"\n2,", "\n99999999999999999999,"}, {"\n2,", "\nx,"}, {"\n4,", "\n2,"}, {"\n4,", "\n3,"}, {",surplus", ""}, {"{", "{{"}, {`""unknown""`, `""missing"":99,""unknown""`}, {`""unknown""`, `""missing"":-1,""unknown""`},
		{`""unknown""`, `""missing"":3,""unknown""`}, {`""unknown""`, `""values"":[""a"",""b""],""x""`}, {"surplus", "Surplus"}, {"ann", "\"ann"}, {"\n4,", ",\n4,"},
	} {
		f.Add(edit.old, edit.with)
	}
	f.Fuzz(func(t *testing.T, old, with string) {
		if len(with) > sourceBytes {
			return
		}
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(real, old, with, 1)), 0o600))
		columns := importjob.Pool{}.Header()
		r, err := Retry(dir, &RetryOptions{Outcomes: []Outcome{OutcomeRejected, OutcomeImported}}).open(sourceRules{columns: columns})
		require.NoError(t, err)
		rows, _ := readAll(t, r)
		require.NoError(t, r.close())
		var names []string
		for _, row := range rows {
			if row.fault == nil {
				require.Len(t, row.values, len(columns))
				names = append(names, row.values[slices.Index(columns, importjob.ColumnUsername)])
			}
		}
		if old == "" && with == "" {
			require.Equal(t, []string{"ann", "cid", "ann"}, names)
			require.Len(t, rows, 4)
		}
	})
}

// TestDamagedRejectedRows has files of rejected rows that no import has written.
func TestDamagedRejectedRows(t *testing.T) {
	dir := rejectedImport(t)
	path := filepath.Join(dir, rejectedName)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	header, _, _ := strings.Cut(string(data), "\n")
	for name, c := range map[string]struct{ old, with, want string }{
		"only three columns": {string(data), "source_line,attribute,surplus\n1,x,y\n", "the header of the rejected rows was changed"},
		"no header":          {header + "\n", "", "the header of the rejected rows was changed"},
		"sorted":             {"\n2,", "\n5,", "its files have source line 4 after line 5"},
		"an imported row":    {"\n2,", "\n1,", "its files have source line 1 after line 1"},
		"not a line":         {"\n2,", "\n-2,", "its files have source line -2 after line 0"},
		"byte order mark":    {"source_line", "\uFEFFsource_line", ""},
	} {
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(data), c.old, c.with, 1)), 0o600))
		r, err := Retry(dir, &RetryOptions{Outcomes: []Outcome{OutcomeRejected}}).open(sourceRules{columns: importjob.Pool{}.Header()})
		require.NoError(t, err, name)
		for err == nil {
			err = r.next(&sourceRow{})
		}
		require.NoError(t, r.close(), name)
		if c.want == "" {
			require.Equal(t, io.EOF, err, name)
			continue
		}
		require.ErrorIs(t, err, ErrJournal, name)
		require.ErrorContains(t, err, c.want, name)
	}
}
