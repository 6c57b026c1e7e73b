package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestCoreIsTranslatedFromTheWebAssembly(t *testing.T) {
	folder := t.TempDir()
	if err := translate(folder); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"core.go", "core.wasm.sha256"} {
		got, err := os.ReadFile(filepath.Join("../internal/core", name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("internal/core/%s is not translated from core.wasm: run `make go-core`", name)
		}
	}
}
