package core

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The functions that compare MACs and choose among keys. Time must not tell what they find.
var secretFunctions = []string{"primitives__small__ct_eq", "key__FirstFit__add"}

// A conditional jump by processor, and the line that the compiler notes for it.
var conditionalJumps = map[string]*regexp.Regexp{
	"amd64": regexp.MustCompile(`core\.go:(\d+)\)\s+J(?:[A-LN-Z][A-Z]*|M[A-OQ-Z][A-Z]*)\s`),
	"arm64": regexp.MustCompile(`core\.go:(\d+)\)\s+(?:B(?:EQ|NE|CS|HS|CC|LO|MI|PL|VS|VC|HI|LS|GE|LT|GT|LE)|CBN?ZW?|TBN?Z)\s`),
}

// No condition of the comparison becomes a jump. Loops of a fixed length and Go's checks of bounds may.
func TestComparisonHasNoBranch(t *testing.T) {
	raw, err := os.ReadFile("core.go")
	if err != nil {
		t.Fatal(err)
	}
	source := strings.Split(string(raw), "\n")
	for processor, jump := range conditionalJumps {
		build := exec.Command("go", "build", "-gcflags=-S", ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+processor)
		assembly, err := build.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v", processor, err)
		}
		for _, name := range secretFunctions {
			checkNoBranch(t, processor, name, functionIn(string(assembly), name), jump, source)
		}
	}
}

// functionIn returns the assembly of a function.
func functionIn(assembly, name string) string {
	header := regexp.MustCompile(`(?m)^\S*\.\(\*Module\)\.\w*` + name + `\w* STEXT`)
	at := header.FindStringIndex(assembly)
	if at == nil {
		return ""
	}
	text := assembly[at[1]:]
	if end := regexp.MustCompile(`(?m)^\S.* STEXT`).FindStringIndex(text); end != nil {
		text = text[:end[0]]
	}
	return text
}

func checkNoBranch(t *testing.T, processor, name, assembly string, jump *regexp.Regexp, source []string) {
	t.Helper()
	jumps := jump.FindAllStringSubmatch(assembly, -1)
	if len(jumps) == 0 {
		t.Errorf("%s: %s has not even checks of bounds: is it found?", processor, name)
	}
	choice := regexp.MustCompile(`^\s*p\d+ = `)
	for _, found := range jumps {
		line, _ := strconv.Atoi(found[1])
		if isIf := strings.Contains(source[line-1], "if "); isIf && choice.MatchString(source[line]) {
			t.Errorf("%s: %s has a jump for line %d: %s", processor, name, line, strings.TrimSpace(source[line-1]))
		}
	}
}
