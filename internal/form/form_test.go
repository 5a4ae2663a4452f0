package form

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

var (
	usernameForm = regexp.MustCompile(`\A[\p{L}\p{M}\p{S}\p{N}\p{P}]*\z`)
	localForm    = regexp.MustCompile(`(?s)\A[^\x00-\x20\x7f"(),:;<>\[\]\\]+\z`)
	labelForm    = regexp.MustCompile(`(?s)\A[0-9A-Za-z\x{80}-\x{10ffff}-]+\z`)
)

// plainForms say by regular expression what the functions say byte by byte.
var plainForms = map[string]struct {
	fast  func([]byte) bool
	plain func([]byte) bool
}{
	"true":   {IsTrue, regexp.MustCompile(`\A[tT][rR][uU][eE]\z`).Match},
	"false":  {IsFalse, regexp.MustCompile(`\A[fF][aA][lL][sS][eE]\z`).Match},
	"digits": {isDigits, regexp.MustCompile(`\A[0-9]+\z`).Match},
	"number": {IsNumber, regexp.MustCompile(`\A-?[0-9]+(\.[0-9]+)?\z`).Match},
	"phone":  {IsPhone, regexp.MustCompile(`\A\+[1-9][0-9]{1,14}\z`).Match},
	"birthdate": {IsBirthdate, func(v []byte) bool {
		_, err := time.Parse("01/02/2006", string(v))
		return err == nil && len(v) == 10
	}},
	"username": {IsUsername[[]byte], func(v []byte) bool {
		return utf8.Valid(v) && usernameForm.Match(v)
	}},
	"email": {IsEmail, func(v []byte) bool {
		local, domain, ok := bytes.Cut(v, []byte("@"))
		return ok && len(local) <= 64 && localForm.Match(local) && plainDomain(domain)
	}},
}

// plainDomain reports whether v is two or more labels of letters, digits and inner hyphens.
func plainDomain(v []byte) bool {
	labels := bytes.Split(v, []byte("."))
	for _, label := range labels {
		if !labelForm.Match(label) || bytes.HasPrefix(label, []byte("-")) || bytes.HasSuffix(label, []byte("-")) {
			return false
		}
	}
	return len(labels) > 1
}

func checkForms(t *testing.T, v []byte) {
	t.Helper()
	for name, form := range plainForms {
		if len(v) == 0 { // rules are asked about values only
			return
		}
		require.Equal(t, form.plain(v), form.fast(v), "%s: %q", name, v)
	}
}

var formSeeds = []string{
	"john.doe", "John.Doe@example.co.uk", "02/29/2004", "12/31/1999", "01/02/20031", "true", "TRUE", "fal\u017fe", "+12345550100", "-12.50", "1471453471", "\u4f8b\u3048@\u4f8b.jp", "a b", "\x7f",
	strings.Repeat("x", 64) + "@a-b.c", strings.Repeat("\u4f8b", 128), strings.Repeat("~", 128), "abcdefgh!", "abcdefg\x7f", "abcdefg\x80hijklmno", "[@]", "@Z`{", "\xed\xa0\x80", "\U0001F642",
}

func TestFormsEqualThePlainOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, seed := range formSeeds {
		checkForms(t, []byte(seed))
		for range 200 {
			v := []byte(seed)
			for range 1 + rng.IntN(2) {
				v[rng.IntN(len(v))] = byte(rng.IntN(256))
			}
			cut := rng.IntN(len(v))
			checkForms(t, v[cut:])
			checkForms(t, append(v, seed[:cut]...))
		}
	}
}

func TestFormsAtTheirBorders(t *testing.T) {
	for name, values := range map[string]map[string]bool{
		"phone": {"+1": false, "+12": true, "+123456789012345": true, "+1234567890123456": false, "+0123": false, "12345": false},
		"birthdate": {"02/29/2000": true, "02/29/1900": false, "02/29/2100": false, "02/29/2004": true, "02/29/2003": false,
			"04/30/2001": true, "04/31/2001": false, "12/31/2001": true, "13/01/2001": false, "00/01/2001": false, "01/00/2001": false},
		"email": {"a@b.c": true, "a@b": false, "a@b-c.d": true, "a@-b.c": false, "a@b-.c": false, "a@b.-c": false, "a@b.c-": false,
			"a@b..c": false, "a@.b.c": false, "a@b.c.": false, "@b.c": false, "a@b--c.d": true,
			strings.Repeat("x", 64) + "@b.c": true, strings.Repeat("x", 65) + "@b.c": false},
	} {
		for v, want := range values {
			require.Equal(t, want, plainForms[name].fast([]byte(v)), "%s: %q", name, v)
			checkForms(t, []byte(v))
		}
	}
}

// Each number in a hash is within its limits, and the digits can be decoded.
func TestHashesAtTheirBorders(t *testing.T) {
	bcrypt := func(cost string) string { return "$2b$" + cost + "$" + strings.Repeat("a", 53) }
	for _, c := range []struct {
		algorithm, hash string
		want            bool
	}{
		{"BCRYPT", bcrypt("03"), false}, {"BCRYPT", bcrypt("04"), true}, {"BCRYPT", bcrypt("12"), true}, {"BCRYPT", bcrypt("00"), false}, {"BCRYPT", bcrypt("13"), false},
		{"SCRYPT", "65536$8$1$ab$cd", true}, {"SCRYPT", "65537$8$1$ab$cd", false}, {"SCRYPT", "65536$9$1$ab$cd", false},
		{"SCRYPT", "65536$8$2$ab$cd", false}, {"SCRYPT", "0$8$1$ab$cd", false}, {"SCRYPT", "65536$8$0$ab$cd", false},
		{"ARGON2ID", "$argon2id$v=19$m=19456,t=2,p=1$ab$cd", true}, {"ARGON2ID", "$argon2id$v=19$m=19457,t=2,p=1$ab$cd", false},
		{"ARGON2ID", "$argon2id$v=19$m=19456,t=0,p=1$ab$cd", false},
		{"SCRYPT", "1$8$1$ab$cd", false}, {"SCRYPT", "2$8$1$ab$cd", true}, {"SCRYPT", "65535$8$1$ab$cd", false}, {"SCRYPT", "48$8$1$ab$cd", false},
		{"SCRYPT", "16$8$1$abc$cd", false}, {"SCRYPT", "16$8$1$ab$cde", false},
		{"ARGON2ID", "$argon2id$v=19$m=7,t=2,p=1$ab$cd", false}, {"ARGON2ID", "$argon2id$v=19$m=8,t=2,p=1$ab$cd", true},
		{"ARGON2ID", "$argon2id$v=19$m=8,t=2,p=1$abcde$cd", false}, {"ARGON2ID", "$argon2id$v=19$m=8,t=2,p=1$ab$c", false},
		{"ARGON2ID", "$argon2id$v=19$m=8,t=2,p=1$ab==$cde=", true}, {"ARGON2ID", "$argon2id$v=19$m=8,t=2,p=1$a=b$cd", false},
		{"PBKDF2_SHA256", "$pbkdf2-sha256$1$abcd$cdefg", false}, {"PBKDF2_SHA256", "$pbkdf2-sha256$1$a$cdef", false},
		{"PBKDF2_SHA256", "$pbkdf2-sha256$600000$ab$cd", true}, {"PBKDF2_SHA256", "$pbkdf2-sha256$600001$ab$cd", false},
		{"PBKDF2_SHA256", "$pbkdf2-sha256$0$ab$cd", false}, {"MD5", bcrypt("12"), false}, {"", bcrypt("12"), false},
	} {
		require.Equal(t, c.want, IsHash(c.algorithm, []byte(c.hash)), "%s: %s", c.algorithm, c.hash)
	}
}

func FuzzForms(f *testing.F) {
	for _, seed := range formSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(checkForms)
}

func TestCompareNumber(t *testing.T) {
	for _, v := range []string{"0", "-0", "-0.0", "1", "-1", "1.5", "007", "999999999999999999", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "00000000000000000000000001", "0.9999999999999999999999"} {
		for _, bound := range []int64{0, 1, -1, 7, 999999999999999999, 1<<63 - 1, -1 << 63} {
			n, ok := new(big.Rat).SetString(v)
			require.True(t, ok)
			require.Equal(t, n.Cmp(new(big.Rat).SetInt64(bound)), CompareNumber([]byte(v), bound), "%s and %d", v, bound)
		}
	}
}
