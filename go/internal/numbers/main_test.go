package main

import (
	"bytes"
	"os"
	"testing"
)

func TestGeneratedFilesAreThoseOfTheHeader(t *testing.T) {
	header, err := os.ReadFile("../../../include/hooksig.h")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files(header) {
		if got, err := os.ReadFile("../../" + name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not the one of hooksig.h (%v): write it with `go run ./internal/numbers` in the folder go", name, err)
		}
	}
}
