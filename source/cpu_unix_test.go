//go:build unix

package source_test

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// cpuTime returns the processor time of the process, in nanoseconds. It tells more than the wall time on a busy machine.
func cpuTime(t testing.TB) int64 {
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return u.Utime.Nano() + u.Stime.Nano()
}
