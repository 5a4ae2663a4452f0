package format

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// SELECT INTO OUTFILE writes these with FIELDS TERMINATED BY ',' [OPTIONALLY] ENCLOSED BY '"' ESCAPED BY '\\'.
func TestTableEscapes(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a mark", `"a \"b\"","\""`, []string{`2: 'a "b"' | '"'`}},
		{"a mark at both ends", `"\"a\"",2`, []string{`2: '"a"' | 2`}},
		{"an escape", `"a\\b","\\"`, []string{`2: 'a\b' | '\'`}},
		{"an escape before a mark", `"a\\\"b",2`, []string{`2: 'a\"b' | 2`}},
		{"controls", `"\0\b\n\r\t\Z","\q\'\,"`, []string{"2: '\x00\b\n\r\t\x1a' | 'q','"}},
		{"NULL", "\\N,NULL\n\"\\N\",\"NULL\"\n\"\\\\N\",\\\\N", []string{"2: NULL | NULL", "3: NULL | 'NULL'", `4: '\N' | \N`}},
		{"NULL in a text", "a\\N,NULLs", []string{"2: aN | NULLs"}},
		{"a line end", "\"a\\\nb\",2\n3,4", []string{"2: 'a\nb' | 2", "4: 3 | 4"}},
		{"a line end without an escape", "\"a\nb\",2\n3,4", []string{"2: 'a\nb' | 2", "4: 3 | 4"}},
		{"without marks", `a\,b,c\"d`, []string{`2: a,b | c"d`}},
		{"a line end without marks", "a\\\nb,2\n3,4", []string{"2: a\nb | 2", "4: 3 | 4"}},
		{"CRLF", "a\\\\,\"2\"\r\n3,4\\n\r\n", []string{`2: a\ | '2'`, "3: 3 | 4\n"}},
		{"marks written twice", `"a ""b""","\""""`, []string{`2: 'a "b"' | '""'`}},
		{"an empty cell", `"",`, nil},
		{"empty cells", `"",1`, []string{"2: '' | 1"}},
		{"a stray mark", "\"a\"b,2\n3,4", []string{"2! stray", "3: 3 | 4"}},
		{"a stray mark in a cell without marks", "a\"b,2\n3,4", []string{"2! stray", "3: 3 | 4"}},
		{"a mark at the end of a cell without marks", "a\",2\n3,4", []string{"2! stray", "3: 3 | 4"}},
		{"not closed", "\"a\\\",2\n3,4", []string{"2! unclosed", "3: 3 | 4"}},
		{"not closed within 1 MiB", "\"a\\\",2\n3,4\n" + strings.Repeat("5,6\n", MaxQuoted/4) + "7,\"8\"",
			append([]string{"2! unclosed", "3: 3 | 4"}, append(repeated(4, MaxQuoted/4, "5 | 6"), fmt.Sprintf("%d: 7 | '8'", 4+MaxQuoted/4))...)},
		{"an escape at the end", `1,2\`, []string{`2: 1 | 2\`}},
		{"an escape at the end of a quoted cell", `1,"2\`, []string{"2! unclosed"}},
		{"too few", "\\n\n3,4", []string{"2! cells", "3: 3 | 4"}},
		{"other letters", `"Ł\"é",\é`, []string{`2: 'Ł"é' | é`}},
		{"invalid text", "\"\\\"\xff\",2\n3,4", []string{"2! text", "3: 3 | 4"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := &Options{Delimiter: ',', Escape: '\\', Encoding: "utf-8"}
			text := "a,\"b\\\"\"\n" + c.text
			got := drain(t, bound(t, text, o, nil, "a", `"b\""`))
			assert.Equal(t, c.want, got)
			r, err := NewReader(iotest.OneByteReader(strings.NewReader(text)), "x", o)
			require.NoError(t, err)
			require.NoError(t, r.Bind([]Path{MustPath("#1"), MustPath("#2")}, nil))
			assert.Equal(t, c.want, drain(t, r), "byte by byte")
		})
	}
	got := drain(t, bound(t, "a,b\n#N,\"#\"\"\n\\N,2\n", &Options{Escape: '#', Nulls: []string{"2"}}, nil, "a", "b"))
	r := bound(t, "a,b\nNULL,x\nNULL,\"NULL\"\n\\N,\"\\N\"\n", &Options{Escape: '\\'}, nil, "a", "b")
	for _, want := range [][]Kind{{Null, String}, {Null, String}, {Null, Null}} {
		rec, err := r.Next()
		require.NoError(t, err)
		assert.Equal(t, want, []Kind{rec.Values[0].Kind, rec.Values[1].Kind})
	}
	assert.Equal(t, []string{`2: NULL | '"'`, `3: \N | NULL`}, got, "another character")
}

// The window ends at every possible place of a record.
func TestTableEscapesAcrossWindows(t *testing.T) {
	var b strings.Builder
	b.WriteString("a,b\n")
	var want []string
	for i := range 40_000 {
		fmt.Fprintf(&b, "%d,\"x\\\"%d\\\\\"\n", i, i*i)
		want = append(want, fmt.Sprintf(`%d: %d | 'x"%d\'`, i+2, i, i*i))
	}
	assert.True(t, equal(want, drain(t, bound(t, b.String(), nil, nil, "a", "b"))))
}

func TestEscapesAreRecognized(t *testing.T) {
	escaped := "id,name,mail\n1,\"Ann \\\"A\\\" Lee\",ann@example.com\n2,Bob,bob@example.com\n"
	for _, c := range []struct {
		name, text string
		want       string
	}{
		{"a mark behind a backslash", escaped, "CSV with ',', escapes with \\, UTF-8, header of 3 columns"},
		{"semicolons", strings.ReplaceAll(escaped, ",", ";"), "CSV with ';', escapes with \\, UTF-8, header of 3 columns"},
		{"a delimiter in the text", "id;name\n1;\"a \\\"b; c\\\" d\"\n2;x\n", "CSV with ';', escapes with \\, UTF-8, header of 2 columns"},
		{"no mark behind a backslash", "id,name\n1,\"a\\\\b\"\n2,x\"\n", "CSV with ',', UTF-8, header of 2 columns"},
		{"a path", "id,path\n1,\"C:\\\"\n2,\"D:\\\"\n3,\"x\"y\"\n", "CSV with ',', UTF-8, header of 2 columns"},
		{"as many faults", "id,name\n1,\"C:\\\"\n2,\"a \\\"b\\\" c\"\n", "CSV with ',', UTF-8, header of 2 columns"},
		{"JSON with marks written twice", "id,meta\n1,\"{\"\"n\"\":\"\"a \\\"\"b\\\"\" c\"\"}\"\n2,x\n", "CSV with ',', UTF-8, header of 2 columns"},
	} {
		r, err := NewReader(strings.NewReader(c.text), "x", nil)
		require.NoError(t, err)
		assert.Equal(t, "x: "+c.want, r.Describe().String(), c.name)
	}
	assert.Equal(t, []string{`2: 'Ann "A" Lee'`, "3: Bob"}, drain(t, bound(t, escaped, nil, nil, "name")))
	for want, o := range map[string]*Options{`the escape '"' is not possible`: {Escape: '"'}, `the escape ';' is not possible`: {Escape: ';', Delimiter: ';'}} {
		_, err := NewReader(strings.NewReader("a\n"), "x", o)
		assert.ErrorContains(t, err, want)
	}
}

// What SELECT INTO OUTFILE writes is read back.
func TestTableEscapesRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("a,b\n")
	var want [][2]string
	for range 20_000 {
		var row [2]string
		for i := range row {
			for range 1 + random.IntN(6) {
				row[i] += string("\\\",\n\r\x00anNtZ"[random.IntN(11)])
			}
		}
		want = append(want, row)
		b.WriteString(outfileCell(row[0]) + "," + outfileCell(row[1]) + "\n")
	}
	r := bound(t, b.String(), &Options{Escape: '\\'}, nil, "a", "b")
	for i, row := range want {
		rec, err := r.Next()
		require.NoError(t, err)
		require.Equal(t, row, [2]string{rec.Values[0].Text, rec.Values[1].Text}, i)
	}
	_, err := r.Next()
	require.Equal(t, io.EOF, err)
}

func outfileCell(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", "\\\n", "\x00", `\0`).Replace(text) + `"`
}
