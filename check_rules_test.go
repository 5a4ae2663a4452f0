package importjob

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/internal/form"
)

func emailPool() Pool {
	return Pool{ID: "us-west-2_aaaaaaaaa", Name: "p", AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}
}

func goodUser() Record {
	return Record{"cognito:username": "john", "email": "john@example.com", "email_verified": "true"}
}

// with returns a copy of a user with other values, given as name, value, name, value.
func with(u Record, changes ...string) Record {
	u = maps.Clone(u)
	for i := 0; i < len(changes); i += 2 {
		u[changes[i]] = changes[i+1]
	}
	return u
}

// csvOf writes a file without any of the checks that Writer makes.
func csvOf(header []string, users ...Record) string {
	lines := []string{strings.Join(header, ",")}
	for _, u := range users {
		var values []string
		for _, name := range header {
			values = append(values, strings.ReplaceAll(u[name], ",", `\,`))
		}
		lines = append(lines, strings.Join(values, ","))
	}
	return strings.Join(lines, "\n") + "\n"
}

// check runs Check to its end.
func check(t *testing.T, pool Pool, file string, opts *CheckOptions) (findings []Finding) {
	t.Helper()
	for f, err := range Check(context.Background(), pool, strings.NewReader(file), opts) {
		require.NoError(t, err)
		findings = append(findings, f)
	}
	return findings
}

// verdict is the column and the reason of the only finding about the only row, or "".
func verdict(t *testing.T, pool Pool, u Record, opts *CheckOptions) (attribute, reason string) {
	t.Helper()
	header := pool.Header()
	findings := check(t, pool, csvOf(header, u), opts)
	if len(findings) == 0 {
		return "", ""
	}
	require.Len(t, findings, 1)
	f := findings[0]
	require.Equal(t, 2, f.Line)
	require.Equal(t, RowFailed, f.Status)
	require.False(t, f.Fatal)
	if f.Attribute != "" {
		require.Equal(t, columnOf(header, u, f.Attribute), f.Column, "where the value begins")
	}
	return f.Attribute, f.Reason
}

// columnOf returns where the value of an attribute begins in the line that csvOf writes, from 1.
func columnOf(header []string, u Record, attribute string) int {
	column := 1
	for _, name := range header {
		if name == attribute {
			break
		}
		column += len(strings.ReplaceAll(u[name], ",", `\,`)) + 1
	}
	return column
}

type ruleCase struct {
	column string
	values []string
	reason string // "" for values that are good
}

func judgeCases(t *testing.T, pool Pool, base Record, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		for _, v := range c.values {
			attribute, reason := verdict(t, pool, with(base, c.column, v), nil)
			assert.Equal(t, c.reason, reason, "%s: %q", c.column, v)
			if c.reason != "" {
				assert.Equal(t, c.column, attribute, "%q", v)
			}
		}
	}
}

func TestAttributeRules(t *testing.T) {
	x := strings.Repeat
	judgeCases(t, emailPool(), goodUser(), []ruleCase{
		{"email", []string{"a@b.c", "a.b+c_d-e@sub.example.co.uk", "ünï@例え.jp", "o'neil@x-y.example", "1@2.3", x("x", 64) + "@example.com", "a/b=c?@x.yz", "john@EXAMPLE.COM"}, ""},
		{"email", []string{"john", "@example.com", "john@", "john@localhost", "john@example..com", "john@.com", "john@example.com.", "a@b@c.d",
			"jo hn@example.com", "john@exam ple.com", "john@-x.com", "john@x-.com", "john@x_y.com", "a,b@x.com", "<a@x.com>", `"a"@x.com`, "a\tb@x.com", "a:b@x.com",
			x("x", 65) + "@example.com", "john@example.com>", "mailto:john@example.com", "a\x7fb@x.com"}, faultEmail.text},
		{"phone_number", []string{"+12345550100", "+12", "+123456789012345", "+4915112345678"}, ""},
		{"phone_number", []string{"12345550100", "+1", "+", "+1234567890123456", "+012345", "+1 234 5550100", "+1-234", "+1(234)", "+12345a", "++123", "+１２３", "0012345", "+12.3", "tel:+123"}, faultPhone.text},
		{"birthdate", []string{"02/01/1985", "12/31/1999", "02/29/2000", "02/29/2024", "01/31/2026", "06/30/2026"}, ""},
		{"birthdate", []string{"1985-02-01", "31/12/1999", "2/1/1985", "02/30/1985", "02/29/1900", "02/29/2023", "04/31/2020", "06/31/2020", "09/31/2020", "11/31/2020", "00/10/2000", "13/10/2000", "10/00/2000", "01/32/2000",
			"02/01/85", "02-01-1985", "02/01/1985x", "0a/01/1985", "02/01/19 5", "02/01/+985", "０2/01/198"}, faultBirthdate.text},
	})
	judgeCases(t, emailPool(), goodUser(), []ruleCase{
		{"email_verified", []string{"true", "TRUE", "True", "tRuE", " true "}, ""},
		{"email_verified", []string{"yes", "1", "t", "true.", "\"true\"", "truee", "no", "ｔｒｕｅ"}, faultBoolean.text},
		{"email_verified", []string{"", "false", "FALSE"}, ReasonNotVerified},
		{"phone_number_verified", []string{"", "false", "FALSE"}, ""},
		{"phone_number_verified", []string{"yes", "0"}, faultBoolean.text},
		{"updated_at", []string{"1471453471", "0", "-0", "1471453471.5", "99999999999999999999999999999999", "007"}, ""},
		{"updated_at", []string{"-1", "-0.001"}, faultTooSmall.text},
		{"updated_at", []string{"x", "1e9", "0x10", "1_000", "1,000", "+5", "-", ".5", "5.", ".", "1.2.3", "1/2", "Inf", "NaN", "--1", "1 2", "１"}, faultNumber.text},
		{"name", []string{x("x", 2048), "例え", "\x01 in\x02side", "O\"Neil", "emoji 🙂", x("例", 682)}, ""},
		{"name", []string{x("x", 2049), x("例", 683), x("🙂", 513)}, faultOver2048.text},
		{"name", []string{"a\xffb", "\xed\xa0\x80"}, ErrInvalidUTF8.Error()},
		{"cognito:username", []string{"j", "john@example.com", "例え", "+12345550100", "john.doe-1_2!£", "e\u0301", x("x", 128), x("例", 128), "🙂"}, ""},
		{"cognito:username", []string{"john doe", "john\tdoe", "a\u00a0b", "a\u2003b", "a\u200bb", "a\x00b", "a\x7fb", x("x", 129), x("例", 129), "例 え"}, faultUsername.text},
		{"cognito:username", []string{"", " ", "\t"}, faultRequired.text},
		{"cognito:mfa_enabled", []string{"", "false", "FALSE"}, ""},
		{"cognito:mfa_enabled", []string{"true", "TRUE"}, faultMFAOff.text},
		{"cognito:mfa_enabled", []string{"off", "0"}, faultBoolean.text},
	})
}

// Rules that a schema makes stricter than the usual one.
func TestRulesOfOtherSchemas(t *testing.T) {
	pool := emailPool()
	pool.Schema = ClassicSchema().Require("phone_number_verified").With(SchemaAttribute{Name: "custom:n", Type: TypeNumber, MinValue: "1"})
	user := with(goodUser(), "phone_number_verified", "false")
	judgeCases(t, pool, user, []ruleCase{
		{"phone_number_verified", []string{"false"}, ""},
		{"phone_number_verified", []string{""}, faultRequired.text},
		{"phone_number_verified", []string{"no"}, faultBoolean.text},
		{"custom:n", []string{"1", "1.0", "007", "99999999999999999999"}, ""},
		{"custom:n", []string{"0", "0.9", "-1"}, faultTooSmall.text},
	})
	for bounds, reason := range map[[2]string]string{{"10", "10"}: "", {"0", "2048"}: "", {"", ""}: "", {"11", "11"}: faultTooShort.text, {"0", "9"}: faultTooLong.text} {
		birthdate := SchemaAttribute{Name: "birthdate", Type: TypeString, MinLength: bounds[0], MaxLength: bounds[1]}
		got := ""
		if f := (&columnRule{rules: attributeRules(birthdate)}).fault([]byte("01/02/2003")); f != nil {
			got = f.text
		}
		assert.Equal(t, reason, got, bounds)
	}
}

func TestVerifiedRules(t *testing.T) {
	both := emailPool()
	both.AutoVerifiedAttributes = []string{"email", "phone_number"}
	phone := emailPool()
	phone.AutoVerifiedAttributes = []string{"phone_number"}
	user := Record{"cognito:username": "john"}
	mail := with(user, "email", "john@example.com", "email_verified", "TRUE")
	call := with(user, "phone_number", "+12345550100", "phone_number_verified", "TRUE")
	for name, tt := range map[string]struct {
		pool              Pool
		user              Record
		attribute, reason string
	}{
		"email pool, email":          {emailPool(), mail, "", ""},
		"email pool, phone":          {emailPool(), call, "email_verified", ReasonNotVerified},
		"phone pool, phone":          {phone, call, "", ""},
		"phone pool, email":          {phone, mail, "phone_number_verified", ReasonNotVerified},
		"both, email":                {both, mail, "", ""},
		"both, phone":                {both, call, "", ""},
		"both, neither":              {both, user, "email_verified", ReasonNotVerified},
		"both, false":                {both, with(mail, "email_verified", "false"), "email_verified", ReasonNotVerified},
		"none verifiable":            {Pool{ID: "a_b"}, mail, "", ReasonNotVerified},
		"verified without e-mail":    {emailPool(), with(mail, "email", ""), "email", faultNeedsEmail.text},
		"verified without phone":     {phone, with(call, "phone_number", " "), "phone_number", faultNeedsPhone.text},
		"other verified, no address": {emailPool(), with(mail, "phone_number_verified", "true"), "phone_number", faultNeedsPhone.text},
		"verified, wrong e-mail":     {emailPool(), with(mail, "email", "john"), "email", faultEmail.text},
		"unverified second":          {both, with(mail, "phone_number", "+123"), "", ""},
	} {
		attribute, reason := verdict(t, tt.pool, tt.user, nil)
		assert.Equal(t, tt.reason, reason, name)
		assert.Equal(t, tt.attribute, attribute, name)
	}
}

func TestMFARules(t *testing.T) {
	for mfa, want := range map[MFA]map[string]string{
		"":          {"": "", "false": "", "true": faultMFAOff.text, "x": faultBoolean.text},
		MFAOff:      {"": "", "False": "", "TRUE": faultMFAOff.text, "x": faultBoolean.text},
		MFAOn:       {"": "", "false": faultMFAOn.text, "TRUE": "", "x": faultBoolean.text},
		MFAOptional: {"": "", "false": "", "TRUE": "", "x": faultBoolean.text},
	} {
		pool := emailPool()
		pool.MFA = mfa
		for value, reason := range want {
			judgeCases(t, pool, goodUser(), []ruleCase{{"cognito:mfa_enabled", []string{value}, reason}})
		}
	}
}

func TestUsernameAndAliasPools(t *testing.T) {
	pool := func(usernames, aliases string) Pool {
		p := emailPool()
		p.UsernameAttributes, p.AliasAttributes = strings.Fields(usernames), strings.Fields(aliases)
		return p
	}
	const name, mail, phone = "john", "john@example.com", "+12345550100"
	for _, tt := range []struct {
		usernames, aliases string
		reasons            map[string]string
	}{
		{"email", "", map[string]string{name: faultUsernameEmail.text, mail: "", phone: faultUsernameEmail.text}},
		{"phone_number", "", map[string]string{name: faultUsernamePhone.text, mail: faultUsernamePhone.text, phone: ""}},
		{"email phone_number", "", map[string]string{name: faultUsernameBoth.text, mail: "", phone: ""}},
		{"", "email", map[string]string{name: "", mail: faultUsernameAlias.text, phone: ""}},
		{"", "phone_number", map[string]string{name: "", mail: "", phone: faultUsernameAlias.text}},
		{"", "email phone_number preferred_username", map[string]string{name: "", mail: faultUsernameAlias.text, phone: faultUsernameAlias.text, "a@b": ""}},
		{"", "preferred_username", map[string]string{name: "", mail: "", phone: ""}},
		{"email", "", map[string]string{"a b@example.com": faultUsername.text, "": faultRequired.text}},
	} {
		for username, reason := range tt.reasons {
			judgeCases(t, pool(tt.usernames, tt.aliases), goodUser(), []ruleCase{{"cognito:username", []string{username}, reason}})
		}
	}
}

func TestSchemaBounds(t *testing.T) {
	pool := emailPool()
	pool.Schema = ClassicSchema().Require("family_name").With(
		SchemaAttribute{Name: "custom:code", Type: TypeString, MinLength: "3", MaxLength: "5"},
		SchemaAttribute{Name: "custom:word", Type: TypeString, MinLength: "1", MaxLength: "100"},
		SchemaAttribute{Name: "custom:age", Type: TypeNumber, MinValue: "-2", MaxValue: "120"},
		SchemaAttribute{Name: "custom:huge", Type: TypeNumber, MaxValue: "9223372036854775807"},
		SchemaAttribute{Name: "custom:any", Type: TypeNumber},
		CustomAttribute("flag", TypeBoolean), CustomAttribute("when", TypeDateTime), CustomAttribute("text", TypeString),
		SchemaAttribute{Name: "nickname", Type: TypeString, MinLength: "2"},
	)
	user := with(goodUser(), "family_name", "Doe")
	judgeCases(t, pool, user, []ruleCase{
		{"family_name", []string{"", " "}, faultRequired.text},
		{"custom:code", []string{"", "abc", "abcde", "例え例", "例え例え例", "🙂🙂🙂🙂🙂"}, ""},
		{"custom:code", []string{"a", "ab", "例え", "🙂", "🙂🙂"}, faultTooShort.text},
		{"custom:code", []string{"abcdef", "例え例え例え", "🙂🙂🙂🙂🙂🙂", strings.Repeat("x", 2048)}, faultTooLong.text},
		{"custom:word", []string{"", "x", "例", strings.Repeat("x", 100), strings.Repeat("例", 100)}, ""},
		{"custom:word", []string{strings.Repeat("x", 101), strings.Repeat("例", 101)}, faultTooLong.text},
		{"custom:age", []string{"", "-2", "0", "120", "120.0", "-2.000"}, ""},
		{"custom:age", []string{"-3", "-2.0001"}, faultTooSmall.text},
		{"custom:age", []string{"121", "120.00000000000000000000001"}, faultTooLarge.text},
		{"custom:age", []string{"old"}, faultNumber.text},
		{"custom:huge", []string{"9223372036854775807", "-99999999999999999999"}, ""},
		{"custom:huge", []string{"9223372036854775808"}, faultTooLarge.text},
		{"custom:any", []string{"-1.5", strings.Repeat("9", 2048)}, ""},
		{"custom:flag", []string{"TRUE", "false"}, ""},
		{"custom:flag", []string{"yes"}, faultBoolean.text},
		{"custom:text", []string{strings.Repeat("x", 2048)}, ""},
		{"custom:text", []string{strings.Repeat("x", 2049)}, faultOver2048.text},
		{"nickname", []string{"x"}, faultTooShort.text},
	})
}

// Birthdates are judged without package time; the two agree on every day and on nonsense.
func TestBirthdatesAgreeWithTime(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 40_000 {
		s := fmt.Sprintf("%02d/%02d/%04d", rng.IntN(14), rng.IntN(33), []int{rng.IntN(10000), 1900, 2000, 2023, 2024}[i%5])
		_, err := time.Parse("01/02/2006", s)
		require.Equal(t, err == nil, form.IsBirthdate([]byte(s)), s)
	}
}

// The first wrong value in the order of the file's columns is the one that is named.
func TestFirstFaultIsNamed(t *testing.T) {
	u := Record{"cognito:username": "a b", "email": "x", "birthdate": "x", "updated_at": "x", "email_verified": "x", "cognito:mfa_enabled": "true"}
	pool := emailPool()
	attribute, _ := verdict(t, pool, u, nil)
	assert.Equal(t, "email", attribute)
	pool.Schema = Schema2025()
	attribute, _ = verdict(t, pool, u, nil)
	assert.Equal(t, "birthdate", attribute)

	header := pool.Header()
	header[0], header[len(header)-1] = header[len(header)-1], header[0]
	findings := check(t, pool, csvOf(header, u), nil)
	require.Len(t, findings, 1)
	assert.Equal(t, "cognito:username", findings[0].Attribute)
}

func TestNoFindingQuotesAValue(t *testing.T) {
	pool := emailPool()
	pool.PasswordHashes = true
	pool.Schema = ClassicSchema().With(SchemaAttribute{Name: "custom:short", Type: TypeString, MaxLength: "3"})
	opts := &CheckOptions{PasswordHashingAlgorithm: HashBCRYPT, Assumptions: Assumptions{RefuseQuotes: true}}
	const private = "pRiVaTe"
	values := []string{private, private + "\"", private + "\xff", private + " " + private, strings.Repeat(private, 400), "+" + private, "\\" + private + "\\"}
	header := pool.Header()
	for _, name := range header {
		for _, v := range values {
			file := csvOf(header, with(goodUser(), name, v)) + private + "," + private + "\n" + strings.Repeat(private, 3000) + "\n"
			for _, f := range check(t, pool, file, opts) {
				assert.NotContains(t, f.Reason, private)
				assert.NotContains(t, f.String(), private)
				assert.NotContains(t, f.String(), "john")
			}
		}
	}
}

// White space around a value is no part of it: it makes no value longer, and an empty one stays empty.
func TestWhiteSpaceIsNoPartOfAValue(t *testing.T) {
	code := CustomAttribute("code", TypeString)
	code.MinLength, code.MaxLength = "2", "3"
	pool := emailPool()
	pool.Schema = ClassicSchema().With(code).Require("family_name")
	good := with(goodUser(), "family_name", "x")
	for _, white := range []string{" ", "\t", "\x00", "\x1f", "\t ", " \t"} {
		for _, value := range []string{white + "a", "a" + white, white + "a" + white} {
			attribute, _ := verdict(t, pool, with(good, "custom:code", value), nil)
			assert.Equal(t, "custom:code", attribute, "%q is one character", value)
		}
		for _, value := range []string{white, white + white + "abc", "abc" + white} {
			_, reason := verdict(t, pool, with(good, "custom:code", value), nil)
			assert.Empty(t, reason, "%q", value)
		}
		for _, value := range []string{white, white + white, white + white + white} {
			attribute, _ := verdict(t, pool, with(good, "family_name", value), nil)
			assert.Equal(t, "family_name", attribute, "%q is no value", value)
		}
		_, reason := verdict(t, pool, with(good, "cognito:username", white+"john", "email", "john@example.com"+white, "email_verified", white+"true"+white), nil)
		assert.Empty(t, reason)
	}
}
