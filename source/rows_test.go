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
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/pwhash"
)

var now = time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)

// emailPool takes users with a verified e-mail address.
func emailPool() importjob.Pool {
	return importjob.Pool{ID: "eu-west-1_Example01", AutoVerifiedAttributes: []string{"email", "phone_number"}}
}

// rowText returns a row as lines, each with a name and a value.
func rowText(s *source.Source, row *source.Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "file %d, line %d\n", row.File, row.Line)
	put := func(name, value string) {
		if len(value) > 300 {
			value = fmt.Sprintf("%s... %d bytes", value[:20], len(value))
		}
		if value != "" {
			fmt.Fprintf(&b, "  %s = %q\n", name, value)
		}
	}
	put("id", row.ID)
	for i, name := range s.Columns() {
		put(name, row.Values[i])
	}
	put("algorithm", string(row.Hash.Algorithm))
	if row.Lost != nil {
		fmt.Fprintf(&b, "  lost: %v\n", row.Lost)
	}
	put("groups", strings.Join(row.Groups, "; "))
	if row.Disabled {
		b.WriteString("  disabled\n")
	}
	for _, f := range row.Findings {
		fmt.Fprintf(&b, "  finding %s: %s\n", f.Code, f)
	}
	return b.String()
}

// readRows returns all rows as text.
func readRows(t testing.TB, s *source.Source) string {
	var b strings.Builder
	for {
		row, err := s.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		b.WriteString(rowText(s, row))
	}
	fmt.Fprintf(&b, "passwords: %s\n", s.Census())
	return b.String()
}

// writeFile writes a file of a test, and returns its name.
func writeFile(t testing.TB, name, content string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func mustParse(t testing.TB, text string) *source.Mapping {
	m, err := source.Parse([]byte(text))
	require.NoError(t, err)
	return m
}

// openText opens an export with a mapping.
func openText(t testing.TB, mapping, name, content string, o source.Options) *source.Source {
	if mapping != "" {
		o.Mapping = mustParse(t, mapping)
	}
	o.Now = now
	s, err := source.Open(t.Context(), []string{writeFile(t, name, content)}, emailPool(), &o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

func TestARowTellsAllThatIsWrong(t *testing.T) {
	s := openText(t, `
id: id
columns:
  cognito:username: id
  email: mail
  email_verified: {set: "true"}
  phone_number: mobile
  birthdate: born
  updated_at: changed
disabled: {from: active, when: false}
`, "export.csv", "id,mail,mobile,born,changed,active\na b,x,555 0123,01/02/1990,soon,perhaps\nann,ann@example.com,+12015550123,1990-02-28,0,yes\n", source.Options{})
	require.Equal(t, `file 0, line 2
  id = "a b"
  email = "x"
  email_verified = "true"
  cognito:username = "a b"
  finding phone.no-country: line 2: mobile: phone number without country code; try --phone-region US
  finding date.ambiguous: line 2: born: date whose day and month cannot be told apart; try date=dd/mm/yyyy or date=mm/dd/yyyy
  finding time.unknown: line 2: changed: not a time in a known form; try ISO 8601 or seconds since 1970
  finding bool.unknown: line 2: active: neither true nor false; try the transform equals with the words that mean true, or non-empty
  finding email: line 2: mail: Invalid email address format
  finding username: line 2: id: a username has 1 to 128 characters, and no space or control character; try another column for cognito:username, or the transform uuid5
file 0, line 3
  id = "ann"
  email = "ann@example.com"
  email_verified = "true"
  birthdate = "02/28/1990"
  phone_number = "+12015550123"
  updated_at = "0"
  cognito:username = "ann"
passwords: 0 keep their password
`, readRows(t, s))
}

// A value that cannot be transformed is empty in the row. What only follows from that is not another finding.
func TestFindingsThatFollowAreLeftOut(t *testing.T) {
	s := openText(t, `
columns:
  cognito:username: {from: id, transforms: [local-part]}
  email: {from: mail, transforms: [max-length=3]}
  email_verified: verified
`, "export.csv", "id,mail,verified\nx,ann@example.com,true\nx@y,a@b.de,perhaps\n", source.Options{})
	got := readRows(t, s)
	require.Equal(t, 4, strings.Count(got, "finding "), got)
	for _, code := range []string{"email.no-at: line 2: id", "text.too-long: line 2: mail", "text.too-long: line 3: mail", "bool.unknown: line 3: verified"} {
		assert.Contains(t, got, "finding "+code)
	}
}

func TestUnusableHashes(t *testing.T) {
	const mapping = "columns: {cognito:username: id, email: mail, email_verified: {set: \"true\"}}\npassword: pw\n"
	export := "id,mail,pw\na,a@example.com,$P$Bxymz3ykDMar3iKwp1a05EuEuarOT2/\nb,b@example.com,\nc,c@example.com," + hashOf(1) + "\n"
	s := openText(t, mapping, "export.csv", export, source.Options{})
	got := readRows(t, s)
	assert.NotContains(t, got, "finding")
	assert.Contains(t, got, "passwords: 1 keeps their password, 1 has none, 1 must reset it: 1 phpass\n")
	s = openText(t, mapping, "export.csv", export, source.Options{UnusableHash: source.RejectUnusable})
	got = readRows(t, s)
	assert.Contains(t, got, "  finding password.unsupported: line 2: pw: a password that cannot be kept: phpass; try --unusable-hash reset\n")
	assert.Contains(t, got, "passwords: 1 keeps their password, 1 has none\n")
	s = openText(t, mapping+"", "export.csv", export, source.Options{Converter: pwhash.Converter{Peppered: true}})
	assert.Contains(t, readRows(t, s), "bcrypt with a pepper")
	s = openText(t, strings.Replace(mapping, "password: pw", "password: {from: pw, peppered: true}", 1), "export.csv", export, source.Options{})
	assert.Contains(t, readRows(t, s), "bcrypt with a pepper")
	_, err := source.Open(t.Context(), nil, emailPool(), &source.Options{UnusableHash: "keep"})
	require.EqualError(t, err, "UnusableHash: use reset or reject")
}

func TestPasswordsInParts(t *testing.T) {
	for _, tt := range []struct{ kind, from, cells, want string }{
		{"split-bcrypt", "[a, b, c]", "10,MKMf89GfC778U8iRMGany.,8DxVVnZvUQBlodo78Y3UrA9Kg65xcBu,", "password_hash = \"$2a$10$MKMf89GfC778U8iRMGany.8DxVVnZvUQBlodo78Y3UrA9Kg65xcBu\""},
		{"split-bcrypt", "[a, b, c]", "ten,MKMf89GfC778U8iRMGany.,8DxVVnZvUQBlodo78Y3UrA9Kg65xcBu,", "lost: damaged bcrypt"},
		{"split-bcrypt", "[a, b, c]", "10,,,", "1 has none"},
		{"fusionauth", "[a, b, c, d]", "bcrypt,10,MKMf89GfC778U8iRMGany.,8DxVVnZvUQBlodo78Y3UrA9Kg65xcBu", "algorithm = \"BCRYPT\""},
		{"fusionauth", "[a, b, c, d]", "bcrypt,10,,", "1 has none"},
		{"clerk", "[a, b]", "$2a$10$MKMf89GfC778U8iRMGany.8DxVVnZvUQBlodo78Y3UrA9Kg65xcBu,bcrypt_peppered,,", "with a pepper"},
		{"firebase", "a", "abc,,,", "lost: Firebase scrypt"},
		{"hash", "[a, b]", `\N,$2a$10$MKMf89GfC778U8iRMGany.8DxVVnZvUQBlodo78Y3UrA9Kg65xcBu,,`, "algorithm = \"BCRYPT\""},
	} {
		s := openText(t, "columns: {cognito:username: id, email: id, email_verified: {set: \"true\"}}\nignore_rest: true\npassword: {kind: "+tt.kind+", from: "+tt.from+"}\n",
			"export.csv", "id,a,b,c,d\nx@example.com,"+tt.cells+"\n", source.Options{})
		assert.Contains(t, readRows(t, s), tt.want, tt)
	}
}

func TestColumnsFromManyPlaces(t *testing.T) {
	s := openText(t, `
columns:
  cognito:username: {from: id, transforms: [trim, "prefix=u-"]}
  email: [work, home]
  email_verified: {from: home, in: verified}
  name: {template: "{first} {middle} {last}"}
  nickname: {from: nick, default: none}
  locale: {set: de}
  preferred_username: {transforms: [uuid]}
groups: {from: [teams, role], separator: ";"}
`, "export.json", `[{"id":7,"work":null,"home":"A@Example.com","verified":["x@y.z","a@example.com"],"first":"Ann","last":"Lee","teams":["a"," b ","a",3],"role":"b; c"},
 {"id":8,"work":"","home":"b@example.com","verified":"b@example.com,c@example.com","nick":"bo","first":"null","last":"N/A"}]`, source.Options{Edits: source.Edits{IgnoreRest: true}})
	row, err := s.Next()
	require.NoError(t, err)
	at := func(name string) string { return row.Values[slices.Index(s.Columns(), name)] }
	assert.Empty(t, row.Findings)
	assert.Equal(t, []string{"u-7", "a@example.com", "true", "Ann Lee", "none", "de"}, []string{at("cognito:username"), at("email"), at("email_verified"), at("name"), at("nickname"), at("locale")})
	assert.Equal(t, []string{"a", "b", "3", "c"}, row.Groups)
	first := at("preferred_username")
	assert.Len(t, first, 36)
	row, err = s.Next()
	require.NoError(t, err)
	assert.Empty(t, row.Findings)
	assert.Equal(t, []string{"u-8", "b@example.com", "true", "null N/A", "bo"}, []string{at("cognito:username"), at("email"), at("email_verified"), at("name"), at("nickname")})
	assert.Empty(t, row.Groups)
	assert.NotEqual(t, first, at("preferred_username"))
	assert.Equal(t, "record 2 on line 2", fmt.Sprint(row), "no value of the user")
}

func TestEdits(t *testing.T) {
	m := mustParse(t, "columns: {cognito:username: id, email: {from: mail, transforms: [trim], default: x}, locale: lang}\n")
	edited, err := m.Edit(source.Edits{
		Columns: map[string]string{"email": "e-mail", "name": "#3"}, Set: map[string]string{"email_verified": "true", "locale": ""},
		Default: map[string]string{"email": "none", "gender": "x", "email_verified": "false"}, Ignore: []string{"a", "b.c"}, IgnoreRest: true, PhoneRegion: "DE",
	})
	require.NoError(t, err)
	file, err := edited.Marshal()
	require.NoError(t, err)
	require.Equal(t, `columns:
  cognito:username: id
  email: {from: e-mail, default: none, transforms: [trim]}
  name: '#3'
  email_verified: {set: "true"}
  gender: {set: x}
ignore: [a, b.c]
ignore_rest: true
phone_region: DE
`, string(file))
	require.Equal(t, mustParse(t, "columns: {cognito:username: id, email: {from: mail, transforms: [trim], default: x}, locale: lang}\n"), m, "the mapping itself stays as it is")
	for _, e := range []source.Edits{{Columns: map[string]string{"email": "a["}}, {Ignore: []string{"["}}, {PhoneRegion: "Germany"}, {Set: map[string]string{" x": "y"}}} {
		_, err := m.Edit(e)
		require.Error(t, err)
	}
}

func TestColumnsThatDoNotFit(t *testing.T) {
	open := func(mapping, header string, o source.Options) error {
		if mapping != "" {
			o.Mapping = mustParse(t, mapping)
		}
		pool := emailPool()
		pool.Schema = importjob.ClassicSchema().With(importjob.CustomAttribute("plan", importjob.TypeString))
		s, err := source.Open(t.Context(), []string{writeFile(t, "export.csv", header+"\n1"+strings.Repeat(",2", strings.Count(header, ","))+"\n")}, pool, &o)
		if err == nil {
			require.NoError(t, s.Close())
		}
		return err
	}
	require.EqualError(t, open("columns: {cognito:username: id, custom:plam: plan}", "id,plan", source.Options{}), "the pool has no column custom:plam (did you mean custom:plan?)")
	require.EqualError(t, open("columns: {cognito:username: id, email: mial}", "id,mail", source.Options{}),
		"the export has no column mial, from which email comes (did you mean mail?); the mapping leaves over 1 column of the export: map or ignore it: mail")
	require.EqualError(t, open("columns: {cognito:username: id}", "id,plam,ann@example.com,,shoe size", source.Options{}),
		"the mapping leaves over 4 columns of the export: map or ignore them: plam (did you mean custom:plan?), #3, #4, shoe size")
	require.EqualError(t, open("columns: {email: mail}", "mail", source.Options{}), "nothing says which column is the username: map one to cognito:username")
	require.NoError(t, open("columns: {cognito:username: id}\nignore: plam", "id,plam,size", source.Options{Edits: source.Edits{Ignore: []string{"size"}}}))
	require.NoError(t, open("", "id,mail,Vorname,plam", source.Options{Edits: source.Edits{Columns: map[string]string{"custom:plan": "plam"}}}))
	require.ErrorContains(t, open("", "id,mail,plam", source.Options{}), "plam (did you mean custom:plan?)")
	require.ErrorContains(t, open("columns: {cognito:username: id}", "id,email", source.Options{}), "it: email (the pool has a column of that name)")
	_, err := source.Open(t.Context(), []string{"x"}, emailPool(), &source.Options{From: "oktaa"})
	require.EqualError(t, err, `no preset is named "oktaa"; did you mean okta?`)
	_, err = source.Open(t.Context(), []string{writeFile(t, "export.csv", "a,b\n")}, emailPool(), &source.Options{From: "spring"})
	require.EqualError(t, err, "the export has no column username, from which cognito:username comes; the mapping leaves over 2 columns of the export: map or ignore them: a, b", "the preset of another system")
	_, err = source.Open(t.Context(), []string{"x"}, emailPool(), &source.Options{From: "okta", Mapping: &source.Mapping{}})
	require.EqualError(t, err, "From: a mapping and a preset exclude each other")
}

// Of a file that cannot be read, nobody is told that a column is missing.
func TestUnknownJSONThatCannotBeRead(t *testing.T) {
	open := func(text string, o source.Options) error {
		_, err := source.Open(t.Context(), []string{writeFile(t, "users", text)}, emailPool(), &o)
		return err
	}
	json := source.Options{Format: &format.Options{Format: format.JSON}}
	require.ErrorIs(t, open(`{"users":[{"id":"1","email":"ann@exa`, source.Options{}), format.ErrTruncated)
	require.ErrorContains(t, open("id,email\n1,ann@example.com\n", json), "invalid JSON")
	var columns *source.ColumnsError
	require.ErrorAs(t, open("[]", json), &columns, "an export of nobody")
	require.ErrorAs(t, open(`[{"x":1}]`, json), &columns)
}

// The users of a pool whose username is an e-mail address get it from the e-mail column.
func TestPoolsWithoutUsernames(t *testing.T) {
	pool := emailPool()
	pool.UsernameAttributes = []string{"email"}
	s, err := source.Open(t.Context(), []string{writeFile(t, "export.csv", "id,email,email_verified\n1,Ann@Example.com,true\n")}, pool, nil)
	require.NoError(t, err)
	defer s.Close()
	assert.Contains(t, readRows(t, s), `cognito:username = "ann@example.com"`)
}

func TestStandardInput(t *testing.T) {
	for _, name := range []string{"keycloak", "auth0", "aspnet"} {
		files, err := filepath.Glob(filepath.Join("testdata", "exports", name, "export*"))
		require.NoError(t, err)
		data, err := os.ReadFile(files[0])
		require.NoError(t, err)
		s, err := source.Open(t.Context(), []string{"-"}, emailPool(), &source.Options{Now: now, Format: &format.Options{Stdin: bytes.NewReader(data)}, Edits: source.Edits{IgnoreRest: true}})
		require.NoError(t, err)
		assert.Equal(t, name, s.Describe().Mapping)
		got := readRows(t, s)
		assert.Contains(t, got, "ann.lee")
		require.NoError(t, s.Close())
	}
}

// Two columns that are made of the same value in the same way are made once.
func TestColumnsOfTheSameValue(t *testing.T) {
	s := openText(t, `
columns:
  email: {from: mail, transforms: [trim, max-length=20]}
  cognito:username: {from: mail, transforms: [trim, max-length=20]}
  preferred_username: {from: mail, transforms: [trim, max-length=20], default: none}
  profile: {from: mail, transforms: [uuid]}
  website: {from: mail, transforms: [uuid]}
  email_verified: {set: "true"}
`, "export.csv", "mail\n a@example.com \naaaaaaaaaaaaaaaaaaaa@example.com\n\" \"\n", source.Options{})
	row, err := s.Next()
	require.NoError(t, err)
	at := func(name string) string { return row.Values[slices.Index(s.Columns(), name)] }
	assert.Equal(t, []string{"a@example.com", "a@example.com", "a@example.com"}, []string{at("email"), at("cognito:username"), at("preferred_username")})
	assert.NotEqual(t, at("profile"), at("website"))
	row, err = s.Next()
	require.NoError(t, err)
	require.Len(t, row.Findings, 2, "email with cognito:username, and preferred_username: %v", row.Findings)
	row, err = s.Next()
	require.NoError(t, err)
	assert.Equal(t, "none", at("preferred_username"))
	assert.Empty(t, at("email"))
}

func TestJSONInACell(t *testing.T) {
	const mapping = "columns: {cognito:username: id, email: 'data|json.mail', email_verified: {set: 'true'}}\n"
	s := openText(t, mapping, "export.csv", "id,data\na,\"{\"\"mail\"\":\"\"a@example.com\"\"}\"\nb,{\n", source.Options{})
	got := readRows(t, s)
	assert.Contains(t, got, `email = "a@example.com"`)
	assert.Contains(t, got, "finding json.invalid: line 3: data|json.mail: not JSON")
	assert.Equal(t, 1, strings.Count(got, "finding"), "no e-mail address only follows from that")
}

func TestFiltersOfATable(t *testing.T) {
	s := openText(t, "where: state=active\nrecords: users[*]\ncolumns: {cognito:username: id, email: id, email_verified: {set: 'true'}}\n",
		"export.csv", "id,state\na@example.com,active\nb@example.com,gone\n", source.Options{})
	got := readRows(t, s)
	assert.Contains(t, got, "a@example.com")
	assert.NotContains(t, got, "b@example.com")
}

func TestFormatOptionsTakePrecedence(t *testing.T) {
	const mapping = "delimiter: ';'\nencoding: utf-8\nignore_rest: true\ncolumns: {cognito:username: '#1', email: '#1', email_verified: {set: 'true'}}\n"
	s := openText(t, mapping, "export.csv", "a@example.com|x\nb@example.com|M\xfcller\n", source.Options{Format: &format.Options{Delimiter: '|', NoHeader: true, Encoding: "windows-1252", Format: format.CSV}})
	got := readRows(t, s)
	assert.Contains(t, got, `email = "a@example.com"`)
	assert.Contains(t, got, `email = "b@example.com"`)
	s = openText(t, "header: false\n"+mapping, "export.csv", "a@example.com;x\n", source.Options{})
	assert.Contains(t, readRows(t, s), "a@example.com")
}

// The members of unknown JSON are found in its first records, and standard input is read on behind them.
func TestUnknownJSON(t *testing.T) {
	var b strings.Builder
	b.WriteString("[")
	const users = 12_000
	for n := range users {
		fmt.Fprintf(&b, `{"id":%d,"user":{"email":"u%d@example.com","Email_Verified":true,"deep":{"er":{"x":1}}},"padding":"%s"},`+"\n", n, n, strings.Repeat("x", 50))
	}
	b.WriteString(`{"id":"last"}]`)
	require.Greater(t, b.Len(), 1<<20)
	o := &source.Options{Format: &format.Options{Stdin: strings.NewReader(b.String())}, Edits: source.Edits{Columns: map[string]string{"email_verified": "user.Email_Verified"}}}
	s, err := source.Open(t.Context(), []string{"-"}, emailPool(), o)
	require.NoError(t, err)
	defer s.Close()
	assert.Equal(t, "standard input: JSON, UTF-8, records at [*] (an array); mapping suggested (by the names of the columns)", s.Describe().String())
	for n := range users {
		row, err := s.Next()
		require.NoError(t, err)
		require.Empty(t, row.Findings)
		require.Equal(t, fmt.Sprint(n), row.ID)
	}
	row, err := s.Next()
	require.NoError(t, err)
	require.Len(t, row.Findings, 1)
	_, err = s.Next()
	require.Equal(t, io.EOF, err)
}
