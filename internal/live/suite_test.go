package live_test

import (
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend/backendtest"
	"github.com/cognito-import/importjob/memory"
)

// asked runs all probes against a fake, and returns the results by name.
func (f *fake) asked(t *testing.T) map[string]result {
	s, end, err := open(t.Context(), f.set, io.Discard)
	require.NoError(t, err)
	defer end()
	require.NoError(t, s.control(t.Context()))
	got := map[string]result{}
	for _, p := range probes() {
		require.NotContains(t, got, p.name, "two probes have one name")
		got[p.name], _, err = s.probe(t.Context(), p)
		require.NoError(t, err)
	}
	t.Log(tally("probes", s.report.probes), "jobs", s.jobs, "started", s.starts)
	return got
}

// names returns the sorted names of the results with one of these verdicts.
func names(results map[string]result, verdicts ...verdict) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(results)) {
		if slices.Contains(verdicts, results[name].verdict) {
			list = append(list, name)
		}
	}
	return list
}

// kinds are the pools that the probes need together.
func kinds() map[string]importjob.Pool {
	return map[string]importjob.Pool{"plain": plainPool(), "email": emailPool(), "folding": foldingPool(), "phone": phonePool(), "bare": barePool()}
}

func TestAllDefaultsHoldAtTheFake(t *testing.T) {
	settled := map[string]bool{}
	for kind, pool := range kinds() {
		t.Run(kind, func(t *testing.T) {
			for name, r := range newFake(t, pool, nil, false).asked(t) {
				if r.verdict == notHere {
					continue
				}
				assert.Equal(t, holds, r.verdict, "%s %s: %s", r.number, name, r.text)
				assert.NotEmpty(t, r.text, name)
				settled[name] = true
			}
		})
	}
	for _, p := range probes() {
		assert.True(t, settled[p.name], "no pool is of the kind of %s", p.name)
	}
}

// otherwise is a service that does what this module assumes it does not.
func otherwise(o *memory.Options) {
	o.Assumptions = importjob.Assumptions{
		AllowBOM: true, RefuseCRLF: true, RefuseQuotes: true, FieldCountFailsJob: true, AllowMissingColumns: true,
		TooManyFailed: func(_, skipped, failed int64) bool { return skipped+failed > 0 },
	}
	o.ISOBirthdate, o.SubAsUsername, o.NoAutoVerifiedFailsJob = true, true, true
}

func TestOtherAssumptionsDoNotHold(t *testing.T) {
	inEach := []string{
		"1-of-10-failed", "1-of-2-failed", "1-of-2-skipped", "1-of-3-failed", "2-of-5-failed", "birthdate", "byte-order-mark", "crlf",
		"double-quotes", "missing-column", "role-cannot-be-assumed", "too-few-values", "too-many-values",
	}
	for kind, want := range map[string][]string{
		"plain":   inEach,
		"folding": inEach,
		"email":   append([]string{"username-as-stored"}, inEach...),
		"phone":   append([]string{"username-as-stored"}, inEach...),
		"bare":    {"no-auto-verified-attribute"},
	} {
		t.Run(kind, func(t *testing.T) {
			got := newFake(t, kinds()[kind], otherwise, true).asked(t)
			slices.Sort(want)
			assert.Equal(t, want, names(got, doesNotHold))
			assert.Empty(t, names(got, undecided, failed))
			for _, name := range want {
				t.Logf("%s %s: %s: %s", got[name].number, name, got[name].verdict, got[name].text)
			}
		})
	}
}

// checked checks all rules against a fake, and returns the results by name.
func (f *fake) checked(t *testing.T) map[string]result {
	s, end, err := open(t.Context(), f.set, io.Discard)
	require.NoError(t, err)
	defer end()
	got := map[string]result{}
	for _, r := range backendtest.Rules() {
		got[r.Name], _, err = s.checkRule(t.Context(), r)
		require.NoError(t, err)
	}
	t.Log(tally("rules", s.report.rules), "jobs", s.jobs, "started", s.starts)
	return got
}

func TestRulesAreKeptByTheFake(t *testing.T) {
	for kind, least := range map[string]int{"plain": 110, "folding": 100, "bare": 1} {
		t.Run(kind, func(t *testing.T) {
			got := newFake(t, kinds()[kind], nil, false).checked(t)
			for _, name := range names(got, broken, failed) {
				t.Error(name, got[name].text)
			}
			assert.GreaterOrEqual(t, len(names(got, kept)), least)
		})
	}
}

// What is left out is a rule, or the theme of one.
func TestRulesThatAreLeftOutExist(t *testing.T) {
	for name := range leftOut {
		assert.True(t, slices.ContainsFunc(backendtest.Rules(), func(r backendtest.Rule) bool { return strings.HasPrefix(r.Name, name) }), name)
	}
}

// A service that differs breaks the rules that rest on the assumptions in which it differs. One documented rule has a
// username with a double quote among its samples.
func TestOtherAssumptionsBreakTheirRules(t *testing.T) {
	got := newFake(t, plainPool(), otherwise, true).checked(t)
	assert.Empty(t, names(got, failed))
	for _, name := range names(got, broken) {
		t.Logf("%s %s: %s", got[name].number, name, got[name].text)
		assert.True(t, strings.HasPrefix(got[name].number, "A") || name == "rows/username", "%s is %s", name, got[name].number)
	}
}
