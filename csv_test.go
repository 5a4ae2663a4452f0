package importjob_test

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/jszwec/csvutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/scan"
	"github.com/cognito-import/importjob/internal/testkit"
)

// readAll reads records to the end, and returns them with the errors that came on the way.
func readAll(t *testing.T, r *importjob.Reader) (all [][]string, faults []error, end error) {
	t.Helper()
	all, faults, end = readRecords(r)
	for _, err := range faults {
		require.ErrorAs(t, err, new(*importjob.CSVError))
	}
	return all, faults, end
}

// readRecords returns all records of a file, the errors that came with a record, and the error that came without one.
func readRecords(r *importjob.Reader) (all [][]string, faults []error, end error) {
	for {
		record, err := r.Read()
		if record == nil {
			return all, faults, err
		}
		all = append(all, record)
		if err != nil {
			faults = append(faults, err)
		}
	}
}

func TestReaderOutcomes(t *testing.T) {
	chars := func(s string, n int) string { return strings.Repeat(s, n) }
	for name, tt := range map[string]struct {
		file   string
		want   string // records, with | between values and LF between records
		faults string // one a line
		end    error
	}{
		"plain":               {file: "a,b\n1,2\n3,4\n", want: "a|b\n1|2\n3|4"},
		"no final newline":    {file: "a,b\n1,2", want: "a|b\n1|2"},
		"header only":         {file: "a,b\n", want: "a|b"},
		"header only, no LF":  {file: "a,b", want: "a|b"},
		"empty":               {file: "", end: importjob.ErrEmptyFile},
		"blank lines only":    {file: "\n\r\n\n", end: importjob.ErrEmptyFile},
		"CRLF":                {file: "a,b\r\n1,2\r\n", want: "a|b\n1|2"},
		"BOM":                 {file: "\uFEFFa,b\n1,2\n", want: "a|b\n1|2", faults: "line 1, column 1: the file begins with a byte order mark: save it as UTF-8 without one"},
		"BOM elsewhere":       {file: "a,\uFEFFb\n\uFEFF1,2\n", want: "a|\uFEFFb\n\uFEFF1|2"},
		"duplicate column":    {file: "a,b, a\n1,2,3\n", want: "a|b|a\n1|2|3", faults: "line 1, column 5: the header has this column twice"},
		"short row":           {file: "a,b,c\n1,2\n4,5,6\n", want: "a|b|c\n1|2\n4|5|6", faults: "line 2, column 4: c: the row does not have as many values as the header"},
		"long row":            {file: "a,b\n1,2,3,4\n4,5\n", want: "a|b\n1|2|3|4\n4|5", faults: "line 2, column 5: the row does not have as many values as the header"},
		"blank lines":         {file: "\n\na,b\n\n1\n\r\n\n2\n", want: "a|b\n1\n2", faults: "line 5, column 2: b: the row does not have as many values as the header\nline 8, column 2: b: the row does not have as many values as the header"},
		"invalid UTF-8":       {file: "a,b\n1,x\xffy\n", want: "a|b\n1|x\xffy", faults: "line 2, column 3: b: not valid UTF-8: convert it to UTF-8"},
		"invalid UTF-8 above": {file: "a,\xff\n1,2\n", want: "a|\xff\n1|2", faults: "line 1, column 3: not valid UTF-8: convert it to UTF-8"},
		"escaped comma":       {file: "a,b\n1\\,5,\\,\n", want: "a|b\n1,5|,"},
		"escape at the end":   {file: "a,b\n1,2\\,\n", want: "a|b\n1|2,"},
		"other backslashes":   {file: "a,b\n\\n\\,c:\\d,\\\n", want: "a|b\n\\n,c:\\d|\\"},
		"two and a comma":     {file: "a\n1\\\\,2\n", want: "a\n1\\,2"},
		"quotes":              {file: "a,b\n\"1\",\"2\"\"\n", want: "a|b\n\"1\"|\"2\"\""},
		"quotes hold nothing": {file: "a,b\n\"1,2\"\n", want: "a|b\n\"1|2\""},
		"white space":         {file: " a ,\tb\n 1\u00a0 ,\x00 x y \v\n", want: "a|b\n1\u00a0|x y"},
		"white space alone":   {file: "a,b\n  ,\t\n", want: "a|b\n|"},
		"white space row":     {file: "a\n \n", want: "a\n"},
		"other line ends":     {file: "a,b\n1\u2028,2\u0085\n", want: "a|b\n1\u2028|2\u0085"},
		"lone CR":             {file: "a,b\n1\r2,3\n", want: "a|b\n1\r2|3"},
		"16,000 characters":   {file: "a,b\n1," + chars("x", 15998) + "\n", want: "a|b\n1|" + chars("x", 15998)},
		"16,001 characters":   {file: "a,b\n1," + chars("x", 15999) + "\n3,4\n", want: "a|b\n\n3|4", faults: "line 2: the row is longer than 16000 characters"},
		"16,000 of 4 bytes":   {file: "a,b\n1," + chars("🙂", 15998) + "\n", want: "a|b\n1|" + chars("🙂", 15998)},
		"16,001 of 2 bytes":   {file: "a,b\n1," + chars("é", 15999) + "\n3,4\n", want: "a|b\n\n3|4", faults: "line 2: the row is longer than 16000 characters"},
		"long header":         {file: chars("x", 16001) + "\n1\n", end: importjob.ErrRowTooLong},
		"huge header":         {file: chars("x", 1_000_000) + "\n1\n", end: importjob.ErrRowTooLong},
		"huge last row":       {file: "a\n1\n" + chars("x,", 500_000), want: "a\n1\n", faults: "line 3: the row is longer than 16000 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			records, faults, end := readAll(t, importjob.NewReader(strings.NewReader(tt.file)))
			got := make([]string, len(records))
			for i, r := range records {
				got[i] = strings.Join(r, "|")
			}
			messages := make([]string, len(faults))
			for i, f := range faults {
				messages[i] = f.Error()
			}
			assert.Equal(t, tt.want, strings.Join(got, "\n"))
			assert.Equal(t, tt.faults, strings.Join(messages, "\n"))
			if tt.end == nil {
				tt.end = io.EOF
			}
			assert.ErrorIs(t, end, tt.end)
		})
	}
}

// White space is every character up to U+0020, on either side. Each way to a value trims it, and Writer
// refuses it.
func TestWhiteSpaceAroundAValue(t *testing.T) {
	for c := range rune(0x100) {
		white := c <= ' '
		for _, value := range []string{string(c) + "x", "x" + string(c), string(c) + "x y" + string(c), string(c)} {
			want, cause := value, error(nil)
			switch {
			case c == '\n', c == ',', c == '\\': // these mean something else
				continue
			case c == '\r':
				want, cause = strings.Trim(value, string(c)), importjob.ErrNewline
			case c == '"':
				cause = importjob.ErrQuote
			case white:
				want, cause = strings.Trim(value, string(c)), importjob.ErrSurroundingSpace
			}
			w := importjob.NewWriter(io.Discard)
			require.NoError(t, w.Write([]string{"a", "b", "c"}))
			require.ErrorIs(t, w.Write([]string{"1", value, "3"}), cause, "%q", value)

			// Some ways to a value go by where it stands and whether its row has an escape.
			for place, line := range []string{value + `,\,,3`, "1," + value + ",3", `1,\,,` + value} {
				records, faults, end := readAll(t, importjob.NewReader(strings.NewReader("a,b,c\n"+line+"\n")))
				require.Empty(t, faults)
				require.Equal(t, io.EOF, end)
				require.Equal(t, want, records[1][place], "Read of %q", line)
				row := importjob.ParseRow(line)
				require.Equal(t, want, string(row.Field(place)), "Field of %q", line)
				for i, field := range row.Fields() {
					require.Equal(t, string(row.Field(i)), string(field), "Fields of %q", line)
				}
				require.Equal(t, want, scan.Value(line, place, 3), "LineValue of %q", line)
			}
		}
	}
}

func TestReaderHeader(t *testing.T) {
	r := importjob.NewReader(strings.NewReader("a,b\n1,2\n"))
	for range 2 {
		header, err := r.Header()
		require.NoError(t, err)
		assert.Equal(t, []string{"a", "b"}, header)
		header[0] = "changed"
	}
	record, err := r.Read()
	require.NoError(t, err)
	assert.Equal(t, []string{"1", "2"}, record, "the header is not read twice")

	r = importjob.NewReader(strings.NewReader("a,b\n1,2\n"))
	row, err := r.ReadRow()
	require.NoError(t, err)
	assert.Equal(t, "1", string(row.Field(0)), "ReadRow steps over the header")
	header, err := r.Header()
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, header)

	r = importjob.NewReader(iotest.ErrReader(io.ErrUnexpectedEOF))
	for range 2 {
		_, err = r.Header()
		assert.Equal(t, io.ErrUnexpectedEOF, err, "an error of the reader is passed on as it is")
		_, err = r.ReadRow()
		assert.Equal(t, io.ErrUnexpectedEOF, err)
	}
}

func TestReadRowOfAnEmptyFile(t *testing.T) {
	r := importjob.NewReader(strings.NewReader(""))
	for range 2 {
		row, err := r.ReadRow()
		assert.Nil(t, row)
		assert.ErrorIs(t, err, importjob.ErrEmptyFile)
	}
	assert.Zero(t, importjob.ParseRow(strings.Repeat("x", 100_000)).Len(), "too long for a row")
}

func TestReaderWithoutProgress(t *testing.T) {
	stuck := io.MultiReader(strings.NewReader("a\n1\n2"), testkit.Stuck{})
	records, _, end := readAll(t, importjob.NewReader(stuck))
	assert.Equal(t, [][]string{{"a"}, {"1"}}, records)
	assert.Equal(t, io.ErrNoProgress, end)
}

func TestCSVError(t *testing.T) {
	for want, e := range map[string]importjob.CSVError{
		"line 3, column 17: email: cause": {Line: 3, Column: 17, Attribute: "email"},
		"line 3: email: cause":            {Line: 3, Attribute: "email"},
		"line 3: cause":                   {Line: 3},
		"email: cause":                    {Attribute: "email", Column: 4},
		"cause":                           {},
	} {
		e.Err = errors.New("cause")
		assert.EqualError(t, &e, want)
		assert.Equal(t, e.Err, errors.Unwrap(&e))
	}
}

func TestParseRowIsTheReadersRow(t *testing.T) {
	for _, line := range []string{"", "a", `1\,5, x ,`, `\`, ",,", "a,\r"} {
		row := importjob.ParseRow(line)
		assert.Equal(t, len(line), row.Size())
		if line == "" { // the reader skips such a line
			require.Equal(t, 1, row.Len())
			assert.Empty(t, row.Field(0))
			continue
		}
		read, _ := importjob.NewReader(strings.NewReader("h\n" + line)).ReadRow()
		require.Equal(t, read.Len(), row.Len(), line)
		for i := range row.Len() {
			assert.Equal(t, string(read.Field(i)), string(row.Field(i)), line)
			assert.Equal(t, read.Column(i), row.Column(i), line)
		}
	}
}

// person is a user as a caller might have it.
type person struct {
	Username string `csv:"cognito:username"`
	Email    string `csv:"email"`
	Verified bool   `csv:"email_verified"`
	Address  string `csv:"address,omitempty"`
	Updated  int64  `csv:"updated_at,omitempty"`
}

func TestStructMapperOnTop(t *testing.T) {
	people := []person{
		{"john", "john@example.com", true, "1 High Street, Leeds", 1471453471},
		{"例え", "x@example.com", false, "", 0},
	}
	var file bytes.Buffer
	w := importjob.NewWriter(&file)
	require.NoError(t, csvutil.NewEncoder(w).Encode(people))
	require.NoError(t, w.Flush())
	assert.Equal(t, "cognito:username,email,email_verified,address,updated_at\n"+
		`john,john@example.com,true,1 High Street\, Leeds,1471453471`+"\n例え,x@example.com,false,,\n", file.String())

	dec, err := csvutil.NewDecoder(importjob.NewReader(&file))
	require.NoError(t, err)
	var got []person
	require.NoError(t, dec.Decode(&got))
	assert.Equal(t, people, got)
}

func TestStructMapperReportsTheRow(t *testing.T) {
	dec, err := csvutil.NewDecoder(importjob.NewReader(strings.NewReader("email,updated_at\na@example.com,1\nb@example.com\n")))
	require.NoError(t, err)
	var got []person
	err = dec.Decode(&got)
	assert.ErrorIs(t, err, importjob.ErrFieldCount)
	assert.ErrorContains(t, err, "line 3, column "+strconv.Itoa(len("b@example.com")+1))
}

func TestFieldsStopsWhenAsked(t *testing.T) {
	row := importjob.ParseRow("a,b,c")
	seen := 0
	for i, value := range row.Fields() {
		seen++
		if i == 1 {
			assert.Equal(t, "b", string(value))
			break
		}
	}
	assert.Equal(t, 2, seen)
	for range importjob.ParseRow(strings.Repeat("x", 100_000)).Fields() {
		t.Error("a row that is too long has no values")
	}
}
