// Package model has the constraints of the service's API model, such as the length of a job's name, and
// the texts of the service's error messages for an input that breaks one. No other package of the
// module has these texts.
//
// Source: https://github.com/boto/botocore/blob/develop/botocore/data/cognito-idp/2016-04-18/service-2.json
package model

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob/internal/form"
)

// Member is the name of an input member, as the service's error messages spell it.
type Member string

// The input members that have constraints.
const (
	JobName          Member = "jobName"
	UserPoolID       Member = "userPoolId"
	JobID            Member = "jobId"
	RoleARN          Member = "cloudWatchLogsRoleArn"
	HashingAlgorithm Member = "passwordHashingAlgorithm"
	MaxResults       Member = "maxResults"
	Limit            Member = "limit"
	PaginationToken  Member = "paginationToken"
	PoolName         Member = "poolName"
	Username         Member = "username"
	AttributeName    Member = "name"
	AttributeValue   Member = "value"
	GroupName        Member = "groupName"
	Description      Member = "description"
	GroupRoleARN     Member = "roleArn"
	Precedence       Member = "precedence"
	Password         Member = "password"
	ConfirmationCode Member = "confirmationCode"
	ClientName       Member = "clientName"
	ClientID         Member = "clientId"
	ClientSecret     Member = "clientSecret"
)

// maxID is the length of the longest ID of a pool or of a job.
const maxID = 55

// constraint has the constraints of one member.
type constraint struct {
	min, max int    // the bounds of the length in characters, or of a number
	pattern  string // the regular expression in the model, for the message
	match    func(string) bool
	enum     []string // the allowed values; nil allows any
	optional bool     // "" is allowed
	secret   bool     // the message must not contain the value
}

// arnPattern is the regular expression of an ARN in the model.
const arnPattern = `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`

// constraints has the constraints of each member.
var constraints = map[Member]constraint{
	JobName:      {min: 1, max: 128, pattern: `[\w\s+=,.@-]+`, match: isName},
	UserPoolID:   {min: 1, max: maxID, pattern: `[\w-]+_[0-9a-zA-Z]+`, match: isPoolID},
	JobID:        {min: 1, max: maxID, pattern: `import-[0-9a-zA-Z-]+`, match: isJobID},
	RoleARN:      {min: 20, max: 2048, match: isARN, pattern: arnPattern},
	GroupRoleARN: {optional: true, min: 20, max: 2048, match: isARN, pattern: arnPattern},
	HashingAlgorithm: {optional: true,
		enum: []string{"BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256"}},
	MaxResults:       {min: 1, max: 60},
	Limit:            {min: 1, max: 10000},
	PaginationToken:  {optional: true, min: 1, max: 131072, pattern: `[\S]+`, match: isToken},
	PoolName:         {min: 1, max: 128, pattern: `[\w\s+=,.@-]+`, match: isName},
	Username:         {min: 1, max: 128, pattern: `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`, match: form.IsUsername[string], secret: true},
	AttributeName:    {min: 1, max: 32, pattern: `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`, match: form.IsUsername[string]},
	AttributeValue:   {optional: true, max: 2048, match: func(string) bool { return true }, secret: true},
	GroupName:        {min: 1, max: 128, pattern: `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`, match: form.IsUsername[string]},
	Description:      {optional: true, max: 2048, match: func(string) bool { return true }},
	Password:         {min: 1, max: 256, pattern: `[\S]+`, match: isPassword, secret: true},
	ConfirmationCode: {min: 1, max: 2048, pattern: `[\S]+`, match: isToken, secret: true},
	ClientName:       {min: 1, max: 128, pattern: `[\w\s+=,.@-]+`, match: isName},
	ClientID:         {min: 1, max: 128, pattern: `[\w+]+`, match: isClientID},
	ClientSecret:     {optional: true, min: 24, max: 64, pattern: `[\w+]+`, match: isClientID, secret: true},
}

// Check returns one sentence for each constraint that value breaks, and nil if it breaks none.
func (m Member) Check(value string) []string {
	c := constraints[m]
	if c.optional && value == "" {
		return nil
	}
	if c.enum != nil {
		return CheckEnum(m, value, c.enum)
	}
	var broken []string
	refuse := func(constraint string) {
		shown := "Value '" + value + "'"
		if c.secret {
			shown = "Value"
		}
		broken = append(broken, Broken(shown, m, constraint))
	}
	if n := utf8.RuneCountInString(value); n < c.min {
		refuse(TooShort(c.min))
	} else if n > c.max {
		refuse(TooLong(c.max))
	}
	if !c.match(value) {
		refuse("Member must satisfy regular expression pattern: " + c.pattern)
	}
	return broken
}

// CheckNumber is Check for a number. 0 means that the member is absent, which is allowed.
func (m Member) CheckNumber(value int) []string {
	if value == 0 {
		return nil
	}
	return CheckRange(m, int64(value), int64(constraints[m].min), int64(constraints[m].max))
}

// CheckEnum returns one sentence if value is not one of the allowed values, and otherwise nil.
func CheckEnum(m Member, value string, allowed []string) []string {
	if slices.Contains(allowed, value) {
		return nil
	}
	// Source: https://github.com/awsdocs/aws-doc-sdk-examples/pull/891
	return []string{Broken("Value '"+value+"'", m, "Member must satisfy enum value set: ["+strings.Join(allowed, ", ")+"]")}
}

// CheckRange returns one sentence if value is below least or above most, and otherwise nil. The sentence about
// a value below least is like the other one, and has not been seen in public.
//
// Source: https://github.com/boto/boto3/issues/1356
func CheckRange(m Member, value, least, most int64) []string {
	shown := fmt.Sprintf("Value '%d'", value)
	switch {
	case value < least:
		return []string{Broken(shown, m, fmt.Sprintf("Member must have value greater than or equal to %d", least))}
	case value > most:
		return []string{Broken(shown, m, fmt.Sprintf("Member must have value less than or equal to %d", most))}
	}
	return nil
}

// NotNull is the text of the constraint that a missing member breaks.
//
// Source: https://github.com/aws-amplify/amplify-js/issues/6460
const NotNull = "Member must not be null"

// TooShort returns the text of the constraint that a value of fewer than least characters breaks.
func TooShort(least int) string {
	return fmt.Sprintf("Member must have length greater than or equal to %d", least)
}

// TooLong returns the text of the constraint that a value of more than most characters breaks.
func TooLong(most int) string {
	return fmt.Sprintf("Member must have length less than or equal to %d", most)
}

// Broken returns the sentence about one broken constraint. It begins with shown, which describes the
// member's value, such as "Value null".
func Broken(shown string, m Member, constraint string) string {
	return fmt.Sprintf("%s at '%s' failed to satisfy constraint: %s", shown, m, constraint)
}

// Message joins the sentences about broken constraints into the message that the service returns. It
// returns "" if there are none.
//
// Source: https://github.com/ks888/LambStatus/issues/6
func Message(broken ...[]string) string {
	all := slices.Concat(broken...)
	switch len(all) {
	case 0:
		return ""
	case 1:
		return "1 validation error detected: " + all[0]
	}
	return fmt.Sprintf("%d validation errors detected: %s", len(all), strings.Join(all, "; "))
}

// IsRef reports whether a pool ID and a job ID keep their constraints. It allocates no memory, since nearly
// every method of a Client calls it.
func IsRef(userPoolID, jobID string) bool {
	return isPoolID(userPoolID) && isJobID(jobID) && len(userPoolID) <= maxID && len(jobID) <= maxID
}

// The functions below match the patterns of the model. They do not use package regexp, which would take
// more time than the rest of a Describe in memory. A test compares them with the patterns.

// class is a bit set of character classes.
type class uint8

const (
	digit    class = 1 << iota // [0-9]
	alnum                      // [0-9a-zA-Z]
	dashed                     // [\w-]
	named                      // [\w\s+=,.@-]
	inARN                      // [\w+=/,.@-]
	nonSpace                   // [\S]
)

// classes has the character classes of each byte.
var classes = func() (table [256]class) {
	for i := range table {
		c := byte(i)
		space := strings.IndexByte(" \t\n\v\f\r", c) >= 0
		for _, in := range []struct {
			class class
			has   bool
		}{
			{digit, '0' <= c && c <= '9'},
			{alnum, form.IsAlnum(c)},
			{dashed, form.IsAlnum(c) || c == '_' || c == '-'},
			{named, form.IsAlnum(c) || c == '_' || space || strings.IndexByte("+=,.@-", c) >= 0},
			{inARN, form.IsAlnum(c) || c == '_' || strings.IndexByte("+=/,.@-", c) >= 0},
			{nonSpace, !space},
		} {
			if in.has {
				table[i] |= in.class
			}
		}
	}
	return table
}()

// isEach reports whether s is not empty and each of its bytes is in one of the classes.
func isEach(s string, of class) bool {
	for i := range len(s) {
		if classes[s[i]]&of == 0 {
			return false
		}
	}
	return s != ""
}

func isName(s string) bool  { return isEach(s, named) }
func isToken(s string) bool { return isEach(s, nonSpace) }

// isPassword allows white space inside a password: the policies of pools count a space as a symbol.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
func isPassword(s string) bool { return s != "" && s == strings.TrimSpace(s) }

func isClientID(s string) bool {
	return isEach(strings.ReplaceAll(s, "+", "_"), dashed) && strings.IndexByte(s, '-') < 0
}

func isPoolID(s string) bool {
	cut := strings.LastIndexByte(s, '_')
	return cut > 0 && isEach(s[:cut], dashed) && isEach(s[cut+1:], alnum)
}

func isJobID(s string) bool {
	id, ok := strings.CutPrefix(s, "import-")
	return ok && isEach(id, alnum|dashed) && strings.IndexByte(id, '_') < 0
}

func isARN(s string) bool {
	parts := strings.Split(s, ":")
	if len(parts) < 6 || len(parts) > 8 || parts[0] != "arn" {
		return false
	}
	for i, p := range parts[1:] {
		switch {
		case i == 2 && p == "": // the region may be empty
		case i == 3 && !isEach(p, digit), !isEach(p, inARN):
			return false
		}
	}
	return true
}

// TooManyFailed reports whether a job that has read all rows ends Failed, by default: if failed + skipped
// is greater than imported. (A1)
func TooManyFailed(imported, skipped, failed int64) bool { return failed+skipped > imported }
