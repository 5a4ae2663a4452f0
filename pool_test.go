package importjob

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/internal/seen"
)

const (
	classicHeader = "name,given_name,family_name,middle_name,nickname,preferred_username,profile,picture,website,email,email_verified," +
		"gender,birthdate,zoneinfo,locale,phone_number,phone_number_verified,address,updated_at"
	newerStart = "profile,address,birthdate,gender,preferred_username,updated_at,website,picture,phone_number,phone_number_verified,zoneinfo"
	newerEnd   = "locale,email,email_verified,given_name,family_name,middle_name,name,nickname"
	lastTwo    = "cognito:mfa_enabled,cognito:username"
)

func TestHeader(t *testing.T) {
	id, role := CustomAttribute("id", TypeString), CustomAttribute("custom:role", TypeNumber)
	hashes := Pool{PasswordHashes: true}
	for name, tt := range map[string]struct {
		pool Pool
		want string
	}{
		"zero pool":                 {Pool{}, classicHeader + "," + lastTwo},
		"classic":                   {Pool{Schema: ClassicSchema()}, classicHeader + "," + lastTwo},
		"classic and custom":        {Pool{Schema: ClassicSchema().With(id, role)}, classicHeader + ",custom:id,custom:role," + lastTwo},
		"newer":                     {Pool{Schema: Schema2025()}, newerStart + "," + newerEnd + "," + lastTwo},
		"newer and custom":          {Pool{Schema: Schema2025().With(id).With(role)}, newerStart + ",custom:id,custom:role," + newerEnd + "," + lastTwo},
		"with hashes":               {hashes, classicHeader + "," + lastTwo + ",password_hash"},
		"empty schema":              {Pool{Schema: Schema{}}, lastTwo},
		"classic with identities":   {Pool{Schema: ClassicSchema().With(SchemaAttribute{Name: "identities", Type: TypeString})}, classicHeader + "," + lastTwo},
		"required changes no place": {Pool{Schema: ClassicSchema().Require("name", "email")}, classicHeader + "," + lastTwo},
	} {
		assert.Equal(t, tt.want, strings.Join(tt.pool.Header(), ","), name)
	}
}

func TestDefaultSchema(t *testing.T) {
	s := ClassicSchema()
	require.Len(t, s, 20)
	assert.Equal(t, SchemaAttribute{Name: "sub", Type: TypeString, Required: true, MinLength: "1", MaxLength: "2048"}, s[s.index("sub")])
	assert.Equal(t, SchemaAttribute{Name: "email", Type: TypeString, Mutable: true, MinLength: "0", MaxLength: "2048"}, s[s.index("email")])
	assert.Equal(t, SchemaAttribute{Name: "birthdate", Type: TypeString, Mutable: true, MinLength: "10", MaxLength: "10"}, s[s.index("birthdate")])
	assert.Equal(t, SchemaAttribute{Name: "email_verified", Type: TypeBoolean, Mutable: true}, s[s.index("email_verified")])
	assert.Equal(t, SchemaAttribute{Name: "updated_at", Type: TypeNumber, Mutable: true, MinValue: "0"}, s[s.index("updated_at")])
	newer := Schema2025()
	require.Len(t, newer, 21)
	for _, a := range s {
		assert.Equal(t, a, newer[newer.index(a.Name)], "the same attribute in another place")
	}
	assert.Equal(t, SchemaAttribute{Name: "identities", Type: TypeString, Mutable: true}, newer[newer.index("identities")])
}

func TestWithAndRequireCopy(t *testing.T) {
	base := ClassicSchema()
	changed := base.With(SchemaAttribute{Name: "email", Type: TypeString, Required: true, MaxLength: "9"}, CustomAttribute("x", TypeString)).Require("name", "nonsense")
	assert.Equal(t, ClassicSchema(), base, "the schema it began with is not changed")
	require.Len(t, changed, 21)
	assert.Equal(t, "9", changed[base.index("email")].MaxLength, "replaced in its place")
	assert.True(t, changed[changed.index("name")].Required)
	assert.False(t, changed[changed.index("given_name")].Required)
	assert.Equal(t, SchemaAttribute{Name: "custom:x", Type: TypeString, Mutable: true}, changed[20])

	again := changed.With(CustomAttribute("x", TypeNumber))
	require.Len(t, again, 21)
	assert.Equal(t, TypeNumber, again[20].Type)
	assert.Equal(t, TypeString, changed[20].Type)
	assert.Equal(t, "dev:custom:x", CustomAttribute("dev:custom:x", TypeString).Name)
	assert.Len(t, Schema(nil).With(CustomAttribute("x", TypeString)), 1)
}

func TestCloneSharesNothing(t *testing.T) {
	p := Pool{ID: "a_b", Schema: ClassicSchema(), AutoVerifiedAttributes: []string{"email"}, UsernameAttributes: []string{"email"}, AliasAttributes: []string{"email"}}
	c := p.Clone()
	assert.Equal(t, p, c)
	c.Schema[0].Name, c.AutoVerifiedAttributes[0], c.UsernameAttributes[0], c.AliasAttributes[0] = "x", "x", "x", "x"
	assert.Equal(t, ClassicSchema(), p.Schema)
	assert.Equal(t, []string{"email", "email", "email"}, []string{p.AutoVerifiedAttributes[0], p.UsernameAttributes[0], p.AliasAttributes[0]})
	assert.Nil(t, Pool{}.Clone().Schema, "nil still means the default")
}

func TestPoolValidate(t *testing.T) {
	custom := func(n int) (s Schema) {
		s = ClassicSchema()
		for i := range n {
			s = s.With(CustomAttribute(fmt.Sprint("c", i), TypeString))
		}
		return s
	}
	with := func(a SchemaAttribute) func(*Pool) { return func(p *Pool) { p.Schema = ClassicSchema().With(a) } }
	named := func(name string) func(*Pool) { return with(SchemaAttribute{Name: name, Type: TypeString}) }
	for name, tt := range map[string]struct {
		change func(*Pool)
		want   string // a part of the message; "" for a good pool
	}{
		"plain":               {func(*Pool) {}, ""},
		"newer":               {func(p *Pool) { p.Schema = Schema2025() }, ""},
		"no ID":               {func(p *Pool) { p.ID = "" }, "2 validation errors detected: Value '' at 'userPoolId'"},
		"no name":             {func(p *Pool) { p.Name = "" }, "at 'poolName'"},
		"both verified":       {func(p *Pool) { p.AutoVerifiedAttributes = []string{"phone_number", "email"} }, ""},
		"name verified":       {func(p *Pool) { p.AutoVerifiedAttributes = []string{"email", "name"} }, `autoVerifiedAttributes: "name" is not one of email phone_number`},
		"sign in by e-mail":   {func(p *Pool) { p.UsernameAttributes = []string{"email"} }, ""},
		"sign in by nickname": {func(p *Pool) { p.UsernameAttributes = []string{"nickname"} }, "usernameAttributes"},
		"all aliases":         {func(p *Pool) { p.AliasAttributes = []string{"email", "phone_number", "preferred_username"} }, ""},
		"preferred username":  {func(p *Pool) { p.UsernameAttributes = []string{"preferred_username"} }, "usernameAttributes"},
		"alias nickname":      {func(p *Pool) { p.AliasAttributes = []string{"nickname"} }, "aliasAttributes"},
		"username and alias":  {func(p *Pool) { p.UsernameAttributes, p.AliasAttributes = []string{"email"}, []string{"email"} }, "not both"},
		"MFA ON":              {func(p *Pool) { p.MFA = MFAOn }, ""},
		"MFA OPTIONAL":        {func(p *Pool) { p.MFA = MFAOptional }, ""},
		"MFA on":              {func(p *Pool) { p.MFA = "on" }, "mfaConfiguration"},
		"50 custom":           {func(p *Pool) { p.Schema = custom(50) }, ""},
		"51 custom":           {func(p *Pool) { p.Schema = custom(51) }, "51 custom attributes: a pool has at most 50"},
		"custom of 20":        {named("custom:" + strings.Repeat("é", 20)), ""},
		"custom of 21":        {named("custom:" + strings.Repeat("x", 21)), "1 to 20 characters"},
		"developer of 20":     {named("dev:custom:" + strings.Repeat("x", 20)), ""},
		"custom of nothing":   {named("custom:"), "1 to 20 characters"},
		"custom with space":   {named("custom:a b"), "no space"},
		"custom with comma":   {named("custom:a,b"), "comma"},
		"custom required":     {with(SchemaAttribute{Name: "custom:a", Type: TypeString, Required: true}), "cannot be required"},
		"no standard":         {named("shoe_size"), "begin the name of a custom attribute with custom:"},
		"empty name":          {named(""), "begin the name of a custom attribute with custom:"},
		"developer's email":   {named("dev:email"), "begin the name of a custom attribute with custom:"},
		"a column's name":     {named("cognito:username"), "begin the name of a custom attribute with custom:"},
		"twice":               {func(p *Pool) { p.Schema = append(ClassicSchema(), ClassicSchema()[3]) }, "twice: remove one"},
		"type":                {with(CustomAttribute("a", "Float")), "not one of String Number Boolean DateTime"},
		"no type":             {with(CustomAttribute("a", "")), "not one of String Number Boolean DateTime"},
		"bound":               {with(SchemaAttribute{Name: "custom:a", Type: TypeNumber, MinValue: "-5", MaxValue: "ten"}), `bound "ten"`},
		"bounds":              {with(SchemaAttribute{Name: "custom:a", Type: TypeNumber, MinValue: "-5", MaxValue: "10"}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			pool := Pool{ID: "us-west-2_aaaaaaaaa", Name: "My pool"}
			tt.change(&pool)
			got := message(t, pool.Validate())
			if tt.want == "" {
				assert.Empty(t, got)
			} else {
				assert.Contains(t, got, tt.want)
			}
		})
	}
}

func TestUsernameKey(t *testing.T) {
	for username, want := range map[string]string{
		"John": "john", "JOHN_1@X": "john_1@x", "ÅSA": "åsa", "ΣΊΣΥΦΟΣ": "σίσυφοσ", "İx": "i̇x"[:1] + "x", "例え": "例え", "": "",
		"\u212A": "k", // the sign of Kelvin
	} {
		assert.Equal(t, want, Pool{CaseInsensitive: true}.UsernameKey(username))
		assert.Equal(t, username, Pool{}.UsernameKey(username))
	}
}

// FuzzUsernameHash holds the hash that Check computes equal to the one that memory asks for.
func FuzzUsernameHash(f *testing.F) {
	for _, s := range []string{"John", "ÅSA", "İ", "A\xc3", "ǅ", "\u212A", "ẞ", "\ufffd", "\U00010400", "a\x00Z", "lower-case@example.com", "seven77Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 64 { // a longer one finds nothing more, and the fuzzer takes minutes to make it shorter
			return
		}
		for _, p := range []Pool{{}, {CaseInsensitive: true}} {
			h, _ := seen.HashOf([]byte(s), p.CaseInsensitive, nil)
			key, _ := seen.HashOf([]byte(p.UsernameKey(s)), p.CaseInsensitive, nil)
			if h.Sum != p.UsernameHash(s) || key != h {
				t.Fatalf("%q: the hashes are %v, %v and %v", s, h, key, p.UsernameHash(s))
			}
		}
	})
}

func TestUsernameHashOfEveryCharacter(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r > 0x3000 && unicode.ToLower(r) == r {
			continue
		}
		s := string(r) + "A"
		if h, _ := seen.HashOf([]byte(s), true, nil); h.Sum != (Pool{CaseInsensitive: true}).UsernameHash(s) {
			t.Errorf("%q", s)
		}
	}
}

func TestHashUsernameDoesNotAllocateForASCII(t *testing.T) {
	scratch, username := make([]byte, 0, 64), []byte("John.Doe@EXAMPLE.com")
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, scratch = seen.HashOf(username, true, scratch) }))
}

func TestPoolRefusesBoundsThatCannotBe(t *testing.T) {
	for _, a := range []SchemaAttribute{
		{Name: "custom:a", Type: TypeString, MinLength: "-3"},
		{Name: "custom:a", Type: TypeString, MinLength: "9", MaxLength: "3"},
		{Name: "custom:a", Type: TypeNumber, MinValue: "1", MaxValue: "0"},
	} {
		p := Pool{ID: "a_b", Name: "n", Schema: ClassicSchema().With(a)}
		assert.ErrorIs(t, p.Validate(), ErrInvalidParameter)
	}
	assert.ErrorIs(t, Pool{ID: "a_b", Name: "n", AutoVerifiedAttributes: []string{"email", "email"}}.Validate(), ErrInvalidParameter)
	longest := SchemaAttribute{Name: "custom:a", Type: TypeString, MinLength: "9223372036854775807"}
	rule := columnRule{rules: lengthRules(longest)}
	assert.Equal(t, faultTooShort.text, rule.fault([]byte("abc")).text)
}
