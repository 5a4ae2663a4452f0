package memory_test

import (
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// modelRow is one row of a file, with everything that is wrong with it.
type modelRow struct {
	line   int
	values map[string]string // by column, without empty ones
	faults []string
}

// notVerified is the only fault whose text in the log is public.
const notVerified = "The User Record does not set any of the auto verified attributes to verified. (Example: email_verified to true)."

// reason is the text in the log, and whether the words can be any other. A row with several faults may name any of
// them.
func (r modelRow) reason() (text string, other bool) {
	if !slices.Contains(r.faults, notVerified) {
		return "", true
	}
	return notVerified, len(r.faults) > 1
}

// judgeFile reads a file as the guide describes it. The causes, if there are any, fail the job.
func judgeFile(file []byte, pool importjob.Pool, algorithm importjob.PasswordHashingAlgorithm, a importjob.Assumptions) (rows []modelRow, causes []string) {
	if int64(len(file)) > a.MaxFileBytes {
		causes = append(causes, "larger") // A5
	}
	text := string(file)
	if rest, bom := strings.CutPrefix(text, "\ufeff"); bom && a.AllowBOM { // A7
		text = rest
	} else if bom {
		causes = append(causes, "byte order mark")
	}
	var columns []string
	for i, line := range strings.Split(text, "\n") {
		if line == "" || line == "\r" { // A11
			continue
		}
		if columns == nil {
			columns = splitLine(line)
			causes = append(causes, judgeHeader(line, columns, pool, algorithm, a)...)
			continue
		}
		row := judgeRow(line, columns, pool, algorithm, a)
		if len(splitLine(line)) != len(columns) && a.FieldCountFailsJob { // A10
			causes = append(causes, "as many values as the header")
		}
		row.line = i + 1
		rows = append(rows, row)
	}
	if columns == nil {
		causes = append(causes, "empty")
	}
	return rows, causes
}

// splitLine splits a line at its commas, except those after a backslash. It trims the values.
func splitLine(line string) []string {
	var values []string
	var value []byte
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && line[i+1] == ',':
			value = append(value, ',')
			i++
		case line[i] == ',':
			values = append(values, string(value))
			value = nil
		default:
			value = append(value, line[i])
		}
	}
	values = append(values, string(value))
	for i := range values {
		values[i] = strings.TrimFunc(values[i], func(r rune) bool { return r <= ' ' })
	}
	return values
}

// header lists the columns of a pool's file.
func header(pool importjob.Pool) []string {
	var columns []string
	for _, attribute := range pool.Schema {
		if attribute.Name != "sub" && attribute.Name != "identities" {
			columns = append(columns, attribute.Name)
		}
	}
	columns = append(columns, "cognito:mfa_enabled", "cognito:username")
	if pool.PasswordHashes { // A14
		columns = append(columns, "password_hash")
	}
	return columns
}

func judgeHeader(line string, columns []string, pool importjob.Pool, algorithm importjob.PasswordHashingAlgorithm, a importjob.Assumptions) (causes []string) {
	if strings.HasSuffix(line, "\r") && a.RefuseCRLF { // A8
		causes = append(causes, "CRLF", `\r`)
	}
	if utf8.RuneCountInString(strings.TrimSuffix(line, "\r")) > 16_000 {
		causes = append(causes, "16000 characters")
	}
	known := header(pool)
	needed := slices.DeleteFunc(slices.Clone(known), func(name string) bool { return name == "password_hash" })
	if a.AllowMissingColumns { // A6
		needed = []string{"cognito:username"}
	}
	if algorithm != "" { // also if the pool was updated since, and takes no hashes any more
		known, needed = append(known, "password_hash"), append(needed, "password_hash")
	}
	for i, column := range columns {
		if slices.Contains(columns[:i], column) {
			causes = append(causes, "this column twice")
		}
		if !slices.Contains(known, column) {
			causes = append(causes, "no such attribute")
		}
	}
	for _, column := range needed {
		if !slices.Contains(columns, column) {
			causes = append(causes, "lacks this column")
		}
	}
	return causes
}

func judgeRow(line string, columns []string, pool importjob.Pool, algorithm importjob.PasswordHashingAlgorithm, a importjob.Assumptions) modelRow {
	row := modelRow{values: map[string]string{}}
	fault := func(when bool, text string) {
		if when {
			row.faults = append(row.faults, text)
		}
	}
	values := splitLine(line)
	fault(len(values) != len(columns), "field count")
	fault(utf8.RuneCountInString(strings.TrimSuffix(line, "\r")) > 16_000, "too long")
	fault(!utf8.ValidString(line), "not UTF-8")
	fault(a.RefuseQuotes && strings.Contains(line, `"`), "quote") // A9
	for i, value := range values {
		if i < len(columns) && value != "" {
			row.values[columns[i]] = value
			fault(len(value) > 2048, "value too long")
		}
	}
	for _, attribute := range pool.Schema {
		value := row.values[attribute.Name]
		fault(value == "" && attribute.Required && attribute.Name != "sub", "required")
		fault(value != "" && !fits(value, attribute), attribute.Name)
	}
	fault(!anyVerified(row.values, pool.AutoVerifiedAttributes), notVerified)
	fault(isTrue(row.values["email_verified"]) && row.values["email"] == "", "email missing")
	fault(isTrue(row.values["phone_number_verified"]) && row.values["phone_number"] == "", "phone missing")
	fault(!fitsMFA(row.values["cognito:mfa_enabled"], pool.MFA), "MFA")
	fault(!fitsUsername(row.values["cognito:username"], pool), "username")
	hash := row.values["password_hash"]
	fault(algorithm != "" && hash != "" && !fitsHash(hash, algorithm), "hash")
	return row
}

func isTrue(value string) bool  { return strings.ToLower(value) == "true" } // A35
func isFalse(value string) bool { return strings.ToLower(value) == "false" }

// anyVerified tells whether at least one of the pool's auto-verified attributes is true.
func anyVerified(values map[string]string, auto []string) bool {
	return slices.ContainsFunc(auto, func(name string) bool { return isTrue(values[name+"_verified"]) })
}

// fitsMFA: a blank takes what the pool requires.
func fitsMFA(value string, mfa importjob.MFA) bool {
	switch {
	case value == "":
		return true
	case isTrue(value):
		return mfa != importjob.MFAOff
	case isFalse(value):
		return mfa != importjob.MFAOn
	}
	return false
}

var (
	usernameForm = regexp.MustCompile(`^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$`)
	phoneForm    = regexp.MustCompile(`^\+[0-9]+$`)
	numberForm   = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`) // A35
)

// fitsUsername: the API's pattern, and A18.
func fitsUsername(name string, pool importjob.Pool) bool {
	if !usernameForm.MatchString(name) {
		return false
	}
	form := func(kinds []string) bool {
		return slices.Contains(kinds, "email") && isEmail(name) || slices.Contains(kinds, "phone_number") && isPhone(name)
	}
	if len(pool.UsernameAttributes) > 0 {
		return form(pool.UsernameAttributes)
	}
	return !form(pool.AliasAttributes)
}

// isEmail is A19.
func isEmail(value string) bool {
	local, domain, _ := strings.Cut(value, "@")
	labels := strings.Split(domain, ".")
	return local != "" && len(local) <= 64 && !strings.ContainsAny(local, " \t\"(),:;<>[\\]") && !strings.Contains(domain, "@") &&
		len(labels) >= 2 && !slices.Contains(labels, "")
}

func isPhone(value string) bool { return phoneForm.MatchString(value) }

// fits tells whether a value fits its attribute: the format of the guide, and the bounds of the schema.
func fits(value string, attribute importjob.SchemaAttribute) bool {
	switch attribute.Name {
	case "email":
		return isEmail(value)
	case "phone_number":
		return isPhone(value)
	case "birthdate":
		_, err := time.Parse("01/02/2006", value)
		return err == nil
	}
	switch attribute.Type {
	case importjob.TypeBoolean:
		return isTrue(value) || isFalse(value)
	case importjob.TypeNumber:
		return numberForm.MatchString(value) && within(value, attribute.MinValue, attribute.MaxValue)
	default:
		return within(strconv.Itoa(utf8.RuneCountInString(value)), attribute.MinLength, attribute.MaxLength)
	}
}

// within compares decimal numbers. An empty bound is none.
func within(value, low, high string) bool {
	number := func(s string) *big.Rat {
		r, ok := new(big.Rat).SetString(s)
		if !ok {
			panic("not a number: " + s)
		}
		return r
	}
	return (low == "" || number(value).Cmp(number(low)) >= 0) && (high == "" || number(value).Cmp(number(high)) <= 0)
}

// fitsHash has the forms and the ceilings of the guide, and what a hash needs that anybody can verify (A83).
func fitsHash(hash string, algorithm importjob.PasswordHashingAlgorithm) bool {
	digits := `([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2,4})`
	form := map[importjob.PasswordHashingAlgorithm]string{
		importjob.HashBCRYPT:       `^\$2[abxy]\$(0[4-9]|1[0-2])\$[./A-Za-z0-9]{53}$`,
		importjob.HashSCRYPT:       `^([0-9]+)\$[1-8]\$1\$([0-9a-fA-F]{2})+\$([0-9a-fA-F]{2})+$`,
		importjob.HashARGON2ID:     `^\$argon2id\$v=[0-9]+\$m=([0-9]+),t=[12],p=1\$` + digits + `\$` + digits + `$`,
		importjob.HashPBKDF2SHA256: `^\$pbkdf2-sha256\$([0-9]+)\$` + digits + `\$` + digits + `$`,
	}[algorithm]
	parts := regexp.MustCompile(form).FindStringSubmatch(hash)
	if parts == nil {
		return false
	}
	switch algorithm {
	case importjob.HashSCRYPT:
		powers := map[string]bool{}
		for n := 2; n <= 65536; n *= 2 {
			powers[strconv.Itoa(n)] = true
		}
		return powers[strings.TrimLeft(parts[1], "0")]
	case importjob.HashARGON2ID:
		return within(parts[1], "8", "19456")
	case importjob.HashPBKDF2SHA256:
		return within(parts[1], "1", "600000")
	}
	return true
}

// attributes is what the pool stores of a row (A48).
func (r modelRow) attributes(pool importjob.Pool, iso bool) map[string]string {
	stored := maps.Clone(r.values)
	delete(stored, "cognito:username")
	delete(stored, "cognito:mfa_enabled")
	delete(stored, "password_hash")
	for _, attribute := range pool.Schema {
		if value := stored[attribute.Name]; value != "" && attribute.Type == importjob.TypeBoolean {
			stored[attribute.Name] = strings.ToLower(value)
		}
	}
	if date := stored["birthdate"]; date != "" && iso { // A21
		stored["birthdate"] = date[6:] + "-" + date[:2] + "-" + date[3:5]
	}
	return stored
}

// userStatus is CONFIRMED for a user with a password.
func (r modelRow) userStatus(algorithm importjob.PasswordHashingAlgorithm) userpool.Status {
	if algorithm != "" && r.values["password_hash"] != "" {
		return userpool.StatusConfirmed
	}
	return userpool.StatusResetRequired
}

// importedPassword fits every hash of a file.
const importedPassword = "Imported1!"

func (r modelRow) password(algorithm importjob.PasswordHashingAlgorithm) string {
	if r.userStatus(algorithm) == userpool.StatusConfirmed {
		return importedPassword
	}
	return ""
}
