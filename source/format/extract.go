package format

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// extractor finds the values of several paths in one pass over a JSON value. Strings without escapes refer to the text of the record.
type extractor struct {
	root   *node
	values []Value
	nested []*decoder // for values in values, by depth
	depth  int
}

// node is a place in a JSON value that paths lead to or through.
type node struct {
	ends     []int // the paths that end here, as indexes of values
	members  []member
	elements []element
	matches  []match
	each     []each
	decode   *node // the JSON in the string that is here
}

type member struct {
	key string
	*node
}

type element struct {
	n int
	*node
}

type match struct {
	key, value string
	*node
}

// each is a path that goes on in all elements.
type each struct {
	path int        // the index of its value
	rest *extractor // with the rest of the path as its only one
	flat bool       // the rest finds arrays, whose elements are wanted
}

// newExtractor returns an extractor of the paths.
func newExtractor(paths []Path) (*extractor, error) {
	x := &extractor{root: &node{}, values: make([]Value, len(paths))}
	for i, p := range paths {
		if len(p.steps) > 0 && p.steps[0].kind == stepColumn {
			return nil, &BindError{Path: p, Reason: "only a table has numbered columns"}
		}
		if err := x.root.add(p.steps, i); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// add adds a path that goes on with steps.
func (n *node) add(steps []step, path int) error {
	for i, s := range steps {
		switch s.kind {
		case stepKey:
			n = n.member(s.key)
		case stepIndex:
			n = n.element(s.n)
		case stepMatch:
			n = n.match(s.key, s.value)
		case stepJSON:
			if n.decode == nil {
				n.decode = &node{}
			}
			n = n.decode
		case stepEach:
			rest, err := newExtractor([]Path{{steps: steps[i+1:]}})
			if err != nil {
				return err
			}
			n.each = append(n.each, each{path: path, rest: rest, flat: hasEach(steps[i+1:])})
			return nil
		}
	}
	n.ends = append(n.ends, path)
	return nil
}

func hasEach(steps []step) bool {
	for _, s := range steps {
		if s.kind == stepEach {
			return true
		}
	}
	return false
}

func (n *node) member(key string) *node {
	for _, m := range n.members {
		if m.key == key {
			return m.node
		}
	}
	n.members = append(n.members, member{key: key, node: &node{}})
	return n.members[len(n.members)-1].node
}

func (n *node) element(i int) *node {
	for _, e := range n.elements {
		if e.n == i {
			return e.node
		}
	}
	n.elements = append(n.elements, element{n: i, node: &node{}})
	return n.elements[len(n.elements)-1].node
}

func (n *node) match(key, value string) *node {
	for _, m := range n.matches {
		if m.key == key && m.value == value {
			return m.node
		}
	}
	n.matches = append(n.matches, match{key: key, value: value, node: &node{}})
	return n.matches[len(n.matches)-1].node
}

// onlyMembers reports whether all paths go on in members, so that the value need not be kept as a whole.
func (n *node) onlyMembers() bool {
	return len(n.ends) == 0 && len(n.elements) == 0 && len(n.matches) == 0 && len(n.each) == 0 && n.decode == nil
}

// decoder reads the JSON value in a slice, without a copy.
type decoder struct {
	*jsontext.Decoder
	buf bytes.Buffer
}

func newDecoder() *decoder {
	d := &decoder{}
	d.Decoder = jsontext.NewDecoder(&d.buf)
	return d
}

func (d *decoder) reset(b []byte, options ...jsontext.Options) {
	d.buf = *bytes.NewBuffer(b)
	d.Reset(&d.buf, options...)
}

// open returns a decoder of a value that is known to be valid. Call close afterwards.
func (x *extractor) open(raw []byte) *decoder {
	if x.depth == len(x.nested) {
		x.nested = append(x.nested, newDecoder())
	}
	d := x.nested[x.depth]
	x.depth++
	d.reset(raw, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return d
}

func (x *extractor) close() { x.depth-- }

// clear makes all values Missing.
func (x *extractor) clear() { clear(x.values) }

// read reads the next value of d, and finds the paths in it. text is all that d reads.
func (x *extractor) read(d *decoder, text string, n *node) error {
	if !n.onlyMembers() {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		end := int(d.InputOffset())
		return x.visit(raw, text[end-len(raw):end], n)
	}
	if len(n.members) == 0 || d.PeekKind() != jsontext.KindBeginObject {
		return d.SkipValue()
	}
	return x.readObject(d, text, n)
}

func (x *extractor) readObject(d *decoder, text string, n *node) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != jsontext.KindEndObject {
		name, err := d.ReadValue()
		if err != nil {
			return err
		}
		if m := n.named(name); m != nil {
			err = x.read(d, text, m)
		} else {
			err = d.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// named returns the member of that name, which is a JSON string, or nil.
func (n *node) named(name jsontext.Value) *node {
	plain := []byte(name[1 : len(name)-1])
	if bytes.IndexByte(plain, '\\') >= 0 {
		var err error
		if plain, err = jsontext.AppendUnquote(nil, name); err != nil {
			return nil
		}
	}
	for i := range n.members {
		if n.members[i].key == string(plain) {
			return n.members[i].node
		}
	}
	return nil
}

// visit finds the paths in a valid value. text is the same bytes.
func (x *extractor) visit(raw jsontext.Value, text string, n *node) error {
	if len(n.ends) > 0 || n.decode != nil {
		v := jsonValue(raw, text)
		for _, i := range n.ends {
			x.values[i] = v
		}
		if err := x.visitDecoded(raw, v, text, n.decode); err != nil {
			return err
		}
	}
	switch {
	case raw.Kind() == jsontext.KindBeginObject && len(n.members) > 0:
		d := x.open(raw)
		defer x.close()
		return x.readObject(d, text, n)
	case raw.Kind() == jsontext.KindBeginArray:
		return x.visitArray(raw, text, n)
	default:
		return nil
	}
}

// visitDecoded finds the paths in the JSON in a string. A value that is not a string is already decoded.
func (x *extractor) visitDecoded(raw jsontext.Value, v Value, text string, n *node) error {
	switch {
	case n == nil || v.Kind == Null:
		return nil
	case v.Kind != String:
		return x.visit(raw, text, n)
	}
	trimmed := strings.Trim(v.Text, " \t\r\n")
	if trimmed == "" {
		return nil
	}
	inner := jsontext.Value(trimmed)
	if !inner.IsValid() {
		x.invalidate(n, v.Text)
		return nil
	}
	return x.visit(inner, trimmed, n)
}

// invalidate makes the values of all paths from a node Invalid.
func (x *extractor) invalidate(n *node, text string) {
	for _, i := range n.ends {
		x.values[i] = Value{Text: text, Kind: Invalid}
	}
	for _, e := range n.each {
		x.values[e.path] = Value{Text: text, Kind: Invalid}
	}
	for _, m := range n.members {
		x.invalidate(m.node, text)
	}
	for _, e := range n.elements {
		x.invalidate(e.node, text)
	}
	for _, m := range n.matches {
		x.invalidate(m.node, text)
	}
	if n.decode != nil {
		x.invalidate(n.decode, text)
	}
}

// decoded returns the value of the only path, which begins with |json, in a string.
func (x *extractor) decoded(text string) Value {
	x.clear()
	if err := x.visitDecoded(nil, Value{Text: text, Kind: String}, "", x.root.decode); err != nil {
		return Value{Text: text, Kind: Invalid}
	}
	return x.values[0]
}
