package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatCannotBeDoneIsOneLine(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "socket")
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	defer listener.Close()
	good := testdata("users.csv")

	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no arguments", nil, "no command given; importjob --help lists the commands"},
		{"unknown command", []string{"chek", good}, `unexpected argument chek, did you mean "check"?`},
		{"a file but no command", []string{good}, "unexpected argument " + good},
		{"unknown flag", []string{"run", good, "--jsn"}, `unknown flag --jsn, did you mean "--json"? (see importjob run --help)`},
		{"flag of another command", []string{"check", good, "--job-name=x"}, "unknown flag --job-name"},
		{"flag without value", []string{"run", good, "--job-name"}, "--job-name: expected string value"},
		{"no file", []string{"run"}, `expected "<file>" (see importjob run --help)`},
		{"two files", []string{"check", good, "other.csv"}, "other.csv: no such file or directory"},
		{"an argument too many", []string{"header", good}, "unexpected argument"},
		{"missing file", []string{"run", "no-such.csv"}, "open no-such.csv: no such file or directory"},
		{"missing file to check", []string{"check", "no-such.csv"}, "open no-such.csv: no such file or directory"},
		{"empty name", []string{"run", ""}, "the name of the file is empty; give a CSV file"},
		{"name with a line break", []string{"run", "two\nlines\x1b[31m"}, `open two\nlines\x1b[31m: no such file or directory`},
		{"directory", []string{"run", dir}, dir + ": is a directory; give a CSV file"},
		{"directory to check", []string{"check", dir}, dir + ": there is nothing in it"},
		{"socket", []string{"run", socket}, "open " + socket + ": no such device or address"},
		{"socket to check", []string{"check", socket}, "open " + socket + ": no such device or address"},
		{"not a file on disk", []string{"run", "/dev/null"}, "/dev/null: not a regular file, and an upload needs the size first; copy it to a regular file"},
		{"standard input to run", []string{"run", "-"}, "the standard input cannot be uploaded, since an upload needs the size first; save it to a file"},
		{"unreadable", []string{"run", "/proc/self/mem"}, "/proc/self/mem: cannot be read: input/output error"},
		{"unreadable to check", []string{"check", "/proc/self/mem"}, "read /proc/self/mem: input/output error"},
		{"size not known", []string{"run", "/proc/version"}, "/proc/version: its size is not known, and an upload needs the size first; copy it to a regular file"},
		{"bad pool id", []string{"run", good, "--user-pool-id", "pool"}, `InvalidParameterException: 1 validation error detected: Value 'pool' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w-]+_[0-9a-zA-Z]+`},
		{"bad pool id to check", []string{"check", good, "--user-pool-id", "pool"}, `Value 'pool' at 'userPoolId'`},
		{"bad pool id for the header", []string{"header", "--user-pool-id", ""}, `at 'userPoolId'`},
		{"bad job name", []string{"run", good, "--job-name", "a:b"}, `Value 'a:b' at 'jobName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w\s+=,.@-]+`},
		{"long job name", []string{"run", good, "--job-name", strings.Repeat("x", 129)}, "Member must have length less than or equal to 128"},
		{"two bad values", []string{"run", good, "--job-name", "", "--cloud-watch-logs-role-arn", "role"}, "validation errors detected"},
		{"bad schema", []string{"header", "--schema", "old"}, `--schema must be one of "classic","newer" but got "old"`},
		{"bad auto-verified", []string{"run", good, "--auto-verified", "name"}, `autoVerifiedAttributes: "name" is not one of email phone_number`},
		{"bad type", []string{"header", "--custom", "level:Nmber"}, `type "Nmber" is not one of String Number Boolean DateTime`},
		{"custom twice", []string{"header", "--custom", "level", "--custom", "custom:level:Number"}, "--custom custom:level:Number: the pool has this attribute already; give each name once"},
		{"custom without name", []string{"header", "--custom", ":Number"}, `attribute "custom:"`},
		{"bad required", []string{"header", "--required", "nick"}, "--required nick: no standard attribute has this name; importjob header lists the names"},
		{"aliases and username attributes", []string{"header", "--alias-attributes=email", "--username-attributes=email"}, "not both"},
		{"bad algorithm", []string{"run", good, "--password-hashing-algorithm", "MD5"}, `--password-hashing-algorithm must be one of "BCRYPT","SCRYPT","ARGON2ID","PBKDF2_SHA256" but got "MD5"`},
		{"bad pace", []string{"run", good, "--rows-per-second", "-3"}, "--rows-per-second"},
		{"no number", []string{"run", good, "--rows-per-second", "fast"}, "--rows-per-second"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if runtime.GOOS != "linux" && len(c.args) > 1 && (strings.HasPrefix(c.args[1], "/") || c.args[1] == socket) {
				t.Skip("the words are those of Linux")
			}
			got := command(t, c.args...)
			assert.Equal(t, 2, got.status)
			assert.Empty(t, got.out)
			assert.Contains(t, got.err, c.want)
			assert.True(t, strings.HasPrefix(got.err, "importjob: "), got.err)
			assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
			assert.True(t, strings.HasSuffix(got.err, "\n"))
		})
	}
}

// Root may read everything, so root runs the command as another user.
func TestPermissionDenied(t *testing.T) {
	dir, importjob := t.TempDir(), command
	if os.Geteuid() == 0 {
		dir, importjob = asNobody(t)
	}
	for name, perm := range map[string]os.FileMode{"readable.csv": 0o644, "users.csv": 0} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, perm))
	}
	readable, denied := filepath.Join(dir, "readable.csv"), filepath.Join(dir, "users.csv")
	for _, name := range []string{"run", "check"} {
		assert.Equal(t, result{2, "", "importjob: open " + denied + ": permission denied\n"}, importjob(t, name, denied))
		assert.NotContains(t, importjob(t, name, readable).err, "permission denied")
	}
}

func TestHelp(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--help"}, []string{"Usage: importjob <command>", "run", "check", "header", "--version", "Examples:\n  importjob check users.csv\n", "AWS_REGION", "Exit status:\n  0  "}},
		{[]string{"help"}, []string{"Usage: importjob <command>"}},
		{[]string{"help", "check"}, []string{"Usage: importjob check <export> ... [flags]"}},
		{[]string{"inspect", "--help"}, []string{"Usage: importjob inspect <export> ... [flags]", "--save=FILE", "    importjob inspect crm.csv\n", "Exit status:"}},
		{[]string{"mappings", "--help"}, []string{"Usage: importjob mappings [<name>] [flags]", "--schema", "    importjob mappings keycloak > mapping.yaml\n", "Exit status:"}},
		{[]string{"run", "--help"}, []string{"Usage: importjob run <file>", "--user-pool-id=ID", "us-west-2_aaaaaaaaa", "--json", "Examples:\n\n    importjob run users.csv\n", "Exit status:\n\n    0  "}},
		{[]string{"check", "-h"}, []string{"FILE:LINE:COLUMN: ATTRIBUTE: REASON", "standard input", "    importjob check users.csv\n", "Exit status:"}},
		{[]string{"results", "--help"}, []string{"Usage: importjob results --job-id=ID [<file>]", "    importjob results --user-pool-id", "Exit status:"}},
		{[]string{"serve", "--help"}, []string{"Usage: importjob serve", "--control", "/control/advance", "    importjob serve\n", "Exit status:"}},
		{[]string{"header", "--help"}, []string{"Usage: importjob header", "--custom=NAME[:TYPE]", "    importjob header > users.csv\n", "Exit status:"}},
	} {
		got := command(t, c.args...)
		assert.Equal(t, 0, got.status, c.args)
		assert.Empty(t, got.err, c.args)
		for _, want := range c.want {
			assert.Contains(t, got.out, want, c.args)
		}
	}
}

func TestVersion(t *testing.T) {
	for _, args := range [][]string{{"--version"}, {"run", "--version"}} {
		got := command(t, args...)
		assert.Equal(t, 0, got.status)
		assert.Regexp(t, `^importjob \S+\n$`, got.out)
		assert.Empty(t, got.err)
	}
}

// brokenWriter fails like a full disk.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	for _, args := range [][]string{
		{"run", testdata("users.csv")}, {"run", testdata("broken.csv"), "--json"}, {"check", testdata("broken.csv")},
		{"header"}, {"header", "--json"}, {"--help"}, {"--version"},
	} {
		errs := strings.Builder{}
		status := run(t.Context(), args, streams{in: strings.NewReader(""), out: brokenWriter{}, err: &errs, interruptible: context.WithCancel})
		assert.Equal(t, 2, status, args)
		assert.Contains(t, errs.String(), "importjob: the output could not be written: no space left on device\n", args)
	}
}

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"":               "",
		"Παπαδοπούλου 𠮷": "Παπαδοπούλου 𠮷",
		"a\nb\r\tc":      `a\nb\r\tc`,
		"\x1b[2Jgone":    `\x1b[2Jgone`,
		"bad \xff byte":  "bad \uFFFD byte",
		"rtl\u202Eevil":  `rtl\u202eevil`,
		"o'brien":        "o'brien",
		"quo\"te\nd'":    `quo"te\nd'`,
		"no\u00A0break":  `no\u00a0break`,
	} {
		assert.Equal(t, want, oneLine(in))
	}
}
