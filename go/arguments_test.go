package hooksig_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	hooksig "github.com/hooksig/hooksig/go"
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

// Methods of export_test.go.
var methodsForTests = []string{"VerifyWhole", "Len", "Forget"}

// Arguments of every type that a method takes: nil, zero, and out of range.
var oddArguments = []any{
	context.Background(),
	(*http.Request)(nil),
	&http.Request{},
	&http.Request{URL: &url.URL{}, Header: http.Header{"": nil, "Date": nil, "Signature": {}}},
	&http.Request{Method: "\x00", RequestURI: " ", Host: "\n", ContentLength: -1, TransferEncoding: []string{""}},
	[]byte(nil), "", "\x00", []string(nil), []string{""},
	time.Time{}, time.Unix(math.MinInt64, 0), time.Unix(math.MaxInt64, 0),
	time.Duration(-1), time.Duration(0), hooksig.Forever,
	hooksig.Tag{},
}

// No method of a nil, zero or used value panics, whatever it is given.
func TestMethodsTakeAnything(t *testing.T) {
	called := 0
	for _, value := range []any{
		(*hooksig.Verifier)(nil), new(hooksig.Verifier), newVerifier(t),
		(*hooksig.Signer)(nil), new(hooksig.Signer), newSigner(t),
		(*hooksig.Transport)(nil), new(hooksig.Transport),
		(*hooksig.MemoryStore)(nil), new(hooksig.MemoryStore), hooksig.NewMemoryStore(-1, -1), hooksig.NewMemoryStore(9, 1),
		hooksig.AcceptOnFailure(nil, nil), hooksig.AcceptOnFailure((*hooksig.MemoryStore)(nil), nil),
		new(hooksig.Delivery), new(hooksig.Verified), new(hooksig.Tag),
		(*hooksig.Counters)(nil), new(hooksig.Counters), new(hooksig.StatusError),
	} {
		of := reflect.TypeOf(value)
		for i := range of.NumMethod() {
			// Format is called by package fmt alone.
			if method := of.Method(i); method.Name != "Format" && !slices.Contains(methodsForTests, method.Name) {
				called += callWithAnything(t, method, []reflect.Value{reflect.ValueOf(value)})
			}
		}
	}
	if called < 100 {
		t.Errorf("only %d calls", called)
	}
}

// callWithAnything calls a method with every combination of odd arguments after those given. It
// returns the number of calls.
func callWithAnything(t *testing.T, method reflect.Method, given []reflect.Value) int {
	t.Helper()
	if len(given) == method.Type.NumIn() {
		defer func() {
			if panicked := recover(); panicked != nil {
				t.Errorf("%v.%s(%v) panics: %v", given[0].Type(), method.Name, given, panicked)
			}
		}()
		if method.Type.IsVariadic() {
			method.Func.CallSlice(given)
		} else {
			method.Func.Call(given)
		}
		return 1
	}
	calls, wanted := 0, method.Type.In(len(given))
	for _, argument := range oddArguments {
		if of := reflect.TypeOf(argument); of == wanted || wanted.Kind() == reflect.Interface && of.Implements(wanted) {
			calls += callWithAnything(t, method, append(slices.Clip(given), reflect.ValueOf(argument)))
		}
	}
	if calls == 0 {
		t.Errorf("%s: oddArguments has no %v", method.Name, wanted)
	}
	return calls
}
