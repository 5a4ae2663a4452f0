package live_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

const (
	poolID  = "us-west-2_Live00001"
	account = "123456789012"
	role    = "arn:aws:iam::" + account + ":role/CognitoCloudWatchLogsRole"
	secret  = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
	token   = "FwoGZXIvYXdzEXAMPLETOKEN"
)

// The kinds of pools that probes ask about.
func plainPool() importjob.Pool {
	return importjob.Pool{ID: poolID, Name: "people", AutoVerifiedAttributes: []string{"email"}}
}

func emailPool() importjob.Pool {
	return importjob.Pool{ID: poolID, Name: "people", AutoVerifiedAttributes: []string{"email"}, UsernameAttributes: []string{"email"},
		Schema: importjob.Schema2025().Require("email"), CaseInsensitive: true, PasswordHashes: true}
}

func foldingPool() importjob.Pool {
	p := plainPool()
	p.CaseInsensitive = true
	return p
}

func phonePool() importjob.Pool {
	return importjob.Pool{ID: poolID, Name: "people", AutoVerifiedAttributes: []string{"phone_number"}, UsernameAttributes: []string{"phone_number"}}
}

func barePool() importjob.Pool { return importjob.Pool{ID: poolID, Name: "people"} }

// stepped is a clock that each DescribeUserImportJob moves. So a job is active until somebody looks at it, and no
// test waits.
type stepped struct {
	mu  sync.Mutex
	now time.Time
}

func (c *stepped) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *stepped) step() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(10 * time.Second)
}

// fake is a service on a socket of this machine.
type fake struct {
	cognito *memory.Cognito
	set     settings

	mu      sync.Mutex
	deleted []string // the requests that delete a user
}

// newFake serves a pool. change changes the fake; refuseRole makes Start refuse a role that cannot be assumed.
func newFake(t *testing.T, pool importjob.Pool, change func(*memory.Options), refuseRole bool) *fake {
	clock := &stepped{now: time.Now()}
	opts := &memory.Options{Now: clock.Now, PendingFor: 2 * time.Second, AccountID: account, AssumeRole: func(arn string) error {
		if arn != role {
			return errors.New("the role does not exist")
		}
		return nil
	}}
	if change != nil {
		change(opts)
	}
	f := &fake{cognito: memory.New(opts)}
	_, err := f.cognito.CreatePool(t.Context(), userpool.Pool{Pool: pool})
	require.NoError(t, err)
	client := importjob.Client(f.cognito)
	if refuseRole {
		client = backend.Intercept(client, refuseBadRole(client))
	}
	server := httptest.NewUnstartedServer(nil)
	served := cognitotest.Handler(client, &cognitotest.Options{Directory: f.cognito, AccountID: account, BaseURL: "http://" + server.Listener.Addr().String()})
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch target := r.Header.Get("X-Amz-Target"); {
		case strings.HasSuffix(target, ".DescribeUserImportJob"):
			clock.step()
		case strings.HasSuffix(target, ".AdminDeleteUser"):
			body, _ := io.ReadAll(r.Body)
			f.mu.Lock()
			f.deleted = append(f.deleted, string(body))
			f.mu.Unlock()
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			_, _ = io.WriteString(w, "{}")
			return
		}
		served.ServeHTTP(w, r)
	})
	server.Start()
	t.Cleanup(server.Close)
	f.set = settings{pool: poolID, role: role, report: filepath.Join(t.TempDir(), "report.md"), transport: wholeBodies}
	require.NoError(t, f.set.complete())
	atServer(t, server.URL)
	return f
}

// refuseBadRole makes Start say what a job otherwise says when it runs.
func refuseBadRole(c importjob.Client) backend.Interceptor {
	return func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		if call.Op == importjob.OpStart {
			if job, err := c.Describe(ctx, call.Ref); err == nil && job.CloudWatchLogsRoleARN != role {
				return &importjob.Error{Code: importjob.ErrPreconditionNotMet, Message: "The role " + job.CloudWatchLogsRoleARN + " cannot be assumed."}
			}
		}
		return next(ctx)
	}
}

// atServer makes the default configuration of the SDK lead to a server, and nowhere else.
func atServer(t *testing.T, url string) {
	none := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": url, "AWS_REGION": "us-west-2", "AWS_PROFILE": "", "AWS_DEFAULT_PROFILE": "",
		"AWS_ACCESS_KEY_ID": "ASIAEXAMPLEEXAMPLE12", "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token,
		"AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": "", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "",
		"HTTP_PROXY": "", "HTTPS_PROXY": "", "http_proxy": "", "https_proxy": "",
	} {
		t.Setenv(name, value)
	}
}

// wholeBodies keeps a connection whole. The SDK closes the body of a request as soon as the answer begins. The
// WriteTo of the body then ends in io.EOF, for which net/http closes the connection, in the middle of the answer
// where a server is as fast as this one.
func wholeBodies(next http.RoundTripper) http.RoundTripper {
	return testkit.RoundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Body != nil && r.Body != http.NoBody {
			r = r.Clone(r.Context())
			r.Body = struct{ io.ReadCloser }{ReadCloser: r.Body}
		}
		return next.RoundTrip(r)
	})
}
