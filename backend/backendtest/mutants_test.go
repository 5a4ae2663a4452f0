package backendtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/backend/backendtest"
	"github.com/cognito-import/importjob/memory"
)

// mutant is a lie about memory.
type mutant struct {
	lie   string
	kills string // the names of the rules that must find it out

	options func(*memory.Options)    // a memory with other options than asked for
	setup   func(*backendtest.Setup) // another setup than asked for
	tell    func(*liar)
	does    func(*memory.Cognito) backend.Interceptor // lies about a Directory, Passwords and Clients
}

// config is an environment that lies, for the rules that pass the filter.
func (m mutant) config(skip func(backendtest.Rule) string) backendtest.Config {
	return backendtest.Config{
		Skip: skip,
		New: func(ctx context.Context, setup backendtest.Setup) (backendtest.Fixture, error) {
			if m.setup != nil {
				pools := setup.Pools
				setup.Pools = nil
				for _, p := range pools {
					setup.Pools = append(setup.Pools, p.Clone())
				}
				m.setup(&setup)
			}
			cognito, err := setup.Memory(ctx, m.options)
			if err != nil {
				return backendtest.Fixture{}, err
			}
			l := &liar{Client: cognito, Directory: cognito}
			if m.tell != nil {
				m.tell(l)
			}
			f := backendtest.Fixture{Client: l, Directory: l, Passwords: cognito, Clients: cognito, Advance: time.Sleep}
			if m.does != nil {
				lie := m.does(cognito)
				f.Directory = wrapped{backend.InterceptPools(l, lie), backend.InterceptUsers(l, lie)}
				f.Passwords, f.Clients = backend.InterceptPasswords(cognito, lie), backend.InterceptClients(cognito, lie)
			}
			return f, nil
		},
	}
}

// killers are the names of the rules that find the mutant out.
func (m mutant) killers(t *testing.T, skip func(backendtest.Rule) string) []string {
	var names []string
	synctest.Test(t, func(t *testing.T) {
		err := backendtest.Check(t.Context(), m.config(skip))
		if err == nil {
			return
		}
		for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
			var broken *backendtest.RuleError
			require.True(t, errors.As(e, &broken))
			names = append(names, broken.Rule.Name)
		}
	})
	return names
}

func mutants() []mutant {
	return slices.Concat(contractMutants(), jobMutants(), runMutants(), listMutants(), fileMutants(), userMutants(), strangers(), fidelityMutants(),
		adminMutants(), groupMutants(), passwordMutants(), clientMutants())
}

func TestEveryLieIsFoundOut(t *testing.T) {
	for _, m := range mutants() {
		t.Run(m.lie, func(t *testing.T) {
			want := strings.Fields(m.kills)
			require.NotEmpty(t, want)
			killers := m.killers(t, func(r backendtest.Rule) string {
				if slices.Contains(want, r.Name) {
					return ""
				}
				return "not asked for"
			})
			assert.ElementsMatch(t, want, killers)
		})
	}
}

// Without it a liar could be found out by how it is made rather than by what it says.
func TestTruthIsNotFoundOut(t *testing.T) {
	same := func(row map[string]string) map[string]string { return row }
	for _, m := range []mutant{
		{lie: "a liar who lies not", tell: func(*liar) {}},
		{lie: "a file that stays as it is", tell: row(same)},
		{lie: "attributes that stay as they are", tell: attribute(func(name, value string) (string, string) { return name, value })},
	} {
		t.Run(m.lie, func(t *testing.T) { assert.Empty(t, m.killers(t, heavy)) })
	}
}

func TestEveryRuleFindsALieOut(t *testing.T) {
	killers := map[string]bool{}
	for _, m := range mutants() {
		for _, name := range strings.Fields(m.kills) {
			killers[name] = true
		}
	}
	for _, rule := range backendtest.Rules() {
		assert.True(t, killers[rule.Name], "%s has no lie of its own", rule.Name)
	}
	t.Logf("%d mutants", len(mutants()))
}
