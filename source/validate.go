package source

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// Validate checks what the types of a Mapping do not. The error names the column or the key. [Parse] returns only valid mappings.
func (m *Mapping) Validate() error {
	for i, c := range m.Columns {
		if err := c.validate(); err != nil {
			return err
		}
		if slices.ContainsFunc(m.Columns[:i], func(other Column) bool { return other.Name == c.Name }) {
			return fmt.Errorf("column %s is there twice", c.Name)
		}
	}
	for _, d := range m.Disabled {
		if err := d.validate(); err != nil {
			return err
		}
	}
	if err := errors.Join(m.Input.validate(), m.Password.validate(), m.Groups.validate(), validateWords(m.NullWords), validateRegion(m.PhoneRegion), validateCustom(m.Custom)); err != nil {
		return err
	}
	if err := m.Recognize.validate(); err != nil {
		return err
	}
	if m.Hashes == nil {
		return nil
	}
	if len(m.Hashes.Key.From) == 0 && len(m.ID) == 0 {
		return errors.New("hashes: the key is missing, and the mapping has no id that could be it")
	}
	return m.Hashes.validate()
}

func (c Column) validate() error {
	sources := 0
	for _, has := range []bool{len(c.From) > 0, c.Set != "", !c.Template.IsZero()} {
		if has {
			sources++
		}
	}
	switch {
	case c.Name == "" || strings.TrimSpace(c.Name) != c.Name:
		return errors.New("a column needs a name, without spaces around it")
	case sources > 1:
		return fmt.Errorf("column %s: from, set and template exclude each other", c.Name)
	case sources == 0 && !c.makesValue():
		return fmt.Errorf("column %s: from, set or template is missing", c.Name)
	case !c.In.IsZero() && len(c.From) == 0:
		return fmt.Errorf("column %s: in needs from", c.Name)
	case c.Set != "" && (c.Default != "" || c.Transforms != nil):
		return fmt.Errorf("column %s: set needs neither default nor transforms", c.Name)
	}
	if _, err := c.TemplatePaths(); err != nil {
		return fmt.Errorf("column %s: %w", c.Name, err)
	}
	return nil
}

// makesValue reports whether the transforms make a value of nothing.
func (c Column) makesValue() bool {
	if len(c.Transforms) == 0 {
		return false
	}
	_, ok := c.Transforms[0].(transform.RandomUUID)
	return ok
}

// TemplatePaths returns the fields of the template as paths. The error is a *format.PathError.
func (c Column) TemplatePaths() ([]format.Path, error) {
	var paths []format.Path
	for _, field := range c.Template.Fields() {
		p, err := format.ParsePath(field)
		if err != nil {
			return nil, err
		}
		paths = append(paths, p)
	}
	return paths, nil
}

func (in Input) validate() error {
	switch in.Format {
	case "", format.CSV, format.JSON, format.NDJSON, format.PGCopy:
	default:
		return fmt.Errorf("unknown format %q: use csv, json, ndjson or pgcopy", string(in.Format))
	}
	if in.Delimiter >= 0x80 || in.Delimiter != 0 && strings.IndexByte("\r\n\"", in.Delimiter) >= 0 {
		return errors.New("the delimiter is one ASCII character, such as ; or |, or tab")
	}
	if in.Escape >= 0x80 || in.Escape != 0 && (strings.IndexByte("\r\n\"", in.Escape) >= 0 || in.Escape == in.Delimiter) {
		return errors.New(`the escape is one ASCII character, such as \, and not the delimiter`)
	}
	return nil
}

func (p Password) validate() error {
	parts, ok := passwordParts[p.Kind]
	switch {
	case !ok:
		return fmt.Errorf("unknown kind of password %q: use %s", string(p.Kind), strings.Join(passwordKinds(), ", "))
	case p.Kind == PasswordKeycloak && len(p.From) == 1:
	case p.Kind == PasswordHash && len(p.From) == 0, p.Kind != PasswordHash && len(p.From) != parts:
		return fmt.Errorf("a password of kind %s needs %s in from", p.Kind.text(), []string{"nothing", "a path", "2 paths", "3 paths", "4 paths"}[parts])
	case p.Kind == PasswordNone && p.Peppered:
		return errors.New("without a password, nothing is peppered")
	}
	return nil
}

// passwordKinds returns the kinds as a file has them, sorted.
func passwordKinds() []string {
	var kinds []string
	for kind := range passwordParts {
		kinds = append(kinds, kind.text())
	}
	slices.Sort(kinds)
	return kinds
}

// text returns the kind as a file has it.
func (k PasswordKind) text() string {
	if k == PasswordNone {
		return "none"
	}
	return string(k)
}

func (h *Hashes) validate() error {
	switch {
	case len(h.ID) == 0:
		return errors.New("hashes: id is missing")
	case h.Password.Kind == PasswordNone:
		return errors.New("hashes: password is missing")
	case len(h.Key.From) == 0 && h.Key.Transforms != nil:
		return errors.New("hashes: key has transforms, and no from")
	}
	if err := errors.Join(h.Input.validate(), h.Password.validate()); err != nil {
		return fmt.Errorf("hashes: %w", err)
	}
	return nil
}

func (r *Recognition) validate() error {
	if r == nil {
		return nil
	}
	if len(r.Columns) == 0 && len(r.Values) == 0 {
		return errors.New("recognize: columns or values is missing: any export has nothing")
	}
	for _, n := range r.Cells {
		if n < 1 {
			return fmt.Errorf("recognize: a table cannot have %d columns", n)
		}
	}
	for i, form := range r.Values {
		if slices.ContainsFunc(r.Values[:i], func(other ValueForm) bool { return other.From.Equal(form.From) }) {
			return fmt.Errorf("recognize: the values of %s are there twice", form.From)
		}
		if form.From.IsZero() || form.Pattern == "" {
			return errors.New("recognize: values need a path and a pattern")
		}
		if _, err := regexp.Compile(form.Pattern); err != nil {
			return fmt.Errorf("recognize: the values of %s: %w", form.From, err)
		}
	}
	return nil
}

func (g Groups) validate() error {
	if len(g.From) == 0 && (g.Separator != "" || g.Transforms != nil) {
		return errors.New("groups: from is missing")
	}
	return nil
}

func (c Condition) validate() error {
	switch {
	case c.From.IsZero():
		return errors.New("disabled: from is missing")
	case c.Words != nil && (c.When != "" || len(c.Words) == 0):
		return errors.New("disabled: when is one of true, false, non-empty and future, or a list of words")
	case !slices.Contains([]When{WhenTrue, WhenFalse, WhenNonEmpty, WhenFuture}, c.When):
		return fmt.Errorf("disabled: when cannot be %q: use true, false, non-empty or future, or a list of words", string(c.When))
	}
	return nil
}

func validateWords(words []string) error {
	for _, word := range words {
		if word == "" || strings.Contains(word, "|") {
			return fmt.Errorf("null_words cannot have the word %q", word)
		}
	}
	return nil
}

func validateRegion(region string) error {
	if region == "" {
		return nil
	}
	if _, err := transform.Parse("phone=" + region); err != nil {
		return fmt.Errorf("phone_region: %q is not a region: it is two upper-case letters, such as US", region)
	}
	return nil
}

// validateCustom checks a Mapping.Custom.
func validateCustom(text string) error {
	if text == "" {
		return nil
	}
	if !strings.Contains(text, nameInPath) {
		return fmt.Errorf("custom: %s is missing, which stands for the name of the attribute", nameInPath)
	}
	if _, err := customPath(text, "custom:x"); err != nil {
		return fmt.Errorf("custom: %w", err)
	}
	return nil
}
