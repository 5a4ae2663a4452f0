package paging

import "errors"

// ErrCycle reports a listing whose tokens come again, so that it would never end.
var ErrCycle = errors.New("importjob: the tokens of the pages go round in a circle, so the listing would never end")

// Cycle finds out that the tokens of a listing come again, however long the circle is. It keeps one token
// (Brent's algorithm), so it takes up to three times around the circle. The zero value is ready for use.
type Cycle struct {
	kept         string
	steps, limit int
}

// Next notes the token of the next page. It returns ErrCycle if the token is the one that it keeps.
func (c *Cycle) Next(token string) error {
	if c.limit > 0 && token == c.kept {
		return ErrCycle
	}
	if c.steps++; c.steps >= c.limit {
		c.kept, c.steps, c.limit = token, 0, max(1, 2*c.limit)
	}
	return nil
}
