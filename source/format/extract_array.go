package format

import "github.com/go-json-experiment/json/jsontext"

// visitArray finds the paths in the elements of a valid array.
func (x *extractor) visitArray(raw jsontext.Value, text string, n *node) error {
	if len(n.elements) == 0 && len(n.matches) == 0 && len(n.each) == 0 {
		return nil
	}
	d := x.open(raw)
	defer x.close()
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	matched := make([]bool, len(n.matches))
	found := make([][]byte, len(n.each)) // the elements of the arrays that the paths with [*] find
	for i := 0; d.PeekKind() != jsontext.KindEndArray; i++ {
		element, err := d.ReadValue()
		if err != nil {
			return err
		}
		end := int(d.InputOffset())
		if err := x.visitElement(i, element, text[end-len(element):end], n, matched); err != nil {
			return err
		}
		for j, e := range n.each {
			if found[j], err = x.collect(found[j], e, element, text[end-len(element):end]); err != nil {
				return err
			}
		}
	}
	for j, e := range n.each {
		if x.values[e.path].Kind != Invalid {
			x.values[e.path] = Value{Text: "[" + string(found[j]) + "]", Kind: Array}
		}
	}
	return nil
}

// visitElement finds the paths that go on in the element i, or in the first element that matches.
func (x *extractor) visitElement(i int, raw jsontext.Value, text string, n *node, matched []bool) error {
	for _, e := range n.elements {
		if e.n == i {
			if err := x.visit(raw, text, e.node); err != nil {
				return err
			}
		}
	}
	for j, m := range n.matches {
		if matched[j] {
			continue
		}
		v, err := x.lookUp(raw, text, m.key)
		if err != nil {
			return err
		}
		if matched[j] = (Filter{Value: m.value}).keeps(v); matched[j] {
			if err := x.visit(raw, text, m.node); err != nil {
				return err
			}
		}
	}
	return nil
}

// lookUp returns the member of a valid object.
func (x *extractor) lookUp(raw jsontext.Value, text, key string) (Value, error) {
	if raw.Kind() != jsontext.KindBeginObject {
		return Value{}, nil
	}
	d := x.open(raw)
	defer x.close()
	if _, err := d.ReadToken(); err != nil {
		return Value{}, err
	}
	wanted := node{members: []member{{key: key, node: &node{}}}}
	for d.PeekKind() != jsontext.KindEndObject {
		name, err := d.ReadValue()
		if err != nil {
			return Value{}, err
		}
		if wanted.named(name) == nil {
			if err := d.SkipValue(); err != nil {
				return Value{}, err
			}
			continue
		}
		value, err := d.ReadValue()
		if err != nil {
			return Value{}, err
		}
		end := int(d.InputOffset())
		return jsonValue(value, text[end-len(value):end]), nil
	}
	return Value{}, nil
}

// collect appends what the rest of a path finds in an element.
func (x *extractor) collect(found []byte, e each, raw jsontext.Value, text string) ([]byte, error) {
	e.rest.clear()
	if err := e.rest.visit(raw, text, e.rest.root); err != nil {
		return found, err
	}
	v := e.rest.values[0]
	switch v.Kind {
	case Missing, Null:
		return found, nil
	case Invalid:
		x.values[e.path] = v
		return found, nil
	}
	inner := v.Text
	if v.Kind == Array && e.flat {
		if inner = inner[1 : len(inner)-1]; inner == "" {
			return found, nil
		}
	}
	if len(found) > 0 {
		found = append(found, ',')
	}
	if v.Kind == String {
		return jsontext.AppendQuote(found, inner)
	}
	return append(found, inner...), nil
}
