package transform

import "strings"

// Chain applies transforms one after the other. The zero Chain changes nothing.
type Chain struct {
	steps []Transform
	texts int   // how many of the first steps are text steps
	acts  class // the bytes on which one of these can act
	null  Null  // the one of these that is a Null
	nulls bool  // there is one
}

// NewChain returns a chain of the transforms, first to last.
func NewChain(transforms ...Transform) Chain {
	c := Chain{steps: append([]Transform(nil), transforms...)}
	for _, t := range c.steps {
		acts, ok := actsOn(t)
		if null, isNull := t.(Null); isNull && !c.nulls {
			c.null, c.nulls, ok = null, true, true
		}
		if !ok {
			break
		}
		c.texts, c.acts = c.texts+1, c.acts|acts
	}
	return c
}

// Transforms returns a copy of the list.
func (c Chain) Transforms() []Transform { return append([]Transform(nil), c.steps...) }

// String returns the names and arguments for people, such as "trim, lower, phone=US". It returns "as it is" for an empty chain. Parse does not
// read it: it reads the String of each of Transforms.
func (c Chain) String() string {
	if len(c.steps) == 0 {
		return "as it is"
	}
	names := make([]string, len(c.steps))
	for i, t := range c.steps {
		names[i] = t.String()
	}
	return strings.Join(names, ", ")
}

// Apply applies the transforms, until one fails. The result is then "", and the error is that of the transform, an *[Error].
func (c Chain) Apply(value string) (string, error) {
	steps := c.steps
	if c.texts > 0 && c.isPlain(value) {
		steps = steps[c.texts:]
	}
	for _, t := range steps {
		var err error
		if value, err = t.Apply(value); err != nil {
			return "", err
		}
	}
	return value, nil
}

// class is a set of kinds of bytes.
type class uint8

const (
	upper  class = 1 << iota // A to Z
	breaks                   // ends a line, or is NUL
	space                    // white space; acts at both ends only
	wide                     // not ASCII
)

// classes has the kinds of each byte.
var classes = func() (table [256]class) {
	for c := range table {
		switch {
		case c >= 'A' && c <= 'Z':
			table[c] = upper
		case c >= '\n' && c <= '\r':
			table[c] = breaks | space
		case c == 0:
			table[c] = breaks
		case c == ' ' || c == '\t':
			table[c] = space
		case c >= 0x80:
			table[c] = wide
		}
	}
	return table
}()

// actsOn returns the bytes on which a text step can act. ok is false for a transform that is not a text step, or a Null.
func actsOn(t Transform) (acts class, ok bool) {
	switch t.(type) {
	case Trim:
		return space | wide, true
	case Lower:
		return upper | wide, true
	case NFC:
		return wide, true
	case OneLine:
		return breaks | wide, true
	}
	return 0, false
}

// isPlain is a fast path: true only if no text step changes the value. It looks at each byte once.
func (c *Chain) isPlain(value string) bool {
	if value == "" {
		return true
	}
	if c.nulls && c.null.has(value) {
		return false
	}
	if c.acts&space&(classes[value[0]]|classes[value[len(value)-1]]) != 0 {
		return false
	}
	acts := c.acts &^ space
	for i := range len(value) {
		if classes[value[i]]&acts != 0 {
			return false
		}
	}
	return true
}
