package form

import (
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// hashForm is the form of the hashes of an algorithm. Each group of the regular expression is a number, or digits of the
// salt and of the hash.
type hashForm struct {
	form  *regexp.Regexp
	least []int // the smallest value of each number
	most  []int // the largest value of each number
	holds func(numbers []int, digits []string) bool
}

// hashForms has the form of a password hash for each algorithm, by the service's name for it. The guide gives the forms
// and the largest numbers. The rest is what a program needs to verify a password with the hash (A83).
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
var hashForms = map[string]hashForm{
	"BCRYPT": {regexp.MustCompile(`^\$2[abxy]\$([0-9]{2})\$[./A-Za-z0-9]{53}$`), []int{4}, []int{12}, always},
	"SCRYPT": {regexp.MustCompile(`^([0-9]{1,9})\$([0-9]{1,9})\$([0-9]{1,9})\$([0-9A-Fa-f]+)\$([0-9A-Fa-f]+)$`),
		[]int{2, 1, 1}, []int{65536, 8, 1}, func(numbers []int, digits []string) bool {
			return bits.OnesCount(uint(numbers[0])) == 1 && len(digits[0])%2 == 0 && len(digits[1])%2 == 0
		}},
	"ARGON2ID": {regexp.MustCompile(`^\$argon2id\$v=[0-9]{1,3}\$m=([0-9]{1,9}),t=([0-9]{1,9}),p=([0-9]{1,9})\$([A-Za-z0-9+/]+=*)\$([A-Za-z0-9+/]+=*)$`),
		[]int{8, 1, 1}, []int{19456, 2, 1}, areBase64},
	"PBKDF2_SHA256": {regexp.MustCompile(`^\$pbkdf2-sha256\$([0-9]{1,9})\$([./A-Za-z0-9+]+=*)\$([./A-Za-z0-9+]+=*)$`),
		[]int{1}, []int{600000}, areBase64},
}

func always([]int, []string) bool { return true }

// areBase64 reports whether each text has a number of digits that base64 can have.
func areBase64(_ []int, digits []string) bool {
	return !slices.ContainsFunc(digits, func(s string) bool { return len(strings.TrimRight(s, "="))%4 == 1 })
}

// HashLimits returns the largest values of the numbers in a hash of the algorithm, in their order in the hash. It
// returns nil if the algorithm is unknown.
func HashLimits(algorithm string) []int { return slices.Clone(hashForms[algorithm].most) }

// IsHash reports whether v is a password hash of the algorithm, with parameters that the service allows and with which a
// password can be verified. It
// is false for every value if the algorithm is unknown.
func IsHash(algorithm string, v []byte) bool {
	h, known := hashForms[algorithm]
	if !known {
		return false
	}
	groups := h.form.FindSubmatch(v)
	if groups == nil {
		return false
	}
	numbers := make([]int, len(h.most))
	var digits []string
	for i, group := range groups[1:] {
		if i >= len(numbers) {
			digits = append(digits, string(group))
			continue
		}
		n, err := strconv.Atoi(string(group))
		if err != nil || n < h.least[i] || n > h.most[i] {
			return false
		}
		numbers[i] = n
	}
	return h.holds(numbers, digits)
}
