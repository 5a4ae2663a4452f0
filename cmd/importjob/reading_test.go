package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hashedExport writes an export, a file with the hashes of its users, and a mapping, and returns the arguments for them.
func hashedExport(t *testing.T, users int) []string {
	t.Helper()
	var e, h strings.Builder
	e.WriteString("id,mail\n")
	h.WriteString("user,hash\n")
	for i := range users {
		fmt.Fprintf(&e, "u%d,u%d@example.com\n", i, i)
		fmt.Fprintf(&h, "u%d,$2b$10$%s\n", i, strings.Repeat("a", 53))
	}
	dir := t.TempDir()
	export, hashes, mapping := filepath.Join(dir, "users.csv"), filepath.Join(dir, "hashes.csv"), filepath.Join(dir, "mapping.yaml")
	write(t, export, e.String())
	write(t, hashes, h.String())
	write(t, mapping, "id: id\ncolumns: {cognito:username: id, email: mail, email_verified: {set: \"true\"}}\nhashes: {format: csv, id: user, password: hash}\n")
	return []string{export, "--mapping", mapping, "--hashes", hashes}
}

// The bar of a command moves while it reads and while it joins a second file, and is gone at the end.
func TestReadingBar(t *testing.T) {
	joined, dialect := hashedExport(t, 20_000), csvFile(t, people(20_000)...)
	text := readText(t, dialect)
	for _, c := range []struct {
		args  []string
		stdin string
		title string
		size  string
	}{
		{append([]string{"check"}, joined...), "", "Checking", "/4.2 MB)"},
		{append([]string{"inspect"}, joined...), "", "Inspecting", "/4.2 MB)"},
		{[]string{"check", dialect}, "", "Checking", "/1.1 MB)"},
		{[]string{"check", "-"}, text, "Checking", ""},
		{[]string{"inspect", "-", "--from=csv"}, text, "Inspecting", ""},
	} {
		var out, errs bytes.Buffer
		bar := &readingBar{}
		std := streams{in: strings.NewReader(c.stdin), out: &out, err: &errs, terminal: true, reading: bar, interruptible: context.WithCancel}
		assert.Equal(t, 0, run(t.Context(), c.args, std), errs.String())
		assert.Contains(t, errs.String(), c.title, c.args)
		assert.Contains(t, errs.String(), c.size, c.args)
		last := errs.String()[strings.LastIndex(errs.String(), c.title):]
		assert.Contains(t, last, "\x1b[2K\r", "%v: the bar is cleared: %q", c.args, last)
		assert.GreaterOrEqual(t, bar.read, int64(len(text)), "%v: all was counted", c.args)
		assert.Equal(t, c.size == "/4.2 MB)", bar.matched > 0, c.args)
		assert.False(t, bar.shown())

		quiet := commandWith(t.Context(), c.stdin, false, c.args...)
		assert.NotContains(t, quiet.err, "\r", c.args)
		assert.Equal(t, quiet.out, out.String())
	}
}

// The bar of a join is not at its end when both files were read.
func TestReadingBarWhileMatching(t *testing.T) {
	bar, errs := &readingBar{}, &bytes.Buffer{}
	args := hashedExport(t, 1000)
	in := &input{paths: args[:1]}
	var err error
	in.options, err = (&exportFlags{Hashes: args[4]}).sourceOptions()
	require.NoError(t, err)
	read, matching := in.size()
	bar.show(in, "Checking", &streams{terminal: true, err: errs})
	require.NoError(t, in.options.Format.OnRead(int(read)))
	assert.Equal(t, 1, strings.Count(errs.String(), "Checking"), "drawn again only after a while")
	assert.Equal(t, read, bar.read)
	in.options.OnMatch(500, 2000)
	assert.Equal(t, matching/4, bar.matched)
	export, err := os.Stat(args[0])
	require.NoError(t, err)
	assert.Equal(t, read-export.Size(), matching, "the export is read twice")
	bar.end()
}

// Findings and the bar can be on one terminal.
func TestFindingsAreNotPrintedIntoTheBar(t *testing.T) {
	rows := people(20_000)
	for i := range rows {
		if i%10 == 0 {
			rows[i] = strings.Replace(rows[i], "@", ".", 1)
		}
	}
	for _, args := range [][]string{{csvFile(t, rows...)}, {csvFile(t, rows...), "--from=csv"}} {
		var terminal bytes.Buffer
		status := run(t.Context(), append([]string{"check"}, args...), streams{out: &terminal, err: &terminal, terminal: true, interruptible: context.WithCancel})
		assert.Equal(t, 1, status)
		text := terminal.String()
		require.Greater(t, strings.Count(text, "Invalid email address format"), 1999)
		for line := range strings.Lines(text) {
			if at := strings.LastIndex(line, "\r"); at >= 0 {
				line = line[at+1:] // what the terminal shows
			}
			if strings.Contains(line, "Invalid email") {
				assert.NotContains(t, line, "Checking")
				assert.Regexp(t, `^(.*users\.csv:\d+:|[\d,]+ rows)`, line)
			}
		}
		assert.Contains(t, text, "Checking")
	}
}

func readText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// Ctrl-C in the middle of a join leaves no file with password hashes behind.
func TestInterruptedJoinLeavesNoFile(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	args := hashedExport(t, 50_000)
	for _, name := range []string{"check", "inspect"} {
		var errs bytes.Buffer
		interrupted := false
		std := streams{out: &bytes.Buffer{}, err: &errs, terminal: true, interruptible: func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			interrupted = true
			cancel()
			return ctx, cancel
		}}
		assert.Equal(t, 1, run(t.Context(), append([]string{name}, args...), std), errs.String())
		assert.True(t, interrupted, "Ctrl-C would end the command at once, and leave the files")
		assert.Contains(t, errs.String(), "importjob: interrupted\n")
		left, err := os.ReadDir(temp)
		require.NoError(t, err)
		assert.Empty(t, left)
	}
}

func TestOutputAboveTheBar(t *testing.T) {
	var out, errs bytes.Buffer
	bar := &readingBar{}
	w := &withoutBar{w: &out, bar: bar}
	bar.show(&input{}, "Checking", &streams{err: &errs})
	for _, step := range []struct{ text, want string }{{"no bar", "no bar"}, {"\n", "no bar\n"}} {
		_, err := w.Write([]byte(step.text))
		require.NoError(t, err)
		assert.Equal(t, step.want, out.String())
	}
	bar.bar.w = &errs
	bar.bar.begin("Checking", 10)
	for _, step := range []struct{ text, want string }{{"one\ntw", "no bar\none\n"}, {"o", "no bar\none\n"}, {"!\nthree", "no bar\none\ntwo!\n"}} {
		_, err := w.Write([]byte(step.text))
		require.NoError(t, err)
		assert.Equal(t, step.want, out.String())
	}
	bar.end()
	require.NoError(t, w.flush())
	assert.Equal(t, "no bar\none\ntwo!\nthree", out.String())
}
