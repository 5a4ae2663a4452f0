package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// processTasks returns the lines that compare the process "importjob check" with a process that only reads the
// file with encoding/csv: this program with -read.
func processTasks(in input) []task {
	dir, err := os.MkdirTemp("", "bench")
	must(err)
	file, command := filepath.Join(dir, "users.csv"), filepath.Join(dir, "importjob")
	must(os.WriteFile(file, in.data, 0o600))
	build := exec.Command("go", "build", "-o", command, "./cmd/importjob")
	build.Dir = ".."
	build.Stderr = os.Stderr
	must(build.Run())
	self, err := os.Executable()
	must(err)
	run := func(name string, args ...string) func() {
		return func() {
			must(exec.Command(name, args...).Run())
		}
	}
	ours := run(command, "check", "--mfa", "optional", file)
	return []task{
		{name: "importjob check, the process", beside: "a csv reading process", target: 0.45, atMost: true, cores: 2,
			ref: run(self, "-read", file), ours: ours},
		{name: "importjob check, peak MiB", target: 60, atMost: true, figure: func() float64 {
			out, err := exec.Command(self, "-peak", command, "check", "--mfa", "optional", file).Output()
			must(err)
			mib, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
			must(err)
			return mib
		}},
	}
}

// printPeak runs a command and prints its peak memory in MiB. It needs a small process of its own, because the
// system includes the memory of the parent process in the peak of its child.
func printPeak(name string, args ...string) {
	c := exec.Command(name, args...)
	if err := c.Run(); err != nil && c.ProcessState.ExitCode() != 1 { // 1 says that rows are rejected
		panic(err)
	}
	fmt.Println(float64(c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024)
}
