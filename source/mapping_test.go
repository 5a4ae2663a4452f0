package source_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// complete has every key.
const complete = `
name: shop
notes: |
  One line.
  Another: with a colon.
format: csv
delimiter: tab
escape: \
header: false
encoding: windows-1252
table: public.users
records: users[*]
where: [model=auth.user, enabled=true]
id: [customer_no, "#3"]
columns:
  cognito:username: customer_no
  email: [mail, mail2]
  email_verified: {from: mail, in: verified}
  name: {template: "{first} {last}", default: nobody}
  locale: {set: de}
  birthdate: {from: dob, transforms: [trim, date=dd.mm.yyyy]}
  custom:raw: {from: raw, transforms: []}
  custom:id: {transforms: [uuid]}
custom: Attributes[Name={name}].Value
password: {kind: keycloak, from: [a, b]}
hashes:
  format: ndjson
  where: kind=hash
  id: _id.$oid
  password: {from: hash, peppered: true}
  key: {from: id, transforms: [after=x]}
groups: {from: [groups, roles], separator: ;, transforms: [lower]}
disabled:
  - blocked
  - {from: enabled, when: false}
  - {from: until, when: future}
  - {from: deleted, when: non-empty}
  - {from: status, when: [SUSPENDED, "true"]}
every_value: apostrophe
ignore: [x, "a.b"]
ignore_rest: true
null_words: [-, none]
phone_region: DE
recognize:
  columns: [customer_no, mail]
  cells: 7
  values:
    customer_no: ^K-\d+$
    "#3": .
`

func path(text string) format.Path { return format.MustPath(text) }

func paths(texts ...string) (all []format.Path) {
	for _, text := range texts {
		all = append(all, path(text))
	}
	return all
}

func filter(t *testing.T, text string) format.Filter {
	f, err := format.ParseFilter(text)
	require.NoError(t, err)
	return f
}

func template(t *testing.T, text string) transform.Template {
	tpl, err := transform.ParseTemplate(text)
	require.NoError(t, err)
	return tpl
}

func completeMapping(t *testing.T) *source.Mapping {
	return &source.Mapping{
		Name:  "shop",
		Notes: "One line.\nAnother: with a colon.\n",
		Input: source.Input{
			Format: format.CSV, Delimiter: '\t', Escape: '\\', NoHeader: true, Encoding: "windows-1252", Table: "public.users", Records: path("users[*]"),
			Where: []format.Filter{filter(t, "model=auth.user"), filter(t, "enabled=true")},
		},
		ID: paths("customer_no", "#3"),
		Columns: []source.Column{
			{Name: "cognito:username", From: paths("customer_no")},
			{Name: "email", From: paths("mail", "mail2")},
			{Name: "email_verified", From: paths("mail"), In: path("verified")},
			{Name: "name", Template: template(t, "{first} {last}"), Default: "nobody"},
			{Name: "locale", Set: "de"},
			{Name: "birthdate", From: paths("dob"), Transforms: []transform.Transform{transform.Trim{}, transform.Date{Layout: "dd.mm.yyyy"}}},
			{Name: "custom:raw", From: paths("raw"), Transforms: []transform.Transform{}},
			{Name: "custom:id", Transforms: []transform.Transform{transform.RandomUUID{}}},
		},
		Password: source.Password{Kind: source.PasswordKeycloak, From: paths("a", "b")},
		Hashes: &source.Hashes{
			Input: source.Input{Format: format.NDJSON, Where: []format.Filter{filter(t, "kind=hash")}}, ID: paths("_id.$oid"),
			Password: source.Password{Kind: source.PasswordHash, From: paths("hash"), Peppered: true},
			Key:      source.Key{From: paths("id"), Transforms: []transform.Transform{transform.After{Text: "x"}}},
		},
		Groups: source.Groups{From: paths("groups", "roles"), Separator: ";", Transforms: []transform.Transform{transform.Lower{}}},
		Disabled: []source.Condition{
			{From: path("blocked")},
			{From: path("enabled"), When: source.WhenFalse},
			{From: path("until"), When: source.WhenFuture},
			{From: path("deleted"), When: source.WhenNonEmpty},
			{From: path("status"), Words: []string{"SUSPENDED", "true"}},
		},
		EveryValue: []transform.Transform{transform.Apostrophe{}},
		Ignore:     paths("x", "a.b"), IgnoreRest: true, NullWords: []string{"-", "none"}, PhoneRegion: "DE", Custom: "Attributes[Name={name}].Value",
		Recognize: &source.Recognition{
			Columns: paths("customer_no", "mail"), Cells: []int{7},
			Values: []source.ValueForm{{From: path("customer_no"), Pattern: `^K-\d+$`}, {From: path("#3"), Pattern: "."}},
		},
	}
}

func TestParseReadsEveryKey(t *testing.T) {
	m, err := source.Parse([]byte(complete))
	require.NoError(t, err)
	require.Equal(t, completeMapping(t), m)
}

func TestMarshalIsCanonical(t *testing.T) {
	text, err := completeMapping(t).Marshal()
	require.NoError(t, err)
	assert.Equal(t, `name: shop
notes: |
  One line.
  Another: with a colon.
format: csv
delimiter: tab
escape: \
header: false
encoding: windows-1252
table: public.users
records: users[*]
where: [model=auth.user, enabled=true]
id: [customer_no, '#3']
columns:
  cognito:username: customer_no
  email: [mail, mail2]
  email_verified: {from: mail, in: verified}
  name: {template: '{first} {last}', default: nobody}
  locale: {set: de}
  birthdate: {from: dob, transforms: [trim, date=dd.mm.yyyy]}
  custom:raw: {from: raw, transforms: []}
  custom:id: {transforms: [uuid]}
custom: Attributes[Name={name}].Value
password: {kind: keycloak, from: [a, b]}
hashes:
  format: ndjson
  where: kind=hash
  id: _id.$oid
  password: {from: hash, peppered: true}
  key: {from: id, transforms: [after=x]}
groups: {from: [groups, roles], separator: ;, transforms: [lower]}
disabled:
  - blocked
  - {from: enabled, when: false}
  - {from: until, when: future}
  - {from: deleted, when: non-empty}
  - {from: status, when: [SUSPENDED, "true"]}
every_value: [apostrophe]
ignore: [x, a.b]
ignore_rest: true
null_words: ['-', none]
phone_region: DE
recognize:
  columns: [customer_no, mail]
  cells: 7
  values:
    customer_no: ^K-\d+$
    '#3': .
`, string(text))
	again, err := source.Parse(text)
	require.NoError(t, err)
	require.Equal(t, completeMapping(t), again)
}

func TestMarshalKeepsEveryText(t *testing.T) {
	for _, text := range []string{"a", "a\n", "  a\n", "a \nb\n", "\n", "a\n\nb\n", "a\tb\n", "\ta\n", "# a\n", "- a\n", "é\u0085\n", "\u2028", "true", "~", "1", "a: b", "' \"", "\x01", "\ufeff", "\r\n"} {
		file, err := (&source.Mapping{Name: text, Notes: text}).Marshal()
		require.NoError(t, err)
		m, err := source.Parse(file)
		require.NoError(t, err, "%q", text)
		assert.Equal(t, text, m.Notes)
		assert.Equal(t, text, m.Name)
	}
}

func TestMarshalRefusesWhatParseWould(t *testing.T) {
	_, err := (&source.Mapping{Columns: []source.Column{{Name: "email"}}}).Marshal()
	require.EqualError(t, err, "column email: from, set or template is missing")
}

func TestAnEmptyMapping(t *testing.T) {
	m, err := source.Parse([]byte("{}"))
	require.NoError(t, err)
	assert.Equal(t, &source.Mapping{}, m)
	text, err := m.Marshal()
	require.NoError(t, err)
	assert.Equal(t, "{}\n", string(text))
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "not a YAML file with a mapping in it: EOF",
		"- a":                                 "line 1, column 1: a mapping needs keys with values",
		"name: a\nnmae: b":                    `line 2, column 1: a mapping has no key "nmae": did you mean name?`,
		"zzzzz: 1":                            `line 1, column 1: a mapping has no key "zzzzz": the keys are columns, custom, delimiter, disabled, encoding`,
		"name: a\nname: b":                    `line 2, column 1: a mapping has the key "name" twice`,
		"? [a]\n: b":                          "a mapping: a key is a word",
		"name:":                               "line 1, column 6: a value is missing here",
		"name: ''":                            "line 1, column 7: a value is missing here",
		"name: [a]":                           "line 1, column 7: a text is expected here",
		"name: &a x\nnotes: *a":               "line 1, column 7: a mapping file has no anchors and aliases",
		"name: !secret x":                     "line 1, column 7: a mapping file has no tags",
		"name: a\n---\nname: b":               "a mapping file has one document",
		"format: xml":                         `line 1, column 9: unknown format "xml": use csv, json, ndjson or pgcopy`,
		"delimiter: ab":                       "line 1, column 12: the delimiter is one ASCII character",
		"delimiter: ü":                        "line 1, column 12: the delimiter is one ASCII character",
		"escape: ab":                          "line 1, column 9: the escape is one ASCII character",
		"delimiter: ;\nescape: ;":             "line 2, column 9: the escape is one ASCII character, such as \\, and not the delimiter",
		`delimiter: "\n"`:                     "line 1, column 12: the delimiter is one ASCII character",
		"header: maybe":                       "line 1, column 9: true or false is expected here",
		"id: []":                              "line 1, column 5: the list is empty",
		"id: a..b":                            "line 1, column 5: path",
		"where: model":                        "line 1, column 8: path",
		"columns: [a]":                        "line 1, column 10: columns needs keys with values",
		"columns:\n  email: {}":               "line 2, column 3: column email: from, set or template is missing",
		"columns: {email: {frm: a}}":          `line 1, column 19: column email has no key "frm": did you mean from?`,
		"columns: {email: {from: a, set: b}}": "line 1, column 11: column email: from, set and template exclude each other",
		"columns: {email: {from: a, template: '{b}'}}":            "column email: from, set and template exclude each other",
		"columns: {email: {set: a, default: b}}":                  "column email: set needs neither default nor transforms",
		"columns: {email: {set: a, transforms: []}}":              "column email: set needs neither default nor transforms",
		"columns: {email: {template: '{a}', in: b}}":              "column email: in needs from",
		"columns: {email: {template: 'a'}}":                       "column 29: template \"a\" has no field",
		"columns: {email: {template: '{a..b}'}}":                  "line 1, column 11: column email: path",
		"columns: {email: {transforms: [trim]}}":                  "column email: from, set or template is missing",
		"columns: {email: {from: a, transforms: [trm]}}":          `column 41: no transform is named "trm"; there are after`,
		"columns: {email: {from: a, transforms: [low]}}":          `no transform is named "low"`,
		"columns: {email: {from: a, transforms: [phone=us]}}":     `column 41: transform phone: "us" is not a region`,
		"columns: {' a': b}":                                      "a column needs a name, without spaces around it",
		"password: {kind: md5, from: a}":                          `line 1, column 18: unknown kind of password "md5": use clerk, firebase, fusionauth, hash, keycloak, none, split-bcrypt`,
		"password: {kind: keycloak, from: [a, b, c]}":             "line 1, column 11: a password of kind keycloak needs 2 paths in from",
		"password: {kind: none, from: a}":                         "a password of kind none needs nothing in from",
		"password: {kind: none, peppered: true}":                  "without a password, nothing is peppered",
		"password: {}":                                            "a password of kind hash needs a path in from",
		"hashes: {password: a}":                                   "line 1, column 9: hashes: id is missing",
		"hashes: {id: a}":                                         "hashes: password is missing",
		"hashes: {id: a, password: b}":                            "hashes: the key is missing, and the mapping has no id that could be it",
		"hashes: {id: a, password: b, key: {transforms: [trim]}}": "hashes: key has transforms, and no from",
		"groups: {separator: x}":                                  "groups: from is missing",
		"disabled: {when: true}":                                  "line 1, column 11: disabled: from is missing",
		"disabled: {from: a, when: sometimes}":                    `disabled: when cannot be "sometimes"`,
		"disabled: {from: a, when: []}":                           "disabled: when is one of true, false",
		"disabled: []":                                            "line 1, column 11: the list is empty",
		"null_words: [a|b]":                                       `line 1, column 14: null_words cannot have the word "a|b"`,
		"custom: a.b":                                             `line 1, column 9: custom: {name} is missing`,
		"custom: 'a[{name}'":                                      `line 1, column 9: custom: path "a[custom:x"`,
		"phone_region: Germany":                                   `line 1, column 15: phone_region: "Germany" is not a region`,
		"name: [":                                                 "not a YAML file with a mapping in it: yaml: ",
		"recognize: {}":                                           "line 1, column 12: recognize: columns or values is missing",
		"recognize: {columns: a, cells: x}":                       "line 1, column 32: a number of columns is expected here",
		"recognize: {columns: a, cells: [2, 0]}":                  "line 1, column 12: recognize: a table cannot have 0 columns",
		"recognize: {values: {a: '('}}":                           "line 1, column 12: recognize: the values of a: error parsing regexp",
		"recognize: {values: {a: x, '\"a\"': y}}":                 "line 1, column 12: recognize: the values of a are there twice",
		"recognize: {values: [a]}":                                "line 1, column 21: values needs keys with values",
		"recognize: {value: a}":                                   `line 1, column 13: recognize has no key "value": did you mean values?`,
		"ignore_rest: 'true'":                                     "line 1, column 14: true or false is expected here",
		"header: [true]":                                          "line 1, column 9: true or false is expected here",
		"ignore_rest: 1":                                          "line 1, column 14: true or false is expected here",
	} {
		_, err := source.Parse([]byte(text))
		require.ErrorContains(t, err, want, text)
		var e *source.SyntaxError
		require.ErrorAs(t, err, &e, text)
	}
	_, err := source.Parse(make([]byte, 1<<20+1))
	require.ErrorContains(t, err, "at most 1048576 bytes")
}

func TestParseTellsAllThatIsWrong(t *testing.T) {
	_, err := source.Parse([]byte("nmae: a\nformat: xml\ncolumns:\n  email: {transfroms: [trim]}\n"))
	require.EqualError(t, err, `line 1, column 1: a mapping has no key "nmae": did you mean name?
line 2, column 9: unknown format "xml": use csv, json, ndjson or pgcopy
line 4, column 11: column email has no key "transfroms": did you mean transforms?`)
	var path *format.PathError
	_, err = source.Parse([]byte("id: a..b"))
	require.ErrorAs(t, err, &path)
}

func TestTextsAreAsWritten(t *testing.T) {
	m, err := source.Parse([]byte("columns:\n  a: {set: true}\n  b: {set: 007}\n  c: {set: 2031-02-03}\n  d: 1\n"))
	require.NoError(t, err)
	assert.Equal(t, []source.Column{{Name: "a", Set: "true"}, {Name: "b", Set: "007"}, {Name: "c", Set: "2031-02-03"}, {Name: "d", From: paths("1")}}, m.Columns)
}

func TestChainByKind(t *testing.T) {
	schema := importjob.ClassicSchema().With(importjob.CustomAttribute("admin", importjob.TypeBoolean), importjob.CustomAttribute("points", importjob.TypeNumber))
	m := &source.Mapping{PhoneRegion: "DE", Columns: []source.Column{{Name: "email", From: paths("mail")}}}
	for name, want := range map[string]string{
		"email":               "trim, lower, nfc",
		"phone_number":        "trim, phone=DE",
		"birthdate":           "trim, date",
		"updated_at":          "trim, epoch",
		"email_verified":      "trim, bool",
		"cognito:mfa_enabled": "trim, bool",
		"custom:admin":        "trim, bool",
		"custom:points":       "trim",
		"family_name":         "trim, one-line, nfc",
		"custom:plan":         "trim, one-line, nfc",
		"cognito:username":    "trim, one-line, nfc",
	} {
		assert.Equal(t, want, m.Chain(source.Column{Name: name, From: paths("x")}, schema).String(), name)
	}
	assert.Equal(t, "trim, lower, nfc", m.Chain(source.Column{Name: "cognito:username", From: paths("mail")}, nil).String(), "the same as email")
	phones := []transform.Transform{transform.Phone{}, transform.Cut{Characters: 3}}
	assert.Equal(t, "phone=DE, cut=3", m.Chain(source.Column{Name: "custom:x", Transforms: phones}, nil).String())
	assert.Equal(t, transform.Phone{}, phones[0], "the list itself does not change")
	assert.Equal(t, "phone=US", m.Chain(source.Column{Name: "custom:x", Transforms: []transform.Transform{transform.Phone{Region: "US"}}}, nil).String())
	assert.Equal(t, "as it is", m.Chain(source.Column{Name: "email", Set: " X "}, nil).String())

	m.Columns[0].Transforms = []transform.Transform{transform.Trim{}}
	assert.Equal(t, "trim", m.Chain(source.Column{Name: "cognito:username", From: paths("mail")}, nil).String())
	assert.Equal(t, "as it is", m.Chain(source.Column{Name: "x", Transforms: []transform.Transform{}}, nil).String())
}

func TestClean(t *testing.T) {
	m := &source.Mapping{}
	assert.Equal(t, "null", m.Clean("email").String())
	assert.Equal(t, "null", m.Clean("").String())
	assert.Equal(t, `null=\N`, m.Clean("family_name").String(), "there are people named Null")
	m.NullWords = []string{}
	assert.Equal(t, "as it is", m.Clean("email").String())
	m.NullWords, m.EveryValue = []string{"-", "none"}, []transform.Transform{transform.Apostrophe{}}
	assert.Equal(t, "apostrophe, null=-|none", m.Clean("family_name").String())
}

func TestExplain(t *testing.T) {
	var lines []string
	for _, e := range completeMapping(t).Explain(nil) {
		lines = append(lines, e.String())
	}
	assert.Equal(t, []string{
		"cognito:username: customer_no; apostrophe, null=-|none, trim, one-line, nfc (by default for a username)",
		"email: mail or mail2; apostrophe, null=-|none, trim, lower, nfc (by default for an e-mail address)",
		"email_verified: whether verified has mail; apostrophe, null=-|none, trim, bool (by default for a Boolean)",
		`name: the template "{first} {last}"; apostrophe, null=-|none, trim, one-line, nfc (by default for a name); "nobody" if empty`,
		`locale: the constant "de"`,
		"birthdate: dob; apostrophe, null=-|none, trim, date=dd.mm.yyyy",
		"custom:raw: raw; apostrophe, null=-|none",
		"custom:id: nothing; apostrophe, null=-|none, uuid",
	}, lines)
}

func TestCondition(t *testing.T) {
	now := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, c := range []struct {
		condition source.Condition
		value     string
		want      bool
	}{
		{source.Condition{}, "true", true},
		{source.Condition{}, "f", false},
		{source.Condition{}, "", false},
		{source.Condition{}, " ", false},
		{source.Condition{When: source.WhenFalse}, "0", true},
		{source.Condition{When: source.WhenFalse}, "True", false},
		{source.Condition{When: source.WhenFalse}, "", false},
		{source.Condition{When: source.WhenNonEmpty}, "x", true},
		{source.Condition{When: source.WhenFuture}, "2031-02-03T04:05:07Z", true},
		{source.Condition{When: source.WhenFuture}, "2031-02-03T04:05:06Z", false},
		{source.Condition{When: source.WhenFuture}, "9999-12-31 23:59:59.9999999 +00:00", true},
		{source.Condition{When: source.WhenFuture}, "infinity", true},
		{source.Condition{When: source.WhenFuture}, "0000-00-00 00:00:00", false},
		{source.Condition{Words: []string{"SUSPENDED", "LOCKED"}}, "locked", true},
		{source.Condition{Words: []string{"SUSPENDED", "LOCKED"}}, "ACTIVE", false},
	} {
		got, err := c.condition.Holds(c.value, now)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%v of %q", c.condition, c.value)
	}
	for _, when := range []source.When{source.WhenTrue, source.WhenFalse} {
		holds, err := source.Condition{When: when}.Holds("maybe", now)
		require.ErrorIs(t, err, transform.BoolUnknown)
		assert.False(t, holds)
	}
	_, err := source.Condition{When: source.WhenFuture}.Holds("soon", now)
	require.ErrorIs(t, err, transform.TimeUnknown)
}

func TestForPool(t *testing.T) {
	m := &source.Mapping{ID: paths("id"), PhoneRegion: "DE", Columns: []source.Column{{Name: "email", From: paths("mail")}, {Name: "phone_number", From: paths("tel")}}}

	byID := m.ForPool(importjob.Pool{})
	assert.Equal(t, source.Column{Name: "cognito:username", From: paths("id"), Transforms: []transform.Transform{transform.Trim{}, transform.OneLine{}, transform.NFC{}}}, byID.Columns[0])
	assert.Len(t, m.Columns, 2, "the mapping itself does not change")

	byEmail := m.ForPool(importjob.Pool{UsernameAttributes: []string{"phone_number", "email"}})
	assert.Equal(t, "trim, lower, nfc", byEmail.Chain(byEmail.Columns[0], nil).String())
	assert.Equal(t, paths("mail"), byEmail.Columns[0].From)

	byPhone := byEmail.ForPool(importjob.Pool{UsernameAttributes: []string{"phone_number"}})
	assert.Equal(t, "trim, phone=DE", byPhone.Chain(byPhone.Columns[0], nil).String())
	assert.Len(t, byPhone.Columns, 3)

	same := byPhone.ForPool(importjob.Pool{})
	assert.Same(t, byPhone, same)
	require.NoError(t, same.Validate())
	empty := &source.Mapping{}
	assert.Same(t, empty, empty.ForPool(importjob.Pool{}))
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(complete))
	for _, name := range source.Presets() {
		data, err := source.PresetFile(name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := source.Parse(data)
		if err != nil {
			return
		}
		text, err := m.Marshal()
		require.NoError(t, err)
		again, err := source.Parse(text)
		require.NoError(t, err, "%s", text)
		require.Equal(t, m, again, "%s", text)
		twice, err := again.Marshal()
		require.NoError(t, err)
		require.Equal(t, string(text), string(twice))
		m.Explain(nil)
	})
}

// The custom attributes of the pool come from where the mapping says, unless they have a column or are left out.
func TestCustomAttributesOfThePool(t *testing.T) {
	pool := importjob.Pool{Schema: importjob.ClassicSchema().With(importjob.CustomAttribute("plan", importjob.TypeString), importjob.CustomAttribute("points", importjob.TypeNumber))}
	m := &source.Mapping{Custom: "attributes.{name}[0]", Columns: []source.Column{{Name: "cognito:username", From: paths("id")}, {Name: "custom:plan", Set: "free"}}}
	got := m.ForPool(pool)
	require.Len(t, got.Columns, 3)
	assert.Equal(t, source.Column{Name: "custom:points", From: paths("attributes.custom:points[0]")}, got.Columns[2])
	assert.Len(t, m.Columns, 2, "the mapping itself does not change")
	assert.Same(t, got, got.ForPool(pool))
	assert.Same(t, m, m.ForPool(importjob.Pool{}))
	for _, e := range []source.Edits{{Set: map[string]string{"custom:points": ""}}, {Ignore: []string{"attributes.custom:points[0]"}}} {
		edited, err := m.Edit(e)
		require.NoError(t, err)
		assert.Len(t, edited.ForPool(pool).Columns, 2)
	}

	s, err := source.Open(t.Context(), []string{writeFile(t, "users.json", `{"Users":[{"Username":"ann","Attributes":[{"Name":"email","Value":"a@example.com"},{"Name":"email_verified","Value":"true"},`+
		`{"Name":"custom:plan","Value":"pro"}],"UserStatus":"CONFIRMED","Enabled":true}]}`)}, importjob.Pool{Schema: pool.Schema, AutoVerifiedAttributes: []string{"email"}}, &source.Options{From: "cognito"})
	require.NoError(t, err)
	defer s.Close()
	row, err := s.Next()
	require.NoError(t, err)
	assert.Contains(t, row.Values, "pro")
}
