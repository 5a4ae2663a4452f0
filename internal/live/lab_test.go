package live_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/cognito-import/importjob"
)

// probe asks one question of ASSUMPTIONS.md.
type probe struct {
	number string // such as "A7"
	name   string
	kind   func(importjob.Pool) string // why a pool is not of the kind that the question is about; nil needs a pool where jobs start
	ask    func(*lab) answer
}

// answer is what a probe found out.
type answer struct {
	verdict verdict
	text    string
}

// whether returns the answer of a probe whose default holds if the condition does.
func whether(condition bool, format string, args ...any) answer {
	if condition {
		return answer{verdict: holds, text: fmt.Sprintf(format, args...)}
	}
	return answer{verdict: doesNotHold, text: fmt.Sprintf(format, args...)}
}

// cannot is the panic value of a probe that cannot run. The method run recovers it.
type cannot struct{ err error }

// must returns a value. It ends the probe if there is an error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(cannot{err})
	}
	return v
}

// jobsStart is the kind of most probes: no job starts without an auto-verified attribute.
func jobsStart(p importjob.Pool) string {
	if len(p.AutoVerifiedAttributes) == 0 {
		return "the pool has no auto-verified attribute, so no job starts"
	}
	return ""
}

// both returns the kind of pools where jobs start and another condition holds.
func both(condition func(importjob.Pool) bool, why string) func(importjob.Pool) string {
	return func(p importjob.Pool) string {
		if jobsStart(p) == "" && !condition(p) {
			return why
		}
		return jobsStart(p)
	}
}

// probe runs one probe, unless the report has its result already. It reports whether it did.
func (s *session) probe(ctx context.Context, p probe) (result, bool, error) {
	if old := find(s.report.probes, p.name); old.verdict.final() {
		return old, false, nil
	}
	got := result{number: p.number, name: p.name}
	kind := p.kind
	if kind == nil {
		kind = jobsStart
	}
	if why := kind(s.settled); why != "" {
		got.verdict, got.text = notHere, why
	} else {
		s.log.begin("probe " + p.name)
		a := (&lab{session: s, ctx: ctx, header: s.header, prefix: s.next()}).run(p)
		got.verdict, got.text = a.verdict, a.text
	}
	if err := s.settle(ctx); err != nil {
		got.verdict, got.text = failed, got.text+" "+err.Error()
	}
	got = s.report.add(&s.report.probes, got)
	s.sayf("%s %s: %s: %s", p.number, p.name, got.verdict, got.text)
	return got, true, s.report.write()
}

// lab is where one probe runs.
type lab struct {
	*session
	ctx    context.Context
	header []string // the columns of its files
	prefix string   // of usernames
	phones int      // how many phone numbers were given out
}

func (l *lab) run(p probe) (a answer) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case cannot:
			a = answer{verdict: failed, text: v.err.Error()}
		default:
			panic(v)
		}
	}()
	return p.ask(l)
}

// control imports one good user. If that does not work, no other answer says anything.
func (s *session) control(ctx context.Context) error {
	if jobsStart(s.settled) != "" {
		return nil
	}
	s.log.begin("control")
	a := (&lab{session: s, ctx: ctx, header: s.header, prefix: s.next()}).run(probe{ask: func(l *lab) answer {
		e := l.imported(l.file(l.good("control")))
		return whether(e.status(importjob.StatusSucceeded) && e.counts(1, 0, 0) && len(e.rows) == 1, "%d lines in the log, %v", len(e.rows), e)
	}})
	s.sayf("control: %s: %s", a.verdict, a.text)
	if a.verdict != holds {
		return errors.New("an import of one good user does not work here, so nothing else can be asked: " + a.text)
	}
	return s.settle(ctx)
}
