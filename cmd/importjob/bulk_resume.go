package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
)

// notSaved are the flags that the directory of an import does not keep, since they are about one call.
var notSaved = []string{"dir", "resume", "dry-run", "retry", "json", "help"}

// canDiffer are the saved flags that can have another value when an import is resumed.
var canDiffer = []string{"part-rows", "no-results", "stop-on-interrupt", "rows-per-second", "profile", "cloud-watch-logs-role-arn"}

// recall completes the command line with what the directory knows of its import. It returns nil if --resume is not
// given, or if the directory holds no import. flags are the names of the flags on the completed command line.
func (c *bulkCommand) recall(command *kong.Context) (saved *bulk.Saved, flags []string, err error) {
	flags = flagsOf(command)
	if !c.Resume || c.Dir == "" {
		return nil, flags, nil
	}
	found, err := bulk.Load(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, flags, nil
	}
	if err != nil {
		return nil, nil, errors.Unwrap(err) // without the name of the package
	}
	if err := c.checkSavedFlags(command, found.Args); err != nil {
		return nil, nil, err
	}
	args := slices.DeleteFunc(slices.Clone(found.Args), func(arg string) bool { return slices.Contains(flags, flagName(arg)) })
	if _, err := command.Parse(slices.Concat(command.Args[:1], args, command.Args[1:])); err != nil {
		return nil, nil, fmt.Errorf("--dir %s: the saved command line cannot be used: %w", c.Dir, err)
	}
	return &found, c.fill(&found, flags), nil
}

// checkSavedFlags returns an error if a flag on the command line contradicts the flags of the import.
func (c *bulkCommand) checkSavedFlags(command *kong.Context, saved []string) error {
	var given []string
	for _, arg := range c.savedArgs(command) {
		if name := flagName(arg); !slices.Contains(canDiffer, name) {
			given = append(given, arg)
		}
	}
	for _, arg := range given {
		name := flagName(arg)
		was, is := withName(saved, name), withName(given, name)
		if len(was) > 0 && !slices.Equal(was, is) {
			return fmt.Errorf("--%s is not the same as in the import in %s; leave it out, or give %s", name, c.Dir, strings.TrimPrefix(commandLine(was), "importjob "))
		}
	}
	return nil
}

// fill sets the flags that are not on the command line and that package bulk knows. It returns the names of all flags
// that have a value.
func (c *bulkCommand) fill(saved *bulk.Saved, flags []string) []string {
	role := saved.Input.CloudWatchLogsRoleARN
	if saved.Target.Backend == "" { // the role of a dry run without a backend is made up
		role = ""
	}
	for _, f := range []struct {
		name  string
		flag  *string
		value string
	}{
		{"user-pool-id", &c.UserPoolID, saved.Input.UserPoolID},
		{"job-name", &c.JobName, saved.Input.JobName},
		{"password-hashing-algorithm", &c.PasswordHashingAlgorithm, string(saved.Input.PasswordHashingAlgorithm)},
		{"cloud-watch-logs-role-arn", &c.CloudWatchLogsRoleARN, role},
		{"backend", &c.Backend, saved.Target.Backend},
		{"endpoint-url", &c.EndpointURL, saved.Target.Endpoint},
		{"region", &c.Region, saved.Target.Region},
	} {
		if f.value != "" && !slices.Contains(flags, f.name) {
			*f.flag = f.value
			flags = append(flags, f.name)
		}
	}
	return flags
}

// savedArgs returns the flags on the command line that the directory keeps, in the form --name=value.
func (c *bulkCommand) savedArgs(command *kong.Context) []string {
	var args, done []string
	for _, p := range command.Path {
		if p.Flag == nil || slices.Contains(notSaved, p.Flag.Name) || slices.Contains(done, p.Flag.Name) {
			continue
		}
		done = append(done, p.Flag.Name)
		value := p.Flag.Target
		if value.Kind() != reflect.Slice {
			args = append(args, fmt.Sprintf("--%s=%v", p.Flag.Name, value))
			continue
		}
		for i := range value.Len() {
			args = append(args, fmt.Sprintf("--%s=%v", p.Flag.Name, value.Index(i)))
		}
	}
	return args
}

// flagName returns the name of the flag in --name=value.
func flagName(arg string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
	return name
}

// withName returns the arguments for one flag.
func withName(args []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return flagName(arg) != name })
}

// requireBackend returns an error if there is no backend for the import, or if a flag does not work with it.
func (c *bulkCommand) requireBackend(flags []string) error {
	if c.Backend == "" && !c.DryRun {
		return errors.New("give --backend aws, or --backend memory for a simulation, or --dry-run; there is no default backend")
	}
	return c.checkFlags(flags, "user-pool-id", "cloud-watch-logs-role-arn")
}

// clientAndTarget returns a client of the backend, and what the directory keeps of it. The target of a dry run without
// a backend is zero.
func (c *bulkCommand) clientAndTarget(ctx context.Context, std *streams) (importjob.Client, bulk.Target, error) {
	switch c.Backend {
	case atAWS:
		client, to, err := c.connectTo(ctx, c.UserPoolID, std)
		return client, bulk.Target{Backend: atAWS, Endpoint: to.endpoint, Region: to.region}, err
	case inMemory:
		client, err := c.client(ctx, std)
		return client, bulk.Target{Backend: inMemory, Simulation: true}, err
	}
	client, err := c.client(ctx, std)
	return client, bulk.Target{}, err
}

// targetFlags returns the flags that choose a target.
func targetFlags(t bulk.Target) string {
	args := []string{"--backend", t.Backend}
	if t.Endpoint != "" {
		args = append(args, "--endpoint-url", t.Endpoint)
	}
	if t.Region != "" {
		args = append(args, "--region", t.Region)
	}
	text := strings.TrimPrefix(commandLine(args), "importjob ")
	if t.Backend == atAWS && t.Account != "" {
		text += ", and a role of the account " + t.Account + " as --cloud-watch-logs-role-arn"
	}
	return text
}
