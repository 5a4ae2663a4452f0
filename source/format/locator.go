package format

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// lenient are the options for text around records. The records themselves are checked one by one, so that a fault in one does
// not end the file.
var lenient = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// locator finds the records of a JSON text, by a path with keys, [n] and [*].
type locator struct {
	dec    *jsontext.Decoder
	steps  []step
	stack  []frame
	before func() // called before each read; can be nil
}

// frame is an object or an array that the locator is in.
type frame struct {
	array bool
	next  int // the index of the next element
}

func newLocator(records Path) *locator { return &locator{steps: records.steps} }

// checkRecords returns an error if the path cannot name records.
func checkRecords(records Path) error {
	for _, s := range records.steps {
		switch s.kind {
		case stepKey, stepIndex, stepEach:
		default:
			return &BindError{Path: records, Reason: "the path to the records has keys, [n] and [*] only"}
		}
	}
	return nil
}

// next returns the next record, which is valid until the next call, or io.EOF.
func (l *locator) next() (jsontext.Value, error) {
	for {
		l.prepare()
		if len(l.stack) == 0 {
			if l.dec.PeekKind() == jsontext.KindInvalid {
				_, err := l.dec.ReadToken() // io.EOF, or what is wrong
				return nil, err
			}
			record, err := l.enter()
			if record != nil || err != nil {
				return record, err
			}
			continue
		}
		wanted, err := l.advance()
		if err != nil {
			return nil, err
		}
		if !wanted {
			continue
		}
		record, err := l.enter()
		if record != nil || err != nil {
			return record, err
		}
	}
}

func (l *locator) prepare() {
	if l.before != nil {
		l.before()
	}
}

// enter goes into the next value, skips it, or returns it as a record.
func (l *locator) enter() (jsontext.Value, error) {
	depth := len(l.stack)
	if depth == len(l.steps) {
		return l.dec.ReadValue()
	}
	array := l.steps[depth].kind != stepKey
	switch kind := l.dec.PeekKind(); {
	case kind == jsontext.KindBeginArray && array, kind == jsontext.KindBeginObject && !array:
		l.stack = append(l.stack, frame{array: array})
		_, err := l.dec.ReadToken()
		return nil, err
	default:
		return nil, l.skip()
	}
}

// advance goes to the next member or element. It returns true if the path goes on there.
func (l *locator) advance() (bool, error) {
	top := &l.stack[len(l.stack)-1]
	s := l.steps[len(l.stack)-1]
	switch l.dec.PeekKind() {
	case jsontext.KindEndObject, jsontext.KindEndArray:
		l.stack = l.stack[:len(l.stack)-1]
		_, err := l.dec.ReadToken()
		return false, err
	case jsontext.KindInvalid:
		_, err := l.dec.ReadToken() // what is wrong; io.ErrUnexpectedEOF at the end of the text
		return false, err
	}
	var wanted bool
	if top.array {
		wanted = s.kind == stepEach || s.n == top.next
		top.next++
	} else {
		name, err := l.dec.ReadValue()
		if err != nil {
			return false, err
		}
		wanted = isName(name, s.key)
	}
	if !wanted {
		return false, l.skip()
	}
	return true, nil
}

// isName reports whether a JSON string is the key.
func isName(name jsontext.Value, key string) bool {
	if bytes.IndexByte(name, '\\') < 0 {
		return string(name[1:len(name)-1]) == key
	}
	unquoted, err := jsontext.AppendUnquote(nil, name)
	return err == nil && string(unquoted) == key
}

// skip skips the next value, token by token, so that a large one needs no memory.
func (l *locator) skip() error {
	depth := l.dec.StackDepth()
	for {
		l.prepare()
		if _, err := l.dec.ReadToken(); err != nil {
			return err
		}
		if l.dec.StackDepth() <= depth {
			return nil
		}
	}
}
