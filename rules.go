package importjob

import (
	"bytes"
	"math/big"
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
	reasonNumber        = "a Number is digits, with an optional sign and fraction"
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

// valueRule says what is wrong with a value that is not empty, or "".
type valueRule func(value []byte) string

// columnRule is what one column asks of its values.
type columnRule struct {
	required bool
	rules    []valueRule
}

// rowRules are the rules of one pool for files with one header. An index is -1 for a column
// that the file does not have.
type rowRules struct {
	names                []string // of the columns
	maxBytes             int64    // of the file
	countIsFatal         bool     // a row with too few or too many values fails the job
	caseSensitive        bool     // of usernames
	columns              []columnRule
	refuseQuotes         bool
	lacksRequired        bool // a required attribute has no column at all
	username             int
	email, emailVerified int
	phone, phoneVerified int
	autoVerified         []int // the columns of which one must be true
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
	}
	for _, a := range pool.AutoVerifiedAttributes {
		r.autoVerified = append(r.autoVerified, slices.Index(names, a+"_verified"))
	}
	schema := pool.schema()
	for i, name := range names {
		switch name {
		case ColumnUsername:
			r.columns[i] = columnRule{required: true, rules: usernameRules(pool)}
		case ColumnMFAEnabled:
			r.columns[i].rules = []valueRule{judgeBoolean, mfaRule(pool.MFA)}
		case ColumnPasswordHash:
			if opts.PasswordHashingAlgorithm != "" {
				r.columns[i].rules = []valueRule{hashRule(opts.PasswordHashingAlgorithm)}
			}
		default:
			if s := schema.index(name); s >= 0 {
				r.columns[i] = columnRule{required: schema[s].Required, rules: attributeRules(schema[s])}
			}
		}
	}
	for _, a := range schema {
		if a.Required && a.Name != "sub" && !slices.Contains(names, a.Name) {
			r.lacksRequired = true
		}
	}
	return r
}

// judge returns what is wrong with a row first, and in which column; -1 means the whole row.
func (r *rowRules) judge(row *Row) (int, string) {
	for i := range r.columns {
		if reason := r.judgeValue(i, row.Field(i)); reason != "" {
			return i, reason
		}
	}
	switch {
	case r.lacksRequired:
		return -1, reasonRequired
	case r.isTrue(row, r.emailVerified) && r.isEmpty(row, r.email):
		return r.email, reasonNeedsEmail
	case r.isTrue(row, r.phoneVerified) && r.isEmpty(row, r.phone):
		return r.phone, reasonNeedsPhone
	}
	for _, i := range r.autoVerified {
		if r.isTrue(row, i) {
			return 0, ""
		}
	}
	return r.firstVerified(), ReasonNotVerified
}

func (r *rowRules) judgeValue(i int, value []byte) string {
	c := &r.columns[i]
	if len(value) == 0 {
		if c.required {
			return reasonRequired
		}
		return ""
	}
	switch {
	case len(value) > MaxValueBytes:
		return reasonOver2048
	case !utf8.Valid(value):
		return ErrInvalidUTF8.Error()
	case r.refuseQuotes && bytes.IndexByte(value, '"') >= 0:
		return ErrQuote.Error()
	}
	for _, rule := range c.rules {
		if reason := rule(value); reason != "" {
			return reason
		}
	}
	return ""
}

// firstVerified is the column to point at when no auto-verified attribute is verified.
func (r *rowRules) firstVerified() int {
	if len(r.autoVerified) == 0 {
		return -1
	}
	return r.autoVerified[0]
}

func (r *rowRules) isTrue(row *Row, i int) bool {
	return i >= 0 && bytes.EqualFold(row.Field(i), []byte("true"))
}

func (r *rowRules) isEmpty(row *Row, i int) bool {
	return i < 0 || len(row.Field(i)) == 0
}

// attributeRules are the rules of an attribute's type, name and bounds.
func attributeRules(a SchemaAttribute) []valueRule {
	switch a.Type {
	case TypeBoolean:
		return []valueRule{judgeBoolean}
	case TypeNumber:
		return []valueRule{judgeNumber, rangeRule(a)}
	}
	var rules []valueRule
	switch a.Name {
	case AttributeEmail:
		rules = append(rules, judgeEmail)
	case AttributePhoneNumber:
		rules = append(rules, judgePhone)
	case "birthdate":
		rules = append(rules, judgeBirthdate)
	}
	return append(rules, lengthRule(a))
}

// lengthRule bounds the number of characters.
func lengthRule(a SchemaAttribute) valueRule {
	least, most := atoi(a.MinLength, 0), atoi(a.MaxLength, MaxValueBytes)
	return func(value []byte) string {
		if len(value) <= most && len(value) >= 4*least {
			return "" // whatever its characters are
		}
		switch n := utf8.RuneCount(value); {
		case n < least:
			return reasonTooShort
		case n > most:
			return reasonTooLong
		}
		return ""
	}
}

// rangeRule bounds a number. Numbers can have more digits than a machine number.
func rangeRule(a SchemaAttribute) valueRule {
	least, hasLeast := new(big.Rat).SetString(a.MinValue)
	most, hasMost := new(big.Rat).SetString(a.MaxValue)
	return func(value []byte) string {
		if !hasLeast && !hasMost {
			return ""
		}
		n, ok := new(big.Rat).SetString(string(value))
		switch {
		case !ok:
			return reasonNumber
		case hasLeast && n.Cmp(least) < 0:
			return reasonTooSmall
		case hasMost && n.Cmp(most) > 0:
			return reasonTooLarge
		}
		return ""
	}
}

func atoi(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return otherwise
}

// usernameRules are the rules of cognito:username. (A18)
func usernameRules(pool Pool) []valueRule {
	rules := []valueRule{judgeUsername}
	email := slices.Contains(pool.UsernameAttributes, AttributeEmail)
	phone := slices.Contains(pool.UsernameAttributes, AttributePhoneNumber)
	switch {
	case email && phone:
		rules = append(rules, must(reasonUsernameBoth, func(v []byte) bool { return isEmail(v) || isPhone(v) }))
	case email:
		rules = append(rules, must(reasonUsernameEmail, isEmail))
	case phone:
		rules = append(rules, must(reasonUsernamePhone, isPhone))
	}
	if slices.Contains(pool.AliasAttributes, AttributeEmail) {
		rules = append(rules, must(reasonUsernameAlias, func(v []byte) bool { return !isEmail(v) }))
	}
	if slices.Contains(pool.AliasAttributes, AttributePhoneNumber) {
		rules = append(rules, must(reasonUsernameAlias, func(v []byte) bool { return !isPhone(v) }))
	}
	return rules
}

// must makes a rule of a condition.
func must(reason string, condition func([]byte) bool) valueRule {
	return func(value []byte) string {
		if condition(value) {
			return ""
		}
		return reason
	}
}

func mfaRule(mfa MFA) valueRule {
	switch mfa {
	case MFAOn:
		return must(reasonMFAOn, func(v []byte) bool { return bytes.EqualFold(v, []byte("true")) })
	case MFAOptional:
		return func([]byte) string { return "" }
	}
	return must(reasonMFAOff, func(v []byte) bool { return bytes.EqualFold(v, []byte("false")) })
}

func judgeUsername(v []byte) string {
	for _, c := range v {
		if c <= ' ' || c >= 0x7f {
			if utf8.RuneCount(v) > 128 || !isUsername(string(v)) {
				return reasonUsername
			}
			return ""
		}
	}
	if len(v) > 128 {
		return reasonUsername
	}
	return ""
}

func judgeBoolean(v []byte) string {
	if bytes.EqualFold(v, []byte("true")) || bytes.EqualFold(v, []byte("false")) {
		return ""
	}
	return reasonBoolean
}

func judgeNumber(v []byte) string {
	v = bytes.TrimPrefix(v, []byte("-"))
	whole, fraction, hasFraction := bytes.Cut(v, []byte("."))
	if !isDigits(whole) || hasFraction && !isDigits(fraction) {
		return reasonNumber
	}
	return ""
}

func isDigits(v []byte) bool {
	for _, c := range v {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(v) > 0
}

func judgePhone(v []byte) string {
	if isPhone(v) {
		return ""
	}
	return reasonPhone
}

// isPhone is the form of ITU-T E.164.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
func isPhone(v []byte) bool {
	return len(v) >= 3 && len(v) <= 16 && v[0] == '+' && v[1] != '0' && isDigits(v[1:])
}

func judgeEmail(v []byte) string {
	if isEmail(v) {
		return ""
	}
	return reasonEmail
}

// isEmail is a form that every address in use has: a local part without white space and
// delimiters, an at sign, and a domain of two or more labels. (A19)
func isEmail(v []byte) bool {
	at := bytes.IndexByte(v, '@')
	if at < 1 || at > 64 {
		return false
	}
	for _, c := range v[:at] {
		if c <= ' ' || c == 0x7f || bytes.IndexByte([]byte(`"(),:;<>[\]`), c) >= 0 {
			return false
		}
	}
	labels := 0
	for label := range bytes.SplitSeq(v[at+1:], []byte(".")) {
		if len(label) == 0 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range label {
			if !isAlnum(c) && c != '-' && c < utf8.RuneSelf {
				return false
			}
		}
		labels++
	}
	return labels >= 2
}

func judgeBirthdate(v []byte) string {
	if len(v) != 10 || v[2] != '/' || v[5] != '/' || !isDigits(v[:2]) || !isDigits(v[3:5]) || !isDigits(v[6:]) {
		return reasonBirthdate
	}
	month, day, year := atoi(string(v[:2]), 0), atoi(string(v[3:5]), 0), atoi(string(v[6:]), 0)
	if month < 1 || month > 12 || day < 1 || day > daysIn(month, year) {
		return reasonBirthdate
	}
	return ""
}

func daysIn(month, year int) int {
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}
