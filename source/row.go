package source

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/pwhash"
	"github.com/cognito-import/importjob/source/transform"
)

// Row is one record of an export, as a row of a user import, with what an import job does not take. It is valid until the next call of
// [Source.Next], which uses the same slices again. To keep a row for longer, copy what you need. It is personal data: String and LogValue have
// only the place of the record.
//
// A user keeps the password if Hash.Value is not "". Otherwise the user had none (Lost is nil), or cannot keep it (Lost says why).
type Row struct {
	Place
	ID       string      // the user's id in the source system; "" if the mapping has none
	Values   []string    // one for each of [Source.Columns], the password hash included, not escaped for CSV; "" is an empty value. All are "" if the record cannot be read
	Text     []byte      // the row in Cognito's CSV dialect, with the "\n" at its end; nil if there are Findings
	Hash     pwhash.Hash // Algorithm is that of the job that the row needs. Its Scheme is NoPassword if there was none. The zero Hash if the password cannot be kept, or the record cannot be read
	Lost     error       // why the password cannot be kept, a *[pwhash.Error]; nil if it can, or if there is none
	Groups   []string    // the names of the user's groups in the source system, each once
	Disabled bool        // the user cannot sign in to the source system
	Findings []Finding   // all that is wrong with the row; empty if it can be imported
}

// String returns the place of the record.
func (r *Row) String() string { return r.Place.String() }

// LogValue implements [slog.LogValuer].
func (r *Row) LogValue() slog.Value { return slog.StringValue(r.String()) }

// reset prepares the row for the next record.
func (r *Row) reset() {
	r.ID, r.Text, r.Groups, r.Disabled, r.Findings = "", nil, r.Groups[:0], false, r.Findings[:0]
	if r.Hash.Scheme != "" || r.Lost != nil {
		r.Hash, r.Lost = pwhash.Hash{}, nil
	}
}

// add adds a finding about the record.
func (r *Row) add(f Finding) {
	f.Place = r.Place
	r.Findings = append(r.Findings, f)
}

// fill makes the row of a record.
func (s *Source) fill(values []format.Value) {
	p, row := s.plan, &s.row
	for i := range p.columns {
		c := &p.columns[i]
		if c.same >= 0 {
			other := &p.columns[c.same]
			row.Values[c.target], s.failed[c.target] = row.Values[other.target], s.failed[other.target]
			continue
		}
		text, err := c.value(values)
		s.failed[c.target] = err != nil
		if err != nil {
			row.add(transformFinding(err, c.found(p.labels, values), c.name))
		} else if text == "" {
			text = c.fallback
		}
		row.Values[c.target] = text
	}
	if text, err := p.first(p.id, values); err != nil {
		row.add(transformFinding(err, s.idLabel, "id"))
	} else {
		row.ID = text
	}
	s.addGroups(values)
	s.disable(values)
}

// value returns the value of the column.
func (c *columnPlan) value(values []format.Value) (string, error) {
	switch {
	case c.single:
		v := &values[c.from[0]]
		if v.Kind >= format.Array && (v.Kind == format.Invalid || !c.json) {
			return "", notText(v.Kind)
		}
		return c.chain.Apply(v.Text)
	case c.set != "":
		return c.set, nil
	case !c.template.IsZero():
		return c.expand(values)
	}
	first := firstText
	if c.json {
		first = firstValue
	}
	text, err := first(c.from, values, &c.clean)
	if err != nil {
		return "", err
	}
	if c.in >= 0 {
		list, err := firstValue([]int{c.in}, values, &c.clean)
		if err != nil {
			return "", err
		}
		text = strconv.FormatBool(transform.Contains(list, text))
	}
	return c.chain.Apply(text)
}

// expand returns the value of the template.
func (c *columnPlan) expand(values []format.Value) (string, error) {
	fields := make([]string, len(c.from))
	for i := range fields {
		var err error
		if fields[i], err = firstText(c.from[i:i+1], values, &c.clean); err != nil {
			return "", err
		}
	}
	return c.chain.Apply(c.template.Expand(fields))
}

// firstText is firstValue, but a value that is an array or an object is an error.
func firstText(at []int, values []format.Value, clean *transform.Chain) (string, error) {
	for _, i := range at {
		if kind := values[i].Kind; kind >= format.Array {
			return "", notText(kind)
		}
		if text, err := clean.Apply(values[i].Text); err != nil || text != "" {
			return text, err
		}
	}
	return "", nil
}

// firstValue returns the first value that is not empty after the transforms. That of an array or an object is its JSON.
func firstValue(at []int, values []format.Value, clean *transform.Chain) (string, error) {
	for _, i := range at {
		v := &values[i]
		if v.Kind == format.Invalid {
			return "", errInvalidJSON
		}
		text, err := clean.Apply(v.Text)
		if err != nil || text != "" {
			return text, err
		}
	}
	return "", nil
}

func (p *plan) first(at []int, values []format.Value) (string, error) {
	return firstText(at, values, &p.clean)
}

// errInvalidJSON is the error of a format.Invalid value.
var errInvalidJSON error = &transform.Error{Code: codeInvalidJSON, Text: "not JSON, though the mapping says so"}

// errNotText is the error of an array or an object in place of a text.
var errNotText error = &transform.Error{Code: codeNotText, Text: "a list or an object of JSON, not one value", Remedy: "the path of one value in it, such as name.given or emails[0]"}

// notText returns the error of a value that is not a text, by its kind.
func notText(kind format.Kind) error {
	if kind == format.Invalid {
		return errInvalidJSON
	}
	return errNotText
}

// found returns the path of the value from which the column is made, or all paths if none has a value.
func (c *columnPlan) found(labels []string, values []format.Value) string {
	if c.template.IsZero() {
		for _, i := range c.from {
			if values[i].Text != "" {
				return labels[i]
			}
		}
	}
	return c.label
}

// addGroups finds the groups of the user.
func (s *Source) addGroups(values []format.Value) {
	g := &s.plan.groups
	for _, i := range g.from {
		v := &values[i]
		switch v.Kind {
		case format.Missing, format.Null:
		case format.Invalid:
			s.row.add(transformFinding(errInvalidJSON, s.plan.labels[i], "groups"))
		case format.Array:
			for _, e := range v.Elements() {
				s.addGroup(e.Text, i)
			}
		default:
			for text := range strings.SplitSeq(v.Text, g.separator) {
				s.addGroup(text, i)
			}
		}
	}
}

// addGroup adds one group, which the value i has.
func (s *Source) addGroup(text string, i int) {
	text, err := s.plan.clean.Apply(text)
	if err == nil {
		text, err = s.plan.groups.chain.Apply(text)
	}
	switch {
	case err != nil:
		s.row.add(transformFinding(err, s.plan.labels[i], "groups"))
	case text != "" && s.isNewGroup(text):
		s.row.Groups = append(s.row.Groups, text)
	}
}

// fewGroups is how many groups of a user are compared one by one.
const fewGroups = 32

// isNewGroup reports whether the row does not have a group. A user with a million of them takes no time that grows with their square.
func (s *Source) isNewGroup(text string) bool {
	groups := s.row.Groups
	if len(groups) < fewGroups {
		return !slices.Contains(groups, text)
	}
	if len(groups) == fewGroups {
		s.manyGroups = make(map[string]bool, 2*fewGroups)
		for _, group := range groups {
			s.manyGroups[group] = true
		}
	}
	if s.manyGroups[text] {
		return false
	}
	s.manyGroups[text] = true
	return true
}

// disable finds out whether the user is disabled.
func (s *Source) disable(values []format.Value) {
	for i := range s.plan.disabled {
		c := &s.plan.disabled[i]
		text, err := firstValue([]int{c.from}, values, &s.plan.clean)
		holds := false
		if err == nil {
			holds, err = c.Holds(text, s.options.Now)
		}
		if err != nil {
			s.row.add(transformFinding(err, s.plan.labels[c.from], "disabled"))
		}
		s.row.Disabled = s.row.Disabled || holds
	}
}
