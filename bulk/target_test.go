package bulk_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
)

// TestAnotherTarget resumes an import at another service.
func TestAnotherTarget(t *testing.T) {
	m := newCognito(t, memory.Options{})
	path := dialect(t, good(5)...)
	was := bulk.Target{Backend: "aws", Region: "us-west-2"}
	for _, imported := range []bool{false, true} {
		dir := filepath.Join(t.TempDir(), "import")
		opts := &bulk.Options{Target: was, Wait: quick, Args: []string{"--flag=value"}}
		_, err := planQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts)
		require.NoError(t, err)
		opts.Resume = true
		if imported {
			s, err := importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts)
			require.NoError(t, err)
			assert.Equal(t, bulk.Target{Backend: "aws", Region: "us-west-2", Account: "111111111111"}, s.Target)
		}
		for want, change := range map[string]func(*bulk.Target, *importjob.CreateInput){
			`with the backend "aws", not "memory"`:                          func(o *bulk.Target, _ *importjob.CreateInput) { o.Backend = "memory" },
			`with the Region "us-west-2", not "eu-west-1"`:                  func(o *bulk.Target, _ *importjob.CreateInput) { o.Region = "eu-west-1" },
			`with the endpoint that is the default, not "http://127.0.0.1"`: func(o *bulk.Target, _ *importjob.CreateInput) { o.Endpoint = "http://127.0.0.1" },
			`with the account "111111111111", not "222222222222"`:           func(o *bulk.Target, _ *importjob.CreateInput) { o.Account = "222222222222" },
			`with the account "111111111111", not "333333333333"`: func(_ *bulk.Target, in *importjob.CreateInput) {
				in.CloudWatchLogsRoleARN = "arn:aws:iam::333333333333:role/Logs"
			},
			`with the backend "aws", not that is the default and with the Reg`: func(o *bulk.Target, _ *importjob.CreateInput) { *o = bulk.Target{} },
		} {
			in, other := input(), *opts
			change(&other.Target, &in)
			_, err := importQuickly(t.Context(), m, in, bulk.CognitoCSV(path), dir, &other)
			var target *bulk.TargetError
			require.ErrorAs(t, err, &target, want)
			assert.ErrorIs(t, err, bulk.ErrDirInUse)
			assert.ErrorContains(t, err, want)
			_, err = planQuickly(t.Context(), m, in, bulk.CognitoCSV(path), dir, &other)
			assert.ErrorAs(t, err, &target, want)
		}
		saved, err := bulk.Load(dir)
		require.NoError(t, err)
		assert.Equal(t, input(), saved.Input)
		assert.Equal(t, []string{"--flag=value"}, saved.Args)
		s, err := importQuickly(t.Context(), m, saved.Input, saved.Source, dir, &bulk.Options{Resume: true, Target: saved.Target, Wait: quick})
		require.NoError(t, err)
		assert.EqualValues(t, 5, s.Imported+s.Skipped)
	}
}

// TestTargetThatIsNamedLater names a target only when jobs were run. A service that does not know them is refused.
func TestTargetThatIsNamedLater(t *testing.T) {
	m := newCognito(t, memory.Options{})
	path := dialect(t, good(5)...)
	dir := plannedDir(t, m, path)
	_, err := importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, &bulk.Options{Resume: true, Wait: quick})
	require.NoError(t, err)
	opts := &bulk.Options{Resume: true, Wait: quick, Target: bulk.Target{Backend: "aws"}}
	_, err = importQuickly(t.Context(), newCognito(t, memory.Options{}), input(), bulk.CognitoCSV(path), dir, opts)
	require.ErrorIs(t, err, bulk.ErrDirInUse)
	assert.ErrorContains(t, err, "its jobs were run at another service")
	s, err := importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts)
	require.NoError(t, err)
	assert.Equal(t, "aws", s.Target.Backend)
	opts.Target.Backend = "memory"
	_, err = importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, opts)
	require.ErrorIs(t, err, bulk.ErrDirInUse)
}

// TestLoad reads the sources of directories.
func TestLoad(t *testing.T) {
	m := newCognito(t, memory.Options{})
	_, err := bulk.Load(t.TempDir())
	assert.ErrorContains(t, err, "the directory holds no import")
	people := write(t, "Login;E-Mail;email_verified;Notes\njane;jane@example.com;true;x\n")
	mapped := &bulk.CSVOptions{Comma: ';', Columns: map[string]string{"cognito:username": "Login", "email": "E-Mail"}, Ignore: []string{"Notes"}}
	first := filepath.Join(t.TempDir(), "first")
	_, err = importQuickly(t.Context(), m, input(), bulk.CSV(people, mapped), first, &bulk.Options{Wait: quick})
	require.NoError(t, err)
	imported := &bulk.RetryOptions{Outcomes: []bulk.Outcome{bulk.OutcomeImported}}
	edited := &bulk.RetryOptions{Outcomes: imported.Outcomes, Edit: func(r bulk.RetryRow) (importjob.Record, error) { return r.Record, nil }}
	for _, c := range []struct {
		source bulk.Source
		known  bool
	}{
		{bulk.CSV(people, mapped), true},
		{bulk.CognitoCSV(dialect(t, good(1)...)), true},
		{bulk.Retry(first, imported), true},
		{bulk.Retry(first, edited), false},
		{sequence(good(1)...), false},
	} {
		dir := filepath.Join(t.TempDir(), "import")
		_, err := planQuickly(t.Context(), m, input(), c.source, dir, nil)
		require.NoError(t, err)
		saved, err := bulk.Load(dir)
		require.NoError(t, err)
		require.Equal(t, c.known, saved.Source != nil)
		if c.known {
			s, err := importQuickly(t.Context(), m, saved.Input, saved.Source, dir, &bulk.Options{Resume: true, Wait: quick})
			require.NoError(t, err)
			assert.EqualValues(t, 1, s.Rows)
		}
	}
}

// TestRetryWithoutTheFirstDirectory removes the directory of the first import when its retry is planned, or has it in
// use by another import.
func TestRetryWithoutTheFirstDirectory(t *testing.T) {
	m := newCognito(t, memory.Options{})
	first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
	_, err := importQuickly(t.Context(), m, input(), sequence(good(3)...), first, &bulk.Options{Wait: quick})
	require.NoError(t, err)
	source := bulk.Retry(first, &bulk.RetryOptions{Outcomes: []bulk.Outcome{bulk.OutcomeImported}})
	_, err = planQuickly(t.Context(), m, input(), source, second, nil)
	require.NoError(t, err)
	inUse := backend.Intercept(m, before(importjob.OpPool, func() error {
		p, err := planQuickly(t.Context(), m, input(), source, second, &bulk.Options{Resume: true})
		assert.NoError(t, err, "the first directory is locked")
		assert.EqualValues(t, 3, p.Rows)
		return importjob.ErrAccessDenied
	}))
	_, err = planQuickly(t.Context(), inUse, input(), source, filepath.Join(t.TempDir(), "third"), nil)
	require.ErrorIs(t, err, importjob.ErrAccessDenied)
	other := bulk.Retry(first, &bulk.RetryOptions{Outcomes: []bulk.Outcome{bulk.OutcomeFailed}})
	_, err = importQuickly(t.Context(), m, input(), other, second, &bulk.Options{Resume: true, Wait: quick})
	require.ErrorIs(t, err, bulk.ErrSourceChanged)
	require.NoError(t, os.RemoveAll(first))
	s, err := importQuickly(t.Context(), m, input(), source, second, &bulk.Options{Resume: true, Wait: quick})
	require.NoError(t, err)
	assert.Equal(t, bulk.Counts{Skipped: 3}, s.Counts)
}

// TestPlannedEnded plans, imports a part, and imports the rest.
func TestPlannedEnded(t *testing.T) {
	m := newCognito(t, memory.Options{})
	path := dialect(t, good(5)...)
	dir := plannedDir(t, m, path)
	ended := func() int {
		p, err := planQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, &bulk.Options{Resume: true})
		require.NoError(t, err)
		return p.Ended
	}
	assert.Equal(t, 0, ended())
	refuse := backend.Faults(backend.FaultOptions{Faults: []backend.Fault{{Op: importjob.OpCreate, Err: importjob.ErrAccessDenied, On: backend.Nth(2)}}})
	_, err := importQuickly(t.Context(), backend.Intercept(m, refuse), input(), bulk.CognitoCSV(path), dir, &bulk.Options{Resume: true, Wait: quick})
	require.ErrorIs(t, err, importjob.ErrAccessDenied)
	assert.Equal(t, 1, ended())
	_, err = importQuickly(t.Context(), m, input(), bulk.CognitoCSV(path), dir, &bulk.Options{Resume: true, Wait: quick})
	require.NoError(t, err)
	assert.Equal(t, 3, ended())
}

// TestCallTimeout has each operation hang once. Its call ends after CallTimeout, and the import goes on. Only an Upload
// can take as long as it needs.
func TestCallTimeout(t *testing.T) {
	for _, op := range []importjob.Op{importjob.OpPool, importjob.OpCreate, importjob.OpUpload, importjob.OpStart, importjob.OpDescribe, importjob.OpResults, importjob.OpList} {
		synctest.Test(t, func(t *testing.T) {
			m := newCognito(t, memory.Options{RowsPerSecond: 1})
			startForeign(t, m, poolID, 20) // so that jobs are listed
			hangs := 0
			hang := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
				if call.Op != op || hangs > 0 {
					return next(ctx)
				}
				hangs++
				if op == importjob.OpUpload {
					time.Sleep(10 * time.Minute)
					assert.NoError(t, ctx.Err())
					return next(ctx)
				}
				<-ctx.Done()
				return context.Cause(ctx)
			}
			began := time.Now()
			opts := &bulk.Options{CallTimeout: 3 * time.Minute, Wait: importjob.WaitOptions{CallTimeout: 3 * time.Minute}}
			users := good(3)
			users[1]["cognito:username"] = "foreignx" // nobody is skipped
			s, err := importQuickly(t.Context(), backend.Intercept(m, hang), input(), sequence(users...), filepath.Join(t.TempDir(), "import"), opts)
			require.NoError(t, err, op)
			assert.EqualValues(t, 3, s.Imported)
			if hangs > 0 && op != importjob.OpUpload {
				assert.InDelta(t, 3*time.Minute, time.Since(began), float64(2*time.Minute), op)
			}
			assert.Equal(t, op != importjob.OpResults, hangs == 1, op)
		})
	}
	synctest.Test(t, func(t *testing.T) { // without end
		m := newCognito(t, memory.Options{})
		hang := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
			<-ctx.Done()
			return context.Cause(ctx)
		}
		began := time.Now()
		_, err := importQuickly(t.Context(), backend.Intercept(m, hang), input(), sequence(good(1)...), filepath.Join(t.TempDir(), "import"), &bulk.Options{Patience: 5 * time.Minute})
		require.ErrorContains(t, err, "the call did not return in time")
		assert.InDelta(t, 6*time.Minute, time.Since(began), float64(10*time.Second), "three calls of the default of two minutes")
	})
	synctest.Test(t, func(t *testing.T) { // Lookup
		m := newCognito(t, memory.Options{})
		calls := 0
		opts := &bulk.Options{Lookup: func(ctx context.Context, _ string) (string, error) {
			if calls++; calls > 1 {
				return "sub", nil
			}
			<-ctx.Done()
			return "", &importjob.Error{Op: "AdminGetUser", Err: context.Cause(ctx)}
		}}
		_, err := importQuickly(t.Context(), m, input(), sequence(good(1)...), filepath.Join(t.TempDir(), "import"), opts)
		require.NoError(t, err)
		assert.Equal(t, 2, calls)
	})
}
