package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/userpool"
)

// A shell takes the line that a dry run prints as it stands.
func TestCommandLine(t *testing.T) {
	args := []string{"bulk", "it's", "", "a b", "$HOME", "`id`", `c:\d`, "--map=email=E-Mail", "*", "é", "~", "#", "--dir=x;y"}
	out, err := exec.Command("sh", "-c", strings.Replace(commandLine(args), "importjob", `printf %s\\n`, 1)).CombinedOutput()
	require.NoError(t, err)
	assert.Equal(t, strings.Join(args, "\n")+"\n", string(out))
	assert.Equal(t, "importjob bulk users.csv --dir d --map email=E-Mail", commandLine([]string{"bulk", "users.csv", "--dir", "d", "--map", "email=E-Mail"}))
}

// A file whose name looks like a flag stands behind "--", and nothing else does.
func TestBulkGoesOnWithAStrangeFile(t *testing.T) {
	text, err := os.ReadFile(csvFile(t, "ann@example.com,TRUE,ann"))
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("-x.csv", text, 0o600))
	got := command(t, "bulk", "--dir=d", "--dry-run", "--backend=memory", "--", "-x.csv")
	assert.Equal(t, 0, got.status, got.err)
	assert.Contains(t, got.out, ": importjob bulk --resume --dir d\n")
	assert.Equal(t, 0, command(t, "bulk", "--dir=d", "--resume", "--", "-x.csv").status)
	assert.Equal(t, 0, command(t, "bulk", "--dir=d", "--resume").status)
}

const crm = "\uFEFFLogin;E-Mail;Checked;Address;Notes, internal\r\n" +
	"ann;ann@example.com;true;\"1 Pine Street, Seattle\";\"likes; tea\"\r\n" +
	"bob;bob@example.com;true;\"2 Elm\nStreet\";\r\n" +
	"\"eve \"\"x\"\"\";eve@example.com;true;;\r\n" +
	"zoe;zoe@example.com;true;;\r\n"

func TestBulkTakesAnOrdinaryCSVFile(t *testing.T) {
	awsEnvironment(t)
	cognito := newPool(t, nil, nil)
	dir := newDir(t)
	args := append([]string{"bulk", textFile(t, crm), "--dir", dir, "--delimiter=;", "--map", "email=E-Mail", "--map=cognito:username=Login",
		"--map", "email_verified=Checked", "--map=address=Address", "--ignore", "Notes, internal"}, atPool...)
	got := atFake(t.Context(), wire(cognito), args...)
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "Imported  3\n")
	assert.ElementsMatch(t, []string{"ann", "bob", "zoe"}, usernamesIn(t, cognito))
	ann, err := cognito.User(t.Context(), userpool.Ref{UserPoolID: "us-west-2_aaaaaaaaa", Username: "ann"})
	require.NoError(t, err)
	assert.Equal(t, "1 Pine Street, Seattle", ann.Attributes.Value("address"))

	// What was rejected is a file to be mended and imported.
	text, err := os.ReadFile(filepath.Join(dir, "rejected.csv"))
	require.NoError(t, err)
	mended := textFile(t, strings.NewReplacer("2 Elm\nStreet", "2 Elm Street", `"eve ""x"""`, "eve").Replace(string(text)))
	second := []string{"bulk", mended, "--dir", newDir(t), "--ignore=source_line", "--ignore=attribute", "--ignore=reason", "--ignore=surplus"}
	got = atFake(t.Context(), wire(cognito), append(second, atPool...)...)
	assert.Equal(t, 0, got.status, got.err)
	assert.ElementsMatch(t, []string{"ann", "bob", "eve", "zoe"}, usernamesIn(t, cognito))
}

func TestBulkFormats(t *testing.T) {
	header := "cognito:username\temail\temail_verified\n"
	for _, c := range []struct {
		name, text string
		args       []string
	}{
		{"the names of the pool", strings.ReplaceAll(header, "\t", ",") + "ann,ann@example.com,true\n", []string{"--from=csv"}},
		{"a tab", header + "ann\tann@example.com\ttrue\n", []string{"--delimiter", "\t"}},
		{"a tab by name", header + "ann\tann@example.com\ttrue\n", []string{"--delimiter", `\t`}},
		{"one column for two", "mail,ok\nann@example.com,true\n", []string{"--map=email=mail", "--map=cognito:username=mail", "--map=email_verified=ok"}},
		{"a name with an equals sign", "cognito:username,a=b,email_verified\nann,ann@example.com,true\n", []string{`--map=email="a=b"`}},
		{"a dialect file by name", classic + ends + "\n,,,,,,,,,ann@example.com,TRUE,,,,,,,,,,ann\n", []string{"--from=dialect"}},
		{"password hashes", "cognito:username,email,email_verified,hash\nann,ann@example.com,true,$2b$10$" + strings.Repeat("a", 53) + "\n",
			[]string{"--map=password_hash=hash", "--password-hashing-algorithm=BCRYPT"}},
	} {
		got := command(t, append([]string{"bulk", "--backend=memory", textFile(t, c.text), "--dir", newDir(t)}, c.args...)...)
		assert.Equal(t, 0, got.status, "%s: %s", c.name, got.err)
		assert.Contains(t, got.out, "Rows      1\nImported  1\n", c.name)
	}
}

func TestBulkUsage(t *testing.T) {
	awsEnvironment(t)
	good, people := testdata("users.csv"), textFile(t, "Login,E-Mail,email_verified\nann,ann@example.com,true\n")
	strange := textFile(t, "A,B\n1,2\n")
	old := newDir(t)
	require.Equal(t, 0, command(t, "bulk", "--backend=memory", good, "--dir", old).status)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{}, "give an EXPORT, or --retry with the directory of an import"},
		{[]string{good, "--retry", old}, "--retry takes the place of EXPORT; give one of them"},
		{[]string{"--retry", old, "--map=a=b"}, "--map describes EXPORT, and --retry has none; leave it out"},
		{[]string{"--retry", old, "--from=csv"}, "--from describes EXPORT, and --retry has none; leave it out"},
		{[]string{"--retry", filepath.Join(old, "parts")}, filepath.Join(old, "parts") + ": the directory holds no import"},
		{[]string{"--retry", old + "/.", "--dir", old, "--resume"}, "--retry and --dir are the same"},
		{[]string{good, "other.csv"}, "other.csv: no such file or directory"},
		{[]string{good, "--dry-rum"}, `unknown flag --dry-rum, did you mean "--dry-run"? (see importjob bulk --help)`},
		{[]string{good, "--dryrun"}, `did you mean "--dry-run"?`},
		{[]string{"no-such.csv"}, "no-such.csv: no such file or directory"},
		{[]string{t.TempDir()}, "there is nothing in it"},
		{[]string{"/dev/null"}, "/dev/null is not a regular file: save the input to one"},
		{[]string{good, "--from=keyclaok"}, `--from keyclaok: no preset is named "keyclaok"; did you mean keycloak?`},
		{[]string{good, "--from=keycloak", "--mapping=m.yaml"}, "--mapping takes the place of --from keycloak; give one of them"},
		{[]string{good, "--mapping=no-such.yaml"}, "--mapping: open no-such.yaml: no such file or directory"},
		{[]string{good, "--mapping=" + people}, "--mapping " + people + ": "},
		{[]string{good, "--unusable-hash=keep"}, `--unusable-hash must be one of "reset","reject"`},
		{[]string{good, "--pbkdf2-alphabet=slash"}, `--pbkdf2-alphabet must be one of "plus","dot"`},
		{[]string{good, people, "--from=dialect"}, "--from dialect is for one file; give one"},
		{[]string{people, "--hashes=" + people}, "--hashes: the mapping does not say how a second file is joined"},
		{[]string{people, "--set=locale"}, "--set locale: give COLUMN=VALUE"},
		{[]string{people, "--default=locale="}, "--default locale=: give COLUMN=VALUE"},
		{[]string{people, "--encoding=klingon"}, "klingon"},
		{[]string{people, "--map=email=a["}, "a["},
		{[]string{good, "--backend=memry"}, `--backend must be one of "memory","aws" but got "memry" (see importjob bulk --help)`},
		{[]string{good, "--from=dialect", "--ignore=x"}, "--ignore is for an export, and --from dialect is none; leave one of them out"},
		{[]string{people, "--map=email"}, "--map email: give COLUMN=PATH"},
		{[]string{people, "--map==E-Mail"}, "--map =E-Mail: give COLUMN=PATH"},
		{[]string{people, "--map=email=a", "--map=email=b"}, "--map email=b: email is given twice"},
		{[]string{people, "--delimiter=ab"}, "--delimiter ab: give one character, such as ;"},
		{[]string{people, `--delimiter="`}, "give one character"},
		{[]string{people, "--delimiter=\n"}, `--delimiter \n: give one character`},
		{[]string{people, "--delimiter=\xff"}, "give one character"},
		{[]string{strange, "--from=csv"}, "nothing says which column is the username: map one to cognito:username; use --map COLUMN=PATH, --ignore COLUMN or --ignore-rest; importjob inspect"},
		{[]string{strange, "--map=cognito:username=A"}, "the mapping leaves over 1 column of the export"},
		{[]string{people, "--map=mail=E-Mail"}, "the pool has no column mail"},
		{[]string{people, "--map=email=Email"}, "the export has no column Email"},
		{[]string{good, "--part-rows=0"}, "--part-rows 0: give 1 to 500000"},
		{[]string{good, "--part-rows=-1"}, "--part-rows -1: give 1 to 500000"},
		{[]string{good, "--part-rows=500001"}, "--part-rows 500001: give 1 to 500000"},
		{[]string{good, "--part-rows=many"}, "--part-rows"},
		{[]string{good, "--job-name", strings.Repeat("x", 128)}, "--job-name: the job name has 128 characters, and at most 113 are possible: the service allows 128, and bulk appends"},
		{[]string{good, "--job-name=a:b"}, "Value 'a:b' at 'jobName'"},
		{[]string{good, "--rows-per-second=-1"}, "--rows-per-second -1: give 0 or more"},
		{[]string{good, "--backend=aws"}, "--user-pool-id is required at AWS"},
		{[]string{good, "--backend=aws", atPool[0]}, "--cloud-watch-logs-role-arn is required at AWS"},
		{[]string{good, "--region=eu-west-1"}, "--region works only with --backend aws"},
		{[]string{good, "--auto-verified=name"}, "autoVerifiedAttributes"},
		{[]string{good, "--dir", "/proc/nowhere/at/all"}, "no such file or directory"},
		{[]string{good, "--dir", ""}, "--dir: the name of the directory is empty"},
		{[]string{good, "--dir", good}, "users.csv: not a directory"},
	} {
		args := append([]string{"bulk", "--backend=memory"}, c.args...)
		dir := newDir(t)
		if !strings.Contains(strings.Join(c.args, " "), "--dir") {
			args = append(args, "--dir", dir)
		}
		got := command(t, args...)
		assert.Equal(t, 2, got.status, c.args)
		assert.Empty(t, got.out, c.args)
		assert.Contains(t, got.err, "importjob: ", c.args)
		assert.Contains(t, got.err, c.want, c.args)
		assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
		assert.NoDirExists(t, dir, "nothing was begun: %v", c.args)
	}
	assert.Equal(t, result{2, "", "importjob: missing flags: --dir=DIR (see importjob bulk --help)\n"}, command(t, "bulk", good))
}

func TestBulkHelp(t *testing.T) {
	got := command(t, "bulk", "--help")
	assert.Equal(t, 0, got.status)
	for _, want := range []string{"Usage: importjob bulk --dir=DIR [<export> ...]", "--map=COLUMN=PATH", "--from=NAME", "--phone-region=REGION", "--resume", "--retry=DIR", "--user-pool-id=ID", "    importjob bulk users.csv --dir migration --dry-run", "Exit status:", "Input:", "Settings of a pool in memory:"} {
		assert.Contains(t, got.out, want)
	}
	assert.Contains(t, command(t, "--help").out, "  bulk ")
}

func TestBulkOutputThatCannotBeWritten(t *testing.T) {
	for _, flag := range []string{"--json", "--dry-run", "--part-rows=300"} {
		errs := strings.Builder{}
		status := run(t.Context(), []string{"bulk", "--backend=memory", testdata("users.csv"), "--dir", newDir(t), flag},
			streams{out: brokenWriter{}, err: &errs, interruptible: context.WithCancel})
		assert.Equal(t, 2, status, flag)
		assert.Contains(t, errs.String(), "importjob: the output could not be written: no space left on device\n", flag)
	}
}

// Whoever sees the output of an import sees no value of a user in it.
func TestBulkTellsNobodysValues(t *testing.T) {
	awsEnvironment(t)
	files, err := filepath.Glob(testdata("*.csv"))
	require.NoError(t, err)
	people := textFile(t, crm)
	files = append(files, people, headerOf(t, "ann@example.com,+12065550100"), headerOf(t, "Berlin Mitte,ann@example.com,Berlin Mitte"))
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		if name == people { // it has a header, whose names can be shown
			_, text, _ = bytes.Cut(text, []byte("\n"))
		}
		for i, args := range [][]string{
			{"--json"}, {"--from=csv"},
			{"--map=email=E-Mail", "--map=cognito:username=Login", "--ignore=Checked", "--ignore=Address", "--ignore=Notes, internal", "--delimiter=;"},
			append([]string{"--backend=aws", "--part-rows=400"}, atPool...),
		} {
			var out, errs bytes.Buffer
			args = append([]string{"bulk", name, "--dir", newDir(t)}, args...)
			rt := wire(newPool(t, nil, nil))
			run(t.Context(), args, streams{out: &out, err: &errs, terminal: i%2 == 0, transport: rt, interruptible: context.WithCancel})
			for _, cell := range append(cells(string(text)), "X-Amz-", "verysecret") {
				if !strings.Contains(strings.Join(args, " "), cell) && strings.Contains(errs.String()+out.String(), cell) {
					assert.Fail(t, "shown: "+cell, "%v: %s%s", args, errs.String(), out.String())
				}
			}
		}
	}
}
