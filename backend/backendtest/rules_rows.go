package backendtest

import (
	"strings"

	"github.com/cognito-import/importjob"
)

// valuesOf imports rows that are good but for one column. It ends the check unless the rows with a valid value are
// imported, and the rows with an invalid value fail.
func (e *env) valuesOf(column string, valid, invalid []string) {
	var rows []user
	for i, value := range append(valid, invalid...) {
		rows = append(rows, goods(i + 1)[i].with(column, value))
	}
	want := strings.Repeat("S", len(valid)) + strings.Repeat("F", len(invalid))
	got := e.outcomes(rows...)
	for i := range min(len(got), len(want)) {
		that(got[i] == want[i], "%s %q: got %c, want %c", column, rows[i][column], got[i], want[i])
	}
	equal("the outcomes", got, want)
}

// verifies returns a Setup with a pool that has these auto-verified attributes.
func verifies(names ...string) Setup {
	return inPool(func(p *importjob.Pool) { p.AutoVerifiedAttributes = names })
}

// phoned returns a row with a verified phone number and no e-mail address.
func phoned(name string) user {
	return user{importjob.ColumnUsername: name, "phone_number": "+12345550100", "phone_number_verified": "TRUE"}
}

func withMFA(mfa importjob.MFA) Setup {
	return inPool(func(p *importjob.Pool) { p.MFA = mfa })
}

func rowRules() []Rule {
	return []Rule{
		{Name: "rows/verified", Kind: KindDocumented, Source: guide,
			Sentence: "In a pool with one auto-verified attribute, a row fails unless it says that this attribute is verified.",
			check: func(e *env) {
				equal("the outcomes", e.outcomes(good("ann"), unverified("bob"), good("cid").with("email_verified", ""), phoned("dan")), "SFFF")
			}},
		{Name: "rows/verified-phone", Kind: KindDocumented, Source: guide,
			Sentence: "In a pool whose only auto-verified attribute is phone_number, a verified e-mail address is not enough.",
			Setup:    verifies("phone_number"),
			check:    func(e *env) { equal("the outcomes", e.outcomes(good("ann"), phoned("bob")), "FS") }},
		{Name: "rows/verified-either", Kind: KindDocumented, Source: guide,
			Sentence: "In a pool with two auto-verified attributes, it is enough if one of them is verified.",
			Setup:    verifies("email", "phone_number"),
			check: func(e *env) {
				equal("the outcomes", e.outcomes(good("ann"), phoned("bob"), unverified("cid"),
					good("dan").with("phone_number_verified", "FALSE")), "SSFS")
			}},
		{Name: "rows/verified-needs-value", Kind: KindDocumented, Source: guide,
			Sentence: "A row that says that its e-mail address or phone number is verified must have a value for it.",
			Setup:    verifies("email", "phone_number"),
			check: func(e *env) {
				equal("the outcomes", e.outcomes(good("ann").with("email", ""), phoned("bob").with("phone_number", ""),
					good("cid").with("phone_number_verified", "TRUE")), "FFF")
			}},
		{Name: "rows/username", Kind: KindDocumented, Source: guide,
			Sentence: "A username is required, and has no space or tab.",
			check: func(e *env) {
				e.valuesOf(importjob.ColumnUsername, []string{"ann", "ann.lee+1@x", "Ünïcode-Österreich", "用户", "a\"b"},
					[]string{"", "ann lee", "ann\tlee", "ann\u00a0lee"})
			}},
		{Name: "rows/username-length", Kind: KindDocumented, Source: model,
			Sentence: "A username has at most 128 characters.",
			check: func(e *env) {
				e.valuesOf(importjob.ColumnUsername, []string{strings.Repeat("n", 128), strings.Repeat("ü", 128)},
					[]string{strings.Repeat("n", 129), strings.Repeat("ü", 129)})
			}},
		{Name: "rows/required", Kind: KindDocumented, Source: guide,
			Sentence: "Each attribute that the pool requires must have a value.",
			Setup:    inPool(func(p *importjob.Pool) { p.Schema = p.Schema.Require("family_name") }),
			check:    func(e *env) { e.valuesOf("family_name", []string{"Lee", "0"}, []string{"", "  ", "\t"}) }},
		{Name: "rows/phone", Kind: KindDocumented, Source: attributes,
			Sentence: "A phone number is a plus sign and digits, the country code first. Nothing else is in it.",
			check: func(e *env) {
				e.valuesOf("phone_number", []string{"", "+12345550100", "+4915112345678"},
					[]string{"12345550100", "+1 234 555 0100", "+1-234-555-0100", "+1(234)5550100", "+", "+1234555010x", "0012345550100"})
			}},
		{Name: "rows/email", Kind: KindAssumed, Source: "A19",
			Sentence: "An e-mail address has one at sign between a name and a domain of two labels or more.",
			check: func(e *env) {
				e.valuesOf("email", []string{"a@b.co", "first.last+tag@mail.example.org", "o'neil@example.com"},
					[]string{"example.com", "a@", "@b.co", "a@b@c.co", "a b@c.co", "a@b", "a@b..co"})
			}},
		{Name: "rows/birthdate", Kind: KindDocumented, Source: guide,
			Sentence: "A birthdate has the form mm/dd/yyyy.",
			check: func(e *env) {
				e.valuesOf("birthdate", []string{"", "02/01/1985", "02/29/2024", "12/31/1999"},
					[]string{"1985-02-01", "31/12/1999", "2/1/1985", "02/30/1985", "02/29/2023", "00/10/1985", "02/01/85", "tomorrow"})
			}},
		{Name: "rows/boolean", Kind: KindDocumented, Source: guide,
			Sentence: "A Boolean is true or false, in upper case, lower case or a mixture.",
			check: func(e *env) {
				e.valuesOf("phone_number_verified", []string{"", "false", "FALSE", "False"}, []string{"yes", "0", "no", "f", "falsee"})
			}},
		{Name: "rows/updated-at", Kind: KindDocumented, Source: guide,
			Sentence: "updated_at is a number of seconds since 1970.",
			check: func(e *env) {
				e.valuesOf("updated_at", []string{"", "1471453471", "0"}, []string{"today", "2016-08-17", "-1", "12a", "0x10"})
			}},
		{Name: "rows/string-bounds", Kind: KindDocumented, Source: guide,
			Sentence: "The number of characters in a String lies between the bounds of the pool's schema.",
			Setup: inPool(func(p *importjob.Pool) {
				a := importjob.CustomAttribute("code", importjob.TypeString)
				a.MinLength, a.MaxLength = "2", "4"
				p.Schema = p.Schema.With(a)
			}),
			check: func(e *env) {
				e.valuesOf("custom:code", []string{"", "ab", "abcd", "äöüß"}, []string{"a", "abcde", "äöüßé", "é"})
			}},
		{Name: "rows/white-space", Kind: KindAssumed, Source: "A11",
			Sentence: "White space around a value, spaces or tabs, is not part of the value.",
			Setup: inPool(func(p *importjob.Pool) {
				a := importjob.CustomAttribute("code", importjob.TypeString)
				a.MinLength, a.MaxLength = "2", "4"
				p.Schema = p.Schema.With(a)
			}),
			check: func(e *env) {
				e.valuesOf("custom:code", []string{"\tabcd", "abcd\t", " \t abcd \t ", " ", "\t"}, []string{"\ta", "a\t", " a", "a ", "\ta\t"})
				equal("the outcomes of e-mail addresses", e.outcomes(good("ann").with("email", "\ta@b.co"), good("bob").with("email", "b@b.co\t")), "SS")
			}},
		{Name: "rows/number-bounds", Kind: KindDocumented, Source: guide,
			Sentence: "A Number lies between the bounds of the pool's schema.",
			Setup: inPool(func(p *importjob.Pool) {
				a := importjob.CustomAttribute("age", importjob.TypeNumber)
				a.MinValue, a.MaxValue = "18", "99"
				p.Schema = p.Schema.With(a)
			}),
			check: func(e *env) {
				e.valuesOf("custom:age", []string{"", "18", "99", "50"}, []string{"17", "100", "9", "-20", "old"})
			}},
		{Name: "rows/value-length", Kind: KindDocumented, Source: quotas,
			Sentence: "A value has at most 2,048 bytes.",
			check: func(e *env) { // "é" has two bytes
				e.valuesOf("nickname", []string{strings.Repeat("n", 2048), strings.Repeat("é", 1024)},
					[]string{strings.Repeat("n", 2049), strings.Repeat("é", 1024) + "n", strings.Repeat("é", 2048)})
			}},
		{Name: "rows/mfa-off", Kind: KindDocumented, Source: guide,
			Sentence: "In a pool without MFA, cognito:mfa_enabled is false or empty.",
			Setup:    withMFA(importjob.MFAOff),
			check: func(e *env) {
				e.valuesOf("cognito:mfa_enabled", []string{"", "false", "FALSE"}, []string{"true", "TRUE", "maybe"})
			}},
		{Name: "rows/mfa-on", Kind: KindDocumented, Source: guide,
			Sentence: "In a pool that requires MFA, cognito:mfa_enabled is true or empty.",
			Setup:    withMFA(importjob.MFAOn),
			check: func(e *env) {
				e.valuesOf("cognito:mfa_enabled", []string{"", "true", "TRUE"}, []string{"false", "FALSE", "maybe"})
			}},
		{Name: "rows/mfa-optional", Kind: KindDocumented, Source: guide,
			Sentence: "In a pool with optional MFA, cognito:mfa_enabled is true, false or empty.",
			Setup:    withMFA(importjob.MFAOptional),
			check: func(e *env) {
				e.valuesOf("cognito:mfa_enabled", []string{"", "true", "FALSE"}, []string{"maybe", "1"})
			}},
		{Name: "rows/alias-username", Kind: KindDocumented, Source: attributes,
			Sentence: "In a pool whose users sign in with an e-mail address as alias, a row fails if its username looks like an e-mail address.",
			Setup:    inPool(func(p *importjob.Pool) { p.AliasAttributes = []string{"email"} }),
			check: func(e *env) {
				e.valuesOf(importjob.ColumnUsername, []string{"ann", "+12345550100"}, []string{"ann@example.com"})
			}},
		{Name: "rows/email-as-username", Kind: KindAssumed, Source: "A18",
			Sentence: "In a pool whose users sign in with an e-mail address instead of a username, a row fails if its username is not an e-mail address.",
			Setup:    inPool(func(p *importjob.Pool) { p.UsernameAttributes = []string{"email"} }),
			check: func(e *env) {
				e.valuesOf(importjob.ColumnUsername, []string{"ann@example.com"}, []string{"ann", "+12345550100"})
			}},
		{Name: "rows/judged-before-exists", Kind: KindAssumed, Source: "A24",
			Sentence: "An invalid row fails, also if its user exists already.",
			check: func(e *env) {
				equal("the outcomes", e.outcomes(good("ann"), unverified("ann"), good("ann")), "SFK")
			}},
		{Name: "rows/bad-row-claims-nothing", Kind: KindDocumented, Source: guide,
			Sentence: "A row that fails does not take its username from a later row.",
			check: func(e *env) {
				equal("the outcomes", e.outcomes(unverified("ann"), good("ann"), good("ann")), "FSK")
			}},
		{Name: "rows/bad-row-stops-nothing", Kind: KindDocumented, Source: guide,
			Sentence: "Rows that fail do not keep the other rows from being imported.",
			check: func(e *env) {
				rows := goods(20)
				rows[0], rows[9], rows[19] = unverified("a"), good("b").with("email", "b"), good("c").with("birthdate", "c")
				equal("the outcomes", e.outcomes(rows...), "FSSSSSSSSFSSSSSSSSSF")
			}},
	}
}
