package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// goodRow is a row that can be imported, for the columns of the default pool.
func goodRow(username string) importjob.Record {
	return importjob.Record{
		importjob.ColumnUsername:         username,
		importjob.AttributeEmail:         "reader@example.com",
		importjob.AttributeEmailVerified: "TRUE",
		importjob.ColumnMFAEnabled:       "FALSE",
	}
}

// brokenRows are the rows of testdata/broken.csv: what is wrong is said in the username, where there is one.
// Each is a good row but for the values of set.
var brokenRows = []struct {
	username  string
	set       importjob.Record
	edit      func(string) string // of the row's text, for what a Writer refuses
	attribute string              // where the finding is; "" with no reason means that the row is good
	reason    string
	outcome   importjob.RowStatus // FAILED unless it says otherwise
}{
	{username: "good"},
	{username: "", attribute: "cognito:username", reason: "a value is required"},
	{username: "has space", attribute: "cognito:username", reason: "a username has 1 to 128 characters, and no space or control character"},
	{username: "over-128-" + strings.Repeat("x", 120), attribute: "cognito:username", reason: "a username has 1 to 128 characters, and no space or control character"},
	{username: "good", attribute: "cognito:username", reason: "The user already exists.", outcome: importjob.RowSkipped},
	{username: "GOOD", attribute: "cognito:username", reason: "The user already exists.", outcome: importjob.RowSkipped},
	{username: "nothing-verified", set: importjob.Record{"email_verified": "FALSE"}, attribute: "email_verified", reason: importjob.ReasonNotVerified},
	{username: "verified-blank", set: importjob.Record{"email_verified": ""}, attribute: "email_verified", reason: importjob.ReasonNotVerified},
	{username: "other-verified", set: importjob.Record{"email_verified": "", "phone_number_verified": "TRUE", "phone_number": "+12065550100"}, attribute: "email_verified", reason: importjob.ReasonNotVerified},
	{username: "verified-no-email", set: importjob.Record{"email": ""}, attribute: "email", reason: "email_verified is true: a value is required"},
	{username: "verified-no-phone", set: importjob.Record{"phone_number_verified": "TRUE"}, attribute: "phone_number", reason: "phone_number_verified is true: a value is required"},
	{username: "email-no-at", set: importjob.Record{"email": "reader.example.com"}, attribute: "email", reason: "Invalid email address format."},
	{username: "email-two-addresses", set: importjob.Record{"email": "a@example.com, b@example.com"}, attribute: "email", reason: "Invalid email address format."},
	{username: "phone-no-plus", set: importjob.Record{"phone_number": "12065550100"}, attribute: "phone_number", reason: "a phone number is a plus sign and 2 to 15 digits, the country code first, such as +12345550100"},
	{username: "phone-national", set: importjob.Record{"phone_number": "(206) 555-0100"}, attribute: "phone_number", reason: "a phone number is a plus sign and 2 to 15 digits, the country code first, such as +12345550100"},
	{username: "phone-too-long", set: importjob.Record{"phone_number": "+1206555010012345"}, attribute: "phone_number", reason: "a phone number is a plus sign and 2 to 15 digits, the country code first, such as +12345550100"},
	{username: "birthdate-iso", set: importjob.Record{"birthdate": "1985-02-01"}, attribute: "birthdate", reason: "a birthdate is an existing day in the form mm/dd/yyyy"},
	{username: "birthdate-day-first", set: importjob.Record{"birthdate": "31/12/1985"}, attribute: "birthdate", reason: "a birthdate is an existing day in the form mm/dd/yyyy"},
	{username: "birthdate-no-such-day", set: importjob.Record{"birthdate": "02/29/1985"}, attribute: "birthdate", reason: "a birthdate is an existing day in the form mm/dd/yyyy"},
	{username: "boolean-yes", set: importjob.Record{"email_verified": "yes"}, attribute: "email_verified", reason: "a Boolean is true or false"},
	{username: "boolean-number", set: importjob.Record{"phone_number_verified": "0"}, attribute: "phone_number_verified", reason: "a Boolean is true or false"},
	{username: "updated-at-date", set: importjob.Record{"updated_at": "2016-08-17"}, attribute: "updated_at", reason: "a Number is digits, with an optional minus sign and fraction"},
	{username: "updated-at-negative", set: importjob.Record{"updated_at": "-1"}, attribute: "updated_at", reason: "the value is smaller than the pool's schema allows"},
	{username: "mfa-in-pool-without", set: importjob.Record{"cognito:mfa_enabled": "TRUE"}, attribute: "cognito:mfa_enabled", reason: "MFA is off in this pool: the value must be false or empty"},
	{username: "mfa-no-boolean", set: importjob.Record{"cognito:mfa_enabled": "SMS"}, attribute: "cognito:mfa_enabled", reason: "a Boolean is true or false"},
	{username: "comma-not-escaped", set: importjob.Record{"address": "1 Pine Street, Seattle"}, edit: func(row string) string { return strings.Replace(row, `\,`, ",", 1) },
		reason: "the row does not have as many values as the header"},
	{username: "address-quoted", set: importjob.Record{"address": "1 Pine Street, Seattle"}, edit: func(row string) string {
		return strings.Replace(row, `1 Pine Street\, Seattle`, `"1 Pine Street, Seattle"`, 1)
	}, reason: "the row does not have as many values as the header"},
	{username: "too-few", edit: func(row string) string { return strings.Replace(row, ",", "", 1) },
		attribute: "cognito:username", reason: "the row does not have as many values as the header"},
	{username: "backslash-before-comma", set: importjob.Record{"nickname": "C"}, edit: func(row string) string { return strings.Replace(row, "C,", `C:\,`, 1) },
		attribute: "cognito:username", reason: "the row does not have as many values as the header"},
	{username: "good2", set: importjob.Record{"birthdate": "02/29/1984", "address": "1 Pine Street, Seattle", "name": "ירח"}},
	{username: "over-2048-bytes", set: importjob.Record{"profile": "https://example.com/"}, edit: func(row string) string {
		return strings.Replace(row, "https://example.com/", "https://example.com/"+strings.Repeat("x", 2029), 1)
	}, attribute: "profile", reason: "the value is longer than 2048 bytes"},
	{username: "row-over-16000-characters", edit: func(row string) string { return strings.Repeat("x", 16_002-len(row)) + row },
		reason: "the row is longer than 16000 characters"},
}

// brokenFile makes testdata/broken.csv.
func brokenFile(t *testing.T) []byte {
	t.Helper()
	file := bytes.Buffer{}
	header := strings.Join(defaultPool().Header(), ",") + "\n"
	file.WriteString(header)
	for _, b := range brokenRows {
		row := bytes.Buffer{}
		w := importjob.NewWriter(&row)
		require.NoError(t, w.Write(defaultPool().Header()))
		user := goodRow(b.username)
		for name, value := range b.set {
			user[name] = value
		}
		require.NoError(t, w.WriteRecord(user))
		require.NoError(t, w.Flush())
		text := strings.TrimPrefix(row.String(), header)
		if b.edit != nil {
			text = b.edit(text)
		}
		file.WriteString(text)
	}
	return file.Bytes()
}

func TestBrokenFile(t *testing.T) {
	file := brokenFile(t)
	golden(t, "broken.csv", file)
	require.Equal(t, len(brokenRows)+1, bytes.Count(file, []byte("\n")))

	findings := map[int]importjob.Finding{} // by line
	for f, err := range importjob.Check(t.Context(), defaultPool(), bytes.NewReader(file), nil) {
		require.NoError(t, err)
		findings[f.Line] = f
	}
	for i, row := range brokenRows {
		f, found := findings[i+2]
		what := fmt.Sprintf("line %d: %s", i+2, row.username)
		if !assert.Equal(t, row.reason != "", found, what) || !found {
			continue
		}
		assert.Equal(t, row.reason, f.Reason, what)
		assert.Equal(t, row.attribute, f.Attribute, what)
		if row.outcome == "" {
			row.outcome = importjob.RowFailed
		}
		assert.Equal(t, row.outcome, f.Status, what)
	}
}

// faultyFiles are the files in testdata for which the whole job fails, and two that look so but do not.
var faultyFiles = []struct {
	name  string
	flags []string
	make  func(good string) string // of a file with one good row
	want  string                   // what check prints after the name of the file; "" when the file is good
}{
	{"broken-empty.csv", nil, func(string) string { return "" }, ":1:1: the file is empty: the first line must be the header"},
	{"broken-bom.csv", nil, func(s string) string { return "\uFEFF" + s }, ":1:1: the file begins with a byte order mark: save it as UTF-8 without one"},
	{"broken-header-unknown.csv", nil, func(s string) string {
		return strings.NewReplacer("cognito:username\n", "cognito:username,custom:team\n", "good\n", "good,red\n").Replace(s)
	}, ":1:238: custom:team: the pool has no such attribute"},
	{"broken-header-missing.csv", nil, func(s string) string {
		return strings.NewReplacer("nickname,", "", "\n,", "\n").Replace(s)
	}, ":1:1: nickname: the header lacks this column: add it, its values may be empty"},
	{"broken-header-twice.csv", nil, func(s string) string { return strings.Replace(s, "nickname", "name", 1) }, ":1:41: name: the header has this column twice"},
	{"broken-header-none.csv", nil, func(s string) string { return s[strings.IndexByte(s, '\n')+1:] }, ":1:1: the pool has no such attribute"},
	{"broken-utf8.csv", nil, func(s string) string { return strings.Replace(s, "\n,", "\nZo\xeb,", 1) }, ":2:1: name: not valid UTF-8: convert it to UTF-8"},
	{"broken-hash.csv", []string{"--password-hashing-algorithm=BCRYPT"}, func(s string) string {
		return strings.NewReplacer("cognito:username\n", "cognito:username,password_hash\n", "good\n", "good,$2a$13$"+strings.Repeat("x", 53)+"\n").Replace(s)
	}, ":2:53: password_hash: not a password hash of the job's algorithm, or out of its bounds"},
	{"crlf.csv", nil, func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }, ""},
	{"header-only.csv", nil, func(s string) string { return s[:strings.IndexByte(s, '\n')+1] }, ""},
}

func TestFaultyFiles(t *testing.T) {
	good := string(bytes.Join(bytes.SplitAfter(brokenFile(t), []byte("\n"))[:2], nil))
	for _, f := range faultyFiles {
		t.Run(f.name, func(t *testing.T) {
			golden(t, f.name, []byte(f.make(good)))
			flags := f.flags
			if f.name == "broken-header-none.csv" { // nothing else says that it is in the dialect
				flags = []string{"--from=dialect"}
			}
			got := command(t, append([]string{"check", testdata(f.name)}, flags...)...)
			if f.want == "" {
				assert.Equal(t, result{status: 0, err: got.err}, got)
				return
			}
			assert.Equal(t, 1, got.status)
			assert.Contains(t, strings.Split(got.out, "\n"), testdata(f.name)+f.want)

			ran := command(t, append([]string{"run", testdata(f.name)}, f.flags...)...)
			assert.Equal(t, 1, ran.status)
			assert.Contains(t, ran.out, "Failed")
		})
	}
}

// result is what a run of the command did.
type result struct {
	status   int
	out, err string
}

// command runs the command in process.
func command(t *testing.T, args ...string) result {
	t.Helper()
	return commandWith(t.Context(), "", false, args...)
}

func commandWith(ctx context.Context, stdin string, terminal bool, args ...string) result {
	var out, errs bytes.Buffer
	status := run(ctx, args, streams{in: strings.NewReader(stdin), out: &out, err: &errs, terminal: terminal, interruptible: context.WithCancel})
	return result{status, out.String(), errs.String()}
}
