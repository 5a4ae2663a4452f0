package live_test

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend/backendtest"
)

// left out are rules that a live pool cannot take, by name or by theme, and why.
var leftOut = map[string]string{
	"directory/":                  "it is about a Directory, which a run at AWS does not have",
	"admin/":                      "it is about a Directory, which a run at AWS does not have",
	"groups/":                     "it is about a Directory, which a run at AWS does not have",
	"contract/zero-values":        "it uploads to a host that does not exist",
	"contract/concurrent-creates": "it makes more requests at once than the quota of a pool allows",
	"create/date":                 "it compares the clock of the service with the clock of this machine",
	"create/quota":                "it creates 1,000 jobs, which stay: the pool could take no further one",
	"start/answer":                "it compares the clock of the service with the clock of this machine",
	"list/largest-page":           "it creates more than 60 jobs, which stay",
	"functions/jobs":              "it creates more than 60 jobs, which stay",
	"functions/results":           "it imports 10,003 users",
	"file/many-rows":              "it imports 5,000 users",
	"file/most-rows":              "it sends two files of 500,000 rows",
	"file/too-large":              "it sends two files of 100 MB",
	"file/judged-at-start":        "it changes the pool",
	"pool/idle":                   "it changes the pool",
	"pool/default-schema":         "it creates a pool",
	"pool/default-sub":            "it creates a pool",
	"pool/default-birthdate":      "it creates a pool",
	"pool/custom-limit":           "it creates a pool",
	"pool/custom-limit-later":     "it creates a pool",
	"pool/custom-name":            "it creates a pool",
	"pool/custom-never-required":  "it creates a pool",
	"pool/custom-prefix":          "it creates a pool",
	"pool/no-other-attribute":     "it creates a pool",
	"users/by-sub":                "a run makes the usernames of a rule longer, and subs with them",
	"pool/deleted":                "it deletes the pool",
	"pool/made-again":             "it deletes the pool",
	"rows/username-length":        "a run makes the usernames of a rule longer",
	"upload/canceled":             "it is about what this machine does while it sends",
	"upload/stream":               "a run cannot make the usernames in its body unique",
}

// exact are the themes and rules that need a pool with the very settings of the rule.
var exact = []string{"header/", "pool/", "create/hashes-refused", "users/case-", "stored/email-case", "hashes/no-column"}

// skip returns why a rule is not checked in this pool, or "".
func (s *session) skip(r backendtest.Rule) string {
	theme, _, _ := strings.Cut(r.Name, "/")
	setup := r.Setup
	for _, name := range []string{r.Name, theme + "/"} {
		if why := leftOut[name]; why != "" {
			return why
		}
	}
	switch {
	case r.Advances:
		return "it needs a clock that can be moved"
	case len(setup.Pools) > 1:
		return "it needs two pools"
	case setup.PendingFor > 0 || setup.StoppingFor > 0 || setup.RowsPerSecond > 0:
		return "it needs jobs of a certain pace"
	case setup.MaxJobs > 0:
		return "it needs a pool that holds a few jobs only"
	case setup.RoleFails:
		return "the probe role-cannot-be-assumed asks this"
	}
	strict := slices.ContainsFunc(exact, func(prefix string) bool { return strings.HasPrefix(r.Name, prefix) })
	return difference(setup.Pools[0], s.settled, strict)
}

// difference returns in what a pool differs from the pool that a rule needs, or "". Without strict, the order of the
// columns, the case of usernames and a column for hashes that no row uses do not matter.
func difference(want, have importjob.Pool, strict bool) string {
	same := func(a, b []string) bool {
		return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
	}
	switch {
	case !same(want.AutoVerifiedAttributes, have.AutoVerifiedAttributes):
		return "it needs a pool with other auto-verified attributes"
	case !same(want.UsernameAttributes, have.UsernameAttributes) || !same(want.AliasAttributes, have.AliasAttributes):
		return "it needs a pool with other sign-in attributes"
	case (want.MFA == importjob.MFAOff) != (have.MFA == importjob.MFAOff || have.MFA == "") || want.MFA != importjob.MFAOff && want.MFA != have.MFA:
		return "it needs a pool with other MFA"
	case want.PasswordHashes != have.PasswordHashes && (strict || want.PasswordHashes):
		return "it needs a pool that differs in whether it takes password hashes"
	case strict && want.CaseInsensitive != have.CaseInsensitive:
		return "it needs a pool with other case sensitivity"
	case strict && !slices.Equal(want.Header(), have.Header()):
		return "it needs a pool with another order of columns"
	case !same(columns(want), columns(have)):
		return "it needs a pool with another schema"
	}
	return ""
}

// columns describes the columns of a pool's file: their names, and which of them are required.
func columns(p importjob.Pool) []string {
	schema := p.Schema
	if schema == nil {
		schema = importjob.ClassicSchema()
	}
	var list []string
	for _, a := range schema {
		if a.Name == "sub" || a.Name == "identities" {
			continue
		}
		text := a.Name + " " + string(a.Type)
		if a.Required {
			text += " required"
		}
		if strings.HasPrefix(a.Name, "custom:") {
			text += " " + a.MinLength + " " + a.MaxLength + " " + a.MinValue + " " + a.MaxValue
		}
		list = append(list, text)
	}
	return list
}

// rule checks one rule.
func (s *session) rule(ctx context.Context, r backendtest.Rule) result {
	got := result{number: sourceOf(r), name: r.Name, verdict: kept}
	s.log.begin("rule " + r.Name)
	cfg := backendtest.Config{
		New: func(ctx context.Context, _ backendtest.Setup) (backendtest.Fixture, error) {
			prefix := s.next()
			return backendtest.Fixture{
				Client:      newView(s, prefix),
				Directory:   newRuleUsers(s, prefix),
				UserPoolIDs: []string{s.pool},
			}, nil
		},
		Skip: func(other backendtest.Rule) string {
			if other.Name != r.Name {
				return "it is not this rule's turn"
			}
			return s.skip(other)
		},
		OnSkip: func(other backendtest.Rule, why string) {
			if other.Name == r.Name {
				got.verdict, got.text = skipped, why
			}
		},
	}
	var seen *backendtest.RuleError
	if err := backendtest.Check(ctx, cfg); errors.As(err, &seen) {
		got.verdict, got.text = broken, r.Sentence+" Seen: "+seen.Err.Error()
	}
	if err := s.settle(ctx); err != nil {
		got.verdict, got.text = failed, err.Error()
	}
	return got
}

// sourceOf returns the assumptions that a rule rests on, or else its kind.
func sourceOf(r backendtest.Rule) string {
	if r.Kind == backendtest.KindAssumed {
		return r.Source
	}
	return string(r.Kind)
}

// checkRule checks one rule, unless the report has its result already. It reports whether it did.
func (s *session) checkRule(ctx context.Context, r backendtest.Rule) (result, bool, error) {
	if old := find(s.report.rules, r.Name); old.verdict.final() && old.verdict != skipped {
		return old, false, nil
	}
	got := s.rule(ctx, r)
	got = s.report.add(&s.report.rules, got)
	if got.verdict == skipped {
		return got, true, nil // the next result is written soon
	}
	s.sayf("rule %s: %s %s", r.Name, got.verdict, got.text)
	return got, true, s.report.write()
}
