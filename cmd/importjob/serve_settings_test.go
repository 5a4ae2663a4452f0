package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// signedFor makes a request carry a signature for a Region.
func signedFor(region, target string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+target)
		r.Header.Set("X-Amz-Date", "20190123T192955Z")
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20190123/"+region+"/cognito-idp/aws4_request, SignedHeaders=host, Signature=00")
	}
}

// A new pool is in the Region of the signature and in the account of the flag.
func TestServeMakesPoolsInTheRegionOfTheSignature(t *testing.T) {
	s := serving(t, "--account-id=123456789012")
	res, answer := s.send(http.MethodPost, "/", `{"PoolName":"other"}`, signedFor("eu-central-1", "CreateUserPool"))
	require.Equal(t, 200, res.StatusCode, answer)
	var made struct{ UserPool struct{ ID, ARN string } }
	require.NoError(t, json.Unmarshal([]byte(answer), &made))
	assert.Regexp(t, `^eu-central-1_[0-9A-Za-z]{9}$`, made.UserPool.ID)
	assert.Equal(t, "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/"+made.UserPool.ID, made.UserPool.ARN)
	assert.Contains(t, s.job("CreateUserImportJob", strings.Replace(jobInput, "us-west-2_aaaaaaaaa", made.UserPool.ID, 1)).PreSignedURL,
		s.url+"/123456789012/"+made.UserPool.ID+"/")
}

// Pools take password hashes as the flag says.
func TestServePasswordHashes(t *testing.T) {
	for _, c := range []struct {
		args       []string
		first, new bool
	}{
		{nil, false, true},
		{[]string{"--password-hashing-algorithm=BCRYPT"}, true, true},
		{[]string{"--password-hashes"}, true, true},
		{[]string{"--no-password-hashes", "--password-hashing-algorithm=BCRYPT"}, false, false},
	} {
		s := serving(t, c.args...)
		_, answer := s.send(http.MethodPost, "/", `{"PoolName":"other"}`, signedFor("us-west-2", "CreateUserPool"))
		id := regexp.MustCompile(`"Id":"([^"]+)"`).FindStringSubmatch(answer)
		require.NotNil(t, id, answer)
		for pool, takes := range map[string]bool{"us-west-2_aaaaaaaaa": c.first, id[1]: c.new} {
			_, header := s.call("GetCSVHeader", `{"UserPoolId":"`+pool+`"}`)
			assert.Equal(t, takes, strings.Contains(header, `"password_hash"`), "%v: %s", c.args, pool)
		}
	}
}

func TestServeSubAsUsername(t *testing.T) {
	for _, args := range [][]string{nil, {"--sub-as-username"}} {
		s := serving(t, append([]string{"--username-attributes=email"}, args...)...)
		_, header := s.call("GetCSVHeader", `{"UserPoolId":"us-west-2_aaaaaaaaa"}`)
		var columns struct{ CSVHeader []string }
		require.NoError(t, json.Unmarshal([]byte(header), &columns))
		cells := make([]string, len(columns.CSVHeader))
		for i, name := range columns.CSVHeader {
			cells[i] = map[string]string{"cognito:username": "ann@example.com", "email": "ann@example.com", "email_verified": "TRUE"}[name]
		}
		file := filepath.Join(t.TempDir(), "users.csv")
		require.NoError(t, os.WriteFile(file, []byte(strings.Join(columns.CSVHeader, ",")+"\n"+strings.Join(cells, ",")+"\n"), 0o600))
		job := s.job("CreateUserImportJob", jobInput)
		status, answer := s.upload(job, file)
		require.Equal(t, 200, status, answer)
		s.job("StartUserImportJob", named(job))
		require.Equal(t, importjob.StatusSucceeded, s.job("DescribeUserImportJob", named(job)).Status)
		_, answer = s.call("ListUsers", `{"UserPoolId":"us-west-2_aaaaaaaaa"}`)
		assert.Equal(t, args == nil, strings.Contains(answer, `"Username":"ann@example.com"`), answer)
	}
}

// Upload URLs have the host of --base-url, or the one that a trusted proxy names.
func TestServeBehindAProxy(t *testing.T) {
	forwarded := func(r *http.Request) {
		signedFor("us-west-2", "CreateUserImportJob")(r)
		r.Header.Set("X-Forwarded-Host", "fake.test, inner")
		r.Header.Set("X-Forwarded-Proto", "https")
	}
	for _, c := range []struct {
		args []string
		want string // the base of the URL; "" is the address of the server
	}{
		{nil, ""},
		{[]string{"--trust-proxy", "--allow-host=fake.test"}, "https://fake.test"},
		{[]string{"--base-url=https://other.test:8443/"}, "https://other.test:8443"},
	} {
		s := serving(t, c.args...)
		if c.want == "" {
			c.want = s.url
		}
		res, answer := s.send(http.MethodPost, "/", jobInput, forwarded)
		require.Equal(t, 200, res.StatusCode, answer)
		var got struct{ UserImportJob importjob.UserImportJob }
		require.NoError(t, json.Unmarshal([]byte(answer), &got))
		path, ok := strings.CutPrefix(got.UserImportJob.PreSignedURL, c.want)
		require.True(t, ok, got.UserImportJob.PreSignedURL)
		if len(c.args) == 0 {
			continue
		}
		res, answer = s.send(http.MethodPut, path, "x", func(r *http.Request) {
			r.Header.Set("x-amz-server-side-encryption", "aws:kms")
			if r.Host = "other.test:8443"; c.args[0] == "--trust-proxy" {
				r.Host = "127.0.0.1"
				r.Header.Set("X-Forwarded-Host", "fake.test")
			}
		})
		assert.Equal(t, 200, res.StatusCode, answer)
	}
	res, answer := serving(t, "--trust-proxy").send(http.MethodPost, "/", jobInput, forwarded)
	assert.Equal(t, 403, res.StatusCode, answer)
	assert.Contains(t, answer, `The host \"fake.test\" is not allowed`)
}

// The keys can come from a file or the environment, and their secret is in no output.
func TestServeCredentialsFromAFileOrTheEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.WriteFile(file, []byte("AKID:topsecret\n"), 0o600))
	refused := func(s served) {
		status, answer := s.call("DescribeUserPool", `{"UserPoolId":"us-west-2_aaaaaaaaa"}`)
		assert.Equal(t, 400, status)
		assert.Contains(t, answer, "InvalidSignatureException", "the access key ID is known")
		assert.NotContains(t, s.stop().err, "topsecret")
	}
	refused(serving(t, "--credentials=@"+file))
	t.Setenv("IMPORTJOB_CREDENTIALS", "AKID:topsecret")
	refused(serving(t))
	t.Setenv("IMPORTJOB_CREDENTIALS", "@"+file)
	refused(serving(t))
	status, answer := serving(t, "--credentials=").call("DescribeUserPool", `{"UserPoolId":"us-west-2_aaaaaaaaa"}`)
	assert.Equal(t, 200, status, answer)

	require.NoError(t, os.WriteFile(file, []byte("topsecret"), 0o600))
	got := command(t, "serve", "--credentials=@"+file)
	assert.Equal(t, 2, got.status)
	assert.NotContains(t, got.err, "topsecret")
	got = command(t, "serve", "--credentials=@"+file+"x")
	assert.Equal(t, 2, got.status)
	assert.Contains(t, got.err, "no such file")
	t.Setenv("IMPORTJOB_CREDENTIALS", "AKID:topsecret")
	for _, args := range [][]string{{"serve", "--help"}, {"serve", "--addr=x"}, {"serve", "--nothing"}} {
		got := command(t, args...)
		assert.NotContains(t, got.out+got.err, "topsecret", args)
	}
}

// An operation that is not served is named in the answer and in the log.
func TestServeNamesWhatItDoesNotServe(t *testing.T) {
	s := serving(t)
	status, answer := s.call("SignUp", "{}")
	assert.Equal(t, 400, status)
	assert.Contains(t, answer, `{"__type":"UnknownOperationException","message":"The operation SignUp is not served`)
	assert.Contains(t, s.stop().err, "op=SignUp status=400")
}
