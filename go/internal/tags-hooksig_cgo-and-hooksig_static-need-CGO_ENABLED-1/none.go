//go:build hooksig_never

// Package none cannot be built. A build with the C library but without cgo imports it, so that the
// error names its folder. Nobody sets the tag above; `go mod tidy` takes every tag as set but ignore.
package none
