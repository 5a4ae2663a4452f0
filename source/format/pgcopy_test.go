package format

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPGCopy(t *testing.T) {
	o := &Options{Format: PGCopy}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"rows", "1\ta\n2\tb\n", []string{"1: 1 | a", "2: 2 | b"}},
		{"no LF at the end", "1\ta", []string{"1: 1 | a"}},
		{"NULL and empty", "\\N\t\n\\\\N\tNULL\n", []string{"1: NULL | ", `2: \N | NULL`}},
		{"the end mark", "1\ta\n\\.\n2\tb\n", []string{"1: 1 | a"}},
		{"escapes", "\\b\\f\\n\\r\\t\\v\t\\\\ \\q \\\" \\\n", []string{"1: \b\f\n\r\t\v | \\ q \" \\"}},
		{"octal and hexadecimal", "\\101\\7x\\0\t\\x41\\x4\\xg\\1012\n", []string{"1: A\ax\x00 | A\x04xgA2"}},
		{"UTF-8 by escapes", "\\303\\251\t\\xc3\\xA9\n", []string{"1: é | é"}},
		{"invalid by escapes", "\\xff\tx\n1\t2\n", []string{"1! text", "2: 1 | 2"}},
		{"invalid", "\xff\tx\n1\t2\n", []string{"1! text", "2: 1 | 2"}},
		{"wrong number", "1\t2\n1\n1\t2\t3\n\n3\t4\n", []string{"1: 1 | 2", "2! cells", "3! cells", "5: 3 | 4"}},
		{"CRLF", "1\ta\r\n\\.\r\n", []string{"1: 1 | a"}},
		{"quotes are text", "\"1\t\"\"\n", []string{`1: "1 | ""`}},
		{"a long row", "1\t2\n1\t" + strings.Repeat("x", 2*MaxRecord) + "\n3\t4\n", []string{"1: 1 | 2", "2! long", "3: 3 | 4"}},
		{"a statement", "COPY public.users (\"user id\", email) FROM stdin;\n1\ta\n\\.\n\n--\n", []string{"2: 1 | a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := *o
			o.Encoding = "utf-8"
			assert.Equal(t, c.want, drain(t, bound(t, c.text, &o, nil, "#1", "#2")))
		})
	}
	assert.Equal(t, []string{"1: a", "2: ", "3: b"}, drain(t, bound(t, "a\n\nb\n", o, nil, "#1")), "an empty row of one column")
	r := bound(t, "COPY public.users (\"user id\", email,meta) FROM stdin;\n1\ta\t{\"plan\":\"x\\\\ty\"}\n\\.\n", nil, nil, "user id", "email", "meta|json.plan", "none")
	assert.Equal(t, []string{"2: 1 | a | x\ty | -"}, drain(t, r))
	assert.Equal(t, []string{"user id", "email", "meta"}, r.Columns())
}

func TestPGCopyBrokenStream(t *testing.T) {
	broken := errors.New("broken")
	r, err := NewReader(fail("1\ta\n2\tb", broken), "x", &Options{Format: PGCopy})
	require.NoError(t, err)
	require.NoError(t, r.Bind([]Path{MustPath("#2")}, nil))
	assert.Equal(t, []string{"1: a", "! x: broken"}, drain(t, r))
}
