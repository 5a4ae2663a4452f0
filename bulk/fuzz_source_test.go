package bulk

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// sourceColumns are the columns of the pool of the targets in this file.
var sourceColumns = []string{"name", "email", "cognito:username"}

// sourceBytes is the largest size of the inputs. A larger one finds nothing more.
const sourceBytes = 2000

// delivered is a row as a source delivers it: its values, and why they are not a row.
type delivered struct {
	line   int
	values []string
	fault  error
}

// readAll reads a source to its end. Each row is on a later line than the row before, and is delivered or refused.
func readAll(t *testing.T, r rowReader) (rows []delivered, end error) {
	last := 0
	for {
		var s sourceRow
		if err := r.next(&s); err != nil {
			return rows, err
		}
		if s.line <= last || (s.row == nil) != (s.fault != nil) {
			t.Fatalf("after line %d: %+v", last, s)
		}
		last = s.line
		d := delivered{line: s.line, values: slices.Clone(s.values)}
		if s.fault != nil {
			d.fault = s.fault.Err
		} else if d.values = valuesOf(s.row); len(d.values) != len(r.columns()) || bytes.ContainsRune(s.row.Text(), '\n') {
			t.Fatalf("line %d: the row %q has %d values", s.line, s.row.Text(), len(d.values))
		}
		rows = append(rows, d)
	}
}

// faultOf returns why Cognito's dialect cannot hold the values, by a Writer of its own.
func faultOf(values []string, allowQuotes bool) error {
	w := importjob.NewWriter(io.Discard)
	w.NoLimits, w.AllowQuotes = true, allowQuotes
	_ = w.Write(sourceColumns)
	var fault *importjob.CSVError
	if errors.As(w.Write(values), &fault) {
		return fault.Err
	}
	return nil
}

// FuzzCSV reads files as CSV does, and compares the rows with the records of encoding/csv.
func FuzzCSV(f *testing.F) {
	path := filepath.Join(f.TempDir(), "people.csv")
	for _, text := range []string{
		"", "\n", "\uFEFF", "\uFEFF\n", "cognito:username", "cognito:username\njane", "\uFEFFcognito:username,email\r\njane,j@x.test\r\n\r\njoe,\r\n",
		"\"cognito:username\",email,name\n\"a\nb\",\"c\"\"d\",x\n\n\n\"e\",f,g\n", "cognito:username,email\na,b\nc\na,b,c\n,\n", "cognito:username\na\"b\n", "cognito:username\n\"a\"b\n", "cognito:username\n\"a",
		"cognito:username,x\na,b\n", "email,email\na,b\n", "name\na\n", "cognito:username,email\na,\\\n a,b\na\\,b,\"c,d\"\n", "cognito:username\n\"\n\n\n\"\nx\n", "cognito:username\n\xff\n\xc3\n\u2028\n",
		"cognito:username\r\n\"a\r\nb\"\r\nc\r\r\n\rd\n", "\xEF\xBBcognito:username\nx\n", "\uFEFF\uFEFFcognito:username\nx\n", "\n\ncognito:username,email\n\n\n\n1,2\n\n3,4", "\"cognito:username\nx\n", "cognito:username;email\na;\"b;c\"\n",
	} {
		f.Add([]byte(text), uint8(0), false)
		f.Add([]byte(text), uint8(1), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, comma uint8, quotes bool) {
		if len(data) > sourceBytes {
			return
		}
		opts := &CSVOptions{Comma: []rune{0, ';', '\t', '|', 'ä'}[comma%5], Ignore: []string{"x"}, Columns: map[string]string{"email": "email"}}
		if !bytes.Contains(data, []byte("email")) {
			opts.Columns = nil
		}
		require.NoError(t, os.WriteFile(path, data, 0o600))
		source := CSV(path, opts).(csvFile)
		want := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
		want.Comma = source.Comma
		header, headerErr := want.Read()
		r, err := source.open(sourceRules{columns: sourceColumns, allowQuotes: quotes})
		if err != nil {
			if headerErr == nil && !errors.Is(err, ErrColumns) || headerErr != nil && headerErr != io.EOF && !errors.Is(err, headerErr) && errors.As(err, new(*csv.ParseError)) != errors.As(headerErr, new(*csv.ParseError)) {
				t.Fatalf("%q: %v, and not %v", data, err, headerErr)
			}
			if headerErr == io.EOF {
				require.ErrorIs(t, err, importjob.ErrEmptyFile)
			}
			return
		}
		defer r.close()
		require.NoError(t, headerErr)
		rows, end := readAll(t, r)
		checkCSVRows(t, want, header, rows, end, quotes)
		if end == io.EOF {
			digest, err := digestOf(t.Context(), path)
			require.NoError(t, err)
			got, err := r.digest()
			require.NoError(t, err)
			require.Equal(t, digest, got)
		}
	})
}

// checkCSVRows demands that the rows are those that encoding/csv reads, and that a row is refused only if it has too few
// or too many values or if the dialect cannot hold it.
func checkCSVRows(t *testing.T, want *csv.Reader, header []string, rows []delivered, end error, quotes bool) {
	for _, got := range rows {
		record, err := want.Read()
		wrong := errors.Is(err, csv.ErrFieldCount)
		require.True(t, err == nil || wrong, "%v: %+v", err, got)
		line, _ := want.FieldPos(0)
		require.Equal(t, line, got.line)
		values := make([]string, len(sourceColumns))
		for i, name := range sourceColumns {
			if index := slices.Index(header, name); index >= 0 && index < len(record) {
				values[i] = record[index]
			}
		}
		fault := faultOf(values, quotes)
		if wrong {
			values, fault = append(values, record[min(len(header), len(record)):]...), importjob.ErrFieldCount
		}
		require.Equal(t, fault, got.fault, "line %d", line)
		require.Equal(t, values, got.values, "line %d", line)
	}
	_, err := want.Read()
	require.Equal(t, err, end)
}

// FuzzCognitoCSV reads a file with CognitoCSV and with a Reader, and expects the same rows.
func FuzzCognitoCSV(f *testing.F) {
	path := filepath.Join(f.TempDir(), "people.csv")
	header := strings.Join(sourceColumns, ",")
	for _, text := range []string{
		"", "\n", "\uFEFF", header, "\uFEFF" + header + "\r\n\r\na,b,c\r\n\r\n d , e ,\"f\"\n", header + "\na,b\na,b,c,d\n\\,,\\\\,\\\n,,\n", header + "\n\xff,\x00,\u2028\n\n\n\n1,2,3",
		"name,name\n1,2\n", header + "\na\rb,c,d\n\r\r\n1,2,3\r\r\n", ",\n,\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > sourceBytes {
			return
		}
		text, hasBOM := bytes.CutPrefix(data, []byte("\uFEFF"))
		if hasBOM && bytes.HasPrefix(bytes.TrimLeft(text, "\r"), []byte{'\n'}) { // its header is on the first line, and is empty
			return
		}
		require.NoError(t, os.WriteFile(path, data, 0o600))
		want := importjob.NewReader(bytes.NewReader(text))
		header, headerErr := want.Header()
		r, err := CognitoCSV(path).open(sourceRules{})
		if err != nil {
			var got, want *importjob.CSVError
			require.ErrorAs(t, err, &got)
			require.ErrorAs(t, headerErr, &want)
			require.Equal(t, want, got)
			return
		}
		defer r.close()
		if headerErr != nil { // a byte order mark hides it, and the planner finds it
			_, err := importjob.NewRowChecker(importjob.Pool{}, r.columns(), &importjob.CheckOptions{Assumptions: importjob.Assumptions{AllowMissingColumns: true}})
			require.Error(t, err, "%q: %v", data, headerErr)
			return
		}
		require.Equal(t, header, r.columns())
		rows, end := readAll(t, r)
		for _, got := range rows {
			row, err := want.ReadRow()
			require.NotNil(t, row)
			require.Equal(t, row.Line(), got.line)
			require.Equal(t, valuesOf(row), got.values)
			require.Equal(t, err == nil, got.fault == nil)
			if got.fault != nil {
				require.ErrorIs(t, err, got.fault)
			}
		}
		row, err := want.ReadRow()
		require.Nil(t, row)
		require.Equal(t, err, end)
	})
}

// FuzzRecords reads users with any keys and values. Each is delivered with its values, or refused.
func FuzzRecords(f *testing.F) {
	f.Add("jane", "j@x.test", "", "", "Jane, \\Doe", false, uint8(3))
	f.Add("a\nb", " x", "shoe", "38", "\"", true, uint8(2))
	f.Add("\xff", "\\", "", "x", "\u2028\u0085", true, uint8(0))
	f.Add("", "", "password_hash", "", "\x00\r", false, uint8(1))
	f.Fuzz(func(t *testing.T, username, email, key, value, name string, quotes bool, fail uint8) {
		user := importjob.Record{"cognito:username": username, "email": email, "name": name}
		odd := importjob.Record{"cognito:username": username, key: value}
		errEnd := []error{nil, io.EOF, context.Canceled}[fail%3]
		users := func(yield func(importjob.Record, error) bool) {
			_ = yield(user, nil) && yield(odd, nil) && yield(nil, nil) && yield(user, nil) && errEnd != nil && yield(nil, errEnd)
		}
		r, err := Records(users).open(sourceRules{columns: sourceColumns, allowQuotes: quotes})
		require.NoError(t, err)
		defer r.close()
		rows, end := readAll(t, r)
		require.Equal(t, map[error]error{nil: io.EOF, io.EOF: io.ErrUnexpectedEOF, context.Canceled: context.Canceled}[errEnd], end)
		require.Len(t, rows, 4)
		for i, record := range []importjob.Record{user, odd, nil, user} {
			values := []string{record["name"], record["email"], record["cognito:username"]}
			fault := faultOf(values, quotes)
			if i == 1 && !slices.Contains(sourceColumns, key) {
				fault = importjob.ErrUnknownColumn
			}
			require.Equal(t, delivered{line: i + 1, values: values, fault: fault}, rows[i])
		}
	})
}
