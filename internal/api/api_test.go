package api

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// update makes the test write the files in testdata anew: go test ./internal/api -update
var update = flag.Bool("update", false, "write the files in testdata")

var root = filepath.Join("..", "..")

func TestSurface(t *testing.T) {
	watch(t)
	want := map[string]string{}
	program := list(t, "./...")
	for _, p := range program.listed {
		if p.Name == "main" || internal(p.ImportPath) {
			continue // nobody else can import it
		}
		text, names := program.describe(p)
		if names == 0 {
			continue // nothing to import it for: e2e, say, has tests only
		}
		name := p.file()
		require.NotContains(t, want, name, "two packages have one file")
		want[name] = text
	}
	require.NotEmpty(t, want)

	if *update {
		write(t, "testdata", want)
	}
	for _, complaint := range compare(t, "testdata", want) {
		t.Error(complaint)
	}
	if t.Failed() {
		t.Error("if the change of the exported surface is meant, run `go test ./internal/api -update`")
	}
}

// watch looks into each folder of the module. The go command repeats a test's earlier result until a file or a folder
// changes that the test itself looked at. So without this, a new package would not be seen.
func watch(t *testing.T) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || path == root {
			return err
		}
		name := d.Name()
		if strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" {
			return filepath.SkipDir
		}
		if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
			return filepath.SkipDir // another module
		}
		return nil
	}))
}

// program is packages of the module and all that they import.
type program struct {
	listed  []pkg                     // those that were asked for
	checked map[string]*types.Package // the packages of the module
	others  types.Importer
}

// pkg is a package as the go command lists it.
type pkg struct {
	ImportPath string
	Name       string
	Dir        string
	GoFiles    []string
	Export     string // the file in which the compiler says what the package exports
	DepOnly    bool   // not asked for
	Module     module
}

type module struct {
	Path      string
	GoVersion string
	Main      bool
}

// list loads packages of the module, from their source. What others export is read from the files of the
// compiler, which is faster. Those are not good enough for the text: the compiler gives names to results that have
// none.
func list(t *testing.T, patterns ...string) program {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Name,Dir,GoFiles,Export,DepOnly,Module"}
	cmd := exec.Command("go", append(args, patterns...)...)
	out, trouble := strings.Builder{}, strings.Builder{}
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, &out, &trouble
	require.NoError(t, cmd.Run(), &trouble)

	exports := map[string]string{}
	fset := token.NewFileSet()
	p := program{checked: map[string]*types.Package{}}
	p.others = importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		file, ok := exports[path]
		if !ok {
			return nil, fmt.Errorf("%s was not listed", path)
		}
		return os.Open(file)
	})
	for in := json.NewDecoder(strings.NewReader(out.String())); ; {
		next := pkg{}
		err := in.Decode(&next)
		if err == io.EOF {
			return p
		}
		require.NoError(t, err)
		exports[next.ImportPath] = next.Export
		if next.Module.Main {
			p.check(t, fset, next) // what it imports was listed before
		}
		if !next.DepOnly {
			p.listed = append(p.listed, next)
		}
	}
}

// check reads the source of a package, except for the bodies of its functions.
func (p program) check(t *testing.T, fset *token.FileSet, what pkg) {
	t.Helper()
	var files []*ast.File
	for _, name := range what.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(what.Dir, name), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	config := types.Config{Importer: p, GoVersion: "go" + what.Module.GoVersion, IgnoreFuncBodies: true}
	checked, err := config.Check(what.ImportPath, fset, files, nil)
	require.NoError(t, err)
	p.checked[what.ImportPath] = checked
}

// Import makes program a types.Importer.
func (p program) Import(path string) (*types.Package, error) {
	if checked, ok := p.checked[path]; ok {
		return checked, nil
	}
	return p.others.Import(path)
}

func (p program) describe(what pkg) (text string, names int) {
	return describe(p.checked[what.ImportPath], what.Module.Path, func(path string) *types.Package { return p.checked[path] })
}

// file names the file that holds the surface of the package.
func (p pkg) file() string {
	below := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, p.Module.Path), "/")
	if below == "" {
		below = p.Name
	}
	return strings.ReplaceAll(below, "/", "_") + ".txt"
}

// texts returns the names of the text files in a folder.
func texts(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && filepath.Ext(e.Name()) == ".txt" {
			names = append(names, e.Name())
		}
	}
	return names
}

// read returns a text. Git may have given its lines the ends that are usual on Windows.
func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// write makes a folder hold the files that it must hold, and no other text.
func write(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	for _, name := range texts(t, dir) {
		if _, ok := want[name]; !ok {
			require.NoError(t, os.Remove(filepath.Join(dir, name)))
		}
	}
	for name, text := range want {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
}

// compare says in what a folder differs from what it must hold.
func compare(t *testing.T, dir string, want map[string]string) []string {
	t.Helper()
	var complaints []string
	have := texts(t, dir)
	for _, name := range have {
		if text, ok := want[name]; !ok {
			complaints = append(complaints, fmt.Sprintf("%s: its package is gone, or exports nothing", name))
		} else if lines := diff(read(t, dir, name), text); lines != "" {
			complaints = append(complaints, name+": the exported surface is another:\n"+lines)
		}
	}
	for name := range want {
		if !slices.Contains(have, name) {
			complaints = append(complaints, name+": missing, for a package that is new")
		}
	}
	slices.Sort(complaints)
	return complaints
}

// diffLines is how many lines a diff has at most.
const diffLines = 40

// diff lists the lines that only one of two texts has. It is empty if the texts are the same.
func diff(old, new string) string {
	if old == new {
		return ""
	}
	gone, come := only(old, new, "- "), only(new, old, "+ ")
	lines := append(gone, come...)
	if len(lines) == 0 {
		return "the same lines in another order, or more than once\n"
	}
	slices.SortStableFunc(lines, func(a, b string) int { return strings.Compare(a[2:], b[2:]) })
	if more := len(lines) - diffLines; more > 0 {
		lines = append(lines[:diffLines], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n") + "\n"
}

// only returns the lines of a that b does not have.
func only(a, b, prefix string) []string {
	has := map[string]bool{}
	for line := range strings.Lines(b) {
		has[strings.TrimSuffix(line, "\n")] = true
	}
	var lines []string
	for line := range strings.Lines(a) {
		if line = strings.TrimSuffix(line, "\n"); !has[line] {
			lines = append(lines, prefix+line)
		}
	}
	return lines
}

// wants is what begins a comment in the package that has every kind of declaration. The rest of the comment is
// a line that the declaration must give.
const wants = "//api:want "

func TestEveryKindOfDeclaration(t *testing.T) {
	dir := "internal/api/testdata/every"
	program := list(t, "./"+dir)
	require.Len(t, program.listed, 1)

	var want []string
	for _, source := range []string{"every.go", "internal/hidden/hidden.go"} {
		for line := range strings.Lines(read(t, filepath.Join("testdata", "every"), filepath.FromSlash(source))) {
			if _, line, ok := strings.Cut(line, wants); ok {
				want = append(want, strings.TrimSpace(line))
			}
		}
	}
	text, names := program.describe(program.listed[0])
	header, rest, _ := strings.Cut(text, "\n")
	assert.Equal(t, "# github.com/cognito-import/importjob/"+dir+": 40 exported names", header)
	assert.Equal(t, 40, names)
	got := strings.Split(strings.TrimSuffix(rest, "\n"), "\n")
	imports := slices.IndexFunc(got, func(line string) bool { return !strings.HasPrefix(line, "import ") })
	assert.True(t, slices.IsSorted(got[:imports]), "the imports")
	assert.True(t, slices.IsSorted(got[imports:]), "what follows the imports")
	assert.ElementsMatch(t, want, got)
}

func TestFileNames(t *testing.T) {
	for path, want := range map[string]string{
		"example.com/mod":     "mod.txt",
		"example.com/mod/a":   "a.txt",
		"example.com/mod/a/b": "a_b.txt",
	} {
		p := pkg{ImportPath: path, Name: "mod", Module: module{Path: "example.com/mod"}}
		assert.Equal(t, want, p.file())
	}
}

func TestCompareAndWrite(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	put("same.txt", "a\nb\n")
	put("windows.txt", "a\r\nb\r\n")
	put("other.txt", "a\nb\nc\n")
	put("stale.txt", "a\n")
	put("no-text.go", "package a\n")
	want := map[string]string{"same.txt": "a\nb\n", "windows.txt": "a\nb\n", "other.txt": "a\nc\nd\n", "new.txt": "a\n"}
	assert.Equal(t, []string{
		"new.txt: missing, for a package that is new",
		"other.txt: the exported surface is another:\n- b\n+ d\n",
		"stale.txt: its package is gone, or exports nothing",
	}, compare(t, dir, want))

	write(t, dir, want)
	assert.Empty(t, compare(t, dir, want))
	assert.NoFileExists(t, filepath.Join(dir, "stale.txt"))
	assert.FileExists(t, filepath.Join(dir, "no-text.go"))
}

func TestDiff(t *testing.T) {
	assert.Empty(t, diff("a\nb\n", "a\nb\n"))
	assert.Equal(t, "- func F()\n+ func F(int)\n- type T struct\n", diff("func F()\ntype T struct\nvar V int\n", "func F(int)\nvar V int\n"))
	assert.Equal(t, "the same lines in another order, or more than once\n", diff("a\nb\n", "b\na\n"))
	long := diff("", strings.Repeat("x\n", diffLines+5))
	assert.Equal(t, diffLines+1, strings.Count(long, "\n"))
	assert.True(t, strings.HasSuffix(long, "\nand 5 more\n"))
}
