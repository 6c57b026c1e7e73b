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

// Every user of the package downloads and compiles these files.
func TestCoreIsSmall(t *testing.T) {
	for path, limit := range map[string]int64{"core.wasm": 60_000, "../internal/core/core.go": 350_000} {
		file, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if file.Size() > limit {
			t.Errorf("%s has %d bytes, more than %d", path, file.Size(), limit)
		}
	}
}
