package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
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
		switch {
		case b.language != "go":
			continue
		case strings.Contains(b.text, "func Test"):
			tryTest(t, module, fmt.Sprintf("program%d", i), b.text)
		default:
			require.Equal(t, "text", blocks[i+1].language)
			tryProgram(t, module, fmt.Sprintf("program%d", i), b.text, blocks[i+1].text)
		}
		programs++
	}
	assert.GreaterOrEqual(t, programs, 4, "one for each kind of reader")
	goCommand(t, module, "vet", "./...")
	assert.Empty(t, goFormat(t, module), "gofmt")
}

// tryTest runs a test of the README.
func tryTest(t *testing.T, module, name, text string) {
	t.Helper()
	write(t, filepath.Join(module, name, "readme_test.go"), text)
	assert.Contains(t, goCommand(t, module, "test", "-v", "./"+name), "--- PASS: ")
}

// tryProgram runs a program of the README, which prints want; "..." at its end stands for anything.
func tryProgram(t *testing.T, module, name, text, want string) {
	t.Helper()
	write(t, filepath.Join(module, name, "main.go"), text)
	goCommand(t, module, "build", "-o", name+"/run", "./"+name)
	program := exec.Command(filepath.Join(module, name, "run"), "testdata/broken.csv")
	program.Dir = filepath.Join("..", "..")
	out, err := program.CombinedOutput()
	require.NoError(t, err, string(out))
	got := string(out)
	if begins, cut := strings.CutSuffix(want, "...\n"); cut {
		want, got = begins, got[:min(len(begins), len(got))]
	}
	assert.Equal(t, want, got)
}

// The line that stands in the README for what check prints is one that it prints.
func TestReadmeFinding(t *testing.T) {
	_, shown, found := strings.Cut(readme(t), "$ importjob check testdata/broken.csv\n    ")
	require.True(t, found)
	shown, _, _ = strings.Cut(shown, "\n")
	printed := strings.ReplaceAll(command(t, "check", testdata("broken.csv")).out, testdata("broken.csv"), "testdata/broken.csv")
	assert.Equal(t, shown, strings.SplitN(printed, "\n", 2)[0])
}

// The curl lines about control do what they say.
func TestReadmeControl(t *testing.T) {
	s := serving(t, "--control")
	lines := regexp.MustCompile(`(?m)^    curl(?: -d (\S+)| -X POST)? +http://127\.0\.0\.1:9229/control(/\w+)? +# `).FindAllStringSubmatch(readme(t), -1)
	require.Len(t, lines, strings.Count(readme(t), "9229/control"))
	require.Len(t, lines, 6)
	for _, line := range lines {
		method := http.MethodPost
		if !strings.Contains(line[0], "curl -") {
			method = http.MethodGet
		}
		req, err := http.NewRequest(method, s.url+"/control"+line[2], strings.NewReader(line[1]))
		require.NoError(t, err)
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		status, answer := s.do(req)
		assert.Equal(t, http.StatusOK, status, line[0])
		name, value, _ := strings.Cut(line[1], "=")
		shown := map[string]string{"by": `"ahead":"16m0s"`, "fault": `"operation":"StartUserImportJob"`, "duration": `"latency":"` + value + `"`,
			"assumable": `"roleAssumable":false`, "": `"faults":[]`}[name]
		require.NotEmpty(t, shown, line[0])
		assert.Contains(t, answer, shown, line[0])
	}
}

// Policies can be pasted, and each method has its permissions.
func TestReadmePermissions(t *testing.T) {
	policies := 0
	for _, f := range fences(t) {
		if f.language == "json" {
			policies++
			assert.True(t, json.Valid([]byte(f.text)), f.text)
		}
	}
	assert.Equal(t, 2, policies)
	_, section, _ := strings.Cut(readme(t), "\n## Permissions at AWS\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var named, methods []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ").FindAllStringSubmatch(section, -1) {
		named = append(named, m[1])
	}
	client := reflect.TypeFor[importjob.Client]()
	for i := range client.NumMethod() {
		methods = append(methods, client.Method(i).Name)
	}
	assert.ElementsMatch(t, methods, named)
}

func goFormat(t *testing.T, dir string) string {
	t.Helper()
	out, err := exec.Command("gofmt", "-l", dir).Output()
	require.NoError(t, err)
	return string(out)
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
