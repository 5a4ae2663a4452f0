// Package testkit has what the tests of several packages share. Only tests import it.
package testkit

import (
	"os"
	"os/exec"
	"testing"
)

// Long skips a test unless IMPORTJOB_LONG is set, and says why it takes long.
func Long(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("IMPORTJOB_LONG") == "" {
		t.Skip("set IMPORTJOB_LONG=1: " + why)
	}
}

// Program returns the path of the first program that is installed. Without one it skips the test and says how to
// install it, or fails it if IMPORTJOB_CLIENTS is "required".
func Program(t testing.TB, install string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	Missing(t, names[0]+" is not installed: "+install)
	return ""
}

// Missing skips a test that lacks something, or fails it if IMPORTJOB_CLIENTS is "required".
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("IMPORTJOB_CLIENTS") == "required" {
		t.Fatal(what)
	}
	t.Skip(what)
}
