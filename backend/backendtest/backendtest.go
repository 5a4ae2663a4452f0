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

// Setup is what a rule asks of the environment in which it is checked. A zero field asks for
// what the service does by default.
type Setup struct {
	// Pools are the user pools that exist. They have no users and no jobs yet. An environment
	// that cannot give them the IDs that stand here says so in [Fixture].UserPoolIDs.
	Pools []importjob.Pool

	PendingFor    time.Duration // how long a started job is Pending; 0: it may be over at the first look
	StoppingFor   time.Duration // how long a job that was stopped while it imported is Stopping
	RowsPerSecond int           // the pace at which rows are imported; 0: any
	MaxJobs       int           // the number of jobs that a pool can hold; 0: 1,000
	RoleFails     bool          // Cognito cannot assume the role of any job
}

// Fixture is an environment for one rule.
type Fixture struct {
	// Client is what is judged.
	Client importjob.Client

	// Directory is the pools and users that Client imports to. Rules that look at users are
	// skipped when it is nil.
	Directory userpool.Directory

	// UserPoolIDs are the IDs of Setup.Pools, in their order; nil means those of Setup.
	UserPoolIDs []string

	// Advance moves the time of the Client. nil means that this time cannot be moved, and that rules
	// with Advances are skipped. A fixture in a bubble sets it to [time.Sleep].
	Advance func(time.Duration)

	// Now is the Client's clock; nil means [time.Now].
	Now func() time.Time

	// Close, if not nil, is called when the rule has been checked.
	Close func()
}

// Config says how to come by a Client, and which rules it need not keep.
type Config struct {
	// New makes a fresh environment for one rule. An error that is [errors.ErrUnsupported] says
	// that it cannot be as asked, and skips the rule; any other breaks the rule.
	New func(ctx context.Context, setup Setup) (Fixture, error)

	// NoBubble makes [Run] check rules outside of testing/synctest bubbles, in real time. A
	// bubble cannot hold a real socket.
	NoBubble bool

	// Skip, if not nil, returns why a rule is not to be checked, or "".
	Skip func(Rule) string

	// OnSkip, if not nil, is told which rules [Check] skipped, and why. [Run] shows them as
	// skipped tests.
	OnSkip func(rule Rule, why string)
}

// Rule is one sentence about what every Client does.
type Rule struct {
	Name     string // "theme/what", fit for the -run flag of go test
	Sentence string
	Source   string // the address of a public page, or "assumed" with the number of the assumption
	Setup    Setup
	Advances bool // it needs a clock that can be moved
	Users    bool // it needs a Directory

	check func(*env)
}

// RuleError says that a Client breaks a rule.
type RuleError struct {
	Rule Rule
	Err  error // what was seen
}

// Error gives the rule's name and sentence, what was seen instead, and the rule's source.
func (e *RuleError) Error() string {
	return fmt.Sprintf("%s: %s\n\tseen: %v\n\tsource: %s", e.Rule.Name, e.Rule.Sentence, e.Err, e.Rule.Source)
}

// Unwrap returns what was seen.
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

// Run checks each rule in a subtest, in a bubble of its own unless cfg says otherwise.
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

// Check checks all rules and returns a *[RuleError] for each broken one, joined. It makes no
// bubble; time moves by Fixture.Advance alone.
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
