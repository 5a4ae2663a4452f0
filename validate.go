package importjob

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file is the one place that knows the constraints of the service's model.
//
// Source: https://github.com/boto/botocore/blob/develop/botocore/data/cognito-idp/2016-04-18/service-2.json

// Member names an input member of the service, in the form its error messages use.
type Member string

// The members that have constraints.
const (
	MemberJobName          Member = "jobName"
	MemberUserPoolID       Member = "userPoolId"
	MemberJobID            Member = "jobId"
	MemberRoleARN          Member = "cloudWatchLogsRoleArn"
	MemberHashingAlgorithm Member = "passwordHashingAlgorithm"
	MemberMaxResults       Member = "maxResults"
	MemberLimit            Member = "limit"
	MemberPaginationToken  Member = "paginationToken"
	MemberPoolName         Member = "poolName"
	MemberUsername         Member = "username"
)

// constraint is one row of the table: what a member must satisfy.
type constraint struct {
	min, max int    // length in characters, or value of a number
	pattern  string // as the model prints it, for the message
	match    func(string) bool
	enum     []string
	number   bool
	optional bool // "" and 0 pass
	secret   bool // the value is left out of the message
}

// constraints is the table of all input rules.
var constraints = map[Member]constraint{
	MemberJobName:    {min: 1, max: 128, pattern: `[\w\s+=,.@-]+`, match: isName},
	MemberUserPoolID: {min: 1, max: 55, pattern: `[\w-]+_[0-9a-zA-Z]+`, match: isPoolID},
	MemberJobID:      {min: 1, max: 55, pattern: `import-[0-9a-zA-Z-]+`, match: isJobID},
	MemberRoleARN: {min: 20, max: 2048, match: isARN,
		pattern: `arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`},
	MemberHashingAlgorithm: {optional: true,
		enum: []string{string(BCRYPT), string(SCRYPT), string(ARGON2ID), string(PBKDF2SHA256)}},
	MemberMaxResults:      {number: true, optional: true, min: 1, max: 60},
	MemberLimit:           {number: true, optional: true, min: 1, max: 10000},
	MemberPaginationToken: {optional: true, min: 1, max: 131072, pattern: `[\S]+`, match: isToken},
	MemberPoolName:        {min: 1, max: 128, pattern: `[\w\s+=,.@-]+`, match: isName},
	MemberUsername:        {min: 1, max: 128, pattern: `[\p{L}\p{M}\p{S}\p{N}\p{P}]+`, match: isUsername, secret: true},
}

// check returns one sentence for each constraint that value breaks.
func (m Member) check(value string) []string {
	c := constraints[m]
	if c.optional && value == "" {
		return nil
	}
	var broken []string
	fail := func(format string, args ...any) {
		quoted := " '" + value + "'"
		if c.secret {
			quoted = ""
		}
		broken = append(broken, fmt.Sprintf("Value%s at '%s' failed to satisfy constraint: ", quoted, m)+fmt.Sprintf(format, args...))
	}
	if c.enum != nil {
		for _, e := range c.enum {
			if e == value {
				return nil
			}
		}
		fail("Member must satisfy enum value set: [%s]", strings.Join(c.enum, ", "))
		return broken
	}
	if n := utf8.RuneCountInString(value); n < c.min {
		fail("Member must have length greater than or equal to %d", c.min)
	} else if n > c.max {
		fail("Member must have length less than or equal to %d", c.max)
	}
	if !c.match(value) {
		fail("Member must satisfy regular expression pattern: %s", c.pattern)
	}
	return broken
}

// checkNumber is check for a number.
func (m Member) checkNumber(value int) []string {
	c := constraints[m]
	form := ""
	switch {
	case c.optional && value == 0:
		return nil
	case value < c.min:
		form = "Value '%s' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d"
		return []string{fmt.Sprintf(form, strconv.Itoa(value), m, c.min)}
	case value > c.max:
		form = "Value '%s' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d"
		return []string{fmt.Sprintf(form, strconv.Itoa(value), m, c.max)}
	}
	return nil
}

// invalid makes an *Error in the service's own wording of broken constraints, or nil of none.
func invalid(broken ...[]string) error {
	var all []string
	for _, b := range broken {
		all = append(all, b...)
	}
	if len(all) == 0 {
		return nil
	}
	plural := "s"
	if len(all) == 1 {
		plural = ""
	}
	return &Error{Code: ErrInvalidParameter,
		Message: fmt.Sprintf("%d validation error%s detected: %s", len(all), plural, strings.Join(all, "; "))}
}

// Validate checks the input against the service's model. The error is an [ErrInvalidParameter]
// in the service's own wording.
func (in CreateInput) Validate() error {
	return invalid(
		MemberJobName.check(in.JobName),
		MemberUserPoolID.check(in.UserPoolID),
		MemberRoleARN.check(in.CloudWatchLogsRoleARN),
		MemberHashingAlgorithm.check(string(in.PasswordHashingAlgorithm)),
	)
}

// Validate checks the name of a job against the service's model.
func (r Ref) Validate() error {
	if isPoolID(r.UserPoolID) && isJobID(r.JobID) && len(r.UserPoolID) <= 55 && len(r.JobID) <= 55 {
		return nil // the way of nearly every call, without an allocation
	}
	return invalid(MemberUserPoolID.check(r.UserPoolID), MemberJobID.check(r.JobID))
}

// Validate checks the name of a user against the service's model.
func (r UserRef) Validate() error {
	return invalid(MemberUserPoolID.check(r.UserPoolID), MemberUsername.check(r.Username))
}

// ValidateUserPoolID checks the ID of a pool against the service's model.
func ValidateUserPoolID(id string) error { return invalid(MemberUserPoolID.check(id)) }

// ValidateList checks the input of a listing by pool: its ID, and a page of at most 60.
func ValidateList(userPoolID string, page Page) error {
	return invalid(
		MemberUserPoolID.check(userPoolID),
		MemberMaxResults.checkNumber(page.MaxResults),
		MemberPaginationToken.check(page.Token),
	)
}

// ValidatePage checks the input of a listing of pools: a page of at most 60.
func ValidatePage(page Page) error {
	return invalid(MemberMaxResults.checkNumber(page.MaxResults), MemberPaginationToken.check(page.Token))
}

// ValidateResults checks the input of a reading of result lines: a job, and a page of at most
// 10,000 lines.
func ValidateResults(ref Ref, page Page) error {
	return invalid(
		MemberUserPoolID.check(ref.UserPoolID),
		MemberJobID.check(ref.JobID),
		MemberLimit.checkNumber(page.MaxResults),
		MemberPaginationToken.check(page.Token),
	)
}

// ValidateUpload checks that job can be uploaded to: it needs the URL that Create returned, and
// S3 needs the size beforehand.
func ValidateUpload(job UserImportJob, body io.Reader, size int64) error {
	if err := job.Ref().Validate(); err != nil {
		return err
	}
	if job.PreSignedURL == "" {
		return &Error{Code: ErrInvalidParameter, Err: errors.New("the job has no PreSignedURL: pass the job that Create returned")}
	}
	if body == nil {
		return &Error{Code: ErrInvalidParameter, Err: errors.New("there is no body")}
	}
	if size < 0 {
		return &Error{Code: ErrInvalidParameter, Err: fmt.Errorf("size %d is negative: pass the number of bytes of the body", size)}
	}
	return nil
}

// The patterns of the model, written out: a regexp costs more than the rest of a Describe.
// A test holds them equal to the patterns.

// class is a set of classes of ASCII characters.
type class uint8

const (
	digit  class = 1 << iota // [0-9]
	alnum                    // [0-9a-zA-Z]
	dashed                   // [\w-]
	named                    // [\w\s+=,.@-]
	inARN                    // [\w+=/,.@-]
	noted                    // [\S]
)

// classes are the classes that each byte is in.
var classes = func() (table [256]class) {
	for i := range table {
		c := byte(i)
		space := strings.IndexByte(" \t\n\v\f\r", c) >= 0
		for _, in := range []struct {
			class class
			has   bool
		}{
			{digit, '0' <= c && c <= '9'},
			{alnum, isAlnum(c)},
			{dashed, isAlnum(c) || c == '_' || c == '-'},
			{named, isAlnum(c) || c == '_' || space || strings.IndexByte("+=,.@-", c) >= 0},
			{inARN, isAlnum(c) || c == '_' || strings.IndexByte("+=/,.@-", c) >= 0},
			{noted, !space},
		} {
			if in.has {
				table[i] |= in.class
			}
		}
	}
	return table
}()

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// isEach reports whether s is not empty and each byte is of the class.
func isEach(s string, of class) bool {
	for i := range len(s) {
		if classes[s[i]]&of == 0 {
			return false
		}
	}
	return s != ""
}

func isName(s string) bool  { return isEach(s, named) }
func isToken(s string) bool { return isEach(s, noted) }

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

func isUsername(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.L, unicode.M, unicode.S, unicode.N, unicode.P) {
			return false
		}
	}
	return s != "" && utf8.ValidString(s)
}
