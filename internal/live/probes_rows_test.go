package live_test

import (
	"fmt"
	"strings"

	"github.com/cognito-import/importjob"
)

// rowProbes ask how rows are judged and stored.
func rowProbes() []probe {
	return []probe{
		{number: "A9", name: "double-quotes", ask: askStored("name", `"Ann "the boss" Lee"`, `"Ann "the boss" Lee"`)},
		{number: "A9", name: "quoted-comma", ask: func(l *lab) answer {
			e := l.imported(l.file(l.good("a"), l.good("b").with("name", `"Lee, Bob"`), l.good("c")))
			return whether(e.counts(2, 0, 1) || e.failsWhole(), "%v", e)
		}},
		{number: "A11", name: "backslash", ask: askStored("name", `a\b\\c\n`, `a\b\\c\n`)},
		{number: "A11", name: "white-space", ask: askStored("name", "\t \u0001Ann\tLee\u00a0 \t", "Ann\tLee\u00a0")},
		{number: "A17", name: "case", kind: both(byName, "usernames are e-mail addresses or phone numbers here"), ask: askCase},
		{number: "A18", name: "usernames", kind: both(byName, "usernames are e-mail addresses or phone numbers here"), ask: askUsernames},
		{number: "A19", name: "email-addresses", kind: both(plainEmail, "users sign in with an e-mail address here, so it must differ"), ask: askEmails},
		{number: "A20", name: "username-as-stored", kind: both(func(p importjob.Pool) bool { return !byName(p) }, "the pool has no username attributes"), ask: askUsername},
		{number: "A21", name: "birthdate", ask: askStored("birthdate", "02/01/1985", "02/01/1985")},
		{number: "A24", name: "judged-before-looked-up", ask: func(l *lab) answer {
			a := l.good("a")
			again := l.bad("a").with(importjob.ColumnUsername, a[importjob.ColumnUsername])
			return l.compare(attempt{"a good row", a}, attempt{"a bad row of the same user", again}, attempt{"another user", l.good("b")})
		}},
		{number: "A29", name: "line-numbers", ask: func(l *lab) answer {
			e := l.imported(l.file(l.good("a"), l.good("b")))
			return whether(fmt.Sprint(linesIn(e)) == "[2 3]", "lines %v for the rows after the header: %v", linesIn(e), e)
		}},
		{number: "A33", name: "reasons", ask: askReasons},
		{number: "A35", name: "booleans", ask: func(l *lab) answer {
			return l.compare(l.values("phone_number_verified", "FALSE", "false", "False", "fAlSe", "0", "no", "F")...)
		}},
		{number: "A35", name: "true", ask: func(l *lab) answer {
			verified := l.settled.AutoVerifiedAttributes[0] + "_verified"
			return l.compare(l.values(verified, "TRUE", "true", "True", "tRuE", "1", "yes", "T")...)
		}},
		{number: "A35", name: "numbers", ask: func(l *lab) answer {
			return l.compare(l.values("updated_at", "1471453471", "0", "007", "1.5", "1.", ".5", "-1", "+1", "1e3", "0x10", "1_000")...)
		}},
	}
}

// byName reports whether users of a pool have usernames that are neither e-mail addresses nor phone numbers.
func byName(p importjob.Pool) bool { return len(p.UsernameAttributes) == 0 }

// plainEmail reports whether an e-mail address is an attribute like any other.
func plainEmail(p importjob.Pool) bool { return byName(p) && len(p.AliasAttributes) == 0 }

// askStored returns a probe that imports one value and reads it again.
func askStored(column, given, want string) func(*lab) answer {
	return func(l *lab) answer {
		a := l.good("a").with(column, given)
		e := l.imported(l.file(a, l.good("b")))
		if !e.counts(2, 0, 0) {
			return answer{verdict: doesNotHold, text: e.String()}
		}
		got := must(l.stored(a)).Attributes.Value(column)
		return whether(got == want, "%q is stored as %q", given, got)
	}
}

// values returns good rows with these values in a column.
func (l *lab) values(column string, values ...string) []attempt {
	var all []attempt
	for i, value := range values {
		all = append(all, attempt{fmt.Sprintf("%q", value), l.good(fmt.Sprint(i)).with(column, value)})
	}
	return all
}

// named returns good rows with these usernames, each after the prefix of the probe.
func (l *lab) named(names ...string) []attempt {
	var all []attempt
	for i, name := range names {
		all = append(all, attempt{fmt.Sprintf("%.20q", name), l.good(fmt.Sprint(i)).with(importjob.ColumnUsername, l.prefix+name)})
	}
	return all
}

// askUsername reads under which username a user is stored.
func askUsername(l *lab) answer {
	a := l.good("a")
	if e := l.imported(l.file(a)); !e.counts(1, 0, 0) {
		return answer{verdict: undecided, text: e.String()}
	}
	user := must(l.stored(a))
	return whether(user.Username == a[importjob.ColumnUsername], "stored under the username of the file: %v; under the sub: %v",
		user.Username == a[importjob.ColumnUsername], user.Username == user.Sub)
}

// askCase imports usernames that differ only in case: in ASCII, in Latin, and where languages and programs differ.
func askCase(l *lab) answer {
	return l.compare(l.named("John", "john", "Élan", "élan", "İx", "ix", "Kx", "kx", "ΑΣ", "ας", "straße", "STRASSE")...)
}

func askUsernames(l *lab) answer {
	long := strings.Repeat("n", 128-len(l.prefix))
	return l.compare(l.named("ünï", "用户", "👩‍👩‍👧", "a'b", `a\b`, "a b", "a\tb", "a\u00a0b", "a\u200bb", "a@example.com", long, long+"n")...)
}

func askEmails(l *lab) answer {
	var values []string
	for _, domain := range []string{"@example.com", "@mail.example.org", "@b", "@b..co", "@-b.co", "@exämple.com", "", "@", "@@b.co", " x@b.co", "..x@b.co", "'x+y@b.co", ".@b.co", "é@b.co"} {
		values = append(values, l.prefix+domain)
	}
	values = append(values, strings.Repeat("l", 64)+"@b.co", strings.Repeat("l", 65)+"@b.co")
	attempts := l.values(importjob.AttributeEmail, values...)
	for i := range attempts {
		attempts[i].label = strings.ReplaceAll(attempts[i].label, l.prefix, "x")
	}
	return l.compare(attempts...)
}

// askReasons reads the texts of the log for rows that fail in different ways.
func askReasons(l *lab) answer {
	attempts := []attempt{
		{"not verified", l.bad("0")},
		{"no username", l.good("1").with(importjob.ColumnUsername, "")},
		{"phone number", l.good("2").with("phone_number", "555")},
		{"birthdate", l.good("3").with("birthdate", "1985-02-01")},
		{"Boolean", l.good("4").with("phone_number_verified", "maybe")},
		{"Number", l.good("5").with("updated_at", "today")},
		{"2,049 bytes", l.good("6").with("nickname", strings.Repeat("n", 2049))},
		{"no phone number", l.good("7").with("phone_number", "").with("phone_number_verified", "TRUE")},
		{"MFA", l.good("8").with(importjob.ColumnMFAEnabled, "maybe")},
		{"good", l.good("9")},
	}
	var rows []row
	for _, a := range attempts {
		rows = append(rows, a.row)
	}
	file := l.file(rows...)
	e := l.imported(file)
	if len(e.rows) != len(attempts) {
		return answer{verdict: undecided, text: fmt.Sprintf("%d lines in the log for %d rows: %v", len(e.rows), len(attempts), e)}
	}
	want := predicted(l.ctx, l.settled, file, "")
	same := true
	var texts []string
	for i, r := range e.rows {
		if r.Status == importjob.RowFailed {
			same = same && r.Reason == want.reasons[i+2]
		}
		texts = append(texts, fmt.Sprintf("%s: %s %q", attempts[i].label, r.Status, r.Reason))
	}
	return whether(same, "%s", strings.Join(texts, "; "))
}
