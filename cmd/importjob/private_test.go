package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// cells are the values of a file that are long enough to be found, those of its first line too: a file without
// header begins with somebody's data. The names of columns are nobody's.
func cells(text string) []string {
	names := "," + classic + ends + ",password_hash,"
	var cells []string
	for line := range strings.Lines(text) {
		for cell := range strings.SplitSeq(strings.TrimSpace(line), ",") {
			if cell = strings.TrimSpace(cell); len(cell) > 5 && !strings.Contains(names, cell) {
				cells = append(cells, cell)
			}
		}
	}
	return cells
}

// The standard error ends up in logs. What stands in a file stays out of it, whatever is wrong with the file, and so
// does what opens doors.
func TestTheStandardErrorHasNoPersonalData(t *testing.T) {
	awsEnvironment(t)
	files, err := filepath.Glob(testdata("*.csv"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	files = append(files, csvFile(t, "secret@example.com,secret-flag,secret-name"), headerOf(t, "ann@example.com,+12065550100"), headerOf(t, "Berlin,ann@example.com,Berlin"))
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		cognito, job := ran(t, name)
		for _, args := range [][]string{
			{"run", name}, {"run", "--json", name}, {"check", name}, {"check", "--json", name},
			append([]string{"run", "--backend=aws", name}, atPool...),
			{"check", "--backend=aws", atPool[0], name},
			{"results", "--job-id", job.JobID, atPool[0], name},
			{"results", "--all", "--job-id", job.JobID, atPool[0], name},
		} {
			out, errs := bytes.Buffer{}, bytes.Buffer{}
			std := streams{out: &out, err: &errs, terminal: true, transport: wire(cognito), interruptible: context.WithCancel}
			run(t.Context(), args, std)
			for _, cell := range append(cells(string(text)), "X-Amz-", "verysecret") {
				if strings.Contains(errs.String(), cell) {
					assert.Fail(t, "shown on the standard error: "+cell, "%v: %s", args, errs.String())
				}
			}
		}
	}
}

// headerOf makes a file with one line.
func headerOf(t *testing.T, line string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "one.csv")
	require.NoError(t, os.WriteFile(name, []byte(line+"\n"), 0o600))
	return name
}

// Neither does a completion message, which others log.
func TestTheCompletionMessageHasNoPersonalData(t *testing.T) {
	_, job := ran(t, headerOf(t, "ann@example.com,+12065550100"))
	assert.Equal(t, importjob.StatusFailed, job.Status)
	assert.NotContains(t, job.CompletionMessage, "ann")
	assert.NotContains(t, job.CompletionMessage, "1206")
}
