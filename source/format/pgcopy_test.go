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

// pgDump returns a dump as pg_dump writes it, with COPY statements and rows in it.
func pgDump(blocks ...string) string {
	return "--\n-- PostgreSQL database dump\n--\n\n\\restrict Gx1\n\n-- Dumped from database version 18.1\n\nSET statement_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\n\n" +
		"CREATE TABLE public.users (\n    id integer NOT NULL,\n    email text\n);\n\nCOMMENT ON TABLE public.users IS 'COPY of users';\n\n--\n-- Data for Name: users; Type: TABLE DATA\n--\n\n" +
		strings.Join(blocks, "\n\n--\n-- Data\n--\n\n") + "\n\nALTER TABLE ONLY public.users\n    ADD CONSTRAINT users_pkey PRIMARY KEY (id);\n\n\\unrestrict Gx1\n\n--\n-- PostgreSQL database dump complete\n--\n\n"
}

const (
	usersBlock  = "COPY public.users (id, email) FROM stdin;\n1\ta@example.com\n2\tb\\tb\n\\.\n"
	ordersBlock = "COPY public.orders (no, \"total, net\", note) FROM stdin;\n1\t2\tx\nCOPY public.users (id, email) FROM stdin;\n\\.\n"
	authBlock   = "COPY auth.users (id, email) FROM stdin;\n9\tz@example.com\n\\.\n"
)

// manyRows is a block that is longer than what recognition looks at, and longer than a window.
func manyRows(table string) string {
	return "COPY " + table + " (id, email) FROM stdin;\n" + strings.Repeat("1\ta@example.com\n", 20_000) + "\\.\n"
}

func TestPGDump(t *testing.T) {
	for _, c := range []struct {
		name, text, table string
		want              []string
	}{
		{"one table", pgDump(usersBlock), "", []string{"24: 1 | a@example.com", "25: 2 | b\tb"}},
		{"its name", pgDump(usersBlock), "users", []string{"24: 1 | a@example.com", "25: 2 | b\tb"}},
		{"one of two", pgDump(ordersBlock, usersBlock), "users", []string{"34: 1 | a@example.com", "35: 2 | b\tb"}},
		{"another one of two", pgDump(usersBlock, ordersBlock), "public.users", []string{"24: 1 | a@example.com", "25: 2 | b\tb"}},
		{"a name with its schema", pgDump(authBlock, usersBlock), "PUBLIC.Users", []string{"33: 1 | a@example.com", "34: 2 | b\tb"}},
		{"no rows", pgDump("COPY public.users (id, email) FROM stdin;\n\\.\n"), "", nil},
		{"no statements before", usersBlock + "\n\nCOPY public.x (id) FROM stdin;\n1\n\\.\n", "users", []string{"2: 1 | a@example.com", "3: 2 | b\tb"}},
		{"only SET before", "SET client_encoding = 'UTF8';\n" + usersBlock, "", []string{"3: 1 | a@example.com", "4: 2 | b\tb"}},
		{"CRLF", strings.ReplaceAll(pgDump(usersBlock), "\n", "\r\n"), "", []string{"24: 1 | a@example.com", "25: 2 | b\tb"}},
		{"behind a long table", pgDump(manyRows("public.orders"), usersBlock), "users", []string{"20032: 1 | a@example.com", "20033: 2 | b\tb"}},
		{"behind a long line", pgDump("CREATE VIEW "+strings.Repeat("x", 2*MaxRecord)+";\n", usersBlock), "", []string{"31: 1 | a@example.com", "32: 2 | b\tb"}},
		{"INSERT statements of others", pgDump(usersBlock, "INSERT INTO public.x VALUES (1);\n"), "", []string{"24: 1 | a@example.com", "25: 2 | b\tb"}},
		{"a bad row", pgDump("COPY public.users (id, email) FROM stdin;\n1\n2\tb\n\\.\n"), "", []string{"24! cells", "25: 2 | b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := bound(t, c.text, &Options{Table: c.table}, nil, "id", "email")
			assert.Equal(t, []string{"id", "email"}, r.Columns())
			assert.Equal(t, PGCopy, r.Describe().Format)
			assert.Equal(t, "public.users", r.Describe().Table)
			assert.Equal(t, c.want, drain(t, r))
			again := bound(t, c.text, &Options{Table: c.table, Format: PGCopy}, nil, "id", "email")
			assert.Equal(t, c.want, drain(t, again), "as set")
		})
	}
	r := bound(t, pgDump(ordersBlock), nil, nil, "total, net")
	assert.Equal(t, []string{"no", "total, net", "note"}, r.Columns())
	assert.Equal(t, []string{"24: 2", "25! cells"}, drain(t, r), "a row is no statement")
}

func TestPGDumpWithSeveralTables(t *testing.T) {
	for _, c := range []struct {
		name, text, table string
		want              TableError
		text2             string
	}{
		{"two", pgDump(ordersBlock, usersBlock), "", TableError{Tables: []string{"public.orders", "public.users"}, Several: true},
			"test: the dump has 2 tables: name the one with the users: public.orders, public.users"},
		{"two of that name", pgDump(authBlock, ordersBlock, usersBlock), "users", TableError{Table: "users", Tables: []string{"auth.users", "public.users"}, Several: true},
			"test: the dump has 2 tables that can be users: name one with its schema, or use a dump that has it once: auth.users, public.users"},
		{"none of that name", pgDump(ordersBlock, usersBlock), "sers", TableError{Table: "sers", Tables: []string{"public.orders", "public.users"}},
			"test: the dump has no table sers: name one of public.orders, public.users"},
		{"of three that can be seen at once, the third cannot", pgDump(ordersBlock, usersBlock, manyRows("public.a"), manyRows("public.b")), "",
			TableError{Tables: []string{"public.orders", "public.users", "public.a", "public.b"}, Several: true}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewReader(strings.NewReader(c.text), "test", &Options{Table: c.table})
			var got *TableError
			require.ErrorAs(t, err, &got)
			assert.Equal(t, c.want, *got)
			if c.text2 != "" {
				assert.EqualError(t, err, c.text2)
			}
		})
	}
	many := &TableError{Tables: strings.Split(strings.Repeat("t ", 100), " "), Several: true}
	assert.True(t, strings.HasSuffix(many.Error(), ", t, t and 71 more"), many.Error())

	// Behind many rows, a second table is found only at the end of the first. The error is final.
	for table, want := range map[string]string{
		"":      "! test: the dump has 2 tables: name the one with the users: public.users, public.orders",
		"users": "! test: the dump has 2 tables that can be users: name one with its schema, or use a dump that has it once: public.users, auth.users",
	} {
		second := map[string]string{"": ordersBlock, "users": authBlock}[table]
		got := drain(t, bound(t, pgDump(manyRows("public.users"), second), &Options{Table: table}, nil, "id"))
		require.Len(t, got, 20_001)
		assert.Equal(t, want, got[20_000])
	}
}

// pg_dump ends the rows with a mark, so a dump without it is cut off.
func TestPGDumpCutOff(t *testing.T) {
	whole := pgDump(usersBlock)
	cut := strings.Index(whole, "\\.")
	assert.Equal(t, []string{"24: 1 | a@example.com", "25: 2 | b\tb", "! test: the file is cut off"}, drain(t, bound(t, whole[:cut], nil, nil, "id", "email")))
	long := pgDump(manyRows("public.users"), ordersBlock)
	got := drain(t, bound(t, pgDump(manyRows("public.users"), ordersBlock[:40]), &Options{Table: "users"}, nil, "id"))
	assert.Len(t, got, 20_000, "a statement that is cut off is none")
	got = drain(t, bound(t, long[:strings.LastIndex(long, "\\.")], &Options{Table: "users"}, nil, "id"))
	require.Len(t, got, 20_001)
	assert.Equal(t, "! test: the file is cut off", got[20_000], "another table is, so more may be missing")

	broken := errors.New("broken")
	for _, text := range []string{whole[:100], whole[:cut/4]} {
		_, err := NewReader(fail(text, broken), "x", nil)
		require.ErrorIs(t, err, broken)
	}
	_, err := NewReader(strings.NewReader(pgDump()), "x", nil)
	require.EqualError(t, err, "x: this is an SQL dump: "+asTable, "no rows at all")
}

// WITH (HEADER) writes the names of the columns before the rows.
func TestPGCopyHeader(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // the names
	}{
		{"a number", "id\tname\n1\tAnn\n", []string{"id", "name"}},
		{"an address", "login\temail\nann\tann@example.com\n", []string{"login", "email"}},
		{"a time", "username\tcreated\nann\t2031-02-03 04:05:06+00\n", []string{"username", "created"}},
		{"spaces and other letters", "user name\tStraße\nann\t1 a\n", []string{"user name", "Straße"}},
		{"CRLF", "id\tname\r\n1\tAnn\r\n", []string{"id", "name"}},
		{"NULL and empty say nothing", "id\tname\n\\N\tAnn\n1\tBob\n\t\n", []string{"id", "name"}},
		{"the end mark", "id\tname\n1\tAnn\n\\.\n", []string{"id", "name"}},
		{"the window cuts an address", "note\temail\n" + strings.Repeat("\t"+strings.Repeat("x", 700)+"@example.com\n", 400), []string{"note", "email"}},
		{"a first user", "1\tann\n2\tbob\n", nil},
		{"a first user with a name as a name of a column", "user\tadmin\n1ann\tguest\n", []string{"user", "admin"}},
		{"no usual name", "ann\tadmin\n1bob\tguest\n", nil},
		{"nothing but names", "name\trole\nann\tadmin\nbob\tguest\n", nil},
		{"no rows", "id\tname\n", nil},
		{"the same name twice", "id\tid\n1\t2\n", nil},
		{"a NULL", "id\t\\N\n1\t2\n", nil},
		{"an empty cell", "id\t\n1\t2\n", nil},
	} {
		r := bound(t, c.text, &Options{Format: PGCopy}, nil, "#1")
		rows := strings.Count(strings.TrimSuffix(c.text, "\\.\n"), "\n")
		if c.want != nil {
			assert.Equal(t, c.want, r.Columns(), c.name)
			rows--
		} else {
			assert.Equal(t, []string{"", ""}, r.Columns(), c.name)
		}
		got := drain(t, r)
		if assert.Len(t, got, rows, c.name) && c.want != nil {
			assert.True(t, strings.HasPrefix(got[0], "2: "), c.name)
		}
	}
	r := bound(t, "id\tname\n1\tAnn\n", &Options{Format: PGCopy, NoHeader: true}, nil, "#1")
	assert.Equal(t, []string{"1: id", "2: 1"}, drain(t, r))
}
