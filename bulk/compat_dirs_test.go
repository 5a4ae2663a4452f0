package bulk_test

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// This file reads testdata/v1, and makes of it what was there when an import ended.

const (
	v1Path  = "testdata/v1"
	v1Input = "/INPUT" // what the journals have instead of the path of the input
)

// v1Scenario is an import: scenario.json.
type v1Scenario struct {
	Source    v1Source                           `json:"source"`
	JobName   string                             `json:"job_name"`
	Algorithm importjob.PasswordHashingAlgorithm `json:"password_hashing_algorithm,omitempty"`
	PartRows  int                                `json:"part_rows"`
	NoResults bool                               `json:"no_results,omitempty"`
	Existing  []string                           `json:"existing,omitempty"`  // users in the pool before
	JobsRun   int                                `json:"jobs_run"`            // in the account, when all is done
	JobsLeft  int                                `json:"jobs_left,omitempty"` // that were made, but never run

	path string
}

// v1Source is where the users come from.
type v1Source struct {
	Kind     string            `json:"kind"`            // cognito, csv, users or retry
	Input    string            `json:"input,omitempty"` // a file beside scenario.json; for retry a directory in testdata/v1
	ModTime  time.Time         `json:"mod_time,omitzero"`
	Columns  map[string]string `json:"columns,omitempty"`
	Ignore   []string          `json:"ignore,omitempty"`
	Comma    string            `json:"comma,omitempty"`
	Outcomes []string          `json:"outcomes,omitempty"`
}

// v1Account is an account at the moment when an import ended, and what is to know of the directory:
// account.json.
type v1Account struct {
	Stage     string   `json:"stage"`
	Plan      string   `json:"plan"`       // the name that the directory has for its plan, if any
	Planned   bool     `json:"planned"`    // the plan is whole
	EmptyDirs []string `json:"empty_dirs"` // of import, which git does not keep
	Calls     []v1Call `json:"calls"`      // that had taken effect
	Now       string   `json:"now"`        // how long after the account was made
}

// v1Call is a call that changed the account.
type v1Call struct {
	At        string                             `json:"at"` // how long after the account was made
	Op        string                             `json:"op"` // create, upload, start or stop
	JobID     string                             `json:"job_id"`
	JobName   string                             `json:"job_name,omitempty"`
	Role      string                             `json:"role,omitempty"` // if it is not the usual one
	Algorithm importjob.PasswordHashingAlgorithm `json:"password_hashing_algorithm,omitempty"`
	File      string                             `json:"file,omitempty"` // what was uploaded: in import, or in first, the directory that is retried
}

// v1Outcomes are the outcomes by the names that rows.csv has for them.
var v1Outcomes = map[string]bulk.Outcome{
	"imported": bulk.OutcomeImported, "skipped": bulk.OutcomeSkipped, "failed": bulk.OutcomeFailed, "rejected": bulk.OutcomeRejected, "unknown": bulk.OutcomeUnknown,
}

// source returns the source of an import whose input is in root.
func (s *v1Scenario) source(t *testing.T, root string) bulk.Source {
	input := filepath.Join(root, "input")
	switch s.Source.Kind {
	case "cognito":
		return bulk.CognitoCSV(input)
	case "csv":
		opts := &bulk.CSVOptions{Columns: s.Source.Columns, Ignore: s.Source.Ignore}
		for _, comma := range s.Source.Comma {
			opts.Comma = comma
		}
		return bulk.CSV(input, opts)
	case "users":
		var users []importjob.Record
		readJSON(t, input, &users)
		return sequence(users...)
	}
	require.Equal(t, "retry", s.Source.Kind)
	var outcomes []bulk.Outcome
	for _, o := range s.Source.Outcomes {
		outcomes = append(outcomes, v1Outcomes[o])
	}
	return bulk.Retry(filepath.Join(root, "first"), &bulk.RetryOptions{Outcomes: outcomes})
}

// createInput is the input of Create for all jobs.
func (s *v1Scenario) createInput() importjob.CreateInput {
	in := input()
	in.JobName, in.PasswordHashingAlgorithm = s.JobName, s.Algorithm
	return in
}

// resume goes on with an import.
func (s *v1Scenario) resume(t *testing.T, c importjob.Client, root string, partRows int) (bulk.Summary, error) {
	opts := &bulk.Options{Resume: true, PartRows: partRows, NoResults: s.NoResults}
	return bulk.Import(t.Context(), c, s.createInput(), s.source(t, root), filepath.Join(root, "import"), opts)
}

// newAccount returns the account as it was before the import. Its jobs are numbered.
func (s *v1Scenario) newAccount(t *testing.T) *memory.Cognito {
	jobs := 0
	c := memory.New(&memory.Options{
		Seed:     1,
		NewJobID: func() string { jobs++; return fmt.Sprintf("import-%010d", jobs) },
		AssumeRole: func(arn string) error {
			if strings.HasSuffix(arn, "/Broken") {
				return errors.New("it is broken")
			}
			return nil
		},
		PendingFor:    2 * time.Second,
		RowsPerSecond: 1,
		Assumptions:   importjob.Assumptions{RefuseQuotes: true}, // so that some rows fail
	})
	p := pool()
	p.PasswordHashes = s.Algorithm != ""
	for _, attribute := range importjob.ClassicSchema() { // a few columns make small files
		if slices.Contains([]string{"name", "nickname", "email", "email_verified"}, attribute.Name) {
			p.Schema = append(p.Schema, attribute)
		}
	}
	_, err := c.CreatePool(t.Context(), userpool.Pool{Pool: p})
	require.NoError(t, err)
	for _, name := range s.Existing {
		_, err := c.AddUser(t.Context(), poolID, userpool.User{Username: name})
		require.NoError(t, err)
	}
	return c
}

// replay makes an account what it was.
func (a *v1Account) replay(t *testing.T, c importjob.Client, root string) {
	began := time.Now()
	sleepUntil := func(at string) {
		d, err := time.ParseDuration(at)
		require.NoError(t, err)
		time.Sleep(time.Until(began.Add(d)))
	}
	jobs := map[string]importjob.UserImportJob{}
	for _, call := range a.Calls {
		sleepUntil(call.At)
		job, err := jobs[call.JobID], error(nil)
		switch call.Op {
		case "create":
			in := input()
			in.JobName, in.PasswordHashingAlgorithm = call.JobName, call.Algorithm
			in.CloudWatchLogsRoleARN = cmp.Or(call.Role, in.CloudWatchLogsRoleARN)
			job, err = c.Create(t.Context(), in)
			jobs[job.JobID] = job
		case "upload":
			text := readFile(t, filepath.Join(root, filepath.FromSlash(call.File)))
			err = c.Upload(t.Context(), job, strings.NewReader(text), int64(len(text)))
		case "start":
			_, err = c.Start(t.Context(), job.Ref())
		case "stop":
			_, err = c.Stop(t.Context(), job.Ref())
		default:
			t.Fatalf("unknown call %q", call.Op)
		}
		require.NoError(t, err, "%+v", call)
		require.Equal(t, call.JobID, job.JobID)
	}
	sleepUntil(a.Now)
}

// canExpire reports whether a job has been made that was not started.
func (a *v1Account) canExpire() bool {
	open := map[string]bool{}
	for _, call := range a.Calls {
		open[call.JobID] = call.Op != "start" && call.Op != "stop"
	}
	return slices.Contains(slices.Collect(maps.Values(open)), true)
}

// layOut copies what an import had on the disk to a directory of the test: the state of the import,
// and its input.
func (s *v1Scenario) layOut(t *testing.T, stage string, a *v1Account) (root string) {
	root = t.TempDir()
	copyV1(t, filepath.Join(s.path, stage, "import"), root, "import")
	for _, name := range a.EmptyDirs {
		require.NoError(t, os.MkdirAll(filepath.Join(root, "import", filepath.FromSlash(name)), 0o700))
	}
	if s.Source.Kind == "retry" {
		copyV1(t, filepath.Join(v1Path, filepath.FromSlash(s.Source.Input)), root, "first")
		return root
	}
	input := filepath.Join(root, "input")
	require.NoError(t, os.WriteFile(input, []byte(readFile(t, filepath.Join(s.path, s.Source.Input))), 0o600))
	if !s.Source.ModTime.IsZero() {
		require.NoError(t, os.Chtimes(input, s.Source.ModTime, s.Source.ModTime))
	}
	return root
}

// copyV1 copies a directory to one in root, in whose journal the input is the one in root.
func copyV1(t *testing.T, from, root, name string) {
	path, err := json.Marshal(filepath.Join(root, "input"))
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir(from, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		to := filepath.Join(root, name, inside)
		if e.IsDir() {
			return os.Mkdir(to, 0o700)
		}
		text, err := os.ReadFile(file)
		if inside == "journal.jsonl" {
			text = []byte(strings.ReplaceAll(string(text), `"`+v1Input+`"`, string(path)))
		}
		return errors.Join(err, os.WriteFile(to, text, 0o600))
	}))
}

func readCSV(t *testing.T, path string) [][]string {
	r := csv.NewReader(strings.NewReader(readFile(t, path)))
	r.FieldsPerRecord = -1 // rows are rejected for that as well
	records, err := r.ReadAll()
	require.NoError(t, err)
	return records
}

func readJSON(t *testing.T, path string, v any) {
	require.NoError(t, json.Unmarshal([]byte(readFile(t, path)), v), path)
}

// v1Scenarios returns the scenarios and the stages of each.
func v1Scenarios(t *testing.T) map[*v1Scenario][]string {
	found := map[*v1Scenario][]string{}
	paths, err := filepath.Glob(filepath.Join(v1Path, "*", "scenario.json"))
	require.NoError(t, err)
	for _, path := range paths {
		s := &v1Scenario{path: filepath.Dir(path)}
		readJSON(t, path, s)
		stages, err := filepath.Glob(filepath.Join(s.path, "*", "account.json"))
		require.NoError(t, err)
		require.NotEmpty(t, stages, s.path)
		for _, stage := range stages {
			found[s] = append(found[s], filepath.Base(filepath.Dir(stage)))
		}
	}
	return found
}
