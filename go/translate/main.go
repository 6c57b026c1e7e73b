// Translate translates core.wasm to Go with wasm2go: go run . FOLDER
//
// The folder receives core.go and the SHA-256 of core.wasm.
package main

import (
	"crypto/sha256"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run . FOLDER")
	}
	if err := translate(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func translate(folder string) error {
	wasm, err := os.ReadFile("core.wasm")
	if err != nil {
		return err
	}
	sum := fmt.Sprintf("%x  core.wasm\n", sha256.Sum256(wasm))
	if err := os.WriteFile(filepath.Join(folder, "core.wasm.sha256"), []byte(sum), 0o644); err != nil {
		return err
	}
	tool := exec.Command("go", "tool", "wasm2go", "-pkg", "core", "-o", filepath.Join(folder, "core.go"), "core.wasm")
	tool.Stderr = os.Stderr
	return tool.Run()
}
