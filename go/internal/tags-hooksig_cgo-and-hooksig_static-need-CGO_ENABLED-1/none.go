//go:build hooksig_never

// Package none cannot be built. A build that asks for the C library without cgo imports it, and the
// message names its folder. Nobody sets the tag above; `go mod tidy` takes every tag as set but ignore.
package none
