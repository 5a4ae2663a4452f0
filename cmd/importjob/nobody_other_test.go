//go:build !unix

package main

import "testing"

// asNobody skips the test: there is no root here.
func asNobody(t *testing.T) (dir string, importjob func(t *testing.T, args ...string) result) {
	t.Helper()
	t.Skip("there is no user that may read everything")
	return "", nil
}
