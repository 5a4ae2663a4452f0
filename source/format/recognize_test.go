package format

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
)

func utf16Bytes(text string, little bool) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		if little {
			b.Write([]byte{byte(unit), byte(unit >> 8)})
		} else {
			b.Write([]byte{byte(unit >> 8), byte(unit)})
		}
	}
	return b.String()
}

func TestRecognize(t *testing.T) {
	seven := "id;email;phone;given_name;family_name;birthdate;locale\n1;a@example.com;;;;;\n"
	large := strings.Repeat(`{"id":"1","a":"b"},`, 10_000)
	for _, c := range []struct {
		name, text string
		o          *Options
		want       string
	}{
		{"users.csv.gz", string(gzipped("\xef\xbb\xbfsep=;\r\n" + seven)), nil, "users.csv.gz: gzip, CSV with ';' (sep= line), UTF-8 with BOM, header of 7 columns"},
		{"dir/users.csv", "a,b\n1,2\n", nil, "users.csv: CSV with ',', UTF-8, header of 2 columns"},
		{"-", "a\n1\n2\n", nil, "standard input: CSV with ',', UTF-8, header of 1 column"},
		{"x", seven, nil, "x: CSV with ';', UTF-8, header of 7 columns"},
		{"x", "a\tb\n1\t2\n", nil, "x: CSV with tabs, UTF-8, header of 2 columns"},
		{"x", "id\tname\n\"1\"\t\\N\n2\t\"\"\"Ann\"\"\"\n", nil, "x: CSV with tabs, UTF-8, header of 2 columns"},
		{"x", "\"id\"\t\"name\"\r\n\"1\"\t\\N\r\n", nil, "x: CSV with tabs, UTF-8, header of 2 columns"},
		{"x", "id\tname\n1\t\\N\n2\tthe \"5\" inch\n", nil, "x: PostgreSQL COPY text, UTF-8, header of 2 columns"},
		{"x", "1\t\\N\n2\t\"Ann\"\n", nil, "x: PostgreSQL COPY text, UTF-8, no header, 2 columns"},
		{"x", "id\tname\n1\t\\N\n2\t\"Ann\"\n\\.\n", nil, "x: PostgreSQL COPY text, UTF-8, header of 2 columns"},
		{"x", "id|a\n1|2\n", nil, "x: CSV with '|', UTF-8, header of 2 columns"},
		{"x", "id,a\nauth0|1,x\nauth0|2,y\n", nil, "x: CSV with ',', UTF-8, header of 2 columns"},
		{"x", "name;amount\nx;1,5\ny;2,5\n", nil, "x: CSV with ';', UTF-8, header of 2 columns"},
		{"x", "a,b,c\n1,2,3\n1,2\n1,2,3\n1,2,3\n1,2,3\n", nil, "x: CSV with ',', UTF-8, header of 3 columns"},
		{"x", "a;b\n\"1;2,3,4\";5\n", nil, "x: CSV with ';', UTF-8, header of 2 columns"},
		{"x", "a:b\n1:2\n", &Options{Delimiter: ':'}, "x: CSV with ':' (as set), UTF-8, header of 2 columns"},
		{"x", "\"sep=|\"\na|b\n", nil, "x: CSV with '|' (sep= line), UTF-8, header of 2 columns"},
		{"x", "a@example.com,1,\nb@example.com,2,\n", &Options{NoHeader: true}, "x: CSV with ',', UTF-8, no header, 3 columns"},
		{"x", "a@example.com,1\nb@example.com,2\n", nil, "x: CSV with ',', UTF-8, header of 2 columns; the first record has an e-mail address: is it a header?"},
		{"x", "a,17\n", nil, "x: CSV with ',', UTF-8, header of 2 columns; the first record has a number: is it a header?"},
		{"x", "a,b,a\n1,2,3\n", nil, "x: CSV with ',', UTF-8, header of 3 columns; two columns have the same name: use #1 for the first column, and so on"},
		{"x", "\xff\xfe" + utf16Bytes("a\tb\r\né\t\U0001F600\r\n", true), nil, "x: CSV with tabs, UTF-16LE with BOM, header of 2 columns"},
		{"x", "\xfe\xff" + utf16Bytes("a\tb\r\n1\t2\r\n", false), nil, "x: CSV with tabs, UTF-16BE with BOM, header of 2 columns"},
		{"x", utf16Bytes("a,b\r\n1,2\r\n", true), nil, "x: CSV with ',', UTF-16LE (every second byte is 0), header of 2 columns"},
		{"x", utf16Bytes(`[{"a":1}]`, false), nil, "x: JSON, UTF-16BE (every second byte is 0), records at [*] (an array)"},
		{"x", "a,b\ncaf\xe9,2\n", &Options{Encoding: "Latin1"}, "x: CSV with ',', windows-1252 (as set), header of 2 columns"},
		{"x", "a,b\ncaf\xe9,2\n", &Options{Encoding: "iso-8859-15"}, "x: CSV with ',', iso-8859-15 (as set), header of 2 columns"},
		{"x", "a,b\né,ü,\xe9\n", nil, "x: CSV with ',', UTF-8 (with some invalid bytes), header of 2 columns"},
		{"x", "a,b\n\xe9,2\n", &Options{Encoding: "UTF-8"}, "x: CSV with ',', UTF-8 (as set), header of 2 columns"},
		{"x", "\xef\xbb\xbfa,b\n", &Options{Encoding: "windows-1252"}, "x: CSV with ',', UTF-8 with BOM, header of 2 columns"},
		{"x", "[{\"a\":1}]", nil, "x: JSON, UTF-8, records at [*] (an array)"},
		{"x", " [\n ]", nil, "x: JSON, UTF-8, records at [*] (an array)"},
		{"x", "{\"a\":1}\n{\"a\":2}\n", nil, "x: NDJSON, UTF-8, a record on each line"},
		{"x", "{\"a\":}\n{\"a\":2}\n{\"a\":3}\n", nil, "x: NDJSON, UTF-8, a record on each line"},
		{"x", "{\"b\":\n{\"c\":2}\n}\n", nil, "x: JSON, UTF-8, each value is a record"},
		{"x", "\n\n{\"a\":1}\n\n{\"a\":\n", nil, "x: NDJSON, UTF-8, a record on each line"},
		{"x", "{\"users\": [\n{\"a\":1},\n{\"a\":2}\n]}", nil, "x: JSON, UTF-8, records at users[*] (an array of objects)"},
		{"x.jsonl", "{\"a\":[{}]}", nil, "x.jsonl: NDJSON, UTF-8, a record on each line (by its name)"},
		{"x", "{\"a\":1}", nil, "x: JSON, UTF-8, each value is a record"},
		{"x", "{\"id\":1,\"identities\":[{}],\"email\":\"long@example.com\"}\n", nil, "x: JSON, UTF-8, each value is a record"},
		{"x", "{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n", nil, "x: JSON, UTF-8, each value is a record"},
		{"x", "{\"realm\":\"r\",\"clients\":[{\"id\":1}],\"users\": [ {\"id\":2}]}", nil, "x: JSON, UTF-8, records at users[*] (an array of objects)"},
		{"x", "{\"Users\":[{}]}", nil, "x: JSON, UTF-8, records at Users[*] (an array of objects)"},
		{"x", "{\n\"result\":[\n" + large, nil, "x: JSON, UTF-8, records at result[*] (the longest array of objects)"},
		{"x", "{\"a\":1}", &Options{Format: NDJSON}, "x: NDJSON, UTF-8, a record on each line"},
		{"x", "{\"a\":1}\n{\"a\":1}\n", &Options{Format: JSON}, "x: JSON, UTF-8, each value is a record"},
		{"x", "{\"a\",\"b\"\n1,2\n", &Options{Format: CSV}, ""},
		{"x", "COPY public.users (id, \"e\"\"mail\") FROM stdin;\n1\ta\n\\.\n", nil, "x: PostgreSQL COPY text of public.users, UTF-8, header of 2 columns"},
		{"x", "user_id\temail\n1\t\\N\n2\tb@example.com\n", nil, "x: PostgreSQL COPY text, UTF-8, header of 2 columns"},
		{"x", "1\ta\t\\N\n2\t\\N\tb\n", nil, "x: PostgreSQL COPY text, UTF-8, no header, 3 columns"},
		{"x", "1\ta\n2\tb\n\\.\n", nil, "x: PostgreSQL COPY text, UTF-8, no header, 2 columns"},
		{"x", string(zstded(string(gzipped("a,b\n1,2\n")))), nil, "x: zstd, gzip, CSV with ',', UTF-8, header of 2 columns"},
	} {
		r, err := NewReader(strings.NewReader(c.text), c.name, c.o)
		if c.want == "" {
			assert.Error(t, err)
			continue
		}
		require.NoError(t, err, c.want)
		assert.Equal(t, c.want, r.Describe().String())
		require.NoError(t, r.Close())
	}
}

func TestRefuse(t *testing.T) {
	for text, want := range map[string]string{
		"PK\x03\x04\x14\x00[Content_Types].xml":                                    "this is an Excel workbook (XLSX): save it as CSV UTF-8 (File, Save As, CSV UTF-8) and use that file",
		"PK\x03\x04\x14\x00mimetypeapplication/vnd.oasis.opendocument.spreadsheet": "an OpenDocument spreadsheet (ODS)",
		"PK\x03\x04\x14\x00users.csv":                                              "a ZIP archive: unpack it",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00":                                     "an old Excel workbook (XLS)",
		strings.Repeat("\x00", 500):                                                "binary data in an unknown format",
		"-----BEGIN PGP MESSAGE-----\n":                                            "encrypted or signed with PGP: decrypt it first",
		"\n-----BEGIN PGP MESSAGE-----\n":                                          "encrypted or signed with PGP",
		"\x85\x02\x0c\x03" + strings.Repeat("\x04\x01\x02\xff", 50):                "looks encrypted with PGP",
		"\xc1\xc0\x4c\x03" + strings.Repeat("\x04\x01\x02\xff", 50):                "looks encrypted with PGP",
		"\x01\x02\x03\x04" + strings.Repeat("\x05\x06\x07\x08", 50):                "binary data in an unknown format",
		"BZh91AY" + strings.Repeat("\x01", 10):                                     "compressed with bzip2",
		"\xfd7zXZ\x00":                                                             "compressed with xz",
		"%PDF-1.4":                                                                 "a PDF document",
		"SQLite format 3\x00":                                                      "an SQLite database",
		"PGDMP" + strings.Repeat("\x01", 10):                                       "a PostgreSQL dump in the custom format",
		"PAR1" + strings.Repeat("\x15", 10):                                        "a Parquet file",
		strings.Repeat("\x00", 257) + "ustar\x0000":                                "a tar archive",
		"<?xml version=\"1.0\"?>":                                                  "XML or HTML",
		"--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n":      "an SQL dump",
		"-- MySQL dump 10.13  Distrib 8.0\n":                                       "an SQL dump",
		"INSERT INTO users VALUES (1);\n":                                          "an SQL dump with INSERT statements: dump the table with COPY statements",
		"--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.users (id integer);\n\ninsert into public.users values (1);\nCOPY public.users (id) FROM stdin;\n1\n\\.\n": "an SQL dump with INSERT statements",
		"-- phpMyAdmin SQL Dump\n-- version 5\n\nCOPY a (b) FROM stdin;\n": "an SQL dump: export the table as CSV",
		"/*!40101 SET NAMES utf8 */;\nINSERT INTO `a` VALUES (1);\n":       "an SQL dump: export the table as CSV",
		"-- MariaDB dump 10.19\n--\nCOPY a (b) FROM stdin;\n1\n\\.\n":      "an SQL dump: export the table as CSV",
		"version: 1\n\ndn: uid=a,dc=example\nuid: a\n":                     "LDIF",
		"dn:: dWlkPWE=\nuid: a\n":                                          "LDIF",
	} {
		_, err := NewReader(strings.NewReader(text), "x", nil)
		var unsupported *UnsupportedError
		if assert.ErrorAs(t, err, &unsupported, "%.20q", text) {
			assert.Contains(t, err.Error(), want)
		}
	}
	for _, text := range []string{"a,b\n\x00,\x00\n\x01,x\n", "version,1\ndn,x\n", "insert,into\n1,2\n", "PAR1,1\n", "BZhang,1\n", "PGDMP\n"} {
		_, err := NewReader(strings.NewReader(text), "x", nil)
		assert.NoError(t, err, "%q", text)
	}
	deep := gzipped(string(gzipped(string(gzipped(string(gzipped(string(gzipped("a\n")))))))))
	_, err := NewReader(strings.NewReader(string(deep)), "x", nil)
	assert.ErrorContains(t, err, "compressed more than 4 times")
}

func TestEncodings(t *testing.T) {
	cell := "Zoë Åström"
	western, err := charmap.Windows1252.NewEncoder().String("a,b\n“" + cell + "”,1\n€,2\n")
	require.NoError(t, err)
	for _, name := range []string{"windows-1252", "latin1", "cp1252", " Windows-1252 "} {
		got := drain(t, bound(t, western, &Options{Encoding: name}, nil, "a"))
		assert.Equal(t, []string{"2: “" + cell + "”", "3: €"}, got)
	}
	for _, little := range []bool{true, false} {
		text := utf16Bytes("a,b\r\n"+cell+",1\r\n\U0001F600,2\r\n", little)
		assert.Equal(t, []string{"2: " + cell, "3: \U0001F600"}, drain(t, bound(t, text, nil, nil, "a")))
	}
	// U+FFFD, for what is invalid in the other encoding, rejects its record: an unpaired surrogate, and the byte 0x81 of windows-1253.
	text := utf16Bytes("a,b\n1,2\n", true) + "\x00\xd8,\x003\x00\n\x004\x00,\x005\x00\n\x00"
	assert.Equal(t, []string{"2: 1", "3! text", "4: 4"}, drain(t, bound(t, text, nil, nil, "a")))

	var encodingError *EncodingError
	_, err = NewReader(strings.NewReader("a,b\n1,2\ncaf\xe9,2\n"), "users.csv", nil)
	require.ErrorAs(t, err, &encodingError)
	assert.Equal(t, EncodingError{Line: 3, Byte: 0xe9}, *encodingError)
	assert.EqualError(t, err, "users.csv: the text is not UTF-8 (byte 0xE9 on line 3): name its encoding, such as windows-1252 for a CSV file that Excel wrote in western Europe or America")
	_, err = NewReader(strings.NewReader("a,b\n1,caf\xc3"), "users.csv", nil)
	require.ErrorAs(t, err, &encodingError, "half a character at the end")
	assert.Equal(t, EncodingError{Line: 2, Byte: 0xc3}, *encodingError)
	_, err = NewReader(strings.NewReader("a,b\n"), "users.csv", &Options{Encoding: "klingon"})
	require.ErrorAs(t, err, &encodingError)
	assert.ErrorContains(t, err, `unknown encoding "klingon"`)
}

// A character that the end of the head cuts in two is not an invalid one.
func TestHeadCutsACharacter(t *testing.T) {
	for shift := range 4 {
		text := "a,b\n" + strings.Repeat("x", shift) + strings.Repeat("\U0001F600", 20_000) + ",1\n"
		r := bound(t, text, nil, nil, "b")
		assert.Equal(t, "UTF-8", r.Describe().Encoding)
		assert.Len(t, drain(t, r), 1)
	}
}

func TestOptionsCheck(t *testing.T) {
	for want, o := range map[string]*Options{
		`unknown format "xml"`: {Format: "xml"}, `the delimiter '"' is not possible`: {Delimiter: '"'}, `the delimiter '\n'`: {Delimiter: '\n'},
	} {
		_, err := NewReader(strings.NewReader("a\n"), "x", o)
		assert.ErrorContains(t, err, want)
		_, err = Open([]string{"nowhere"}, o)
		assert.ErrorContains(t, err, want)
	}
}
