package format

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParsePath(t *testing.T) {
	for text, want := range map[string][]step{
		"":                                nil,
		"email":                           {{kind: stepKey, key: "email"}},
		"First name":                      {{kind: stepKey, key: "First name"}},
		"custom:plan":                     {{kind: stepKey, key: "custom:plan"}},
		"_id.$oid":                        {{kind: stepKey, key: "_id"}, {kind: stepKey, key: "$oid"}},
		`"a.b".c`:                         {{kind: stepKey, key: "a.b"}, {kind: stepKey, key: "c"}},
		`""`:                              {{kind: stepKey}},
		`"\"\\\u00e9"`:                    {{kind: stepKey, key: `"\é`}},
		"#3":                              {{kind: stepColumn, n: 3}},
		"#3|json.a":                       {{kind: stepColumn, n: 3}, {kind: stepJSON}, {kind: stepKey, key: "a"}},
		"[*]":                             {{kind: stepEach}},
		"users[*]":                        {{kind: stepKey, key: "users"}, {kind: stepEach}},
		"a[0][12].b":                      {{kind: stepKey, key: "a"}, {kind: stepIndex}, {kind: stepIndex, n: 12}, {kind: stepKey, key: "b"}},
		"a[type=password].b|json":         {{kind: stepKey, key: "a"}, {kind: stepMatch, key: "type", value: "password"}, {kind: stepKey, key: "b"}, {kind: stepJSON}},
		`a["x]y"="]"]`:                    {{kind: stepKey, key: "a"}, {kind: stepMatch, key: "x]y", value: "]"}},
		`a[Name=custom:a.b=c]`:            {{kind: stepKey, key: "a"}, {kind: stepMatch, key: "Name", value: "custom:a.b=c"}},
		`a[1=x]`:                          {{kind: stepKey, key: "a"}, {kind: stepMatch, key: "1", value: "x"}},
		`a[0="1"]`:                        {{kind: stepKey, key: "a"}, {kind: stepMatch, key: "0", value: "1"}},
		"|json|json[0]":                   {{kind: stepJSON}, {kind: stepJSON}, {kind: stepIndex}},
		`"https://example.com/claims".x`:  {{kind: stepKey, key: "https://example.com/claims"}, {kind: stepKey, key: "x"}},
		"\u00e9.\U0001F600.\u202e":        {{kind: stepKey, key: "é"}, {kind: stepKey, key: "\U0001F600"}, {kind: stepKey, key: "\u202e"}},
		"a.b#c":                           {{kind: stepKey, key: "a"}, {kind: stepKey, key: "b#c"}},
		"attributes.\"phone number \"[0]": {{kind: stepKey, key: "attributes"}, {kind: stepKey, key: "phone number "}, {kind: stepIndex}},
	} {
		got, err := ParsePath(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got.steps, text)
		again, err := ParsePath(got.String())
		require.NoError(t, err, "%q printed as %q", text, got)
		assert.True(t, got.Equal(again), "%q printed as %q", text, got)
	}
}

func TestParsePathErrors(t *testing.T) {
	for text, want := range map[string]string{
		"a.":            `path "a.", at its end: a name is expected here`,
		".a":            `path ".a", at ".": a name is expected here`,
		"a..b":          `path "a..b", at ".": a name is expected here`,
		"a]":            `path "a]", at "]": a ".", "[" or "|" is expected here`,
		"a[":            `path "a[", at its end: a number, * or key=value is expected between the brackets`,
		"a[]":           `path "a[]", at "]": a number, * or key=value is expected between the brackets`,
		"a[x]":          `path "a[x]", at "]": a number, * or key=value is expected between the brackets`,
		"a[-1]":         `path "a[-1]", at "]": a number, * or key=value is expected between the brackets`,
		"a[x=":          `path "a[x=", at its end: a name is expected here`,
		"a[x=y":         `path "a[x=y", at its end: a "]" is expected here`,
		"a[0":           `path "a[0", at its end: a number, * or key=value is expected between the brackets`,
		"a[9999999999]": `path "a[9999999999]", at "9": the number is too large`,
		"a[*":           `path "a[*", at its end: a number, * or key=value is expected between the brackets`,
		"a|xml":         `path "a|xml", at "|": the only function is |json`,
		"a|jsonx":       `path "a|jsonx", at "x": a ".", "[" or "|" is expected here`,
		"#":             `path "#", at its end: the number of a column is expected, from #1`,
		"#0":            `path "#0", at "0": the number of a column is expected, from #1`,
		"#x":            `path "#x", at "x": the number of a column is expected, from #1`,
		"#3x":           `path "#3x", at "x": a ".", "[" or "|" is expected here`,
		"a.#3":          `path "a.#3", at "#": write this name between quotation marks`,
		" a":            `path " a", at " ": write this name between quotation marks`,
		"a .b":          `path "a .b", at "a": write this name between quotation marks`,
		"a\x00":         `path "a\x00", at "a": write this name between quotation marks`,
		`"a`:            `path "\"a", at "\"": the quotation mark is not closed`,
		`"\x"`:          `path "\"\\x\"", at "\"": the quoted name is not a JSON string`,
		`a"b"`:          `path "a\"b\"", at "\"": a ".", "[" or "|" is expected here`,
		"a[0]b":         `path "a[0]b", at "b": a ".", "[" or "|" is expected here`,
		"\xff":          `path "\xff", at "\xff": the name is not valid UTF-8`,
	} {
		_, err := ParsePath(text)
		var pathError *PathError
		require.ErrorAs(t, err, &pathError, text)
		assert.EqualError(t, err, want)
		assert.Panics(t, func() { MustPath(text) })
	}
}

func TestPathText(t *testing.T) {
	var mapping struct {
		Path  Path
		Where Filter
	}
	require.NoError(t, json.Unmarshal([]byte(`{"Path":"a[x=y].b","Where":"model=auth.user"}`), &mapping))
	assert.Equal(t, "a[x=y].b", mapping.Path.String())
	assert.Equal(t, Filter{Path: MustPath("model"), Value: "auth.user"}, mapping.Where)
	text, err := json.Marshal(mapping)
	require.NoError(t, err)
	assert.JSONEq(t, `{"Path":"a[x=y].b","Where":"model=auth.user"}`, string(text))
	var pathError *PathError
	assert.ErrorAs(t, json.Unmarshal([]byte(`{"Path":"a["}`), &mapping), &pathError)
	assert.ErrorAs(t, json.Unmarshal([]byte(`{"Where":"a"}`), &mapping), &pathError)

	assert.True(t, Path{}.IsZero())
	assert.False(t, MustPath("a").Equal(MustPath("b")))
	assert.Equal(t, `"a.b[0]"`, Column("a.b[0]").String())
}

func TestParseFilter(t *testing.T) {
	for text, want := range map[string]Filter{
		"model=auth.user":      {Path: MustPath("model"), Value: "auth.user"},
		"a=":                   {Path: MustPath("a")},
		"a=b=c ":               {Path: MustPath("a"), Value: "b=c "},
		`a=" b"`:               {Path: MustPath("a"), Value: " b"},
		`a[x=y].b=z`:           {Path: MustPath("a[x=y].b"), Value: "z"},
		`#3|json.enabled=true`: {Path: MustPath("#3|json.enabled"), Value: "true"},
		`a="\n\"=\""`:          {Path: MustPath("a"), Value: "\n\"=\""},
		`a=null`:               {Path: MustPath("a"), None: true},
		`a="null"`:             {Path: MustPath("a"), Value: "null"},
		`a=nulls`:              {Path: MustPath("a"), Value: "nulls"},
	} {
		got, err := ParseFilter(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
		again, err := ParseFilter(got.String())
		require.NoError(t, err, text)
		assert.Equal(t, got, again, text)
	}
	for text, want := range map[string]string{
		"":       `path "", at its end: a path is expected before the =`,
		"=x":     `path "=x", at "=": a path is expected before the =`,
		"a":      `path "a", at its end: =value is expected here`,
		"a[x=y]": `path "a[x=y]", at its end: =value is expected here`,
		`a="b"c`: `path "a=\"b\"c", at "c": the text ends after the quoted value`,
		`a="b`:   `path "a=\"b", at "\"": the quotation mark is not closed`,
		"a=\xff": `path "a=\xff", at "\xff": the value is not valid UTF-8`,
		"a[=b":   `path "a[=b", at "=": a name is expected here`,
	} {
		_, err := ParseFilter(text)
		assert.EqualError(t, err, want)
	}
}

// FuzzPath parses any text. What was parsed is printed so that it is parsed to the same again.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"a.b.c", `"a.b"[3]`, "users[*]", "a[type=password].secretData|json.value", "#3|json", `a["x"="]"]`, "a=b", `a="b"`, "a=null", `a="null"`, "a[", "\xff", `"\ud800"`, "a[x=]y]=z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := ParsePath(text); err == nil {
			again, err := ParsePath(p.String())
			require.NoError(t, err, "printed as %q", p)
			require.True(t, p.Equal(again), "printed as %q", p)
			require.True(t, utf8.ValidString(p.String()))
		} else {
			requirePathError(t, err, text)
		}
		if filter, err := ParseFilter(text); err == nil {
			again, err := ParseFilter(filter.String())
			require.NoError(t, err, "printed as %q", filter)
			require.Equal(t, filter, again)
		} else {
			requirePathError(t, err, text)
		}
	})
}

func requirePathError(t *testing.T, err error, text string) {
	t.Helper()
	var pathError *PathError
	require.ErrorAs(t, err, &pathError)
	require.Equal(t, text, pathError.Text)
	require.GreaterOrEqual(t, pathError.Offset, 0)
	require.LessOrEqual(t, pathError.Offset, len(text))
	require.NotEmpty(t, pathError.Error())
}
