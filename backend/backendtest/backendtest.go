package backendtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// Setup says what a rule needs of its [Fixture]. Config.New returns an [errors.ErrUnsupported] for a Setup that it
// cannot provide. The fields have the meaning of the same fields in [memory.Options].
type Setup struct {
	// Pools are the user pools that must exist, without users and jobs. It is never empty. If the pools of a
	// fixture have other IDs, the fixture sets [Fixture].UserPoolIDs.
	Pools []importjob.Pool

	PendingFor    time.Duration // how long a job must be Pending after Start; 0 means any time
	StoppingFor   time.Duration // how long a job must be Stopping, if it is stopped while it imports rows; 0 means any time
	RowsPerSecond int           // how many rows a job must import per second; 0 means any number
	MaxJobs       int           // how many jobs a pool must be able to hold; 0 means the service's quota, 1,000
	RoleFails     bool          // whether Cognito must fail to assume the role of every job
}

// Fixture is what the check of one rule uses: a Client, and what belongs to it.
type Fixture struct {
	// Client is the Client under test.
	Client importjob.Client

	// Directory holds the pools and users that Client imports into. nil means that there is none, and the
	// rules with [Rule].Users are skipped.
	Directory userpool.Directory

	// Passwords and Clients have the passwords of these users, and the app clients of these pools. nil means that there
	// are none, and the rules with [Rule].Passwords or [Rule].Clients are skipped.
	Passwords userpool.Passwords
	Clients   userpool.Clients

	// UserPoolIDs are the IDs of the pools in Setup.Pools, in the same order. nil means that the pools have the
	// IDs in Setup.Pools.
	UserPoolIDs []string

	// Advance moves the clock of the Client forward. A fixture in a bubble sets it to [time.Sleep]. nil means
	// that the clock cannot be moved, and the rules with [Rule].Advances are skipped.
	Advance func(time.Duration)

	// Now returns the time of the Client's clock. nil means [time.Now].
	Now func() time.Time

	// Close, if not nil, is called once after the check of the rule, also if the rule is broken or skipped.
	Close func()
}

// Config says how to make a [Fixture] for each rule, and which rules to skip. New is required.
type Config struct {
	// New makes a new Fixture for one rule. It is called for one rule at a time, in the bubble of the rule if
	// there is one. If it returns an [errors.ErrUnsupported], the rule is skipped. If it returns another error,
	// the rule counts as broken.
	New func(ctx context.Context, setup Setup) (Fixture, error)

	// NoBubble makes [Run] check the rules outside of testing/synctest bubbles, in real time. Set it for a
	// Client that uses a network socket: the time of a bubble does not pass while a goroutine waits for one.
	NoBubble bool

	// Skip, if not nil, returns why to skip a rule, or "" to check it.
	Skip func(Rule) string

	// OnSkip, if not nil, is called by [Check] with each skipped rule and the reason. [Run] does not call it,
	// and reports a skipped rule as a skipped subtest.
	OnSkip func(rule Rule, why string)
}

// RuleKind says where a rule comes from.
type RuleKind string

// The kinds of rules.
const (
	KindContract   RuleKind = "contract"   // the documentation of this module promises it
	KindDocumented RuleKind = "documented" // a public page says or shows it
	KindAssumed    RuleKind = "assumed"    // no public page says it; this module assumes it
)

// Rule is one sentence about what every Client does.
type Rule struct {
	Name     string // "theme/what", such as "stop/twice"
	Sentence string // what every Client does, in English
	Kind     RuleKind

	// Source depends on Kind. For a contract rule it is the Go identifier whose documentation, or whose
	// package's documentation, makes the promise, such as "importjob.Client". For a documented rule it is
	// the https address of the page. For an assumed rule it is the number of the assumption in the file
	// ASSUMPTIONS.md, such as "A13"; several numbers are separated by ", ".
	Source string

	Setup     Setup
	Advances  bool // the rule needs Fixture.Advance
	Users     bool // the rule needs Fixture.Directory
	Passwords bool // the rule needs Fixture.Passwords and Fixture.Directory
	Clients   bool // the rule needs Fixture.Clients

	check func(*env)
}

// RuleError is the error for a rule that a Client breaks.
type RuleError struct {
	Rule Rule
	Err  error // what the check saw instead
}

// Error returns the name and the sentence of the rule, what the check saw instead, and the kind and source of the rule.
func (e *RuleError) Error() string {
	return fmt.Sprintf("%s: %s\n\tseen: %v\n\tsource: %s, %s", e.Rule.Name, e.Rule.Sentence, e.Err, e.Rule.Kind, e.Rule.Source)
}

// Unwrap returns what the check saw.
func (e *RuleError) Unwrap() error { return e.Err }

// Rules returns all rules, ordered by theme. The caller can change the list.
func Rules() []Rule {
	rules := slices.Concat(
		contractRules(), inputRules(), headerRules(), poolRules(),
		createRules(), uploadRules(), startRules(), runRules(), fileRules(), stopRules(), expiryRules(),
		listRules(), resultRules(), rowRules(), userRules(), storedRules(), hashRules(), functionRules(), directoryRules(),
		textRules(), urlRules(), schemaRules(), settingRules(), nameRules(), lookupRules(), boundRules(),
		adminRules(), adminInputRules(), groupRules(), groupListRules(), passwordRules(), codeRules(), signInRules(), clientRules(),
	)
	sortByTheme(rules)
	for i := range rules {
		if rules[i].Setup.Pools == nil {
			rules[i].Setup.Pools = []importjob.Pool{plainPool()}
		}
	}
	return rules
}

// sortByTheme sorts rules by their themes. The theme that comes first in the list comes first.
func sortByTheme(rules []Rule) {
	theme := func(r Rule) string {
		theme, _, _ := strings.Cut(r.Name, "/")
		return theme
	}
	places := map[string]int{}
	for i, r := range rules {
		if _, known := places[theme(r)]; !known {
			places[theme(r)] = i
		}
	}
	slices.SortStableFunc(rules, func(a, b Rule) int { return cmp.Compare(places[theme(a)], places[theme(b)]) })
}

// Run checks each rule in a subtest of t, one after the other. Each subtest has its own testing/synctest bubble unless
// cfg.NoBubble is set. A subtest fails if the Client breaks the rule, and is skipped if the rule is. A panic of the
// Client is not recovered.
//
// The rules file/most-rows and file/too-large upload files of 500,001 rows and of 105 MB. They take most of the time;
// skip them with cfg.Skip where that is too long.
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

// Check checks all rules one after the other, and does not stop at a broken one. It returns nil, or an
// [errors.Join] of one *[RuleError] for each broken rule. It passes ctx to Config.New and to the Client, so do not let
// ctx end. Check makes no bubble: call it in a bubble, or let Fixture.Advance move a clock of the fixture.
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
		return "", &RuleError{Rule: rule, Err: fmt.Errorf("Config.New failed: %w", err)}
	}
	if fixture.Close != nil {
		defer fixture.Close()
	}
	switch {
	case (rule.Users || rule.Passwords) && fixture.Directory == nil:
		return "the rule needs a Fixture.Directory, and there is no Directory", nil
	case rule.Passwords && fixture.Passwords == nil:
		return "the rule needs Fixture.Passwords, and there is none", nil
	case rule.Clients && fixture.Clients == nil:
		return "the rule needs Fixture.Clients, and there is none", nil
	case rule.Advances && fixture.Advance == nil:
		return "the rule needs Fixture.Advance, and without it the clock cannot be moved", nil
	}
	if err := newEnv(ctx, rule.Setup, fixture).judge(rule.check); err != nil {
		return "", &RuleError{Rule: rule, Err: err}
	}
	return "", nil
}
