package format

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A record with all that a path can meet.
const record = `{"s":"x","esc":"a\"\u00e9\n","n":12.50,"t":true,"z":null,"o":{"a":{"b":"deep"},"":1,"a.b":"dotted"},"list":["p",2,null,{"k":"v"},["q"]],` +
	`"creds":[{"type":"otp","v":"1"},{"type":"password","v":"2","data":"{\"value\":\"h\",\"p\":{\"m\":[\"7\"]}}"},{"type":"password","v":"3"}],` +
	`"groups":[{"name":"g1","tags":["x","y"]},{"name":"g\"2","tags":[]},{"other":1},{"name":null}],` +
	`"twice":"\"{\\\"a\\\":1}\"","bad":"{nope","blank":" ","arr":"[{\"id\":1},{\"id\":2}]","nums":[{"n":1,"v":"one"},{"n":true,"v":"yes"}]}`

func TestJSONPaths(t *testing.T) {
	for path, want := range map[string]string{
		"s": "x", "esc": "a\"é\n", "n": "<12.50>", "t": "<true>", "z": "NULL", "none": "-",
		"o.a.b": "deep", "o.a": `<{"b":"deep"}>`, `o."a.b"`: "dotted", `o.""`: "<1>", "s.x": "-", "z.x": "-", "n[0]": "-", "o[0]": "-", "o[*]": "-", "list.a": "-",
		"list[0]": "p", "list[1]": "<2>", "list[2]": "NULL", "list[3].k": "v", "list[4][0]": "q", "list[9]": "-",
		"list[*]": `<["p",2,{"k":"v"},["q"]]>`, "list[*].k": `<["v"]>`, "s[*]": "-",
		"creds[type=password].v": "2", "creds[type=otp].v": "1", "creds[type=x].v": "-", "creds[v=3].type": "password", "o[type=x]": "-",
		"creds[type=password].data|json.value": "h", "creds[type=password].data|json.p.m[0]": "7", "creds[type=otp].data|json.value": "-",
		"groups[*].name": `<["g1","g\"2"]>`, "groups[*].tags[*]": `<["x","y"]>`, "groups[*].tags": `<[["x","y"],[]]>`, "groups[*].nothing": "<[]>", "groups[1].tags[*]": "<[]>",
		"twice|json|json.a": "<1>", "bad|json.a": "!{nope", "bad|json[*].a": "!{nope", "blank|json.a": "-", "arr|json[*].id": "<[1,2]>", "arr|json[id=2]": `<{"id":2}>`, "o|json.a.b": "deep", "z|json.a": "-",
		"creds[*].data|json.value": `<["h"]>`, "nums[n=1].v": "one", "nums[n=true].v": "yes", "list[*][0]": `<["q"]>`,
	} {
		for _, form := range []string{record + "\n", "[" + record + "]", strings.ReplaceAll("\n"+record, ",\"", " ,\n \"")} {
			o := &Options{Format: JSON}
			if strings.HasSuffix(form, "\n") {
				o.Format = NDJSON
			}
			got := drain(t, bound(t, form, o, nil, path))
			require.Len(t, got, 1, path)
			_, got[0], _ = strings.Cut(got[0], ": ")
			if !strings.Contains(form, "\n ") || !strings.HasPrefix(want, "<") {
				assert.Equal(t, want, got[0], path)
			}
		}
	}
}

// All paths at once find the same as each alone.
func TestJSONPathsTogether(t *testing.T) {
	paths := []string{"o", "o.a", "o.a.b", "creds[type=password].v", "creds[type=password].data|json.value", "creds[0].type", "creds[*].v", "s", "s", "", "creds"}
	var want []string
	for _, p := range paths {
		_, alone, _ := strings.Cut(drain(t, bound(t, record, &Options{Format: NDJSON}, nil, p))[0], ": ")
		want = append(want, alone)
	}
	got := drain(t, bound(t, record, &Options{Format: NDJSON}, nil, paths...))
	assert.Equal(t, []string{"1: " + strings.Join(want, " | ")}, got)
}

func TestElements(t *testing.T) {
	assert.Equal(t, []Value{{Text: "a\"", Kind: String}, {Text: "1", Kind: Number}, {Kind: Null}, {Text: "[true]", Kind: Array}, {Text: "{}", Kind: Object}, {Text: "false", Kind: Bool}},
		Value{Kind: Array, Text: `["a\"", 1,null,[true],{},false]`}.Elements())
	assert.Equal(t, []Value{{Text: "x", Kind: String}}, Value{Text: "x", Kind: String}.Elements())
	for _, v := range []Value{{}, {Kind: Null}, {Kind: Array, Text: "[]"}, {Kind: Invalid, Text: "x"}, {Kind: Array}} {
		assert.Empty(t, v.Elements())
	}
	assert.Equal(t, "array", Array.String())
	assert.Equal(t, "invalid JSON", Invalid.String())
	assert.Equal(t, "unknown", Kind(99).String())
}

func TestNDJSON(t *testing.T) {
	o := &Options{Format: NDJSON, Encoding: "utf-8"}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"lines", "{\"a\":1}\n\n \t\n{\"a\":\"x\"}\r\n{\"a\":2}", []string{"1: <1>", "4: x", "5: <2>"}},
		{"bad lines", "{\"a\":1}\n{\"a\":\n}\n{\"a\":2}x\n{\"a\":3} {}\n[\nnull\n7\n\"a\"\n{\"a\":4}\n",
			[]string{"1: <1>", "2! json", "3! json", "4! json", "5! json", "6! json", "7! object", "8! object", "9! object", "10: <4>"}},
		{"members of the same name", "{\"a\":1,\"a\":2}\n{\"x\":{\"b\":1,\"b\":1}}\n{\"a\":3}\n", []string{"1! json", "2! json", "3: <3>"}},
		{"invalid UTF-8", "{\"b\":\"\xff\"}\n{\"a\":3}\n", []string{"1! json", "2: <3>"}},
		{"NUL, emoji, right to left", "{\"a\":\"\\u0000\"}\n{\"a\":\"\U0001F600\\ud83d\\ude00\"}\n{\"a\":\"\u202eabc\"}\n{\"a\":\"\\ud800\"}\n{\"a\":\"\x00\"}\n",
			[]string{"1: \x00", "2: \U0001F600\U0001F600", "3: \u202eabc", "4! json", "5! json"}},
		{"a long line", "{\"a\":\"" + strings.Repeat("x", 2*MaxRecord) + "\"}\n{\"a\":1}\n", []string{"1! long", "2: <1>"}},
		{"deep", strings.Repeat("[", 100_000) + "\n{\"a\":1}\n", []string{"1! json", "2: <1>"}},
		{"a name with an escape", "{\"\\u0061\":1}\n", []string{"1: <1>"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, drain(t, bound(t, c.text, o, nil, "a")))
		})
	}
	cell := strings.Repeat("x", 1_000_000)
	assert.True(t, equal([]string{"1: " + cell}, drain(t, bound(t, "{\"a\":\""+cell+"\"}", o, nil, "a"))))
}

func TestNDJSONRecordsInLines(t *testing.T) {
	text := "{\"users\":[{\"a\":1},{\"a\":2}]}\n{\"users\":[{\"a\":3},7,{\"a\":4}\n{\"users\":[]}\n{}\n{\"users\":[{\"a\":5}]}\n"
	got := drain(t, bound(t, text, &Options{Format: NDJSON}, &BindOptions{Records: MustPath("users[*]")}, "a"))
	assert.Equal(t, []string{"1: <1>", "1: <2>", "2: <3>", "2! object", "2: <4>", "2! json", "5: <5>"}, got)
}

func TestJSONRecords(t *testing.T) {
	text := `{"realm":"r", "big":[{"users":[{"a":0}]}],
 "users":[
  {"a":1},
  {"a":
    2},

  {"a":3}], "more":[[{"a":4}],[{"a":5},{"a":6}]]}
{"users":[{"a":7}]}`
	for records, want := range map[string][]string{
		"users[*]":        {"3: <1>", "4: <2>", "7: <3>", "8: <7>"},
		"users[1]":        {"4: <2>"},
		"more[*][*]":      {"7: <4>", "7: <5>", "7: <6>"},
		"more[1][*]":      {"7: <5>", "7: <6>"},
		"big[*].users[*]": {"1: <0>"},
		"none[*]":         nil,
		"users.x":         nil,
		"[*]":             nil,
		"realm[*]":        nil,
	} {
		for _, wrap := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.DataErrReader} {
			r, err := NewReader(wrap(strings.NewReader(text)), "x", &Options{Format: JSON})
			require.NoError(t, err)
			require.NoError(t, r.Bind([]Path{MustPath("a")}, &BindOptions{Records: MustPath(records)}))
			assert.Equal(t, want, drain(t, r), records)
		}
	}
	for _, records := range []string{"a[x=y]", "a|json", "#1"} {
		for _, format := range []Format{JSON, NDJSON} {
			r, err := NewReader(strings.NewReader(text), "x", &Options{Format: format})
			require.NoError(t, err)
			var bindError *BindError
			assert.ErrorAs(t, r.Bind(nil, &BindOptions{Records: MustPath(records)}), &bindError)
		}
	}
	for _, format := range []Format{CSV, PGCopy} {
		r, err := NewReader(strings.NewReader("a\tb\n"), "x", &Options{Format: format})
		require.NoError(t, err)
		assert.ErrorContains(t, r.Bind(nil, &BindOptions{Records: MustPath("a")}), "no path to its records")
	}
	r, err := NewReader(strings.NewReader("{}"), "x", nil)
	require.NoError(t, err)
	assert.ErrorContains(t, r.Bind([]Path{MustPath("#1")}, nil), "only a table has numbered columns")
}

// A record that is not good is rejected alone, also in a document.
func TestJSONBadRecords(t *testing.T) {
	text := "[{\"a\":1},\n{\"a\":1,\"a\":2},\n{\"a\":\"\xff\"},\n\"x\",null,\n{\"a\":2}]"
	assert.Equal(t, []string{"1: <1>", "2! json", "3! json", "4! object", "4! object", "5: <2>"}, drain(t, bound(t, text, &Options{Encoding: "utf-8"}, nil, "a")))
}

func TestJSONBrokenDocuments(t *testing.T) {
	for text, want := range map[string][]string{
		"[{\"a\":1},\n{\"a\":2":              {"1: <1>", "! test:1: the file is cut off"},
		"[{\"a\":1},\n":                      {"1: <1>", "! test:1: the file is cut off"},
		"[{\"a\":1}\n{\"a\":2}]":             {"1: <1>", "! test:2: invalid JSON: invalid character '{' after array element (expecting ',' or ']')"},
		"[{\"a\":1},\n{\"a\" 2}]":            {"1: <1>", "! test:2: invalid JSON: invalid character '2' after object name (expecting ':')"},
		"[{\"a\":1}]\n}":                     {"1: <1>", "! test:2: invalid JSON: invalid character '}' at start of value"},
		"[{\"a\":1}]\n[{\"a\":2}]":           {"1: <1>", "2: <2>"},
		"[" + strings.Repeat("[", 100_000):   {"! test:1: invalid JSON: exceeded max depth"},
		"[" + strings.Repeat(" ", 2_000_000): {"! test:1: the file is cut off"},
	} {
		r := bound(t, text, nil, &BindOptions{Records: MustPath("[*]")}, "a")
		assert.Equal(t, want, drain(t, r), "%.50q", text)
	}
	r := bound(t, "[{\"a\":\""+strings.Repeat("x", 3*MaxRecord)+"\"}]", nil, nil, "a")
	assert.Equal(t, []string{"! test:1: the record is longer than 16 MiB"}, drain(t, r))

	broken := errors.New("broken")
	for _, o := range []*Options{{Format: JSON}, {Format: NDJSON}} {
		r, err := NewReader(fail("{\"a\":1}\n{\"a\":2}", broken), "x", o)
		require.NoError(t, err)
		require.NoError(t, r.Bind([]Path{MustPath("a")}, nil))
		got := drain(t, r)
		assert.Equal(t, "1: <1>", got[0])
		assert.Contains(t, got[len(got)-1], "broken")
	}
}

// What is between the records can be larger than a record.
func TestJSONSkipsLargeValues(t *testing.T) {
	large := "[" + strings.Repeat("\"0123456789abcdef\",\n", 2*MaxRecord/16) + "0]"
	text := `{"clients":` + large + `,"users":[{"a":1}]}`
	got := drain(t, bound(t, text, nil, &BindOptions{Records: MustPath("users[*]")}, "a"))
	assert.Equal(t, []string{fmt.Sprintf("%d: <1>", 2*MaxRecord/16+1)}, got)
}

func TestWhere(t *testing.T) {
	where := func(filters ...string) *BindOptions {
		o := &BindOptions{}
		for _, text := range filters {
			f, err := ParseFilter(text)
			require.NoError(t, err)
			o.Where = append(o.Where, f)
		}
		return o
	}
	text := `[{"model":"auth.user","pk":1,"fields":{"on":true}},{"model":"auth.group","pk":2},{"model":"auth.user","pk":3,"fields":{"on":false}},{"pk":4},{"model":["auth.user"],"pk":5}]`
	assert.Equal(t, []string{"1: <1>", "1: <3>"}, drain(t, bound(t, text, nil, where("model=auth.user"), "pk")))
	assert.Equal(t, []string{"1: <1>"}, drain(t, bound(t, text, nil, where("model=auth.user", "fields.on=true"), "pk")))
	table := "id,on,a\n1,t,x\n2,f,x\n3,t,y\n4,,\n"
	assert.Equal(t, []string{"2: 1", "4: 3"}, drain(t, bound(t, table, nil, where("on=t"), "id")))
	assert.Equal(t, []string{"2: 1"}, drain(t, bound(t, table, nil, where("on=t", "#3=x"), "id")))
	assert.Equal(t, []string{"5: 4"}, drain(t, bound(t, table, nil, where("on="), "id")))
	assert.Equal(t, []string{"1: 1"}, drain(t, bound(t, "1\tt\n2\tf\n3\t\\N\n", &Options{Format: PGCopy}, where("#2=t"), "#1")))
	assert.Empty(t, drain(t, bound(t, table, nil, where("nowhere=x"), "id")))

	assert.Equal(t, []string{"5: 4"}, drain(t, bound(t, table, nil, where("on=null"), "id")))
	assert.Len(t, drain(t, bound(t, table, nil, where("nowhere=null"), "id")), 4)
	assert.Equal(t, []string{"3: 3"}, drain(t, bound(t, "1\tt\n2\tf\n3\t\\N\n", &Options{Format: PGCopy}, where("#2=null"), "#1")))
	deleted := `[{"id":1,"at":null},{"id":2},{"id":3,"at":""},{"id":4,"at":"2024"},{"id":5,"at":0},{"id":6,"at":"null"},{"id":7,"at":[]},{"id":8,"at":{}},{"id":9,"at":false}]`
	assert.Equal(t, []string{"1: <1>", "1: <2>", "1: <3>", "1: <6>"}, drain(t, bound(t, deleted, nil, where("at=null"), "id")))
	words := "id,at\n1,null\n2,NULL\n3,\\N\n4,nil\n"
	assert.Equal(t, []string{"2: 1", "3: 2", "4: 3"}, drain(t, bound(t, words, nil, where("at=null"), "id")))
	assert.Equal(t, []string{"1: <6>"}, drain(t, bound(t, deleted, nil, where(`at="null"`), "id")))
}
