package importjob

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRowCheckerAgreesWithCheck judges the rows of a file one by one, as a reader gives them and
// as lines of their own, and compares with what Check finds, but for the duplicates.
func TestRowCheckerAgreesWithCheck(t *testing.T) {
	file := faultyFile(12_000)
	var want []Finding
	for _, f := range checkWith(emailPool(), strings.NewReader(file), CheckOptions{Assumptions: looseColumns}, -1).findings {
		if f.Status == RowFailed {
			want = append(want, f)
		}
	}
	r := NewReader(strings.NewReader(file))
	names, err := r.Header()
	require.NoError(t, err)
	checker, err := NewRowChecker(emailPool(), names, &CheckOptions{Assumptions: looseColumns})
	require.NoError(t, err)
	var got []Finding
	lines := strings.Split(file, "\n")
	for {
		row, err := r.ReadRow()
		if err == io.EOF {
			break
		}
		if err != nil {
			require.ErrorAs(t, err, new(*CSVError))
		}
		line := strings.TrimSuffix(lines[row.Line()-1], "\r")
		finding, bad := checker.Check(row)
		if row.Len() > 0 {
			require.Equal(t, line, string(row.Text()))
		}
		again, badAgain := checker.Check(ParseRow(line))
		if bad {
			got = append(got, finding)
			again.Line = row.Line()
		}
		require.Equal(t, bad, badAgain)
		require.Equal(t, finding, again)
	}
	require.NotEmpty(t, want)
	require.Equal(t, want, got)
}

func TestRowCheckerColumns(t *testing.T) {
	for _, c := range []struct {
		columns []string
		want    string
		cause   error
	}{
		{[]string{"email", "a,b", "cognito:username"}, "line 1, column 7: the pool has no such attribute", ErrUnknownColumn},
		{[]string{"x,y", "email", "cognito:username", "email"}, "line 1, column 1: the pool has no such attribute", ErrUnknownColumn},
		{[]string{"email", "cognito:username", "email"}, "line 1, column 24: the header has this column twice", ErrDuplicateColumn},
		{[]string{"email"}, "line 1: cognito:username: the header lacks this column: add it, its values may be empty", ErrMissingColumn},
	} {
		_, err := NewRowChecker(emailPool(), c.columns, &CheckOptions{Assumptions: looseColumns})
		assert.EqualError(t, err, c.want)
		assert.ErrorIs(t, err, c.cause)
	}
	_, err := NewRowChecker(emailPool(), []string{ColumnUsername}, nil)
	assert.ErrorIs(t, err, ErrMissingColumn)
	_, err = NewRowChecker(emailPool(), emailPool().Header(), nil)
	assert.NoError(t, err)
}

func TestCheckRecord(t *testing.T) {
	header := emailPool().Header()
	checker, err := NewRowChecker(emailPool(), header, nil)
	require.NoError(t, err)
	for _, tt := range []struct {
		change []string
		want   string // the finding
		code   string
	}{
		{nil, "", ""},
		{[]string{"name", "Doe, John"}, "", ""},
		{[]string{"name", `"J"`}, "", ""},
		{[]string{"email", "x"}, "column 10: email: Invalid email address format.", "email"},
		{[]string{"name", "a\nb"}, "column 1: name: a value cannot hold a line break", "newline"},
		{[]string{"name", " x"}, "column 1: name: a value cannot begin or end with white space: it would be trimmed", "surrounding-space"},
		{[]string{"nmae", "x"}, "nmae: the pool has no such attribute", "unknown-column"},
		{[]string{"name", strings.Repeat("x", 2049)}, "column 1: name: a value cannot be longer than 2048 bytes", "value-too-long"},
	} {
		f, bad := checker.CheckRecord(Record(with(goodUser(), tt.change...)))
		assert.Equal(t, tt.want != "", bad, tt.change)
		if bad {
			assert.Equal(t, tt.code, f.Code)
			assert.Equal(t, goodUser()[ColumnUsername], f.Username)
			assert.NotContains(t, f.String(), goodUser()[ColumnUsername])
		}
	}
	_, bad := checker.CheckRecord(Record{})
	assert.True(t, bad)
	_, bad = checker.CheckRecord(nil)
	assert.True(t, bad)
}

// TestWriterNoLimits writes one row more than a file holds.
func TestWriterNoLimits(t *testing.T) {
	w := NewWriter(io.Discard)
	w.NoLimits = true
	long := strings.Repeat("x", 250)
	for i := range MaxRows + 2 {
		require.NoError(t, w.Write([]string{long}), i)
	}
	assert.Greater(t, w.bytes, int64(MaxFileBytes))
	assert.ErrorIs(t, w.Write([]string{"a\nb"}), ErrNewline)
}
