package memory_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

var (
	scenarioSeed  = flag.Uint64("scenario.seed", 0, "run only the scenario with this seed, and print its steps")
	scenarioFirst = flag.Uint64("scenario.first", 1, "run the scenarios from this seed on")
)

// Random scenarios run in package memory and in the model, step by step. After each step both must have the same state.
// IMPORTJOB_LONG runs 2,000.
func TestScenarios(t *testing.T) {
	if *scenarioSeed != 0 {
		reportScenario(t, *scenarioSeed, planScenario(*scenarioSeed))
		return
	}
	count, batches := uint64(160), uint64(8)
	if os.Getenv("IMPORTJOB_LONG") != "" {
		count = 2000
	}
	for batch := range batches {
		first := *scenarioFirst + batch*count/batches
		t.Run(fmt.Sprintf("from seed %d", first), func(t *testing.T) {
			t.Parallel()
			for seed := first; seed < *scenarioFirst+(batch+1)*count/batches; seed++ {
				steps := planScenario(seed)
				if newScenario(seed, nil).run(steps) != nil {
					reportScenario(t, seed, shrinkScenario(seed, steps))
					return // the others mostly fail for the same reason
				}
			}
		})
	}
}

// reportScenario runs a scenario and prints its steps. It fails if the scenario does.
func reportScenario(t *testing.T, seed uint64, steps []scenarioStep) {
	var trace strings.Builder
	if err := newScenario(seed, &trace).run(steps); err != nil {
		t.Errorf("package memory and the model disagree: %v\nto replay: go test ./memory -run TestScenarios -scenario.seed %d\n"+
			"the shortest scenario found:\n%s", err, seed, trace.String())
	} else {
		t.Logf("scenario %d:\n%s", seed, trace.String())
	}
}

// shrinkScenario leaves out steps, as long as the scenario still fails.
func shrinkScenario(seed uint64, steps []scenarioStep) []scenarioStep {
	for size := len(steps) / 2; size > 0; {
		shorter := false
		for at := 0; at+size <= len(steps); {
			rest := slices.Concat(steps[:at], steps[at+size:])
			if newScenario(seed, nil).run(rest) != nil {
				steps, shorter = rest, true
			} else {
				at += size
			}
		}
		if !shorter {
			size /= 2
		}
	}
	return steps
}

// account is what both implement.
type account interface {
	importjob.Client
	userpool.Directory
	userpool.Passwords
}

// scenario is one run. Each step has a seed of its own, so a step can be left out without a change of the others.
type scenario struct {
	ctx   context.Context
	c     account
	m     *model
	now   time.Time
	rng   *rand.Rand       // of the step
	rare  bool             // the whole state is compared now and then only
	ids   map[string]bool  // the IDs of jobs and the subs that were seen
	gone  []string         // the IDs of deleted pools
	trace *strings.Builder // nil without a trace
}

type scenarioStep struct {
	do   string
	seed uint64
}

// scenarioSteps lists the kinds of steps, as often as the number says.
var scenarioSteps = []struct {
	do    string
	often int
	run   func(*scenario) error
}{
	{"create pool", 3, (*scenario).createPool},
	{"update pool", 3, (*scenario).updatePool},
	{"delete pool", 1, (*scenario).deletePool},
	{"create job", 5, (*scenario).createJob},
	{"upload", 8, (*scenario).upload},
	{"start", 8, (*scenario).start},
	{"create, upload and start", 14, (*scenario).wholeJob},
	{"stop", 5, (*scenario).stop},
	{"describe", 2, (*scenario).describe},
	{"list", 4, (*scenario).list},
	{"results", 4, (*scenario).results},
	{"add user", 5, (*scenario).addUser},
	{"user", 4, (*scenario).user},
	{"update user", 7, (*scenario).updateUser},
	{"delete user", 5, (*scenario).deleteUser},
	{"disable or enable user", 3, (*scenario).setDisabled},
	{"create group", 3, (*scenario).createGroup},
	{"update group", 1, (*scenario).updateGroup},
	{"delete group", 1, (*scenario).deleteGroup},
	{"group", 1, (*scenario).group},
	{"groups", 2, (*scenario).groups},
	{"groups of user", 2, (*scenario).groupsOfUser},
	{"users in group", 3, (*scenario).usersInGroup},
	{"add to or remove from group", 7, (*scenario).setMember},
	{"set password", 3, (*scenario).setPassword},
	{"verify password", 5, (*scenario).verifyPassword},
	{"forgot or reset password", 4, (*scenario).newCode},
	{"confirm forgot password", 4, (*scenario).confirmForgotPassword},
	{"users", 3, (*scenario).users},
	{"count", 1, (*scenario).count},
	{"pools", 2, (*scenario).poolPages},
	{"clock", 22, (*scenario).advance},
	{"compare", 2, (*scenario).compare},
}

// planScenario chooses the steps. The first two of them create a pool and a job.
func planScenario(seed uint64) []scenarioStep {
	rng := rand.New(rand.NewPCG(seed, 1))
	var kinds []string
	for _, kind := range scenarioSteps {
		kinds = append(kinds, slices.Repeat([]string{kind.do}, kind.often)...)
	}
	steps := []scenarioStep{{"create pool", rng.Uint64()}, {"create job", rng.Uint64()}}
	for range 28 + rng.IntN(51) {
		steps = append(steps, scenarioStep{kinds[rng.IntN(len(kinds))], rng.Uint64()})
	}
	return append(steps, scenarioStep{"compare", 0})
}

func newScenario(seed uint64, trace *strings.Builder) *scenario {
	rng := rand.New(rand.NewPCG(seed, 2))
	s := &scenario{ctx: context.Background(), ids: map[string]bool{}, rng: rng, rare: rng.IntN(4) == 0, trace: trace}
	s.now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rng.IntN(1e9)) * time.Millisecond)
	opts := s.options(seed)
	c := memory.New(&opts)
	memory.SetVerify(c, func(_, password string) bool { return password == importedPassword })
	s.c, s.m = c, newModel(opts, s.now)
	return s
}

// options changes some of the defaults.
func (s *scenario) options(seed uint64) memory.Options {
	ms, zone := time.Millisecond, time.FixedZone("", s.rng.IntN(3600))
	more := time.Duration(s.rng.IntN(int(ms))) // the service shows and counts whole milliseconds
	opts := memory.Options{
		Now:           func() time.Time { return s.now.Add(more).In(zone) },
		Seed:          seed,
		PendingFor:    oneOf(s, 0, 0, 1500*ms, 2000*ms, 7777*ms),
		RowsPerSecond: oneOf(s, 0, 0, 1, 2, 3, 7, 100),
		StoppingFor:   oneOf(s, 0, 0, 500*ms, 3000*ms),
		ExpireAfter:   oneOf(s, 0, 0, time.Hour, 10*time.Minute),
		MaxJobs:       oneOf(s, 0, 0, 0, 0, 4, 8),
		SubAsUsername: s.often(3), ISOBirthdate: s.often(3), NoAutoVerifiedFailsJob: s.often(5),
		Assumptions: importjob.Assumptions{
			AllowMissingColumns: s.often(4), AllowBOM: s.often(5), RefuseCRLF: s.often(5), RefuseQuotes: s.often(5),
			FieldCountFailsJob: s.often(8), MaxFileBytes: oneOf[int64](s, 0, 0, 0, 3000),
			TooManyFailed: oneOf(s, nil, nil, func(imported, skipped, failed int64) bool { return skipped > failed }),
		},
	}
	if s.often(3) {
		opts.AssumeRole = func(role string) error {
			if strings.HasSuffix(role, "Bad") {
				return errors.New("no such role")
			}
			return nil
		}
	}
	return opts
}

// run returns the first disagreement.
func (s *scenario) run(steps []scenarioStep) error {
	for _, step := range steps {
		s.rng = rand.New(rand.NewPCG(step.seed, 3))
		for _, kind := range scenarioSteps {
			if kind.do != step.do {
				continue
			}
			if err := kind.run(s); err != nil {
				return fmt.Errorf("%s: %w", step.do, err)
			}
		}
		if s.rare || step.do == "compare" {
			continue
		}
		if err := s.compare(); err != nil {
			return fmt.Errorf("after %s: %w", step.do, err)
		}
	}
	return nil
}

// note adds a line to the trace.
func (s *scenario) note(format string, args ...any) {
	if s.trace != nil {
		fmt.Fprintf(s.trace, s.now.Format("02 15:04:05.000 ")+format+"\n", args...)
	}
}

// often is true once in n times.
func (s *scenario) often(n int) bool { return s.rng.IntN(n) == 0 }

func oneOf[T any](s *scenario, choices ...T) T { return choices[s.rng.IntN(len(choices))] }
