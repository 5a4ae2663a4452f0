package testkit

import (
	"os"
	"syscall"
)

// TempDirInMemory makes the temporary directories of a test binary be in memory, if the system has room there and nobody has chosen another
// place. Thousands of small files on a disk take longer than the tests that write them.
func TempDirInMemory() {
	const memory, room = "/dev/shm", 2 << 30
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") != "" || syscall.Statfs(memory, &fs) != nil || fs.Bavail*uint64(fs.Bsize) < room {
		return
	}
	_ = os.Setenv("TMPDIR", memory) // without it, the tests are only slower
}
