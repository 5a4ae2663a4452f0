package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// csvFile makes a file of the default pool's header and rows of an e-mail address, email_verified and a username.
func csvFile(t *testing.T, rows ...string) string {
	t.Helper()
	text := bytes.NewBufferString(classic + ends + "\n")
	for _, row := range rows {
		email, rest, _ := strings.Cut(row, ",")
		verified, username, _ := strings.Cut(rest, ",")
		fmt.Fprintf(text, ",,,,,,,,,%s,%s,,,,,,,,,,%s\n", email, verified, username)
	}
	name := filepath.Join(t.TempDir(), "users.csv")
	require.NoError(t, os.WriteFile(name, text.Bytes(), 0o600))
	return name
}

func TestCheckGoodFile(t *testing.T) {
	file := testdata("users.csv")
	summary := file + ": 1000 rows: 1000 would be imported, 0 skipped, 0 failed. The job would end Succeeded: Import Job Completed Successfully.\n"
	assert.Equal(t, result{0, "", "users.csv: Cognito's CSV dialect\n" + summary}, command(t, "check", file))
	assert.Equal(t, result{0, "", summary}, command(t, "check", "--json", file))
}

// The name of an unknown column can hold what would steer a terminal.
func TestCheckOfAHeaderWithControlCharacters(t *testing.T) {
	name := filepath.Join(t.TempDir(), "users.csv")
	require.NoError(t, os.WriteFile(name, []byte("na\x1b[31mme,"+classic+ends+"\n"), 0o600))
	got := command(t, "check", name)
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, `:1:1: na\x1b[31mme: the pool has no such attribute`+"\n")
	assert.NotContains(t, got.out+got.err, "\x1b")
}

func TestCheckFindings(t *testing.T) {
	file := csvFile(t,
		"ann@example.com,TRUE,ann",
		"bob.example.com,TRUE,bob",
		"ann@example.com,TRUE,Ann",
		"eve@example.com,FALSE,eve",
	)
	want := strings.ReplaceAll(`FILE:3:10: email: Invalid email address format.
FILE:4:40: cognito:username: The user already exists. The first is on line 2.
FILE:5:26: email_verified: The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true).
`, "FILE", file)
	summary := file + ": 4 rows: 1 would be imported, 1 skipped, 2 failed. The job would end Failed: Too many users have failed or been skipped during the import.\n"
	assert.Equal(t, result{1, want, "users.csv: Cognito's CSV dialect\n" + summary}, command(t, "check", file))

	got := command(t, "check", file, "--json")
	assert.Equal(t, 1, got.status)
	assert.Equal(t, summary, got.err)
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	require.Len(t, lines, 3)
	finding := map[string]any{}
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &finding))
	assert.Equal(t, map[string]any{
		"File": file, "Line": 4.0, "Column": 40.0, "Username": "Ann", "Attribute": "cognito:username",
		"Status": "SKIPPED", "Code": "duplicate-username", "Reason": "The user already exists.", "FirstLine": 2.0,
	}, finding)
}

func TestCheckFollowsThePoolFlags(t *testing.T) {
	file := csvFile(t, "ann@example.com,TRUE,ann", "ann@example.com,TRUE,Ann")
	for flags, want := range map[string]string{
		"":                                    ":3:40: cognito:username: The user already exists. The first is on line 2.",
		"--case-sensitive":                    "",
		"--required nickname":                 ":2:5: nickname: a value is required",
		"--mfa on":                            ":3:40: cognito:username: The user already exists. The first is on line 2.",
		"--custom role":                       ":1:1: custom:role: the header lacks this column: add it, its values may be empty",
		"--auto-verified phone_number":        ":2:36: phone_number_verified: The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true).",
		"--auto-verified phone_number,email":  ":3:40: cognito:username: The user already exists. The first is on line 2.",
		"--username-attributes email":         ":2:40: cognito:username: users of this pool sign in with an e-mail address: the username must be one",
		"--schema newer":                      ":3:40: cognito:username: The user already exists. The first is on line 2.",
		"--password-hashing-algorithm BCRYPT": ":1:1: password_hash: the header lacks this column: add it, its values may be empty",
	} {
		got := command(t, append([]string{"check", file}, strings.Fields(flags)...)...)
		if want == "" {
			assert.Equal(t, 0, got.status, flags)
			assert.Empty(t, got.out, flags)
			continue
		}
		assert.Equal(t, 1, got.status, flags)
		assert.Contains(t, strings.Split(got.out, "\n"), file+want, flags)
	}
}

func TestCheckStandardInput(t *testing.T) {
	text, err := os.ReadFile(csvFile(t, "bob.example.com,TRUE,bob"))
	require.NoError(t, err)
	got := commandWith(t.Context(), string(text), false, "check", "-")
	assert.Equal(t, 1, got.status)
	assert.Equal(t, "<stdin>:2:10: email: Invalid email address format.\n", got.out)

	got = commandWith(t.Context(), "", false, "check", "-")
	assert.Equal(t, result{1, "<stdin>:1:1: the file is empty: the first line must be the header\n",
		"<stdin>: 0 rows: 0 would be imported, 0 skipped, 0 failed. The job would end Failed: the file cannot be imported.\n"}, got)
}

// A pipe has no size and can be read only once.
func TestCheckTakesAPipe(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("pipes have no names there")
	}
	text, err := os.ReadFile(csvFile(t, "ann@example.com,TRUE,ann", "bob.example.com,TRUE,bob"))
	require.NoError(t, err)
	out, in, err := os.Pipe()
	require.NoError(t, err)
	defer out.Close()
	_, err = in.Write(text) // a pipe has room for so little
	require.NoError(t, err)
	require.NoError(t, in.Close())
	name := fmt.Sprintf("/dev/fd/%d", out.Fd())
	assert.Equal(t, result{1, name + ":3:10: email: Invalid email address format.\n",
		filepath.Base(name) + ": Cognito's CSV dialect\n" + name + ": 2 rows: 1 would be imported, 0 skipped, 1 failed. The job would end Succeeded: Import Job Completed Successfully.\n"}, command(t, "check", name))

	got := command(t, "check", "/dev/null")
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "/dev/null:1:1: the file is empty")
}

// The standard error is what people send along with a question: it holds no value of a user.
func TestCheckKeepsValuesOffTheStandardError(t *testing.T) {
	for _, name := range []string{"broken.csv", "broken-header-none.csv"} {
		got := command(t, "check", testdata(name), "--json", "--from=dialect")
		for _, secret := range []string{"reader", "example.com", "good"} {
			assert.NotContains(t, got.err, secret, name)
		}
		findings := 0
		for lines := bufio.NewScanner(strings.NewReader(got.out)); lines.Scan(); findings++ {
			assert.True(t, json.Valid(lines.Bytes()))
		}
		assert.Greater(t, findings, 20)
	}
}

// Amazon's own tools write the modes in upper case.
func TestMFAInAnyCase(t *testing.T) {
	file := csvFile(t, "ann@example.com,TRUE,ann")
	for _, mode := range []string{"on", "ON", "Optional"} {
		assert.Equal(t, command(t, "check", "--mfa="+strings.ToLower(mode), file), command(t, "check", "--mfa="+mode, file), mode)
	}
	assert.Equal(t, 2, command(t, "check", "--mfa=never", file).status)
}
