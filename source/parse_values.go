package source

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// text reads a word or a text. Numbers and Booleans are the text that is written.
func (d *decoder) text(into *string) func(*yaml.Node) {
	return d.checkedText(into, nil)
}

// checkedText reads a text. check can be nil.
func (d *decoder) checkedText(into *string, check func(string) error) func(*yaml.Node) {
	return func(n *yaml.Node) {
		switch {
		case n.Kind == yaml.AliasNode || n.Anchor != "":
			d.fail(n, nil, "a mapping file has no anchors and aliases")
		case n.Kind != yaml.ScalarNode:
			d.fail(n, nil, "a text is expected here")
		case !strings.HasPrefix(n.Tag, "!!"):
			d.fail(n, nil, "a mapping file has no tags")
		case n.Tag == "!!null" || n.Value == "":
			d.fail(n, nil, "a value is missing here; leave the key out if there is none")
		default:
			*into = n.Value
			if check != nil {
				d.check(n, check(n.Value))
			}
		}
	}
}

func (d *decoder) flag(into *bool) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || n.Decode(into) != nil {
			d.fail(n, nil, "true or false is expected here")
		}
	}
}

// list reads one value, or a list of values. An empty list is refused.
func (d *decoder) list(read func(*yaml.Node)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			read(n)
			return
		}
		if len(n.Content) == 0 {
			d.fail(n, nil, "the list is empty; leave the key out if there is nothing")
		}
		for _, element := range n.Content {
			read(element)
		}
	}
}

// items reads a list, which can be empty, into a slice that is not nil.
func items[T any](d *decoder, into *[]T, parse func(string) (T, error)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*into = []T{}
		if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
			return
		}
		d.list(func(n *yaml.Node) {
			d.checkedText(new(string), func(text string) error {
				item, err := parse(text)
				*into = append(*into, item)
				return err
			})(n)
		})(n)
	}
}

func (d *decoder) words(into *[]string, check func([]string) error) func(*yaml.Node) {
	return items(d, into, func(word string) (string, error) {
		if check == nil {
			return word, nil
		}
		return word, check([]string{word})
	})
}

func (d *decoder) path(into *format.Path) func(*yaml.Node) {
	return d.checkedText(new(string), func(text string) (err error) {
		*into, err = format.ParsePath(text)
		return err
	})
}

// paths reads a path, or a list of paths.
func (d *decoder) paths(into *[]format.Path) func(*yaml.Node) {
	return d.list(func(n *yaml.Node) {
		var p format.Path
		d.path(&p)(n)
		*into = append(*into, p)
	})
}

func (d *decoder) transforms(into *[]transform.Transform) func(*yaml.Node) {
	return items(d, into, func(text string) (transform.Transform, error) {
		t, err := transform.Parse(text)
		var unknown *transform.UnknownError
		if errors.As(err, &unknown) {
			if near, ok := closest(unknown.Name, transform.Names()); ok {
				return nil, &nearError{err: err, near: near}
			}
		}
		return t, err
	})
}

// nearError adds the nearest known name to an error.
type nearError struct {
	err  error
	near string
}

func (e *nearError) Error() string { return e.err.Error() + "; did you mean " + e.near + "?" }

func (e *nearError) Unwrap() error { return e.err }

func (d *decoder) recognition(n *yaml.Node, r *Recognition) {
	problems := len(d.problems)
	d.fields(n, "recognize", keys{
		"columns": d.paths(&r.Columns),
		"cells": d.list(func(n *yaml.Node) {
			var cells int
			if n.Kind != yaml.ScalarNode || n.Decode(&cells) != nil {
				d.fail(n, nil, "a number of columns is expected here")
				return
			}
			r.Cells = append(r.Cells, cells)
		}),
		"values": func(n *yaml.Node) {
			d.pairs(n, "values", func(key, value *yaml.Node) {
				var form ValueForm
				d.path(&form.From)(key)
				d.text(&form.Pattern)(value)
				r.Values = append(r.Values, form)
			})
		},
	})
	if len(d.problems) == problems {
		d.check(n, r.validate())
	}
}
