package bulk_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/pwhash"
	"github.com/cognito-import/importjob/userpool"
)

// exportPool is a pool that takes password hashes.
func exportPool() importjob.Pool {
	p := pool()
	p.PasswordHashes = true
	return p
}

func exportCognito(t testing.TB) *memory.Cognito {
	c := memory.New(nil)
	_, err := c.CreatePool(t.Context(), userpool.Pool{Pool: exportPool()})
	require.NoError(t, err)
	return c
}

// exportOf returns an export of the tests of package source.
func exportOf(t testing.TB, name string, opts *bulk.ExportOptions) bulk.Source {
	dir := filepath.Join("..", "source", "testdata", "exports", name)
	files, err := filepath.Glob(filepath.Join(dir, "export*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return bulk.Export(files, opts)
}

// The passwords of the exports.
const (
	german = "grüße 日本 ☃"
	comic  = "Tr0ub4dor&3"
)

// TestExports imports exports of other systems, and compares the users with what package source makes of the records.
func TestExports(t *testing.T) {
	for _, c := range []struct {
		name      string
		second    bool
		set       map[string]string
		passwords map[string]string // by username
		reset     []string          // users who must set a new password
	}{
		{name: "auth0", second: true, passwords: map[string]string{"auth0|5f7c8ec7c33c6c004bbafe83": german}},
		{name: "auth0-csv", second: true, passwords: map[string]string{"ann.lee": german}},
		{name: "keycloak", passwords: map[string]string{"ann.lee": german}, reset: []string{"bob"}},
		{name: "firebase", reset: []string{"8Yq3kTq1dXgC"}},
		{name: "django", set: map[string]string{"email_verified": "true"}, passwords: map[string]string{"ann.lee": comic, "bob": german}},
		{name: "cognito", reset: []string{"ann.lee"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			opts := &bulk.ExportOptions{Source: source.Options{From: c.name,
				Edits: source.Edits{Set: c.set, IgnoreRest: true, PhoneRegion: "US"}}}
			if c.second {
				opts.Source.Hashes = filepath.Join("..", "source", "testdata", "exports", c.name, "hashes.ndjson")
			}
			var opened source.Description
			var read bulk.ExportSummary
			opts.OnOpen = func(d source.Description) { opened = d }
			opts.OnRead = func(s bulk.ExportSummary) { read = s }
			cognito, dir := exportCognito(t), t.TempDir()
			summary, err := importQuickly(t.Context(), cognito, input(), exportOf(t, c.name, opts), dir, &bulk.Options{Patience: -1})
			require.NoError(t, err)
			assert.Equal(t, c.name, opened.Mapping)
			want, rejected := rowsOf(t, c.name, opts)
			assert.EqualValues(t, len(want), summary.Imported)
			assert.EqualValues(t, rejected, summary.Rejected)
			assert.Equal(t, rejected > 0, len(read.Findings) > 0)
			for _, record := range want {
				u, err := cognito.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: record[importjob.ColumnUsername]})
				require.NoError(t, err)
				for name, value := range record {
					if !strings.HasPrefix(name, "cognito:") && name != importjob.ColumnPasswordHash {
						assert.Equal(t, value, u.Attributes.Value(name), name)
					}
				}
			}
			for name, password := range c.passwords {
				_, err := cognito.VerifyPassword(t.Context(), userpool.Ref{UserPoolID: poolID, Username: name}, password)
				assert.NoError(t, err, name)
				_, err = cognito.VerifyPassword(t.Context(), userpool.Ref{UserPoolID: poolID, Username: name}, "another")
				assert.Error(t, err, name)
			}
			for _, name := range c.reset {
				u, err := cognito.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: name})
				require.NoError(t, err)
				assert.Equal(t, userpool.StatusResetRequired, u.Status, name)
			}
		})
	}
}

// rowsOf returns the good rows of an export, and the number of the others.
func rowsOf(t *testing.T, name string, opts *bulk.ExportOptions) (good []importjob.Record, bad int) {
	files, err := filepath.Glob(filepath.Join("..", "source", "testdata", "exports", name, "export*"))
	require.NoError(t, err)
	s, err := source.Open(t.Context(), files, exportPool(), &opts.Source)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	for {
		row, err := s.Next()
		if err != nil {
			return good, bad
		}
		if len(row.Findings) > 0 {
			bad++
			continue
		}
		record := importjob.Record{}
		for i, column := range s.Columns() {
			if row.Values[i] != "" {
				record[column] = strings.Clone(row.Values[i])
			}
		}
		good = append(good, record)
	}
}

// exportFile writes an export.
func exportFile(t testing.TB, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

const shop = "Login,E-Mail,Verified,Mobile,Plan\nann,ann@example.com,yes,+12065550100,a\nbob,bob@example.com,perhaps,555,b\nANN,x@example.com,yes,,c\n"

func shopEdits() source.Edits {
	return source.Edits{Columns: map[string]string{importjob.ColumnUsername: "Login", "email": "E-Mail", "email_verified": "Verified", "phone_number": "Mobile"}, Ignore: []string{"Plan"}}
}

func TestExportRejectsWithThePlaceInTheSource(t *testing.T) {
	file, dir := exportFile(t, "shop.csv", shop), t.TempDir()
	var read bulk.ExportSummary
	planned, err := planQuickly(t.Context(), exportCognito(t), input(), bulk.Export([]string{file}, &bulk.ExportOptions{
		Source: source.Options{Edits: shopEdits()}, OnRead: func(s bulk.ExportSummary) { read = s }}), dir, nil)
	require.NoError(t, err)
	assert.EqualValues(t, 3, planned.Rows)
	assert.EqualValues(t, 2, planned.Rejected)
	rows := readCSV(t, filepath.Join(dir, "rejected.csv"))
	require.Len(t, rows, 3)
	assert.Equal(t, "3", rows[1][0])
	assert.Contains(t, rows[1], "bob")
	assert.NotContains(t, rows[1], "ANN", "of the row behind it")
	assert.Contains(t, rows[1][2], "Mobile: ")
	assert.Contains(t, rows[1][2], "(try --phone-region ")
	assert.Contains(t, rows[1][2], "; Verified: ", "all that is wrong")
	more := struct{ Record json.RawMessage }{}
	require.NoError(t, json.Unmarshal([]byte(rows[1][len(rows[1])-1]), &more))
	assert.Contains(t, string(more.Record), `{"file":"shop.csv","line":3,`)
	assert.Contains(t, string(more.Record), `"column":"Mobile","attribute":"phone_number"`)
	assert.Equal(t, []string{"4", importjob.ColumnUsername}, rows[2][:2], "a duplicate")
	require.Len(t, read.Findings, 2)
	for _, g := range read.Findings {
		assert.Equal(t, 1, g.Count)
		assert.NotContains(t, g.String(), "555")
	}
}

func TestExportIsResumed(t *testing.T) {
	file, dir := exportFile(t, "shop.csv", shop), t.TempDir()
	opts := func(edit func(*source.Options)) *bulk.ExportOptions {
		o := &bulk.ExportOptions{Source: source.Options{Edits: shopEdits()}}
		if edit != nil {
			edit(&o.Source)
		}
		return o
	}
	cognito := exportCognito(t)
	resume := &bulk.Options{Resume: true, Patience: -1}
	_, err := planQuickly(t.Context(), cognito, input(), bulk.Export([]string{file}, opts(nil)), dir, nil)
	require.NoError(t, err)
	for name, edit := range map[string]func(*source.Options){
		"a constant":  func(o *source.Options) { o.Set = map[string]string{"locale": "de"} },
		"a region":    func(o *source.Options) { o.PhoneRegion = "US" },
		"a mapping":   func(o *source.Options) { o.Mapping = &source.Mapping{} },
		"an encoding": func(o *source.Options) { o.Format = &format.Options{Encoding: "utf-8"} },
		"the letters": func(o *source.Options) { o.Converter.PasslibAlphabet = true },
		"rejections":  func(o *source.Options) { o.UnusableHash = source.RejectUnusable },
	} {
		_, err := planQuickly(t.Context(), cognito, input(), bulk.Export([]string{file}, opts(edit)), dir, resume)
		require.ErrorIs(t, err, bulk.ErrSourceChanged, name)
	}
	was, err := os.Stat(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(shop, "ann@", "eve@")), 0o600))
	require.NoError(t, os.Chtimes(file, was.ModTime(), was.ModTime()))
	_, err = planQuickly(t.Context(), cognito, input(), bulk.Export([]string{file}, opts(nil)), dir, resume)
	require.ErrorIs(t, err, bulk.ErrSourceChanged, "the content")
	require.NoError(t, os.WriteFile(file, []byte(shop), 0o600))

	saved, err := bulk.Load(dir)
	require.NoError(t, err)
	summary, err := importQuickly(t.Context(), cognito, saved.Input, saved.Source, dir, resume)
	require.NoError(t, err)
	assert.EqualValues(t, 1, summary.Imported)
}

// A plan whose mapping is in a file is resumed without the file.
func TestExportWithAMappingIsLoaded(t *testing.T) {
	m, err := source.Parse([]byte("columns:\n  cognito:username: Login\n  email: E-Mail\n  email_verified: {set: \"true\"}\nignore_rest: true\n"))
	require.NoError(t, err)
	dir, cognito := t.TempDir(), exportCognito(t)
	src := bulk.Export([]string{exportFile(t, "shop.csv", shop)}, &bulk.ExportOptions{Source: source.Options{Mapping: m}})
	_, err = planQuickly(t.Context(), cognito, input(), src, dir, nil)
	require.NoError(t, err)
	saved, err := bulk.Load(dir)
	require.NoError(t, err)
	_, err = planQuickly(t.Context(), cognito, input(), saved.Source, dir, &bulk.Options{Resume: true})
	require.NoError(t, err)
	journal, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	require.NoError(t, err)
	assert.Contains(t, string(journal), "cognito:username: Login", "the mapping is printed")
}

func TestExportOfAPoolWithoutHashes(t *testing.T) {
	opts := &bulk.ExportOptions{Source: source.Options{From: "keycloak", Edits: source.Edits{PhoneRegion: "US"}}}
	cognito := newCognito(t, memory.Options{})
	_, err := planQuickly(t.Context(), cognito, input(), exportOf(t, "keycloak", opts), t.TempDir(), nil)
	require.ErrorIs(t, err, bulk.ErrPasswordHashes)
	opts.Source.NoPasswords = true
	_, err = planQuickly(t.Context(), cognito, input(), exportOf(t, "keycloak", opts), t.TempDir(), nil)
	require.NoError(t, err)
}

func TestExportSaysHowFarItIs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "users.ndjson.gz")
	f, err := os.Create(file)
	require.NoError(t, err)
	z := gzip.NewWriter(f)
	const users = 40_000
	for i := range users {
		_, err := fmt.Fprintf(z, `{"username":"user%d","email":"user%d@example.com","email_verified":true}`+"\n", i, i)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())
	info, err := os.Stat(file)
	require.NoError(t, err)
	var seen []bulk.Progress
	planned, err := planQuickly(t.Context(), exportCognito(t), input(), bulk.Export([]string{file}, nil), t.TempDir(),
		&bulk.Options{OnProgress: func(p bulk.Progress) { seen = append(seen, p) }})
	require.NoError(t, err)
	assert.EqualValues(t, users, planned.Rows)
	assert.Zero(t, planned.Rejected)
	require.Greater(t, len(seen), 8)
	for i, p := range seen {
		assert.Equal(t, info.Size(), p.Size)
		assert.LessOrEqual(t, p.Bytes, p.Size)
		assert.True(t, i == 0 || p.Bytes >= seen[i-1].Bytes)
	}
	assert.Greater(t, seen[len(seen)-1].Bytes, seen[0].Bytes)
}

// The files of several records on one line, and of several files, have lines that grow.
func TestExportLines(t *testing.T) {
	one := exportFile(t, "a.json", `[{"username":"ann","email":"a@example.com","email_verified":true},{"username":"bob","email":"b@example.com","email_verified":true}]`)
	two := exportFile(t, "b.json", "[\n{\"username\":\"ann\",\"email\":\"c@example.com\",\"email_verified\":true}]")
	dir := t.TempDir()
	_, err := planQuickly(t.Context(), exportCognito(t), input(), bulk.Export([]string{one, two}, nil), dir, nil)
	require.NoError(t, err)
	rows := readCSV(t, filepath.Join(dir, "rejected.csv"))
	require.Len(t, rows, 2)
	assert.Equal(t, "4", rows[1][0], "line 2 of the second file, after the two records of the first")
	assert.Contains(t, rows[1][2], "The first is on line 1.")
}

func TestExportOfManyAlgorithms(t *testing.T) {
	var text strings.Builder
	text.WriteString("cognito:username,email,email_verified,hash\n")
	kinds := []string{"$2b$10$" + strings.Repeat("a", 53), "pbkdf2_sha256$1000$c2FsdHNhbHQ$" + strings.Repeat("QUJD", 10) + "QUI=", "md5$a$b", ""}
	for i := range 40 {
		fmt.Fprintf(&text, "user%d,user%d@example.com,true,\"%s\"\n", i, i, kinds[i%len(kinds)])
	}
	m, err := source.Parse([]byte("columns: {cognito:username: cognito:username, email: email, email_verified: email_verified}\npassword: hash\n"))
	require.NoError(t, err)
	var census *pwhash.Census
	summary, err := importQuickly(t.Context(), exportCognito(t), input(), bulk.Export([]string{exportFile(t, "users.csv", text.String())},
		&bulk.ExportOptions{Source: source.Options{Mapping: m}, OnRead: func(s bulk.ExportSummary) { census = s.Passwords }}), t.TempDir(), &bulk.Options{Patience: -1})
	require.NoError(t, err)
	assert.EqualValues(t, 40, summary.Imported)
	assert.Equal(t, 2, summary.Jobs)
	assert.Equal(t, map[importjob.PasswordHashingAlgorithm]int{importjob.HashBCRYPT: 10, importjob.HashPBKDF2SHA256: 10}, census.Kept)
	assert.Equal(t, 10, census.NoPassword)
}

const joinMapping = "id: id\ncolumns: {cognito:username: id, email: mail, email_verified: {set: \"true\"}}\nhashes: {format: csv, id: user, password: hash}\n"

// joinedExport returns an export of users whose hashes are in a second file, and the size of the work in bytes: the export is read twice, and
// matching counts as much as reading both files.
func joinedExport(t *testing.T, users int) (src bulk.Source, size int64) {
	var e, h strings.Builder
	e.WriteString("id,mail\n")
	h.WriteString("user,hash\n")
	for i := range users {
		fmt.Fprintf(&e, "u%d,u%d@example.com\n", i, i)
		fmt.Fprintf(&h, "u%d,$2b$10$%s\n", i, strings.Repeat("a", 53))
	}
	m, err := source.Parse([]byte(joinMapping))
	require.NoError(t, err)
	opts := &bulk.ExportOptions{Source: source.Options{Mapping: m, Hashes: exportFile(t, "hashes.csv", h.String())}}
	return bulk.Export([]string{exportFile(t, "users.csv", e.String())}, opts), int64(3*e.Len() + 2*h.Len())
}

func TestExportSaysHowFarTheJoinIs(t *testing.T) {
	src, size := joinedExport(t, 50_000)
	joining, before := 0, int64(0)
	planned, err := planQuickly(t.Context(), exportCognito(t), input(), src, t.TempDir(), &bulk.Options{OnProgress: func(p bulk.Progress) {
		assert.Equal(t, bulk.PhasePlanning, p.Phase)
		assert.Equal(t, size, p.Size)
		assert.GreaterOrEqual(t, p.Bytes, before, "it does not go back")
		if p.Rows == 0 && p.Bytes > before {
			joining++
		}
		before = p.Bytes
	}})
	require.NoError(t, err)
	assert.EqualValues(t, 50_000, planned.Rows)
	assert.GreaterOrEqual(t, joining, 14, "reading %d bytes, and matching, before the first row", size)
	assert.Greater(t, before, size*3/4)
}

// An import that is canceled while a second file is joined ends at once.
func TestExportIsCanceledInTheJoin(t *testing.T) {
	src, size := joinedExport(t, 50_000)
	ctx, cancel := context.WithCancel(t.Context())
	last := bulk.Progress{}
	dir := filepath.Join(t.TempDir(), "import")
	_, err := planQuickly(ctx, exportCognito(t), input(), src, dir, &bulk.Options{OnProgress: func(p bulk.Progress) { last = p; cancel() }})
	require.ErrorIs(t, err, context.Canceled)
	assert.Zero(t, last.Rows)
	assert.Less(t, last.Bytes, size/2)
	assert.NoDirExists(t, dir)
}

// If every row is rejected, the error gives the reason of the first. It names a column once, as the export does.
func TestReasonOfAnExportThatIsRejected(t *testing.T) {
	file := filepath.Join(t.TempDir(), "users.csv")
	require.NoError(t, os.WriteFile(file, []byte("username,mail,verified\nann,none,perhaps\n"), 0o600))
	m, err := source.Parse([]byte("columns: {cognito:username: username, email: mail, email_verified: verified}"))
	require.NoError(t, err)
	_, err = importQuickly(t.Context(), exportCognito(t), input(), bulk.Export([]string{file}, &bulk.ExportOptions{Source: source.Options{Mapping: m}}), filepath.Join(t.TempDir(), "import"), nil)
	var rows *bulk.RowsError
	require.ErrorAs(t, err, &rows)
	assert.True(t, strings.HasPrefix(rows.Reason, "verified: neither true nor false (try "), rows.Reason)
}
