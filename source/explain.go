package source

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// Explanation says in plain English what a column is made of.
type Explanation struct {
	Column     string
	From       string // such as "profile.email" or "the constant \"true\""
	Transforms string // such as "null, trim, lower, nfc"; "" for a constant
	Kind       string // the kind of the column, such as "e-mail address", if it decided the transforms; otherwise ""
	Default    string
}

// String returns the explanation on one line, such as
//
//	email: profile.email; null, trim, lower, nfc (by default for an e-mail address)
func (e Explanation) String() string {
	text := e.Column + ": " + e.From
	if e.Transforms != "" {
		text += "; " + e.Transforms
	}
	if e.Kind != "" {
		article := "a"
		if strings.HasPrefix(e.Kind, "e") {
			article = "an"
		}
		text += fmt.Sprintf(" (by default for %s %s)", article, e.Kind)
	}
	if e.Default != "" {
		text += fmt.Sprintf("; %q if empty", e.Default)
	}
	return text
}

// Explain says what each column is made of, in the order of m.Columns, with the transforms that apply. schema has the types of
// custom columns; it can be nil.
func (m *Mapping) Explain(schema importjob.Schema) []Explanation {
	all := make([]Explanation, 0, len(m.Columns))
	for _, c := range m.Columns {
		e := Explanation{Column: c.Name, From: c.source(), Default: c.Default}
		if c.Set == "" {
			e.Transforms = transform.NewChain(append(m.clean(c.Name), m.chain(c, schema)...)...).String()
		}
		if c.Set == "" && c.Transforms == nil {
			e.Kind = string(kindOf(c.Name, schema))
		}
		all = append(all, e)
	}
	return all
}

// source says where the value of a column comes from.
func (c Column) source() string {
	from := joinPaths(c.From, " or ")
	switch {
	case c.Set != "":
		return "the constant " + strconv.Quote(c.Set)
	case !c.Template.IsZero():
		return "the template " + strconv.Quote(c.Template.String())
	case !c.In.IsZero():
		return "whether " + c.In.String() + " has " + from
	case from == "":
		return "nothing"
	}
	return from
}

func joinPaths(paths []format.Path, separator string) string {
	var texts []string
	for _, p := range paths {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, separator)
}
