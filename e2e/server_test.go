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

// The keys with which clients must sign. The server verifies every signature.
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

// build builds the command for all tests.
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

// server is an importjob serve that is running.
type server struct {
	t   *testing.T
	url string
}

// serve starts the command as a process of its own, and ends it with the test.
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
		_, _ = io.Copy(io.Discard, stdout) // to its end, before Wait closes it
		assert.NoError(t, cmd.Wait(), "the server ended badly: %s", &log)
		if t.Failed() {
			t.Logf("the server's log:\n%s", &log)
		}
		for _, secret := range []string{accessKeyID, secretAccessKey, "X-Amz-Signature", "X-Amz-Security-Token", "@example."} {
			assert.NotContains(t, log.String(), secret)
		}
	})
	require.NoError(t, err, "no first line")
	require.Regexp(t, `^listening on http://127\.0\.0\.1:[1-9][0-9]*\n$`, first)
	return server{t, strings.TrimSpace(strings.TrimPrefix(first, "listening on "))}
}

// control steers the server: change is such as "advance", key and value its parameter.
func (s server) control(change, key, value string) {
	s.t.Helper()
	res, err := http.PostForm(s.url+"/control/"+change, url.Values{key: {value}})
	require.NoError(s.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, res.StatusCode, string(body))
}

// commandLimit ends a command that hangs.
const commandLimit = 2 * time.Minute

// result is how a command ended.
type result struct {
	stdout, stderr string
	status         int
}

// run runs a command to its end, in an environment that leads to no other account or host.
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

// cleanEnv is this process's environment without settings of AWS clients, and without proxies.
func cleanEnv() []string {
	env := []string{"NO_PROXY=*", "no_proxy=*"}
	for _, setting := range os.Environ() {
		if name, _, _ := strings.Cut(setting, "="); !strings.HasPrefix(name, "AWS_") && !strings.EqualFold(name, "no_proxy") {
			env = append(env, setting)
		}
	}
	return env
}
