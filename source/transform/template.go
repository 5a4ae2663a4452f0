package transform

import (
	"fmt"
	"strings"
)

// Template makes one value of several: "{given_name} {family_name}". [ParseTemplate] makes it.
type Template struct {
	text  string
	parts []part
}

// part is a literal text, or a field.
type part struct {
	text  string
	field int // the index in Fields; -1 for a literal
}

// ParseTemplate parses a template. Fields are between braces. A field can have quoted text with braces in it, as in
// {"a}b"}. A brace outside of a field is written twice: "{{" and "}}".
func ParseTemplate(text string) (Template, error) {
	t := Template{text: text}
	fields := 0
	literal := strings.Builder{}
	for rest := text; rest != ""; {
		switch {
		case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"):
			literal.WriteByte(rest[0])
			rest = rest[2:]
		case rest[0] == '}':
			return Template{}, fmt.Errorf("template %q has a } without {: write }} for a brace", text)
		case rest[0] == '{':
			n := fieldEnd(rest)
			if n < 0 {
				return Template{}, fmt.Errorf("template %q has a { without }: write {{ for a brace", text)
			}
			name := rest[1:n]
			if strings.TrimSpace(name) == "" {
				return Template{}, fmt.Errorf("template %q has a field without a name", text)
			}
			t.addLiteral(&literal)
			t.parts = append(t.parts, part{text: name, field: fields})
			fields++
			rest = rest[n+1:]
		default:
			literal.WriteByte(rest[0])
			rest = rest[1:]
		}
	}
	t.addLiteral(&literal)
	if fields == 0 {
		return Template{}, fmt.Errorf("template %q has no field: write the name of a column between braces", text)
	}
	return t, nil
}

// fieldEnd returns the offset of the brace that closes the field with which a text begins, or -1.
func fieldEnd(text string) int {
	quoted := false
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == '}' && !quoted:
			return i
		}
	}
	return -1
}

func (t *Template) addLiteral(b *strings.Builder) {
	if b.Len() > 0 {
		t.parts = append(t.parts, part{text: b.String(), field: -1})
		b.Reset()
	}
}

// IsZero reports whether the template is the zero value.
func (t Template) IsZero() bool { return t.text == "" }

// String returns the text from which the template was made.
func (t Template) String() string { return t.text }

// Fields returns what is between the braces, in the order of the text. A name can be there twice.
func (t Template) Fields() []string {
	var fields []string
	for _, p := range t.parts {
		if p.field >= 0 {
			fields = append(fields, p.text)
		}
	}
	return fields
}

// Expand puts the values in the place of the fields. There must be one value for each of [Template.Fields].
//
// Around an empty value, the spaces on both sides become one, and none at both ends: without a middle name,
// "{given} {middle} {family}" has one space. If all values are empty, so is the result.
func (t Template) Expand(values []string) string {
	var b strings.Builder
	some, missing := false, false
	for _, p := range t.parts {
		text := p.text
		switch {
		case p.field >= 0:
			text = values[p.field]
			missing = text == ""
			some = some || !missing
		case missing && (b.Len() == 0 || strings.HasSuffix(b.String(), " ")):
			text = strings.TrimLeft(text, " ")
		}
		b.WriteString(text)
	}
	switch {
	case !some:
		return ""
	case values[len(values)-1] == "":
		return strings.TrimRight(b.String(), " ")
	}
	return b.String()
}
