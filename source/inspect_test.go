package source_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
)

// golden compares a text with a file.
func golden(t *testing.T, name, got string) {
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

const inspected = "Kundennummer;E-Mail;Vorname;Handy;custom_plam;Passwort;bestätigt;Token\n" +
	"K-1;ann@example.com;Ann;+12015550123;gold;$2a$10$MKMf89GfC778U8iRMGany.8DxVVnZvUQBlodo78Y3UrA9Kg65xcBu;ja;s1\n" +
	"K-2;bob@example.com;\"Bob\x1b[31m\u202e\";030 123456;;$P$Bxymz3ykDMar3iKwp1a05EuEuarOT2/;ja;s2\n" +
	"K-3;cid;;;gold;;nein;s3\n" +
	"K-4;dan@example.com;\"D\"an;;;;ja;s4\n" +
	"K-5;eve@example.com;Eve;030 1;;;ja;s5\n" +
	"K-6;fay@example.com;Fay;;silver;;ja;s6\n"

func TestInspectATable(t *testing.T) {
	path := writeFile(t, "users.csv", inspected)
	o := &source.Options{Now: now, Edits: source.Edits{Columns: map[string]string{"email_verified": "bestätigt"}}}
	r, err := source.Inspect(t.Context(), []string{path}, emailPool(), o)
	require.NoError(t, err)
	golden(t, "inspect-table.golden", r.String())
	text, err := json.MarshalIndent(r, "", " ")
	require.NoError(t, err)
	golden(t, "inspect-table.json", string(text)+"\n")
	assert.NotContains(t, string(text), "MKMf89Gf", "no password hash")
	assert.NotContains(t, string(text), `"s1"`, "no token")
	m, err := source.Parse([]byte(r.MappingFile))
	require.NoError(t, err)
	again, err := source.Inspect(t.Context(), []string{path}, emailPool(), &source.Options{Mapping: m, Now: now})
	require.NoError(t, err)
	assert.Equal(t, r.Findings, again.Findings, "the mapping can be saved and used")
	var b strings.Builder
	n, err := r.WriteTo(&b)
	require.NoError(t, err)
	assert.EqualValues(t, b.Len(), n)
}

func TestInspectJSON(t *testing.T) {
	dir := filepath.Join("testdata", "exports", "keycloak")
	r, err := source.Inspect(t.Context(), []string{filepath.Join(dir, "export-users-0.json"), filepath.Join(dir, "export-users-1.json")}, emailPool(), &source.Options{Now: now})
	require.NoError(t, err)
	golden(t, "inspect-keycloak.golden", r.String())
}

func TestInspectWithHashes(t *testing.T) {
	dir := filepath.Join("testdata", "exports", "auth0")
	r, err := source.Inspect(t.Context(), []string{filepath.Join(dir, "export.json")}, emailPool(), &source.Options{Hashes: filepath.Join(dir, "hashes.ndjson"), From: "auth0", Now: now})
	require.NoError(t, err)
	require.Equal(t, &source.JoinCounts{Hashes: 5, Unused: 1, Doubled: 1, Users: 3}, r.Joined)
	assert.Contains(t, r.String(), "the second file has 5 password hashes; 3 users have one of them, 1 belong to no user")
}

// What Open refuses, Inspect tells.
func TestInspectTellsProblems(t *testing.T) {
	path := writeFile(t, "users.csv", "mail,plan\nann@example.com,gold\n")
	m := mustParse(t, "columns: {email: mail, custom:plan: plan}")
	r, err := source.Inspect(t.Context(), []string{path}, emailPool(), &source.Options{Mapping: m})
	require.NoError(t, err)
	assert.Contains(t, r.Problem, "the pool has no column custom:plan")
	assert.Contains(t, r.Problem, "nothing says which column is the username")
	assert.Contains(t, r.Problem, "1 column of the export")
	assert.Zero(t, r.Good)
	_, err = source.Inspect(t.Context(), []string{"no such file"}, emailPool(), nil)
	require.Error(t, err)
}

func TestInspectEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	_, err := source.Inspect(ctx, []string{writeFile(t, "users.csv", inspected)}, emailPool(), nil)
	require.ErrorIs(t, err, cause)
}

// Only all are 100 %, and only none are 0 %.
func TestInspectRoundsFillRates(t *testing.T) {
	export := "id,most,few,none\n0,,1,\n" + strings.Repeat("1,x,,\n", 400)
	r, err := source.Inspect(t.Context(), []string{writeFile(t, "users.csv", export)}, emailPool(), nil)
	require.NoError(t, err)
	for _, want := range []string{"  id    100 %", "  most   99 %", "  few     1 %", "  none    0 %"} {
		assert.Contains(t, r.String(), want)
	}
}
