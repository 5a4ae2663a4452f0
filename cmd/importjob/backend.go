package main

import (
	"fmt"
	"slices"

	"github.com/alecthomas/kong"
)

// The values of --backend.
const (
	inMemory = "memory"
	atAWS    = "aws"
)

// backendFlags choose the service that has the pool.
type backendFlags struct {
	Backend  string `group:"Backend:" enum:"${backends}" placeholder:"NAME" default:"${backend}" help:"Where the pool is: ${backend_help}"`
	awsFlags `group:"Backend:"`
}

// memoryFlags are the flags that describe a pool in memory. A pool at AWS has its own settings.
var memoryFlags = []string{
	"schema", "auto-verified", "username-attributes", "alias-attributes", "required", "custom", "mfa", "case-sensitive", "rows-per-second",
}

// flagsOf returns the names of the flags on the command line.
func flagsOf(command *kong.Context) []string {
	var names []string
	for _, p := range command.Path {
		if p.Flag != nil {
			names = append(names, p.Flag.Name)
		}
	}
	return names
}

// checkFlags returns an error if a flag does not work with --backend, or if a needed flag is missing. needed are the
// flags that have a default only for a pool in memory.
func (f *backendFlags) checkFlags(flags []string, needed ...string) error {
	for _, name := range flags {
		switch {
		case f.Backend == atAWS && slices.Contains(memoryFlags, name):
			return notAtAWS(name)
		case f.Backend != atAWS && slices.Contains([]string{"endpoint-url", "region", "profile"}, name):
			return fmt.Errorf("--%s works only with --backend aws; add that flag, or leave --%s out", name, name)
		}
	}
	if f.Backend == atAWS {
		return f.requireFlags(flags, needed...)
	}
	return nil
}

// notAtAWS returns the error about a flag that describes a pool in memory.
func notAtAWS(flag string) error {
	return fmt.Errorf("--%s does not work with --backend aws, where the pool has its own settings; leave it out", flag)
}

// requireFlags returns an error if a needed flag is missing and there is no --endpoint-url.
func (f *awsFlags) requireFlags(flags []string, needed ...string) error {
	for _, name := range needed {
		if f.EndpointURL == "" && !slices.Contains(flags, name) {
			return fmt.Errorf("--%s is required at AWS; it has a default only with --endpoint-url", name)
		}
	}
	return nil
}
