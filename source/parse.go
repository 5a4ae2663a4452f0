package source

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// maxMapping is the size of the largest mapping file, in bytes.
const maxMapping = 1 << 20

// SyntaxError is what is wrong at one place of a mapping file.
type SyntaxError struct {
	Line   int // from 1; 0 if it is not at one place
	Column int // from 1, in characters
	Text   string
	Err    error // the cause, such as a *format.PathError; nil if there is none
}

// Error returns "line 3, column 5: text".
func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

// Unwrap returns Err.
func (e *SyntaxError) Unwrap() error { return e.Err }

// Parse parses a mapping file. The error joins a *[SyntaxError] for each thing that is wrong; [errors.As] finds the first.
func Parse(data []byte) (*Mapping, error) {
	if len(data) > maxMapping {
		return nil, &SyntaxError{Text: fmt.Sprintf("a mapping file has at most %d bytes", maxMapping)}
	}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, &SyntaxError{Text: "not a YAML file with a mapping in it: " + err.Error(), Err: err}
	}
	if err := dec.Decode(&second); err == nil {
		return nil, &SyntaxError{Line: second.Line, Column: second.Column, Text: "a mapping file has one document"}
	}
	d := decoder{}
	m := d.mapping(doc.Content[0])
	if len(d.problems) == 0 {
		if err := m.Validate(); err != nil {
			d.problems = append(d.problems, &SyntaxError{Text: err.Error(), Err: err})
		}
	}
	if len(d.problems) > 0 {
		return nil, errors.Join(d.problems...)
	}
	return m, nil
}

// decoder makes a Mapping of nodes, and collects what is wrong with them.
type decoder struct {
	problems []error
}

func (d *decoder) fail(n *yaml.Node, err error, format string, args ...any) {
	d.problems = append(d.problems, &SyntaxError{Line: n.Line, Column: n.Column, Text: fmt.Sprintf(format, args...), Err: err})
}

// check reports an error of a value at its place.
func (d *decoder) check(n *yaml.Node, err error) {
	if err != nil {
		d.fail(n, err, "%s", err.Error())
	}
}

// keys are the keys of a YAML mapping, each with what reads its value.
type keys map[string]func(*yaml.Node)

// fields reads a YAML mapping. what names it in errors.
func (d *decoder) fields(n *yaml.Node, what string, known keys) {
	d.pairs(n, what, func(key, value *yaml.Node) {
		if read, ok := known[key.Value]; ok {
			read(value)
			return
		}
		names := make([]string, 0, len(known))
		for name := range known {
			names = append(names, name)
		}
		slices.Sort(names)
		hint := "the keys are " + strings.Join(names, ", ")
		if near, ok := closest(key.Value, names); ok {
			hint = "did you mean " + near + "?"
		}
		d.fail(key, nil, "%s has no key %q: %s", what, key.Value, hint)
	})
}

// pairs calls read for each key of a YAML mapping.
func (d *decoder) pairs(n *yaml.Node, what string, read func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, nil, "%s needs keys with values", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			d.fail(key, nil, "%s: a key is a word", what)
		case seen[key.Value]:
			d.fail(key, nil, "%s has the key %q twice", what, key.Value)
		default:
			seen[key.Value] = true
			read(key, value)
		}
	}
}

func (d *decoder) mapping(n *yaml.Node) *Mapping {
	m := &Mapping{}
	known := d.input(&m.Input)
	for key, read := range (keys{
		"name":     d.text(&m.Name),
		"notes":    d.text(&m.Notes),
		"id":       d.paths(&m.ID),
		"columns":  func(n *yaml.Node) { m.Columns = d.columns(n) },
		"password": d.password(&m.Password),
		"hashes": func(n *yaml.Node) {
			m.Hashes = &Hashes{}
			d.hashes(n, m.Hashes)
		},
		"groups":       d.groups(&m.Groups),
		"disabled":     d.conditions(&m.Disabled),
		"every_value":  d.transforms(&m.EveryValue),
		"ignore":       d.paths(&m.Ignore),
		"ignore_rest":  d.flag(&m.IgnoreRest),
		"null_words":   d.words(&m.NullWords, validateWords),
		"custom":       d.checkedText(&m.Custom, validateCustom),
		"phone_region": d.checkedText(&m.PhoneRegion, validateRegion),
		"recognize": func(n *yaml.Node) {
			m.Recognize = &Recognition{}
			d.recognition(n, m.Recognize)
		},
	}) {
		known[key] = read
	}
	d.fields(n, "a mapping", known)
	return m
}

func (d *decoder) input(in *Input) keys {
	return keys{
		"format": d.checkedText((*string)(&in.Format), func(text string) error { return Input{Format: format.Format(text)}.validate() }),
		"delimiter": d.checkedText(new(string), func(text string) error {
			if text == "tab" {
				text = "\t"
			}
			if len(text) != 1 {
				return Input{Delimiter: 0xff}.validate()
			}
			in.Delimiter = text[0]
			return in.validate()
		}),
		"escape": d.checkedText(new(string), func(text string) error {
			if len(text) != 1 {
				return Input{Escape: 0xff}.validate()
			}
			in.Escape = text[0]
			return in.validate()
		}),
		"header": func(n *yaml.Node) {
			header := true
			d.flag(&header)(n)
			in.NoHeader = !header
		},
		"encoding": d.text(&in.Encoding),
		"table":    d.text(&in.Table),
		"records":  d.path(&in.Records),
		"where": d.list(func(n *yaml.Node) {
			var text string
			d.checkedText(&text, func(text string) error {
				f, err := format.ParseFilter(text)
				in.Where = append(in.Where, f)
				return err
			})(n)
		}),
	}
}

func (d *decoder) columns(n *yaml.Node) (columns []Column) {
	d.pairs(n, "columns", func(key, value *yaml.Node) {
		c, problems := Column{Name: key.Value}, len(d.problems)
		if value.Kind == yaml.MappingNode {
			d.fields(value, "column "+key.Value, keys{
				"from":       d.paths(&c.From),
				"in":         d.path(&c.In),
				"set":        d.text(&c.Set),
				"template":   d.checkedText(new(string), func(text string) (err error) { c.Template, err = transform.ParseTemplate(text); return err }),
				"default":    d.text(&c.Default),
				"transforms": d.transforms(&c.Transforms),
			})
		} else {
			d.paths(&c.From)(value)
		}
		if len(d.problems) == problems {
			d.check(key, c.validate())
		}
		columns = append(columns, c)
	})
	return columns
}

func (d *decoder) password(p *Password) func(*yaml.Node) {
	return func(n *yaml.Node) {
		problems := len(d.problems)
		if n.Kind != yaml.MappingNode {
			p.Kind = PasswordHash
			d.paths(&p.From)(n)
			return
		}
		p.Kind = PasswordHash
		d.fields(n, "password", keys{
			"kind": d.checkedText(new(string), func(text string) error {
				kind := PasswordKind(text)
				if _, ok := passwordParts[kind]; !ok && text != "none" {
					return Password{Kind: kind}.validate()
				}
				if text == "none" {
					kind = PasswordNone
				}
				p.Kind = kind
				return nil
			}),
			"from":     d.paths(&p.From),
			"peppered": d.flag(&p.Peppered),
		})
		if len(d.problems) == problems {
			d.check(n, p.validate())
		}
	}
}

func (d *decoder) hashes(n *yaml.Node, h *Hashes) {
	problems := len(d.problems)
	known := d.input(&h.Input)
	known["id"] = d.paths(&h.ID)
	known["password"] = d.password(&h.Password)
	known["key"] = func(n *yaml.Node) {
		if n.Kind != yaml.MappingNode {
			d.paths(&h.Key.From)(n)
			return
		}
		d.fields(n, "key", keys{"from": d.paths(&h.Key.From), "transforms": d.transforms(&h.Key.Transforms)})
	}
	d.fields(n, "hashes", known)
	if len(d.problems) == problems {
		d.check(n, h.validate())
	}
}

func (d *decoder) groups(g *Groups) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.MappingNode {
			d.paths(&g.From)(n)
			return
		}
		problems := len(d.problems)
		d.fields(n, "groups", keys{"from": d.paths(&g.From), "separator": d.text(&g.Separator), "transforms": d.transforms(&g.Transforms)})
		if len(d.problems) == problems {
			d.check(n, g.validate())
		}
	}
}

func (d *decoder) conditions(conditions *[]Condition) func(*yaml.Node) {
	return d.list(func(n *yaml.Node) {
		var c Condition
		problems := len(d.problems)
		if n.Kind == yaml.MappingNode {
			d.fields(n, "disabled", keys{"from": d.path(&c.From), "when": func(n *yaml.Node) { d.when(n, &c) }})
		} else {
			d.path(&c.From)(n)
		}
		if len(d.problems) == problems {
			d.check(n, c.validate())
		}
		*conditions = append(*conditions, c)
	})
}

func (d *decoder) when(n *yaml.Node, c *Condition) {
	if n.Kind == yaml.SequenceNode {
		d.words(&c.Words, nil)(n)
		return
	}
	d.text((*string)(&c.When))(n)
	if c.When == "true" {
		c.When = WhenTrue
	}
}
