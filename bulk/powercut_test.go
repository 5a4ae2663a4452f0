package bulk_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// The tests in this file fail the power after each event of an import, and resume from each state that the disk can
// have then.

// powerRun is an import until the power fails.
type powerRun struct {
	cognito *memory.Cognito
	disk    *powerDisk
	input   string
	done    bool // the import ended before
}

// call is an interceptor for which each call that changes the account is an event. After an outage nothing is sent.
func (p *powerDisk) call(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
	switch call.Op {
	case importjob.OpCreate, importjob.OpUpload, importjob.OpStart, importjob.OpStop:
	default: // it changes nothing, and there can be any number of them
		if p.failed {
			return importjob.ErrAccessDenied
		}
		return next(ctx)
	}
	var err error
	if p.event("call "+string(call.Op), func() error { err = next(ctx); return nil }) != nil {
		return importjob.ErrAccessDenied // an error that nobody retries
	}
	return err
}

func (r *powerRun) client() importjob.Client { return backend.Intercept(r.cognito, r.disk.call) }

// dir is the directory of the import. Its parents do not exist at first.
func (r *powerRun) dir(base string) string { return filepath.Join(base, "imports", "may", "import") }

// powerScenario is an import, and what must hold when it is resumed after an outage.
type powerScenario struct {
	run   func(t *testing.T, r *powerRun) error
	check func(t *testing.T, r *powerRun, dir, about string)
}

// everywhere fails the power everywhere. With IMPORTJOB_LONG it does so after each event, and otherwise after each twenty-fifth.
func (s powerScenario) everywhere(t *testing.T) {
	step := 25
	if os.Getenv("IMPORTJOB_LONG") != "" {
		step = 1
	}
	states, done := 0, false
	for at := 1; !done; at += step {
		var open []outage // of this event, those that are not tried yet
		for n := 0; n == 0 || n < len(open); n++ {
			synctest.Test(t, func(t *testing.T) {
				r := s.until(t, at)
				if done = r.done; done {
					return
				}
				all := r.disk.different()
				if n == 0 {
					open = all
				}
				require.Len(t, all, len(open), "each run has the same events")
				states++
				about := fmt.Sprintf("after event %d, %s: %s", at, r.disk.events[at-1], all[n].what)
				files := r.disk.tree(all[n])
				areComplete(t, files, about)
				base := t.TempDir()
				layOut(t, base, files)
				s.check(t, r, r.dir(base), about)
			})
			if t.Failed() {
				return
			}
		}
	}
	t.Logf("%d states", states)
	assert.Greater(t, states, 5)
}

// areComplete demands that each file is complete that has its last name.
func areComplete(t *testing.T, files map[string][]byte, about string) {
	for name, data := range files {
		end := map[string]string{"rejected.csv": "\n", "report.csv": "\n", "summary.json": "}\n", "report.html": "</html>\n"}[filepath.Base(name)]
		require.True(t, strings.HasSuffix(string(data), end), "%s: %s", about, name)
	}
}

// different returns the outages with different trees.
func (p *powerDisk) different() []outage {
	seen := map[string]bool{}
	return slices.DeleteFunc(p.outages(), func(o outage) bool {
		key := keyOf(p.tree(o))
		defer func() { seen[key] = true }()
		return seen[key]
	})
}

// keyOf returns the same text for trees that are the same but for names that are random.
func keyOf(files map[string][]byte) string {
	sizes := map[string]string{}
	for name, data := range files {
		sizes[name] = fmt.Sprint(len(data), len(data) > 0 && data[len(data)-1] == 0)
	}
	return fmt.Sprint(sizes) // in the order of the names
}

// until runs the import until the power fails.
func (s powerScenario) until(t *testing.T, at int) *powerRun {
	users := good(5)
	bad := user("bad")
	bad["email"] = "none"
	r := &powerRun{
		cognito: newCognito(t, memory.Options{RowsPerSecond: 10}),
		disk:    newPowerDisk(t),
		input:   dialect(t, append(users, bad, user("USER4"))...),
	}
	_, err := r.cognito.AddUser(t.Context(), poolID, userpool.User{Username: "user2"})
	require.NoError(t, err)
	r.disk.limit = at
	if err := s.run(t, r); !r.disk.failed {
		require.NoError(t, err)
		r.done = true
	}
	return r
}

var powerOptions = bulk.Options{Resume: true, PartRows: 2, Target: bulk.Target{Backend: "aws"}, Wait: importjob.WaitOptions{MinInterval: 100 * time.Millisecond}}

// isWhole resumes the import, and demands that each user is imported once.
func (r *powerRun) isWhole(t *testing.T, dir, about string) {
	opts := powerOptions
	s, err := bulk.ImportWith(t.Context(), r.cognito, input(), bulk.CognitoCSV(r.input), dir, &opts, bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}})
	require.NoError(t, err, about)
	require.Equal(t, bulk.Counts{Imported: 4, Skipped: 1}, s.Counts, about)
	require.EqualValues(t, 2, s.Rejected)
	require.Len(t, usernames(t, r.cognito), 5)
	rows, _ := readReport(t, dir)
	for i, row := range rows {
		require.Equal(t, fmtInt(int64(i+2)), row.SourceLine, about)
	}
	ran := map[string]int{}
	for job, err := range importjob.Jobs(t.Context(), r.cognito, poolID) {
		require.NoError(t, err)
		if !job.StartDate.IsZero() {
			ran[job.JobName]++
		}
	}
	require.Len(t, ran, len(s.Runs), about)
	for name, n := range ran {
		require.Equal(t, 1, n, "%s: two jobs %s", about, name)
	}
}

// wholeAgain is the check of a scenario that imports.
func wholeAgain(t *testing.T, r *powerRun, dir, about string) { r.isWhole(t, dir, about) }

// TestPowerCut fails the power during an import.
func TestPowerCut(t *testing.T) {
	powerScenario{check: wholeAgain, run: func(t *testing.T, r *powerRun) error {
		opts := powerOptions
		_, err := bulk.ImportWith(t.Context(), r.client(), input(), bulk.CognitoCSV(r.input), r.dir(r.disk.base), &opts, bulk.Hooks{Disk: r.disk})
		return err
	}}.everywhere(t)
}

// TestPowerCutAfterAStop fails the power while an import resumes whose job was stopped, and makes another part of the
// rows that the job did not read.
func TestPowerCutAfterAStop(t *testing.T) {
	powerScenario{check: wholeAgain, run: func(t *testing.T, r *powerRun) error {
		limit := r.disk.limit
		r.disk.limit = 0
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond) // one of ten rows a second
		defer cancel()
		opts := powerOptions
		opts.PartRows, opts.StopOnCancel = 4, true
		source, dir, hooks := bulk.CognitoCSV(r.input), r.dir(r.disk.base), bulk.Hooks{Disk: r.disk}
		_, err := bulk.ImportWith(ctx, r.client(), input(), source, dir, &opts, hooks)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		r.disk.events, r.disk.limit = nil, limit
		s, err := bulk.ImportWith(t.Context(), r.client(), input(), source, dir, &opts, hooks)
		if !r.disk.failed {
			require.Equal(t, 3, s.Runs[0].MovedTo)
		}
		return err
	}}.everywhere(t)
}

// TestPowerCutOfAPlanThatFails fails the power while a plan fails, and removes what it has written. The next call begins
// anew, with the input in order.
func TestPowerCutOfAPlanThatFails(t *testing.T) {
	broken := func(r *powerRun) bulk.Source {
		return bulk.Records(func(yield func(importjob.Record, error) bool) {
			for _, u := range good(3) {
				if !yield(u, nil) {
					return
				}
			}
			yield(nil, errDisk)
		})
	}
	powerScenario{
		run: func(t *testing.T, r *powerRun) error {
			opts := powerOptions
			_, err := bulk.PlanWith(t.Context(), r.client(), input(), broken(r), r.dir(r.disk.base), &opts, bulk.Hooks{Disk: r.disk})
			if !r.disk.failed {
				require.ErrorIs(t, err, errDisk)
			}
			return nil
		},
		check: func(t *testing.T, r *powerRun, dir, about string) {
			opts := powerOptions
			p, err := bulk.PlanWith(t.Context(), r.cognito, input(), sequence(good(3)...), dir, &opts, bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}})
			require.NoError(t, err, about)
			require.Equal(t, 2, p.Parts)
		},
	}.everywhere(t)
}
