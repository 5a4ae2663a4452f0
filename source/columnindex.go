package source

import (
	"fmt"
	"strings"

	"github.com/cognito-import/importjob/source/format"
)

// columnIndex finds the columns of a table by the texts of their paths. A table can have thousands of columns and a mapping as many paths, so
// nothing searches all columns for each path.
type columnIndex map[string]int

// indexColumns returns the index of columns. A text that names several columns means the first of them.
func indexColumns(names []string) columnIndex {
	x := make(columnIndex, 2*len(names))
	add := func(text string, i int) {
		if _, ok := x[text]; !ok && text != "" {
			x[text] = i
		}
	}
	for i, name := range names {
		add(fmt.Sprintf("#%d", i+1), i)
		add(format.Column(name).String(), i)
		add(name, i)
	}
	return x
}

// of returns the index of the first column that a path names, perhaps as JSON, or -1.
func (x columnIndex) of(p format.Path) int {
	text := p.String()
	found, ok := x[text]
	if !ok {
		found = -1
	}
	const decoded = "|json"
	for end := strings.Index(text, decoded); end >= 0; {
		if i, ok := x[text[:end]]; ok && (found < 0 || i < found) {
			found = i
		}
		next := strings.Index(text[end+1:], decoded)
		if next < 0 {
			break
		}
		end += 1 + next
	}
	return found
}

// columnPaths returns the path of each column: its name, or its number if it has none or shares it.
func columnPaths(columns []string) []format.Path {
	count := make(map[string]int, len(columns))
	for _, name := range columns {
		count[name]++
	}
	paths := make([]format.Path, len(columns))
	for i, name := range columns {
		if name == "" || count[name] > 1 {
			paths[i] = format.MustPath(fmt.Sprintf("#%d", i+1))
		} else {
			paths[i] = format.Column(name)
		}
	}
	return paths
}
