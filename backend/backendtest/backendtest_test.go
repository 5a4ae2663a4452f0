package backendtest_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/backend/backendtest"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// heavy leaves out the rules that take longer than all others together.
func heavy(r backendtest.Rule) string {
	if r.Name == "file/most-rows" || r.Name == "file/too-large" {
		return "TestMemory checks it"
	}
	return ""
}

// wrapping is a Config for a decorator, without the heavy rules.
func wrapping(wrap func(importjob.Client) importjob.Client) backendtest.Config {
	cfg := backendtest.Wrapping(wrap)
	cfg.Skip = heavy
	return cfg
}

// bare wraps nothing around a Client.
func bare(c importjob.Client) importjob.Client { return c }

func TestMemory(t *testing.T) {
	backendtest.Run(t, backendtest.Wrapping(bare))
}

func TestChecked(t *testing.T) {
	backendtest.Run(t, wrapping(backend.Checked))
}

func TestIntercepted(t *testing.T) {
	nothing := func(ctx context.Context, _ *backend.Call, next func(context.Context) error) error { return next(ctx) }
	backendtest.Run(t, wrapping(func(c importjob.Client) importjob.Client {
		return backend.Intercept(c, backend.Logging(slog.New(slog.DiscardHandler)), nothing)
	}))
}

// stepped is memory with a clock of its own, as for a Client behind a socket.
func stepped(ctx context.Context, setup backendtest.Setup) (backendtest.Fixture, error) {
	c := testkit.NewClock(time.Date(2026, 3, 29, 0, 59, 59, 999_999_999, time.FixedZone("CET", 3600)))
	cognito, err := setup.Memory(ctx, func(o *memory.Options) { o.Now = c.Now })
	return backendtest.Fixture{Client: cognito, Directory: cognito, Passwords: cognito, Clients: cognito, Now: c.Now, Advance: c.Advance}, err
}

// wrapped is a Directory of two halves. Pools and Users are the names of methods, too, so the halves have others.
type (
	wrapped struct {
		poolsOf
		usersOf
	}
	poolsOf interface{ userpool.Pools }
	usersOf interface{ userpool.Users }
)

// usersOnly leaves out the rules that do not look at users, passwords or app clients.
func usersOnly(r backendtest.Rule) string {
	if r.Users || r.Passwords || r.Clients {
		return ""
	}
	return "it does not look at users"
}

func TestCheckedTwice(t *testing.T) {
	cfg := backendtest.Wrapping(bare, func(f *backendtest.Fixture) {
		f.Directory = wrapped{backend.CheckedPools(f.Directory), backend.CheckedUsers(f.Directory)}
		f.Passwords, f.Clients = backend.CheckedPasswords(f.Passwords), backend.CheckedClients(f.Clients)
	})
	cfg.Skip = usersOnly
	backendtest.Run(t, cfg)
}

func TestInterceptedUsers(t *testing.T) {
	nothing := func(ctx context.Context, _ *backend.Call, next func(context.Context) error) error { return next(ctx) }
	log := backend.Logging(slog.New(slog.DiscardHandler))
	cfg := backendtest.Wrapping(bare, func(f *backendtest.Fixture) {
		f.Directory = wrapped{backend.InterceptPools(f.Directory, log, nothing), backend.InterceptUsers(f.Directory, log, nothing)}
		f.Passwords, f.Clients = backend.InterceptPasswords(f.Passwords, log, nothing), backend.InterceptClients(f.Clients, nothing, log)
	})
	cfg.Skip = usersOnly
	backendtest.Run(t, cfg)
}

func TestOutsideOfBubbles(t *testing.T) {
	backendtest.Run(t, backendtest.Config{New: stepped, NoBubble: true, Skip: heavy})
	require.NoError(t, backendtest.Check(t.Context(), backendtest.Config{New: stepped, Skip: heavy}))
}

func TestRulesAreSentences(t *testing.T) {
	names := map[string]bool{}
	rules := backendtest.Rules()
	for _, rule := range rules {
		assert.Regexp(t, `^[a-z]+/[a-z0-9-]+$`, rule.Name)
		assert.False(t, names[rule.Name], "%s is there twice", rule.Name)
		names[rule.Name] = true
		assert.True(t, strings.HasSuffix(rule.Sentence, ".") || strings.HasSuffix(rule.Sentence, `"`), rule.Sentence)
		require.NotEmpty(t, rule.Setup.Pools, rule.Name)
		for _, pool := range rule.Setup.Pools {
			assert.NoError(t, pool.Validate(), rule.Name)
		}
	}
	assert.GreaterOrEqual(t, len(rules), 365)
}

func TestSkipping(t *testing.T) {
	skipped := map[string]string{}
	cfg := backendtest.Config{
		New: func(ctx context.Context, setup backendtest.Setup) (backendtest.Fixture, error) {
			if setup.RowsPerSecond > 0 || setup.PendingFor > 0 || setup.MaxJobs > 0 {
				return backendtest.Fixture{}, errors.ErrUnsupported
			}
			cognito, err := setup.Memory(ctx, nil)
			return backendtest.Fixture{Client: cognito, Passwords: cognito}, err
		},
		Skip: func(r backendtest.Rule) string {
			if r.Kind == backendtest.KindAssumed {
				return "assumed"
			}
			return heavy(r)
		},
		OnSkip: func(r backendtest.Rule, why string) { skipped[r.Name] = why },
	}
	require.NoError(t, backendtest.Check(t.Context(), cfg))
	assert.Equal(t, "assumed", skipped["create/same-name"])
	assert.Contains(t, skipped["upload/expired"], "clock cannot be moved")
	assert.Contains(t, skipped["users/status"], "no Directory")
	assert.Equal(t, errors.ErrUnsupported.Error(), skipped["create/limit"])
	assert.Contains(t, skipped["passwords/forgot"], "no Directory")
	assert.Contains(t, skipped["clients/create"], "needs Fixture.Clients")
	assert.NotContains(t, skipped, "run/succeeded")
}

// In a bubble too, a rule that moves time is skipped when the fixture has no Advance. The Client is nil, so a
// rule that were checked would panic.
func TestTimeThatCannotBeMoved(t *testing.T) {
	backendtest.Run(t, backendtest.Config{
		New: func(ctx context.Context, setup backendtest.Setup) (backendtest.Fixture, error) {
			cognito, err := setup.Memory(ctx, nil)
			return backendtest.Fixture{Directory: cognito}, err
		},
		Skip: func(r backendtest.Rule) string {
			if r.Advances {
				return ""
			}
			return "it does not move time"
		},
	})
}

func TestWrappingCallsTheDecoratorOncePerRule(t *testing.T) {
	wrapped := 0
	cfg := wrapping(func(c importjob.Client) importjob.Client { wrapped++; return c })
	skipped := 0
	cfg.OnSkip = func(backendtest.Rule, string) { skipped++ }
	synctest.Test(t, func(t *testing.T) { require.NoError(t, backendtest.Check(t.Context(), cfg)) })
	assert.Equal(t, len(backendtest.Rules())-2, wrapped)
	assert.Equal(t, 2, skipped, "the heavy ones")
}

func TestBrokenEnvironment(t *testing.T) {
	broken := errors.New("no such Region")
	closed := 0
	err := backendtest.Check(t.Context(), backendtest.Config{
		Skip: heavy,
		New: func(ctx context.Context, setup backendtest.Setup) (backendtest.Fixture, error) {
			if setup.MaxJobs > 0 {
				return backendtest.Fixture{}, broken
			}
			fixture, err := stepped(ctx, setup)
			fixture.Close = func() { closed++ }
			return fixture, err
		},
	})
	require.ErrorIs(t, err, broken)
	var rule *backendtest.RuleError
	require.ErrorAs(t, err, &rule)
	assert.Equal(t, "create/limit", rule.Rule.Name)
	assert.Contains(t, err.Error(), rule.Rule.Sentence)
	assert.Contains(t, err.Error(), "documented, https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html")
	assert.Equal(t, len(backendtest.Rules())-5, closed, "an environment that was made is closed")
}
