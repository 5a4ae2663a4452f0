package pwhash

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// Census counts the results of conversions. The zero value is an empty census. Use it in one goroutine at a time.
type Census struct {
	Kept       map[importjob.PasswordHashingAlgorithm]int // the users who keep their password, by the algorithm of the job
	NoPassword int                                        // the users who had no password
	Lost       map[Cause]int                              // the users who must reset their password, by cause
}

// Add counts a result of a [Converter]. An error that is or wraps no *[Error] counts as NotRecognized.
func (c *Census) Add(h Hash, err error) {
	var refused *Error
	switch {
	case errors.As(err, &refused):
		c.lose(refused.Cause)
	case err != nil:
		c.lose(Cause{Reason: NotRecognized})
	case h.Scheme == NoPassword:
		c.NoPassword++
	default:
		if c.Kept == nil {
			c.Kept = map[importjob.PasswordHashingAlgorithm]int{}
		}
		c.Kept[h.Algorithm]++
	}
}

func (c *Census) lose(cause Cause) {
	if c.Lost == nil {
		c.Lost = map[Cause]int{}
	}
	c.Lost[cause]++
}

// String returns one line such as "41,200 keep their password, 12 have none, 1,033 must reset it: 900 PBKDF2-SHA256
// with more than 600,000 iterations, 133 phpass", the most frequent cause first.
func (c *Census) String() string {
	kept, lost := 0, 0
	for _, n := range c.Kept {
		kept += n
	}
	for _, n := range c.Lost {
		lost += n
	}
	line := counted(kept, "keeps", "keep") + " their password"
	if c.NoPassword > 0 {
		line += ", " + counted(c.NoPassword, "has", "have") + " none"
	}
	if lost == 0 {
		return line
	}
	causes := slices.SortedFunc(maps.Keys(c.Lost), func(a, b Cause) int {
		return cmp.Or(c.Lost[b]-c.Lost[a], strings.Compare(a.String(), b.String()))
	})
	parts := make([]string, 0, len(causes))
	for _, cause := range causes {
		parts = append(parts, grouped(c.Lost[cause])+" "+cause.String())
	}
	return line + ", " + grouped(lost) + " must reset it: " + strings.Join(parts, ", ")
}

// counted returns a number with its verb.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}
