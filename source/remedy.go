package source

import (
	"slices"
	"unicode/utf8"

	"github.com/cognito-import/importjob"
)

// remedyFor says what helps against a fault of the pool's rules, as far as the row tells.
func (s *Source) remedyFor(f importjob.Finding) string {
	switch {
	case f.Code == "required" && f.Attribute == importjob.ColumnUsername:
		return "--map cognito:username=COLUMN with a column that has a value for every user, such as the id"
	case f.Code == "not-verified":
		return s.verifyRemedy()
	case f.Code == "value-too-long" && f.Attribute == importjob.ColumnUsername:
		return ruleRemedies["username"]
	case f.Code == "value-too-long" && utf8.RuneCountInString(s.rowValue(f.Attribute)) < len(s.rowValue(f.Attribute)):
		return "the transform cut=512, which fits whatever the characters are" // cut counts characters, which have up to four bytes
	}
	return ruleRemedies[f.Code]
}

// verifyRemedy says what helps a user of whom no attribute is verified that the pool verifies. To call an address verified helps only if there
// is one.
func (s *Source) verifyRemedy() string {
	email, phone := s.rowValue(importjob.AttributeEmail) != "", s.rowValue(importjob.AttributePhoneNumber) != ""
	verifies := func(name string) bool { return slices.Contains(s.pool.AutoVerifiedAttributes, name) }
	switch {
	case email && s.rowValue(importjob.AttributeEmailVerified) == "true":
		return "a pool that verifies e-mail addresses too, since this one is verified: --auto-verified email,phone_number for a pool in memory"
	case phone && s.rowValue(importjob.AttributePhoneNumberVerified) == "true":
		return "a pool that verifies phone numbers too, since this one is verified: --auto-verified email,phone_number for a pool in memory"
	case email && verifies(importjob.AttributeEmail):
		return "--set email_verified=true, if you know that the addresses are verified"
	case phone && verifies(importjob.AttributePhoneNumber):
		return "--set phone_number_verified=true, if you know that the numbers are verified"
	}
	return "an export with the e-mail address: no job imports a user without a verified address or phone number"
}

// rowValue returns the value of the row in a column of the pool, or "".
func (s *Source) rowValue(name string) string {
	if i := slices.Index(s.columns, name); i >= 0 {
		return s.row.Values[i]
	}
	return ""
}
