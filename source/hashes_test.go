package source_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
)

const joinMapping = `
id: id
columns:
  cognito:username: id
  email: mail
  email_verified: {set: "true"}
hashes:
  format: csv
  id: user
  password: hash
`

// hashOf returns a bcrypt hash that is different for each number.
func hashOf(n int) string {
	return fmt.Sprintf("$2b$10$%020d..%029d..", n, n)
}

// joinFiles writes an export with users in this order, and hashes in that.
func joinFiles(t *testing.T, users, hashes []int) (export, second string) {
	var e, h strings.Builder
	e.WriteString("id,mail\n")
	for _, n := range users {
		fmt.Fprintf(&e, "u%d,u%d@example.com\n", n, n)
	}
	h.WriteString("user,hash\n")
	for _, n := range hashes {
		fmt.Fprintf(&h, "u%d,%s\n", n, hashOf(n))
	}
	return writeFile(t, "export.csv", e.String()), writeFile(t, "hashes.csv", h.String())
}

func openJoin(t *testing.T, export, second string) *source.Source {
	s, err := source.Open(t.Context(), []string{export}, emailPool(), &source.Options{Mapping: mustParse(t, joinMapping), Hashes: second, TempDir: t.TempDir(), Now: now})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

func TestHashesAreJoined(t *testing.T) {
	var users, hashes []int
	for n := range 5000 {
		users = append(users, (n*7919)%5000)
		if n%5 != 0 {
			hashes = append(hashes, (n*4999+17)%6250)
		}
	}
	export, second := joinFiles(t, users, hashes)
	s := openJoin(t, export, second)
	have := map[string]bool{}
	unused := 0
	for _, n := range hashes {
		have[fmt.Sprintf("u%d", n)] = true
		if n >= 5000 {
			unused++
		}
	}
	kept := 0
	for _, n := range users {
		row, err := s.Next()
		require.NoError(t, err)
		require.Empty(t, row.Findings)
		require.Equal(t, fmt.Sprintf("u%d", n), row.ID, "the users stay in the order of the export")
		hash := row.Values[len(row.Values)-1]
		require.Equal(t, have[row.ID], hash != "", row.ID)
		if hash != "" {
			require.Equal(t, hashOf(n), hash)
			kept++
		}
	}
	_, err := s.Next()
	require.Equal(t, io.EOF, err)
	require.Equal(t, source.JoinCounts{Hashes: len(hashes), Unused: unused, Users: kept}, s.Joined())
	require.Equal(t, kept, s.Census().Kept["BCRYPT"])
	require.Equal(t, len(users)-kept, s.Census().NoPassword)
}

func TestTheLastHashOfAnIDCounts(t *testing.T) {
	export := writeFile(t, "export.csv", "id,mail\na,a@example.com\nb,b@example.com\na,a2@example.com\n,none@example.com\n")
	second := writeFile(t, "hashes.csv", "user,hash\na,"+hashOf(1)+"\na,"+hashOf(2)+"\n,"+hashOf(3)+"\nx,\"y\"z\nzz,"+hashOf(4)+"\nb,"+strings.Repeat("x", 70_000)+"\n")
	s := openJoin(t, export, second)
	got := readRows(t, s)
	assert.Equal(t, 2, strings.Count(got, hashOf(2)), "two users have the id")
	assert.NotContains(t, got, hashOf(1))
	assert.Contains(t, got, "lost: unknown form of password hash", "of the one that is too long")
	assert.Equal(t, source.JoinCounts{Hashes: 4, Unreadable: 2, Unused: 1, Doubled: 1, Users: 3}, s.Joined())
}

func TestTheExportChangesDuringAJoin(t *testing.T) {
	var users []int
	for n := range 50_000 { // more than is read at once
		users = append(users, n+100_000)
	}
	export, second := joinFiles(t, users, []int{149_998, 149_999})
	s := openJoin(t, export, second)
	text, err := os.ReadFile(export)
	require.NoError(t, err)
	changed := strings.ReplaceAll(string(text), "u149998,", "u149997,")
	require.NoError(t, os.WriteFile(export, []byte(changed), 0o600))
	for err == nil {
		_, err = s.Next()
	}
	require.ErrorIs(t, err, source.ErrChanged)
}

func TestHashesLeaveNoFile(t *testing.T) {
	export, second := joinFiles(t, []int{1}, []int{1})
	temp := t.TempDir()
	s, err := source.Open(t.Context(), []string{export}, emailPool(), &source.Options{Mapping: mustParse(t, joinMapping), Hashes: second, TempDir: temp})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	files, err := os.ReadDir(temp)
	require.NoError(t, err)
	require.Empty(t, files)
}

func TestHashesThatCannotBeJoined(t *testing.T) {
	export, second := joinFiles(t, []int{1}, []int{1})
	open := func(mapping, hashes string, paths ...string) error {
		_, err := source.Open(t.Context(), paths, emailPool(), &source.Options{Mapping: mustParse(t, mapping), Hashes: hashes, Format: &format.Options{Stdin: strings.NewReader("id,mail\n")}})
		return err
	}
	var option *source.OptionError
	require.ErrorAs(t, open("columns: {cognito:username: id, email: mail}", second, export), &option)
	assert.Equal(t, "Hashes", option.Option)
	require.ErrorContains(t, open(joinMapping, second, "-"), "standard input can be read only once")
	empty := writeFile(t, "hashes.csv", "name,secret\nu1,x\n")
	require.ErrorContains(t, open(joinMapping, empty, export), "the second file has no password hash: each of its records needs an id (user) and a password (hash)")
	require.ErrorContains(t, open(joinMapping, writeFile(t, "empty.csv", "user,hash\n"), export), "the second file has no password hash")
	var missing *format.Error
	require.ErrorAs(t, open(joinMapping, "no such file", export), &missing)
}
