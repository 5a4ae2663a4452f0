package importjob

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	upperOrNotASCII = regexp.MustCompile(`(?s)[A-Z]|[^\x00-\x7f]`)
	usernameForm    = regexp.MustCompile(`\A[\p{L}\p{M}\p{S}\p{N}\p{P}]*\z`)
	localForm       = regexp.MustCompile(`(?s)\A[^\x00-\x20\x7f"(),:;<>\[\]\\]+\z`)
	labelForm       = regexp.MustCompile(`(?s)\A[0-9A-Za-z\x{80}-\x{10ffff}-]+\z`)
)

// plainForms say by regular expression what the functions of values.go say byte by byte, or eight
// bytes at a time.
var plainForms = map[string]struct {
	fast  func([]byte) bool
	plain func([]byte) bool
}{
	"graphic": {isGraphic, regexp.MustCompile(`(?s)\A[!-~]*\z`).Match},
	"lower":   {isLower[[]byte], func(v []byte) bool { return !upperOrNotASCII.Match(v) }},
	"text":    {func(v []byte) bool { return isLower(string(v)) }, func(v []byte) bool { return !upperOrNotASCII.Match(v) }},
	"true":    {isTrue, regexp.MustCompile(`\A[tT][rR][uU][eE]\z`).Match},
	"false":   {isFalse, regexp.MustCompile(`\A[fF][aA][lL][sS][eE]\z`).Match},
	"digits":  {isDigits, regexp.MustCompile(`\A[0-9]+\z`).Match},
	"number":  {isNumber, regexp.MustCompile(`\A-?[0-9]+(\.[0-9]+)?\z`).Match},
	"phone":   {isPhone, regexp.MustCompile(`\A\+[1-9][0-9]{1,14}\z`).Match},
	"UTF-8":   {validUTF8, utf8.Valid},
	"birthdate": {isBirthdate, func(v []byte) bool {
		_, err := time.Parse("01/02/2006", string(v))
		return err == nil && len(v) == 10
	}},
	"username": {isUsernameValue, func(v []byte) bool {
		return utf8.Valid(v) && utf8.RuneCount(v) <= 128 && usernameForm.Match(v)
	}},
	"email": {isEmail, func(v []byte) bool {
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
			require.Equal(t, n.Cmp(new(big.Rat).SetInt64(bound)), compareNumber([]byte(v), bound), "%s and %d", v, bound)
		}
	}
}

func TestMask(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for range 20_000 {
		var block [blockSize]byte
		want := uint64(0)
		for i := range block {
			block[i] = []byte{',', ',' ^ 1, ',' | 0x80, 0, 0xff, byte(rng.IntN(256))}[rng.IntN(6)]
			if block[i] == ',' {
				want |= 1 << i
			}
		}
		require.Equal(t, want, mask(block[:], ','), "%q", block)
	}
}

// Rows that are fine at a glance are so when looked at closely, and most good rows are.
func TestFineRowsAreFine(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	good := map[string][]string{
		"email": {"a@b.c", "John.Doe@example.co.uk", ""}, "email_verified": {"true", "TRUE", "false", ""}, "phone_number": {"+12345550100", ""},
		"phone_number_verified": {"true", "false", ""}, "birthdate": {"01/02/2003", ""}, "updated_at": {"1471453471", ""}, "custom:n": {"8", "-1.5", ""},
		"cognito:mfa_enabled": {"false", ""}, "name": {"Jos\u00e9", "x", strings.Repeat("x", 700)}, "cognito:username": {"john", "\u4f8b", "JOHN"},
	}
	any := []string{"", " ", "x", "true", " true", "12", "a@b.c", "a@b.c ", "+123", "\xff", "\u4f8b", `"`, "01/02/2003", `a\,b`, strings.Repeat("x", 2048), strings.Repeat("x", 2049), "8"}
	for _, verified := range [][]string{{"email"}, {"phone_number", "email"}, nil} {
		pool := emailPool()
		pool.AutoVerifiedAttributes = verified
		pool.Schema = ClassicSchema().Require("name").With(SchemaAttribute{Name: "custom:n", Type: TypeNumber, MaxValue: "9"})
		names := pool.Header()
		rules := compileRules(pool, names, CheckOptions{})
		fine, imported := 0, 0
		for range 20_000 {
			fields := make([]string, len(names))
			for i, name := range names {
				values := append(good[name], "")
				if rng.IntN(200) == 0 {
					values = any
				}
				fields[i] = values[rng.IntN(max(1, len(values)-1))]
			}
			row := ParseRow(strings.Join(fields, ","))
			row.locate()
			_, reason := rules.judgeClosely(row)
			if reason == "" {
				imported++
			}
			if rules.glance && rules.fine(row) {
				require.Empty(t, reason, "%q", fields)
				fine++
			}
		}
		require.Equal(t, verified != nil, imported > 1_000)
		require.GreaterOrEqual(t, fine*10, imported*9)
	}
}

// What says that an attribute is verified may be required, or no Boolean at all: then a glance cannot
// tell that the attribute has a value.
func TestVerifiedColumnsOfOtherSchemas(t *testing.T) {
	verified := []string{"email", "phone_number"}
	row := User{"cognito:username": "john", "email": "john@example.com", "email_verified": "true",
		"phone_number": "+12345550100", "phone_number_verified": "true"}
	for i, attribute := range verified {
		reason := []string{reasonNeedsEmail, reasonNeedsPhone}[i]
		flag := SchemaAttribute{Name: attribute + "_verified", Type: TypeString, MaxLength: "5"}
		for _, schema := range []Schema{ClassicSchema().Require(flag.Name), ClassicSchema().With(flag)} {
			pool := Pool{ID: "a_b", Schema: schema, AutoVerifiedAttributes: []string{verified[1-i]}}
			_, got := verdict(t, pool, row, nil)
			assert.Empty(t, got, flag.Name)
			column, got := verdict(t, pool, with(row, attribute, ""), nil)
			assert.Equal(t, [2]string{attribute, reason}, [2]string{column, got})
		}
	}
}

// UTF-8 is looked at in blocks: characters whole and broken, at each place of one.
func TestValidUTF8AroundBlocks(t *testing.T) {
	pieces := []string{"é", "\xc3", "\xa9", "\xc0\x80", "\xc1\xbf", "\xc2\x80", "\xdf\xbf", "日", "\xe6\x97", "\xed\xa0\x80", "🙂", "\xf4\x90\x80\x80", "éé", "é\xa9"}
	for _, piece := range pieces {
		for size := range 80 {
			for at := range size + 1 {
				v := []byte(strings.Repeat("x", at) + piece + strings.Repeat("y", size-at))
				require.Equal(t, utf8.Valid(v), validUTF8(v), "%q", v)
			}
		}
	}
	for _, blocks := range []int{1, 2, 3} { // half a character, and its other half blocks later
		for _, gap := range []int{32, 64, 128} {
			v := []byte(strings.Repeat("x", blocks*64-1) + "\xc3" + strings.Repeat("x", gap) + "\xa9" + strings.Repeat("x", 200))
			require.False(t, validUTF8(v))
		}
	}
	rng := rand.New(rand.NewPCG(17, 18))
	for range 200_000 {
		var v []byte
		for range rng.IntN(40) {
			v = append(v, append(pieces, "a", "bcdefghi")[rng.IntN(1+rng.IntN(len(pieces)+2))]...)
		}
		require.Equal(t, utf8.Valid(v), validUTF8(v), "%q", v)
	}
}
