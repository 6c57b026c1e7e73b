//go:build hooksig_cgo || hooksig_static

package main

// library follows the name of hooksig in tables.
const library = ", C library"
