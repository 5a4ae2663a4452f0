package source

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Collector groups findings by their cause, in memory that depends on the number of columns only. The zero value is empty. Use it in one
// goroutine at a time.
type Collector struct {
	groups map[groupKey]*Group
}

type groupKey struct{ code, column, attribute, remedy string }

// Group is the findings of one cause: they have the same code, column and remedy.
type Group struct {
	Code      string  `json:"code"`
	Column    string  `json:"column,omitempty"`
	Attribute string  `json:"attribute,omitempty"`
	Text      string  `json:"text"`
	Remedy    string  `json:"remedy,omitempty"`
	Count     int     `json:"count"` // the number of records
	First     []Place `json:"first"` // the first records
}

// maxPlaces is the length of the longest Group.First.
const maxPlaces = 5

// Add adds findings.
func (c *Collector) Add(findings ...Finding) {
	for _, f := range findings {
		key := groupKey{f.Code, f.Column, f.Attribute, f.Remedy}
		g := c.groups[key]
		if g == nil {
			if c.groups == nil {
				c.groups = map[groupKey]*Group{}
			}
			g = &Group{Code: f.Code, Column: f.Column, Attribute: f.Attribute, Text: f.Text, Remedy: f.Remedy}
			c.groups[key] = g
		}
		g.Count++
		if len(g.First) < maxPlaces {
			g.First = append(g.First, f.Place)
		}
	}
}

// Groups returns the groups, the largest first.
func (c *Collector) Groups() []Group {
	all := make([]Group, 0, len(c.groups))
	for _, g := range c.groups {
		group := *g
		group.First = slices.Clone(g.First)
		all = append(all, group)
	}
	slices.SortFunc(all, func(a, b Group) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Code, b.Code), strings.Compare(a.Column, b.Column), strings.Compare(a.Attribute, b.Attribute), strings.Compare(a.Remedy, b.Remedy))
	})
	return all
}

// String returns the groups, each on a line.
func (c *Collector) String() string {
	var b strings.Builder
	for _, g := range c.Groups() {
		b.WriteString(g.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// String returns the group on one line, such as
//
//	1,204 rows: mobile: phone number without country code; try --phone-region US (lines 3, 7, 19, 44, 52, ...)
func (g Group) String() string {
	text := grouped(g.Count) + " " + plural(g.Count, "row", "rows") + ": "
	if name := (Finding{Column: g.Column, Attribute: g.Attribute}).name(); name != "" {
		text += name + ": "
	}
	text += g.Text
	if g.Remedy != "" {
		text += "; try " + g.Remedy
	}
	return text + " (" + g.places() + ")"
}

// places returns the places of the first records.
func (g Group) places() string {
	var all []string
	for _, p := range g.First {
		all = append(all, p.number())
	}
	if g.Count > len(g.First) {
		all = append(all, "...")
	}
	return g.First[0].word() + plural(g.Count, "", "s") + " " + strings.Join(all, ", ")
}

// grouped returns a number with commas between the thousands.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
