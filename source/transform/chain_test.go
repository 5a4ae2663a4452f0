package transform_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source/transform"
)

func TestChain(t *testing.T) {
	c := transform.NewChain(transform.Null{}, transform.Trim{}, transform.Lower{}, transform.NFC{}, transform.MaxLength{Characters: 12})
	assert.Equal(t, "null, trim, lower, nfc, max-length=12", c.String())
	assert.Len(t, c.Transforms(), 5)
	for value, want := range map[string]string{"": "", "a@b.c": "a@b.c", " A@b.c": "a@b.c", "Z@b.c": "z@b.c", "a@b.c\u2003": "a@b.c", "NULL": "", "Zoe\u0308": "zoë"} {
		got, err := c.Apply(value)
		require.NoError(t, err)
		assert.Equal(t, want, got, "%q", value)
	}
	_, err := c.Apply("much too long a value")
	require.ErrorIs(t, err, transform.TextTooLong)

	assert.Equal(t, "as it is", transform.Chain{}.String())
	got, err := transform.Chain{}.Apply(" x")
	require.NoError(t, err)
	assert.Equal(t, " x", got)
}

// The chain's fast path must give what the transforms give one by one.
func FuzzChainIsItsTransforms(f *testing.F) {
	for _, c := range cases {
		f.Add(c.value)
	}
	lists := [][]transform.Transform{
		{transform.Trim{}}, {transform.Lower{}}, {transform.NFC{}}, {transform.OneLine{}}, {transform.Null{}}, {transform.Null{Words: "x|y"}, transform.Trim{}},
		{transform.Trim{}, transform.Null{Words: "x"}, transform.Null{}},
		{transform.Trim{}, transform.OneLine{}, transform.NFC{}},
		{transform.Null{}, transform.Trim{}, transform.Lower{}, transform.NFC{}},
		{transform.Apostrophe{}, transform.Trim{}, transform.Bool{}},
		{transform.Trim{}, transform.Phone{Region: "US"}},
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, list := range lists {
			chain := transform.NewChain(list...)
			got, gotErr := chain.Apply(value)
			want, wantErr := value, error(nil)
			for _, tr := range list {
				if want, wantErr = tr.Apply(want); wantErr != nil {
					want = ""
					break
				}
			}
			require.Equal(t, want, got, "%s of %q", chain, value)
			require.Equal(t, wantErr, gotErr)
		}
	})
}

// once are the transforms that change nothing the second time.
var once = []transform.Transform{
	transform.Trim{}, transform.Lower{}, transform.NFC{}, transform.OneLine{}, transform.Null{}, transform.Bool{}, transform.Phone{}, transform.Phone{Region: "DE"},
	transform.Prefix{Text: "+"}, transform.Epoch{}, transform.Date{Layout: "yyyy-mm-dd|mm/dd/yyyy"}, transform.Cut{Characters: 5}, transform.MaxLength{Characters: 5},
}

func FuzzTransforms(f *testing.F) {
	for _, c := range cases {
		f.Add(c.value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, name := range transform.Names() {
			got, err := parse(t, name).Apply(value)
			if err != nil {
				var e *transform.Error
				require.ErrorAs(t, err, &e)
				require.Empty(t, got)
				require.NotContains(t, e.Text+e.Remedy, "\n")
			}
			if utf8.ValidString(value) {
				require.True(t, utf8.ValidString(got), "%s of %q", name, value)
			}
		}
		for _, tr := range once {
			first, err := tr.Apply(value)
			if err != nil {
				continue
			}
			second, err := tr.Apply(first)
			require.NoError(t, err, "%s of %q", tr, first)
			require.Equal(t, first, second, "%s of %q", tr, value)
		}
	})
}

// Each form that the service requires is what the transforms make.
func FuzzForms(f *testing.F) {
	for _, c := range cases {
		f.Add(c.value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for tr, form := range map[transform.Transform]string{
			transform.Phone{Region: "US"}: `^(\+[1-9][0-9]{1,14})?$`,
			transform.Date{}:              `^([01][0-9]/[0-3][0-9]/[0-9]{4})?$`,
			transform.Epoch{}:             `^(0|[1-9][0-9]*)?$`,
			transform.Bool{}:              `^(true|false)?$`,
		} {
			if got, err := tr.Apply(value); err == nil {
				require.Regexp(t, form, got, "%s of %q", tr, value)
			}
		}
	})
}

func TestNothingIsAllocatedWhereNothingChanges(t *testing.T) {
	for tr, value := range map[transform.Transform]string{
		transform.Trim{}: "Zoë", transform.Lower{}: "zoë", transform.NFC{}: "Zoë", transform.OneLine{}: "a b", transform.Apostrophe{}: "x",
		transform.Null{}: "Nora", transform.Null{Words: "-|none"}: "Nora", transform.Phone{}: "+4930123456", transform.Prefix{Text: "+"}: "+49",
		transform.After{Text: "|"}: "a|b", transform.LocalPart{}: "a@b.c", transform.Date{Layout: "mm/dd/yyyy"}: "02/01/1985",
		transform.Epoch{}: "1471453471", transform.Bool{}: "TRUE", transform.NonEmpty{}: "x", transform.Equals{Words: "a|b"}: "B",
		transform.Cut{Characters: 9}: "Zoë", transform.MaxLength{Characters: 9}: "Zoë",
	} {
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if _, err := tr.Apply(value); err != nil {
				panic(err)
			}
		}), tr.String())
	}
	chain := transform.NewChain(transform.Null{}, transform.Trim{}, transform.Lower{}, transform.NFC{})
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = chain.Apply("ann.lee@example.com") }))
}

func BenchmarkChain(b *testing.B) {
	chain := transform.NewChain(transform.Null{}, transform.Trim{}, transform.Lower{}, transform.NFC{})
	for b.Loop() {
		_, _ = chain.Apply("ann.lee.4711@example.com")
	}
}

func BenchmarkPhone(b *testing.B) {
	for name, value := range map[string]string{"E164": "+4930123456", "national": "030 123456"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = transform.Phone{Region: "DE"}.Apply(value)
			}
		})
	}
}

func TestTemplate(t *testing.T) {
	for _, c := range []struct{ template, values, want string }{
		{"{given_name} {family_name}", "Ann|Lee", "Ann Lee"},
		{"{given_name} {family_name}", "|Lee", "Lee"},
		{"{given_name} {family_name}", "Ann|", "Ann"},
		{"{given_name} {family_name}", "|", ""},
		{"{a} {b} {c}", "Ann||Lee", "Ann Lee"},
		{"{a} {b} {c}", "Ann||", "Ann"},
		{"{a} {b} {c}", "||Lee", "Lee"},
		{"{a}{b} {c}", "A||C", "A C"},
		{"{family}, {given}", "Lee|Ann", "Lee, Ann"},
		{"id-{n}", "", ""},
		{"id-{n}", "7", "id-7"},
		{"{{{n}}}", "7", "{7}"},
		{`{"a}b"}/{x[0]|json.y}`, "1|2", "1/2"},
		{"  {a}  ", "x", "  x  "},
	} {
		tpl, err := transform.ParseTemplate(c.template)
		require.NoError(t, err)
		assert.Equal(t, c.template, tpl.String())
		assert.False(t, tpl.IsZero())
		values := strings.Split(c.values, "|")
		require.Len(t, tpl.Fields(), len(values))
		assert.Equal(t, c.want, tpl.Expand(values), "%s with %s", c.template, c.values)
	}
	tpl, err := transform.ParseTemplate(`{"a}b"}/{x[0]|json.y}`)
	require.NoError(t, err)
	assert.Equal(t, []string{`"a}b"`, "x[0]|json.y"}, tpl.Fields())
}

func TestParseTemplateRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"": "has no field", "x": "has no field", "{": "has a { without }", "{a} }": "has a } without {", "{ }": "without a name", `{"a}`: "has a { without }", "{{a}}": "has no field",
	} {
		_, err := transform.ParseTemplate(text)
		require.ErrorContains(t, err, want, text)
	}
}
