package memory_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// settings chooses the settings of a pool.
func (s *scenario) settings() importjob.Pool {
	email, phone := []string{"email"}, []string{"phone_number"}
	both := []string{"email", "phone_number"}
	p := importjob.Pool{
		Name:                   oneOf(s, "", "pool"),
		AutoVerifiedAttributes: oneOf(s, email, email, email, email, phone, phone, both, both, both, nil),
		MFA:                    oneOf(s, "", importjob.MFAOff, importjob.MFAOn, importjob.MFAOptional),
		CaseInsensitive:        s.often(2),
		PasswordHashes:         s.often(2),
	}
	switch s.rng.IntN(4) {
	case 0:
		p.UsernameAttributes = oneOf(s, email, phone, both)
	case 1:
		p.AliasAttributes = oneOf(s, email, phone, both, []string{"preferred_username"})
	}
	if s.often(40) {
		p.MFA = "SOMETIMES"
	}
	if s.often(40) {
		p.AutoVerifiedAttributes = []string{"name"}
	}
	if s.often(4) {
		return p
	}
	p.Schema = oneOf(s, importjob.ClassicSchema(), importjob.Schema2025())
	for _, custom := range []importjob.SchemaAttribute{
		{Name: "custom:text", Type: importjob.TypeString, Mutable: true, MinLength: "2", MaxLength: "5"},
		{Name: "custom:number", Type: importjob.TypeNumber, Mutable: true, MinValue: "-5", MaxValue: "10"},
		{Name: "custom:flag", Type: importjob.TypeBoolean, Mutable: true},
		{Name: "custom:when", Type: importjob.TypeDateTime, Mutable: true},
		{Name: "dev:custom:text", Type: importjob.TypeString, Mutable: true, DeveloperOnlyAttribute: true, MaxLength: "3"},
	} {
		if s.often(2) {
			p.Schema = p.Schema.With(custom)
		}
	}
	if s.often(3) {
		p.Schema = p.Schema.Require(oneOf(s, "name", "email", "birthdate", "updated_at", "email_verified"))
	}
	return p
}

// name chooses a username of the form that the pool wants, out of a few, so that files have the same ones.
func (s *scenario) name(pool importjob.Pool) string {
	plain := oneOf(s, "ann", "Ann", "ANN", "bob", "Bob", "çelik", "ÇELIK", "Σίσυφος", "user", "carla", "dora", "emil")
	if plain == "user" {
		plain = fmt.Sprint("user", s.rng.IntN(30))
	}
	phone := "+1234555010" + fmt.Sprint(s.rng.IntN(10))
	if plain != strings.ToLower(plain) && !s.often(3) {
		plain = strings.ToLower(plain)
	}
	switch attributes := pool.UsernameAttributes; {
	case slices.Contains(attributes, "email") && (len(attributes) == 1 || s.often(2)):
		return plain + "@example.com"
	case slices.Contains(attributes, "phone_number"):
		return phone
	}
	return plain
}

// value chooses a good one for an attribute.
func (s *scenario) value(attribute importjob.SchemaAttribute) string {
	switch attribute.Name {
	case "email":
		return s.name(importjob.Pool{}) + oneOf(s, "@example.com", "@Mail.Example.COM", "+tag@a-b.co.uk")
	case "phone_number":
		return oneOf(s, "+12345550100", "+12345550101", "+442071838750")
	case "birthdate":
		return oneOf(s, "02/01/1985", "12/31/1999", "02/29/2000")
	case "updated_at":
		return oneOf(s, "0", "1471453471", "1.5", "99999999999999999999")
	}
	switch attribute.Type {
	case importjob.TypeBoolean:
		return oneOf(s, "true", "TRUE", "True", "false", "FALSE", "fAlSe")
	case importjob.TypeNumber:
		return oneOf(s, "-5", "0", "-0", "10", "10.0", "007", "3.25")
	}
	if attribute.MaxLength != "" && len(attribute.MaxLength) == 1 {
		return oneOf(s, "ab", "abc", "éé", "日本語", `a\b`)
	}
	return oneOf(s, "Doe, John", `C:\dir`, "日本語 の 名前", "x", "  y", "tab\tinside", `say "hi"`, `\, ,`, strings.Repeat("v", 2048))
}

// record is a user whom the pool imports, if the caller adds nothing wrong.
func (s *scenario) record(pool importjob.Pool, algorithm importjob.PasswordHashingAlgorithm) map[string]string {
	record := map[string]string{"cognito:username": s.name(pool)}
	for _, attribute := range pool.Schema {
		verified := strings.HasSuffix(attribute.Name, "_verified")
		if attribute.Required || s.often(6) && !verified {
			record[attribute.Name] = s.value(attribute)
		}
	}
	for _, name := range []string{"email", "phone_number"} {
		if slices.Contains(pool.AutoVerifiedAttributes, name) || isTrue(record[name+"_verified"]) {
			record[name] = s.value(importjob.SchemaAttribute{Name: name})
			record[name+"_verified"] = oneOf(s, "true", "TRUE", "True")
		}
	}
	record["cognito:mfa_enabled"] = map[importjob.MFA]string{
		importjob.MFAOff: oneOf(s, "", "false", "FALSE"), importjob.MFAOn: oneOf(s, "", "true", "TRUE"),
		importjob.MFAOptional: oneOf(s, "", "true", "FALSE"),
	}[pool.MFA]
	if algorithm != "" {
		record["password_hash"] = oneOf(s, "", goodHash(algorithm), goodHash(algorithm))
	} else {
		record["password_hash"] = oneOf(s, "", "", "ignored")
	}
	return record
}

func goodHash(algorithm importjob.PasswordHashingAlgorithm) string {
	return map[importjob.PasswordHashingAlgorithm]string{
		importjob.HashBCRYPT:       "$2b$12$" + strings.Repeat("a", 53),
		importjob.HashSCRYPT:       "65536$8$1$c0ffee00c0ffee00$" + strings.Repeat("0aF1", 16),
		importjob.HashARGON2ID:     "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$" + strings.Repeat("QUJD", 11),
		importjob.HashPBKDF2SHA256: "$pbkdf2-sha256$600000$c2FsdHNhbHQ$" + strings.Repeat("QUJD", 11),
	}[algorithm]
}

// spoilRecord makes a value wrong, or one that only just fits.
func (s *scenario) spoilRecord(record map[string]string, algorithm importjob.PasswordHashingAlgorithm) {
	long := strings.Repeat("n", 128)
	wrong := oneOf(s, [][2]string{
		{"cognito:username", ""}, {"cognito:username", "two words"}, {"cognito:username", "tab\tbed"}, {"cognito:username", long},
		{"cognito:username", long + "n"}, {"cognito:username", "ann@example.com"}, {"cognito:username", "+12345550100"},
		{"cognito:username", "ann@host"}, {"cognito:username", "a,b"}, {"email", "nobody"}, {"email", "a@host"}, {"email", "a@b..c"},
		{"email", "a@b@c.d"}, {"email", "a b@c.de"}, {"email", "@c.de"}, {"email", long[:64] + "@c.de"}, {"email", long[:65] + "@c.de"},
		{"email", ""}, {"email_verified", ""}, {"email_verified", "false"}, {"email_verified", "yes"}, {"email_verified", "1"},
		{"phone_number", ""}, {"phone_number", "12345550100"}, {"phone_number", "+1 234 555"}, {"phone_number", "+1-234-555"},
		{"phone_number_verified", ""}, {"phone_number_verified", "FALSE"}, {"phone_number_verified", "true"}, {"birthdate", "1985-02-01"},
		{"birthdate", "2/1/1985"}, {"birthdate", "13/01/1985"}, {"birthdate", "02/30/1985"}, {"updated_at", "-1"}, {"updated_at", "now"},
		{"updated_at", "1."}, {"updated_at", "+1"}, {"updated_at", "1e3"}, {"custom:text", "a"}, {"custom:text", "é"}, {"custom:text", "abcdef"}, {"custom:text", "éèêëęē"},
		{"custom:text", "ééééé"}, {"custom:number", "-6"}, {"custom:number", "10.1"}, {"custom:number", "11"}, {"custom:flag", "maybe"},
		{"custom:when", "any time"}, {"dev:custom:text", "abcd"}, {"name", strings.Repeat("v", 2049)}, {"name", strings.Repeat("é", 1024)},
		{"name", strings.Repeat("é", 1025)}, {"name", ""}, {"cognito:mfa_enabled", "true"}, {"cognito:mfa_enabled", "false"},
		{"cognito:mfa_enabled", "maybe"}, {"password_hash", "secret"}, {"name", "\xff"}, {"name", "ends in \\"},
	}...)
	record[wrong[0]] = wrong[1]
	if algorithm != "" && s.often(3) {
		record["password_hash"] = oneOf(s, strings.NewReplacer("$12$", "$13$", "65536", "131072", "m=19456", "m=19457", "600000", "600001").Replace(goodHash(algorithm)),
			strings.NewReplacer("$8$", "$9$", "t=2", "t=3", "$12$", "$04$").Replace(goodHash(algorithm)), goodHash(algorithm)[1:])
	}
}
