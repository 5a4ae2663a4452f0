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
