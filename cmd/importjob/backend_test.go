package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/testkit"
)

func TestCheckAndHeaderTakeTheRulesOfThePool(t *testing.T) {
	awsEnvironment(t)
	cognito := newPool(t, nil, func(p *importjob.Pool) {
		p.Schema = importjob.Schema2025().With(importjob.CustomAttribute("team", importjob.TypeNumber)).Require("nickname")
		p.AutoVerifiedAttributes = []string{"phone_number"}
		p.PasswordHashes, p.CaseInsensitive = true, false
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
		{aws("run", file), "--user-pool-id is required at AWS; it has a default only with --endpoint-url"},
		{aws("run", file, atPool[0]), "--cloud-watch-logs-role-arn is required at AWS"},
		{aws("check", file), "--user-pool-id is required"},
		{aws("header"), "--user-pool-id is required"},
		{[]string{"results", "--job-id=import-x"}, "--user-pool-id is required"},
		{aws("header", "--mfa=on", atPool[0]), "--mfa does not work with --backend aws, where the pool has its own settings; leave it out"},
		{aws("header", "--schema=classic", atPool[0]), "--schema does not work with --backend aws"},
		{aws("header", "--password-hashing-algorithm=BCRYPT", atPool[0]), "--password-hashing-algorithm does not work with --backend aws"},
		{aws("check", "--case-sensitive", file, atPool[0]), "--case-sensitive does not work with --backend aws"},
		{aws("check", "--custom=x", file, atPool[0]), "--custom does not work with --backend aws"},
		{aws("run", file, "--rows-per-second=5", "--endpoint-url=http://127.0.0.1:1"), "--rows-per-second does not work with --backend aws"},
		{[]string{"run", file, "--region=eu-west-1"}, "--region works only with --backend aws; add that flag, or leave --region out"},
		{[]string{"check", file, "--profile=p", "--backend=memory"}, "--profile works only with --backend aws"},
		{[]string{"header", "--endpoint-url=http://127.0.0.1:1"}, "--endpoint-url works only with --backend aws"},
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
	assert.Equal(t, result{2, "", "importjob: no AWS Region: give --region, set AWS_REGION, or configure a Region\n"}, ask())
	t.Setenv("AWS_REGION", "us-west-2")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	got := ask()
	assert.Equal(t, 2, got.status)
	assert.True(t, strings.HasPrefix(got.err, "importjob: no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile: "), got.err)
	assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
}

// A stand-in for AWS needs no configuration, and nobody asks the machine whether it is one of Amazon's.
func TestStandInNeedsNoConfiguration(t *testing.T) {
	awsEnvironment(t)
	for _, name := range []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, "")
	}
	machine := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the machine was asked") }))
	defer machine.Close()
	t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", machine.URL)
	s := serving(t, "--user-pool-id=eu-west-1_b")
	endpoint := "--endpoint-url=" + s.url
	got := command(t, "run", "--backend=aws", endpoint, "--user-pool-id=eu-west-1_b", testdata("users.csv"))
	assert.Equal(t, 0, got.status, got.err)
	got = command(t, "header", "--backend=aws", endpoint, "--profile=nobody")
	assert.Contains(t, got.err, "nobody", "a profile that is asked for must be there")
	for endpoint, want := range map[string]bool{
		"": false, "http://127.0.0.1:9229": true, "https://cognito.test": true,
		"https://vpce-0.cognito-idp.eu-west-1.vpce.amazonaws.com": false, "https://cognito-idp.cn-north-1.amazonaws.com.cn": false,
	} {
		assert.Equal(t, want, (&awsFlags{EndpointURL: endpoint}).otherEndpoint(), endpoint)
	}
}

// Whoever mistypes a port is told so soon, and in words that can be read.
func TestNobodyAnswers(t *testing.T) {
	awsEnvironment(t)
	refused := testkit.RoundTripper(func(r *http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	})
	file := testdata("users.csv")
	for _, args := range [][]string{{"run", file}, {"check", file}, {"header"}} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			got := atFake(t.Context(), refused, append(args, "--endpoint-url=http://127.0.0.1:1")...)
			assert.Equal(t, result{2, "", "importjob: no response from http://127.0.0.1:1: connection refused; check the network and the endpoint\n"}, got)
			assert.Less(t, time.Since(began), 10*time.Second)
		})
	}
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
	rt := testkit.RoundTripper(func(r *http.Request) (*http.Response, error) {
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

// A profile without keys and without a role is an error that says so, at AWS and at another endpoint.
func TestProfileWithoutKeys(t *testing.T) {
	awsEnvironment(t)
	file := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(file, []byte("[default]\nregion=us-west-2\n[profile bare]\nregion=eu-west-1\n"), 0o600))
	t.Setenv("AWS_CONFIG_FILE", file)
	nobody := testkit.RoundTripper(func(r *http.Request) (*http.Response, error) {
		t.Errorf("a request to %s", r.URL)
		return nil, errors.New("offline")
	})
	const want = "importjob: no AWS credentials in the profile bare: add keys or a role to it, or give another --profile: "
	for _, args := range [][]string{
		{"header", "--profile=bare"}, {"check", testdata("users.csv"), "--profile=bare"},
		{"run", testdata("users.csv"), "--profile=bare", atPool[1]}, {"results", "--job-id=import-x", "--profile=bare"},
		{"header", "--profile=bare", "--endpoint-url=http://127.0.0.1:9229"},
	} {
		got := atFake(t.Context(), nobody, append(args, atPool[0])...)
		assert.Equal(t, 2, got.status, args)
		assert.Empty(t, got.out, args)
		assert.True(t, strings.HasPrefix(got.err, want), "%s: %s", args, got.err)
		assert.Equal(t, 1, strings.Count(got.err, "\n"), got.err)
	}
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_PROFILE", "bare")
	got := atFake(t.Context(), nobody, "header", atPool[0])
	assert.Equal(t, 2, got.status)
	assert.True(t, strings.HasPrefix(got.err, "importjob: no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile: "), got.err)
}

// A refusal is an outcome, no answer is none. Either is one line.
func TestServiceErrors(t *testing.T) {
	awsEnvironment(t)
	file := testdata("users.csv")
	refusing := wire(newPool(t, nil, nil))
	offline := testkit.RoundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route to host") })
	canonical := testkit.RoundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 400, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(
			`{"__type":"InvalidSignatureException","message":"The request signature does not match.\n\nThe Canonical String: x-amz-security-token:verysecrettoken"}`))}, nil
	})
	stranger := testkit.RoundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 403, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("<html>no"))}, nil
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
		{stranger, []string{"header", other[0]}, 1, "importjob: GetCSVHeader: the response is not from Amazon: HTTP status 403; check the endpoint and the proxy\n"},
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
