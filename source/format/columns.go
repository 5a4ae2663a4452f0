package format

import (
	"slices"
	"strings"
)

// columns are the columns of a table, and those of them that a mapping wants.
type columns struct {
	names []string // "" for a column without a name
	bound []binding
	keep  []Filter
	count int // the number of paths that are not of filters
}

// binding says where the value of a path comes from.
type binding struct {
	column int        // from 0; -1 if the table does not have it
	json   *extractor // for a path that goes on with |json; nil for others
}

// bind chooses the values of a record.
func (c *columns) bind(paths []Path, where []Filter) error {
	c.bound, c.keep, c.count = nil, where, len(paths)
	places := c.places()
	all := slices.Clone(paths)
	for _, f := range where {
		all = append(all, f.Path)
	}
	for _, p := range all {
		b, err := c.binding(p, places)
		if err != nil {
			return err
		}
		c.bound = append(c.bound, b)
	}
	return nil
}

func (c *columns) binding(p Path, places map[string]int) (binding, error) {
	if p.IsZero() {
		return binding{}, &BindError{Path: p, Reason: "a table needs the name of a column, or #1 for the first"}
	}
	b := binding{column: -1}
	steps := p.steps
	if steps[0].kind == stepColumn {
		if n := steps[0].n - 1; n < len(c.names) {
			b.column = n
		}
		steps = steps[1:]
	} else {
		n := 0
		var keys []string
		for n < len(steps) && steps[n].kind == stepKey {
			keys = append(keys, steps[n].key)
			n++
		}
		if i, ok := places[strings.Join(keys, ".")]; ok {
			b.column = i
		}
		if b.column == several {
			return b, &BindError{Path: p, Reason: "several columns have this name: use #1 for the first column, and so on"}
		}
		steps = steps[n:]
	}
	if len(steps) == 0 {
		return b, nil
	}
	if steps[0].kind != stepJSON {
		return b, &BindError{Path: p, Reason: "the cell of a table has no parts: decode JSON in it with |json"}
	}
	var err error
	b.json, err = newExtractor([]Path{{steps: steps}})
	return b, err
}

// several is the place of a name that several columns have.
const several = -2

// places returns the place of each name of a column: a table can have thousands of columns.
func (c *columns) places() map[string]int {
	places := make(map[string]int, len(c.names))
	for i, name := range c.names {
		if _, ok := places[name]; ok {
			i = several
		}
		if name != "" {
			places[name] = i
		}
	}
	return places
}

// set replaces the value of the column with what the rest of the path finds in it.
func (b *binding) set(v *Value) {
	if b.json != nil && v.Kind == String {
		*v = b.json.decoded(v.Text)
	}
}

// trimmed returns the names of a header without white space around them.
func trimmed(cells []string) []string {
	for i, cell := range cells {
		cells[i] = strings.TrimSpace(cell)
	}
	return cells
}
