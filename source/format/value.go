package format

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Record is one record of an export: a line of a table, or a JSON value.
type Record struct {
	File   int     // the index of the file, from 0, in the order of [Reader.Describe]
	Line   int     // the line on which the record begins, from 1
	Number int     // the number of the record in its file, from 1, in a JSON document, where several records can begin on one line; 0 if the line tells which record it is, as in a table and in NDJSON
	Values []Value // one for each path of [Reader.Bind], in the same order; valid until the next call of [Reader.Next]
}

// Value is what a path finds in a record. A copy of it stays valid. Text can be a part of a longer string, so clone it to keep it for long.
type Value struct {
	Text   string // the text of a String; the JSON of other kinds; "" if Missing or Null
	Kind   Kind
	Quoted bool // the cell of a table was between quotation marks
}

// Kind is the kind of a [Value].
type Kind uint8

// The kinds of values. A cell of a table is a String, unless [Options].Nulls makes it Null.
const (
	Missing Kind = iota // the record does not have what the path names
	Null                // JSON null, or a cell that is one of Options.Nulls
	String
	Number
	Bool
	Array
	Object
	// Invalid is a string that |json should decode and that is not JSON. Text is that string.
	Invalid
)

var kindNames = [...]string{"missing", "null", "string", "number", "boolean", "array", "object", "invalid JSON"}

// String returns the kind in plain English.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Elements returns the elements of an Array. A Missing, Null or Invalid value has no elements; any other value has one, itself.
func (v Value) Elements() []Value {
	switch v.Kind {
	case Missing, Null, Invalid:
		return nil
	case Array:
	default:
		return []Value{v}
	}
	var elements []Value
	dec := jsontext.NewDecoder(bytes.NewBufferString(v.Text))
	if _, err := dec.ReadToken(); err != nil {
		return nil
	}
	for {
		switch dec.PeekKind() {
		case jsontext.KindInvalid, jsontext.KindEndArray:
			return elements
		}
		raw, err := dec.ReadValue()
		if err != nil {
			return elements
		}
		end := int(dec.InputOffset())
		elements = append(elements, jsonValue(raw, v.Text[end-len(raw):end]))
	}
}

// jsonValue returns the value of raw, which is valid JSON. text is the same bytes; the Value refers to it where it can.
func jsonValue(raw jsontext.Value, text string) Value {
	switch raw.Kind() {
	case jsontext.KindString:
		if bytes.IndexByte(raw, '\\') < 0 {
			return Value{Text: text[1 : len(text)-1], Kind: String}
		}
		unquoted, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return Value{Text: text, Kind: Invalid}
		}
		return Value{Text: string(unquoted), Kind: String}
	case jsontext.KindNumber:
		return Value{Text: text, Kind: Number}
	case jsontext.KindTrue, jsontext.KindFalse:
		return Value{Text: text, Kind: Bool}
	case jsontext.KindBeginArray:
		return Value{Text: text, Kind: Array}
	case jsontext.KindBeginObject:
		return Value{Text: text, Kind: Object}
	case jsontext.KindNull:
		return Value{Kind: Null}
	default:
		return Value{Text: text, Kind: Invalid}
	}
}
