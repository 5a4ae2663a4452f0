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
	"github.com/cognito-import/importjob/userpool"
)

// repository is where this module is.
var repository = filepath.Join("..", "..")

// documents are the documents of the module, by their paths from its root.
func documents(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "bench/*.md"} {
		paths, err := filepath.Glob(filepath.Join(repository, pattern))
		require.NoError(t, err)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			name, err := filepath.Rel(repository, path)
			require.NoError(t, err)
			all[filepath.ToSlash(name)] = string(text)
		}
	}
	for _, name := range []string{"README.md", "docs/testing.md", "docs/cli.md"} {
		require.Contains(t, all, name)
	}
	return all
}

// document is one of them.
func document(t *testing.T, name string) string {
	t.Helper()
	all := documents(t)
	require.Contains(t, all, name)
	return all[name]
}

// fence is a block of code in a document.
type fence struct{ language, text string }

func fences(document string) []fence {
	var all []fence
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(document, -1) {
		all = append(all, fence{m[1], m[2]})
	}
	return all
}

func TestReadmeIsAPage(t *testing.T) {
	text := document(t, "README.md")
	assert.LessOrEqual(t, strings.Count(text, "\n"), 200)
	assert.LessOrEqual(t, len(text), 10_000)
}

func TestDiagramIsTheTransitionTable(t *testing.T) {
	blocks := fences(document(t, "README.md"))
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

func TestEachDependencyHasAReason(t *testing.T) {
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
	_, section, _ := strings.Cut(document(t, "README.md"), "\n## Dependencies\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var named []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\S+)` \\| (.+) \\|$").FindAllStringSubmatch(section, -1) {
		named = append(named, m[1])
		assert.Greater(t, len(m[2]), 10, "a reason for "+m[1])
	}
	assert.ElementsMatch(t, direct, named)
}

// A link into the repository leads to a file, and its anchor to a heading.
func TestLinksLeadSomewhere(t *testing.T) {
	docs := documents(t)
	for name, text := range docs {
		for _, m := range regexp.MustCompile(`\]\(([^)#\s]*)(#[^)\s]*)?\)`).FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			target := filepath.ToSlash(filepath.Join(filepath.Dir(name), m[1]))
			if m[1] == "" {
				target = name
			}
			_, err := os.Stat(filepath.Join(repository, target))
			assert.NoError(t, err, name)
			if m[2] != "" {
				assert.Contains(t, anchors(docs[target]), m[2], "%s links to %s", name, target)
			}
		}
	}
}

// anchors returns the anchors of the headings of a document.
func anchors(document string) (all []string) {
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(document, -1) {
		heading := regexp.MustCompile(`[^\w\- ]`).ReplaceAllString(strings.ToLower(m[1]), "")
		all = append(all, "#"+strings.ReplaceAll(heading, " ", "-"))
	}
	return all
}

// Each program in the documents is built in a module of its own, as a reader would; a main program is run,
// and prints the text that follows it.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	root, err := filepath.Abs(repository)
	require.NoError(t, err)
	module := t.TempDir()
	copyFile(t, filepath.Join(root, "go.sum"), filepath.Join(module, "go.sum"))
	requires, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	goMod := strings.Replace(string(requires), "module github.com/cognito-import/importjob", "module example.com/reader", 1) +
		fmt.Sprintf("\nrequire github.com/cognito-import/importjob v0.0.0\nreplace github.com/cognito-import/importjob => %s\n", root)
	write(t, filepath.Join(module, "go.mod"), goMod)

	programs := 0
	for name, text := range documents(t) {
		blocks := fences(text)
		for i, b := range blocks {
			folder := fmt.Sprintf("%s%d", strings.NewReplacer("/", "_", ".", "_").Replace(name), i)
			switch {
			case b.language != "go":
				continue
			case strings.Contains(b.text, "func Test"):
				write(t, filepath.Join(module, folder, "document_test.go"), b.text)
			default:
				require.Equal(t, "text", blocks[i+1].language, "%s: what a program prints follows it", name)
				tryProgram(t, module, folder, b.text, blocks[i+1].text)
			}
			programs++
		}
	}
	assert.GreaterOrEqual(t, programs, 7)
	goCommand(t, module, "test", "./...")
	assert.Empty(t, goFormat(t, module), "gofmt")
}

// tryProgram runs a program, which prints want.
func tryProgram(t *testing.T, module, name, text, want string) {
	t.Helper()
	write(t, filepath.Join(module, name, "main.go"), text)
	goCommand(t, module, "build", "-o", name+"/run", "./"+name)
	program := exec.Command(filepath.Join(module, name, "run"), "testdata/broken.csv")
	program.Dir = repository
	out, err := program.CombinedOutput()
	require.NoError(t, err, string(out))
	matchLines(t, name, want, string(out))
}

// matchLines compares what is printed with what a document shows. "..." in a line stands for anything in it;
// a line of "..." for any lines.
func matchLines(t *testing.T, about, want, got string) {
	t.Helper()
	var pattern strings.Builder
	for line := range strings.Lines(want) {
		if strings.TrimSpace(line) == "..." {
			pattern.WriteString(`(?:.*\n)*`)
			continue
		}
		pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), `\.\.\.`, `.*`))
	}
	assert.Regexp(t, `\A`+pattern.String()+`\z`, got, about)
}

// The blocks of the kind "console" are run, in order, in a folder with a fake behind AWS's addresses. Lines
// of the kind "sh" install and test, which other tests do.
func TestCommands(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	binary := build(t)
	fake := serving(t)
	commands := 0
	for name, text := range documents(t) {
		steps := consoleSteps(text)
		commands += len(steps)
		dir := t.TempDir()
		copyFile(t, testdata("users.csv"), filepath.Join(dir, "testdata", "users.csv"))
		copyFile(t, testdata("broken.csv"), filepath.Join(dir, "testdata", "broken.csv"))
		copyFile(t, testdata("canary.csv"), filepath.Join(dir, "testdata", "canary.csv"))
		require.NoError(t, os.CopyFS(filepath.Join(dir, "testdata", "exports"), os.DirFS(testdata("exports"))))
		write(t, filepath.Join(dir, "users.csv"), classic+ends+"\n,,,,,,,,,ann@example.com,TRUE,,,,,,,,,,ann\n")
		for i, step := range steps {
			if strings.HasSuffix(step.command, "&") { // it listens, and another is listening already
				continue
			}
			line := strings.ReplaceAll(step.command, "http://127.0.0.1:9229", fake.url)
			cmd := exec.Command(shell, "-c", line)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"),
				"AWS_ENDPOINT_URL="+fake.url, "AWS_REGION=us-west-2", "AWS_ACCESS_KEY_ID=any", "AWS_SECRET_ACCESS_KEY=any")
			got := execute(cmd)
			assert.Less(t, got.status, 2, "%s: %s: %s", name, line, got.err)
			printed := got.out
			if printed == "" {
				printed = got.err
			}
			matchLines(t, fmt.Sprintf("%s, command %d: %s", name, i+1, step.command), step.prints, printed)
		}
		for _, f := range fences(text) {
			if f.language != "sh" {
				continue
			}
			for line := range strings.Lines(f.text) {
				assert.Regexp(t, `^(go (install|run|test|mod edit) |\.ci/run|cd bench && go run )`, line, "%s: a line that is not run", name)
			}
		}
	}
	assert.GreaterOrEqual(t, commands, 12)
}

// step is a command in a document, and what it prints.
type step struct{ command, prints string }

func consoleSteps(document string) (steps []step) {
	for _, f := range fences(document) {
		if f.language != "console" {
			continue
		}
		for line := range strings.Lines(f.text) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				steps = append(steps, step{command: strings.TrimSpace(command)})
				continue
			}
			steps[len(steps)-1].prints += line
		}
	}
	return steps
}

// The curl lines about control do what they say.
func TestControlLines(t *testing.T) {
	s := serving(t, "--control")
	text := document(t, "docs/serve.md")
	lines := regexp.MustCompile(`(?m)^    curl(?: -d (\S+)| -X POST)? +http://127\.0\.0\.1:9229/control(/\w+)? +# `).FindAllStringSubmatch(text, -1)
	require.Len(t, lines, strings.Count(text, "9229/control"))
	require.Len(t, lines, 7)
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
			"rows-per-second": `"rowsPerSecond":1`, "assumable": `"roleAssumable":false`, "": `"faults":[]`}[name]
		require.NotEmpty(t, shown, line[0])
		assert.Contains(t, answer, shown, line[0])
	}
}

// Policies can be pasted, and each method has its permissions.
func TestPermissions(t *testing.T) {
	text := document(t, "docs/aws.md")
	policies := 0
	for _, f := range fences(text) {
		if f.language == "json" {
			policies++
			assert.True(t, json.Valid([]byte(f.text)), f.text)
		}
	}
	assert.Equal(t, 2, policies)
	_, section, _ := strings.Cut(text, "\n## Permissions of the caller\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var named, methods []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ").FindAllStringSubmatch(section, -1) {
		named = append(named, m[1])
	}
	for _, contract := range []reflect.Type{reflect.TypeFor[importjob.Client](), reflect.TypeFor[userpool.Users]()} {
		for m := range contract.Methods() {
			methods = append(methods, m.Name)
		}
	}
	assert.ElementsMatch(t, methods, named)
	for _, op := range operationsOfUsers {
		assert.Contains(t, section, "`cognito-idp:"+string(op)+"`")
	}
}

// operationsOfUsers are the operations that a userpool.Users calls. Each is an IAM action.
var operationsOfUsers = []importjob.Op{
	userpool.OpAddUser, userpool.OpUser, userpool.OpUsers, userpool.OpCountUsers, userpool.OpUpdateUser, userpool.OpDeleteUser, userpool.OpEnableUser,
	userpool.OpDisableUser, userpool.OpCreateGroup, userpool.OpUpdateGroup, userpool.OpDeleteGroup, userpool.OpGroup, userpool.OpGroups,
	userpool.OpGroupsOfUser, userpool.OpUsersInGroup, userpool.OpAddUserToGroup, userpool.OpRemoveUserFromGroup,
}

// The packages that the README lists are there, and none that others import is missing.
func TestReadmeListsThePackages(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.Name}} {{.ImportPath}}", "../../...").Output()
	require.NoError(t, err)
	_, section, _ := strings.Cut(document(t, "README.md"), "\n## Packages\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(string(out)) {
		name, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "main" || strings.Contains(path, "/internal/") || name == "e2e" {
			continue
		}
		assert.Contains(t, section, name, path)
	}
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
