package hooksig

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Every status of the header has a sentinel of its name, and there are no others.
func TestSentinels(t *testing.T) {
	inHeader := headerStatuses(t)
	constants := sentinelConstants(t)
	if len(inHeader) != len(statuses) || len(statuses) != len(constants) {
		t.Errorf("%d statuses, %d errors, %d names of errors", len(inHeader), len(statuses), len(constants))
	}
	for status, err := range statuses {
		constant := inHeader[int(status)]
		if want := strings.ToLower(strings.ReplaceAll(constant, "_", "-")); Reason(err) != want {
			t.Errorf("%d is %s in the header and %s in the library", status, want, Reason(err))
		}
		word := strings.ToLower(strings.ReplaceAll(constant, "_", ""))
		if name := "err" + word; constants[name] != word {
			t.Errorf("%s is made of %q, not of %q", name, constants[name], word)
		}
	}
}

// headerStatuses returns the names in hooksig.h by number, except for success and statuses that no
// call from Go returns.
func headerStatuses(t *testing.T) map[int]string {
	t.Helper()
	header, err := os.ReadFile("../include/hooksig.h")
	if err != nil {
		t.Fatal(err)
	}
	names := map[int]string{}
	for _, match := range regexp.MustCompile(`HOOKSIG_STATUS_(\w+) = (\d+),`).FindAllStringSubmatch(string(header), -1) {
		code, _ := strconv.Atoi(match[2])
		names[code] = match[1]
	}
	for _, unused := range []string{"OK", "PENDING", "INCOMPLETE_HEAD", "MALFORMED_LENGTH"} {
		for code, name := range names {
			if name == unused {
				delete(names, code)
			}
		}
	}
	return names
}

// sentinelConstants returns the constant of each sentinel, both in lower case.
func sentinelConstants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		call, ok := spec.Values[0].(*ast.CallExpr)
		if !ok {
			return true
		}
		if function, ok := call.Fun.(*ast.Ident); !ok || function.Name != "sentinel" {
			return true
		}
		constant := strings.ToLower(call.Args[0].(*ast.Ident).Name)
		names[strings.ToLower(spec.Names[0].Name)] = strings.TrimPrefix(constant, "status")
		return false
	})
	return names
}

func TestUnknownStatus(t *testing.T) {
	err := fmt.Errorf("wrapped: %w", toError(9999))
	var status *StatusError
	if !errors.As(err, &status) || status.Code != 9999 || Reason(err) != "unknown-status" {
		t.Errorf("got %v", err)
	}
	if toError(0) != nil {
		t.Error("success is an error")
	}
}

func TestReason(t *testing.T) {
	for want, err := range map[string]error{
		"ok":                  nil,
		"digest-mismatch":     ErrDigestMismatch,
		"empty-secret":        fmt.Errorf("secret 1: %w", ErrEmptySecret),
		"body-too-large":      ErrBodyTooLarge,
		"replay-store-failed": fmt.Errorf("%w: %w", ErrReplayStoreFailed, ErrReplayed),
		"other":               errors.New("other"),
	} {
		if got := Reason(err); got != want {
			t.Errorf("%v: got %s, want %s", err, got, want)
		}
	}
}
