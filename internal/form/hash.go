package form

import (
	"regexp"
	"slices"
	"strconv"
)

// hashForms has the form of a password hash for each algorithm, by the service's name for it. Each group
// of the regular expression is a number, and most has the largest value of each group.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
var hashForms = map[string]struct {
	form *regexp.Regexp
	most []int
}{
	"BCRYPT":        {regexp.MustCompile(`^\$2[abxy]\$([0-9]{2})\$[./A-Za-z0-9]{53}$`), []int{12}},
	"SCRYPT":        {regexp.MustCompile(`^([0-9]{1,9})\$([0-9]{1,9})\$([0-9]{1,9})\$[0-9A-Fa-f]+\$[0-9A-Fa-f]+$`), []int{65536, 8, 1}},
	"ARGON2ID":      {regexp.MustCompile(`^\$argon2id\$v=[0-9]{1,3}\$m=([0-9]{1,9}),t=([0-9]{1,9}),p=([0-9]{1,9})\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+$`), []int{19456, 2, 1}},
	"PBKDF2_SHA256": {regexp.MustCompile(`^\$pbkdf2-sha256\$([0-9]{1,9})\$[./A-Za-z0-9+=]+\$[./A-Za-z0-9+=]+$`), []int{600000}},
}

// HashLimits returns the largest values of the numbers in a hash of the algorithm, in their order in the hash. It
// returns nil if the algorithm is unknown.
func HashLimits(algorithm string) []int { return slices.Clone(hashForms[algorithm].most) }

// IsHash reports whether v is a password hash of the algorithm, with parameters that the service allows. It
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
	for i, most := range h.most {
		if n, err := strconv.Atoi(string(groups[i+1])); err != nil || n < 1 || n > most {
			return false
		}
	}
	return true
}
