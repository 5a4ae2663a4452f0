package importjob_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

func TestWriterEscapesCommasOnly(t *testing.T) {
	var b bytes.Buffer
	w := importjob.NewWriter(&b)
	for _, record := range [][]string{
		{"a", "custom:b"},
		{"Doe, John", ",,"},
		{`C:\dir\,x`, `\n`},
		{"", "z\u00fc\u0085\u00a0"},
		{"a b\tc", "\x7f"},
	} {
		require.NoError(t, w.Write(record))
	}
	assert.Empty(t, b.String(), "buffered")
	require.NoError(t, w.Flush())
	assert.Equal(t, "a,custom:b\n"+`Doe\, John,\,\,`+"\n"+`C:\dir\\,x,\n`+"\n,z\u00fc\u0085\u00a0\na b\tc,\x7f\n", b.String())
}

func TestWriterRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		value string
		cause error
	}{
		"LF":                   {"a\nb", importjob.ErrNewline},
		"CR":                   {"a\rb", importjob.ErrNewline},
		"CR at the end":        {"a\r", importjob.ErrNewline},
		"space before":         {" a", importjob.ErrSurroundingSpace},
		"space after":          {"a ", importjob.ErrSurroundingSpace},
		"tab before":           {"\ta", importjob.ErrSurroundingSpace},
		"tab after":            {"a\t", importjob.ErrSurroundingSpace},
		"tab alone":            {"\t", importjob.ErrSurroundingSpace},
		"NUL":                  {"\x00a", importjob.ErrSurroundingSpace},
		"space alone":          {" ", importjob.ErrSurroundingSpace},
		"backslash":            {`a\`, importjob.ErrTrailingBackslash},
		"backslash alone":      {`\`, importjob.ErrTrailingBackslash},
		"backslashes":          {`a\\`, importjob.ErrTrailingBackslash},
		"quote":                {`a"b`, importjob.ErrQuote},
		"invalid UTF-8":        {"a\xffb", importjob.ErrInvalidUTF8},
		"surrogate":            {"\xed\xa0\x80", importjob.ErrInvalidUTF8},
		"2,049 bytes":          {strings.Repeat("x", 2049), importjob.ErrValueTooLong},
		"2,049 bytes of 3":     {strings.Repeat("例", 683), importjob.ErrValueTooLong},
		"long and newline too": {strings.Repeat("\n", 2049), importjob.ErrValueTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			w := importjob.NewWriter(&b)
			require.NoError(t, w.Write([]string{"name", "email"}))
			require.NoError(t, w.Write([]string{"1", "2"}))
			err := w.Write([]string{"a,b", tt.value})
			assert.Equal(t, &importjob.CSVError{Line: 3, Column: 6, Attribute: "email", Err: tt.cause}, err)
			assert.Equal(t, err, w.WriteRecord(importjob.Record{"name": "a,b", "email": tt.value}))
			assert.NotContains(t, err.Error(), tt.value+tt.value)
			require.NoError(t, w.Write([]string{"3", "4"}))
			require.NoError(t, w.Flush())
			assert.Equal(t, "name,email\n1,2\n3,4\n", b.String(), "no trace of the refused row")
		})
	}
}

func TestWriterRefusesARecord(t *testing.T) {
	var b bytes.Buffer
	w := importjob.NewWriter(&b)
	require.NoError(t, w.Write([]string{"name", "email"}))
	for _, record := range [][]string{nil, {}, {"1"}, {"1", "2", "3"}} {
		assert.Equal(t, &importjob.CSVError{Line: 2, Err: importjob.ErrFieldCount}, w.Write(record))
	}
	assert.Equal(t, &importjob.CSVError{Line: 2, Attribute: "phone", Err: importjob.ErrUnknownColumn}, w.WriteRecord(importjob.Record{"name": "x", "phone": "1"}))
	assert.Equal(t, &importjob.CSVError{Line: 2, Attribute: "phone", Err: importjob.ErrUnknownColumn}, w.WriteRecord(importjob.Record{"phone": "1"}), "a user with few columns")
	require.NoError(t, w.WriteRecord(importjob.Record{"email": "x"}))
	require.NoError(t, w.WriteRecord(nil))
	require.NoError(t, w.Flush())
	assert.Equal(t, "name,email\n,x\n,\n", b.String())
}

func TestWriterRefusesAnEmptyRow(t *testing.T) {
	var b bytes.Buffer
	w := importjob.NewWriter(&b)
	require.NoError(t, w.Write([]string{"name"}))
	assert.Equal(t, &importjob.CSVError{Line: 2, Err: importjob.ErrEmptyRow}, w.Write([]string{""}))
	assert.ErrorIs(t, w.WriteRecord(nil), importjob.ErrEmptyRow)
	require.NoError(t, w.Write([]string{"x"}))
	require.NoError(t, w.Flush())
	assert.Equal(t, "name\nx\n", b.String())
}

func TestWriterRefusesAHeader(t *testing.T) {
	for name, tt := range map[string]struct {
		header []string
		want   importjob.CSVError
	}{
		"none":       {nil, importjob.CSVError{Line: 1, Err: importjob.ErrEmptyRow}},
		"empty name": {[]string{""}, importjob.CSVError{Line: 1, Err: importjob.ErrEmptyRow}},
		"duplicate":  {[]string{"a", "b", "a"}, importjob.CSVError{Line: 1, Attribute: "a", Err: importjob.ErrDuplicateColumn}},
		"BOM":        {[]string{"\uFEFFa", "b"}, importjob.CSVError{Line: 1, Column: 1, Err: importjob.ErrBOM}},
		"white":      {[]string{"a", "b "}, importjob.CSVError{Line: 1, Column: 3, Err: importjob.ErrSurroundingSpace}},
		"too long":   {strings.Fields(strings.Repeat(strings.Repeat("x", 1999)+" ", 9)), importjob.CSVError{Line: 1, Attribute: strings.Repeat("x", 1999), Err: importjob.ErrDuplicateColumn}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			w := importjob.NewWriter(&b)
			assert.Equal(t, &importjob.CSVError{Line: 1, Err: importjob.ErrEmptyFile}, w.WriteRecord(importjob.Record{"a": "1"}), "no header yet")
			assert.Equal(t, &tt.want, w.Write(tt.header))
			require.NoError(t, w.Write([]string{"a", "b"}), "the next record is the header then")
			require.NoError(t, w.Write([]string{"1", "2"}))
			require.NoError(t, w.Flush())
			assert.Equal(t, "a,b\n1,2\n", b.String())
		})
	}
}

func TestWriterKeepsTheHeaderItWasGiven(t *testing.T) {
	var b bytes.Buffer
	w := importjob.NewWriter(&b)
	header := []string{"a", "b"}
	require.NoError(t, w.Write(header))
	header[0] = "changed"
	require.NoError(t, w.WriteRecord(importjob.Record{"a": "1"}))
	require.NoError(t, w.Flush())
	assert.Equal(t, "a,b\n1,\n", b.String())
}

func TestWriterAllowsQuotes(t *testing.T) {
	var b bytes.Buffer
	w := importjob.NewWriter(&b)
	w.AllowQuotes = true
	require.NoError(t, w.Write([]string{"a"}))
	require.NoError(t, w.Write([]string{`"John "Jack" Doe"`}))
	require.NoError(t, w.Flush())
	assert.Equal(t, "a\n\"John \"Jack\" Doe\"\n", b.String())
}

func TestWriterRowLength(t *testing.T) {
	header := strings.Split("abcdefgh", "")
	row := func(last int, c string) []string {
		r := make([]string, 8)
		for i := range 7 {
			r[i] = strings.Repeat("x", 2000)
		}
		r[7] = strings.Repeat(c, last)
		return r
	}
	w := importjob.NewWriter(io.Discard)
	require.NoError(t, w.Write(header))
	require.NoError(t, w.Write(row(2000-7, "x")), "16,000 characters, the commas counted")
	assert.Equal(t, &importjob.CSVError{Line: 3, Err: importjob.ErrRowTooLong}, w.Write(row(2000-6, "x")))
	assert.ErrorIs(t, w.Write(row(1000, ",")), importjob.ErrRowTooLong, "an escaped comma is two characters")

	many := make([]string, 4)
	for i := range many {
		many[i] = strings.Repeat("é", 1024)
	}
	require.NoError(t, w.Write(append(many, row(0, "")[:4]...)), "characters, not bytes")
}

func TestWriterRowLimit(t *testing.T) {
	w := importjob.NewWriter(io.Discard)
	require.NoError(t, w.Write([]string{"a"}))
	record := []string{"x"}
	for range importjob.MaxRows {
		if err := w.Write(record); err != nil {
			t.Fatal(err)
		}
	}
	assert.Equal(t, &importjob.CSVError{Line: 500_002, Err: importjob.ErrTooManyRows}, w.Write(record))
}

func TestWriterSizeLimit(t *testing.T) {
	var size countingWriter
	w := importjob.NewWriter(&size)
	header := []string{"a", "b", "c", "d", "e"}
	require.NoError(t, w.Write(header)) // 10 bytes
	record := make([]string, 5)
	for i := range record {
		record[i] = strings.Repeat("x", 1999)
	}
	for range 9_999 { // of 10,000 bytes
		if err := w.Write(record); err != nil {
			t.Fatal(err)
		}
	}
	record[0] = strings.Repeat("x", 1990)
	assert.Equal(t, &importjob.CSVError{Line: 10_001, Err: importjob.ErrFileTooLarge}, w.Write(record))
	record[0] = strings.Repeat("x", 1989)
	require.NoError(t, w.Write(record), "one byte less fits")
	require.NoError(t, w.Flush())
	assert.Equal(t, countingWriter(100_000_000), size)
}

type countingWriter int64

func (w *countingWriter) Write(p []byte) (int, error) {
	*w += countingWriter(len(p))
	return len(p), nil
}

// fullDisk accepts left more bytes.
type fullDisk struct{ left int }

var errFull = errors.New("no space left")

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), d.left)
	d.left -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestWriterReportsTheDisk(t *testing.T) {
	w := importjob.NewWriter(&fullDisk{left: 100_000})
	require.NoError(t, w.Write([]string{"a"}))
	var err error
	written := 0
	for ; err == nil; written++ {
		err = w.Write([]string{strings.Repeat("x", 1000)})
	}
	assert.Equal(t, errFull, err)
	assert.Greater(t, written, 50)
	assert.Equal(t, errFull, w.Write([]string{"1"}), "nothing more is written")
	assert.Equal(t, errFull, w.Flush())
}

// lossy takes all but the last few bytes of each call, and does not say so.
type lossy struct{ lost, calls int }

func (l *lossy) Write(p []byte) (int, error) {
	l.calls++
	return max(len(p)-l.lost, 0), nil
}

func TestWriterReportsAShortWrite(t *testing.T) {
	for _, lost := range []int{1, 2, 1 << 20} {
		disk := &lossy{lost: lost}
		w := importjob.NewWriter(disk)
		require.NoError(t, w.Write([]string{"a"}))
		assert.Equal(t, io.ErrShortWrite, w.Flush(), "%d bytes are lost", lost)
		assert.Equal(t, io.ErrShortWrite, w.Write([]string{"1"}))
		assert.Equal(t, io.ErrShortWrite, w.WriteRecord(importjob.Record{"a": "1"}))
		assert.Equal(t, io.ErrShortWrite, w.Flush())
		assert.Equal(t, 1, disk.calls, "nothing more is written")

		disk = &lossy{lost: lost}
		w = importjob.NewWriter(disk)
		require.NoError(t, w.Write([]string{"a"}))
		var err error
		for rows := 0; err == nil && rows < 1000; rows++ {
			err = w.Write([]string{strings.Repeat("x", 1000)})
		}
		assert.Equal(t, io.ErrShortWrite, err, "the Write that finds the buffer full tells")
		assert.Equal(t, io.ErrShortWrite, w.Flush())
		assert.Equal(t, 1, disk.calls, "what remains in the buffer is not written")
	}
}

func TestWriterWritesNothingAfterAnError(t *testing.T) {
	disk := &fullDisk{left: 3}
	w := importjob.NewWriter(disk)
	require.NoError(t, w.Write([]string{"abc"}))
	assert.Equal(t, errFull, w.Flush())
	disk.left = 1000 // the disk has space again, but the line is cut
	assert.Equal(t, errFull, w.Write([]string{"1"}))
	assert.Equal(t, errFull, w.Flush())
	assert.Equal(t, 1000, disk.left)

	disk = &fullDisk{left: 100}
	w = importjob.NewWriter(disk)
	require.NoError(t, w.Write([]string{"a"}))
	var err error
	for err == nil {
		err = w.Write([]string{strings.Repeat("x", 1000)})
	}
	disk.left = 1000
	assert.Equal(t, errFull, w.Flush())
	assert.Equal(t, 1000, disk.left)
}

// fuzzBytes is the largest size of the inputs that FuzzWriter uses. A larger one finds nothing more,
// and the fuzzer takes minutes to make one smaller.
const fuzzBytes = 200

// Whatever Writer accepts, Reader gives back, and nothing else. The target calls testify only to report what is wrong,
// since testify takes longer than all the rest.
func FuzzWriter(f *testing.F) {
	f.Add("a|b", "1|2\n3|4", false)
	f.Add("a", "\n", false)
	f.Add("a|b|c", `x\,y|,,|\\,`+"\n\x00|\uFEFF|\"", true)
	f.Add("\uFEFFa|b", "1|2", false)
	f.Add(" a|a", "1\r|2", false)
	f.Add("a,b|c", "\u2028|\u00a0", false)
	f.Fuzz(func(t *testing.T, header, rows string, quotes bool) {
		if len(header)+len(rows) > fuzzBytes {
			return
		}
		var b bytes.Buffer
		w := importjob.NewWriter(&b)
		w.AllowQuotes = quotes
		var want [][]string
		for row := range strings.SplitSeq(header+"\n"+rows, "\n") {
			record := strings.Split(row, "|")
			err := w.Write(record)
			if err == nil {
				want = append(want, record)
			} else if _, refused := err.(*importjob.CSVError); !refused {
				require.ErrorAs(t, err, new(*importjob.CSVError))
			}
		}
		if err := w.Flush(); err != nil || !utf8.Valid(b.Bytes()) {
			t.Fatalf("flush: %v, the file: %q", err, b.String())
		}
		if want == nil {
			require.Empty(t, b.Bytes())
			return
		}
		file := b.String()
		got, faults, end := readRecords(importjob.NewReader(&b))
		if end != io.EOF || len(faults) > 0 || !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Fatalf("%q was read as %q, want %q; the faults are %v and the end %v", file, got, want, faults, end)
		}
	})
}
