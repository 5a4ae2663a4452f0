package cognitotest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sourced is what a comment says about a text: the public page that shows it, or that it is not the service's.
var sourced = regexp.MustCompile(`https://|[Oo]ur words`)

// words is a literal of several words.
var words = regexp.MustCompile(`[A-Za-z].* .`)

// A text of an answer that fails is a literal. A comment on its statement, or at the end of the line before it,
// says where the text is from. The comment of a function can say so for all of its texts.
func TestTextsHaveASource(t *testing.T) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	texts := 0
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			src, err := os.ReadFile(name)
			require.NoError(t, err)
			n, unsourced := unsourcedTexts(t, name, src)
			texts += n
			assert.Empty(t, unsourced, "cite the public page that shows the text, or say that these are our words")
		}
	}
	assert.Greater(t, texts, 40, "the test does not find the texts")
}

// The test finds a text without a source wherever one can be.
func TestUnsourcedTexts(t *testing.T) {
	const head = "package p\n\n"
	for src, want := range map[string]int{
		"func f() error {\n\treturn refusef(x, \"a b\")\n}":                                                   1,
		"func f() error {\n\tif x { // source: https://a.test\n\t\treturn refusef(x, \"a b\")\n\t}\n}":        0,
		"func f() error {\n\t// Our words.\n\treturn refusef(x, \"a b\")\n}":                                  0,
		"func f() error {\n\t// A comment.\n\treturn refusef(x, \"a b\")\n}":                                  1,
		"// f is f.\n//\n// Source: https://a.test\nfunc f() error {\n\treturn refusef(x, \"a b\")\n}":        0,
		"// f is f.\n//\n// Source: https://a.test\nfunc f() error {\n\tg()\n\treturn refusef(x, \"a b\")\n}": 1,
		"func f() error {\n\treturn badQuery(g(\"a b\" + y))\n}":                                              1,
		"func f() error {\n\treturn &e{\n\t\tMessage: \"a b\"}\n}":                                            1,
		"func f() error {\n\treturn errors.New(\"a b\")\n}":                                                   0,
	} {
		_, unsourced := unsourcedTexts(t, "p.go", []byte(head+src))
		assert.Len(t, unsourced, want, src)
	}
}

// unsourcedTexts returns the number of texts in a file, and the places of those without a source.
func unsourcedTexts(t *testing.T, name string, src []byte) (texts int, unsourced []string) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	require.NoError(t, err)
	lines := map[int]bool{} // the lines on which a comment that names a source ends
	for _, group := range file.Comments {
		if sourced.MatchString(group.Text()) {
			lines[fset.Position(group.End()).Line] = true
		}
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		short := len(fn.Body.List) == 1 && sourced.MatchString(fn.Doc.Text())
		all := strings.Contains(fn.Doc.Text(), "Source of the texts: https://")
		var statement ast.Stmt
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ReturnStmt, *ast.AssignStmt:
				statement = n.(ast.Stmt)
			case ast.Expr:
				if !isText(n) {
					return true
				}
				texts++
				first, last := fset.Position(statement.Pos()).Line, fset.Position(statement.End()).Line
				if !short && !all && !slices.ContainsFunc(linesBetween(first-1, last), func(l int) bool { return lines[l] }) {
					unsourced = append(unsourced, fset.Position(n.Pos()).String())
				}
				return false
			}
			return true
		})
	}
	return texts, unsourced
}

// isText reports whether an expression makes an answer that fails, with a text of several words.
func isText(e ast.Expr) bool {
	var parts []ast.Expr
	switch e := e.(type) {
	case *ast.CallExpr:
		name, ok := e.Fun.(*ast.Ident)
		if !ok || !slices.Contains([]string{"refusef", "badQuery", "deny"}, name.Name) {
			return false
		}
		parts = e.Args
	case *ast.KeyValueExpr:
		if key, ok := e.Key.(*ast.Ident); !ok || key.Name != "Message" {
			return false
		}
		parts = []ast.Expr{e.Value}
	}
	found := false
	for _, part := range parts {
		ast.Inspect(part, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			found = found || ok && lit.Kind == token.STRING && words.MatchString(lit.Value)
			return true
		})
	}
	return found
}

func linesBetween(first, last int) (lines []int) {
	for l := first; l <= last; l++ {
		lines = append(lines, l)
	}
	return lines
}
