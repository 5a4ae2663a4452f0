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

// backendFlags say where the pool is.
type backendFlags struct {
	Backend string `enum:"memory,aws" placeholder:"NAME" default:"memory" help:"Where the pool is: memory, for one made of the other flags, or aws (${default})."`
	awsFlags
}

// memoryFlags make up a pool in memory. At AWS the pool itself knows.
var memoryFlags = []string{
	"schema", "auto-verified", "username-attributes", "alias-attributes", "required", "custom", "mfa", "case-sensitive", "rows-per-second",
}

// given are the names of the flags that stand on the command line.
type given []string

func flagsOf(command *kong.Context) given {
	var names given
	for _, p := range command.Path {
		if p.Flag != nil {
			names = append(names, p.Flag.Name)
		}
	}
	return names
}

// agree refuses flags that contradict --backend. needed are the flags whose defaults no pool at AWS has.
func (f *backendFlags) agree(flags given, needed ...string) error {
	for _, name := range flags {
		switch {
		case f.Backend == atAWS && slices.Contains(memoryFlags, name):
			return contradiction(name)
		case f.Backend == inMemory && slices.Contains([]string{"endpoint-url", "region", "profile"}, name):
			return fmt.Errorf("--%s needs --backend aws", name)
		}
	}
	if f.Backend == atAWS {
		return f.complete(flags, needed...)
	}
	return nil
}

func contradiction(flag string) error {
	return fmt.Errorf("--%s contradicts --backend aws: the pool's own settings hold there", flag)
}

// complete refuses a default of the fake's for AWS itself.
func (f *awsFlags) complete(flags given, needed ...string) error {
	for _, name := range needed {
		if f.EndpointURL == "" && !slices.Contains(flags, name) {
			return fmt.Errorf("--%s is needed: at AWS it has no default", name)
		}
	}
	return nil
}
