package source_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// compiledSchema returns the JSON schema of mapping files.
func compiledSchema(t *testing.T) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(source.Schema()))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("mapping.json", doc))
	schema, err := c.Compile("mapping.json")
	require.NoError(t, err)
	return schema
}

// validate validates a mapping file against the schema, as an editor does.
func validate(t *testing.T, schema *jsonschema.Schema, file []byte) error {
	var doc any
	require.NoError(t, yaml.Unmarshal(file, &doc))
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	require.NoError(t, err)
	return schema.Validate(value)
}

func TestSchemaKnowsEveryKey(t *testing.T) {
	schema := compiledSchema(t)
	require.NoError(t, validate(t, schema, []byte(complete)))
	canonical, err := completeMapping(t).Marshal()
	require.NoError(t, err)
	require.NoError(t, validate(t, schema, canonical))
}

func TestSchemaRefusesWhatParseRefuses(t *testing.T) {
	schema := compiledSchema(t)
	for _, text := range []string{
		"nmae: a", "format: xml", "delimiter: ab", "escape: ab", "header: maybe", "id: []", "where: model", "columns: [a]", "columns: {email: {}}", "columns: {email: {frm: a}}",
		"columns: {email: {from: a, transforms: [trm]}}", "columns: {email: {from: a, transforms: [cut]}}", "columns: {' a': b}", "password: {kind: md5}", "hashes: {password: a}",
		"groups: {separator: x}", "disabled: {when: true}", "disabled: {from: a, when: sometimes}", "disabled: []", "null_words: [a|b]", "phone_region: Germany", "name: ''",
		"recognize: {}", "recognize: {cells: 3}", "recognize: {columns: a, cells: 0}", "recognize: {columns: a, cells: x}", "recognize: {columns: []}", "recognize: {values: {a: ''}}", "recognize: {value: a}",
	} {
		require.Error(t, validate(t, schema, []byte(text)), text)
		_, err := source.Parse([]byte(text))
		require.Error(t, err, text)
	}
}

func TestSchemaKnowsEveryTransform(t *testing.T) {
	schema := compiledSchema(t)
	for _, name := range transform.Names() {
		for _, argument := range []string{"", "=3", "=x", "=US", "=dd/mm/yyyy", "=s", "=" + transform.DefaultNamespace} {
			_, err := transform.Parse(name + argument)
			if err == nil {
				file, err := yaml.Marshal(map[string]any{"every_value": []string{name + argument}})
				require.NoError(t, err)
				require.NoError(t, validate(t, schema, file), name+argument)
			}
		}
	}
}

func TestPresets(t *testing.T) {
	schema := compiledSchema(t)
	names := source.Presets()
	assert.True(t, slices.IsSorted(names))
	for _, want := range []string{"auth0", "auth0-csv", "okta", "firebase", "firebase-csv", "keycloak", "cognito", "cognito-csv", "django", "wordpress", "postgres", "mysql", "supabase", "clerk", "aspnet", "laravel", "devise", "azure-b2c", "fusionauth", "fusionauth-table", "supertokens"} {
		assert.Contains(t, names, want)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			file, err := source.PresetFile(name)
			require.NoError(t, err)
			assert.Contains(t, string(file), "\n# https://", "where the format is documented")
			require.NoError(t, validate(t, schema, file))
			m, err := source.Preset(name)
			require.NoError(t, err)
			assert.Equal(t, name, m.Name)
			assert.True(t, !m.Input.NoHeader || m.Recognize != nil, "without names, only values can be recognized")
			for _, c := range m.Columns {
				assert.Contains(t, importjob.Pool{}.Header(), c.Name, "all pools have the column")
			}
			canonical, err := m.Marshal()
			require.NoError(t, err)
			again, err := source.Parse(canonical)
			require.NoError(t, err)
			require.Equal(t, m, again)
		})
	}
}

func TestAnUnknownPreset(t *testing.T) {
	_, err := source.Preset("keyclaok")
	require.EqualError(t, err, `no preset is named "keyclaok"; did you mean keycloak?`)
	_, err = source.Preset("../presets/okta")
	require.ErrorContains(t, err, `there are aspnet, auth0, `)
	var unknown *source.UnknownPresetError
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, "../presets/okta", unknown.Name)
}

// values is what a mapping makes of one record.
type values map[string]string

// read maps all records of an export, in the plainest way.
func read(t *testing.T, m *source.Mapping, file string) (all []values) {
	in := m.Input
	r, err := format.Open([]string{file}, &format.Options{Format: in.Format, Delimiter: in.Delimiter, NoHeader: in.NoHeader, Encoding: in.Encoding})
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	var bound []format.Path
	bind := func(paths ...format.Path) (at []int) {
		for _, p := range paths {
			bound = append(bound, p)
			at = append(at, len(bound)-1)
		}
		return at
	}
	id, password, groups := bind(m.ID...), bind(m.Password.From...), bind(m.Groups.From...)
	columns, lists, disabled := make([][]int, len(m.Columns)), make([][]int, len(m.Columns)), make([][]int, len(m.Disabled))
	for i, c := range m.Columns {
		columns[i] = bind(c.From...)
		if !c.In.IsZero() {
			lists[i] = bind(c.In)
		}
	}
	for i, c := range m.Disabled {
		disabled[i] = bind(c.From)
	}
	require.NoError(t, r.Bind(bound, &format.BindOptions{Records: in.Records, Where: in.Where}))
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		first := func(at []int, column string) string {
			for _, i := range at {
				if text, err := m.Clean(column).Apply(rec.Values[i].Text); err == nil && text != "" {
					return text
				}
			}
			return ""
		}
		v := values{"id": first(id, "")}
		switch m.Password.Kind {
		case source.PasswordHash:
			v["password"] = first(password, "")
		default:
			for _, p := range password {
				v["password"] = strings.TrimSpace(v["password"] + " " + first([]int{p}, ""))
			}
		}
		for _, p := range groups {
			for _, e := range rec.Values[p].Elements() {
				text, err := transform.NewChain(m.Groups.Transforms...).Apply(e.Text)
				require.NoError(t, err)
				v["groups"] += text + ";"
			}
		}
		for i, c := range m.Disabled {
			holds, err := c.Holds(first(disabled[i], ""), time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC))
			require.NoError(t, err)
			if holds {
				v["disabled"] = "true"
			}
		}
		for i, c := range m.Columns {
			text := first(columns[i], c.Name)
			if lists[i] != nil {
				text = map[bool]string{true: "true", false: "false"}[transform.Contains(first(lists[i], ""), text)]
			}
			text, err := m.Chain(c, nil).Apply(text)
			require.NoError(t, err, c.Name)
			if text == "" {
				text = c.Default
			}
			v[c.Name] = text
		}
		maps.DeleteFunc(v, func(_, text string) bool { return text == "" })
		all = append(all, v)
	}
}

// The first user of each export is the same, as far as its system knows the user. The others show what is particular.
func TestPresetsReadExports(t *testing.T) {
	for name, want := range presetWant {
		t.Run(name, func(t *testing.T) {
			preset, _, _ := strings.Cut(name, ".")
			m, err := source.Preset(preset)
			require.NoError(t, err)
			got := read(t, m, filepath.Join("testdata", "presets", name))
			require.Equal(t, want, got)
		})
	}
	files, err := os.ReadDir(filepath.Join("testdata", "presets"))
	require.NoError(t, err)
	have := map[string]bool{}
	for _, f := range files {
		assert.Contains(t, presetWant, f.Name())
		preset, _, _ := strings.Cut(f.Name(), ".")
		have[preset] = true
	}
	for _, preset := range source.Presets() {
		assert.True(t, have[preset], "no export for preset %s", preset)
	}
}
