package importjob

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/internal/scan"
)

// read reads a file with Reader.
func read(src io.Reader, maxBytes int64) (f readFile) {
	r := NewReader(src)
	r.maxBytes, r.NoLimits = maxBytes, maxBytes == 0
	f.header, f.headerErr = r.Header()
	for {
		row, err := r.ReadRow()
		if row == nil {
			f.end = err
			return f
		}
		got := readRow{line: row.Line(), offset: row.Offset(), size: row.Size(), err: err}
		for i, value := range row.Fields() {
			got.fields = append(got.fields, string(value))
			if field := row.Field(i); string(value) != string(field) || cap(value) != len(value) || cap(field) != len(field) {
				panic("Field and Fields do not agree, or their values could be appended to")
			}
		}
		for i := range row.Len() {
			got.columns = append(got.columns, row.Column(i))
		}
		got.text = string(row.Text())
		f.rows = append(f.rows, got)
	}
}

// randomChunks gives out data in pieces of random size, some of them empty.
type randomChunks struct {
	data []byte
	rng  *rand.Rand
}

func (r *randomChunks) Read(p []byte) (int, error) {
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.data[:min(len(r.data), r.rng.IntN(1<<r.rng.IntN(18)))])
	r.data = r.data[n:]
	return n, nil
}

var errBroken = errors.New("the disk is broken")

// sources are the ways in which the bytes of a file can arrive, with what they end in.
func sources(data []byte, seed uint64) map[string]struct {
	r   io.Reader
	end error
} {
	whole := func() io.Reader { return bytes.NewReader(data) }
	broken := func() io.Reader { return io.MultiReader(whole(), iotest.ErrReader(errBroken)) }
	all := map[string]struct {
		r   io.Reader
		end error
	}{
		"whole":                    {whole(), io.EOF},
		"half":                     {iotest.HalfReader(whole()), io.EOF},
		"EOF with data":            {iotest.DataErrReader(whole()), io.EOF},
		"random":                   {&randomChunks{data, rand.New(rand.NewPCG(seed, 1))}, io.EOF},
		"random, EOF with data":    {iotest.DataErrReader(&randomChunks{data, rand.New(rand.NewPCG(seed, 2))}), io.EOF},
		"broken":                   {broken(), errBroken},
		"broken, error with data":  {iotest.DataErrReader(broken()), errBroken},
		"broken, random":           {io.MultiReader(&randomChunks{data, rand.New(rand.NewPCG(seed, 3))}, iotest.ErrReader(errBroken)), errBroken},
		"broken halves, with data": {iotest.DataErrReader(iotest.HalfReader(broken())), errBroken},
	}
	if len(data) < 4096 {
		one := iotest.OneByteReader
		all["byte by byte"] = struct {
			r   io.Reader
			end error
		}{one(whole()), io.EOF}
		all["byte by byte, EOF with data"] = struct {
			r   io.Reader
			end error
		}{iotest.DataErrReader(one(whole())), io.EOF}
	}
	return all
}

// stretch lets short inputs stand for long lines.
func stretch(data []byte) []byte {
	for mark, long := range map[byte]string{
		1: strings.Repeat("y", 15_995), 2: strings.Repeat("\u00e9", 15_995), 3: strings.Repeat("\U0001F642", 15_995),
		4: strings.Repeat("z", 64_000), 5: strings.Repeat("\xff,", 130_000),
	} {
		if bytes.Count(data, []byte{mark}) <= 4 {
			data = bytes.ReplaceAll(data, []byte{mark}, []byte(long))
		}
	}
	return data
}

// checkReader demands that Reader says what the reference says, however the bytes arrive.
func checkReader(t *testing.T, data []byte, seed uint64, maxBytes int64) {
	t.Helper()
	want := map[error]readFile{}
	for _, end := range []error{io.EOF, errBroken} {
		want[end] = reference(string(data), end, maxBytes)
	}
	for name, src := range sources(data, seed) {
		require.Equal(t, want[src.end], read(src.r, maxBytes), name)
	}
	// A source that times out after its first piece is a shorter file with a broken end.
	if first := min(len(data), scan.FirstBytes); first > 0 {
		require.Equal(t, reference(string(data[:first]), iotest.ErrTimeout, maxBytes),
			read(iotest.TimeoutReader(bytes.NewReader(data)), maxBytes), "timeout")
	}
	checkRecords(t, data)
}

// checkRecords demands that Read gives the rows of ReadRow, and looks at their UTF-8.
func checkRecords(t *testing.T, data []byte) {
	t.Helper()
	want := reference(string(data), io.EOF, MaxFileBytes)
	r := NewReader(bytes.NewReader(data))
	header, err := r.Read()
	require.Equal(t, want.header, header)
	require.Equal(t, want.headerErr, err)
	for _, row := range want.rows {
		record, err := r.Read()
		require.Equal(t, len(row.fields), len(record))
		bad := -1
		for i, v := range row.fields {
			require.Equal(t, v, record[i])
			if bad < 0 && !utf8.ValidString(v) {
				bad = i
			}
		}
		if row.err == nil && bad >= 0 {
			row.err = &CSVError{Line: row.line, Column: row.columns[bad], Attribute: want.header[bad], Err: ErrInvalidUTF8}
		}
		require.Equal(t, row.err, err)
	}
	for range 2 {
		record, err := r.Read()
		require.Nil(t, record)
		require.Equal(t, want.end, err, "and the end stays the end")
	}
}

var readerSeeds = []string{
	"", "\n", "\r\n\n", "a", "a\n", "a\r\n", "a,b\n1,2\n", "a,b\n1,2", "a,b\r\n1,2\r\n\r\n3,4\r\n", "\xEF\xBB\xBFa,b\n1,2\n", "\xEF\xBB\xBF", "\xEF\xBB\n",
	"a,b\n1\n1,2,3\n,\n", "a,a\n1,2\n", "a,b,a,b\n", " a , b \n 1\t,\v2 \n", "a\n \n\t\n\r\r\n", `a,b` + "\n" + `1\,2,3\,` + "\n" + `\,,\` + "\n" + `\\,x,y\\` + "\n",
	"a,\xff\n\xc3,\x28\n", "\xff,\xff\n", "a\n\"1,2\"\n\"x\ny\"\n", "\n\n\na,b\n\n\n1,2\n\n\n", "a,b\n\x00,\x7f\n", "a,,\n1,2,3\n", ",\n,\n",
	"a\n\x01xxxxx\n\x01xxxxxx\nb\n", "a\n\x01xxxxx\r\n\x01xxxx\r\n", "a\n\x02xxxxx\n\x02xxxxxx\nb", "a\n\x03xxxxx\nb\n\x03xxxxxx", "\x01xxxxx\n1\n", "\x01xxxxxx\n1\n",
	"\xEF\xBB\xBF\x01xxxxx\n1\n", "\xEF\xBB\xBF\x03\U0001F642\U0001F642\U0001F642\U0001F642\U0001F642\n1\n", "a\n\x04xxx\n1\n\x04xxxx\n2\n\x04xxxxx\n3\n\x04xxxxxx", "\x04\x04\x04\x04\x04", "a\n\x04\x04\x04\x04\x04\nb\n\x04\x04\x04\x04\x04\x04",
	"a,b\n" + strings.Repeat(`\,`, 9) + `12345678\,` + strings.Repeat(`\,`, 9) + `123456789\,1234567890\,x,` + strings.Repeat(`y\,`, 70) + "\n",
	"a,b\n\x05\n1,2\n\x05\n\x05\r\n3,4", "a\n\x05", "\x05\n1\n", "a\n\x04\n\x04\n\x04\n\x04\n\x04\n\x04\nq\n",
}

func TestReaderEqualsReference(t *testing.T) {
	for i, s := range readerSeeds {
		checkReader(t, stretch([]byte(s)), uint64(i), 0)
		checkReader(t, stretch([]byte(s)), uint64(i), int64(9+i%3))
	}
}

func FuzzReader(f *testing.F) {
	for i, s := range readerSeeds {
		f.Add([]byte(s), uint64(i), uint32(i%3*7))
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64, maxBytes uint32) {
		checkReader(t, stretch(data), seed, int64(maxBytes))
	})
}

// Results that end just before, at and after the end of what the reader holds in memory, and rows
// that are just short enough to be held, where an off-by-one would hide.
func TestReaderEqualsReferenceAroundTheWindow(t *testing.T) {
	row := strings.Repeat("x", 1_500) + "\n"
	for d := -1; d <= 1; d++ {
		for _, size := range []int{scan.FirstBytes, scan.ChunkBytes, scan.FirstBytes + scan.ChunkBytes} {
			rows := "a\n" + strings.Repeat(row, size/len(row))
			last := strings.Repeat("y", max(0, size-len(rows)+d-1)) + "\n"
			checkReader(t, []byte(rows+last+"z\n"), uint64(d+1), 0)
		}
		checkReader(t, []byte("a\n"+strings.Repeat("x", scan.MaxLineBytes+d)+"\n"+row+"z"), uint64(d+1), 0)
	}
}

// Files that are as large as they may be, or a little larger, with a line that is too long to be held.
func TestReaderEqualsReferenceAroundTheLimit(t *testing.T) {
	for _, data := range []string{
		"a\n1\n" + strings.Repeat("x", 300_000) + "\n2\n",
		"a\n1\n" + strings.Repeat("x", 300_000),
		"a\n" + strings.Repeat(strings.Repeat("x", 999)+"\n", 300),
	} {
		sizes := []int64{1, 3, 4, scan.MaxLineBytes, scan.MaxLineBytes + 5, scan.ChunkBytes, 299_999}
		for d := int64(-3); d <= 3; d++ {
			sizes = append(sizes, int64(len(data))+d)
		}
		for _, size := range sizes {
			want := reference(data, io.EOF, size)
			require.Equal(t, want, read(strings.NewReader(data), size), size)
			require.Equal(t, want, read(iotest.DataErrReader(iotest.HalfReader(strings.NewReader(data))), size), size)
		}
	}
}

// Lines of separators, escapes and white space in every position of the 64-byte blocks that the
// reader looks at together.
func TestReaderEqualsReferenceOnRandomLines(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	alphabets := []string{`a,\`, "a,\\ \n", "\\,", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\,\n", "a\\\n\r\x00\xff,", "\u00e9,\\\n", "\xac\xdc\x8a\x2c\x5c\x0a"}
	for i := range 600 {
		alphabet := alphabets[i%len(alphabets)]
		data := []byte("h,h2,h3\n")
		for range rng.IntN(1 << rng.IntN(13)) {
			data = append(data, alphabet[rng.IntN(len(alphabet))])
		}
		want := reference(string(data), io.EOF, 0)
		require.Equal(t, want, read(bytes.NewReader(data), 0), "%q", data)
		require.Equal(t, want, read(&randomChunks{data, rng}, 0), "%q", data)
	}
}
