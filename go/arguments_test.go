package hooksig_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The tests that give functions nil, empty, contradictory and out-of-range arguments.
var argumentTests = []string{"TestConstructorRefuses", "TestNilArguments", "TestUnusableHandlers", "TestSignerRefuses"}

// Every exported function that takes something is given bad arguments by one of those tests.
func TestEveryFunctionIsGivenBadArguments(t *testing.T) {
	files, err := filepath.Glob("*.go")
	check(t, err)
	var exported []string
	tested := map[string]bool{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		check(t, err)
		for _, declared := range parsed.Decls {
			f, ok := declared.(*ast.FuncDecl)
			switch {
			case !ok || f.Recv != nil:
			case slices.Contains(argumentTests, f.Name.Name):
				addUsed(f, tested)
			case !strings.HasSuffix(file, "_test.go") && f.Name.IsExported() && f.Type.Params.NumFields() > 0:
				exported = append(exported, f.Name.Name)
			}
		}
	}
	if len(exported) < 15 {
		t.Errorf("only %q are exported", exported)
	}
	for _, name := range exported {
		if !tested[name] {
			t.Errorf("none of %q calls %s", argumentTests, name)
		}
	}
}

// addUsed adds the names of this package that a test uses.
func addUsed(f *ast.FuncDecl, used map[string]bool) {
	ast.Inspect(f, func(node ast.Node) bool {
		if selected, ok := node.(*ast.SelectorExpr); ok {
			if of, ok := selected.X.(*ast.Ident); ok && of.Name == "hooksig" {
				used[selected.Sel.Name] = true
			}
		}
		return true
	})
}
