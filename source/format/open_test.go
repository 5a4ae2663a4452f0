package format

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// write makes a directory of files.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

func TestOpenDirectory(t *testing.T) {
	dir := write(t, map[string]string{
		"r-realm.json": `{"realm":"r"}`, "r-users-0.json": `{"realm":"r","users":[{"id":"a"},` + "\n" + `{"id":"b"}]}`, "r-users-1.json": `{"realm":"r","users":[{"id":"c"}]}`,
		".hidden": "PK\x03\x04", "sub/x.json": "nonsense",
	})
	r, err := Open([]string{dir}, nil)
	require.NoError(t, err)
	assert.Equal(t, "r-realm.json and 2 more files: JSON, UTF-8, each value is a record; r-users-0.json: JSON, UTF-8, records at users[*] (an array of objects)", r.Describe().String())
	assert.Equal(t, "r-users-1.json", r.Describe().More[1].Name)
	require.NoError(t, r.Bind([]Path{MustPath("id")}, &BindOptions{Records: MustPath("users[*]")}))
	var got []Record
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		rec.Values = append([]Value{}, rec.Values...)
		got = append(got, rec)
	}
	text := func(s string) []Value { return []Value{{Text: s, Kind: String}} }
	assert.Equal(t, []Record{{1, 1, 1, text("a")}, {1, 2, 2, text("b")}, {2, 1, 1, text("c")}}, got)
	require.NoError(t, r.Close())
}

func TestOpenSeveralTables(t *testing.T) {
	dir := write(t, map[string]string{"1.csv": "id,email\n1,a\n", "2.csv.gz": string(gzipped("email;id;more\nb;2;x\nc\n")), "3.csv": "email\nd\n"})
	names := []string{filepath.Join(dir, "1.csv"), "-", filepath.Join(dir, "2.csv.gz"), filepath.Join(dir, "3.csv")}
	r, err := Open(names, &Options{Stdin: strings.NewReader("id\temail\n9\ti\n")})
	require.NoError(t, err)
	assert.Equal(t, []string{"id", "email", "more"}, r.Columns())
	require.NoError(t, r.Bind([]Path{Column("id"), Column("email"), Column("more")}, nil))
	got := drain(t, r)
	assert.Equal(t, []string{"2: 1 | a | -", "2: 9 | i | -", "2: 2 | b | x", "3! cells", "2: - | d | -"}, got)
}

func TestOpenErrors(t *testing.T) {
	dir := write(t, map[string]string{"a.csv": "a,b\n1,2\n", "b.json": "[{}]", "empty": "", "blank": "\n \n", "latin": "caf\xe9\n", "none/.hidden": "x"})
	for _, c := range []struct {
		names []string
		is    error
		text  string
	}{
		{[]string{"nowhere"}, fs.ErrNotExist, "nowhere: "},
		{[]string{"-"}, fs.ErrNotExist, "-: "},
		{nil, ErrEmpty, ""},
		{[]string{filepath.Join(dir, "empty")}, ErrEmpty, "empty: there is nothing in it"},
		{[]string{filepath.Join(dir, "blank")}, ErrEmpty, "there is nothing in it"},
		{[]string{filepath.Join(dir, "none")}, ErrEmpty, "there is nothing in it"},
		{[]string{filepath.Join(dir, "a.csv"), filepath.Join(dir, "b.json")}, nil, "b.json: this is JSON, but " + filepath.Join(dir, "a.csv") + " is CSV with ',': read tables and JSON files apart"},
		{[]string{filepath.Join(dir, "a.csv"), filepath.Join(dir, "latin")}, nil, "latin: the text is not UTF-8"},
	} {
		_, err := Open(c.names, nil)
		var final *Error
		require.ErrorAs(t, err, &final, c.names)
		assert.ErrorContains(t, err, c.text)
		if c.is != nil {
			assert.ErrorIs(t, err, c.is)
		}
	}
}

// A file that changes or vanishes between recognition and its turn ends the reading.
func TestOpenFileVanishes(t *testing.T) {
	dir := write(t, map[string]string{"a": "a\n1\n", "b": "a\n2\n"})
	r, err := Open([]string{dir}, nil)
	require.NoError(t, err)
	require.NoError(t, r.Bind([]Path{Column("a")}, nil))
	require.NoError(t, os.Remove(filepath.Join(dir, "b")))
	got := drain(t, r)
	assert.Equal(t, "2: 1", got[0])
	assert.Contains(t, got[1], filepath.Join(dir, "b")+": ")
}

func TestReaderLife(t *testing.T) {
	r, err := NewReader(strings.NewReader("a\n1\n2\n"), "x", nil)
	require.NoError(t, err)
	rec, err := r.Next()
	require.NoError(t, err, "without Bind, records have no values")
	assert.Equal(t, Record{Line: 2, Values: []Value{}}, rec)
	var bindError *BindError
	assert.ErrorAs(t, r.Bind(nil, nil), &bindError)
	require.NoError(t, r.Close())
	_, err = r.Next()
	assert.ErrorIs(t, err, os.ErrClosed)
	require.NoError(t, r.Close())
}

func TestCompressedBroken(t *testing.T) {
	var b strings.Builder
	b.WriteString("a,b\n")
	for range 50_000 {
		b.WriteString("1,2\n")
	}
	for name, packed := range map[string][]byte{"gzip": gzipped(b.String()), "zstd": zstded(b.String())} {
		r, err := NewReader(bytes.NewReader(packed[:len(packed)-4]), "x", nil)
		require.NoError(t, err)
		require.NoError(t, r.Bind([]Path{Column("a")}, nil))
		got := drain(t, r)
		assert.Equal(t, "! x: "+name+": the file is cut off", got[len(got)-1])

		_, err = NewReader(bytes.NewReader(packed[:5]), "x", nil)
		assert.ErrorIs(t, err, ErrTruncated)

		packed[len(packed)/2] ^= 0x55
		r, err = NewReader(bytes.NewReader(packed), "x", nil)
		if err == nil {
			require.NoError(t, r.Bind([]Path{Column("a")}, nil))
			got := drain(t, r)
			assert.Contains(t, got[len(got)-1], "! x: "+name)
		}
	}
	broken := errors.New("broken")
	_, err := NewReader(fail("\x1f\x8b", broken), "x", nil)
	assert.ErrorIs(t, err, broken)
	_, err = NewReader(fail("", broken), "x", nil)
	assert.ErrorIs(t, err, broken)
}

// repeat is an endless stream.
type repeat string

func (r repeat) Read(p []byte) (int, error) {
	n := 0
	for n+len(r) <= len(p) {
		n += copy(p[n:], r)
	}
	return n, nil
}

// bomb is a gzip stream of n bytes that repeat a text.
func bomb(t *testing.T, n int64, text string) io.Reader {
	t.Helper()
	const block = 1 << 20
	require.Zero(t, n%block)
	require.Zero(t, block%len(text))
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	require.NoError(t, err)
	_, err = io.CopyN(z, repeat(text), block)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return bytes.NewReader(bytes.Repeat(b.Bytes(), int(n/block))) // a gzip file can have several members
}

func TestBombs(t *testing.T) {
	const large, many = 192 << 20, 16 << 20 // bytes: as one record, and as many
	for _, c := range []struct {
		name, text string
		size       int64
	}{
		{"zeros", "\x00", large}, {"one line", "x", large}, {"open quote", "\"", large}, {"spaces", " ", large}, {"arrays", "[", large}, {"strings", "[\"", large},
		{"empty records", ",\n", many}, {"empty lines", "\n", many}, {"records", "1,2\n", many},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			packed := bomb(t, c.size, c.text)
			runtime.GC()
			runtime.ReadMemStats(&before)
			r, err := NewReader(packed, "x", nil)
			if err != nil {
				return
			}
			highest := uint64(0)
			for n := 0; ; n++ {
				_, err := r.Next()
				var rejected *RecordError
				if err != nil && !errors.As(err, &rejected) {
					break
				}
				if n%1_000_000 == 0 {
					runtime.ReadMemStats(&after)
					highest = max(highest, after.HeapInuse-min(before.HeapInuse, after.HeapInuse))
				}
			}
			runtime.ReadMemStats(&after)
			highest = max(highest, after.HeapInuse-min(before.HeapInuse, after.HeapInuse))
			assert.Less(t, highest>>20, uint64(112), "MiB")
		})
	}
}

func TestMaxBytes(t *testing.T) {
	for _, o := range []*Options{{MaxBytes: 1 << 20}, {MaxBytes: 1 << 20, Format: NDJSON}, {MaxBytes: 1 << 20, Format: JSON}, {MaxBytes: 1 << 20, Format: PGCopy}} {
		r, err := NewReader(bomb(t, 4<<20, "[1]\n"), "x", o)
		require.NoError(t, err)
		n := 0
		for {
			_, err = r.Next()
			var rejected *RecordError
			if err != nil && !errors.As(err, &rejected) {
				break
			}
			n++
		}
		var size *SizeError
		require.ErrorAs(t, err, &size, o.Format)
		assert.EqualValues(t, 1<<20, size.Limit)
		assert.InDelta(t, 1<<18, n, 2)
	}
	r, err := NewReader(bytes.NewReader(gzipped("a\n1\n")), "x", &Options{MaxBytes: 4})
	require.NoError(t, err)
	require.NoError(t, r.Bind([]Path{Column("a")}, nil))
	assert.Equal(t, []string{"2: 1"}, drain(t, r), "exactly the limit")
}

func TestLimitedStays(t *testing.T) {
	l := &limited{r: strings.NewReader("0123456789"), limit: 4}
	got := make([]byte, 6)
	n, err := l.Read(got)
	assert.Equal(t, "0123", string(got[:n]))
	assert.Equal(t, &SizeError{Limit: 4}, err)
	for range 2 {
		n, err = l.Read(got)
		assert.Zero(t, n)
		assert.Equal(t, &SizeError{Limit: 4}, err)
	}
	assert.EqualError(t, err, "the file has more than 4 bytes after decompression")
}

func TestZstdWindow(t *testing.T) {
	// A frame with a window of 2^27 bytes, and one raw block of one byte: RFC 8878, section 3.1.1.
	frame := "\x28\xb5\x2f\xfd" + "\x00" + "\x88" + "\x09\x00\x00" + "a"
	_, err := NewReader(strings.NewReader(frame), "x", nil)
	var unsupported *UnsupportedError
	require.ErrorAs(t, err, &unsupported)
	assert.ErrorContains(t, err, "zstd -d --long=31")
}

// A link that leads nowhere may be for a file with users, who would be lost without a word.
func TestOpenDirectoryWithBrokenLink(t *testing.T) {
	dir := write(t, map[string]string{"a.csv": "id\n1\n"})
	require.NoError(t, os.Symlink("gone.csv", filepath.Join(dir, "b.csv")))
	require.NoError(t, os.Symlink("gone", filepath.Join(dir, ".hidden")))
	_, err := Open([]string{dir}, nil)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, filepath.Join(dir, "b.csv"), e.Name)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, os.Remove(filepath.Join(dir, "b.csv")))
	r, err := Open([]string{dir}, nil)
	require.NoError(t, err)
	require.NoError(t, r.Close())
}
