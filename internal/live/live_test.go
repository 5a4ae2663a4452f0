package live_test

import (
	"io"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/backend/backendtest"
)

// probes returns all probes, in the order in which they run.
func probes() []probe {
	return slices.Concat(fileProbes(), rowProbes(), jobProbes(), hashProbes())
}

// TestLive runs everything against the service that the environment names. A rule that the service breaks fails its
// subtest. A probe only fails if it cannot run.
func TestLive(t *testing.T) {
	set, why, err := fromEnvironment()
	require.NoError(t, err)
	if why != "" {
		t.Skip(why)
	}
	live(t, set, os.Stderr)
}

// live runs the rules and the probes, and leaves the report.
func live(t *testing.T, set settings, progress io.Writer) *report {
	s, end, err := open(t.Context(), set, progress)
	require.NoError(t, err)
	defer end()
	s.sayf("pool %s, run %s; the report is %s, the transcript %s", s.pool, s.runID, set.report, set.transcript())
	require.NoError(t, s.control(t.Context()))
	t.Run("rules", func(t *testing.T) {
		for _, rule := range backendtest.Rules() {
			t.Run(rule.Name, func(t *testing.T) {
				got, asked, err := s.checkRule(t.Context(), rule)
				require.NoError(t, err)
				switch {
				case got.verdict == skipped:
					t.Skip(got.text)
				case !asked:
					t.Skip("the report has it: " + string(got.verdict))
				case got.verdict != kept:
					t.Error(got.verdict, got.text)
				}
			})
		}
	})
	t.Run("probes", func(t *testing.T) {
		for _, p := range probes() {
			t.Run(p.name, func(t *testing.T) {
				got, asked, err := s.probe(t.Context(), p)
				require.NoError(t, err)
				if !asked {
					t.Skip("the report has it: " + string(got.verdict))
				}
				t.Log(got.number, got.verdict, got.text)
				if got.verdict == failed {
					t.Error(got.text)
				}
			})
		}
	})
	require.NoError(t, s.leave(t.Context()))
	return s.report
}
