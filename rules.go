package importjob

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"
)

// This file holds the rules that a row must keep to be imported.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
//
// The reasons in the service's log are not public, but for two; these say what to do. None holds
// a value, since a value is personal data.
const (
	reasonRequired      = "a value is required"
	reasonUsername      = "a username has 1 to 128 characters, and no space or control character"
	reasonUsernameAlias = "a username cannot look like an attribute that users of this pool sign in with"
	reasonUsernameEmail = "users of this pool sign in with an e-mail address: the username must be one"
	reasonUsernamePhone = "users of this pool sign in with a phone number: the username must be one, such as +12345550100"
	reasonUsernameBoth  = "users of this pool sign in with an e-mail address or phone number: the username must be one"
	reasonEmail         = "Invalid email address format."
	reasonPhone         = "a phone number is a plus sign and 2 to 15 digits, the country code first, such as +12345550100"
	reasonBirthdate     = "a birthdate is an existing day in the form mm/dd/yyyy"
	reasonBoolean       = "a Boolean is true or false"
	reasonNumber        = "a Number is digits, with an optional minus sign and fraction"
	reasonTooSmall      = "the value is smaller than the pool's schema allows"
	reasonTooLarge      = "the value is larger than the pool's schema allows"
	reasonTooShort      = "the value is shorter than the pool's schema allows"
	reasonTooLong       = "the value is longer than the pool's schema allows"
	reasonOver2048      = "the value is longer than 2048 bytes"
	reasonMFAOff        = "MFA is off in this pool: the value must be false or empty"
	reasonMFAOn         = "MFA is required in this pool: the value must be true or empty"
	reasonNeedsEmail    = "email_verified is true: a value is required"
	reasonNeedsPhone    = "phone_number_verified is true: a value is required"
	reasonHash          = "not a password hash of the job's algorithm, or out of its bounds"
)

// valueRule is a condition that values must keep that are not empty, and what is wrong when they
// do not.
type valueRule struct {
	reason string
	holds  func(value []byte) bool
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
	maxBytes             int64    // of the file
	countIsFatal         bool     // a row with too few or too many values fails the job
	caseSensitive        bool     // of usernames
	columns              []columnRule
	busy                 []busyColumn // the columns that have any, but for the next
	booleans             []int        // the columns that only ask for a Boolean, which may be empty
	glance               bool         // a glance can tell that a row is fine
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
		caseSensitive: pool.CaseSensitive,
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
		switch name {
		case ColumnUsername:
			r.columns[i].required, r.columns[i].rules = true, usernameRules(pool)
		case ColumnMFAEnabled:
			r.columns[i].rules = mfaRules(pool.MFA)
		case ColumnPasswordHash:
			if opts.PasswordHashingAlgorithm != "" {
				r.columns[i].rules = []valueRule{hashRule(opts.PasswordHashingAlgorithm)}
			}
		default:
			if s := schema.index(name); s >= 0 {
				r.columns[i].required, r.columns[i].rules = schema[s].Required, attributeRules(schema[s])
			}
		}
	}
	for i := range r.columns {
		c := &r.columns[i]
		switch {
		case len(c.rules) == 1 && c.rules[0].reason == reasonBoolean && !c.required:
			r.booleans = append(r.booleans, i)
		case len(c.rules) > 0 || c.required:
			r.busy = append(r.busy, busyColumn{i, c.required, allHold(c.rules)})
		}
	}
	for _, a := range schema {
		if a.Required && a.Name != "sub" && !slices.Contains(names, a.Name) {
			r.lacksRequired = true
		}
	}
	isBoolean := func(i int) bool { return i < 0 || slices.Contains(r.booleans, i) }
	r.glance = !r.lacksRequired && !r.refuseQuotes && isBoolean(r.emailVerified) && isBoolean(r.phoneVerified)
	return r
}

// judge returns what is wrong with a row first, and in which column; -1 means the whole row.
func (r *rowRules) judge(row *Row) (int, string) {
	row.locate()
	if r.glance && r.fine(row) {
		return 0, ""
	}
	return r.judgeClosely(row)
}

// judgeClosely looks at one value after the other, and then at the row.
func (r *rowRules) judgeClosely(row *Row) (int, string) {
	for i := range r.columns {
		if reason := r.judgeForm(row.field(i)); reason != "" {
			return i, reason
		}
		if reason := r.columns[i].judge(row.field(i)); reason != "" {
			return i, reason
		}
	}
	email, phone := r.isTrue(row, r.emailVerified), r.isTrue(row, r.phoneVerified)
	switch {
	case r.lacksRequired:
		return -1, reasonRequired
	case email && r.isEmpty(row, r.email):
		return r.email, reasonNeedsEmail
	case phone && r.isEmpty(row, r.phone):
		return r.phone, reasonNeedsPhone
	case email && r.emailCounts, phone && r.phoneCounts:
		return 0, ""
	}
	return r.points, ReasonNotVerified
}

// judgeForm judges what is the same for the values of all columns.
func (r *rowRules) judgeForm(value []byte) string {
	switch {
	case len(value) > MaxValueBytes:
		return reasonOver2048
	case !utf8.Valid(value):
		return ErrInvalidUTF8.Error()
	case r.refuseQuotes && bytes.IndexByte(value, '"') >= 0:
		return ErrQuote.Error()
	}
	return ""
}

// judge judges a value by the rules of its column.
func (c *columnRule) judge(value []byte) string {
	if len(value) == 0 {
		if c.required {
			return reasonRequired
		}
		return ""
	}
	for i := range c.rules {
		if !c.rules[i].holds(value) {
			return c.rules[i].reason
		}
	}
	return ""
}

func (r *rowRules) isTrue(row *Row, i int) bool {
	return i >= 0 && isTrue(row.field(i))
}

func (r *rowRules) isEmpty(row *Row, i int) bool {
	return i < 0 || len(row.field(i)) == 0
}

// attributeRules are the rules of an attribute's type, name and bounds.
func attributeRules(a SchemaAttribute) []valueRule {
	switch a.Type {
	case TypeBoolean:
		return []valueRule{{reasonBoolean, isBoolean}}
	case TypeNumber:
		return append([]valueRule{{reasonNumber, isNumber}}, rangeRules(a)...)
	}
	var rules []valueRule
	switch a.Name {
	case AttributeEmail:
		rules = append(rules, valueRule{reasonEmail, isEmail})
	case AttributePhoneNumber:
		rules = append(rules, valueRule{reasonPhone, isPhone})
	case "birthdate":
		rules = append(rules, valueRule{reasonBirthdate, isBirthdate})
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
		rules = append(rules, valueRule{reasonTooShort, func(v []byte) bool {
			return len(v)/utf8.UTFMax >= least || utf8.RuneCount(v) >= least
		}})
	}
	if most := atoi(a.MaxLength, MaxValueBytes); most < MaxValueBytes {
		rules = append(rules, valueRule{reasonTooLong, func(v []byte) bool {
			return len(v) <= most || utf8.RuneCount(v) <= most
		}})
	}
	return rules
}

func atoi(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return otherwise
}

// usernameRules are the rules of cognito:username. (A18)
func usernameRules(pool Pool) []valueRule {
	rules := []valueRule{{reasonUsername, isUsernameValue}}
	email := slices.Contains(pool.UsernameAttributes, AttributeEmail)
	phone := slices.Contains(pool.UsernameAttributes, AttributePhoneNumber)
	switch {
	case email && phone:
		rules = append(rules, valueRule{reasonUsernameBoth, func(v []byte) bool { return isEmail(v) || isPhone(v) }})
	case email:
		rules = append(rules, valueRule{reasonUsernameEmail, isEmail})
	case phone:
		rules = append(rules, valueRule{reasonUsernamePhone, isPhone})
	}
	if slices.Contains(pool.AliasAttributes, AttributeEmail) {
		rules = append(rules, valueRule{reasonUsernameAlias, func(v []byte) bool { return !isEmail(v) }})
	}
	if slices.Contains(pool.AliasAttributes, AttributePhoneNumber) {
		rules = append(rules, valueRule{reasonUsernameAlias, func(v []byte) bool { return !isPhone(v) }})
	}
	return rules
}

// mfaRules are the rules of cognito:mfa_enabled.
func mfaRules(mfa MFA) []valueRule {
	rules := []valueRule{{reasonBoolean, isBoolean}}
	switch mfa {
	case MFAOptional:
		return rules
	case MFAOn:
		return append(rules, valueRule{reasonMFAOn, isTrue})
	}
	return append(rules, valueRule{reasonMFAOff, isFalse})
}
