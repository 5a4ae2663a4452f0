package transform

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Trim removes Unicode white space at both ends.
type Trim struct{}

// Apply never fails.
func (Trim) Apply(value string) (string, error) { return strings.TrimSpace(value), nil }

func (Trim) String() string { return "trim" }

// Lower makes all letters lower case. A value that is not UTF-8 stays as it is.
type Lower struct{}

// Apply never fails.
func (Lower) Apply(value string) (string, error) {
	if !utf8.ValidString(value) { // strings.ToLower would replace the invalid bytes
		return value, nil
	}
	return strings.ToLower(value), nil
}

func (Lower) String() string { return "lower" }

// NFC composes characters, so that an e and a following accent become one character: Unicode normalization form C.
// Files of macOS often have the decomposed form. A value that is not UTF-8 stays as it is.
type NFC struct{}

// Apply never fails.
func (NFC) Apply(value string) (string, error) {
	if isASCII(value) || norm.NFC.QuickSpanString(value) == len(value) || !utf8.ValidString(value) {
		return value, nil
	}
	return norm.NFC.String(value), nil
}

func (NFC) String() string { return "nfc" }

// OneLine makes each run of line breaks, with the spaces and tabs around it, one space. A CSV file of an import job has no
// means to write a line break. Nor is a NUL character part of a text: where one is, the export is damaged.
type OneLine struct{}

// lineBreaks are the characters that end a line: https://www.unicode.org/standard/reports/tr13/tr13-5.html
const lineBreaks = "\n\r\v\f\u0085\u2028\u2029"

// Apply fails with TextNUL.
func (OneLine) Apply(value string) (string, error) {
	if strings.IndexByte(value, 0) >= 0 {
		return "", fail(TextNUL)
	}
	at := strings.IndexAny(value, lineBreaks)
	if at < 0 {
		return value, nil
	}
	var b strings.Builder
	b.Grow(len(value))
	for at >= 0 {
		b.WriteString(strings.TrimRight(value[:at], " \t"))
		b.WriteByte(' ')
		value = strings.TrimLeft(value[at:], lineBreaks+" \t")
		at = strings.IndexAny(value, lineBreaks)
	}
	b.WriteString(value)
	return b.String(), nil
}

func (OneLine) String() string { return "one-line" }

// Apostrophe removes one apostrophe at the start. Auth0 and others put it before every value of a CSV file, so that
// spreadsheet programs do not run the value as a formula.
type Apostrophe struct{}

// Apply never fails.
func (Apostrophe) Apply(value string) (string, error) { return strings.TrimPrefix(value, "'"), nil }

func (Apostrophe) String() string { return "apostrophe" }

// Prefix puts Text before a value that does not begin with it, such as the "+" that Supabase omits before phone numbers.
type Prefix struct {
	Text string
}

// Apply never fails.
func (p Prefix) Apply(value string) (string, error) {
	if value == "" || strings.HasPrefix(value, p.Text) {
		return value, nil
	}
	return p.Text + value, nil
}

func (p Prefix) String() string { return named("prefix", p.Text) }

// After keeps what follows the first Text in a value, such as the id in "auth0|123". The result is empty if the value
// does not have Text.
type After struct {
	Text string
}

// Apply never fails.
func (a After) Apply(value string) (string, error) {
	_, rest, _ := strings.Cut(value, a.Text)
	return rest, nil
}

func (a After) String() string { return named("after", a.Text) }

// LocalPart keeps what precedes the last @ of an e-mail address, to make a username of it. Two addresses of different
// domains can have the same local part.
type LocalPart struct{}

// Apply fails with EmailNoAt.
func (LocalPart) Apply(value string) (string, error) {
	at := strings.LastIndexByte(value, '@')
	if at <= 0 {
		if value == "" {
			return "", nil
		}
		return "", fail(EmailNoAt)
	}
	return value[:at], nil
}

func (LocalPart) String() string { return "local-part" }

func isASCII(value string) bool {
	for i := range len(value) {
		if value[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
