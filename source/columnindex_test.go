package source

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
)

// slowColumnOf is the index of the column that a path names, found by looking at all of them.
func slowColumnOf(p format.Path, names []string) int {
	text := p.String()
	return slices.IndexFunc(names, func(name string) bool {
		number := fmt.Sprintf("#%d", slices.Index(names, name)+1) // the names of the test differ
		return slices.ContainsFunc([]string{number, format.Column(name).String(), name}, func(own string) bool {
			return own != "" && (text == own || strings.HasPrefix(text, own+"|json"))
		})
	})
}

func TestColumnIndexFindsWhatASearchFinds(t *testing.T) {
	names := []string{"a", "#1", "", "a.b", "a|json", `"a"`, "a|json|json", "#9", "b c", "x[0]"}
	index := indexColumns(names)
	texts := []string{"a", "#1", "#3", "#5", "#10", "#11", `"a.b"`, "a.b", "a|json", "a|json.b", `"a|json"`, `"a|json"|json.c`, `"#1"`, "b", "a|json|json", `"b c"|json`, "z|json", `"x[0]"`, "x[0]"}
	for _, text := range texts {
		p, err := format.ParsePath(text)
		require.NoError(t, err, text)
		assert.Equal(t, slowColumnOf(p, names), index.of(p), text)
	}
}

func TestColumnPaths(t *testing.T) {
	var texts []string
	for _, p := range columnPaths([]string{"a", "b", "a", "", "c.d", ""}) {
		texts = append(texts, p.String())
	}
	require.Equal(t, []string{"#1", "b", "#3", "#4", `"c.d"`, "#6"}, texts)
}

// The work for each column does not grow with their number. Allocations count it.
func TestInspectManyColumns(t *testing.T) {
	const columns = 2000
	var b bytes.Buffer
	b.WriteString("username,email,email_verified")
	for i := range columns {
		fmt.Fprintf(&b, ",column%d", i)
	}
	b.WriteString("\nann,ann@example.com,true" + strings.Repeat(",v", columns) + "\n")
	file := filepath.Join(t.TempDir(), "wide.csv")
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))
	allocations := testing.AllocsPerRun(1, func() {
		r, err := Inspect(t.Context(), []string{file}, importjob.Pool{AutoVerifiedAttributes: []string{"email"}}, &Options{Edits: Edits{IgnoreRest: true}})
		require.NoError(t, err)
		require.Equal(t, 1, r.Good)
		require.Len(t, r.Columns, columns+3)
		require.Equal(t, []string{"cognito:username"}, r.Columns[0].To)
		require.Equal(t, []string{"v"}, r.Columns[columns].Examples)
	})
	assert.Less(t, allocations, float64(2000*columns))
}

// Each group is in the row once, in the order of the export, however many there are. To compare each with each takes longer than a test may.
func TestManyGroups(t *testing.T) {
	for _, n := range []int{1, fewGroups - 1, fewGroups, fewGroups + 1, 1_000_000} {
		s, want := Source{plan: &plan{}}, []string{}
		for range 2 { // rows
			s.row.reset()
			want = want[:0]
			for i := range n {
				want = append(want, strconv.Itoa(i))
				s.addGroup(want[i], 0)
				s.addGroup(want[i/2], 0)
			}
			require.True(t, slices.Equal(want, s.row.Groups), n)
		}
	}
}

// The values of a column decide nothing about its secrecy.
func TestSecretColumnsAreKnownBeforeTheRows(t *testing.T) {
	i := inspection{source: &Source{plan: &plan{}}, report: &Report{Columns: make([]ReportColumn, 2)}, secret: []bool{true, false}}
	i.count([]format.Value{{Text: "s1", Kind: format.String}, {Text: "v1", Kind: format.String}})
	assert.Equal(t, []ReportColumn{{Filled: 1}, {Filled: 1, Examples: []string{"v1"}}}, i.report.Columns)
}

func TestPathsAreBoundOnce(t *testing.T) {
	p := plan{}
	a, b := format.Column("a.b"), format.MustPath("a.b")
	require.Equal(t, []int{0, 1, 2, 0, 1}, p.bind([]format.Path{a, b, {}, a, b}))
	require.Equal(t, []format.Path{a, b, {}}, p.paths)
	require.Equal(t, []string{`"a.b"`, "a.b", ""}, p.labels)
	var many []format.Path
	for i := range 300_000 {
		many = append(many, format.Column(strconv.Itoa(i)))
	}
	at := p.bind(many) // takes longer than a test may if each path is compared with all others
	require.Equal(t, 3, at[0])
	require.Equal(t, at, p.bind(many))
}
