package source

import (
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// plan is a mapping that is bound to the values of a record by index.
type plan struct {
	paths    []format.Path  // what the reader finds
	labels   []string       // their texts
	places   map[string]int // of the paths, by their texts
	columns  []columnPlan
	clean    transform.Chain // of all but columns
	id       []int
	password passwordPlan
	key      keyPlan
	groups   groupsPlan
	disabled []conditionPlan
}

// columnPlan makes the value of one column of the pool.
type columnPlan struct {
	name     string
	target   int   // the index in the row
	from     []int // the indices of the values
	in       int   // the index of the list, or -1
	same     int   // the index of an earlier columnPlan that makes the same value, or -1
	set      string
	template transform.Template
	fallback string
	clean    transform.Chain
	chain    transform.Chain // with clean if the value is from one path
	chainSum string
	label    string // of all paths
	json     bool   // an array or an object is a value, as JSON
	single   bool   // the value is that of one path, transformed
}

type keyPlan struct {
	from  []int
	chain transform.Chain
}

type groupsPlan struct {
	from      []int
	separator string
	chain     transform.Chain
}

type conditionPlan struct {
	Condition
	from int
}

// newPlan binds a valid mapping to the columns of a row, which must have all columns of the mapping.
func newPlan(m *Mapping, columns []string, schema importjob.Schema) *plan {
	p := &plan{clean: m.Clean("")}
	for _, c := range m.Columns {
		p.columns = append(p.columns, p.column(m, c, slices.Index(columns, c.Name), schema))
	}
	p.id = p.bind(m.ID)
	p.password = passwordPlan{kind: m.Password.Kind, from: p.bind(m.Password.From), peppered: m.Password.Peppered}
	p.groups = groupsPlan{from: p.bind(m.Groups.From), separator: m.Groups.Separator, chain: transform.NewChain(m.Groups.Transforms...)}
	if p.groups.separator == "" {
		p.groups.separator = ","
	}
	if m.Groups.Transforms == nil {
		p.groups.chain = transform.NewChain(transform.Trim{})
	}
	for _, c := range m.Disabled {
		p.disabled = append(p.disabled, conditionPlan{Condition: c, from: p.bindOne(c.From)})
	}
	return p
}

func (p *plan) column(m *Mapping, c Column, target int, schema importjob.Schema) columnPlan {
	out := columnPlan{name: c.Name, target: target, in: -1, same: -1, set: c.Set, template: c.Template, fallback: c.Default, json: takesJSON(c.Name)}
	paths := c.From
	if !c.Template.IsZero() {
		paths, _ = c.TemplatePaths() // a valid mapping has valid paths
	}
	out.from, out.label = p.bind(paths), joinPaths(paths, " or ")
	if !c.In.IsZero() {
		out.in = p.bindOne(c.In)
	}
	out.clean, out.chain = m.Clean(c.Name), m.Chain(c, schema)
	if out.single = len(out.from) == 1 && out.in < 0 && out.template.IsZero(); out.single {
		out.chain = transform.NewChain(append(out.clean.Transforms(), out.chain.Transforms()...)...)
	}
	out.chainSum = out.chain.String()
	if out.single {
		out.same = slices.IndexFunc(p.columns, func(other columnPlan) bool {
			return other.single && other.from[0] == out.from[0] && other.chainSum == out.chainSum && other.fallback == out.fallback && !other.isRandom()
		})
	}
	return out
}

// takesJSON reports whether JSON makes sense as the value of an attribute. The address is JSON in OpenID Connect.
//
// Source: https://openid.net/specs/openid-connect-core-1_0.html#AddressClaim
func takesJSON(name string) bool {
	return name == "address" || strings.Contains(name, ":") && name != importjob.ColumnUsername
}

// isRandom reports whether the same value can be transformed into different ones.
func (c *columnPlan) isRandom() bool {
	return slices.ContainsFunc(c.chain.Transforms(), func(t transform.Transform) bool { _, ok := t.(transform.RandomUUID); return ok })
}

// bind returns the indices of the values that the paths find.
func (p *plan) bind(paths []format.Path) []int {
	var at []int
	for _, path := range paths {
		at = append(at, p.bindOne(path))
	}
	return at
}

func (p *plan) bindOne(path format.Path) int {
	text := path.String() // different paths have different texts
	if i, ok := p.places[text]; ok {
		return i
	}
	if p.places == nil {
		p.places = map[string]int{}
	}
	p.paths, p.labels = append(p.paths, path), append(p.labels, text)
	p.places[text] = len(p.paths) - 1
	return len(p.paths) - 1
}
