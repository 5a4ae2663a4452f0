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

func TestTable(t *testing.T) {
	mebibyte := strings.Repeat("x", MaxQuoted)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"LF", "a,b\n1,2\n3,4\n", []string{"2: 1 | 2", "3: 3 | 4"}},
		{"no LF at the end", "a,b\n1,2", []string{"2: 1 | 2"}},
		{"CRLF", "a,b\r\n1,2\r\n3,4\r\n", []string{"2: 1 | 2", "3: 3 | 4"}},
		{"CR", "a,b\r1,2\r\"3\",4\r", []string{"2: 1 | 2", "3: '3' | 4"}},
		{"CR before the end of a file with LF", "a,b\n1,2\r", []string{"2: 1 | 2"}},
		{"CR behind a quoted cell at the end", "a,b\n1,\"2\"\r", []string{"2: 1 | '2'"}},
		{"CR inside of a cell", "a,b\n1\r1,2\n", []string{"2: 1\r1 | 2"}},
		{"quotes", "a,b\n\"1\",\"\"\n", []string{"2: '1' | ''"}},
		{"doubled quotes", "a,b\n\"\"\"1\"\"\",\"2\"\"\"\n", []string{`2: '"1"' | '2"'`}},
		{"delimiter in quotes", "a,b\n\"1,1\",2\n", []string{"2: '1,1' | 2"}},
		{"line ends in quotes are kept, and lines counted", "a,b\n\"1\n\r\n1\",2\n3,4\n", []string{"2: '1\n\r\n1' | 2", "5: 3 | 4"}},
		{"empty records are skipped", "a,b\n\n,\n1,2\n\"\",\n\r\n3,4\n", []string{"4: 1 | 2", "7: 3 | 4"}},
		{"a header behind empty lines", "\n,\na,b\n1,2\n", []string{"4: 1 | 2"}},
		{"white space is kept", "a,b\n 1 ,\t\n", []string{"2:  1  | \t"}},
		{"white space around names is not", " a ,b\t\n1,2\n", []string{"2: 1 | 2"}},
		{"too few and too many cells", "a,b\n1\n1,2,3\n4,5\n", []string{"2! cells", "3! cells", "4: 4 | 5"}},
		{"a stray mark", "a,b\n1,x\"y\n3,4\n", []string{"2! stray", "3: 3 | 4"}},
		{"text behind a closing mark", "a,b\n\"1\"x,2\n3,4\n", []string{"2! stray", "3: 3 | 4"}},
		{"a space before a mark", "a,b\n1, \"2\"\n3,4\n", []string{"2! stray", "3: 3 | 4"}},
		{"a mark that another line closes", "a,b\n1,\"2\n3,\"4\"\n5,6\n", []string{"2! stray", "3: 3 | '4'", "4: 5 | 6"}},
		{"a mark that is not closed", "a,b\n1,\"2\n3,4\n", []string{"2! unclosed", "3: 3 | 4"}},
		{"a mark that is not closed in the last line", "a,b\n1,\"2", []string{"2! unclosed"}},
		{"a mark that is not closed within 1 MiB", "a,b\n1,\"2\n3,4\n" + strings.Repeat("5,6\n", MaxQuoted/4) + "7,\"8\"\n",
			append([]string{"2! unclosed", "3: 3 | 4"}, append(repeated(4, MaxQuoted/4, "5 | 6"), fmt.Sprintf("%d: 7 | '8'", 4+MaxQuoted/4))...)},
		{"a quoted cell of 1 MiB", "a,b\n1,\"" + mebibyte + "\"\n", []string{"2: 1 | '" + mebibyte + "'"}},
		{"a quoted cell of more", "a,b\n1,\"" + mebibyte + "x\"\n3,4\n", []string{"2! unclosed", "3: 3 | 4"}},
		{"a long record", "a,b\n1," + strings.Repeat("x", MaxRecord+MaxRecord) + "\n3,4\n", []string{"2! long", "3: 3 | 4"}},
		{"invalid UTF-8", "a,b\né1,é2\n1,\xff2\n3,4\n", []string{"2: é1 | é2", "3! text", "4: 3 | 4"}},
		{"NUL and others", "a,b\n\x00,\U0001F600\n\u202eabc,\u200f\n", []string{"2: \x00 | \U0001F600", "3: \u202eabc | \u200f"}},
		{"U+FFFD in UTF-8 is a character", "a,b\n\uFFFD,2\n", []string{"2: \uFFFD | 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := bound(t, c.text, &Options{Delimiter: ','}, nil, "a", "b")
			got := drain(t, r)
			if !assert.Equal(t, len(c.want), len(got)) || !assert.True(t, equal(c.want, got)) {
				t.Logf("%.2000q", got)
			}
		})
	}
}

// equal compares long texts without printing them.
func equal(want, got []string) bool {
	for i := range want {
		if want[i] != got[i] {
			return false
		}
	}
	return true
}

// repeated returns n times the same record, from a line on.
func repeated(line, n int, record string) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%d: %s", line+i, record)
	}
	return all
}

// The window ends at every possible place of a record, since the records have lengths without a common factor with it.
func TestTableAcrossWindows(t *testing.T) {
	for _, ends := range []string{"\n", "\r\n"} {
		var b strings.Builder
		b.WriteString("a,b" + ends)
		var want []string
		for i := range 40_000 {
			fmt.Fprintf(&b, "%d,\"x\"\"%d\"%s", i, i*i, ends)
			want = append(want, fmt.Sprintf(`%d: %d | 'x"%d'`, i+2, i, i*i))
		}
		assert.True(t, equal(want, drain(t, bound(t, b.String(), nil, nil, "a", "b"))))
	}
}

func TestTableReadsByteByByte(t *testing.T) {
	r, err := NewReader(iotest.OneByteReader(strings.NewReader("a,b\r\n1,\"2\"\"\r\n\"\r\n3,\"4\"\r\n")), "x", nil)
	require.NoError(t, err)
	require.NoError(t, r.Bind([]Path{Column("a"), Column("b")}, nil))
	assert.Equal(t, []string{"2: 1 | '2\"\r\n'", "4: 3 | '4'"}, drain(t, r))
}

// The values of earlier records stay as they were.
func TestValuesStay(t *testing.T) {
	var b strings.Builder
	b.WriteString("a,b\n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "%d,%d\n", i, i)
	}
	r := bound(t, b.String(), nil, nil, "a")
	var texts []string
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		texts = append(texts, rec.Values[0].Text)
	}
	for i, text := range texts {
		require.Equal(t, fmt.Sprint(i), text)
	}
}

func TestTablePaths(t *testing.T) {
	text := "id,address.city,meta,,dup,dup\n1,Paris,\"{\"\"plan\"\":\"\"pro\"\",\"\"n\"\":[1,2]}\",x,3,4\n2,,{bad},x,,\n3,,,x,,\n"
	r := bound(t, text, nil, nil, "id", "address.city", `"address.city"`, "meta|json.plan", "meta|json.n[1]", "#4", "nowhere", "#99", "nowhere|json.x")
	assert.Equal(t, []string{
		"2: 1 | Paris | Paris | pro | <2> | x | - | - | -",
		"3: 2 |  |  | !{bad} | !{bad} | x | - | - | -",
		"4: 3 |  |  | - | - | x | - | - | -",
	}, drain(t, r))
	assert.Equal(t, []string{"id", "address.city", "meta", "", "dup", "dup"}, r.Columns())

	for path, reason := range map[string]string{
		"dup": "several columns", "": "needs the name", "id[0]": "has no parts", "[0]": "has no parts", "id|json.a[*].b": "",
	} {
		r, err := NewReader(strings.NewReader(text), "x", nil)
		require.NoError(t, err)
		err = r.Bind([]Path{MustPath(path)}, nil)
		if reason == "" {
			assert.NoError(t, err)
			continue
		}
		var bindError *BindError
		require.ErrorAs(t, err, &bindError, path)
		assert.Contains(t, err.Error(), reason)
	}
}

func TestTableNulls(t *testing.T) {
	o := &Options{Nulls: []string{`\N`, ""}}
	r := bound(t, "a,b,c\n\\N,\"\\N\",\n1,\"\",2\n", o, nil, "a", "b", "c", "a|json.x")
	assert.Equal(t, []string{`2: NULL | '\N' | NULL | NULL`, "3: 1 | '' | 2 | -"}, drain(t, r))
}

func TestTableNoHeader(t *testing.T) {
	r := bound(t, "x@example.com,1\ny@example.com,2,\nz@example.com,3\n", &Options{NoHeader: true}, nil, "#1", "#2", "#3")
	assert.Equal(t, []string{"1: x@example.com | 1 | -", "2! cells", "3: z@example.com | 3 | -"}, drain(t, r))
	assert.Equal(t, []string{"", ""}, r.Columns())
}

func TestTableHeaderFaults(t *testing.T) {
	for text, cause := range map[string]error{"a\"b,c\n1,2\n": ErrQuote, "\"a\n1,2\n": ErrUnclosedQuote, ",\n": ErrEmpty} {
		_, err := NewReader(strings.NewReader(text), "users.csv", nil)
		var final *Error
		require.ErrorAs(t, err, &final)
		assert.ErrorIs(t, err, cause)
		assert.Equal(t, "users.csv", final.Name)
	}
}

// A stream that breaks loses the record that it breaks in, not the ones before.
func TestTableBrokenStream(t *testing.T) {
	broken := errors.New("broken")
	for _, text := range []string{"a,b\n1,2\n3,4", "a,b\n1,2\n3,\"4", "a,b\n1,2\n3,\"4\"", "a,b\n1,2\n3,\"4\n5,6\n7,8\n"} {
		r, err := NewReader(fail(text, broken), "x", nil)
		require.NoError(t, err)
		require.NoError(t, r.Bind([]Path{Column("a")}, nil))
		assert.Equal(t, []string{"2: 1", "! x: broken"}, drain(t, r), text)
	}
}

func TestRecordErrorText(t *testing.T) {
	r := bound(t, "a,b\n1,x\"secret\n1\n", nil, nil, "a")
	_, err := r.Next()
	assert.EqualError(t, err, "test:2, cell 2: a stray quotation mark: write it twice, and the whole cell between quotation marks")
	_, err = r.Next()
	assert.EqualError(t, err, "test:3: the wrong number of cells: 1, not 2")
	assert.ErrorIs(t, err, ErrCells)
}

func TestCellsError(t *testing.T) {
	for text, want := range map[string]CellsError{"a,b\n1\n": {Cells: 1, Columns: 2}, "a,b\n1,2,3\n": {Cells: 3, Columns: 2}, "COPY a (a, b) FROM stdin;\n1\n\\.\n": {Cells: 1, Columns: 2}} {
		_, err := bound(t, text, nil, nil, "a").Next()
		var got *CellsError
		require.ErrorAs(t, err, &got)
		assert.Equal(t, want, *got)
		assert.ErrorIs(t, err, ErrCells)
	}
}
