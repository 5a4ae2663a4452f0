package format

import (
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Filter keeps the records that have a value: model=auth.user keeps those whose member model has the text auth.user. Or it keeps those that
// have none: deleted_at=null.
type Filter struct {
	Path  Path
	Value string
	None  bool // keep the records in which the value is missing, null, the empty text, or a word that tables have for it: null or \N; Value is ""
}

// ParseFilter parses path=value, such as model=auth.user or enabled=true, or path=null. A value that begins with a quotation mark is a
// JSON string. The error is a *[PathError].
func ParseFilter(text string) (Filter, error) {
	p := pathParser{text: text}
	for p.at < len(text) && text[p.at] != '=' {
		if err := p.step(); err != nil {
			return Filter{}, err
		}
	}
	if len(p.steps) == 0 {
		return Filter{}, p.fail(p.at, "a path is expected before the =")
	}
	if err := p.expect('=', "=value is expected here"); err != nil {
		return Filter{}, err
	}
	f := Filter{Path: Path{steps: p.steps}, Value: text[p.at:]}
	if f.Value == none {
		return Filter{Path: f.Path, None: true}, nil
	}
	if strings.HasPrefix(f.Value, `"`) {
		value, err := p.quoted()
		if err != nil {
			return Filter{}, err
		}
		if p.at < len(text) {
			return Filter{}, p.fail(p.at, "the text ends after the quoted value")
		}
		f.Value = value
	}
	if !utf8.ValidString(f.Value) {
		return Filter{}, p.fail(p.at, "the value is not valid UTF-8")
	}
	return f, nil
}

// String returns the filter so that [ParseFilter] returns the same filter.
func (f Filter) String() string {
	var b strings.Builder
	b.WriteString(f.Path.String())
	b.WriteByte('=')
	if f.None {
		return b.String() + none
	}
	if f.Value == none || strings.HasPrefix(f.Value, `"`) || !plain(f.Value, "") {
		quoted, _ := jsontext.AppendQuote(nil, f.Value) // fails only for invalid UTF-8, which ParseFilter refuses
		b.Write(quoted)
	} else {
		b.WriteString(f.Value)
	}
	return b.String()
}

// MarshalText returns String.
func (f Filter) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText parses the filter. The error is a *PathError.
func (f *Filter) UnmarshalText(text []byte) error {
	parsed, err := ParseFilter(string(text))
	if err != nil {
		return err
	}
	*f = parsed
	return nil
}

// none is what Filter.None is in a text.
const none = "null"

// keeps reports whether the value that the path found passes the filter.
func (f Filter) keeps(v Value) bool {
	if f.None {
		return v.Kind == Missing || v.Kind == Null || v.Kind == String && (v.Text == "" || v.Text == `\N` || strings.EqualFold(v.Text, none))
	}
	switch v.Kind {
	case String, Number, Bool:
		return v.Text == f.Value
	default:
		return false
	}
}

// keepsAll reports whether the values, one for each filter, pass them.
func keepsAll(filters []Filter, values []Value) bool {
	for i, f := range filters {
		if !f.keeps(values[i]) {
			return false
		}
	}
	return true
}
