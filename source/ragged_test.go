package source_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
)

// findingsOf returns the findings of an export, with a mapping for its names, and the number of good rows.
func findingsOf(t *testing.T, name, text string) (groups []source.Group, good int64) {
	r, err := source.Inspect(t.Context(), []string{writeFile(t, name, text)}, emailPool(), &source.Options{Now: now, Edits: source.Edits{IgnoreRest: true}})
	require.NoError(t, err)
	return r.Findings, int64(r.Good)
}

// A short row is not filled up, since a cell may be missing anywhere in it: 7 would get the note of 8 as name. The finding says what helps if
// a spreadsheet left out empty cells.
func TestRowsOfOtherLengths(t *testing.T) {
	const header = "id,email,email_verified,name,note\n"
	groups, good := findingsOf(t, "users.csv", header+"6,f@example.com,true\n7,g@example.com,true,note\n8,h@example.com,true,Hal,x,y\n9,i@example.com,true,Ida,x\n")
	assert.EqualValues(t, 1, good)
	var got []string
	for _, g := range groups {
		got = append(got, g.Code+": "+g.String())
	}
	assert.Equal(t, []string{
		"record.few-cells: 2 rows: fewer cells than the table has columns, so values may be in the wrong column; try a value in the last column of each row, if a spreadsheet left out the empty cells at the end (lines 2, 3)",
		"record.many-cells: 1 row: more cells than the table has columns; try quotation marks around values that have the delimiter in them, or --delimiter if it is another one (line 4)",
	}, got)

	// It does help.
	groups, good = findingsOf(t, "users.csv", header+"6,f@example.com,true,,-\n8,h@example.com,true,Hal,\"x,y\"\n")
	assert.Empty(t, groups)
	assert.EqualValues(t, 2, good)
	groups, good = findingsOf(t, "users.sql", "COPY users (id, email, email_verified) FROM stdin;\n6\tf@example.com\n7\tg@example.com\tt\n\\.\n")
	require.Len(t, groups, 1)
	assert.Equal(t, "record.few-cells", groups[0].Code)
	assert.EqualValues(t, 1, good)
}

// Without a quotation mark behind a backslash, an escape is not recognized.
func TestAMappingWithAnEscape(t *testing.T) {
	s := openText(t, "escape: \\\ncolumns: {cognito:username: id, email: email, email_verified: {set: true}, name: name}\n", "users.csv",
		"id,email,name\n7,g@example.com,\"a\\\\b\"\n", source.Options{})
	row, err := s.Next()
	require.NoError(t, err)
	assert.Empty(t, row.Findings)
	assert.Contains(t, row.Values, `a\b`)
	assert.Contains(t, s.Describe().String(), "escapes with \\")
}
