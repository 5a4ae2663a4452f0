package bulk_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/userpool"
)

// rtl is text from right to left, with characters that turn the direction.
const rtl = "\u202Eevil\u202C שלום"

// hostileUser is a user between two good ones.
type hostileUser struct {
	name     string
	value    string // her name
	findings []string
	becomes  string // her name in the pool, if she has no findings
}

func hostileUsers() []hostileUser {
	return []hostileUser{
		{name: "a cell of 1 MB", value: strings.Repeat("z", 1<<20), findings: []string{"value-too-long", "row-too-long"}},
		{name: "a cell of 2,049 bytes", value: strings.Repeat("z", 2049), findings: []string{"value-too-long"}},
		{name: "a NUL character", value: "Ann\x00Lee", findings: []string{"text.nul"}},
		{name: "a NUL character at the end", value: "Ann\x00", findings: []string{"text.nul"}},
		{name: "line breaks", value: "Ann\r\n\n Lee\u2028!", becomes: "Ann Lee !"},
		{name: "text from right to left", value: rtl, becomes: rtl},
		{name: "quotation marks and commas", value: `Ann "A, B" O'Lee, "`, becomes: `Ann "A, B" O'Lee, "`},
		{name: "emoji", value: "👩‍👩‍👧 🦄", becomes: "👩‍👩‍👧 🦄"},
		{name: "a formula", value: `=HYPERLINK("x")`, becomes: `=HYPERLINK("x")`},
		{name: "a backslash at the end", value: `Ann\`, findings: []string{"trailing-backslash"}},
		{name: "the word null", value: "Null", becomes: "Null"},
	}
}

// hostileFiles writes the user between two good ones, in all formats.
func hostileFiles(t *testing.T, u hostileUser) map[string]string {
	quoted := `"` + strings.ReplaceAll(u.value, `"`, `""`) + `"`
	escaped := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(u.value)
	text, err := json.Marshal(u.value)
	require.NoError(t, err)
	object := func(username, name string) string {
		return fmt.Sprintf(`{"username":%q,"email":"%s@example.com","email_verified":true,"name":%s}`, username, username, name)
	}
	objects := []string{object("before", `"Before"`), object("ann", string(text)), object("after", `"After"`)}
	row := func(separator, name string) string {
		return strings.Join([]string{"before", "before@example.com", "t", "Before"}, separator) + "\n" +
			strings.Join([]string{"ann", "ann@example.com", "t", name}, separator) + "\n" +
			strings.Join([]string{"after", "after@example.com", "t", "After"}, separator) + "\n"
	}
	return map[string]string{
		"users.csv":    "username,email,email_verified,name\n" + row(",", quoted),
		"users.json":   "[\n" + strings.Join(objects, ",\n") + "\n]\n",
		"users.ndjson": strings.Join(objects, "\n") + "\n",
		"users.sql":    "COPY public.users (username, email, email_verified, name) FROM stdin;\n" + row("\t", escaped) + "\\.\n",
	}
}

// TestHostileExports imports an export with one hostile value. Either the value arrives, or the user is rejected with a finding, and never
// does it reach another user.
func TestHostileExports(t *testing.T) {
	for _, u := range hostileUsers() {
		t.Run(u.name, func(t *testing.T) {
			for name, text := range hostileFiles(t, u) {
				importHostile(t, u, exportFile(t, name, text))
			}
		})
	}
}

func importHostile(t *testing.T, u hostileUser, file string) {
	name := filepath.Base(file)
	var read bulk.ExportSummary
	cognito, dir := exportCognito(t), t.TempDir()
	summary, err := importQuickly(t.Context(), cognito, input(), bulk.Export([]string{file}, &bulk.ExportOptions{OnRead: func(s bulk.ExportSummary) { read = s }}), dir, &bulk.Options{Patience: -1})
	require.NoError(t, err, name)
	assert.EqualValues(t, 3, summary.Rows, name)
	var codes []string
	for _, g := range read.Findings {
		codes = append(codes, g.Code)
	}
	assert.ElementsMatch(t, u.findings, codes, name)
	want := map[string]string{"before": "Before", "after": "After"}
	if len(u.findings) == 0 {
		want["ann"] = u.becomes
	}
	got := map[string]string{}
	for user, err := range userpool.All(t.Context(), cognito, poolID) {
		require.NoError(t, err)
		got[user.Username] = user.Attributes.Value("name")
		assert.Equal(t, user.Username+"@example.com", user.Attributes.Value("email"), name)
	}
	assert.Equal(t, want, got, name)
	assert.EqualValues(t, len(want), summary.Imported, name)
	assert.EqualValues(t, 3-len(want), summary.Rejected, name)
	if len(u.findings) > 0 {
		report, err := os.ReadFile(filepath.Join(dir, "report.csv"))
		require.NoError(t, err)
		assert.Contains(t, string(report), ",ann,rejected,", name)
		assert.NotContains(t, string(report), "name: name: ", name)
		assert.Less(t, len(report), 2000, "the report of %s does not repeat the value", name)
	}
}

// bomb returns rows that pack well.
func bomb(rows int) []byte {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("username,email,email_verified\n"))
	line := []byte("ann,ann@example.com,true\n")
	for range rows {
		_, _ = z.Write(line)
	}
	_ = z.Close()
	return packed.Bytes()
}

// A compressed file that becomes much larger than it is ends the plan at Format.MaxBytes, before any job.
func TestGzipBomb(t *testing.T) {
	file := exportFile(t, "users.csv.gz", string(bomb(1_000_000)))
	info, err := os.Stat(file)
	require.NoError(t, err)
	const limit = 1 << 20
	require.Less(t, info.Size(), int64(limit)/4)
	cognito := exportCognito(t)
	src := bulk.Export([]string{file}, &bulk.ExportOptions{Source: source.Options{Format: &format.Options{MaxBytes: limit}}})
	_, err = importQuickly(t.Context(), cognito, input(), src, t.TempDir(), &bulk.Options{Patience: -1})
	var size *format.SizeError
	require.ErrorAs(t, err, &size)
	assert.EqualValues(t, limit, size.Limit)
	for range userpool.All(t.Context(), cognito, poolID) {
		t.Fatal("a user of a file that was refused")
	}
}
