package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The keys that clients must sign with. The server verifies every signature.
const (
	accessKeyID     = "AKIDEXAMPLE"
	secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

func TestMain(m *testing.M) {
	status := m.Run()
	if dir := buildDir; dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(status)
}

var buildDir string // of the binary, set once by build

// build builds the command once for all tests.
var build = sync.OnceValues(func() (binary string, err error) {
	if buildDir, err = os.MkdirTemp("", "importjob-e2e-"); err != nil {
		return "", err
	}
	binary = filepath.Join(buildDir, "importjob")
	out, err := exec.Command("go", "build", "-o", binary, "../cmd/importjob").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return binary, nil
})

// server is a running importjob serve.
type server struct {
	t   *testing.T
	url string
}

// serve starts importjob serve as a process, and ends it at the end of the test.
func serve(t *testing.T, args ...string) server {
	t.Helper()
	binary, err := build()
	require.NoError(t, err)
	args = append([]string{"serve", "--addr=127.0.0.1:0", "--control", "--credentials=" + accessKeyID + ":" + secretAccessKey}, args...)
	cmd := exec.Command(binary, args...)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	stdout := bufio.NewReader(out)
	first, err := stdout.ReadString('\n')
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		_, _ = io.Copy(io.Discard, stdout) // reads all of it, before Wait closes it
		assert.NoError(t, cmd.Wait(), "the server ended badly: %s", &log)
		if t.Failed() {
			t.Logf("the server's log:\n%s", &log)
		}
		for _, secret := range []string{accessKeyID, secretAccessKey, "X-Amz-Signature", "X-Amz-Security-Token", "@example.", oldPassword, newPassword, "eyJ"} {
			assert.NotContains(t, log.String(), secret)
		}
	})
	require.NoError(t, err, "no first line")
	require.Regexp(t, `^listening on http://127\.0\.0\.1:[1-9][0-9]*\n$`, first)
	return server{t, strings.TrimSpace(strings.TrimPrefix(first, "listening on "))}
}

// control changes the server with a request to /control/change, with one parameter.
func (s server) control(change, key, value string) {
	s.t.Helper()
	res, err := http.PostForm(s.url+"/control/"+change, url.Values{key: {value}})
	require.NoError(s.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, res.StatusCode, string(body))
}

// commandLimit limits the time of one command.
const commandLimit = 2 * time.Minute

// result is the output and the exit status of a command.
type result struct {
	stdout, stderr string
	status         int
}

// run runs a command to its end, in an environment without settings of another AWS account or a proxy.
func run(t *testing.T, env []string, name string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), commandLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = time.Second
	cmd.Env = append(cleanEnv(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	require.NoError(t, ctx.Err(), "%s %q hangs: %s", name, args, &errs)
	if cmd.ProcessState == nil {
		require.NoError(t, err)
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// cleanEnv returns the environment of this process without the settings of AWS clients, and with proxies turned off.
func cleanEnv() []string {
	env := []string{"NO_PROXY=*", "no_proxy=*"}
	for _, setting := range os.Environ() {
		if name, _, _ := strings.Cut(setting, "="); !strings.HasPrefix(name, "AWS_") && !strings.EqualFold(name, "no_proxy") {
			env = append(env, setting)
		}
	}
	return env
}
