package main

import (
	"bytes"
	"context"
	"errors"
	"io"
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
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/memory"
)

// awsEnvironment makes an environment with credentials and a Region in which nothing leads to the AWS
// of whoever runs the test.
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
	_, err := cognito.CreatePool(t.Context(), pool)
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
			for _, err := range importjob.Users(t.Context(), cognito, "us-west-2_aaaaaaaaa") {
				require.NoError(t, err)
				imported++
			}
			r := parseReport(t, command(t, "run", testdata(name), "--json").out)
			assert.EqualValues(t, r.UserImportJob.ImportedUsers, imported)
		})
	}
}

// The members are those of the AWS CLI's page, but for the URL: whoever had it could replace the file.
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

func TestCheckAndHeaderTakeTheRulesOfThePool(t *testing.T) {
	awsEnvironment(t)
	cognito := newPool(t, nil, func(p *importjob.Pool) {
		p.Schema = importjob.NewerSchema().With(importjob.Custom("team", importjob.TypeNumber)).Require("nickname")
		p.AutoVerifiedAttributes = []string{"phone_number"}
		p.PasswordHashes, p.CaseSensitive = true, true
	})
	rt := wire(cognito)
	header := atFake(t.Context(), rt, "header", atPool[0])
	flags := []string{"--schema=newer", "--custom=team:Number", "--password-hashing-algorithm=BCRYPT"}
	assert.Equal(t, command(t, append([]string{"header"}, flags...)...), header)
	json := atFake(t.Context(), rt, "header", atPool[0], "--json")
	assert.Contains(t, json.out, `"updated_at","website"`)
	assert.Contains(t, json.out, `"cognito:username","password_hash"]`)

	name := filepath.Join(t.TempDir(), "users.csv")
	columns := strings.Split(strings.TrimSpace(header.out), ",")
	row := strings.Repeat(",", len(columns)-1) + "\n"
	require.NoError(t, os.WriteFile(name, []byte(header.out+row), 0o600))
	flags = append(flags, "--auto-verified=phone_number", "--required=nickname", "--case-sensitive", name)
	want := command(t, append([]string{"check"}, flags...)...)
	got := atFake(t.Context(), rt, "check", atPool[0], name)
	assert.Equal(t, want, got)
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.out, "nickname: a value is required")
	assert.NotContains(t, atFake(t.Context(), rt, "check", atPool[0], "--password-hashing-algorithm=BCRYPT", name).out, ":1:")
}

func TestBackendFlagsThatContradict(t *testing.T) {
	awsEnvironment(t)
	file := testdata("users.csv")
	aws := func(args ...string) []string { return append(args, "--backend=aws") }
	for _, c := range []struct {
		args []string
		want string
	}{
		{aws("run", file), "--user-pool-id is needed: at AWS it has no default"},
		{aws("run", file, atPool[0]), "--cloud-watch-logs-role-arn is needed: at AWS it has no default"},
		{aws("check", file), "--user-pool-id is needed"},
		{aws("header"), "--user-pool-id is needed"},
		{[]string{"results", "--job-id=import-x"}, "--user-pool-id is needed"},
		{aws("header", "--mfa=on", atPool[0]), "--mfa contradicts --backend aws: the pool's own settings hold there"},
		{aws("header", "--schema=classic", atPool[0]), "--schema contradicts"},
		{aws("header", "--password-hashing-algorithm=BCRYPT", atPool[0]), "--password-hashing-algorithm contradicts"},
		{aws("check", "--case-sensitive", file, atPool[0]), "--case-sensitive contradicts"},
		{aws("check", "--custom=x", file, atPool[0]), "--custom contradicts"},
		{aws("run", file, "--rows-per-second=5", "--endpoint-url=http://127.0.0.1:1"), "--rows-per-second contradicts"},
		{[]string{"run", file, "--region=eu-west-1"}, "--region needs --backend aws"},
		{[]string{"check", file, "--profile=p", "--backend=memory"}, "--profile needs --backend aws"},
		{[]string{"header", "--endpoint-url=http://127.0.0.1:1"}, "--endpoint-url needs --backend aws"},
		{[]string{"header", "--backend=azure"}, `--backend must be one of "memory","aws" but got "azure"`},
		{[]string{"results", "--job-id=import-x", "--backend=memory"}, `--backend must be one of "aws" but got "memory"`},
		{aws("header", "--user-pool-id=pool"), "Value 'pool' at 'userPoolId'"},
		{aws("check", file, "--user-pool-id="), "at 'userPoolId'"},
		{aws("header", atPool[0], "--endpoint-url=127.0.0.1:9229"), "--endpoint-url: give a URL such as http://127.0.0.1:9229"},
		{aws("header", atPool[0], "--endpoint-url=ftp://host"), "--endpoint-url: give a URL"},
		{aws("header", atPool[0], "--endpoint-url=http://ann:s3cret@host"), "--endpoint-url: give a URL"},
		{aws("header", atPool[0], "--profile=nobody"), "the AWS configuration cannot be used: failed to get shared config profile, nobody"},
	} {
		got := commandWith(t.Context(), "", false, c.args...)
		assert.Equal(t, 2, got.status, c.args)
		assert.Empty(t, got.out, c.args)
		assert.Contains(t, got.err, "importjob: ", c.args)
		assert.Contains(t, got.err, c.want, c.args)
		assert.NotContains(t, got.err, "s3cret", c.args)
		assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
	}
}

func TestNoCredentialsNoRegion(t *testing.T) {
	awsEnvironment(t)
	ask := func() result { return commandWith(t.Context(), "", false, "header", "--backend=aws", atPool[0]) }
	t.Setenv("AWS_REGION", "")
	assert.Equal(t, result{2, "", "importjob: no AWS Region: give --region, set AWS_REGION, or configure one\n"}, ask())
	t.Setenv("AWS_REGION", "us-west-2")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	got := ask()
	assert.Equal(t, 2, got.status)
	assert.True(t, strings.HasPrefix(got.err, "importjob: no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile: "), got.err)
	assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)

	// On a machine of Amazon's without a role the SDK has a warning to tell.
	machine := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer machine.Close()
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", machine.URL)
	got = ask()
	assert.Equal(t, 2, got.status)
	assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
}

// The Region and the credentials of a profile hold, and --region before them.
func TestProfileAndRegion(t *testing.T) {
	awsEnvironment(t)
	file := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(file, []byte("[profile night]\nregion=eu-west-1\naws_access_key_id=AKIDNIGHT\naws_secret_access_key=s\n"), 0o600))
	t.Setenv("AWS_CONFIG_FILE", file)
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	signed := ""
	rt := roundTripper(func(r *http.Request) (*http.Response, error) {
		signed = r.URL.Host + " " + r.Header.Get("Authorization")
		return nil, errors.New("offline")
	})
	atFake(t.Context(), rt, "header", atPool[0], "--profile=night")
	assert.Regexp(t, `^cognito-idp\.eu-west-1\.amazonaws\.com .*Credential=AKIDNIGHT/\d+/eu-west-1/cognito-idp/`, signed)
	atFake(t.Context(), rt, "header", atPool[0], "--profile=night", "--region=eu-north-1")
	assert.Contains(t, signed, "cognito-idp.eu-north-1.amazonaws.com")
	atFake(t.Context(), rt, "header", atPool[0], "--profile=night", "--endpoint-url=http://127.0.0.1:9229")
	assert.Contains(t, signed, "127.0.0.1:9229 ")
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A refusal is an outcome, no answer is none. Either is one line.
func TestServiceErrors(t *testing.T) {
	awsEnvironment(t)
	file := testdata("users.csv")
	refusing := wire(newPool(t, nil, nil))
	offline := roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route to host") })
	canonical := roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 400, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(
			`{"__type":"InvalidSignatureException","message":"The request signature does not match.\n\nThe Canonical String: x-amz-security-token:verysecrettoken"}`))}, nil
	})
	other := []string{"--user-pool-id=us-west-2_other", atPool[1]}
	for _, c := range []struct {
		rt     http.RoundTripper
		args   []string
		status int
		want   string
	}{
		{refusing, []string{"header", other[0]}, 1, "importjob: GetCSVHeader us-west-2_other: ResourceNotFoundException: "},
		{refusing, []string{"check", file, other[0]}, 1, "importjob: DescribeUserPool us-west-2_other: ResourceNotFoundException: "},
		{refusing, []string{"run", file, other[0], other[1]}, 1, "importjob: CreateUserImportJob us-west-2_other: ResourceNotFoundException: "},
		{refusing, []string{"results", "--job-id=import-0", other[0]}, 1, "importjob: DescribeUserImportJob us-west-2_other/import-0: ResourceNotFoundException: "},
		{canonical, []string{"header", other[0]}, 1, "InvalidSignatureException: The request signature does not match.\n"},
		{canonical, []string{"run", file, other[0], other[1]}, 1, "The request signature does not match.\n"},
		{offline, []string{"header", other[0]}, 2, "no route to host"},
		{offline, []string{"check", file, other[0]}, 2, "no route to host"},
		{offline, []string{"run", file, other[0], other[1]}, 2, "no route to host"},
		{offline, []string{"results", "--job-id=import-0", other[0]}, 2, "no route to host"},
	} {
		synctest.Test(t, func(t *testing.T) {
			got := atFake(t.Context(), c.rt, c.args...)
			assert.Equal(t, c.status, got.status, c.args)
			assert.Empty(t, got.out, c.args)
			assert.Contains(t, got.err, c.want, c.args)
			assert.True(t, strings.HasPrefix(got.err, "importjob: "), got.err)
			assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
			assert.NotContains(t, got.err, "verysecret")
		})
	}
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
				assert.Regexp(t, `^importjob: \d+ of the 30 rows that failed or were skipped are not in the job's log \(yet\): `+
					`see importjob results --user-pool-id us-west-2_aaaaaaaaa --job-id import-\w+\n$`, got.err)
			})
		}
	}
}

// Where nobody failed there is nothing to look for in the log, so nobody needs the permission.
func TestRunAtAWSReadsNoLogForNothing(t *testing.T) {
	awsEnvironment(t)
	fake := wire(newPool(t, nil, nil))
	rt := roundTripper(func(r *http.Request) (*http.Response, error) {
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
	rt := roundTripper(func(r *http.Request) (*http.Response, error) {
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
