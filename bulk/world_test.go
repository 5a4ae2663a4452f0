package bulk_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

const poolID = "us-west-2_aaaaaaaaa"

// input is the input of an import.
func input() importjob.CreateInput {
	return importjob.CreateInput{JobName: "migration", UserPoolID: poolID,
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole"}
}

func pool() importjob.Pool {
	return importjob.Pool{ID: poolID, Name: "people", AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}
}

// newCognito returns a Cognito with a pool.
func newCognito(t testing.TB, opts memory.Options) *memory.Cognito {
	c := memory.New(&opts)
	_, err := c.CreatePool(t.Context(), userpool.Pool{Pool: pool()})
	require.NoError(t, err)
	return c
}

// user is a good one.
func user(name string) importjob.Record {
	return importjob.Record{"cognito:username": name, "email": name + "@example.com", "email_verified": "true"}
}

// good returns users called user1, user2, and so on.
func good(n int) []importjob.Record {
	users := make([]importjob.Record, n)
	for i := range users {
		users[i] = user(fmt.Sprintf("user%d", i+1))
	}
	return users
}

// sequence is a source of users.
func sequence(users ...importjob.Record) bulk.Source {
	return bulk.Records(func(yield func(importjob.Record, error) bool) {
		for _, u := range users {
			if !yield(u, nil) {
				return
			}
		}
	})
}

// dialect writes users to a file in Cognito's dialect.
func dialect(t *testing.T, users ...importjob.Record) string {
	path := filepath.Join(t.TempDir(), "users.csv")
	f, err := os.Create(path)
	require.NoError(t, err)
	w := importjob.NewWriter(f)
	w.AllowQuotes, w.NoLimits = true, true
	require.NoError(t, w.Write(pool().Header()))
	for _, u := range users {
		require.NoError(t, w.WriteRecord(u))
	}
	require.NoError(t, w.Flush())
	require.NoError(t, f.Close())
	return path
}

// outcome is a row of report.csv.
type outcome struct {
	SourceLine, Part, JobID, Line, Username, Outcome, Reason, Sub string
}

// readReport reads report.csv and summary.json of a directory, and checks that they agree.
func readReport(t *testing.T, dir string) ([]outcome, bulk.Summary) {
	f, err := os.Open(filepath.Join(dir, "report.csv"))
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	header := strings.Join(records[0], ",")
	require.Contains(t, []string{"source_line,part,job_id,line,username,outcome,reason", "source_line,part,job_id,line,username,outcome,reason,sub"}, header)
	var rows []outcome
	counts := map[string]int64{}
	for _, r := range records[1:] {
		o := outcome{SourceLine: r[0], Part: r[1], JobID: r[2], Line: r[3], Username: r[4], Outcome: r[5], Reason: r[6]}
		if len(r) > 7 {
			o.Sub = r[7]
		}
		counts[o.Outcome]++
		rows = append(rows, o)
	}
	text, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	require.NoError(t, err)
	var s bulk.Summary
	require.NoError(t, json.Unmarshal(text, &s))
	require.Equal(t, s.Rows, s.Imported+s.Skipped+s.Failed+s.Rejected+s.Unknown, "they add up")
	require.Len(t, rows, int(s.Rows))
	require.Equal(t, counts["rejected"], s.Rejected)
	require.Equal(t, counts["unknown"], s.Unknown+s.NotToldApart)
	require.Equal(t, counts["imported"]+counts["skipped"]+counts["failed"], s.Imported+s.Skipped+s.Failed-s.NotToldApart)
	if s.NotToldApart == 0 {
		require.Equal(t, counts["imported"], s.Imported)
		require.Equal(t, counts["failed"], s.Failed)
	}
	return rows, s
}

// usernames returns the usernames of the pool.
func usernames(t testing.TB, d userpool.Directory) map[string]bool {
	names := map[string]bool{}
	for u, err := range userpool.All(context.WithoutCancel(t.Context()), d, poolID) {
		require.NoError(t, err)
		require.False(t, names[u.Username])
		names[u.Username] = true
	}
	return names
}

// startForeign starts a job that nobody here has planned, of a number of users.
func startForeign(t *testing.T, c *memory.Cognito, id string, users int) importjob.UserImportJob {
	in := input()
	in.UserPoolID = id
	job, err := c.Create(t.Context(), in)
	require.NoError(t, err)
	var b strings.Builder
	w := importjob.NewWriter(&b)
	require.NoError(t, w.Write(pool().Header()))
	for i := range users {
		require.NoError(t, w.WriteRecord(user(fmt.Sprintf("foreign%s%d", job.JobID, i))))
	}
	require.NoError(t, w.Flush())
	require.NoError(t, c.Upload(t.Context(), job, strings.NewReader(b.String()), int64(b.Len())))
	job, err = c.Start(t.Context(), job.Ref())
	require.NoError(t, err)
	return job
}

func fmtInt(n int64) string { return fmt.Sprint(n) }

func firstJob(t *testing.T, c importjob.Client) string {
	for job, err := range importjob.Jobs(t.Context(), c, poolID) {
		require.NoError(t, err)
		return job.JobID
	}
	t.Fatal("no job")
	return ""
}

func everyFile(t *testing.T, dir string) (names []string) {
	require.NoError(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	return names
}

func readFile(t testing.TB, path string) string {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
