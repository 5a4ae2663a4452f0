package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

// Standard input is saved to the directory, in any form, and imported from there.
func TestBulkFromStandardInput(t *testing.T) {
	dialect := readText(t, csvFile(t, people(9000)...))
	for name, c := range map[string]struct {
		text string
		args []string
		says string
		want string
	}{
		"the dialect":        {dialect, nil, "standard input: Cognito's CSV dialect\n", "Rows      9000\nImported  9000\n"},
		"the dialect as set": {dialect, []string{"--from=dialect"}, "standard input: Cognito's CSV dialect\n", "Rows      9000\nImported  9000\n"},
		"the dialect as CSV": {dialect, []string{"--from=csv"}, "standard input: CSV with ',', UTF-8, header of ", "Rows      9000\nImported  9000\n"},
		"an export":          {shop, shopArgs, "standard input: CSV with ',', UTF-8, header of 5 columns; mapping suggested", "Rows      3\nImported  1\n"},
		"a packed export":    {packed(t, shop), shopArgs, "standard input: gzip, CSV with ','", "Rows      3\nImported  1\n"},
		"Keycloak":           {readText(t, exportPath("keycloak", "export-users-0.json")), []string{"--phone-region=US"}, "standard input: JSON", "Rows      2\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := newDir(t)
			args := append([]string{"bulk", "-", "--backend=memory", "--dir", dir}, c.args...)
			got := commandWith(t.Context(), c.text, false, args...)
			assert.Less(t, got.status, 2, got.err)
			assert.Contains(t, got.out, c.want)
			assert.Contains(t, got.err, c.says)
			assert.NotContains(t, strings.ReplaceAll(got.err, standardInput, ""), "input", "not the name of the file")
			assert.True(t, strings.HasPrefix(got.err, "SIMULATION: saving the standard input: 0 B\n"), got.err)
			saved := filepath.Join(dir, "input")
			assert.Equal(t, c.text, readText(t, saved), "it stays")
			info, err := os.Stat(saved)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode())
		})
	}
}

// Once it is saved, nobody needs the standard input again.
func TestBulkFromStandardInputIsResumed(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		args []string
		want string
	}{
		"the dialect": {readText(t, csvFile(t, people(20)...)), nil, "Rows      20\nImported  20\n"},
		"an export":   {shop, shopArgs, "Rows      3\nImported  1\n"},
	} {
		for _, again := range [][]string{nil, {"-"}} {
			dir := newDir(t)
			planned := commandWith(t.Context(), c.text, false, append([]string{"bulk", "-", "--dry-run", "--dir", dir}, c.args...)...)
			assert.Less(t, planned.status, 2, planned.err)
			var out, errs bytes.Buffer
			std := streams{in: iotest.ErrReader(io.ErrClosedPipe), out: &out, err: &errs, interruptible: context.WithCancel}
			status := run(t.Context(), append([]string{"bulk", "--resume", "--backend=memory", "--dir", dir}, again...), std)
			assert.Less(t, status, 2, "%s: %s", name, errs.String())
			assert.Contains(t, out.String(), c.want, name)
			assert.Equal(t, again != nil, strings.Contains(errs.String(), "the standard input is not read: the directory has it\n"), errs.String())

			require.NoError(t, os.WriteFile(filepath.Join(dir, "input"), []byte(strings.ToUpper(c.text)), 0o600))
			got := command(t, "bulk", "--resume", "--backend=memory", "--dir", dir)
			assert.Equal(t, 2, got.status)
			assert.Contains(t, got.err, "the input or its options are not the same as in the plan")
		}
	}
}

// The built command is killed while it saves the standard input.
func TestBulkIsKilledWhileItSaves(t *testing.T) {
	text := readText(t, csvFile(t, people(20_000)...))
	dir := newDir(t)
	cmd := exec.Command(build(t), "bulk", "-", "--dir", dir, "--dry-run", "--job-name=night", "--part-rows=5000")
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = io.WriteString(stdin, text[:len(text)/2]) // more than a pipe holds
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	require.FileExists(t, filepath.Join(dir, "input.new"))
	require.NoFileExists(t, filepath.Join(dir, "input"))

	got := command(t, "bulk", "--resume", "--dir", dir, "--dry-run")
	assert.Equal(t, result{2, "", "importjob: --dir " + dir + ": the standard input was not saved completely; give it again: importjob bulk - --resume --dir " + dir + " < FILE\n"}, got)
	got = commandWith(t.Context(), text, false, "bulk", "-", "--dir", dir)
	assert.Equal(t, 2, got.status)
	got = commandWith(t.Context(), text, false, "bulk", "-", "--dir", dir, "--dry-run")
	assert.Contains(t, got.err, "the directory is not empty; give --resume to continue")
	got = interruptedAfter(t, text[:500_000], "bulk", "-", "--resume", "--dir", dir, "--dry-run")
	assert.Equal(t, "importjob: interrupted before the standard input was saved; give it again: importjob bulk - --resume --dir "+dir+" < FILE", lastLine(got.err))
	got = commandWith(t.Context(), text, false, "bulk", "-", "--resume", "--dir", dir, "--dry-run")
	assert.Equal(t, 0, got.status, got.err)
	assert.Contains(t, got.out, "Rows      20000\nRejected  0\nJobs      4\n", "the flags are those of the first call")
	assert.Equal(t, text, readText(t, filepath.Join(dir, "input")))
}

// interruptedAfter runs a command that Ctrl-C interrupts after a text from its standard input, together with what writes it.
func interruptedAfter(t *testing.T, text string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errs bytes.Buffer
	r := io.MultiReader(strings.NewReader(text), readerFunc(func([]byte) (int, error) { cancel(); return 0, io.EOF }))
	status := run(ctx, args, streams{in: r, out: &out, err: &errs, interruptible: context.WithCancel})
	return result{status, out.String(), errs.String()}
}

// Ctrl-C while the standard input is saved leaves nothing to resume, unless there was something before.
func TestBulkIsInterruptedWhileItSaves(t *testing.T) {
	text := readText(t, csvFile(t, people(20_000)...))
	dir := newDir(t)
	got := interruptedAfter(t, text[:500_000], "bulk", "-", "--dir", dir, "--dry-run")
	assert.Equal(t, 1, got.status)
	assert.Equal(t, "importjob: interrupted before the plan was complete; begin again", lastLine(got.err))
	assert.NoDirExists(t, dir)
	file := csvFile(t, people(20_000)...)
	ctx, cancel := context.WithCancel(t.Context())
	var lines strings.Builder
	errs := writerFunc(func(p []byte) (int, error) {
		if strings.Contains(string(p), "planning: ") {
			cancel()
		}
		return lines.Write(p)
	})
	status := run(ctx, []string{"bulk", file, "--dir", dir, "--dry-run"}, streams{out: &bytes.Buffer{}, err: errs, interruptible: context.WithCancel})
	assert.Equal(t, 1, status)
	assert.Equal(t, "importjob: interrupted before the plan was complete; begin again", lastLine(lines.String()), "so it is with a file")
	assert.NoDirExists(t, dir)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestBulkFromStandardInputUsage(t *testing.T) {
	file := csvFile(t, people(3)...)
	old := newDir(t)
	require.Equal(t, 0, command(t, "bulk", file, "--dry-run", "--dir", old).status)
	for _, c := range []struct {
		args []string
		in   string
		want string
	}{
		{[]string{"-", file}, shop, "- is the only EXPORT if it is given; save the standard input to a file to import several"},
		{[]string{"-", "-"}, shop, "- is the only EXPORT if it is given"},
		{[]string{"-", "--hashes=-"}, shop, "--hashes: - is the standard input, which can be read only once; give a file"},
		{[]string{file, "--hashes=-"}, shop, "--hashes: - is the standard input, which can be read only once; give a file"},
		{[]string{"-", "--hashes=no-such.json"}, shop, "--hashes: "},
		{[]string{"-"}, "", "standard input: line 1: the file is empty"},
		{[]string{"-"}, "A,B\n1,2\n", "nothing says which column is the username"},
		{[]string{"-"}, packed(t, shop)[:60], "standard input: gzip: the file is cut off"},
		{[]string{"-"}, "x," + classic + ends + "\n", "standard input: line 1, column 1: the pool has no such attribute; its header is that"},
		{[]string{"-", "--dir", old, "--resume"}, readText(t, file), "the input or its options are not the same as in the plan"},
		{[]string{"-", "--dir", old}, readText(t, file), "the directory is not empty"},
	} {
		dir := newDir(t)
		args := append([]string{"bulk", "--dry-run", "--dir", dir}, c.args...)
		if strings.Contains(strings.Join(c.args, " "), "--dir") {
			args = append([]string{"bulk", "--dry-run"}, c.args...)
		}
		got := commandWith(t.Context(), c.in, false, args...)
		assert.Equal(t, 2, got.status, c.args)
		assert.Contains(t, lastLine(got.err), c.want, c.args)
		assert.NotContains(t, got.err, filepath.Join(dir, "input"), "this file is gone")
		assert.NoDirExists(t, dir)
		assert.NoFileExists(t, filepath.Join(old, "input"))
	}
	for _, name := range []string{"check", "inspect"} {
		got := command(t, name, file, "--from=csv", "--hashes=-")
		assert.Equal(t, 2, got.status)
		assert.Contains(t, got.err, "--hashes: - is the standard input, which can be read only once; give a file\n")
	}
}

func TestBulkShowsWhatIsSaved(t *testing.T) {
	text := readText(t, csvFile(t, people(9000)...))
	got := commandWith(t.Context(), text, true, "bulk", "-", "--dir", newDir(t), "--dry-run")
	assert.Equal(t, 0, got.status, got.err)
	assert.Contains(t, got.err, "Saving the standard input ( 0 B")
}
