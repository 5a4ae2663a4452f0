package backend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
)

// records are what a logger wrote as JSON, without time and message.
func records(t *testing.T, text string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(text) {
		var r map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		assert.Equal(t, "cognito import", r["msg"])
		delete(r, "time")
		delete(r, "msg")
		all = append(all, r)
	}
	return all
}

func TestLogging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		slow := backend.Faults(backend.FaultOptions{Latency: 20 * time.Millisecond})
		c := backend.Intercept(testpool.New(t, nil), backend.Logging(slog.New(slog.NewJSONHandler(&out, nil))), slow)
		job := create(t, c)
		file := testpool.CSV("ann")
		require.NoError(t, c.Upload(t.Context(), job, strings.NewReader(file), int64(len(file))))
		_, err := c.Stop(t.Context(), job.Ref())
		require.Error(t, err)
		_, _, err = c.List(t.Context(), poolID, importjob.Page{})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		_, err = c.Describe(ctx, job.Ref())
		require.ErrorIs(t, err, context.DeadlineExceeded)

		const ms = 1e6
		assert.Equal(t, []map[string]any{
			{"level": "INFO", "op": "CreateUserImportJob", "pool": poolID, "job": job.JobID, "status": "Created", "duration": 20.0 * ms},
			{"level": "INFO", "op": "PutObject", "pool": poolID, "job": job.JobID, "duration": 20.0 * ms},
			{"level": "WARN", "op": "StopUserImportJob", "pool": poolID, "job": job.JobID, "duration": 20.0 * ms, "code": "PreconditionNotMetException"},
			{"level": "INFO", "op": "ListUserImportJobs", "pool": poolID, "items": 1.0, "duration": 20.0 * ms},
			{"level": "ERROR", "op": "DescribeUserImportJob", "pool": poolID, "job": job.JobID, "duration": 5.0 * ms, "cause": "context deadline exceeded"},
		}, records(t, out.String()))
	})
}

// TestLoggingShowsNobody greps what is logged for what must not be there.
func TestLoggingShowsNobody(t *testing.T) {
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}))
	for _, err := range []error{
		nil,
		&url.Error{Op: "Put", URL: "https://s3.invalid/?X-Amz-Signature=s3cr3t", Err: errors.New("user s3cr3t")},
		&importjob.Error{Err: fmt.Errorf("s3cr3t: %w", &url.Error{URL: "s3cr3t", Err: context.Canceled})},
		&importjob.Error{Code: importjob.ErrInvalidParameter, Message: "s3cr3t", Err: errors.New("s3cr3t")},
		errors.Join(errors.New("s3cr3t"), errors.New("s3cr3t")),
		&importjob.Error{},
	} {
		callAll(t.Context(), backend.Intercept(sloppy{err: err}, backend.Logging(logger)))
	}
	assert.Equal(t, 6*9, strings.Count(out.String(), "\n"))
	assert.NotContains(t, out.String(), "s3cr3t")
	assert.Contains(t, out.String(), "cause=*errors.errorString")
	assert.Contains(t, out.String(), `cause="context canceled"`)
	assert.Contains(t, out.String(), "cause=*errors.joinError")
	assert.Contains(t, out.String(), "cause=*importjob.Error")
}

func TestLoggingToTheDefault(t *testing.T) {
	var out bytes.Buffer
	c := backend.Intercept(testpool.New(t, nil), backend.Logging(nil))
	former := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	defer slog.SetDefault(former)
	_, err := c.Pool(t.Context(), poolID)
	require.NoError(t, err)
	assert.Contains(t, out.String(), "op=DescribeUserPool")
}
