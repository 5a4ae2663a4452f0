package api

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	fuzzFunction = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)
	fuzzRow      = regexp.MustCompile("(?m)^\\| `([a-z/]+)` \\| ((?:`Fuzz\\w+`(?:, )?)+) \\|")
)

// TestFuzzTargetsAreListed compares the fuzz targets of the module with the table in CONTRIBUTING.md.
func TestFuzzTargetsAreListed(t *testing.T) {
	var want, got []string
	require.NoError(t, filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if folder = filepath.ToSlash(folder); folder == "." {
			folder = "importjob"
		}
		for _, m := range fuzzFunction.FindAllStringSubmatch(string(text), -1) {
			want = append(want, path.Join(folder, m[1]))
		}
		return err
	}))
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	require.NoError(t, err)
	for _, m := range fuzzRow.FindAllStringSubmatch(string(text), -1) {
		for target := range strings.SplitSeq(m[2], ", ") {
			got = append(got, path.Join(m[1], strings.Trim(target, "`")))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	assert.Greater(t, len(want), 20)
	assert.Equal(t, want, got)
}
