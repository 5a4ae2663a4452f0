package format

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzTable compares with encoding/csv. Where both accept a file, both read the same cells. Where encoding/csv accepts a file, so does this
// reader, but for invalid UTF-8 and records of the wrong length.
func FuzzTable(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a,b\r\n\"1\",\"2\"\"\"\r\n", "a\n\"x\r\ny\"\n", "\"\"\n", "a,b\n\n,\n1", "a,b\n1,\"2\n3,4\n", "a\r", "a,\"b\"\r", "a,b\n\"1\"x,2\n",
		"\xff,b\n", "a\rb\n", "\"a\"\r\r\n", "a,b\n\"\r\",\n", ",", "é,\U0001F600\n\x00,\u202e\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.IndexByte(text, '\n') < 0 {
			return // encoding/csv does not know CR as a line end
		}
		got, faults := readCells(t, text)
		want, err := csvCells(text)
		if err != nil {
			return
		}
		require.Empty(t, faults, "encoding/csv accepts it")
		require.Equal(t, want, got)
	})
}

// readCells returns the cells of all records, and what is wrong with the others.
func readCells(t *testing.T, text []byte) (records [][]string, faults []error) {
	r := newTable(bytes.NewReader(text), dialect{delimiter: ',', terminator: '\n'}, nil, false)
	line := 1
	for {
		at, length, err := r.record()
		require.GreaterOrEqual(t, at, line)
		line = at
		if err == io.EOF {
			require.LessOrEqual(t, line, bytes.Count(text, []byte{'\n'})+2)
			return records, faults
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		var cells []string
		for i := range r.scan.cells {
			cells = append(cells, strings.ReplaceAll(r.value(r.w.rests(), i).Text, "\r\n", "\n"))
		}
		records = append(records, cells)
		r.consume(length)
	}
}

// csvCells is readCells with encoding/csv. It drops records of nothing but empty cells.
func csvCells(text []byte) (records [][]string, err error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return records, nil
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(cells, func(cell string) bool { return cell != "" }) {
			records = append(records, cells)
		}
	}
}

// FuzzReader reads any bytes as any format. There is no panic, and each error has its type.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "sep=;\na;b\n1;2\n", "a\tb\n\\N\tx\n\\.\n", "COPY public.users (id, email) FROM stdin;\n1\ta\\tb\\101\\x41\n\\.\n",
		"-- PostgreSQL database dump\n\nCOPY a (a) FROM stdin;\n1\n\\.\n\nCOPY public.b (a, \"b\") FROM stdin;\n1\t2\n\\.\nINSERT INTO c VALUES (1);\n", "a,b\n\"\\\"\\\\\",\\N\n", "id\temail\n1\ta@example.com\n\\N\tb\n",
		`{"users":[{"a":1,"b":"{\"c\":[1]}"},{"a":2}]}`, "{\"a\":1}\n{bad}\n{\"a\":[{\"type\":\"x\",\"v\":null}]}\n", `[{"a":1},2,[3]]`, "[", "{",
		"\xff\xfea\x00,\x00b\x00\n\x00", "\xfe\xff\x00a\x00\n", "\xef\xbb\xbfa,b\n", "caf\xe9,b\n", "PK\x03\x04xl/", "\x1f\x8b\x08\x00", "\x28\xb5\x2f\xfd", "-----BEGIN PGP MESSAGE-----",
		string(gzipped("a,b\n1,2\n")), string(zstded("[{\"a\":1}]")), string(gzipped(string(gzipped("a\n1\n")))), string(gzipped("a,b\n1,2\n")[:20]),
	} {
		f.Add([]byte(seed), "", uint8(0))
		f.Add([]byte(seed), "windows-1252", uint8(3))
		f.Add([]byte(seed), "", uint8(64+16))
	}
	formats := []Format{"", CSV, JSON, NDJSON, PGCopy}
	f.Fuzz(func(t *testing.T, text []byte, encoding string, options uint8) {
		o := &Options{Encoding: encoding, Format: formats[int(options)%len(formats)], NoHeader: options&32 != 0, MaxBytes: 1 << 20}
		if options&64 != 0 {
			o.Escape, o.Table = '\\', "b"
		}
		r, err := NewReader(bytes.NewReader(text), "x", o)
		if err != nil {
			var final *Error
			require.ErrorAs(t, err, &final)
			require.NotEmpty(t, final.Error())
			return
		}
		require.NotEmpty(t, r.Describe().String())
		paths := []Path{MustPath("a"), MustPath("b|json.c[*]")}
		if r.Columns() == nil {
			paths = append(paths, Path{}, MustPath("a[type=x].v"), MustPath("a[*].v"), MustPath("a[0]"))
		} else {
			paths = append(paths, MustPath("#1"))
		}
		if err := r.Bind(paths, nil); err != nil {
			var bindError *BindError
			require.ErrorAs(t, err, &bindError)
			return
		}
		line := 0
		for {
			rec, err := r.Next()
			var rejected *RecordError
			var final *Error
			switch {
			case err == nil:
				require.Len(t, rec.Values, len(paths))
				require.GreaterOrEqual(t, rec.Line, line)
				line = rec.Line
			case errors.As(err, &rejected):
				require.GreaterOrEqual(t, rejected.Line, line)
			default:
				if err != io.EOF {
					require.ErrorAs(t, err, &final)
				}
				require.NoError(t, r.Close())
				return
			}
		}
	})
}
