package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// awsEnvironment makes an environment with credentials and a Region in which nothing leads to the AWS
// of the person who runs the test.
func awsEnvironment(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "verysecretkey", "AWS_SESSION_TOKEN": "verysecrettoken",
		"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "", "AWS_CA_BUNDLE": "",
		"AWS_ENDPOINT_URL": "", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "",
		"AWS_WEB_IDENTITY_TOKEN_FILE": "",
	} {
		t.Setenv(name, value)
	}
}

// newPool makes a Cognito with one pool: the default one, unless change makes another of it.
func newPool(t *testing.T, opts *memory.Options, change func(*importjob.Pool)) *memory.Cognito {
	t.Helper()
	pool := defaultPool()
	if change != nil {
		change(&pool)
	}
	cognito := memory.New(opts)
	_, err := cognito.CreatePool(t.Context(), userpool.Pool{Pool: pool})
	require.NoError(t, err)
	return cognito
}

// atFake runs the command at AWS, where every request goes to rt.
func atFake(ctx context.Context, rt http.RoundTripper, args ...string) result {
	var out, errs bytes.Buffer
	status := run(ctx, append([]string{args[0], "--backend=aws"}, args[1:]...),
		streams{in: strings.NewReader(""), out: &out, err: &errs, transport: rt, interruptible: context.WithCancel})
	return result{status, out.String(), errs.String()}
}

// wire is the way to a Client by the wire protocol.
func wire(client importjob.Client) http.RoundTripper {
	return cognitotest.Transport(cognitotest.Handler(client, nil))
}

// atPool are the flags without default.
var atPool = []string{"--user-pool-id=us-west-2_aaaaaaaaa", "--cloud-watch-logs-role-arn=arn:aws:iam::222222222222:role/Logs"}

// withoutJob cuts a report to what does not differ from job to job.
func withoutJob(report string) string {
	_, rest, _ := strings.Cut(report, "\nStatus ")
	return rest
}

func TestRunAtAWSOverASocket(t *testing.T) {
	awsEnvironment(t)
	cognito := newPool(t, nil, nil)
	server := httptest.NewServer(cognitotest.Handler(cognito, &cognitotest.Options{Directory: cognito}))
	defer server.Close()
	for _, name := range []string{"users.csv", "broken.csv", "crlf.csv", "broken-utf8.csv", "header-only.csv", "broken-header-none.csv"} {
		t.Run(name, func(t *testing.T) {
			want := command(t, "run", testdata(name))
			cognito := newPool(t, nil, nil)
			server.Config.Handler = cognitotest.Handler(cognito, &cognitotest.Options{Directory: cognito})
			got := command(t, "run", "--backend", "aws", "--endpoint-url", server.URL, testdata(name))
			assert.Equal(t, want.status, got.status)
			assert.Equal(t, withoutJob(want.out), withoutJob(got.out), "as in memory")
			assert.Empty(t, got.err)
			imported := 0
			for _, err := range userpool.All(t.Context(), cognito, "us-west-2_aaaaaaaaa") {
				require.NoError(t, err)
				imported++
			}
			r := parseReport(t, command(t, "run", testdata(name), "--json").out)
			assert.EqualValues(t, r.UserImportJob.ImportedUsers, imported)
		})
	}
}

// An upload trusts whom the rest of the command trusts: a proxy that breaks TLS open is in AWS_CA_BUNDLE.
func TestRunAtAWSTrustsTheBundle(t *testing.T) {
	awsEnvironment(t)
	server := httptest.NewUnstartedServer(cognitotest.Handler(newPool(t, nil, nil), nil))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	args := []string{"run", "--backend=aws", "--endpoint-url", server.URL, testdata("users.csv")}
	bundle := filepath.Join(t.TempDir(), "bundle.pem")
	require.NoError(t, os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	t.Setenv("AWS_CA_BUNDLE", bundle)
	got := command(t, args...)
	assert.Equal(t, 0, got.status, got.err)
	assert.Contains(t, got.out, "ImportedUsers          1000\n")
}

// The members are on the page of the AWS CLI, but the URL is left out: with it, anybody could replace the file.
func TestRunAtAWSHidesTheURL(t *testing.T) {
	awsEnvironment(t)
	cognito := newPool(t, nil, nil)
	got := atFake(t.Context(), wire(cognito), append([]string{"run", "--json", "--job-name=night", testdata("broken.csv")}, atPool...)...)
	r := parseReport(t, got.out)
	assert.Len(t, r.Rows, 30)
	job, err := cognito.Describe(t.Context(), r.UserImportJob.Ref())
	require.NoError(t, err)
	assert.Equal(t, "night", job.JobName)
	assert.Equal(t, "arn:aws:iam::222222222222:role/Logs", job.CloudWatchLogsRoleARN)
	job.PreSignedURL = ""
	assert.Equal(t, job, r.UserImportJob)
	assert.NotContains(t, got.out, "PreSignedUrl")
}

// What was done before a refusal is shown: the job is there, in a state that says where it stands.
func TestRunAtAWSRefusedAfterCreate(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, nil, func(p *importjob.Pool) { p.AutoVerifiedAttributes = nil })
		got := atFake(t.Context(), wire(cognito), append([]string{"run", testdata("users.csv"), "--json"}, atPool...)...)
		assert.Equal(t, 1, got.status)
		assert.Equal(t, importjob.StatusCreated, parseReport(t, got.out).UserImportJob.Status)
		assert.Contains(t, got.err, "StartUserImportJob us-west-2_aaaaaaaaa/import-")
		assert.NotContains(t, got.out+got.err, "X-Amz", "the URL is good for another quarter of an hour")
		assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
	})
}

func TestRunAtAWSProgress(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		rt := wire(newPool(t, &memory.Options{RowsPerSecond: 20}, nil))
		var out, errs bytes.Buffer
		args := append([]string{"run", "--backend=aws", testdata("users.csv")}, atPool...)
		status := run(t.Context(), args, streams{out: &out, err: &errs, terminal: true, transport: rt, interruptible: context.WithCancel})
		assert.Equal(t, 0, status)
		assert.Contains(t, errs.String(), "Uploading")
		assert.Regexp(t, `Importing +\d+%.*\([1-9]\d\d/1000\)`, errs.String())
		assert.NotContains(t, errs.String(), "X-Amz")
	})
}

func TestRunAtAWSInterrupted(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, &memory.Options{RowsPerSecond: 2}, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second+time.Millisecond)
		defer cancel()
		began := time.Now()
		got := atFake(ctx, wire(cognito), append([]string{"run", "--json", testdata("broken.csv")}, atPool...)...)
		assert.Equal(t, 1, got.status)
		assert.Equal(t, "importjob: interrupted\n", got.err)
		r := parseReport(t, got.out)
		assert.Equal(t, importjob.StatusStopped, r.UserImportJob.Status)
		assert.Len(t, r.Rows, 9)
		assert.Less(t, time.Since(began), 6*time.Second)
		job, err := cognito.Describe(t.Context(), r.UserImportJob.Ref())
		require.NoError(t, err)
		assert.Equal(t, importjob.StatusStopped, job.Status)
	})
}

// Whoever interrupts a job must know when it goes on.
func TestRunAtAWSInterruptedButNotStopped(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		cognito := newPool(t, &memory.Options{RowsPerSecond: 2}, nil)
		deaf := backend.Intercept(cognito, backend.Faults(backend.FaultOptions{
			Faults: []backend.Fault{{Op: importjob.OpStop, Err: importjob.ErrAccessDenied, On: backend.First(100)}},
		}))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		got := atFake(ctx, wire(deaf), append([]string{"run", testdata("broken.csv")}, atPool...)...)
		assert.Equal(t, 1, got.status)
		assert.Contains(t, got.out, "Status                 InProgress\n")
		assert.Regexp(t, `^importjob: interrupted, but the job could not be stopped and continues; see its rows later: importjob results --user-pool-id us-west-2_aaaaaaaaa --job-id import-\w+\n$`, got.err)
	})
}

// Ctrl-C while lines of the log are waited for: the job has ended, and that is what counts.
func TestRunAtAWSInterruptedWhileItWaitsForTheLog(t *testing.T) {
	awsEnvironment(t)
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		log := &lateLog{newPool(t, nil, nil), 1, began.Add(time.Hour)}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		file := csvFile(t, "a@example.com,TRUE,a", "b@example.com,TRUE,b", "c,TRUE,c")
		got := atFake(ctx, wire(log), append([]string{"run", file}, atPool...)...)
		assert.Equal(t, 0, got.status)
		assert.Equal(t, 2*time.Second, time.Since(began))
		assert.Contains(t, got.err, "importjob: the log has no line yet for 1 of the 1 row that failed or was skipped; ")
	})
}

// Ctrl-C at the moment when the job succeeds, before or after the command hears of it: it has succeeded.
func TestRunAtAWSInterruptedAsTheJobSucceeds(t *testing.T) {
	awsEnvironment(t)
	file := csvFile(t, "a@example.com,TRUE,a", "b@example.com,TRUE,b", "c,TRUE,c")
	for _, heard := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			cognito := newPool(t, &memory.Options{RowsPerSecond: 2}, nil)
			fake, interrupted := wire(cognito), false
			rt := testkit.RoundTripper(func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".DescribeUserImportJob") && !interrupted {
					jobs, _, err := cognito.List(ctx, "us-west-2_aaaaaaaaa", importjob.Page{})
					require.NoError(t, err)
					if jobs[0].Status == importjob.StatusSucceeded {
						interrupted = true
						defer cancel()
						if !heard {
							cancel()
							return nil, ctx.Err()
						}
					}
				}
				return fake.RoundTrip(r)
			})
			got := atFake(ctx, rt, append([]string{"run", "--json", file}, atPool...)...)
			assert.True(t, interrupted)
			assert.Equal(t, 0, got.status, "heard %v: %s", heard, got.err)
			assert.Empty(t, got.err, heard)
			r := parseReport(t, got.out)
			assert.Equal(t, importjob.StatusSucceeded, r.UserImportJob.Status)
			assert.EqualValues(t, 2, r.UserImportJob.ImportedUsers)
			assert.Len(t, r.Rows, 1, "the log was read")
		})
	}
}

func TestRunAtAWSInterruptedBeforeItBegins(t *testing.T) {
	awsEnvironment(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := atFake(ctx, wire(newPool(t, nil, nil)), append([]string{"run", testdata("users.csv")}, atPool...)...)
	assert.Equal(t, result{1, "", "importjob: interrupted\n"}, got)
}

// lateLog shows the first lines of its logs only, until the day comes.
type lateLog struct {
	importjob.Client
	lines int
	until time.Time
}

func (c *lateLog) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	rows, next, err := c.Client.Results(ctx, ref, page)
	if time.Now().Before(c.until) {
		return rows[:min(c.lines, len(rows))], "", err
	}
	return rows, next, err
}

func TestRunAtAWSWaitsForTheLog(t *testing.T) {
	awsEnvironment(t)
	args := append([]string{"run", testdata("broken.csv"), "--json"}, atPool...)
	for _, lines := range []int{0, 1, 9, 32} {
		for _, late := range []time.Duration{0, 2 * time.Second, logPatience - time.Second, logPatience + time.Hour} {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				log := &lateLog{newPool(t, nil, nil), lines, began.Add(late)}
				got := atFake(t.Context(), wire(log), args...)
				r := parseReport(t, got.out)
				assert.Equal(t, 1, got.status)
				assert.Less(t, time.Since(began), logPatience+time.Second)
				if late < logPatience || lines == 32 {
					assert.Empty(t, got.err)
					assert.Len(t, r.Rows, 30)
					return
				}
				assert.Len(t, r.Rows, max(lines-1, 0), "the first row is good")
				assert.Regexp(t, `^importjob: the log has no line yet for \d+ of the 30 rows that failed or were skipped; `+
					`try later: importjob results --user-pool-id us-west-2_aaaaaaaaa --job-id import-\w+\n$`, got.err)
			})
		}
	}
}

// Where nobody failed there is nothing to look for in the log, so nobody needs the permission.
func TestRunAtAWSReadsNoLogForNothing(t *testing.T) {
	awsEnvironment(t)
	fake := wire(newPool(t, nil, nil))
	rt := testkit.RoundTripper(func(r *http.Request) (*http.Response, error) {
		assert.NotContains(t, r.Header.Get("X-Amz-Target"), "Logs")
		return fake.RoundTrip(r)
	})
	got := atFake(t.Context(), rt, append([]string{"run", testdata("users.csv")}, atPool...)...)
	assert.Equal(t, 0, got.status, got.err)
}

// A job is reported although its log may not be read.
func TestRunAtAWSWithoutPermissionForTheLog(t *testing.T) {
	awsEnvironment(t)
	fake := wire(newPool(t, nil, nil))
	rt := testkit.RoundTripper(func(r *http.Request) (*http.Response, error) {
		if !strings.HasPrefix(r.Header.Get("X-Amz-Target"), "Logs") {
			return fake.RoundTrip(r)
		}
		return &http.Response{StatusCode: 400, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(
			`{"__type":"AccessDeniedException","message":"User: arn:aws:iam::222222222222:user/ann is not authorized to perform: logs:DescribeLogGroups"}`))}, nil
	})
	got := atFake(t.Context(), rt, append([]string{"run", testdata("broken.csv"), "--json"}, atPool...)...)
	assert.Equal(t, 1, got.status)
	assert.EqualValues(t, 28, parseReport(t, got.out).UserImportJob.FailedUsers)
	assert.Contains(t, got.err, "AccessDeniedException: User: arn:aws:iam::222222222222:user/ann is not authorized to perform: logs:DescribeLogGroups\n")
}
