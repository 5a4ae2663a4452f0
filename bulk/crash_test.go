package bulk_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// The tests in this file end processes in the middle of an import. Such a process is this test
// binary, and its environment says what it does.
const (
	crashEndpoint = "IMPORTJOB_TEST_CRASH_ENDPOINT"
	crashInput    = "IMPORTJOB_TEST_CRASH_INPUT"
	crashDir      = "IMPORTJOB_TEST_CRASH_DIR"
	crashAt       = "IMPORTJOB_TEST_CRASH_AT" // the number of the step to end at; 0 is none
)

func TestMain(m *testing.M) {
	if os.Getenv(crashEndpoint) == "" {
		testkit.TempDirInMemory()
		os.Exit(m.Run())
	}
	if err := crashingImport(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// crashingImport goes on with an import and prints its steps, until the one where it ends.
func crashingImport() error {
	at, err := strconv.Atoi(os.Getenv(crashAt))
	if err != nil {
		return err
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	steps := 0
	step := func(name string) {
		fmt.Println(name)
		if steps++; steps == at {
			_ = self.Kill()
			select {}
		}
	}
	calls := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		step("call " + string(call.Op))
		err := next(ctx)
		step("called " + string(call.Op))
		return err
	}
	hooks := bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}, Step: func(name string) error { step(name); return nil }}
	client := backend.Intercept(overTheWire(os.Getenv(crashEndpoint)), calls)
	_, err = bulk.ImportWith(context.Background(), client, input(), bulk.CognitoCSV(os.Getenv(crashInput)), os.Getenv(crashDir),
		&bulk.Options{Resume: true, PartRows: 4}, hooks)
	return err
}

// keys are the credentials of the requests.
var keys = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, nil
})

// overTheWire is a client of a server on loopback.
func overTheWire(endpoint string) importjob.Client {
	return awsbackend.New(
		cognito.New(cognito.Options{Region: "us-west-2", Credentials: keys, BaseEndpoint: aws.String(endpoint)}),
		&awsbackend.Options{Logs: cloudwatchlogs.New(cloudwatchlogs.Options{Region: "us-west-2", Credentials: keys, BaseEndpoint: aws.String(endpoint)})})
}

// crashWorld is a Cognito that outlives the processes, and the input for it.
type crashWorld struct {
	*memory.Cognito
	endpoint, input, dir string
}

func newCrashWorld(t *testing.T) *crashWorld {
	c := newCognito(t, memory.Options{})
	_, err := c.AddUser(t.Context(), poolID, userpool.User{Username: "user2"})
	require.NoError(t, err)
	s := httptest.NewServer(cognitotest.Handler(c, &cognitotest.Options{Directory: c}))
	t.Cleanup(s.Close)
	users := good(10)
	bad := user("bad")
	bad["email"] = "none"
	return &crashWorld{c, s.URL, dialect(t, append(users, bad, user("USER7"))...), filepath.Join(t.TempDir(), "import")}
}

// importUntil goes on with the import in a process that ends at a step. It returns the steps, and
// whether the process came to its end.
func (w *crashWorld) importUntil(t *testing.T, at int) (steps []string, done bool) {
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), crashEndpoint+"="+w.endpoint, crashInput+"="+w.input, crashDir+"="+w.dir, crashAt+"="+strconv.Itoa(at))
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	require.Empty(t, complaint.String())
	return strings.Split(strings.TrimSpace(string(out)), "\n"), err == nil
}

// isWhole demands that each user is in the pool once, that each part was imported by one job, and
// that the report says so.
func (w *crashWorld) isWhole(t *testing.T) {
	names := usernames(t, w)
	for _, u := range good(10) {
		assert.True(t, names[u["cognito:username"]], u["cognito:username"])
	}
	assert.Len(t, names, 10)
	ran := map[string]int{}
	for job, err := range importjob.Jobs(t.Context(), w, poolID) {
		require.NoError(t, err)
		ran[job.JobName]++ // one that was created and lost is found again
		assert.Equal(t, importjob.StatusSucceeded, job.Status)
	}
	assert.Len(t, ran, 3, "parts")
	for name, n := range ran {
		assert.Equal(t, 1, n, name)
	}
	rows, s := readReport(t, w.dir)
	assert.Equal(t, bulk.Counts{Imported: 9, Skipped: 1}, s.Counts, "each user by one job")
	assert.EqualValues(t, 2, s.Rejected)
	for i, r := range rows {
		assert.Equal(t, strconv.Itoa(i+2), r.SourceLine)
	}
	entries, err := os.ReadDir(w.dir)
	require.NoError(t, err)
	for _, e := range entries {
		assert.NotContains(t, e.Name(), ".new")
		assert.NotEqual(t, "scratch", e.Name())
	}
}

// TestCrashAtEveryStep ends the process before and after each write that outlives it and each
// call of the service, and goes on in another, which now and then ends as well. With IMPORTJOB_LONG
// it does so at every step, and otherwise at every second.
func TestCrashAtEveryStep(t *testing.T) {
	first := newCrashWorld(t)
	steps, done := first.importUntil(t, 0)
	require.True(t, done)
	first.isWhole(t)
	require.Greater(t, len(steps), 100)
	for at, name := range steps {
		if at%2 == 1 && os.Getenv("IMPORTJOB_LONG") == "" {
			continue
		}
		t.Run(fmt.Sprintf("%d %s", at+1, name), func(t *testing.T) {
			t.Parallel()
			w := newCrashWorld(t)
			_, done := w.importUntil(t, at+1)
			require.False(t, done)
			if at%3 == 0 { // the second process gets as far as a step of its own
				_, done = w.importUntil(t, 1+at/3)
			}
			if !done {
				_, done = w.importUntil(t, 0)
				require.True(t, done)
			}
			w.isWhole(t)
		})
	}
}
