package model

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// anchored compiles a pattern of the model as the service reads it: in Java, where \s has the
// vertical tab and Go's has not, and from the first character to the last.
func anchored(pattern string) *regexp.Regexp {
	pattern = strings.NewReplacer(`[\S]`, `[^ \t\n\v\f\r]`, `\s`, ` \t\n\v\f\r`).Replace(pattern)
	return regexp.MustCompile(`\A(?:` + pattern + `)\z`)
}

// patterned are the members that have a pattern.
func patterned() map[Member]*regexp.Regexp {
	all := map[Member]*regexp.Regexp{}
	for member, c := range constraints {
		// isPassword says why it takes more than the pattern of the model.
		if c.match != nil && c.pattern != "" && member != Password {
			all[member] = anchored(c.pattern)
		}
	}
	return all
}

func agree(t *testing.T, member Member, re *regexp.Regexp, s string) {
	t.Helper()
	want := re.MatchString(s)
	if member == Username || member == GroupName || member == AttributeName {
		want = want && utf8.ValidString(s) // a regexp reads what is not UTF-8 as U+FFFD
	}
	require.Equal(t, want, constraints[member].match(s), "%s: %q", member, s)
}

var goodInputs = map[Member]string{
	JobName:          "My job_1 +=,.@-",
	PoolName:         "My pool",
	UserPoolID:       "us-west-2_aaaaaaaaa",
	JobID:            "import-qQ0DCt2fRh",
	RoleARN:          "arn:aws-cn:iam::111111111111:role/x:y:z",
	PaginationToken:  "us-west-2_EXAMPLE#import-example3#1667948397084",
	Username:         "Zoë\u0301-例え£9",
	AttributeName:    "custom:role",
	GroupName:        "admins-例え",
	GroupRoleARN:     "arn:aws:iam::111111111111:role/admins",
	ConfirmationCode: "123456",
	ClientName:       "My client",
	ClientID:         "1example23456789",
	ClientSecret:     "13ka4h7u28d9oo44tqpq9djqsfvhvu8rk4d2ighvpu0k8fj1c2r9",
}

func TestPatternsAgreeOnSamples(t *testing.T) {
	samples := []string{
		"", " ", "a", "_", "-", "a_b", "a_b_", "_b", "-_b", "a__b", "a_b_c", "a_-", "\u00e9_a", "a_\u00e9",
		"import-", "import--", "import-a_", "Import-a", " import-a", "import-a\n",
		"arn:a:b::1:c", "arn:a:b:c:1:d:e:f", "arn:a:b:c:1:d:e:f:g", "arn:a:b:c:1:d::f", "arn:a:b:c::d", "arn:a:b:c:1:", "arn::b:c:1:d",
		"arn:a:b:c:1a:d", "xrn:a:b:c:1:d", "arn:a:b c:1:d:e", "arn", "arn:", "a:r:n:1:2:3",
		"\t", "\v", "\f", "\u00a0", "\u2003", "a\vb", "a b", "\x00", "\x7f", "\xff", "a\xffb", "\ufffd", "\U000e0001", "🙂", "e\u0301",
		"a\nb", "a\n",
	}
	for member, re := range patterned() {
		for _, s := range samples {
			agree(t, member, re, s)
			agree(t, member, re, goodInputs[member]+s)
			agree(t, member, re, s+goodInputs[member])
		}
	}
}

// Random strings rarely match, so these are good ones with a few characters changed.
func TestPatternsAgreeOnMutations(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("aZ09_-+=/,.@:# \t\n\v\x00\x7f\u00e9\u4f8b\u0301\u00a0\u200b🙂\ufffd")
	for member, re := range patterned() {
		require.True(t, re.MatchString(goodInputs[member]), member)
		for range 5_000 {
			s := []rune(goodInputs[member])
			for range rng.IntN(3) {
				i := rng.IntN(len(s))
				switch c := alphabet[rng.IntN(len(alphabet))]; rng.IntN(3) {
				case 0:
					s[i] = c
				case 1:
					s = append(s[:i], append([]rune{c}, s[i:]...)...)
				case 2:
					s = append(s[:i], s[i+1:]...)
				}
			}
			agree(t, member, re, string(s))
		}
	}
}

func FuzzPatterns(f *testing.F) {
	for _, s := range goodInputs {
		f.Add(s)
	}
	all := patterned()
	f.Fuzz(func(t *testing.T, s string) {
		for member, re := range all {
			agree(t, member, re, s)
		}
	})
}

func TestModelTable(t *testing.T) {
	for member, want := range map[Member][2]int{
		JobName: {1, 128}, UserPoolID: {1, 55}, JobID: {1, 55}, RoleARN: {20, 2048},
		MaxResults: {1, 60}, Limit: {1, 10000}, PoolName: {1, 128}, Username: {1, 128},
	} {
		c := constraints[member]
		assert.Equal(t, want, [2]int{c.min, c.max}, member)
	}
}
