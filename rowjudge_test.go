package importjob

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRowJudgeAgreesWithCheck judges the rows of a file one by one, as a reader gives them and
// as lines of their own, and compares with what Check finds, but for the duplicates.
func TestRowJudgeAgreesWithCheck(t *testing.T) {
	file := faultyFile(12_000)
	var want []Finding
	for _, f := range checkWith(emailPool(), strings.NewReader(file), CheckOptions{Assumptions: looseColumns}, -1).findings {
		if f.Outcome == OutcomeFailed {
			want = append(want, f)
		}
	}
	r := NewReader(strings.NewReader(file))
	names, err := r.Header()
	require.NoError(t, err)
	judge, err := NewRowJudge(emailPool(), names, &CheckOptions{Assumptions: looseColumns})
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
		finding, ok := judge.Judge(row)
		if row.Len() > 0 {
			require.Equal(t, line, string(row.Text()))
		}
		again, okAgain := judge.Judge(ParseRow(line))
		if !ok {
			got = append(got, finding)
			again.Line = row.Line()
		}
		require.Equal(t, ok, okAgain)
		require.Equal(t, finding, again)
	}
	require.NotEmpty(t, want)
	require.Equal(t, want, got)
}

func TestRowJudgeColumns(t *testing.T) {
	for _, c := range []struct {
		columns []string
		want    string
		cause   error
	}{
		{[]string{"email", "a,b", "cognito:username"}, "line 1, column 7: the pool has no such attribute", ErrUnknownColumn},
		{[]string{"x,y", "email", "cognito:username", "email"}, "line 1, column 1: the pool has no such attribute", ErrUnknownColumn},
		{[]string{"email", "cognito:username", "email"}, "line 1, column 24: the header has this column twice", ErrDuplicateColumn},
		{[]string{"email"}, "line 1: cognito:username: the header lacks this column: every column must be there, its values may be empty", ErrMissingColumn},
	} {
		_, err := NewRowJudge(emailPool(), c.columns, &CheckOptions{Assumptions: looseColumns})
		assert.EqualError(t, err, c.want)
		assert.ErrorIs(t, err, c.cause)
	}
	_, err := NewRowJudge(emailPool(), []string{ColumnUsername}, nil)
	assert.ErrorIs(t, err, ErrMissingColumn)
	_, err = NewRowJudge(emailPool(), emailPool().Header(), nil)
	assert.NoError(t, err)
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
