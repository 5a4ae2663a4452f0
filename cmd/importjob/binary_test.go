package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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

// binaryDir is where the command is built, once for all tests that run it as a process.
var binaryDir string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "importjob")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		binaryDir = dir
		return m.Run()
	}())
}

var buildOnce = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(binaryDir, "importjob")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return binary, err
})

// build builds the command and returns the path of the binary.
func build(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the command")
	}
	binary, err := buildOnce()
	require.NoError(t, err)
	return binary
}

// execute runs a command to its end.
func execute(cmd *exec.Cmd) result {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // the exit status tells
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

func TestBinary(t *testing.T) {
	binary := build(t)
	t.Run("exit statuses", func(t *testing.T) {
		for want, args := range [][]string{
			{"run", testdata("users.csv")},
			{"run", testdata("broken.csv")},
			{"run", testdata("no-such.csv")},
		} {
			got := execute(exec.Command(binary, args...))
			assert.Equal(t, want, got.status, got)
			assert.Equal(t, want == 2, strings.HasPrefix(got.err, "importjob: open "), got.err)
			assert.NotContains(t, got.err, "Importing", "standard error is no terminal")
		}
		assert.Equal(t, 2, execute(exec.Command(binary)).status)
	})
	t.Run("standard input", func(t *testing.T) {
		cmd := exec.Command(binary, "check", "--from", "dialect", "-")
		cmd.Stdin = strings.NewReader("name\n")
		assert.Equal(t, 1, execute(cmd).status)
	})
	t.Run("full disk", func(t *testing.T) { fullDisk(t, binary) })
	t.Run("reader that goes away", func(t *testing.T) { brokenPipe(t, binary) })
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("no /proc to see when the command is ready for a signal")
	}
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) { interrupt(t, binary, signal) })
	}
}

// fullDisk is importjob header > /dev/full.
func fullDisk(t *testing.T, binary string) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	cmd := exec.Command(binary, "header")
	cmd.Stdout = full
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Run(), &exit)
	assert.Equal(t, 2, exit.ExitCode())
}

// brokenPipe is importjob check FILE | head -1.
func brokenPipe(t *testing.T, binary string) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	errs := bytes.Buffer{}
	cmd := exec.Command(binary, "check", "--json", "-")
	cmd.Stdin = strings.NewReader(classic + ends + "\n" + strings.Repeat("a,b\n", 100_000))
	cmd.Stdout, cmd.Stderr = w, &errs
	require.NoError(t, cmd.Start())
	w.Close()
	_, err = io.ReadFull(r, make([]byte, 10))
	require.NoError(t, err)
	r.Close()
	var exit *exec.ExitError
	require.True(t, errors.As(cmd.Wait(), &exit))
	assert.Equal(t, syscall.SIGPIPE, exit.Sys().(syscall.WaitStatus).Signal())
	assert.NotContains(t, errs.String(), "panic")
	assert.NotContains(t, errs.String(), "goroutine")
}

// interrupt sends a signal to a run that would take a quarter of an hour, once it has opened its file.
func interrupt(t *testing.T, binary string, signal os.Signal) {
	var out, errs bytes.Buffer
	cmd := exec.Command(binary, "run", "--json", "--rows-per-second=1", testdata("users.csv"))
	cmd.Stdout, cmd.Stderr = &out, &errs
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return hasOpen(cmd.Process.Pid, "users.csv") }, 10*time.Second, time.Millisecond)
	require.NoError(t, cmd.Process.Signal(signal))
	_ = cmd.Wait()
	assert.Equal(t, 1, cmd.ProcessState.ExitCode())
	assert.Equal(t, "importjob: interrupted\n", errs.String())
}

// hasOpen reports whether a process has a file open, as Linux tells it.
func hasOpen(pid int, name string) bool {
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, link := range links {
		if target, _ := os.Readlink(link); filepath.Base(target) == name {
			return true
		}
	}
	return false
}
