package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
)

// exportPath is an export of the tests of package source.
func exportPath(name ...string) string {
	return filepath.Join(append([]string{"..", "..", "source", "testdata", "exports"}, name...)...)
}

const shop = "Login,E-Mail,Verified,Mobile,Plan\nann,ann@example.com,yes,+12065550100,a\nbob,bob.example.com,perhaps,555,b\nANN,x@example.com,yes,,c\n"

var shopArgs = []string{"--map=cognito:username=Login", "--map=email=E-Mail", "--map=email_verified=Verified", "--map=phone_number=Mobile", "--ignore=Plan"}

func TestCheckAnExport(t *testing.T) {
	file := textFile(t, shop)
	got := command(t, append([]string{"check", file}, shopArgs...)...)
	assert.Equal(t, 1, got.status)
	assert.Equal(t, strings.ReplaceAll(`FILE:3: Verified: neither true nor false; try the transform equals with the words that mean true, or non-empty
FILE:3: Mobile: phone number without country code; try --phone-region US
FILE:3: E-Mail: Invalid email address format
FILE:4: Login: The user already exists. The first is on line 2.
`, "FILE", file), sortedLike(got.out, "Verified", "Mobile", "E-Mail", "Login"))
	assert.Contains(t, got.err, "people.csv: CSV with ',', UTF-8, header of 5 columns; mapping suggested (by the names of the columns)\n")
	assert.Contains(t, got.err, file+": 3 rows: 1 would be imported, 1 skipped, 1 failed.\n")
	assert.Contains(t, got.err, "1 row: Mobile: phone number without country code; try --phone-region US (line 3)\n")

	got = command(t, append([]string{"check", "--json", file}, shopArgs...)...)
	var findings []map[string]any
	for line := range strings.Lines(got.out) {
		f := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(line), &f))
		findings = append(findings, f)
	}
	require.Len(t, findings, 4)
	i := slices.IndexFunc(findings, func(f map[string]any) bool { return f["Source"] == "Mobile" })
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, map[string]any{"File": file, "Line": 3.0, "Username": "bob", "Attribute": "phone_number", "Source": "Mobile", "Status": "FAILED",
		"Code": "phone.no-country", "Reason": "phone number without country code", "Remedy": "--phone-region US"}, findings[i])
	assert.Equal(t, map[string]any{"File": file, "Line": 4.0, "Username": "ANN", "Attribute": "cognito:username", "Source": "Login", "Status": "SKIPPED",
		"Code": "duplicate-username", "Reason": "The user already exists", "FirstLine": 2.0}, findings[3])
	for _, value := range []string{"ann", "bob", "555", "perhaps", "x@example.com"} {
		assert.NotContains(t, strings.ReplaceAll(got.err, file, ""), value)
	}
}

// sortedLike returns the lines in the order of the words that they have.
func sortedLike(text string, words ...string) string {
	lines := slices.Collect(strings.Lines(text))
	slices.SortStableFunc(lines, func(a, b string) int {
		at := func(line string) int {
			return slices.IndexFunc(words, func(w string) bool { return strings.Contains(line, ": "+w+": ") })
		}
		return at(a) - at(b)
	})
	return strings.Join(lines, "")
}

func TestCheckExportsOfOtherSystems(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{exportPath("keycloak", "export-users-0.json"), exportPath("keycloak", "export-users-1.json"), "--phone-region=US"},
			[]string{"mapping keycloak (the export looks like it)", "8 rows: ", "2 keep their password, 4 must reset it: 1 Argon2id with t above 2"}},
		{[]string{exportPath("auth0", "export.json"), "--hashes", exportPath("auth0", "hashes.ndjson")},
			[]string{"mapping auth0 (the export looks like it)", "--hashes: ", "3 of them belong to a user of the export, and 1 to none", "2 keep their password, 1 has none"}},
		{[]string{exportPath("firebase", "export.json"), "--unusable-hash=reject"}, []string{"mapping firebase", "a password that cannot be kept: Firebase scrypt", "try --unusable-hash reset"}},
		{[]string{exportPath("django", "export.json"), "--set=email_verified=true", "--from=django"}, []string{"mapping django (as set)", "2 keep their password"}},
		{[]string{exportPath("keycloak"), "--from=keycloak", "--no-passwords"}, []string{"mapping keycloak (as set)"}},
	} {
		if c.args[0] == exportPath("keycloak") { // a directory with the files of the export only
			dir := t.TempDir()
			for _, name := range []string{"export-users-0.json", "export-users-1.json"} {
				copyFile(t, exportPath("keycloak", name), filepath.Join(dir, name))
			}
			c.args[0] = dir
		}
		got := command(t, append([]string{"check"}, c.args...)...)
		assert.Less(t, got.status, 2, got.err)
		for _, want := range c.want {
			assert.Contains(t, got.err, want, c.args)
		}
		assert.Equal(t, c.want[0] == "mapping keycloak (as set)", !strings.Contains(got.err, " password") || slices.Contains(c.args, "--no-passwords"), c.args)
	}
}

// The message of a file that cannot be used names the flag that helps.
func TestExportsThatNeedAFlag(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	excel := write("excel.csv", "sep=;\r\nLogin;Name;E-Mail\r\nann;M\xfcller;ann@example.com\r\n")
	model := write("users.json", `[{"model":"accounts.user","pk":7,"fields":{"username":"ann","email":"ann@example.com","password":"!","first_name":"","last_name":"","is_active":true,"groups":[]}}]`)
	for _, name := range []string{"check", "inspect", "bulk"} {
		args := func(file string, more ...string) []string {
			all := append([]string{name, file}, more...)
			if name == "bulk" {
				all = append(all, "--dry-run", "--dir", t.TempDir())
			}
			return all
		}
		got := command(t, args(excel)...)
		assert.Equal(t, 2, got.status)
		assert.Contains(t, got.err, "such as windows-1252 for a CSV file that Excel wrote in western Europe or America; use --encoding NAME", name)
		got = command(t, args(excel, "--encoding", "windows-1252", "--set", "email_verified=true")...)
		assert.Zero(t, got.status, got.err)
		got = command(t, args(model)...)
		const nothing = "the export has no user: no record at [*] passes model=auth.user, the filter of the mapping; export the users, or change the keys records or where of the mapping"
		if name == "inspect" {
			assert.Zero(t, got.status, got.err)
			assert.Contains(t, got.out, nothing)
			continue
		}
		assert.Equal(t, 2, got.status, "no users are no success")
		assert.Contains(t, got.err, nothing+"; importjob mappings django > mapping.yaml prints the mapping, and --mapping mapping.yaml takes it", name)
	}
}

func TestCheckAnExportFromStandardInput(t *testing.T) {
	packed := &strings.Builder{}
	z := gzip.NewWriter(packed)
	_, err := z.Write([]byte(shop))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	for _, text := range []string{shop, packed.String(), "\uFEFF" + strings.ReplaceAll(shop, ",", ";")} {
		got := commandWith(t.Context(), text, false, append([]string{"check", "-"}, shopArgs...)...)
		assert.Equal(t, 1, got.status, got.err)
		assert.Contains(t, got.err, "<stdin>: 3 rows: 1 would be imported, 1 skipped, 1 failed.")
		got = commandWith(t.Context(), text, false, "inspect", "-")
		assert.Equal(t, 0, got.status, got.err)
		assert.Contains(t, got.out, "0 of 3 rows can be imported")
		assert.Contains(t, got.out, "Login     100 %  -> cognito:username (a usual name for it)  ann, bob, ANN")
	}
}

func TestInspectSavesWhatBulkTakes(t *testing.T) {
	file, mapping := textFile(t, strings.ReplaceAll(shop, "Login,E-Mail,Verified,Mobile,Plan\n", "")), filepath.Join(t.TempDir(), "shop.yaml")
	args := []string{"--no-header", "--map=cognito:username=#1", "--map=email=#2", "--map=email_verified=#3", "--map=phone_number=#4", "--ignore=#5", "--phone-region=US"}
	got := command(t, append([]string{"inspect", file, "--save", mapping}, args...)...)
	require.Equal(t, 0, got.status, got.err)
	assert.Contains(t, got.out, "Columns of the export")
	text, err := os.ReadFile(mapping)
	require.NoError(t, err)
	m, err := source.Parse(text)
	require.NoError(t, err)
	assert.True(t, m.Input.NoHeader)
	dir := newDir(t)
	planned := command(t, "bulk", file, "--mapping", mapping, "--dir", dir, "--dry-run", "--backend=memory")
	assert.Equal(t, 1, planned.status)
	assert.Contains(t, planned.out, "Rows      3\nRejected  2, see ")
	assert.Contains(t, planned.err, "1 row: #3: neither true nor false")
	require.NoError(t, os.Remove(mapping))
	resumed := command(t, "bulk", "--resume", "--dir", dir)
	assert.Contains(t, resumed.out, "Imported  1\n", "the directory has the mapping: "+resumed.err)

	got = command(t, "inspect", file, "--save", file)
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, "--save "+file+": the file exists; give another name, or remove it")
}

func TestInspectAsJSON(t *testing.T) {
	got := command(t, "inspect", exportPath("firebase", "export.json"), "--json")
	require.Equal(t, 0, got.status, got.err)
	var report source.Report
	require.NoError(t, json.Unmarshal([]byte(got.out), &report))
	assert.Equal(t, "firebase", report.Mapping)
	assert.Positive(t, report.Rows)
	assert.Empty(t, got.err)
}

func TestInspectOfTheDialect(t *testing.T) {
	got := command(t, "inspect", testdata("users.csv"))
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, "which needs no mapping: use importjob check, or give --from csv")
	got = command(t, "inspect", testdata("users.csv"), "--from=csv")
	assert.Equal(t, 0, got.status, got.err)
	assert.Contains(t, got.out, "mapping: cognito-csv (the export looks like it)")
}

func TestMappings(t *testing.T) {
	got := command(t, "mappings")
	require.Equal(t, 0, got.status)
	assert.Equal(t, len(source.Presets()), strings.Count(got.out, "\n"))
	for _, name := range source.Presets() {
		assert.Regexp(t, `(?m)^`+name+`  +[A-Z].+`, got.out)
	}
	got = command(t, "mappings", "keycloak")
	text, err := source.PresetFile("keycloak")
	require.NoError(t, err)
	assert.Equal(t, result{0, string(text), ""}, got)
	assert.Equal(t, result{0, source.Schema(), ""}, command(t, "mappings", "--schema"))
	got = command(t, "mappings", "keyclaok")
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, "did you mean keycloak?")
}

// The census is printed before the first job.
func TestBulkSaysWhoKeepsTheirPassword(t *testing.T) {
	got := command(t, "bulk", exportPath("django", "export.json"), "--set=email_verified=true", "--dir", newDir(t), "--backend=memory")
	assert.Less(t, got.status, 2, got.err)
	assert.Contains(t, got.out, "Jobs      2\n", "of two algorithms")
	census, first := strings.Index(got.err, "2 keep their password"), strings.Index(got.err, "importing: ")
	assert.Greater(t, census, strings.Index(got.err, "mapping django"))
	assert.Greater(t, first, census, got.err)
}

// Cognito reads one of two letters in PBKDF2 hashes.
func TestBulkWritesTheLetterOfPBKDF2(t *testing.T) {
	const stored = "pbkdf2_sha256$1000$c2FsdHNhbHQ$++++QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUI="
	file := textFile(t, "cognito:username,email,email_verified,hash\nann,ann@example.com,true,"+stored+"\n")
	for alphabet, want := range map[string]string{"": "$++++QUJD", "plus": "$++++QUJD", "dot": "$....QUJD"} {
		dir := newDir(t)
		args := []string{"bulk", file, "--map=password_hash=hash", "--dir", dir, "--dry-run", "--backend=memory"}
		if alphabet != "" {
			args = append(args, "--pbkdf2-alphabet", alphabet)
		}
		got := command(t, args...)
		require.Equal(t, 0, got.status, got.err)
		part, err := os.ReadFile(filepath.Join(dir, "parts", "0001.csv"))
		require.NoError(t, err)
		assert.Contains(t, string(part), want, alphabet)
	}
}

func TestCheckATableOfADump(t *testing.T) {
	dump := "-- PostgreSQL database dump\n\nCOPY public.orders (no) FROM stdin;\n1\n\\.\n\nCOPY public.users (username, email, email_verified) FROM stdin;\nann\tann@example.com\tt\n\\.\n"
	file := textFile(t, dump)
	got := command(t, "check", file)
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, "the dump has 2 tables: name the one with the users: public.orders, public.users; use --table NAME")
	got = command(t, "check", file, "--table=users")
	assert.Equal(t, 0, got.status, got.err)
	assert.Contains(t, got.err, "PostgreSQL COPY text of public.users, UTF-8, header of 3 columns")
	got = commandWith(t.Context(), dump, false, "check", "-", "--table=usrs")
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, "the dump has no table usrs: name one of public.orders, public.users; use --table NAME")

	// A plan keeps the table.
	dir := newDir(t)
	got = command(t, "bulk", file, "--table=users", "--dir", dir, "--dry-run", "--backend=memory")
	require.Equal(t, 0, got.status, got.err)
	got = command(t, "bulk", "--dir", dir, "--resume", "--dry-run", "--backend=memory")
	assert.Equal(t, 0, got.status, got.err)
	got = command(t, "bulk", "--table=orders", "--dir", dir, "--resume", "--dry-run", "--backend=memory")
	assert.Equal(t, 2, got.status, got.err)
	assert.Contains(t, got.err, "--table")
}

// One line says what was recognized, for a file in Cognito's dialect as for an export.
func TestTheDialectIsRecognized(t *testing.T) {
	const says = "users.csv: Cognito's CSV dialect\n"
	file := csvFile(t, people(9000)...)
	for _, terminal := range []bool{false, true} {
		for _, args := range [][]string{{"check", file}, {"bulk", file, "--dry-run", "--dir", newDir(t)}, {"bulk", file, "--backend=memory", "--dir", newDir(t)}} {
			got := commandWith(t.Context(), "", terminal, args...)
			assert.Equal(t, 0, got.status, got.err)
			assert.Equal(t, 1, strings.Count(got.err, says), "%v: %s", args, got.err)
			assert.True(t, terminal || strings.HasPrefix(got.err, says), "%v: %s", args, got.err)
		}
		got := commandWith(t.Context(), readText(t, file), terminal, "check", "-")
		assert.Contains(t, got.err, "standard input: Cognito's CSV dialect\n")
		for _, args := range [][]string{{"check", file, "--json"}, {"bulk", file, "--json", "--dry-run", "--dir", newDir(t)}} {
			got := commandWith(t.Context(), "", terminal, args...)
			assert.Equal(t, 0, got.status, got.err)
			assert.NotContains(t, got.err, "dialect", args)
		}
	}
	dir := newDir(t)
	planned := command(t, "bulk", file, "--dry-run", "--dir", dir)
	assert.Contains(t, planned.err, says)
	assert.NotContains(t, command(t, "bulk", "--resume", "--backend=memory", "--dir", dir).err, says, "nothing is planned again")
}

// An export can have more rows than a job.
func TestCheckOfManyUsers(t *testing.T) {
	var text strings.Builder
	text.WriteString("username,email,email_verified\n")
	for i := range importjob.MaxRows + 1 {
		fmt.Fprintf(&text, "u%d,a@b.test,true\n", i)
	}
	text.WriteString("U0,a@b.test,true\n")
	got := command(t, "check", textFile(t, text.String()))
	assert.Equal(t, 1, got.status, got.err)
	assert.Contains(t, got.out, ":500003: username: The user already exists. The first is on line 2.\n")
	assert.Contains(t, got.err, "500002 rows: 500001 would be imported, 1 skipped, 0 failed.\n")
}

// Several records of JSON can be on one line, and the first record of a user in another file.
func TestCheckSaysWhichRecord(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one.json"), filepath.Join(dir, "two.json")
	require.NoError(t, os.WriteFile(one, []byte(`[{"username":"ann","email":"a@b.test"},{"username":"b b","email":"b@b.test"},{"username":"Ann","email":"c@b.test"}]`), 0o600))
	require.NoError(t, os.WriteFile(two, []byte(`[{"username":"dan","email":"d@b.test"},`+"\n"+`{"username":"ANN","email":"e@b.test"}]`), 0o600))
	got := command(t, "check", one, two, "--set=email_verified=true")
	assert.Equal(t, `one.json:1: record 2: username: a username has 1 to 128 characters, and no space or control character; try another column for cognito:username, or the transform uuid5
one.json:1: record 3: username: The user already exists. The first is record 1 on line 1.
two.json:2: record 2: username: The user already exists. The first is in one.json:1: record 1.
`, got.out)
	assert.Contains(t, got.err, "5 rows: 2 would be imported, 2 skipped, 1 failed.\n2 rows: username: The user already exists (records 3, 2 of file 2)\n")
	got = command(t, "check", one, two, "--set=email_verified=true", "--json")
	assert.Contains(t, got.out, `"Line":2,"Record":2,"Username":"ANN",`)
	assert.Contains(t, got.out, `"FirstLine":1,"FirstRecord":1,"FirstFile":"one.json"}`)
}

// The columns that nothing uses are named, but not if they may be the values of a user.
func TestColumnsLeftOver(t *testing.T) {
	got := command(t, "check", textFile(t, "username,email,email_verified,Plam,Shoe Size\nbob,bob@a.test,true,1,2\n"))
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, "the mapping leaves over 2 columns of the export: map or ignore them: Plam, Shoe Size; use --map COLUMN=PATH, --ignore COLUMN or --ignore-rest; importjob inspect lists the columns\n")
	got = command(t, "check", textFile(t, "ann@a.test,Ann,Stone,x\nbob@a.test,Bob,Hill,y\n"))
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, "the mapping leaves over 4 columns of the export: map or ignore them; nothing says which column is the username")
	assert.Contains(t, got.err, ", or --no-header if the first record is a user;")
	assert.NotContains(t, got.err, "Stone")
	var header strings.Builder
	for i := range 30 {
		fmt.Fprintf(&header, ",column%c%d", 'a'+i%26, i)
	}
	got = command(t, "check", textFile(t, "username"+header.String()+"\n"))
	assert.Contains(t, got.err, "columnt19, and 10 more; use --map")
}
