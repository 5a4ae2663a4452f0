//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// nobody is the ID of a user and of a group that own no file.
const nobody = 65534

// asNobody returns a directory of root that every user can list, and a function that runs the command as a user other
// than root. It skips the test where root cannot become that user, as in some containers.
func asNobody(t *testing.T) (dir string, importjob func(t *testing.T, args ...string) result) {
	t.Helper()
	binary := build(t)
	dir, err := os.MkdirTemp(binaryDir, "")
	require.NoError(t, err)
	for _, path := range []string{binaryDir, dir} {
		require.NoError(t, os.Chmod(path, 0o755))
	}
	run := func(args ...string) *exec.Cmd {
		cmd := exec.Command(binary, args...)
		cmd.Dir, cmd.Env = dir, []string{}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		return cmd
	}
	if err := run("--version").Run(); errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EINVAL) {
		t.Skipf("root cannot run the command as user %d: %v", nobody, err)
	}
	return dir, func(t *testing.T, args ...string) result {
		t.Helper()
		return execute(run(args...))
	}
}
