package transform

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// Phone writes a phone number in E.164: a plus sign, the country code, and the rest of the number, with digits only. A value
// that already has that form is not looked at further.
//
// A number without country code is one of the Region. "00" and the other international prefixes of the Region are read as a
// plus sign only if there is a Region, since no country can be guessed. A number with an extension is refused.
type Phone struct {
	Region string // two upper-case letters, such as "US" (ISO 3166-1); "" means that every number needs its country code
}

// Apply fails with PhoneNoCountry, PhoneExtension, PhoneImpossible, PhoneSpreadsheet or PhoneMalformed.
func (p Phone) Apply(value string) (string, error) {
	if value == "" || isE164(value) {
		return value, nil
	}
	number := strings.TrimSpace(value)
	if number == "" {
		return "", nil
	}
	if len(number) > 5 && strings.EqualFold(number[:4], "tel:") {
		number = number[4:]
	}
	if code := formOfPhone(number); code != "" {
		return "", fail(code)
	}
	if strings.HasPrefix(number, "00") {
		return p.international(number)
	}
	return p.parse(number)
}

func (p Phone) String() string { return named("phone", p.Region) }

// international parses a number that begins with 00. In some regions, such as Australia, that is only the beginning of a longer
// prefix. Therefore the number is first read as the region reads it.
func (p Phone) international(number string) (string, error) {
	if p.Region == "" {
		return "", fail(PhoneNoCountry)
	}
	if parsed, err := phonenumbers.Parse(number, p.Region); err == nil && phonenumbers.IsValidNumber(parsed) {
		return phonenumbers.Format(parsed, phonenumbers.E164), nil
	}
	return p.parse("+" + strings.TrimPrefix(number, "00"))
}

func (p Phone) parse(number string) (string, error) {
	parsed, err := phonenumbers.Parse(number, p.Region)
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode) && !strings.HasPrefix(number, "+"):
		return "", fail(PhoneNoCountry)
	case errors.Is(err, phonenumbers.ErrNotANumber):
		return "", fail(PhoneMalformed)
	case err != nil:
		return "", fail(PhoneImpossible)
	case parsed.GetExtension() != "":
		return "", fail(PhoneExtension)
	case phonenumbers.IsPossibleNumberWithReason(parsed) != phonenumbers.IS_POSSIBLE:
		return "", fail(PhoneImpossible)
	}
	text := phonenumbers.Format(parsed, phonenumbers.E164)
	if !isE164(text) {
		return "", fail(PhoneImpossible)
	}
	return text, nil
}

// isE164 reports whether a value has the form of E.164.
func isE164(value string) bool {
	return len(value) >= 3 && len(value) <= 16 && value[0] == '+' && value[1] != '0' && isDigits(value[1:])
}

// maxPhone is the length of the longest text that is parsed. Nobody writes a phone number with that many separators.
const maxPhone = 64

// formOfPhone returns the code of what is wrong with a text that cannot be a phone number, or "". The parser would read digits
// in any text, and letters as on the keys of a phone.
func formOfPhone(number string) Code {
	digits, letters := 0, false
	for i, r := range number {
		switch {
		case i >= maxPhone:
			return PhoneMalformed
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r), r == '#', r == ';', r == '=', r == ',', r == '*':
			letters = true
		case r > unicode.MaxASCII && !unicode.In(r, unicode.Pd, unicode.Zs) && r != '\uff0b' && r != '\u2060' && r != '\u200b':
			return PhoneMalformed
		case r <= unicode.MaxASCII && !strings.ContainsRune("+-.()/ \t\u00a0", r):
			return PhoneMalformed
		}
	}
	switch {
	case letters && isRounded(number):
		return PhoneSpreadsheet
	case letters && digits >= 7 && hasExtension(number):
		return PhoneExtension
	case letters || digits == 0:
		return PhoneMalformed
	}
	return ""
}

// isRounded reports whether a text is a number such as 4.9E+11, with a point or a comma.
func isRounded(number string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(number), "E+")
	return ok && isNumber(strings.Replace(mantissa, ",", ".", 1)) && isDigits(exponent)
}

// hasExtension reports whether the letters in a phone number begin an extension.
func hasExtension(number string) bool {
	lower := strings.ToLower(number)
	at := strings.IndexFunc(lower, func(r rune) bool { return unicode.IsLetter(r) || strings.ContainsRune("#;,", r) })
	if at < 0 {
		return false
	}
	for _, mark := range []string{"x", "ext", ";ext=", "#", ",", "poste", "dw", "int", "anexo", "доб"} {
		if rest, ok := strings.CutPrefix(lower[at:], mark); ok {
			rest = strings.TrimLeft(rest, "tensio. :#")
			return isDigits(rest)
		}
	}
	return false
}

// checkRegion checks that phone numbers of a region are known. "" is correct.
func checkRegion(region string) error {
	if region == "" || phonenumbers.GetSupportedRegions()[region] {
		return nil
	}
	return fmt.Errorf("%q is not a region: it is two upper-case letters, such as US", region)
}
