package backendtest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/backend/backendtest"
)

var root = filepath.Join("..", "..")

func TestEachRuleHasASourceOfItsKind(t *testing.T) {
	promises := map[string]bool{}
	for pkg, dir := range map[string]string{"importjob": root, "userpool": filepath.Join(root, "userpool")} {
		for _, name := range documented(t, dir) {
			promises[pkg+"."+name] = true
		}
	}
	require.True(t, promises["importjob.Client"])
	require.False(t, promises["importjob.importRun"], "it is not exported")
	assumptions := assumptionNumbers(t)

	counts := map[backendtest.RuleKind]int{}
	for _, rule := range backendtest.Rules() {
		counts[rule.Kind]++
		switch rule.Kind {
		case backendtest.KindContract:
			assert.True(t, promises[rule.Source], "%s: %q is no exported identifier with a doc comment", rule.Name, rule.Source)
		case backendtest.KindDocumented:
			page, err := url.Parse(rule.Source)
			require.NoError(t, err, rule.Name)
			assert.Equal(t, "https", page.Scheme, rule.Name)
			assert.Contains(t, page.Host, ".", rule.Name)
			assert.NotContains(t, rule.Source, "cognito-import/importjob", "%s: this module cannot document itself", rule.Name)
		case backendtest.KindAssumed:
			for number := range strings.SplitSeq(rule.Source, ", ") {
				assert.True(t, assumptions[number], "%s: ASSUMPTIONS.md has no %q", rule.Name, number)
			}
		default:
			t.Errorf("%s: the kind is %q", rule.Name, rule.Kind)
		}
	}
	t.Log(counts)
}

// documented returns the names of the exported types and functions of a package that have a doc comment.
func documented(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	var names []string
	add := func(name *ast.Ident, doc *ast.CommentGroup) {
		if name.IsExported() && doc.Text() != "" {
			names = append(names, name.Name)
		}
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil {
					add(decl.Name, decl.Doc)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if spec, ok := spec.(*ast.TypeSpec); ok {
						add(spec.Name, decl.Doc)
					}
				}
			}
		}
	}
	return names
}

// assumptionNumbers returns the numbers of the lines in ASSUMPTIONS.md.
func assumptionNumbers(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "ASSUMPTIONS.md"))
	require.NoError(t, err)
	numbers := map[string]bool{}
	for _, line := range regexp.MustCompile(`(?m)^\| (A[1-9][0-9]*) \|`).FindAllStringSubmatch(string(text), -1) {
		assert.False(t, numbers[line[1]], "%s is there twice", line[1])
		numbers[line[1]] = true
	}
	require.Contains(t, numbers, "A1")
	return numbers
}
