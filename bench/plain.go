package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// plain is the rules of the pool in simple code, as one writes it without a thought about speed.
type plain struct {
	header                         []string
	username, email, emailVerified int
}

func plainRules(header []string) plain {
	return plain{header, slices.Index(header, "cognito:username"), slices.Index(header, "email"), slices.Index(header, "email_verified")}
}

var (
	phonePattern    = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)
	usernamePattern = regexp.MustCompile(`^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$`)
)

func (p plain) good(record []string) bool {
	length := 0
	for i, value := range record {
		value = strings.TrimSpace(value)
		record[i] = value
		length += utf8.RuneCountInString(value) + 1
		if !utf8.ValidString(value) || len(value) > 2048 || !p.goodValue(p.header[i], value) {
			return false
		}
	}
	return length <= 16000 && usernamePattern.MatchString(record[p.username]) &&
		strings.EqualFold(record[p.emailVerified], "true") && record[p.email] != ""
}

func (p plain) goodValue(name, value string) bool {
	if value == "" {
		return true
	}
	switch name {
	case "email":
		local, domain, ok := strings.Cut(value, "@")
		return ok && local != "" && !strings.ContainsAny(local, " \t") && strings.Contains(domain, ".") && !strings.ContainsAny(domain, " @\t")
	case "phone_number":
		return phonePattern.MatchString(value)
	case "birthdate":
		_, err := time.Parse("01/02/2006", value)
		return err == nil
	case "email_verified", "phone_number_verified", "cognito:mfa_enabled":
		return strings.EqualFold(value, "true") || strings.EqualFold(value, "false")
	case "updated_at":
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil
	}
	return true
}
