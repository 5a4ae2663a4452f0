package backendtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// Setup says which environment a rule needs. A zero field means what the service does by default.
type Setup struct {
	// Pools are the user pools that exist. They have no users and no jobs yet. A fixture whose
	// pools have other IDs sets [Fixture].UserPoolIDs.
	Pools []importjob.Pool

	PendingFor    time.Duration // how long a started job is Pending; 0: it may be over at the first look
	StoppingFor   time.Duration // how long a job that was stopped while it imported is Stopping
	RowsPerSecond int           // the pace at which rows are imported; 0: any
	MaxJobs       int           // the number of jobs that a pool can hold; 0: 1,000
	RoleFails     bool          // Cognito cannot assume the role of any job
}

// Fixture is the environment in which one rule is checked.
type Fixture struct {
	// Client is the Client under test.
	Client importjob.Client

	// Directory gives access to the pools and users that Client imports to. nil means that the rules
	// with Users are skipped.
	Directory userpool.Directory

	// UserPoolIDs are the IDs of the pools in Setup.Pools, in the same order. nil means that the pools
	// have the IDs that Setup gives them.
	UserPoolIDs []string

	// Advance moves the time of the Client. nil means that this time cannot be moved, and that the rules
	// with Advances are skipped. A fixture in a bubble sets it to [time.Sleep].
	Advance func(time.Duration)

	// Now is the Client's clock. nil means [time.Now].
	Now func() time.Time

	// Close, if not nil, is called after the check of the rule.
	Close func()
}

// Config says how to make a Client for each rule, and which rules to skip.
type Config struct {
	// New makes a fresh environment for one rule. An [errors.ErrUnsupported] means that New cannot make
	// this environment, and the rule is skipped. Any other error breaks the rule.
	New func(ctx context.Context, setup Setup) (Fixture, error)

	// NoBubble makes [Run] check rules outside of testing/synctest bubbles, in real time. A
	// bubble cannot hold a real socket.
	NoBubble bool

	// Skip, if not nil, returns why a rule is skipped, or "" to check it.
	Skip func(Rule) string

	// OnSkip, if not nil, is called by [Check] with each skipped rule and the reason. [Run] shows
	// skipped rules as skipped tests.
	OnSkip func(rule Rule, why string)
}

// RuleKind says who makes the promise of a rule.
type RuleKind string

// The kinds of rules.
const (
	KindContract   RuleKind = "contract"   // the documentation of this module's Go code promises it
	KindDocumented RuleKind = "documented" // a public page says it, or public material shows it
	KindAssumed    RuleKind = "assumed"    // no public page settles it
)

// Rule is one sentence about what every Client does.
type Rule struct {
	Name     string // "theme/what", fit for the -run flag of go test
	Sentence string
	Kind     RuleKind

	// Source depends on Kind. For a contract rule it is the Go identifier whose documentation, or whose
	// package's documentation, makes the promise, such as "importjob.Client". For a documented rule it is
	// the https address of the page. For an assumed rule it is the number of the assumption in
	// ASSUMPTIONS.md, such as "A13"; several numbers are separated by ", ".
	Source string

	Setup    Setup
	Advances bool // the rule needs a clock that can be moved
	Users    bool // the rule needs a Directory

	check func(*env)
}

// RuleError says that a Client breaks a rule.
type RuleError struct {
	Rule Rule
	Err  error // what the check saw
}

// Error gives the rule's name and sentence, what the check saw instead, and the rule's kind and source.
func (e *RuleError) Error() string {
	return fmt.Sprintf("%s: %s\n\tseen: %v\n\tsource: %s, %s", e.Rule.Name, e.Rule.Sentence, e.Err, e.Rule.Kind, e.Rule.Source)
}

// Unwrap returns what the check saw.
func (e *RuleError) Unwrap() error { return e.Err }

// Rules returns all rules, by theme.
func Rules() []Rule {
	rules := slices.Concat(
		contractRules(), inputRules(), headerRules(), poolRules(),
		createRules(), uploadRules(), startRules(), runRules(), fileRules(), stopRules(), expiryRules(),
		listRules(), resultRules(), rowRules(), userRules(), storedRules(), hashRules(), functionRules(), directoryRules(),
	)
	for i := range rules {
		if rules[i].Setup.Pools == nil {
			rules[i].Setup.Pools = []importjob.Pool{plainPool()}
		}
	}
	return rules
}

// Run checks each rule in a subtest. Each rule gets a bubble of its own unless cfg sets NoBubble.
func Run(t *testing.T, cfg Config) {
	for _, rule := range Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			var why string
			var err error
			judge := func(t *testing.T) { why, err = cfg.judge(t.Context(), rule) }
			if cfg.NoBubble {
				judge(t)
			} else {
				synctest.Test(t, judge)
			}
			switch {
			case err != nil:
				t.Error(err)
			case why != "":
				t.Skip(why)
			}
		})
	}
}

// Check checks all rules. It returns a joined error that holds a *[RuleError] for each broken rule. It makes
// no bubble: a fixture moves time with Fixture.Advance.
func Check(ctx context.Context, cfg Config) error {
	var broken []error
	for _, rule := range Rules() {
		why, err := cfg.judge(ctx, rule)
		switch {
		case err != nil:
			broken = append(broken, err)
		case why != "" && cfg.OnSkip != nil:
			cfg.OnSkip(rule, why)
		}
	}
	return errors.Join(broken...)
}

// judge checks one rule. It returns why the rule was skipped, or a *RuleError if it is broken.
func (c Config) judge(ctx context.Context, rule Rule) (why string, err error) {
	if c.Skip != nil {
		if why := c.Skip(rule); why != "" {
			return why, nil
		}
	}
	fixture, err := c.New(ctx, rule.Setup)
	if errors.Is(err, errors.ErrUnsupported) {
		return err.Error(), nil
	}
	if err != nil {
		return "", &RuleError{rule, fmt.Errorf("making the environment: %w", err)}
	}
	if fixture.Close != nil {
		defer fixture.Close()
	}
	switch {
	case rule.Users && fixture.Directory == nil:
		return "the rule looks at users, and there is no Directory", nil
	case rule.Advances && fixture.Advance == nil:
		return "the rule lets time pass, and the clock cannot be moved", nil
	}
	if err := newEnv(ctx, rule.Setup, fixture).judge(rule.check); err != nil {
		return "", &RuleError{rule, err}
	}
	return "", nil
}
