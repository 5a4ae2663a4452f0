package source_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/userpool"
)

var update = flag.Bool("update", false, "write the golden files")

// exports returns the directories of testdata/exports. Each is named by a preset, and has an export, and hashes.ndjson if there is
// a second file.
func exports(t testing.TB) []string {
	entries, err := os.ReadDir(filepath.Join("testdata", "exports"))
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// openExport opens the export in a directory of testdata/exports.
func openExport(t testing.TB, name string) *source.Source {
	dir := filepath.Join("testdata", "exports", name)
	files, err := filepath.Glob(filepath.Join(dir, "export*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	o := &source.Options{From: name, Now: now, Edits: source.Edits{PhoneRegion: "US", IgnoreRest: true}}
	if hashes := filepath.Join(dir, "hashes.ndjson"); fileExists(hashes) {
		o.Hashes = hashes
	}
	if options, err := os.ReadFile(filepath.Join(dir, "set")); err == nil {
		o.Set = map[string]string{}
		for line := range strings.Lines(string(options)) {
			column, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			o.Set[column] = value
		}
	}
	s, err := source.Open(t.Context(), files, emailPool(), o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

func fileExists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// The exports have the forms that the systems document, and hostile values: commas, quotation marks, line breaks, emoji, text from right to
// left, and long cells.
func TestExports(t *testing.T) {
	for _, name := range exports(t) {
		t.Run(name, func(t *testing.T) {
			s := openExport(t, name)
			got := s.Describe().String() + "\n" + readRows(t, s)
			golden := filepath.Join("testdata", "exports", name, "rows.golden")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

func TestEachPresetHasAnExport(t *testing.T) {
	require.Equal(t, source.Presets(), exports(t))
}

// TestExportsAreImported imports the good rows of each export, with a job for each algorithm, and compares the users with the rows.
func TestExportsAreImported(t *testing.T) {
	for _, name := range exports(t) {
		t.Run(name, func(t *testing.T) {
			s := openExport(t, name)
			rows := map[importjob.PasswordHashingAlgorithm][]importjob.Record{}
			for {
				row, err := s.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(t, err)
				if len(row.Findings) > 0 {
					continue
				}
				record := importjob.Record{}
				for i, column := range s.Columns() {
					if row.Values[i] != "" {
						record[column] = row.Values[i]
					}
				}
				rows[row.Hash.Algorithm] = append(rows[row.Hash.Algorithm], record)
			}
			require.NotEmpty(t, rows)
			for algorithm, records := range rows {
				compareUsers(t, s.Columns(), algorithm, records)
			}
		})
	}
}

// compareUsers imports records into memory, and compares the users.
func compareUsers(t *testing.T, columns []string, algorithm importjob.PasswordHashingAlgorithm, records []importjob.Record) {
	ctx := context.Background()
	cognito := memory.New(nil)
	set := emailPool()
	set.ID, set.Name, set.PasswordHashes = "", "customers", algorithm != ""
	pool, err := cognito.CreatePool(ctx, userpool.Pool{Pool: set})
	require.NoError(t, err)
	var file strings.Builder
	w := importjob.NewWriter(&file)
	w.AllowQuotes = true
	if algorithm == "" {
		columns = slices.DeleteFunc(slices.Clone(columns), func(name string) bool { return name == importjob.ColumnPasswordHash })
	}
	require.NoError(t, w.Write(columns))
	for _, r := range records {
		require.NoError(t, w.WriteRecord(r))
	}
	require.NoError(t, w.Flush())
	job, err := importjob.Import(ctx, cognito, importjob.CreateInput{
		JobName: "MyImportJob", UserPoolID: pool.ID, CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
		PasswordHashingAlgorithm: algorithm,
	}, strings.NewReader(file.String()), int64(file.Len()), nil)
	require.NoError(t, err)
	require.EqualValues(t, len(records), job.ImportedUsers, job.CompletionMessage)
	for _, r := range records {
		user, err := cognito.User(ctx, userpool.Ref{UserPoolID: pool.ID, Username: r[importjob.ColumnUsername]})
		require.NoError(t, err)
		for name, value := range r {
			switch name {
			case importjob.ColumnUsername, importjob.ColumnMFAEnabled:
			case importjob.ColumnPasswordHash:
				require.Equal(t, userpool.StatusConfirmed, user.Status)
			default:
				require.Equal(t, value, user.Attributes.Value(name), name)
			}
		}
	}
}
