package source_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
)

// generic are the presets for tables with any names. Their exports look like those of any table, so the mapping that is suggested for the
// names of the columns takes their place.
var generic = []string{"mysql", "postgres"}

// recognized returns the name of the mapping that is chosen for an export: that of a preset, or "suggested".
func recognized(t testing.TB, files []string, stdin []byte) string {
	o := &source.Options{Now: now}
	if stdin != nil {
		o.Format = &format.Options{Stdin: bytes.NewReader(stdin)}
	}
	r, err := source.Inspect(t.Context(), files, emailPool(), o)
	require.NoError(t, err)
	return r.Mapping
}

// exportFiles returns the files of an export in testdata/exports.
func exportFiles(t testing.TB, name string) []string {
	files, err := filepath.Glob(filepath.Join("testdata", "exports", name, "export*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// Each export is recognized as that of its system, which also means that none is recognized as that of another.
func TestExportsAreRecognized(t *testing.T) {
	for _, name := range source.Presets() {
		t.Run(name, func(t *testing.T) {
			want := name
			if slices.Contains(generic, name) {
				want = "suggested"
			}
			files := exportFiles(t, name)
			assert.Equal(t, want, recognized(t, files, nil))
			more, err := filepath.Glob(filepath.Join("testdata", "presets", name+".*"))
			require.NoError(t, err)
			for _, file := range more {
				assert.Equal(t, want, recognized(t, []string{file}, nil), file)
			}
			text, err := os.ReadFile(files[0])
			require.NoError(t, err)
			assert.Equal(t, want, recognized(t, []string{"-"}, text), "from standard input")
		})
	}
}

// For the exports of the generic presets, the suggestion makes the same rows, but for the words of the findings.
func TestSuggestionsAreAsGoodAsGenericPresets(t *testing.T) {
	for _, name := range generic {
		t.Run(name, func(t *testing.T) {
			var rows [2]string
			for i, from := range []string{name, ""} {
				s, err := source.Open(t.Context(), exportFiles(t, name), emailPool(), &source.Options{From: from, Now: now, Edits: source.Edits{PhoneRegion: "US", IgnoreRest: true}})
				require.NoError(t, err)
				rows[i] = readRows(t, s)
				require.NoError(t, s.Close())
			}
			assert.Contains(t, rows[0], "algorithm")
			assert.Equal(t, rows[0], rows[1])
		})
	}
}

const firebaseRow = "%s,%s,true,,,,,,,,,,,,,,,,,,,,,%s,,%s,false%s\n"

// firebaseUsers returns a file of the Firebase CLI, with commas behind the 27 columns.
func firebaseUsers(commas int) string {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, firebaseRow, fmt.Sprintf("uid%d", i), fmt.Sprintf("u%d@example.com", i), "1893456000000", "+12015550123", strings.Repeat(",", commas))
	}
	return b.String()
}

func TestFirebaseTables(t *testing.T) {
	for _, commas := range []int{0, 1, 2, 25, 26} {
		path := writeFile(t, "users.csv", firebaseUsers(commas))
		r, err := source.Inspect(t.Context(), []string{path}, emailPool(), &source.Options{Now: now})
		require.NoError(t, err)
		assert.Equal(t, "firebase-csv", r.Mapping, commas)
		assert.EqualValues(t, 300, r.Rows, "the first one is no header")
		assert.EqualValues(t, 300, r.Good)
	}
	// The files of an export in parts are all of the same form.
	one, two := writeFile(t, "1.csv", firebaseUsers(1)), writeFile(t, "2.csv", firebaseUsers(26))
	assert.Equal(t, "firebase-csv", recognized(t, []string{one, two}, nil))
	assert.Equal(t, "suggested", recognized(t, []string{one, writeFile(t, "3.csv", "a,b\n1,2\n")}, nil))
	good := strings.Repeat(fmt.Sprintf(firebaseRow, "uid", "a@example.com", "1893456000000", "", ","), 9)
	for name, row := range map[string]string{
		"a code of goods":   fmt.Sprintf(firebaseRow, "uid", "a@example.com", "4006381333931", "", ","),
		"no e-mail address": fmt.Sprintf(firebaseRow, "uid", "Ann", "1893456000000", "", ","),
		"no id":             fmt.Sprintf(firebaseRow, "", "a@example.com", "1893456000000", "", ","),
		"no phone number":   fmt.Sprintf(firebaseRow, "uid", "", "1893456000000", "home", ","),
		"a name":            strings.Replace(fmt.Sprintf(firebaseRow, "uid", "a@example.com", "1893456000000", "", ","), "true,", "true,Ann", 1),
		"another Boolean":   strings.Replace(fmt.Sprintf(firebaseRow, "uid", "a@example.com", "1893456000000", "", ","), "true", "1", 1),
	} {
		assert.Equal(t, "suggested", recognized(t, []string{writeFile(t, "users.csv", good+row)}, nil), name)
	}
}

// What is not quite the export of a system is not recognized as it.
func TestOrdinaryTablesAreNotRecognized(t *testing.T) {
	for name, text := range map[string]string{
		"a shop":                      "id,email,phone,first_name,last_name\n1,ann@example.com,+12015550123,Ann,Lee\n",
		"a shop with all usual names": "id,username,email,email_verified,phone_number,phone_verified,name,given_name,family_name,nickname,picture,updated_at,blocked\n1,ann,ann@example.com,true,+12015550123,true,Ann Lee,Ann,Lee,ann,https://example.com/a.png,2031-01-01,false\n",
		"ids of the shop":             "user_id,username,email,email_verified,phone_number,phone_verified,name,given_name,family_name,nickname,picture,updated_at,blocked\n1,ann,ann@example.com,true,+12015550123,true,Ann Lee,Ann,Lee,ann,https://example.com/a.png,2031-01-01,false\n",
		"ids of Auth0, another tool":  "user_id,email\nauth0|5f7c8ec7c33c6c004bbafe82,ann@example.com\n",
		"ids with an apostrophe":      "user_id,email\n'7,'ann@example.com\n",
		"one id of another form":      "user_id,email\n'auth0|1,'ann@example.com\n7,bob@example.com\n",
		"names of Spring":             "username,password,enabled,email\nann,$2a$10$J1yFw3vekqx/hThte0WlF.6w.qKBC5FbVKAyDlA2kskcDhX8M9FMS,true,ann@example.com\n",
		"hashes of LDAP":              "username,password,enabled,email\nann,{SSHA}bIWgyu3PiYLf6k2+uHLV9Cs4avGuVWrt,true,ann@example.com\n",
		"hashes of Spring":            "login,password,active,email\nann,{noop}secret,true,ann@example.com\n",
		"no users":                    "username,password,enabled,email\n",
		"half of WordPress":           "ID,user_login,email\n1,ann,ann@example.com\n",
		"names in small letters":      "id,user_login,user_email\n1,ann,ann@example.com\n",
		"orders":                      "order,customer,total\n1,ann@example.com,9.99\n",
		"semicolons":                  "Kundennummer;E-Mail;Vorname;Handy\nK-1;ann@example.com;Ann;+12015550123\n",
		"27 columns":                  strings.Repeat("c,", 26) + "d\n" + strings.Repeat("1,", 26) + "2\n",
	} {
		assert.Equal(t, "suggested", recognized(t, []string{writeFile(t, "users.csv", text)}, nil), name)
		assert.Equal(t, "suggested", recognized(t, []string{"-"}, []byte(text)), name)
	}
}

// wp user list has these columns without --fields.
func TestUsersOfWordPress(t *testing.T) {
	text := "ID,user_login,display_name,user_email,user_registered,roles\n7,ann.lee,Ann Lee,ann@example.com,\"2030-01-01 00:00:00\",editor\n"
	s, err := source.Open(t.Context(), []string{writeFile(t, "users.csv", text)}, emailPool(), &source.Options{Now: now, Edits: source.Edits{Set: map[string]string{"email_verified": "true"}}})
	require.NoError(t, err, "no column is left over")
	assert.Equal(t, "wordpress", s.Describe().Mapping)
	row, err := s.Next()
	require.NoError(t, err)
	assert.Empty(t, row.Findings)
	assert.Equal(t, []string{"editor"}, row.Groups)
	require.NoError(t, s.Close())
}

// What is read to recognize a table does not count as reading the export.
func TestRecognitionDoesNotCount(t *testing.T) {
	text, err := os.ReadFile(exportFiles(t, "auth0-csv")[0])
	require.NoError(t, err)
	read := 0
	o := &source.Options{Now: now, Format: &format.Options{OnRead: func(n int) error { read += n; return nil }}}
	r, err := source.Inspect(t.Context(), exportFiles(t, "auth0-csv"), emailPool(), o)
	require.NoError(t, err)
	assert.Equal(t, "auth0-csv", r.Mapping)
	assert.Equal(t, len(text), read)
}

// A pipe is not read a second time, so the values in it do not count.
func TestAPipeIsRecognizedByItsNamesOnly(t *testing.T) {
	const rows = 10_000 // more than is in memory at a time
	for name, text := range map[string]string{
		"suggested": "username,password,enabled,email\n" + strings.Repeat("ann,{noop}secret,true,ann@example.com\n", rows),
		"wordpress": "ID,user_login,user_email\n" + strings.Repeat("7,ann,ann@example.com\n", rows),
	} {
		out, in, err := os.Pipe()
		require.NoError(t, err)
		pipe := fmt.Sprintf("/dev/fd/%d", out.Fd())
		if _, err := os.Stat(pipe); err != nil {
			t.Skip("there is no /dev/fd")
		}
		written := make(chan error)
		go func() {
			_, err := in.WriteString(text)
			written <- errors.Join(err, in.Close())
		}()
		r, err := source.Inspect(t.Context(), []string{pipe}, emailPool(), &source.Options{Now: now})
		require.NoError(t, err)
		assert.Equal(t, name, r.Mapping)
		assert.EqualValues(t, rows, r.Rows)
		require.NoError(t, <-written)
		require.NoError(t, out.Close())
	}
}

// sqlDump is a dump with two tables, of which the first has more rows than recognition looks at.
func sqlDump(rows int) string {
	return "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\nCREATE TABLE shop.orders (no integer);\n\nCOPY shop.orders (no, total) FROM stdin;\n" + strings.Repeat("1\t9.99\n", rows) + "\\.\n\n" +
		"COPY public.auth_user (id, password, last_login, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined) FROM stdin;\n" +
		"7\t!x\t\\N\tf\tann\tAnn\tLee\tann@example.com\tf\tt\t2030-01-01 00:00:00+00\n\\.\n\n-- PostgreSQL database dump complete\n"
}

func TestATableOfADump(t *testing.T) {
	for _, rows := range []int{1, 50_000} {
		path := writeFile(t, "shop.sql", sqlDump(rows))
		for _, o := range []source.Options{
			{Edits: source.Edits{Table: "auth_user"}},
			{Format: &format.Options{Table: "auth_user"}},
			{From: "django-table", Edits: source.Edits{Table: "public.auth_user"}},
		} {
			o.Now, o.Set = now, map[string]string{"email_verified": "true"}
			s, err := source.Open(t.Context(), []string{path}, emailPool(), &o)
			require.NoError(t, err)
			assert.Contains(t, s.Describe().String(), "shop.sql: PostgreSQL COPY text of public.auth_user, UTF-8, header of 11 columns; mapping django-table (")
			row, err := s.Next()
			require.NoError(t, err)
			assert.Empty(t, row.Findings)
			assert.Equal(t, rows+13, row.Line)
			_, err = s.Next()
			require.Equal(t, io.EOF, err)
			require.NoError(t, s.Close())
		}
		var several *format.TableError
		_, err := source.Open(t.Context(), []string{path}, emailPool(), &source.Options{Now: now})
		require.ErrorAs(t, err, &several, "and not that orders have no username")
		assert.Equal(t, []string{"shop.orders", "public.auth_user"}, several.Tables)
		_, err = source.Inspect(t.Context(), []string{path}, emailPool(), &source.Options{Now: now})
		require.ErrorAs(t, err, &several)
		m := mustParse(t, "table: orders\ncolumns: {cognito:username: no}")
		_, err = source.Open(t.Context(), []string{path}, emailPool(), &source.Options{Mapping: m, Now: now})
		require.ErrorContains(t, err, "map or ignore it: total")
	}
	m, err := mustParse(t, "table: a").Edit(source.Edits{Table: "b"})
	require.NoError(t, err)
	assert.Equal(t, "b", m.Input.Table)
}
