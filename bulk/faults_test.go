package bulk_test

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// trouble makes a fifth of all calls fail: throttled, refused, or not answered, be it before or
// after they took effect.
func trouble(seed uint64, failed *int) backend.Interceptor {
	rng := rand.New(rand.NewPCG(seed, 1))
	return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		if rng.IntN(5) > 0 {
			return next(ctx)
		}
		*failed++
		kind := rng.IntN(5)
		if kind < 2 { // the call takes effect
			if err := next(ctx); err != nil {
				return err
			}
		}
		switch kind {
		case 0, 2:
			return importjob.ErrInternal
		case 3:
			return importjob.ErrTooManyRequests
		}
		return io.ErrUnexpectedEOF
	}
}

// inProcess returns a client over the wire protocol, without a socket.
func inProcess(c *memory.Cognito) importjob.Client {
	fake := awstest.New(c, nil)
	return awsbackend.New(fake.Cognito, &awsbackend.Options{HTTPClient: fake.HTTPClient, Logs: cloudwatchlogs.NewFromConfig(fake.Config)})
}

func TestAFifthOfAllCallsFails(t *testing.T) {
	failed, seeds := 0, uint64(40)
	if os.Getenv("IMPORTJOB_LONG") != "" {
		seeds = 300
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) {
			c := newCognito(t, memory.Options{RowsPerSecond: 3, PendingFor: 3 * time.Second})
			client := importjob.Client(c)
			if seed%5 == 0 {
				client = inProcess(c)
			}
			_, err := c.AddUser(t.Context(), poolID, userpool.User{Username: "user8"})
			require.NoError(t, err)
			dir := filepath.Join(t.TempDir(), "import")
			s, err := importQuickly(t.Context(), backend.Intercept(client, trouble(seed, &failed)), input(), sequence(good(20)...), dir, &bulk.Options{PartRows: 6})
			require.NoError(t, err)
			assert.Equal(t, bulk.Counts{Imported: 19, Skipped: 1}, s.Counts, "nothing is lost or doubled")
			assert.Zero(t, s.NotToldApart)
			assert.Len(t, usernames(t, c), 20)
			ran := map[string]int{}
			for job, err := range importjob.Jobs(t.Context(), c, poolID) {
				require.NoError(t, err)
				if !job.StartDate.IsZero() {
					ran[job.JobName]++
				}
			}
			assert.Len(t, ran, 4)
			for name, n := range ran {
				assert.Equal(t, 1, n, name)
			}
			rows, _ := readReport(t, dir)
			assert.Equal(t, "skipped", rows[7].Outcome)
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	assert.Greater(t, failed, 5*int(seeds))
}

// TestRefusalsEndTheImport has the service refuse what no other call would change.
func TestRefusalsEndTheImport(t *testing.T) {
	for _, c := range []struct {
		op   importjob.Op
		code importjob.Code
		want string
	}{
		{importjob.OpCreate, importjob.ErrLimitExceeded, "part 1: CreateUserImportJob us-west-2_aaaaaaaaa: LimitExceededException; the pool has the maximum number of import jobs: request a higher quota, then resume"},
		{importjob.OpCreate, importjob.ErrNotAuthorized, "; get the permission, then resume"},
		{importjob.OpStart, importjob.ErrAccessDenied, "; get the permission, then resume"},
		{importjob.OpUpload, importjob.ErrS3AccessDenied, "part 1: PutObject"},
		{importjob.OpDescribe, importjob.ErrNotAuthorized, "DescribeUserImportJob"},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := newCognito(t, memory.Options{})
			dir := filepath.Join(t.TempDir(), "import")
			faulty := backend.Intercept(m, backend.Faults(backend.FaultOptions{Faults: []backend.Fault{{Op: c.op, Err: c.code}}}))
			began := time.Now()
			_, err := importQuickly(t.Context(), faulty, input(), sequence(good(3)...), dir, nil)
			assert.ErrorIs(t, err, c.code)
			assert.ErrorContains(t, err, c.want)
			var part *bulk.PartError
			require.ErrorAs(t, err, &part)
			assert.Equal(t, 1, part.Part)
			assert.Less(t, time.Since(began), 3*time.Second, "no use in trying again")
			s, err := importQuickly(t.Context(), m, input(), sequence(good(3)...), dir, &bulk.Options{Resume: true})
			require.NoError(t, err)
			assert.EqualValues(t, 3, s.Imported)
		})
	}
}

// TestForeignJobIsWaitedFor has another job of the pool in the way, then one of another pool.
func TestForeignJobIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newCognito(t, memory.Options{RowsPerSecond: 1})
		other := pool()
		other.ID = "us-west-2_bbbbbbbbb"
		_, err := m.CreatePool(t.Context(), userpool.Pool{Pool: other})
		require.NoError(t, err)
		for _, id := range []string{poolID, other.ID} {
			job := startForeign(t, m, id, 7200)
			seen := map[bulk.Phase]bool{}
			opts := &bulk.Options{BusyPatience: 3 * time.Hour, OnProgress: func(p bulk.Progress) { seen[p.Phase] = true }}
			s, err := importQuickly(t.Context(), m, input(), sequence(user("mine"+id[10:])), filepath.Join(t.TempDir(), id), opts)
			require.NoError(t, err)
			assert.True(t, seen[bulk.PhaseWaiting])
			assert.EqualValues(t, 1, s.Rejected+s.Imported)
			ended, err := m.Describe(t.Context(), job.Ref())
			require.NoError(t, err)
			assert.Equal(t, importjob.StatusSucceeded, ended.Status, "it was left alone")
		}
		startForeign(t, m, other.ID, 7200)
		began := time.Now()
		_, err = importQuickly(t.Context(), m, input(), sequence(user("late")), filepath.Join(t.TempDir(), "late"), nil)
		assert.ErrorIs(t, err, importjob.ErrPreconditionNotMet)
		assert.InDelta(t, time.Hour, time.Since(began), float64(time.Minute), "one that cannot be seen is waited for within a bound")
	})
}
