package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	return string(text)
}

// fence is a block of code in the README.
type fence struct{ language, text string }

func fences(t *testing.T) []fence {
	t.Helper()
	var all []fence
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(readme(t), -1) {
		all = append(all, fence{m[1], m[2]})
	}
	return all
}

func TestReadmeDiagramIsTheTransitionTable(t *testing.T) {
	blocks := fences(t)
	i := slices.IndexFunc(blocks, func(f fence) bool { return f.language == "mermaid" })
	require.GreaterOrEqual(t, i, 0)
	drawn := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^ *(\S+) --> (\w+|\[\*\])`).FindAllStringSubmatch(blocks[i].text, -1) {
		drawn[m[1]+" "+m[2]] = true
	}
	want := map[string]bool{"[*] Created": true}
	for _, from := range importjob.Statuses() {
		if from.Done() {
			want[string(from)+" [*]"] = true
		}
		for _, to := range importjob.Statuses() {
			if from.CanBecome(to) {
				want[string(from)+" "+string(to)] = true
			}
		}
	}
	assert.Equal(t, want, drawn)
}

func TestReadmeGivesAReasonForEachDependency(t *testing.T) {
	out, err := exec.Command("go", "mod", "edit", "-json").Output()
	require.NoError(t, err)
	mod := struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}{}
	require.NoError(t, json.Unmarshal(out, &mod))
	var direct []string
	for _, m := range mod.Require {
		if !m.Indirect {
			direct = append(direct, m.Path)
		}
	}
	_, section, _ := strings.Cut(readme(t), "\n## Dependencies\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var named []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\S+)` \\| (.+) \\|$").FindAllStringSubmatch(section, -1) {
		named = append(named, m[1])
		assert.Greater(t, len(m[2]), 10, "a reason for "+m[1])
	}
	assert.ElementsMatch(t, direct, named)
}

func TestReadmeLinksLeadSomewhere(t *testing.T) {
	for _, m := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(readme(t), -1) {
		if !strings.HasPrefix(m[1], "https://") {
			_, err := os.Stat(filepath.Join("..", "..", m[1]))
			assert.NoError(t, err)
		}
	}
}

// Each program in the README is built in a module of its own, as a reader would; a main program is run, and
// prints the text that follows it.
func TestReadmePrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	module := t.TempDir()
	copyFile(t, filepath.Join(root, "go.sum"), filepath.Join(module, "go.sum"))
	requires, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	goMod := strings.Replace(string(requires), "module github.com/cognito-import/importjob", "module example.com/reader", 1) +
		fmt.Sprintf("\nrequire github.com/cognito-import/importjob v0.0.0\nreplace github.com/cognito-import/importjob => %s\n", root)
	write(t, filepath.Join(module, "go.mod"), goMod)

	programs := 0
	blocks := fences(t)
	for i, b := range blocks {
		if b.language != "go" {
			continue
		}
		programs++
		name := fmt.Sprintf("program%d", programs)
		isTest := strings.Contains(b.text, "func Test")
		file := "main.go"
		if isTest {
			file = "readme_test.go"
		}
		write(t, filepath.Join(module, name, file), b.text)
		formatted, err := exec.Command("gofmt", "-l", filepath.Join(module, name)).Output()
		require.NoError(t, err)
		assert.Empty(t, string(formatted), "gofmt")
		if isTest {
			out := goCommand(t, module, "test", "-v", "./"+name)
			assert.Contains(t, out, "--- PASS: ")
			continue
		}
		goCommand(t, module, "build", "-o", name+"/run", "./"+name)
		program := exec.Command(filepath.Join(module, name, "run"), "testdata/broken.csv")
		program.Dir = root
		out, err := program.CombinedOutput()
		require.NoError(t, err, string(out))
		require.Equal(t, "text", blocks[i+1].language)
		if begins, cut := strings.CutSuffix(blocks[i+1].text, "...\n"); cut {
			assert.Equal(t, begins, string(out[:min(len(begins), len(out))]))
			continue
		}
		assert.Equal(t, blocks[i+1].text, string(out))
	}
	assert.GreaterOrEqual(t, programs, 3, "one for each kind of reader")
	goCommand(t, module, "vet", "./...")
}

func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	require.NoError(t, err)
	write(t, to, string(text))
}
