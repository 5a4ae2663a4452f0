package awsbackend_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
)

// file is a CSV file of n users.
func file(n int) *strings.Reader {
	all := make([]importjob.Record, n)
	for i := range all {
		name := fmt.Sprintf("user%d", i)
		all[i] = importjob.Record{"cognito:username": name, "email": name + "@example.com", "email_verified": "TRUE"}
	}
	return strings.NewReader(csvOf(importjob.Pool{}, all...))
}

const users = 25

// importsOnce demands that an import of users through c succeeds, and that each is imported once.
func importsOnce(t *testing.T, c importjob.Client, m *memory.Cognito) {
	body := file(users)
	opts := &importjob.ImportOptions{Wait: importjob.WaitOptions{MinInterval: time.Millisecond}}
	job, err := importjob.Import(t.Context(), c, input, body, body.Size(), opts)
	require.NoError(t, err)
	assert.Equal(t, importjob.StatusSucceeded, job.Status)
	assert.Equal(t, [3]int64{users, 0, 0}, [3]int64{job.ImportedUsers, job.SkippedUsers, job.FailedUsers})
	lines := map[int]int{}
	for row, err := range importjob.Results(t.Context(), c, job.Ref()) {
		require.NoError(t, err)
		lines[row.Line]++
	}
	assert.Len(t, lines, users)
	for n := range maps.Values(lines) {
		assert.Equal(t, 1, n)
	}
	ran := 0
	for other, err := range importjob.Jobs(t.Context(), m, poolID) {
		require.NoError(t, err)
		if !other.StartDate.IsZero() {
			ran++
			assert.Equal(t, job.JobID, other.JobID, "another job was started")
		}
	}
	assert.Equal(t, 1, ran)
	count, err := m.CountUsers(t.Context(), poolID)
	require.NoError(t, err)
	assert.EqualValues(t, users, count)
}

// lossy are the calls whose answer can be lost.
var lossy = []importjob.Op{importjob.OpCreate, importjob.OpUpload, importjob.OpStart, importjob.OpDescribe}

func TestImportSurvivesLostAnswers(t *testing.T) {
	for _, op := range lossy {
		lost := func() backend.Interceptor {
			return backend.Faults(backend.FaultOptions{Faults: []backend.Fault{{Op: op, Lost: true, On: backend.First(2)}}})
		}
		t.Run("to the caller/"+string(op), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := testpool.New(t, nil)
				importsOnce(t, backend.Intercept(overTheWire(m), lost()), m)
			})
		})
		t.Run("inside the service/"+string(op), func(t *testing.T) { // it answers with status 500
			synctest.Test(t, func(t *testing.T) {
				m := testpool.New(t, nil)
				importsOnce(t, overTheWire(backend.Intercept(m, lost())), m)
			})
		})
	}
}

// dropping is a server that executes the first requests of an operation, and then breaks the
// connection instead of answering.
func dropping(t *testing.T, h http.Handler, op importjob.Op, times int32) *httptest.Server {
	var dropped atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		isIt := strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+string(op)) || op == importjob.OpUpload && r.Method == http.MethodPut
		if !isIt || dropped.Add(1) > times {
			h.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
	t.Cleanup(func() { assert.Greater(t, dropped.Load(), times, "the loss was not made good") })
	return s
}

func TestImportSurvivesDroppedConnections(t *testing.T) {
	hasty := func(o *cognito.Options) {
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return time.Millisecond, nil })
		})
	}
	for _, op := range lossy {
		t.Run(string(op), func(t *testing.T) {
			m := testpool.New(t, nil)
			s := dropping(t, cognitotest.Handler(m, nil), op, 2)
			importsOnce(t, dial(s, hasty), m)
		})
	}
}

// counted counts the requests that h serves.
func counted(n *int, h http.Handler) http.RoundTripper {
	return cognitotest.Transport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*n++
		h.ServeHTTP(w, r)
	}))
}

// Reading twice the rows takes twice the requests, at both wires.
func TestResultsAreLinearOverTwoWires(t *testing.T) { synctest.Test(t, linearOverTwoWires) }

func linearOverTwoWires(t *testing.T) {
	var near, far int
	requests := func(rows int) (nearby, farther int) {
		m := testpool.New(t, nil)
		c := newClient(counted(&far, cognitotest.Handler(m, nil)))
		c = newClient(counted(&near, cognitotest.Handler(c, nil)))
		body := file(rows)
		job, err := importjob.Import(t.Context(), c, input, body, body.Size(), nil)
		require.NoError(t, err)
		near, far = 0, 0
		line := 1
		for page := (importjob.Page{MaxResults: 100}); line == 1 || page.Token != ""; {
			var results []importjob.RowResult
			results, page.Token, err = c.Results(t.Context(), job.Ref(), page)
			require.NoError(t, err)
			for _, row := range results {
				line++
				require.Equal(t, line, row.Line)
			}
		}
		assert.Equal(t, rows+1, line)
		return near, far
	}
	near1, far1 := requests(2_000)
	near2, far2 := requests(4_000)
	assert.LessOrEqual(t, near2, 2*near1)
	assert.LessOrEqual(t, far2, 2*far1)
	assert.LessOrEqual(t, near2, 40+6, "a request for each 100 rows, and a few more")
}

// An expired URL is told from a denied one through SDK, wire and all.
func TestExpiredURLOverTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := overTheWire(testpool.New(t, nil))
		job, err := c.Create(t.Context(), input)
		require.NoError(t, err)
		time.Sleep(time.Hour)
		err = c.Upload(context.Background(), job, strings.NewReader("x"), 1)
		assert.ErrorIs(t, err, importjob.ErrURLExpired)
		assert.ErrorContains(t, err, "create a new job")
	})
}
