package importjob

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/cognito-import/importjob/internal/form"
)

// This file makes the rules that a row must keep to be imported.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html

// valueRule is a condition that values must keep that are not empty, and what is wrong when they
// do not.
type valueRule struct {
	fault *fault
	holds func(value []byte) bool
}

// columnRule is what one column asks of its values.
type columnRule struct {
	required bool
	rules    []valueRule
}

// busyColumn is a column whose rule is not kept by every value.
type busyColumn struct {
	column   int
	required bool
	holds    func(value []byte) bool // all of the rules
}

// allHold makes one condition of all.
func allHold(rules []valueRule) func(value []byte) bool {
	switch len(rules) {
	case 0:
		return func([]byte) bool { return true }
	case 1:
		return rules[0].holds
	}
	first, others := rules[0].holds, allHold(rules[1:])
	return func(value []byte) bool { return first(value) && others(value) }
}

// rowRules are the rules of one pool for files with one header. An index is -1 for a column
// that the file does not have.
type rowRules struct {
	names                []string // of the columns
	countIsFatal         bool     // a row with too few or too many values fails the job
	ignoreCase           bool     // of usernames
	columns              []columnRule
	busy                 []busyColumn // the columns that have any, but for the next
	booleans             []int        // the columns that only ask for a Boolean, which may be empty
	hasFastPath          bool         // fastValid applies
	refuseQuotes         bool
	lacksRequired        bool // a required attribute has no column at all
	username             int
	email, emailVerified int
	phone, phoneVerified int

	emailCounts, phoneCounts bool // which of the two is auto-verified: one such must be verified
	points                   int  // the column to point at when none is
}

// compileRules makes the rules for files with these columns.
func compileRules(pool Pool, names []string, opts CheckOptions) *rowRules {
	r := &rowRules{
		names:         names,
		countIsFatal:  opts.Assumptions.FieldCountFailsJob,
		ignoreCase:    pool.CaseInsensitive,
		columns:       make([]columnRule, len(names)),
		refuseQuotes:  opts.Assumptions.RefuseQuotes,
		username:      slices.Index(names, ColumnUsername),
		email:         slices.Index(names, AttributeEmail),
		emailVerified: slices.Index(names, AttributeEmailVerified),
		phone:         slices.Index(names, AttributePhoneNumber),
		phoneVerified: slices.Index(names, AttributePhoneNumberVerified),
		points:        -1,
	}
	for i, a := range pool.AutoVerifiedAttributes {
		r.emailCounts = r.emailCounts || a == AttributeEmail
		r.phoneCounts = r.phoneCounts || a == AttributePhoneNumber
		if i == 0 {
			r.points = slices.Index(names, a+"_verified")
		}
	}
	schema := pool.schema()
	for i, name := range names {
		r.columns[i] = columnRuleOf(name, pool, schema, opts.PasswordHashingAlgorithm)
	}
	for _, a := range schema {
		if a.Required && a.Name != "sub" && !slices.Contains(names, a.Name) {
			r.lacksRequired = true
		}
	}
	r.prepareFastPath()
	return r
}

// columnRuleOf makes the rule of one column.
func columnRuleOf(name string, pool Pool, schema Schema, algorithm PasswordHashingAlgorithm) columnRule {
	switch name {
	case ColumnUsername:
		return columnRule{required: true, rules: usernameRules(pool)}
	case ColumnMFAEnabled:
		return columnRule{rules: mfaRules(pool.MFA)}
	case ColumnPasswordHash:
		if algorithm == "" {
			return columnRule{} // its values are ignored
		}
		return columnRule{rules: []valueRule{hashRule(algorithm)}}
	}
	if i := schema.index(name); i >= 0 {
		return columnRule{required: schema[i].Required, rules: attributeRules(schema[i])}
	}
	return columnRule{}
}

// prepareFastPath sorts the columns by what fastValid does with them.
func (r *rowRules) prepareFastPath() {
	for i := range r.columns {
		c := &r.columns[i]
		switch {
		case len(c.rules) == 1 && c.rules[0].fault == faultBoolean && !c.required:
			r.booleans = append(r.booleans, i)
		case len(c.rules) > 0 || c.required:
			r.busy = append(r.busy, busyColumn{column: i, required: c.required, holds: allHold(c.rules)})
		}
	}
	takesBoolean := func(i int) bool { return i < 0 || slices.Contains(r.booleans, i) }
	r.hasFastPath = !r.lacksRequired && !r.refuseQuotes && takesBoolean(r.emailVerified) && takesBoolean(r.phoneVerified)
}

// attributeRules are the rules of an attribute's type, name and bounds.
func attributeRules(a SchemaAttribute) []valueRule {
	switch a.Type {
	case TypeBoolean:
		return []valueRule{{faultBoolean, form.IsBoolean}}
	case TypeNumber:
		return append([]valueRule{{faultNumber, form.IsNumber}}, rangeRules(a)...)
	}
	var rules []valueRule
	switch a.Name {
	case AttributeEmail:
		rules = append(rules, valueRule{faultEmail, form.IsEmail})
	case AttributePhoneNumber:
		rules = append(rules, valueRule{faultPhone, form.IsPhone})
	case "birthdate":
		rules = append(rules, valueRule{faultBirthdate, form.IsBirthdate})
		if atoi(a.MinLength, 0) <= 10 && atoi(a.MaxLength, MaxValueBytes) >= 10 {
			return rules // such a day has ten characters
		}
	}
	return append(rules, lengthRules(a)...)
}

// lengthRules bound the number of characters. Most values keep them whatever their characters are.
func lengthRules(a SchemaAttribute) []valueRule {
	var rules []valueRule
	if least := atoi(a.MinLength, 0); least > 0 {
		rules = append(rules, valueRule{faultTooShort, func(v []byte) bool {
			return int64(len(v)/utf8.UTFMax) >= least || int64(utf8.RuneCount(v)) >= least
		}})
	}
	if most := atoi(a.MaxLength, MaxValueBytes); most < MaxValueBytes {
		rules = append(rules, valueRule{faultTooLong, func(v []byte) bool {
			return int64(len(v)) <= most || int64(utf8.RuneCount(v)) <= most
		}})
	}
	return rules
}

func atoi(s string, otherwise int64) int64 {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	return otherwise
}

// usernameRules are the rules of cognito:username. (A18)
func usernameRules(pool Pool) []valueRule {
	rules := []valueRule{{faultUsername, isUsername}}
	email := slices.Contains(pool.UsernameAttributes, AttributeEmail)
	phone := slices.Contains(pool.UsernameAttributes, AttributePhoneNumber)
	switch {
	case email && phone:
		rules = append(rules, valueRule{faultUsernameBoth, func(v []byte) bool { return form.IsEmail(v) || form.IsPhone(v) }})
	case email:
		rules = append(rules, valueRule{faultUsernameEmail, form.IsEmail})
	case phone:
		rules = append(rules, valueRule{faultUsernamePhone, form.IsPhone})
	}
	if slices.Contains(pool.AliasAttributes, AttributeEmail) {
		rules = append(rules, valueRule{faultUsernameAlias, func(v []byte) bool { return !form.IsEmail(v) }})
	}
	if slices.Contains(pool.AliasAttributes, AttributePhoneNumber) {
		rules = append(rules, valueRule{faultUsernameAlias, func(v []byte) bool { return !form.IsPhone(v) }})
	}
	return rules
}

// mfaRules are the rules of cognito:mfa_enabled.
func mfaRules(mfa MFA) []valueRule {
	rules := []valueRule{{faultBoolean, form.IsBoolean}}
	switch mfa {
	case MFAOptional:
		return rules
	case MFAOn:
		return append(rules, valueRule{faultMFAOn, form.IsTrue})
	}
	return append(rules, valueRule{faultMFAOff, form.IsFalse})
}

// isUsername is the form of a username, and its length.
func isUsername(v []byte) bool {
	return (len(v) <= 128 || utf8.RuneCount(v) <= 128) && form.IsUsername(v)
}

// hashRule is the rule of the column password_hash.
func hashRule(algorithm PasswordHashingAlgorithm) valueRule {
	return valueRule{faultHash, func(v []byte) bool { return form.IsHash(string(algorithm), v) }}
}

// rangeRules bound a number.
func rangeRules(a SchemaAttribute) []valueRule {
	var rules []valueRule
	if least, err := strconv.ParseInt(a.MinValue, 10, 64); err == nil {
		rules = append(rules, valueRule{faultTooSmall, func(v []byte) bool {
			return least <= 0 && v[0] != '-' || form.CompareNumber(v, least) >= 0
		}})
	}
	if most, err := strconv.ParseInt(a.MaxValue, 10, 64); err == nil {
		rules = append(rules, valueRule{faultTooLarge, func(v []byte) bool { return form.CompareNumber(v, most) <= 0 }})
	}
	return rules
}
