//go:build ignore

// Package none cannot be built. A build that asks for the C library without cgo imports it: the
// message names its folder.
package none
