package source

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// Marshal returns the mapping as a file, with the keys in the order of the package documentation and the shortest form of each
// value. [Parse] returns an equal mapping. The error is that of [Mapping.Validate].
func (m *Mapping) Marshal() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(m.node()); err != nil {
		return nil, fmt.Errorf("write the mapping: %w", err)
	}
	return b.Bytes(), nil
}

// object is a YAML mapping that is being written.
type object struct {
	yaml.Node
}

func newObject() *object { return &object{yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}} }

// add adds a key, unless the value is nil.
func (o *object) add(key string, value *yaml.Node) {
	if value != nil {
		o.Content = append(o.Content, scalar(key), value)
	}
}

// flow makes the object one line.
func (o *object) flow() *yaml.Node {
	o.Style = yaml.FlowStyle
	return &o.Node
}

func (m *Mapping) node() *yaml.Node {
	o := newObject()
	o.add("name", scalar(m.Name))
	o.add("notes", prose(m.Notes))
	m.Input.add(o)
	o.add("id", paths(m.ID))
	if len(m.Columns) > 0 {
		columns := newObject()
		for _, c := range m.Columns {
			columns.add(c.Name, c.node())
		}
		o.add("columns", &columns.Node)
	}
	o.add("custom", scalar(m.Custom))
	o.add("password", m.Password.node())
	o.add("hashes", m.Hashes.node())
	o.add("groups", m.Groups.node())
	o.add("disabled", conditions(m.Disabled))
	o.add("every_value", list(m.EveryValue, transform.Transform.String))
	o.add("ignore", paths(m.Ignore))
	o.add("ignore_rest", boolean(m.IgnoreRest, true))
	o.add("null_words", list(m.NullWords, func(word string) string { return word }))
	o.add("phone_region", scalar(m.PhoneRegion))
	o.add("recognize", m.Recognize.node())
	return &o.Node
}

func (in Input) add(o *object) {
	o.add("format", scalar(string(in.Format)))
	switch in.Delimiter {
	case 0:
	case '\t':
		o.add("delimiter", scalar("tab"))
	default:
		o.add("delimiter", scalar(string(rune(in.Delimiter))))
	}
	if in.Escape != 0 {
		o.add("escape", scalar(string(rune(in.Escape))))
	}
	o.add("header", boolean(in.NoHeader, false))
	o.add("encoding", scalar(in.Encoding))
	o.add("table", scalar(in.Table))
	o.add("records", path(in.Records))
	o.add("where", short(list(in.Where, format.Filter.String)))
}

func (c Column) node() *yaml.Node {
	o := newObject()
	o.add("from", paths(c.From))
	o.add("in", path(c.In))
	o.add("set", scalar(c.Set))
	o.add("template", scalar(c.Template.String()))
	o.add("default", scalar(c.Default))
	o.add("transforms", list(c.Transforms, transform.Transform.String))
	return onlyFrom(o)
}

// onlyFrom returns the value of from if the object has no other key, and the object otherwise.
func onlyFrom(o *object) *yaml.Node {
	if len(o.Content) == 2 && o.Content[0].Value == "from" {
		return o.Content[1]
	}
	return o.flow()
}

func (p Password) node() *yaml.Node {
	if p.Kind == PasswordNone {
		return nil
	}
	o := newObject()
	if p.Kind != PasswordHash {
		o.add("kind", scalar(string(p.Kind)))
	}
	o.add("from", paths(p.From))
	o.add("peppered", boolean(p.Peppered, true))
	return onlyFrom(o)
}

func (h *Hashes) node() *yaml.Node {
	if h == nil {
		return nil
	}
	o := newObject()
	h.Input.add(o)
	o.add("id", paths(h.ID))
	o.add("password", h.Password.node())
	if len(h.Key.From) > 0 {
		key := newObject()
		key.add("from", paths(h.Key.From))
		key.add("transforms", list(h.Key.Transforms, transform.Transform.String))
		o.add("key", onlyFrom(key))
	}
	return &o.Node
}

func (r *Recognition) node() *yaml.Node {
	if r == nil {
		return nil
	}
	o := newObject()
	o.add("columns", paths(r.Columns))
	cells := list(r.Cells, strconv.Itoa)
	if cells != nil {
		for _, n := range cells.Content {
			n.Tag = "!!int"
		}
	}
	o.add("cells", short(cells))
	if len(r.Values) > 0 {
		values := newObject()
		for _, form := range r.Values {
			values.add(form.From.String(), scalar(form.Pattern))
		}
		o.add("values", &values.Node)
	}
	return &o.Node
}

func (g Groups) node() *yaml.Node {
	if len(g.From) == 0 {
		return nil
	}
	o := newObject()
	o.add("from", paths(g.From))
	o.add("separator", scalar(g.Separator))
	o.add("transforms", list(g.Transforms, transform.Transform.String))
	return onlyFrom(o)
}

func conditions(all []Condition) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, c := range all {
		n.Content = append(n.Content, c.node())
	}
	return short(n)
}

func (c Condition) node() *yaml.Node {
	o := newObject()
	o.add("from", path(c.From))
	if c.When == WhenFalse {
		o.add("when", boolean(true, false))
	} else {
		o.add("when", scalar(string(c.When)))
	}
	o.add("when", list(c.Words, func(word string) string { return word }))
	return onlyFrom(o)
}

// scalar returns a text, or nil for an empty one.
func scalar(text string) *yaml.Node {
	if text == "" {
		return nil
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if !isPrintable(text) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// isPrintable reports whether a text needs no escapes in any style of YAML.
func isPrintable(text string) bool {
	for _, r := range text {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// prose returns a text of several lines as a block, if the block has all of it.
func prose(text string) *yaml.Node {
	n := scalar(text)
	if n != nil && isBlock(text) {
		n.Style = yaml.LiteralStyle
	}
	return n
}

// isBlock reports whether a text is lines without white space at their ends, each of which ends with a line feed.
func isBlock(text string) bool {
	if !strings.HasSuffix(text, "\n") {
		return false
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if line == "" || strings.TrimSpace(line) != line || !isPrintable(line) {
			return false
		}
	}
	return true
}

// boolean returns value, or nil if it is not to be written.
func boolean(write, value bool) *yaml.Node {
	if !write {
		return nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(value)}
}

func path(p format.Path) *yaml.Node { return scalar(p.String()) }

func paths(all []format.Path) *yaml.Node { return short(list(all, format.Path.String)) }

// list returns a list on one line, or nil for a nil slice.
func list[T any](all []T, text func(T) string) *yaml.Node {
	if all == nil {
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
	for _, item := range all {
		n.Content = append(n.Content, scalar(text(item)))
	}
	return n
}

// short returns the element of a list of one, nil for an empty list, and any other list as it is.
func short(n *yaml.Node) *yaml.Node {
	switch {
	case n == nil || len(n.Content) == 0:
		return nil
	case len(n.Content) == 1:
		return n.Content[0]
	}
	return n
}
