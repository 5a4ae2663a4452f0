package backendtest_test

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
)

// file is a lie about each file.
func file(change func(string) string) func(*liar) {
	return func(l *liar) { l.onFile = change }
}

// row is a lie about each row of a file.
func row(change func(row map[string]string) map[string]string) func(*liar) {
	return file(eachRow(change))
}

// assume is a lie about what the service does not document.
func assume(change func(a *importjob.Assumptions)) func(*memory.Options) {
	return func(o *memory.Options) { change(&o.Assumptions) }
}

// keepColumns leaves out columns of a file.
func keepColumns(keep func(i int, columns []string) bool) func(string) string {
	return func(file string) string {
		lines := strings.Split(file, "\n")
		columns := strings.Split(lines[0], ",")
		for n, line := range lines {
			if line == "" {
				continue
			}
			var kept []string
			for i, v := range splitRow(line) {
				if i >= len(columns) || keep(i, columns) {
					kept = append(kept, v)
				}
			}
			lines[n] = strings.Join(kept, ",")
		}
		return strings.Join(lines, "\n")
	}
}

func fileMutants() []mutant {
	classic := importjob.Pool{}.Header()
	return append(rowMutants(), []mutant{
		{lie: "columns are taken by position", kills: "file/any-order", tell: file(func(f string) string {
			head, rest, _ := strings.Cut(f, "\n")
			columns := strings.Split(head, ",")
			slices.Sort(columns)
			if sorted := slices.Sorted(slices.Values(classic)); slices.Equal(columns, sorted) {
				head = strings.Join(classic, ",")
			}
			return head + "\n" + rest
		})},
		{lie: "columns may be missing", kills: "file/missing-column", options: assume(func(a *importjob.Assumptions) { a.AllowMissingColumns = true })},
		{lie: "unknown columns are ignored", kills: "file/unknown-column", tell: file(keepColumns(func(i int, columns []string) bool {
			return slices.Contains(classic, columns[i]) || strings.HasPrefix(columns[i], "custom:")
		}))},
		{lie: "of two columns the first counts", kills: "file/duplicate-column", tell: file(keepColumns(func(i int, columns []string) bool {
			return slices.Index(columns, columns[i]) == i
		}))},
		{lie: "a byte order mark is ignored", kills: "file/byte-order-mark", options: assume(func(a *importjob.Assumptions) { a.AllowBOM = true })},
		{lie: "a file without rows fails", kills: "file/no-rows", options: endsBy(func(imported, _, _ int64) bool { return imported == 0 })},
		{lie: "a row without line end is lost", kills: "file/no-last-newline", tell: file(func(f string) string { return f[:strings.LastIndex(f, "\n")+1] })},
		{lie: "CRLF fails the job", kills: "file/crlf", options: assume(func(a *importjob.Assumptions) { a.RefuseCRLF = true })},
		{lie: "empty lines do not count", kills: "file/empty-lines", tell: file(func(f string) string {
			for strings.Contains(f, "\n\n") {
				f = strings.ReplaceAll(f, "\n\n", "\n")
			}
			return f
		})},
		{lie: "empty lines are rows", kills: "file/empty-lines", tell: file(func(f string) string { return strings.ReplaceAll(f, "\n\n", "\n,\n") })},
		{lie: "a wrong number of values fails the job", kills: "file/field-count", options: assume(func(a *importjob.Assumptions) { a.FieldCountFailsJob = true })},
		{lie: "values too many are ignored", kills: "file/field-count", tell: file(func(f string) string {
			n := strings.Count(f[:strings.Index(f+"\n", "\n")], ",")
			lines := strings.Split(f, "\n")
			for i, line := range lines {
				for strings.Count(line, ",") > n && strings.HasSuffix(line, ",") {
					line = line[:len(line)-1]
				}
				lines[i] = line
			}
			return strings.Join(lines, "\n")
		})},
		{lie: "rows are measured in bytes", kills: "file/long-row", tell: file(func(f string) string {
			lines := strings.Split(f, "\n")
			for i := range lines {
				if len(lines[i]) > 16_000 {
					lines[i] = "too long"
				}
			}
			return strings.Join(lines, "\n")
		})},
		{lie: "long rows are read", kills: "file/long-row", tell: file(func(f string) string {
			lines := strings.Split(f, "\n")
			for i := range lines {
				for utf8.RuneCountInString(lines[i]) > 16_000 {
					lines[i] = strings.Replace(lines[i], "é", "", 1)
				}
			}
			return strings.Join(lines, "\n")
		})},
		{lie: "rows over 500,000 are ignored", kills: "file/most-rows", tell: file(func(f string) string {
			for n, i := 0, 0; i < len(f); i++ {
				if f[i] == '\n' {
					if n++; n == 500_001 {
						return f[:i+1]
					}
				}
			}
			return f
		})},
		{lie: "a file has at most 499,999 rows", kills: "file/most-rows", tell: file(func(f string) string {
			if strings.Count(f, "\n") > 500_000 {
				return "too many"
			}
			return f
		})},
		{lie: "a file may be of any size", kills: "file/too-large", options: assume(func(a *importjob.Assumptions) { a.MaxFileBytes = 1 << 40 })},
		{lie: "a file has less than 100 MB", kills: "file/too-large", options: assume(func(a *importjob.Assumptions) { a.MaxFileBytes = 99_999_999 })},
		{lie: "invalid UTF-8 is mended", kills: "file/not-utf-8", tell: file(func(f string) string { return strings.ToValidUTF8(f, "?") })},
		{lie: "a file has at most 4,096 rows", kills: "file/many-rows functions/results", tell: file(func(f string) string {
			lines := strings.SplitAfter(f, "\n")
			return strings.Join(lines[:min(len(lines), 4097)], "")
		})},
	}...)
}

func isTrue(v string) bool { return strings.EqualFold(v, "true") }

func rowMutants() []mutant {
	return append(columnMutants(), []mutant{
		{lie: "any verified attribute counts", kills: "rows/verified rows/verified-phone", setup: inPools(func(p *importjob.Pool) {
			p.AutoVerifiedAttributes = []string{"email", "phone_number"}
		})},
		{lie: "all auto-verified attributes must be verified", kills: "rows/verified-either", tell: row(func(r map[string]string) map[string]string {
			if isTrue(r["email_verified"]) != isTrue(r["phone_number_verified"]) {
				r["email_verified"], r["phone_number_verified"] = "false", "false"
			}
			return r
		})},
		{lie: "a verified attribute needs no value", kills: "rows/verified-needs-value", tell: row(func(r map[string]string) map[string]string {
			if isTrue(r["email_verified"]) && r["email"] == "" {
				r["email"] = "nobody@example.com"
			}
			return r
		})},
		{lie: "a verified phone number needs no value", kills: "rows/verified-needs-value", tell: row(func(r map[string]string) map[string]string {
			if isTrue(r["phone_number_verified"]) && r["phone_number"] == "" {
				r["phone_number"] = "+12345550100"
			}
			return r
		})},
		{lie: "users that exist are skipped before their row is judged", kills: "rows/judged-before-exists", tell: func(l *liar) {
			seen := map[string]bool{}
			l.onFile = eachRow(func(r map[string]string) map[string]string {
				if name := r["cognito:username"]; seen[name] {
					r["email_verified"] = "true"
				} else {
					seen[name] = isTrue(r["email_verified"])
				}
				return r
			})
		}},
		{lie: "a bad row takes its username", kills: "rows/bad-row-claims-nothing", tell: func(l *liar) {
			bad := map[string]bool{}
			l.onFile = eachRow(func(r map[string]string) map[string]string {
				if name := r["cognito:username"]; bad[name] {
					r["email_verified"] = "false"
				} else {
					bad[name] = !isTrue(r["email_verified"])
				}
				return r
			})
		}},
		{lie: "a job ends at its first bad row", kills: "rows/bad-row-stops-nothing run/most-bad", tell: func(l *liar) {
			l.onFile = func(f string) string {
				ended := false
				return eachRow(func(r map[string]string) map[string]string {
					if ended {
						return nil
					}
					ended = !isTrue(r["email_verified"])
					return r
				})(f)
			}
		}},
	}...)
}

func columnMutants() []mutant {
	cut := func(n int) func(string) string {
		return func(v string) string { return string([]rune(v)[:min(n, utf8.RuneCountInString(v))]) }
	}
	return []mutant{
		{lie: "usernames may have spaces", kills: "rows/username", tell: value("cognito:username", func(v string) string {
			return strings.NewReplacer(" ", "_", "\t", "_").Replace(v)
		})},
		{lie: "usernames are ASCII", kills: "rows/username stored/username", tell: value("cognito:username", func(v string) string {
			if strings.IndexFunc(v, func(c rune) bool { return c >= utf8.RuneSelf }) >= 0 {
				return "not ascii"
			}
			return v
		})},
		{lie: "long usernames are cut", kills: "rows/username-length", tell: value("cognito:username", cut(128))},
		{lie: "usernames are measured in bytes", kills: "rows/username-length", tell: value("cognito:username", func(v string) string {
			return v[:min(len(v), 129)]
		})},
		{lie: "required attributes may be missing", kills: "rows/required", setup: inPools(func(p *importjob.Pool) {
			for i := range p.Schema {
				p.Schema[i].Required = false
			}
		})},
		{lie: "required attributes may be white space", kills: "rows/required", tell: value("family_name", func(v string) string {
			return strings.ReplaceAll(v, " ", "_")
		})},
		{lie: "a tab counts as a character", kills: "rows/white-space", tell: value("custom:code", func(v string) string {
			return strings.ReplaceAll(v, "\t", "_")
		})},
		{lie: "a tab before an e-mail address spoils it", kills: "rows/white-space", tell: value("email", func(v string) string {
			return strings.ReplaceAll(v, "\t", "(")
		})},
		{lie: "required attributes may be a tab", kills: "rows/required", tell: value("family_name", func(v string) string {
			return strings.ReplaceAll(v, "\t", "_")
		})},
		{lie: "any phone number is good", kills: "rows/phone", tell: anyValue("phone_number", "+12345550100")},
		{lie: "phone numbers are cleaned", kills: "rows/phone", tell: value("phone_number", func(v string) string {
			return strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(v)
		})},
		{lie: "any e-mail address is good", kills: "rows/email", tell: anyValue("email", "a@b.co")},
		{lie: "e-mail addresses have no plus sign", kills: "rows/email", tell: value("email", func(v string) string { return strings.ReplaceAll(v, "+", " ") })},
		{lie: "any birthdate is good", kills: "rows/birthdate", tell: anyValue("birthdate", "02/01/1985")},
		{lie: "the 30th of February is a birthdate", kills: "rows/birthdate", tell: value("birthdate", func(v string) string {
			return strings.Replace(v, "02/30", "03/02", 1)
		})},
		{lie: "any Boolean is good", kills: "rows/boolean", tell: anyValue("phone_number_verified", "false")},
		{lie: "Booleans are upper case", kills: "rows/boolean", tell: value("phone_number_verified", func(v string) string {
			if strings.ToUpper(v) != v {
				return "no"
			}
			return v
		})},
		{lie: "any updated_at is good", kills: "rows/updated-at", tell: anyValue("updated_at", "1471453471")},
		{lie: "updated_at may be negative", kills: "rows/updated-at", tell: value("updated_at", func(v string) string { return strings.TrimPrefix(v, "-") })},
		{lie: "strings have no bounds", kills: "rows/string-bounds", setup: inPools(func(p *importjob.Pool) {
			for i := range p.Schema {
				p.Schema[i].MinLength, p.Schema[i].MaxLength = "", ""
			}
		})},
		{lie: "strings are measured in bytes", kills: "rows/string-bounds", tell: value("custom:code", func(v string) string {
			if len(v) > 4 {
				return "too long"
			}
			return v
		})},
		{lie: "numbers have no bounds", kills: "rows/number-bounds", setup: inPools(func(p *importjob.Pool) {
			for i := range p.Schema {
				p.Schema[i].MinValue, p.Schema[i].MaxValue = "", ""
			}
		})},
		{lie: "numbers are compared as text", kills: "rows/number-bounds", tell: value("custom:age", func(v string) string {
			if v == "100" {
				return "18"
			}
			return v
		})},
		{lie: "long values are cut", kills: "rows/value-length", tell: value("nickname", func(v string) string { return v[:min(len(v), 2048)] })},
		{lie: "values are measured in characters instead of bytes", kills: "rows/value-length", tell: value("nickname", func(v string) string {
			if utf8.RuneCountInString(v) <= 2048 {
				return v[:min(len(v), 2048)]
			}
			return v
		})},
		{lie: "a character outside of ASCII counts as four bytes", kills: "rows/value-length", tell: value("nickname", func(v string) string {
			return strings.ReplaceAll(v, "é", "👩")
		})},
		{lie: "without MFA its column is ignored", kills: "rows/mfa-off", tell: value("cognito:mfa_enabled", func(string) string { return "" })},
		{lie: "with MFA its column is ignored", kills: "rows/mfa-on rows/mfa-optional", tell: value("cognito:mfa_enabled", func(string) string { return "" })},
		{lie: "optional MFA must be told", kills: "rows/mfa-optional rows/mfa-off rows/mfa-on", tell: value("cognito:mfa_enabled", func(v string) string {
			if v == "" {
				return "none"
			}
			return v
		})},
		{lie: "optional MFA is required", kills: "rows/mfa-optional", setup: inPools(func(p *importjob.Pool) {
			if p.MFA == importjob.MFAOptional {
				p.MFA = importjob.MFAOn
			}
		})},
		{lie: "aliases may be usernames", kills: "rows/alias-username", setup: inPools(func(p *importjob.Pool) { p.AliasAttributes = nil })},
		{lie: "any username does for an e-mail address", kills: "rows/email-as-username", setup: inPools(func(p *importjob.Pool) { p.UsernameAttributes = nil })},
	}
}
