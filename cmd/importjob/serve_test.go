package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// served is a serve command that is running.
type served struct {
	t    *testing.T
	url  string
	stop func() result // ends it
}

// serving starts the command in process at a free port.
func serving(t *testing.T, args ...string) served {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	errs := &lockedBuffer{}
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"serve", "--addr=127.0.0.1:0"}, args...),
			streams{in: strings.NewReader(""), out: w, err: errs, interruptible: context.WithCancel})
		_ = w.Close()
	}()
	out := bufio.NewReader(r)
	first, err := out.ReadString('\n')
	require.NoError(t, err, errs)
	s := served{t: t, url: strings.TrimSpace(strings.TrimPrefix(first, "listening on "))}
	s.stop = sync.OnceValue(func() result {
		cancel()
		rest, _ := io.ReadAll(out)
		return result{<-ended, string(rest), errs.String()}
	})
	t.Cleanup(func() { s.stop() })
	return s
}

// lockedBuffer is written to by one goroutine and read by another.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// call calls an operation with curl's means.
func (s served) call(op, body string) (status int, answer string) {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+op)
	req.Header.Set("X-Amz-Date", "20190123T192955Z")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20190123/us-west-2/cognito-idp/aws4_request, SignedHeaders=host, Signature=00")
	return s.do(req)
}

func (s served) do(req *http.Request) (status int, answer string) {
	s.t.Helper()
	res, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	return res.StatusCode, string(body)
}

// control posts to a control endpoint.
func (s served) control(path string, form url.Values) (int, string) {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url+"/control/"+path, strings.NewReader(form.Encode()))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(req)
}

const jobInput = `{"UserPoolId":"us-west-2_aaaaaaaaa","JobName":"J","CloudWatchLogsRoleArn":"arn:aws:iam::111111111111:role/Logs"}`

// job calls an operation that answers with a job.
func (s served) job(op, body string) importjob.UserImportJob {
	s.t.Helper()
	status, answer := s.call(op, body)
	require.Equal(s.t, 200, status, answer)
	var got struct{ UserImportJob importjob.UserImportJob }
	require.NoError(s.t, json.Unmarshal([]byte(answer), &got))
	return got.UserImportJob
}

func named(job importjob.UserImportJob) string {
	return fmt.Sprintf(`{"UserPoolId":%q,"JobId":%q}`, job.UserPoolID, job.JobID)
}

// upload is the curl line of the guide.
func (s served) upload(job importjob.UserImportJob, name string) (int, string) {
	s.t.Helper()
	file, err := os.Open(name)
	require.NoError(s.t, err)
	defer file.Close()
	info, err := file.Stat()
	require.NoError(s.t, err)
	req, err := http.NewRequest(http.MethodPut, job.PreSignedURL, file)
	require.NoError(s.t, err)
	req.ContentLength = info.Size()
	req.Header.Set("x-amz-server-side-encryption", "aws:kms")
	return s.do(req)
}

func TestServeRunsAJob(t *testing.T) {
	s := serving(t, "--pool-name", "people")
	assert.Regexp(t, `^http://127\.0\.0\.1:[1-9][0-9]*$`, s.url)
	job := s.job("CreateUserImportJob", jobInput)
	assert.True(t, strings.HasPrefix(job.PreSignedURL, s.url+"/111111111111/us-west-2_aaaaaaaaa/import-"))
	status, answer := s.upload(job, testdata("users.csv"))
	require.Equal(t, 200, status, answer)
	s.job("StartUserImportJob", named(job))
	job = s.job("DescribeUserImportJob", named(job))
	assert.Equal(t, importjob.StatusSucceeded, job.Status)
	assert.EqualValues(t, users, job.ImportedUsers)
	_, answer = s.call("DescribeUserPool", `{"UserPoolId":"us-west-2_aaaaaaaaa"}`)
	assert.Contains(t, answer, `"Name":"people"`)
	status, answer = s.call("ListUsers", `{"UserPoolId":"us-west-2_aaaaaaaaa","Limit":1}`)
	assert.Equal(t, 200, status, answer)

	got := s.stop()
	assert.Equal(t, 0, got.status)
	assert.Empty(t, got.out)
	assert.Equal(t, 6, strings.Count(got.err, "level=INFO msg=request op="), got.err)
	for _, secret := range []string{"X-Amz", "Signature", "example.com", "AKID", job.PreSignedURL} {
		assert.NotContains(t, got.err, secret)
	}
}

func TestServeSettings(t *testing.T) {
	s := serving(t, "--user-pool-id=eu-west-1_x", "--auto-verified=email,phone_number", "--custom=tier:Number", "--rows-per-second=10")
	_, answer := s.call("GetCSVHeader", `{"UserPoolId":"eu-west-1_x"}`)
	assert.Contains(t, answer, `"updated_at","custom:tier","cognito:mfa_enabled"`)
	_, answer = s.call("DescribeUserPool", `{"UserPoolId":"eu-west-1_x"}`)
	assert.Contains(t, answer, `"AutoVerifiedAttributes":["email","phone_number"]`)
	assert.Contains(t, answer, `arn:aws:cognito-idp:eu-west-1:`)
}

func TestServeCredentials(t *testing.T) {
	s := serving(t, "--credentials=AKID:topsecret")
	status, answer := s.call("DescribeUserPool", `{"UserPoolId":"us-west-2_aaaaaaaaa"}`)
	assert.Equal(t, 400, status)
	assert.Contains(t, answer, "InvalidSignatureException")
	assert.NotContains(t, s.stop().err, "topsecret")
}

func TestServeControlIsOffByDefault(t *testing.T) {
	status, answer := serving(t).control("reset", nil)
	assert.Equal(t, 403, status)
	assert.Contains(t, answer, "<Code>AccessDenied</Code>", "it is a path like any other")
}

func TestServeRefusals(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--addr=0.0.0.0:0"}, "--addr 0.0.0.0:0: other machines can reach this address; give --credentials"},
		{[]string{"--addr=:0"}, "give --credentials"},
		{[]string{"--addr=[::]:0", "--control"}, "give --credentials"},
		{[]string{"--addr=127.0.0.1"}, "--addr 127.0.0.1: address 127.0.0.1: missing port in address"},
		{[]string{"--addr=127.0.0.1:99999"}, "invalid port"},
		{[]string{"--addr", taken.Addr().String()}, "address already in use"},
		{[]string{"--credentials=AKID"}, "AKID:SECRET"},
		{[]string{"--credentials=:x"}, "AKID:SECRET"},
		{[]string{"--pool-name=a/b"}, "at 'poolName'"},
		{[]string{"--user-pool-id=x"}, "at 'userPoolId'"},
		{[]string{"--rows-per-second=-1"}, "--rows-per-second"},
		{[]string{"--account-id=1"}, "--account-id 1: give 12 digits"},
		{[]string{"--base-url=fake.test"}, "--base-url fake.test: give a scheme and a host"},
		{[]string{"--base-url=http://fake.test/a"}, "give a scheme and a host"},
		{[]string{"--allow-origin=localhost"}, "--allow-origin localhost: give an origin"},
		{[]string{"--allow-origin=http://localhost/"}, "give an origin"},
		{[]string{"--read-timeout=0s"}, "--read-timeout 0s: give more than 0"},
		{[]string{"--write-timeout=-1s"}, "--write-timeout"},
		{[]string{"--min-body-rate=-1"}, "--min-body-rate"},
		{[]string{"--max-connections=0"}, "--max-connections"},
		{[]string{"--max-upload-bytes=0"}, "--max-upload-bytes"},
		{[]string{"--max-header-bytes=0"}, "--max-header-bytes"},
		{[]string{"users.csv"}, "unexpected argument users.csv"},
	} {
		got := command(t, append([]string{"serve"}, c.args...)...)
		assert.Equal(t, 2, got.status, c.args)
		assert.Empty(t, got.out, c.args)
		assert.Contains(t, got.err, c.want, c.args)
		assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
	}
}

func TestServeToOthersWithCredentials(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got := commandWith(ctx, "", false, "serve", "--addr=0.0.0.0:0", "--credentials=AKID:SECRET")
	assert.Equal(t, 0, got.status)
	assert.True(t, strings.HasPrefix(got.out, "listening on http://"), got.out)
}

func TestServeBinaryEndsWithASignal(t *testing.T) {
	binary := build(t)
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd := exec.Command(binary, "serve", "--addr", "127.0.0.1:0")
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewReader(out)
		first, err := lines.ReadString('\n')
		require.NoError(t, err)
		assert.Regexp(t, `^listening on http://127\.0\.0\.1:[0-9]+\n$`, first)
		res, err := http.Get(strings.TrimSpace(strings.TrimPrefix(first, "listening on ")))
		require.NoError(t, err)
		_ = res.Body.Close()
		assert.Equal(t, 400, res.StatusCode)
		require.NoError(t, cmd.Process.Signal(signal))
		rest, _ := io.ReadAll(lines)
		assert.Empty(t, string(rest))
		require.NoError(t, cmd.Wait(), "exit status 0 after %s", signal)
	}
}

func TestServeLetsRequestsEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, listener, defaultLimits.server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			cancel()
			for { // until nobody new is let in
				conn, err := net.Dial("tcp", listener.Addr().String())
				if err != nil {
					break
				}
				_ = conn.Close()
			}
			_, _ = io.WriteString(w, "done")
		}), io.Discard))
	}()
	res, err := http.Get("http://" + listener.Addr().String())
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	assert.Equal(t, "done", string(body))
	assert.NoError(t, <-ended)
}
