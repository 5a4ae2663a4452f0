package source_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
)

// A Django project with a user model of its own has no auth.user.
const ownModel = `[{"model":"auth.group","pk":1,"fields":{"name":"staff"}},
{"model":"accounts.user","pk":7,"fields":{"username":"ann","email":"ann@example.com","password":"!","first_name":"","last_name":"","is_active":true,"groups":[]}}]`

func TestFiltersThatKeepNothing(t *testing.T) {
	const want = "the export has no user: no record at [*] passes model=auth.user, the filter of the mapping; export the users, or change the keys records or where of the mapping"
	file := writeFile(t, "users.json", ownModel)
	s, err := source.Open(t.Context(), []string{file}, emailPool(), nil)
	require.NoError(t, err)
	defer func() { assert.NoError(t, s.Close()) }()
	_, err = s.Next()
	var filtered *source.FilterError
	require.ErrorAs(t, err, &filtered)
	assert.Equal(t, "django", filtered.Mapping)
	assert.EqualError(t, err, want)
	report, err := source.Inspect(context.Background(), []string{file}, emailPool(), nil)
	require.NoError(t, err)
	assert.Equal(t, want, report.Problem)
	assert.Zero(t, report.Rows)
}

// No other end is an error: neither that of an export without records, nor that behind rows that cannot be read.
func TestFiltersAtOtherEnds(t *testing.T) {
	const mapping = "where: [state=active, kind=user]\ncolumns: {cognito:username: id}\nignore_rest: true\n"
	for text, want := range map[string]error{
		"id,state,kind\na,active,user\n": io.EOF,
		"id,state,kind\na,\"x\"y,user\n": io.EOF, // a record that cannot be read
	} {
		s := openText(t, mapping, "export.csv", text, source.Options{})
		_, err := s.Next()
		require.NoError(t, err)
		_, err = s.Next()
		require.Equal(t, want, err, text)
	}
	s := openText(t, mapping, "export.csv", "id,state,kind\na,gone,user\n", source.Options{})
	_, err := s.Next()
	require.ErrorContains(t, err, "no record passes state=active and kind=user, ")
	s = openText(t, "columns: {cognito:username: id}\n", "export.csv", "id\n", source.Options{})
	_, err = s.Next()
	require.Equal(t, io.EOF, err, "no filter")
}

// Nothing is where the mapping says that the records are, so all users would be lost.
func TestRecordsThatAreElsewhere(t *testing.T) {
	const user = `{"id":"i1","username":"ann","email":"ann@example.com","emailVerified":true}`
	keycloak := &source.Options{From: "keycloak"}
	for name, text := range map[string]string{
		"other.json":  `{"members":[` + user + `]}`,
		"lines.json":  user + "\n" + user + "\n",
		"array.json":  "[" + user + "]",
		"object.json": `{"users":` + user + `}`,
	} {
		file := writeFile(t, name, text)
		s, err := source.Open(t.Context(), []string{file}, emailPool(), keycloak)
		require.NoError(t, err, name)
		_, err = s.Next()
		require.EqualError(t, err, "the export has no user: no record at users[*] passes serviceAccountClientId=null, the filter of the mapping; export the users, or change the keys records or where of the mapping", name)
		require.NoError(t, s.Close())
	}
	const want = "the export has no user: no record is at members[*], where the mapping looks for them; export the users, or change the key records of the mapping"
	s := openText(t, "records: members[*]\ncolumns: {cognito:username: username}\n", "export.json", `{"users":[`+user+`]}`, source.Options{})
	_, err := s.Next()
	require.EqualError(t, err, want)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "realm.json"), []byte(`{"realm":"shop"}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "users.json"), []byte(`{"users":[`+user+`]}`), 0o600))
	s, err = source.Open(t.Context(), []string{dir}, emailPool(), keycloak)
	require.NoError(t, err)
	row, err := s.Next()
	require.NoError(t, err, "one of the files has records")
	require.Empty(t, row.Findings)
	_, err = s.Next()
	require.Equal(t, io.EOF, err)
	require.NoError(t, s.Close())
}
