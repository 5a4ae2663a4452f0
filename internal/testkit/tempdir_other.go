//go:build !linux

package testkit

// TempDirInMemory does nothing on this system.
func TempDirInMemory() {}
