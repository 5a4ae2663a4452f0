package importjob

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/cognito-import/importjob/internal/form"
)

// This file builds the rules that a row must keep to be imported.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html

// valueRule is a condition for values that are not empty, and the fault of a value that breaks it.
type valueRule struct {
	fault *fault
	holds func(value []byte) bool
}

// columnRule has the rules for the values of one column.
type columnRule struct {
	required bool
	rules    []valueRule
}

// constrainedColumn is a column with at least one rule, in the form that fastValid needs.
type constrainedColumn struct {
	column   int
	required bool
	holds    func(value []byte) bool // reports whether a value keeps all rules of the column
}

// allHold returns a function that reports whether a value keeps all rules.
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
	names                []string // the column names
	countIsFatal         bool     // a row with too few or too many values makes the job fail
	ignoreCase           bool     // usernames that differ only by case are equal
	columns              []columnRule
	constrained          []constrainedColumn // the columns with rules, without booleans
	booleans             []int               // the optional columns whose only rule is to be a Boolean
	hasFastPath          bool                // fastValid can be used
	refuseQuotes         bool
	lacksRequired        bool // the file has no column for a required attribute
	username             int
	email, emailVerified int
	phone, phoneVerified int

	emailCounts, phoneCounts bool // the attribute is auto-verified; a row needs one such attribute that is verified
	notVerified              int  // the column of the finding if it has none
}

// compileRules returns the rules for files with these columns.
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
		notVerified:   -1,
	}
	for i, a := range pool.AutoVerifiedAttributes {
		r.emailCounts = r.emailCounts || a == AttributeEmail
		r.phoneCounts = r.phoneCounts || a == AttributePhoneNumber
		if i == 0 {
			r.notVerified = slices.Index(names, a+"_verified")
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

// columnRuleOf returns the rules of one column.
func columnRuleOf(name string, pool Pool, schema Schema, algorithm PasswordHashingAlgorithm) columnRule {
	switch name {
	case ColumnUsername:
		return columnRule{required: true, rules: usernameRules(pool)}
	case ColumnMFAEnabled:
		return columnRule{rules: mfaRules(pool.MFA)}
	case ColumnPasswordHash:
		if algorithm == "" {
			return columnRule{} // the service ignores the values (A14)
		}
		return columnRule{rules: []valueRule{hashRule(algorithm)}}
	}
	if i := schema.index(name); i >= 0 {
		return columnRule{required: schema[i].Required, rules: attributeRules(schema[i])}
	}
	return columnRule{}
}

// prepareFastPath sets the fields that fastValid uses.
func (r *rowRules) prepareFastPath() {
	for i := range r.columns {
		c := &r.columns[i]
		switch {
		case len(c.rules) == 1 && c.rules[0].fault == faultBoolean && !c.required:
			r.booleans = append(r.booleans, i)
		case len(c.rules) > 0 || c.required:
			r.constrained = append(r.constrained, constrainedColumn{column: i, required: c.required, holds: allHold(c.rules)})
		}
	}
	takesBoolean := func(i int) bool { return i < 0 || slices.Contains(r.booleans, i) }
	r.hasFastPath = !r.lacksRequired && !r.refuseQuotes && takesBoolean(r.emailVerified) && takesBoolean(r.phoneVerified)
}

// attributeRules returns the rules that follow from an attribute's type, name and bounds.
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
			return rules // a valid birthdate always has ten characters
		}
	}
	return append(rules, lengthRules(a)...)
}

// lengthRules returns the rules for the number of characters. They first compare the number of bytes,
// since that decides for most values without counting characters.
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

// atoi returns the number in s, or otherwise if s is not a number.
func atoi(s string, otherwise int64) int64 {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	return otherwise
}

// usernameRules returns the rules of the column cognito:username. (A18)
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

// mfaRules returns the rules of the column cognito:mfa_enabled.
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

// isUsername reports whether v has the form and the length of a username.
func isUsername(v []byte) bool {
	return (len(v) <= 128 || utf8.RuneCount(v) <= 128) && form.IsUsername(v)
}

// hashRule returns the rule of the column password_hash.
func hashRule(algorithm PasswordHashingAlgorithm) valueRule {
	return valueRule{faultHash, func(v []byte) bool { return form.IsHash(string(algorithm), v) }}
}

// rangeRules returns the rules for the smallest and the largest number.
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
