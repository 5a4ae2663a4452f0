package transform_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source/transform"
)

// cases have a transform, a value, and what becomes of it: a value, or a code.
var cases = []struct {
	transform, value, want string
	code                   transform.Code
}{
	{"trim", " \t\u00a0\u2003x y\r\n", "x y", ""},
	{"lower", "ÄRGER@Example.COM", "ärger@example.com", ""},
	{"lower", "AZ", "az", ""},
	{"lower", "A\xff", "A\xff", ""},
	{"nfc", "Zoe\u0308", "Zoë", ""},
	{"nfc", "e\u0301\xff", "e\u0301\xff", ""},
	{"one-line", "1 Main St\r\nSpringfield \n\n IL\u2028USA", "1 Main St Springfield IL USA", ""},
	{"one-line", "a  b", "a  b", ""},
	{"apostrophe", "''tis", "'tis", ""},
	{"apostrophe", "tis'", "tis'", ""},
	{"prefix=+", "4930123456", "+4930123456", ""},
	{"prefix=+", "+4930123456", "+4930123456", ""},
	{"prefix=+", "", "", ""},
	{"after=auth0|", "auth0|5f7c", "5f7c", ""},
	{"after=auth0|", "google-oauth2|1", "", ""},
	{"local-part", "ann.lee@example.com", "ann.lee", ""},
	{"local-part", `"a@b"@example.com`, `"a@b"`, ""},
	{"local-part", "ann", "", transform.EmailNoAt},
	{"local-part", "@example.com", "", transform.EmailNoAt},

	{"null", `\N`, "", ""},
	{"null", "NULL", "", ""},
	{"null", "null", "", ""},
	{"null", "nil", "", ""},
	{"null", "N/A", "", ""},
	{"null", "Null", "Null", ""},
	{"null", "Nora", "Nora", ""},
	{"null=-|none", "none", "", ""},
	{"null=-|none", "-", "", ""},
	{"null=-|none", "NULL", "NULL", ""},
	{"null=none|-", "-", "", ""},

	{"phone", "+4930123456", "+4930123456", ""},
	{"phone", "+49 (0)30 / 123-456", "+4930123456", ""},
	{"phone", "tel:+1-201-555-0123", "+12015550123", ""},
	{"phone", "＋４９ ３０ １２３４５６", "+4930123456", ""},
	{"phone", "+123456789012345", "+123456789012345", ""},
	{"phone", "+1234567890123456", "", transform.PhoneImpossible},
	{"phone", "030 123456", "", transform.PhoneNoCountry},
	{"phone", "0049 30 123456", "", transform.PhoneNoCountry},
	{"phone=DE", "030 123456", "+4930123456", ""},
	{"phone=DE", "0049 30 123456", "+4930123456", ""},
	{"phone=DE", "+1 201 555 0123", "+12015550123", ""},
	{"phone=US", "(201) 555-0123", "+12015550123", ""},
	{"phone=US", "0049 30 123456", "+4930123456", ""},
	{"phone=US", "011 49 30 123456", "+4930123456", ""},
	{"phone=AU", "0011 49 30 123456", "+4930123456", ""},
	{"phone=US", "555-0123", "", transform.PhoneImpossible},
	{"phone=US", "(201) 555-0123 x12", "", transform.PhoneExtension},
	{"phone=US", "(201) 555-0123 ext. 12", "", transform.PhoneExtension},
	{"phone=US", "201-555-0123;ext=12", "", transform.PhoneExtension},
	{"phone=US", "201-555-0123 #12", "", transform.PhoneExtension},
	{"phone=US", "1-800-FLOWERS", "", transform.PhoneMalformed},
	{"phone=US", "call 201 555 0123", "", transform.PhoneMalformed},
	{"phone=US", "none", "", transform.PhoneMalformed},
	{"phone=US", "---", "", transform.PhoneMalformed},
	{"phone=US", "a@b.c", "", transform.PhoneMalformed},
	{"phone=US", "+", "", transform.PhoneMalformed},
	{"phone", "+999 12345678", "", transform.PhoneImpossible},
	{"phone", "+4930123456 / +4930123457", "", transform.PhoneMalformed},
	{"phone", "4.9E+11", "", transform.PhoneSpreadsheet},
	{"phone", "4,91701E+11", "", transform.PhoneSpreadsheet},
	{"phone", strings.Repeat("1 ", 40), "", transform.PhoneMalformed},

	{"phone", "*00000000000000", "", transform.PhoneMalformed},

	{"date", "1985-02-01", "02/01/1985", ""},
	{"date", "1985-2-1", "02/01/1985", ""},
	{"date", "1985-02-01T23:59:59.999-11:00", "02/01/1985", ""},
	{"date", "1985-02-01 00:00:00+00", "02/01/1985", ""},
	{"date", "1985/02/01", "02/01/1985", ""},
	{"date", "1.2.1985", "02/01/1985", ""},
	{"date", "01.02.1985", "02/01/1985", ""},
	{"date", "31/12/1985", "12/31/1985", ""},
	{"date", "12/31/1985", "12/31/1985", ""},
	{"date", "5/5/1985", "05/05/1985", ""},
	{"date", "01/02/1985", "", transform.DateAmbiguous},
	{"date", "1985-02-30", "", transform.DateNoDay},
	{"date", "1900-02-29", "", transform.DateNoDay},
	{"date", "2000-02-29", "02/29/2000", ""},
	{"date", "0000-00-00", "", ""},
	{"date", "0000-00-00 00:00:00", "", ""},
	{"date", "0000-01-01", "", transform.DateNoDay},
	{"date", "1.2.85", "", transform.DateUnknown},
	{"date", "19850201", "", transform.DateUnknown},
	{"date", "1985-02-01T", "", transform.DateUnknown},
	{"date", "1985-02-01x", "", transform.DateUnknown},
	{"date", "1. Feb 1985", "", transform.DateUnknown},
	{"date=dd/mm/yyyy", "01/02/1985", "02/01/1985", ""},
	{"date=dd/mm/yyyy", "1/2/1985", "02/01/1985", ""},
	{"date=dd/mm/yyyy", "02/13/1985", "", transform.DateNoDay},
	{"date=mm/dd/yyyy", "01/02/1985", "01/02/1985", ""},
	{"date=mm/dd/yyyy", "1/2/1985", "01/02/1985", ""},
	{"date=mm/dd/yyyy", "13/01/1985", "", transform.DateNoDay},
	{"date=mm/dd/yyyy", "02/30/1985", "", transform.DateNoDay},
	{"date=yyyymmdd", "19850201", "02/01/1985", ""},
	{"date=yyyy.mmdd", "1985.021", "", transform.DateUnknown},
	{"date=yyyymmdd", "1985021", "", transform.DateUnknown},
	{"date=yyyymmdd|dd.mm.yyyy", "1.2.1985", "02/01/1985", ""},
	{"date=yyyymmdd|dd.mm.yyyy", "1985-02-01", "", transform.DateUnknown},
	{"date=yyyymmdd|dd.mm.yyyy", "31.2.1985", "", transform.DateNoDay},
	{"date=epoch", "476064000", "02/01/1985", ""},
	{"date=epoch", "-1", "12/31/1969", ""},
	{"date=epoch-ms", "476064000999", "02/01/1985", ""},
	{"date=epoch-ms", "-1", "12/31/1969", ""},
	{"date=epoch", "-86400", "12/31/1969", ""},
	{"date=epoch", "-86400.5", "12/30/1969", ""},
	{"date=epoch-ms", "-86400000", "12/31/1969", ""},
	{"date=epoch-ms", "-86400001", "12/30/1969", ""},
	{"date", "1985-02-00", "", transform.DateNoDay},
	{"date", "1985-00-01", "", transform.DateNoDay},
	{"date=epoch", "soon", "", transform.DateUnknown},

	{"epoch", "1471453471", "1471453471", ""},
	{"epoch", "1471453471.9", "1471453471", ""},
	{"epoch", "1471453471123", "1471453471", ""},
	{"epoch", "1471453471123456", "1471453471", ""},
	{"epoch", "1471453471123456789", "1471453471", ""},
	{"epoch", "1.471453471E9", "1471453471", ""},
	{"epoch", "2016-08-17T17:04:31.123Z", "1471453471", ""},
	{"epoch", "2016-08-17 17:04:31", "1471453471", ""},
	{"epoch", "2016-08-17 17:04:31.123456+00", "1471453471", ""},
	{"epoch", "2016-08-17 19:04:31+02:00", "1471453471", ""},
	{"epoch", "2016-08-17T09:34:31-0730", "1471453471", ""},
	{"epoch", "2016-08-17 17:04", "1471453440", ""},
	{"epoch", "2016-08-17T24:00Z", "1471478400", ""},
	{"epoch", "2016-08-17T17:60Z", "", transform.TimeUnknown},
	{"epoch", "2016-08-17T17:04:99Z", "", transform.TimeUnknown},
	{"epoch", "0000-05-00", "", transform.TimeUnknown},
	{"epoch", "0x1ep4", "", transform.TimeUnknown},
	{"epoch", "1e300", "", transform.TimeUnknown},
	{"epoch", "-0", "0", ""},
	{"epoch", "-0.0", "0", ""},
	{"epoch=ms", "100000000000000", "", transform.TimeUnknown},
	{"epoch=ms", "99999999999999", "99999999999", ""},
	{"epoch", "2016-08-17", "1471392000", ""},
	{"epoch", "0000-00-00 00:00:00", "", ""},
	{"epoch", "0", "0", ""},
	{"epoch", "007", "7", ""},
	{"epoch", "-5", "", transform.TimeBefore1970},
	{"epoch", "-0.5", "", transform.TimeBefore1970},
	{"epoch", "1969-12-31T23:59:59Z", "", transform.TimeBefore1970},
	{"epoch", "2016-02-30", "", transform.TimeUnknown},
	{"epoch", "2016-08-17T17:04:31.Z", "", transform.TimeUnknown},
	{"epoch", "2016-08-17T17:04:31+0", "", transform.TimeUnknown},
	{"epoch", "2016-08-17T25:04:31Z", "", transform.TimeUnknown},
	{"epoch", "7000-1-1", "", transform.TimeUnknown},
	{"epoch", "yesterday", "", transform.TimeUnknown},
	{"epoch", "Inf", "", transform.TimeUnknown},
	{"epoch", "0x1p4", "", transform.TimeUnknown},
	{"epoch", "99999999999999999999", "", transform.TimeUnknown},
	{"epoch=ms", "1471453471", "1471453", ""},
	{"epoch=s", "1471453471", "1471453471", ""},
	{"epoch=s", "1471453471123", "", transform.TimeUnknown},

	{"bool", "Yes", "true", ""},
	{"bool", "T", "true", ""},
	{"bool", "TRUE", "true", ""},
	{"bool", "JA", "true", ""},
	{"bool", "oui", "true", ""},
	{"bool", "Sí", "true", ""},
	{"bool", "on", "true", ""},
	{"bool", "\x01", "true", ""},
	{"bool", "N", "false", ""},
	{"bool", "Nein", "false", ""},
	{"bool", "non", "false", ""},
	{"bool", "NÃO", "false", ""},
	{"bool", "off", "false", ""},
	{"bool", "\x00", "false", ""},
	{"bool", "0", "false", ""},
	{"bool", "2", "", transform.BoolUnknown},
	{"bool", "maybe", "", transform.BoolUnknown},
	{"bool", strings.Repeat("true", 10), "", transform.BoolUnknown},
	{"non-empty", "2031-02-03", "true", ""},
	{"non-empty", "", "false", ""},
	{"equals=SUSPENDED|DEPROVISIONED", "suspended", "true", ""},
	{"equals=SUSPENDED|DEPROVISIONED", "DEPROVISIONED", "true", ""},
	{"equals=SUSPENDED|DEPROVISIONED", "ACTIVE", "false", ""},
	{"equals=SUSPENDED|DEPROVISIONED", "", "false", ""},

	{"cut=3", "Zoë!", "Zoë", ""},
	{"cut=3", "Zoë", "Zoë", ""},
	{"cut=2", "\xff\xfe\xfd", "\xff\xfe", ""},
	{"max-length=3", "Zoë", "Zoë", ""},
	{"max-length=3", "Zoë!", "", transform.TextTooLong},

	// As uuid.uuid5 of Python has it.
	{"uuid5=6ba7b810-9dad-11d1-80b4-00c04fd430c8", "python.org", "886313e1-3b8a-5372-9b90-0c9aee199e5d", ""},
}

func TestTransforms(t *testing.T) {
	for _, c := range cases {
		t.Run(c.transform+"/"+c.value, func(t *testing.T) {
			tr, err := transform.Parse(c.transform)
			require.NoError(t, err)
			assert.Equal(t, c.transform, tr.String())
			got, err := tr.Apply(c.value)
			assert.Equal(t, c.want, got)
			if c.code == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.code)
			var e *transform.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, c.code, e.Code)
			assert.NotEmpty(t, e.Text)
			if len(c.value) > 4 {
				assert.NotContains(t, err.Error(), c.value, "the value is personal data")
			}
		})
	}
}

func TestAnEmptyValueStaysEmpty(t *testing.T) {
	for _, name := range transform.Names() {
		tr := parse(t, name)
		got, err := tr.Apply("")
		require.NoError(t, err, name)
		switch name {
		case "non-empty", "equals":
			assert.Equal(t, "false", got, name)
		case "uuid":
			assert.Len(t, got, 36)
		default:
			assert.Empty(t, got, name)
		}
	}
}

// parse returns the transform of a name, with an argument if it needs one.
func parse(t testing.TB, name string) transform.Transform {
	t.Helper()
	for _, argument := range []string{"", "=3", "=x"} {
		if tr, err := transform.Parse(name + argument); err == nil {
			return tr
		}
	}
	require.Fail(t, "no argument fits", name)
	return nil
}

func TestErrorsSayWhatToDo(t *testing.T) {
	_, err := transform.Phone{}.Apply("030 123456")
	require.EqualError(t, err, "phone number without country code; try --phone-region US")
	_, err = transform.MaxLength{Characters: 5}.Apply("secret")
	require.EqualError(t, err, "more than 5 characters; try the transform cut=5")
	_, err = transform.Phone{Region: "US"}.Apply("2015550123x5")
	require.EqualError(t, err, "phone number with an extension")
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"upper":             `no transform is named "upper"; there are after, apostrophe, `,
		"":                  `no transform is named ""`,
		"trim=1":            "transform trim: it takes no argument",
		"cut":               "transform cut: write an argument",
		"cut=":              "transform cut: write an argument",
		"cut=0":             `transform cut: "0" is not a number of characters`,
		"cut=+5":            `transform cut: "+5" is not`,
		"max-length=x":      `transform max-length: "x" is not`,
		"phone=":            "transform phone: write an argument",
		"phone=us":          `transform phone: "us" is not a region`,
		"phone=XX":          `transform phone: "XX" is not a region`,
		"date=dd/mm/yy":     "transform date: a layout has each of yyyy, mm and dd",
		"date=dd/mm/yyyy/d": "transform date: a layout",
		"date=dd/mm/yyyy|":  "transform date: a layout",
		"epoch=h":           `transform epoch: "h" is not a unit`,
		"uuid5=x":           `transform uuid5: "x" is not a UUID`,
		"null=a||b":         "transform null: a word between bars is empty",
		"equals=a|":         "transform equals: a word between bars is empty",
		"equals":            "transform equals: write an argument",
	} {
		_, err := transform.Parse(text)
		require.ErrorContains(t, err, want, text)
	}
	var unknown *transform.UnknownError
	_, err := transform.Parse("upper=1")
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, "upper", unknown.Name)
}

func TestRandomUUID(t *testing.T) {
	one, _ := transform.RandomUUID{}.Apply("x")
	two, _ := transform.RandomUUID{}.Apply("x")
	assert.NotEqual(t, one, two)
	assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, one)
}

func TestNameUUIDHasItsOwnNamespace(t *testing.T) {
	space, _ := transform.NameUUID{Namespace: "6ba7b811-9dad-11d1-80b4-00c04fd430c8"}.Apply("https://github.com/cognito-import/importjob")
	assert.Equal(t, transform.DefaultNamespace, space)
	plain, _ := transform.NameUUID{}.Apply("7")
	named, _ := transform.NameUUID{Namespace: transform.DefaultNamespace}.Apply("7")
	assert.Equal(t, plain, named)
}

func TestContains(t *testing.T) {
	for _, list := range []string{"a@x.de,b@x.de", "a@x.de|b@x.de", "a@x.de; b@x.de", `["a@x.de","b@x.de"]`, "B@X.de", "\nb@x.de"} {
		assert.True(t, transform.Contains(list, "b@x.de"), list)
	}
	for _, list := range []string{"", "bb@x.de", "b@x.de.org", "a@x.de"} {
		assert.False(t, transform.Contains(list, "b@x.de"), list)
	}
	assert.False(t, transform.Contains(",", ""))
}

func TestParseTime(t *testing.T) {
	for value, want := range map[string]string{
		"1471453471":                         "2016-08-17T17:04:31Z",
		"1471453471123":                      "2016-08-17T17:04:31Z",
		"9999-12-31 23:59:59.9999999 +00:00": "9999-12-31T23:59:59Z",
		"2016-08-17T19:04:31+02":             "2016-08-17T17:04:31Z",
	} {
		got, ok := transform.ParseTime(value)
		assert.True(t, ok, value)
		assert.Equal(t, want, got.Format(time.RFC3339))
	}
	for _, value := range []string{"", "never", "0000-00-00 00:00:00", "2016-02-30"} {
		_, ok := transform.ParseTime(value)
		assert.False(t, ok, value)
	}
}

func TestArgumentsThatAreRefused(t *testing.T) {
	for text, want := range map[string]transform.ArgumentError{
		"trim=x":  {Name: "trim", Argument: "x"},
		"cut":     {Name: "cut"},
		"cut=0":   {Name: "cut", Argument: "0"},
		"phone=":  {Name: "phone"},
		"phone=x": {Name: "phone", Argument: "x"},
		"date=q":  {Name: "date", Argument: "q"},
		"epoch=h": {Name: "epoch", Argument: "h"},
	} {
		_, err := transform.Parse(text)
		var refused *transform.ArgumentError
		require.ErrorAs(t, err, &refused, text)
		assert.Equal(t, want, transform.ArgumentError{Name: refused.Name, Argument: refused.Argument}, text)
		assert.ErrorIs(t, err, refused.Err)
		assert.Equal(t, "transform "+want.Name+": "+refused.Err.Error(), err.Error())
	}
}
